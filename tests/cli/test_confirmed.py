"""Questions with yes or no on the screen: anything else is asked again, with what can be typed."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from voiceguide.cli.plain import confirmed


@click.command()
@click.option("--default", is_flag=True)
def question(default: bool) -> None:
    click.echo(confirmed("Delete it?", default))


@pytest.mark.parametrize(
    ("args", "typed", "answer"),
    [
        ([], "y\n", True),
        ([], "NO\n", False),
        ([], "\n", False),
        (["--default"], "\n", True),
        ([], "?\nmaybe\nyes\n", True),
    ],
)
def test_yes_no_enter_and_what_is_neither(args: list[str], typed: str, answer: bool) -> None:
    shown = CliRunner().invoke(question, args, input=typed)
    assert shown.output.endswith(f"{answer}\n")
    assert shown.output.count("Type y for yes or n for no") == typed.count("\n") - 1


def test_nobody_who_answers_is_no_yes() -> None:
    assert CliRunner().invoke(question, input="").exit_code == 1
