"""Exercises once they are read: binding names, and what may be a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.errors import VoiceguideError
from voiceguide.exercise import Exercise, Line, StepKind, clean_name, clean_names

LINES = (
    Line(StepKind.SAY, "{first} {second} {speaker} {listener}", 1, 1),
    Line(StepKind.ASK, "{partner} {other}", 2, 2, otherwise=1, who=1, again="{partner}?", speaker=1),
    Line(StepKind.FLOOR, "{speaker} {listener}", 3, 3, who=1, speaker=1, seconds=60, example="{other}"),
)
EXERCISE = Exercise("t", "T", "trust", 5, "both", "why", "grounding", LINES)


def test_binds_names_and_partners() -> None:
    say, ask, floor = EXERCISE.bind(("Anna", "Ben"))
    assert (say.prompt, say.partner) == ("Anna Ben Anna Ben", None)
    assert (ask.prompt, ask.again, ask.partner, ask.then, ask.otherwise) == ("Ben Anna", "Ben?", "b", 2, 1)
    assert (floor.prompt, floor.example, floor.partner, floor.seconds) == ("Ben Anna", "Anna", "b", 60)
    steps = EXERCISE.bind(("Anna", "Ben"), first="b")
    told = [("Ben Anna Ben Anna", None), ("Anna Ben", "a"), ("Anna Ben", "a")]
    assert [(step.prompt, step.partner) for step in steps] == told, "the other may go first"
    assert EXERCISE.bind(("{second}", "Ben"))[0].prompt == "{second} Ben {second} Ben", "braces are only a name"


def test_names_of_any_language() -> None:
    names = ["Anna", "Zoë", "李小龙", "محمد", "प्रिया", "Jean-Luc", "O\u2019Neil", "Anna Maria", "A" * 40]
    assert [clean_name(f" {name} ") for name in names] == names


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["", "   ", "\u200d\u200d", "-"], "empty"),
        (["An\x1b[31mna", "Anna\n", "\u202eannA", "An\u2028na", "\ud800"], "cannot be seen"),
        (["A" * 41], "41 letters"),
        (["A" * 10_000], "10000 letters"),
    ],
)
def test_refuses_what_is_no_name(names: list[str], words: str) -> None:
    for name in names:
        with pytest.raises(VoiceguideError, match=words) as caught:
            clean_name(name)
        assert len(str(caught.value)) < 200
        assert str(caught.value).isprintable()


@pytest.mark.parametrize("other", ["Anna", " anna", "\uff21nna", "An\u200bna"])
def test_refuses_two_that_sound_the_same(other: str) -> None:
    with pytest.raises(VoiceguideError, match="choose two names"):
        clean_names(("Anna", other))


@given(st.text(max_size=60))
def test_a_clean_name_stays_clean(name: str) -> None:
    try:
        tidy = clean_name(name)
    except VoiceguideError:
        return
    assert clean_name(tidy) == tidy
    assert tidy.splitlines() == [tidy]
