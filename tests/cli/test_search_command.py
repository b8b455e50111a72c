"""The command ``search``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from tests.support.command import voiceguide
from tests.support.records import EVENTS, bare_session, header, write_session
from voiceguide.cli.search import search
from voiceguide.cli.sessions import sessions
from voiceguide.errors import NotFoundError
from voiceguide.session.events import Utterance

HOUSE = """\
2026-11-22 21:47  Worry and answer  Mia and Zoë  tobiku
     0:05  Mia: I worry about the little house and money
           voiceguide replay tobiku --from 0:05
     0:15  Guide: …is what I heard. I worry about the little house and money
           voiceguide replay tobiku --from 0:15
"""


@pytest.fixture
def saved(sessions: Path) -> Path:
    return sessions


def run(*args: str, color: bool = False) -> Result:
    return CliRunner().invoke(search, list(args), catch_exceptions=False, color=color)


def output(*args: str, color: bool = False) -> str:
    done = run(*args, color=color)
    assert done.exit_code == 0
    return done.output


def many(saved: Path, count: int) -> None:
    """A session with this many turns that hold the word."""
    turns = [
        {"t": n, "type": "utterance", "id": n, "partner": "ab"[n % 2], "text": "a kettle", "start": n, "seconds": 1}
        for n in range(1, count + 1)
    ]
    bare_session(saved, "20261201-0900-worry-and-answer-novade", *turns, started="2026-12-01T09:00:00+01:00")


def test_hits_stand_under_their_session_with_the_command_that_plays_them(saved: Path) -> None:
    write_session(saved)
    assert output("HOUSES") == HOUSE
    assert click.style("house", bold=True) in output("house", color=True)
    assert "\x1b" not in output("house")
    listed = CliRunner().invoke(sessions, []).output.split()[0]
    assert f"replay {listed} " in output("house"), "the list calls it alike"


def test_a_last_word_that_is_not_unique_is_not_used(saved: Path) -> None:
    write_session(saved)
    bare_session(saved, "20261121-0900-other-tobiku", simulated=True)
    assert "voiceguide replay 20261122-2147-worry-and-answer-tobiku --from 0:05" in output("house")


def test_hostile_words_do_not_steer_the_terminal(saved: Path) -> None:
    hostile = "house \x1b]0;owned\x07 \u202egnp\nnext"
    events = (*EVENTS[:-1], (30.0, Utterance(9, "b", hostile, None, 29.0, 1.0, place=3)))
    write_session(saved, events, header(title="\x07\x1b[2J title"))
    shown = output("house", "owned")
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert "owned" in shown
    assert len(shown.splitlines()) == 3
    assert "\x1b" not in output("\x1b]0;absent")


def test_a_long_turn_is_one_line_about_the_words(saved: Path) -> None:
    words = "we went on and on " * 40
    events = (*EVENTS[:-1], (30.0, Utterance(9, "b", f"{words}kettle {words}", None, 29.0, 1.0, place=3)))
    write_session(saved, events)
    line = output("kettle").splitlines()[1]
    assert " kettle " in line
    assert 70 <= len(line) <= 79


def test_twenty_hits_are_shown_and_all_on_request(saved: Path) -> None:
    many(saved, 20)
    assert "--all" not in output("kettle")
    shutil.rmtree(saved)
    many(saved, 21)
    assert output("kettle").count("--from") == 20
    assert output("kettle").endswith("--all shows everything.\n")
    assert output("kettle", "--all").count("--from") == 21
    assert "--all" not in output("kettle", "--all")
    done = run("kettle", "--json")
    assert len(json.loads(done.stdout)[0]["hits"]) == 20
    assert "--all" in done.stderr


def test_json_tells_what_was_found(saved: Path) -> None:
    write_session(saved)
    (told,) = json.loads(output("money", "--partner", "mia", "--json"))
    hit = {
        "turn": 1,
        "name": "Mia",
        "start": 10.0,
        "text": "I worry about the little house and money",
        "command": "voiceguide replay tobiku --from 0:10",
    }
    known = {"id": header().id, "exercise": "worry-and-answer", "title": "Worry and answer", "names": ["Mia", "Zoë"]}
    assert told == {**known, "started": header().started, "hits": [hit]}
    assert json.loads(output("absent", "--json")) == []


def test_nothing_found_says_where_and_what_else_to_try(saved: Path) -> None:
    write_session(saved)
    for args, advice in (
        (["absent"], "another word"),
        (["absent", "words"], "fewer words"),
        (["absent words"], "without the quotes"),
        (['"absent words"'], 'for "absent words"; looked'),  # quotes that were typed, too, are not doubled
        (["absent", "--partner", "Mia"], "without --partner"),
    ):
        shown = output(*args)
        assert "looked through: 1 session (not simulated ones)." in shown
        assert advice in shown
        assert len(shown.splitlines()) == 1


def test_what_is_too_new_says_so(saved: Path) -> None:
    write_session(saved)
    assert "none is so new" in output("house", "--since", "2026-11-23")
    assert output("house", "--since", "2026-11-22") == HOUSE


def test_no_sessions_at_all_are_no_error(home: Path) -> None:
    assert "Begin one with: voiceguide start" in output("house", "--partner", "Mia")
    assert json.loads(output("house", "--json")) == []


def test_an_exercise_and_a_partner_nobody_knows_are_named(saved: Path) -> None:
    write_session(saved)
    assert output("house", "--exercise", "worry and ANSWER") == HOUSE
    with pytest.raises(NotFoundError, match="There is no exercise 'worri'"):
        run("house", "--exercise", "worri")
    with pytest.raises(NotFoundError, match="did you mean Zoë"):
        run("house", "--partner", "Zo")


def test_unreadable_sessions_are_counted(saved: Path) -> None:
    write_session(saved)
    (saved / "20261123-0900-empty").mkdir()
    line: dict[str, Any] = {"t": 1e12, "type": "utterance", "text": "house"}
    bare_session(saved, "20261123-1000-broken", line)
    assert output("house").endswith("2 sessions cannot be read: `voiceguide sessions` tells why.\n")


def test_wrong_use_is_explained(saved: Path) -> None:
    write_session(saved)
    wrong: list[list[str]] = [[], ["?!"], ["house", "--since", "soon"]]
    assert [run(*args).exit_code for args in wrong] == [2, 2, 2]


def test_the_real_command_finds_it(home: Path, saved: Path) -> None:
    write_session(saved)
    assert voiceguide(home, "search", "houses").fine().out == HOUSE
    assert "no day" in voiceguide(home, "search", "house", "--since", "soon").complaint(2)
    assert "did you mean Mia" in voiceguide(home, "search", "house", "--partner", "Mi").complaint()
