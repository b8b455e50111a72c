"""The beginning by voice, through a sound card without hardware: two people who ramble and change their minds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.clips import Clip
from tests.support.command import files_holding
from tests.support.evening import Evening, evening
from tests.support.pulse import Pulse, pulse
from tests.support.spoken import Speak, spoken

__all__ = ["pulse", "spoken"]

pytestmark = pytest.mark.full

_TRIES = 3
"""How often somebody says a thing that was not understood."""


@pytest.fixture
def couple(pulse: Pulse, tmp_path: Path) -> Iterator[Evening]:
    with evening(pulse, tmp_path / "home") as made:
        yield made


def spoken_since(couple: Evening, known: int) -> bool:
    """Whether the guide has said something since so much was shown."""
    return "Guide: " in couple.output[known:]


def answer(couple: Evening, clip: Clip, wanted: str, plainly: Clip | None = None) -> None:
    """Say it when it is our turn, again (``plainly``) where it was not understood, until the guide says ``wanted``."""
    for attempt in range(_TRIES):
        clip = plainly if attempt and plainly else clip
        couple.turn()
        known = len(couple.output)
        couple.say(clip)
        couple.until(partial(spoken_since, couple, known), f"{clip.text!r} has no effect.")
        if wanted in couple.output[known:]:
            return
        couple.misheard.append(clip.text)
    raise AssertionError(f"{clip.text!r} does not lead to {wanted!r}.\n{couple.output[-3000:]}")


def test_two_people_find_their_exercise_by_talking(couple: Evening, spoken: Speak) -> None:
    couple.start("start", "--rate", "300", "--plain")
    for _ in range(_TRIES):
        answer(couple, spoken("Um. My name is Susan."), "who is here?", plainly=spoken("Susan."))
        answer(couple, spoken("I'm Robert."), "is that right?", plainly=spoken("Robert."))
        if "Susan and Robert, is that right?" in couple.output:
            break
        answer(couple, spoken("No."), "Let us try that again.")
    answer(couple, spoken("Yes, that's right."), "What would you like to do?", plainly=spoken("Yes."))
    answer(couple, spoken("Did you feed the dog?"), "I did not get that.")
    answer(couple, spoken("Something short, please."), "Here are some.")
    friend = "A friend of both, about seven minutes. Shall we"
    answer(couple, spoken("The second one."), friend, plainly=spoken("A friend of both."))
    answer(couple, spoken("No."), "Here are some.")
    answer(couple, spoken("Well, let's do worry and answer."), "Worry and answer, about ten minutes. Shall we")
    answer(couple, spoken("Yes, please."), "may I record what you say?", plainly=spoken("Yes."))
    print(f"had to be said again: {couple.misheard}")
    couple.turn()
    couple.interrupt()
    assert couple.code() == 130
    names = (couple.home / "config" / "names.json").read_text("utf-8")
    assert "Susan" in names
    assert "Robert" in names
    assert not (couple.home / "data" / "sessions").exists()
    assert files_holding(couple.home / "data", "dog") == []


def test_what_is_never_understood_ends_with_a_list_and_you_choose(couple: Evening, spoken: Speak) -> None:
    couple.start("start", "--rate", "300", "--plain", "--names", "Anna,Robert")
    answer(couple, spoken("The neighbour painted the fence."), "I did not get that.")
    answer(couple, spoken("The neighbour painted the fence."), "The list is on the screen")
    couple.until_shown("(1  Settle)")
    answer(couple, spoken("You choose."), "Settle, about five minutes. Shall we")
    answer(couple, spoken("I don't know."), "Here are some.")
    answer(couple, spoken("Stop."), "We stop here")
    assert couple.code() == 0
    assert not (couple.home / "data" / "sessions").exists()
