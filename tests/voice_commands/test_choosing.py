"""Which option somebody means, in their own words."""

from __future__ import annotations

from voiceguide.exercise import Option
from voiceguide.session.phrases import LOOK_AGAIN
from voiceguide.voice_commands.choosing import chosen

WHEN = [Option(name) for name in LOOK_AGAIN]
MINUTES = [Option("ten minutes", ("ten", "the short one")), Option("fifteen minutes", ("fifteen", "the long one"))]


def name(text: str, options: list[Option]) -> str | None:
    found = chosen(text, options)
    return found.name if found else None


MEANT = {
    "a week": ["A week.", "In a week, please.", "One."],
    "two weeks": ["Let's say two weeks", "The second one.", "2"],
    "a month": ["um in a month I think", "Number three."],
}
NONE = ["", "Yes.", "tomorrow", "a week or two weeks", "one of us is tired", "a weekend"]


def test_by_name_and_by_number_and_what_names_none_or_several_is_asked_again() -> None:
    wanted = {text: meant for meant, texts in MEANT.items() for text in texts} | dict.fromkeys(NONE)
    assert {text: name(text, WHEN) for text in wanted} == wanted
    assert chosen("yes", []) is None


def test_other_words_count_too() -> None:
    long = ["I'd take the long one", "Fifteen.", "15 minutes"]
    assert [name(text, MINUTES) for text in (*long, "the first", "1000000")] == [
        *["fifteen minutes"] * 3,
        "ten minutes",
        None,
    ]
    assert name("25", [Option("twenty"), Option("twenty-five")]) == "twenty-five"
