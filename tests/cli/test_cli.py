"""The command line as a whole: every command has help with an example and stands in the README."""

from __future__ import annotations

import json
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import click
import pytest

from tests.support.command import COMMAND, add_short, in_process, installed, voiceguide
from voiceguide import __version__
from voiceguide.cli import COMMANDS, cli
from voiceguide.paths import shipped_exercise_files

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with its whole name, subcommands too."""
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {sub}", each) for sub, each in command.commands.items())


ALL = dict(commands())


@pytest.mark.parametrize("name", ALL)
def test_help_has_an_example_that_begins_with_the_command(name: str) -> None:
    told = cleandoc(ALL[name].help or "").partition("Example")[2]
    assert f"\n  voiceguide {name}" in told


@pytest.mark.parametrize("name", ALL)
@pytest.mark.full
def test_help_fits_the_terminal(name: str, tmp_path: Path) -> None:
    done = in_process(tmp_path, *name.split(), "--help").fine()
    assert max(map(len, done.out.splitlines())) <= 80
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_the_command_says_of_itself(name: str) -> None:
    first = (ALL[name].help or "").splitlines()[0]
    assert first.startswith(COMMANDS[name][1].rstrip("."))


@pytest.mark.parametrize("name", ALL)
def test_the_readme_names_the_command(name: str) -> None:
    assert f"voiceguide {name}" in README


@pytest.mark.parametrize("name", ALL)
def test_the_readme_names_every_option(name: str) -> None:
    options = [text for parameter in ALL[name].params for text in parameter.opts if text.startswith("--")]
    assert [text for text in options if text not in README] == []


@pytest.mark.parametrize("name", ALL)
def test_every_option_is_explained(name: str) -> None:
    options = [parameter for parameter in ALL[name].params if isinstance(parameter, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_the_version(tmp_path: Path) -> None:
    assert voiceguide(tmp_path, "--version").fine().out == f"voiceguide, version {__version__}\n"


def test_help_lists_every_command(tmp_path: Path) -> None:
    shown = voiceguide(tmp_path, "--help").fine().out
    for name, (_, short) in COMMANDS.items():
        assert f"\n  {name} " in shown
        assert short.split()[0] in shown
    assert voiceguide(tmp_path, "-h").out == shown


@pytest.mark.parametrize("name", [name for name, command in ALL.items() if isinstance(command, click.Group)])
def test_no_line_of_a_help_is_cut_off(name: str, tmp_path: Path) -> None:
    assert "..." not in voiceguide(tmp_path, name, "--help").fine().out.partition("Commands:")[2]


def test_alone_it_tells_on_a_small_terminal_how_to_begin(tmp_path: Path) -> None:
    lines = voiceguide(tmp_path).fine().out.splitlines()
    assert len(lines) < 20
    assert max(map(len, lines)) < 80
    told = [words[1] for words in map(str.split, lines) if words[:1] == ["voiceguide"]]
    assert set(told[1:]) <= set(COMMANDS)
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_comes_with_an_example(tmp_path: Path) -> None:
    told = voiceguide(tmp_path, "export").err.splitlines()[-2:]
    assert told == [
        "Error: Missing option '--to'. Choose from: md, html, txt, json, vtt, srt, wav, flac, mp3, zip",
        "For example: voiceguide export --to md",
    ]
    assert "900 is not in the range 80 to 300" in installed(tmp_path, "start", "--rate", "900").complaint(2)


def test_exercises_as_json(tmp_path: Path) -> None:
    add_short(tmp_path)
    listed = json.loads(voiceguide(tmp_path, "exercises", "--json").fine().out)
    by_id = {each["id"]: each for each in listed}
    assert set(by_id) == {"a-short-one", *shipped_exercise_files()} - {"calm-check", "mirror-rounds"}
    assert by_id["worry-and-answer"] | {"title": "", "theme": ""} == {
        "id": "worry-and-answer",
        "title": "",
        "theme": "",
        "minutes": 10,
        "for": "both",
    }
    shown = json.loads(voiceguide(tmp_path, "exercises", "show", "a-short-one", "--json").fine().out)
    assert shown["id"] == "a-short-one"


def test_sessions_as_json(tmp_path: Path) -> None:
    assert json.loads(voiceguide(tmp_path, "sessions", "--json").fine().out) == []
    add_short(tmp_path)
    start = ("start", "a-short-one", "--keyboard", "--speaker", "none", "--names", "Mia,Zoë")
    voiceguide(tmp_path, *start, given="yes\nyes\none\n\ntwo\n\nyes\n").fine()
    (listed,) = json.loads(voiceguide(tmp_path, "sessions", "--json").fine().out)
    assert Path(listed["folder"]).name == listed["id"]
    assert (listed["names"], listed["simulated"], listed["state"]) == (["Mia", "Zoë"], False, "completed")


def test_names_are_remembered(tmp_path: Path) -> None:
    add_short(tmp_path)
    start = ("start", "a-short-one", "--keyboard", "--speaker", "none")
    assert "Mia, may I record" in voiceguide(tmp_path, *start, "--names", "Mia,Zoë").fine().out
    assert "Mia, may I record" in voiceguide(tmp_path, *start).fine().out
    (tmp_path / "config" / "names.json").write_text('["\\u001b[2J", 5]', "utf-8")
    assert "First partner, may I record" in voiceguide(tmp_path, *start).fine().out


def test_the_installed_command_is_tried_where_there_is_one() -> None:
    assert COMMAND[0].endswith("voiceguide") or COMMAND[1:] == ["-m", "voiceguide"]
