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


PLACES = {
    0: ["0:00", "the beginning"],
    1: ["0:15", "step 2"],
    2: ["0:16", "turn 1", "the letter", "LETTERS"],
    3: ["where we talked about the dog"],
    4: ["1:09", "the step three", "minute one"],
    5: ["turn two"],
    6: ["61:40", "1:01:40", "61:43", "the end", "the apology", "step 4"],  # step 4 was left out: the next there is
    None: [
        *("99:00", "minute ninety", "", "  ", "the", "step 9", "turn nine", "elephants", "4:99", "²:00"),
        *("step ²", "-1:00"),
    ],
}


def test_a_place_is_found_and_what_is_not_there_is_not() -> None:
    assert {at: [each for each in wanted if found(each, ITEMS) == at] for at, wanted in PLACES.items()} == PLACES


def test_words_that_come_again_are_found_after_where_it_is() -> None:
    assert found("apologise", ITEMS) == 6  # a prompt names what a step is about
    assert found("that you apologise", ITEMS, 2) == 5
    assert found("letter", ITEMS, 5) == 2


WISHES = {
    0: [STEP_BEFORE, "go back to the beginning"],
    2: ["replay from the letter", "turn one"],
    4: ["go to step three", "Go to step 3.", "Delta Step 3.", NEXT_STEP],  # Delta: as Whisper hears it
    5: ["minute 61", "go turn two"],
    6: ["Jump to the apology.", "from the apology"],
    None: [
        *("", "I apologise for the letter", "the apology", "go", "go to", "go to hell", "back when we were young"),
        *("back to ninety elephants", "turn", "turn around", "step by step", "forward and back"),
        "and that was my first step two years ago",
        "from the day on which I met you nothing was the same any more",
    ],
}


def test_a_wish_is_understood_and_whatever_else_is_said_is_none() -> None:
    assert {at: [each for each in said if asked(each, ITEMS, 3, 0.0) == at] for at, said in WISHES.items()} == WISHES


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
