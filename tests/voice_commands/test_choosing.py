"""Which option somebody means, in their own words."""

from __future__ import annotations

import pytest

from voiceguide.exercise import Option
from voiceguide.session.phrases import LOOK_AGAIN
from voiceguide.voice_commands.choosing import chosen

WHEN = [Option(name) for name in LOOK_AGAIN]
MINUTES = [Option("ten minutes", ("ten", "the short one")), Option("fifteen minutes", ("fifteen", "the long one"))]


def name(text: str, options: list[Option]) -> str | None:
    found = chosen(text, options)
    return found.name if found else None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("A week.", "a week"),
        ("In a week, please.", "a week"),
        ("Let's say two weeks", "two weeks"),
        ("um in a month I think", "a month"),
        ("The second one.", "two weeks"),
        ("Number three.", "a month"),
        ("One.", "a week"),
        ("2", "two weeks"),
    ],
)
def test_by_name_and_by_number(text: str, meant: str) -> None:
    assert name(text, WHEN) == meant


@pytest.mark.parametrize("text", ["", "Yes.", "tomorrow", "a week or two weeks", "one of us is tired", "a weekend"])
def test_what_names_none_or_several_is_asked_again(text: str) -> None:
    assert chosen(text, WHEN) is None


def test_other_words_count_too() -> None:
    assert name("I'd take the long one", MINUTES) == "fifteen minutes"
    assert name("Fifteen.", MINUTES) == "fifteen minutes"
    assert name("15 minutes", MINUTES) == "fifteen minutes"
    assert name("25", [Option("twenty"), Option("twenty-five")]) == "twenty-five"
    assert name("1000000", MINUTES) is None
    assert name("the first", MINUTES) == "ten minutes"


def test_where_nothing_can_be_chosen_nothing_is() -> None:
    assert chosen("yes", []) is None
