"""Where a wish to jump leads in a replay, and what is no such wish."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voiceguide.jumping import AHEAD, NEXT_STEP, REWIND, STEP_BEFORE, asked, found
from voiceguide.record.replay import Item

_PROMPT = Item("prompt", None, "", "", None, 0.0, 4.0, 0.0, 1)
_SAID = replace(_PROMPT, kind="utterance", partner="a", name="Anna")

ITEMS = (
    replace(_PROMPT, text="Welcome, Anna and Ben."),
    replace(_PROMPT, text="Anna, what would you like to say sorry for?", start=10.0, place=2),
    replace(_SAID, text="I apologise for the letter", start=16.0, place=2, turn=1, gap_before=1.0),
    replace(_SAID, text="and for the dog", start=21.0, place=2, turn=1),
    replace(_PROMPT, text="Ben, what did you hear?", start=60.0, place=3),
    replace(_SAID, text="that you apologise", start=70.0, place=3, turn=2, partner="b", name="Ben"),
    replace(_PROMPT, text="Now the apology of the other. Ben, begin.", start=3700.0, place=5),
)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ("0:00", 0),
        ("0:16", 2),
        ("0:15", 1),
        ("1:09", 4),
        ("61:40", 6),
        ("1:01:40", 6),
        ("61:43", 6),
        ("99:00", None),
        ("minute ninety", None),
        ("step 2", 1),
        ("the step three", 4),
        ("step 4", 6),  # it was left out: the next there is
        ("turn 1", 2),
        ("turn two", 5),
        ("minute one", 4),
        ("the beginning", 0),
        ("the end", 6),
        ("the apology", 6),
        ("the letter", 2),
        ("where we talked about the dog", 3),
        ("LETTERS", 2),
    ],
)
def test_a_place_is_found(wanted: str, index: int) -> None:
    assert found(wanted, ITEMS) == index


@pytest.mark.parametrize(
    "wanted", ["", "  ", "the", "step 9", "turn nine", "elephants", "4:99", "²:00", "step ²", "-1:00"]
)
def test_what_is_not_there_is_not_found(wanted: str) -> None:
    assert found(wanted, ITEMS) is None


def test_words_that_come_again_are_found_after_where_it_is() -> None:
    assert found("apologise", ITEMS) == 6  # a prompt names what a step is about
    assert found("that you apologise", ITEMS, 2) == 5
    assert found("letter", ITEMS, 5) == 2


@pytest.mark.parametrize(
    ("said", "index"),
    [
        ("go to step three", 4),
        ("Go to step 3.", 4),
        ("Jump to the apology.", 6),
        ("from the apology", 6),
        ("replay from the letter", 2),
        ("turn one", 2),
        ("minute 61", 5),
        ("Delta Step 3.", 4),  # as Whisper hears it
        ("go turn two", 5),
        (NEXT_STEP, 4),
        (STEP_BEFORE, 0),
        ("go back to the beginning", 0),
    ],
)
def test_a_wish_is_understood(said: str, index: int) -> None:
    assert asked(said, ITEMS, 3, 0.0) == index


@pytest.mark.parametrize(
    "said",
    [
        "",
        "I apologise for the letter",
        "the apology",
        "go",
        "go to",
        "go to hell",
        "back when we were young",
        "back to ninety elephants",
        "turn",
        "turn around",
        "step by step",
        "and that was my first step two years ago",
        "forward and back",
        "from the day on which I met you nothing was the same any more",
    ],
)
def test_whatever_else_is_said_is_none(said: str) -> None:
    assert asked(said, ITEMS, 3, 0.0) is None


@pytest.mark.parametrize(
    ("said", "at", "within", "index"),
    [
        (AHEAD, 0, 0.0, 3),  # heard: 0-4, 4-8, 9-13, 13-17, 17-21, 21-25, 25-29
        (AHEAD, 0, 2.5, 4),
        (AHEAD, 6, 0.0, 6),
        (REWIND, 5, 0.0, 1),
        (REWIND, 5, 3.9, 2),
        (REWIND, 1, 0.0, 0),
        ("back five seconds", 5, 0.0, 3),
        ("forward a minute", 0, 0.0, 6),
        ("go back one second", 4, 2.0, 4),
        ("ahead 10 seconds", 1, 0.0, 3),
    ],
)
def test_seconds_are_those_that_are_heard(said: str, at: int, within: float, index: int) -> None:
    assert asked(said, ITEMS, at, within) == index


def test_there_is_nowhere_to_go_in_nothing() -> None:
    assert found("step 1", ()) is None
    assert found("1:00", ()) is None
    assert asked("go to the end", (), 0, 0.0) is None
