"""What a terminal gets is broken between words, and nothing else is."""

from __future__ import annotations

import io
import json
import sys

import click
import pytest

from voiceguide.cli.plain import fitted, say_json, width


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def forty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")


SENTENCE = "There is no exercise 'wory': did you mean worry-and-answer, or see `voiceguide exercises` for all?"


def test_a_terminal_gets_it_broken_between_words() -> None:
    lines = fitted(SENTENCE, 0, Terminal()).split("\n")
    assert max(map(len, lines)) <= 39
    assert " ".join(lines) == SENTENCE
    assert any("`voiceguide exercises`" in line for line in lines)


def test_a_pipe_gets_it_as_it_is() -> None:
    assert fitted(SENTENCE, 2, io.StringIO()) == SENTENCE


def test_a_command_stays_whole() -> None:
    command = "voiceguide start if-then-promise"
    lines = fitted(f"There is none yet. One is made with this: {command}. Or wait, and see.", 0, Terminal()).split("\n")
    assert any(command in line for line in lines)
    assert max(map(len, lines)) <= 39


def test_further_lines_hang_below_the_first() -> None:
    lines = fitted(f"  one  two\n  {SENTENCE}", 2, Terminal()).split("\n")
    assert lines[0] == "  one  two"
    assert lines[1].startswith("  There")
    assert all(line.startswith("    ") and line[4] != " " for line in lines[2:])


def test_a_path_stays_whole() -> None:
    path = "/a/very/long/path/that/no/line/of/a/small/terminal/holds.toml"
    assert fitted(f"Written to {path}", 0, Terminal()) == f"Written to\n{path}"


def test_colours_take_no_room_and_wide_letters_two_columns() -> None:
    bold = click.style("word " * 7, bold=True) + "end"
    assert fitted(bold, 0, Terminal()) == bold
    lines = fitted("健太郎 " * 8, 0, Terminal()).split("\n")
    assert max(map(width, lines)) <= 39
    assert (width("健太郎"), width("Zoe\u0308"), width("Zoë")) == (6, 3, 3)


def test_what_programs_read_is_never_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    say_json([SENTENCE])
    assert json.loads(terminal.getvalue()) == [SENTENCE]
