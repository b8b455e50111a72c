"""The command line as a whole: every command has help with an example and stands in the README."""

from __future__ import annotations

import json
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import click

from tests.support.command import COMMAND, add_short, typed, voiceguide
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


def test_every_help_has_an_example_that_begins_with_the_command() -> None:
    examples = {name: cleandoc(command.help or "").partition("Example")[2] for name, command in ALL.items()}
    assert [name for name, told in examples.items() if f"\n  voiceguide {name}" not in told] == []


def test_every_help_fits_the_terminal_and_no_line_of_it_is_cut_off(tmp_path: Path) -> None:
    shown = {name: voiceguide(tmp_path, *name.split(), "--help").fine().out for name in ALL}
    assert len(shown) > 30
    assert [name for name, out in shown.items() if max(map(len, out.splitlines())) > 80] == []
    assert [name for name, out in shown.items() if "..." in out.partition("Commands:")[2]] == []
    assert list(tmp_path.iterdir()) == []


def test_the_list_of_commands_says_what_the_command_says_of_itself(tmp_path: Path) -> None:
    firsts = {name: (ALL[name].help or "").splitlines()[0] for name in COMMANDS}
    assert [name for name, first in firsts.items() if not first.startswith(COMMANDS[name][1].rstrip("."))] == []
    shown = voiceguide(tmp_path, "--help").fine().out
    listed = {
        line.split()[0]: line.split()[1] for line in shown.partition("Commands:")[2].splitlines() if line[2:3] > " "
    }
    assert listed == {name: short.split()[0] for name, (_, short) in COMMANDS.items()}
    assert voiceguide(tmp_path, "-h").out == shown


def test_every_option_is_explained_and_the_readme_names_it_and_its_command() -> None:
    assert [name for name in ALL if f"voiceguide {name}" not in README] == []
    options = [(name, option) for name, command in ALL.items() for option in command.params]
    named = [(name, text) for name, option in options for text in option.opts if text.startswith("--")]
    assert [(name, text) for name, text in named if text not in README] == []
    assert [(name, each.name) for name, each in options if isinstance(each, click.Option) and not each.help] == []


def test_the_version(tmp_path: Path) -> None:
    assert voiceguide(tmp_path, "--version").fine().out == f"voiceguide, version {__version__}\n"


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


def test_exercises_as_json(tmp_path: Path) -> None:
    add_short(tmp_path)
    listed = json.loads(voiceguide(tmp_path, "exercises", "--json").fine().out)
    by_id = {each["id"]: each for each in listed}
    assert set(by_id) == {"a-short-one", *shipped_exercise_files()} - {"calm-check", "mirror-rounds"}
    assert (
        json.loads(voiceguide(tmp_path, "exercises", "show", "a-short-one", "--json").fine().out)["id"] == "a-short-one"
    )


def test_sessions_as_json(tmp_path: Path) -> None:
    assert json.loads(voiceguide(tmp_path, "sessions", "--json").fine().out) == []
    add_short(tmp_path)
    typed(tmp_path, "yes", "yes", "one", "", "two", "", "yes")
    (listed,) = json.loads(voiceguide(tmp_path, "sessions", "--json").fine().out)
    assert Path(listed["folder"]).name == listed["id"]
    assert (listed["names"], listed["simulated"], listed["state"]) == (["Mia", "Zoe"], False, "completed")


def test_the_installed_command_is_tried_where_there_is_one() -> None:
    assert COMMAND[0].endswith("voiceguide") or COMMAND[1:] == ["-m", "voiceguide"]
