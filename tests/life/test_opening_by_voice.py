"""The beginning by voice, through a sound card without hardware: two people who ramble and change their minds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import files_holding
from tests.support.evening import Evening, evening
from tests.support.pulse import Pulse, pulse
from tests.support.spoken import Speak, spoken

__all__ = ["pulse", "spoken"]

pytestmark = pytest.mark.full


@pytest.fixture
def couple(pulse: Pulse, tmp_path: Path) -> Iterator[Evening]:
    with evening(pulse, tmp_path / "home") as made:
        yield made


def test_two_people_find_their_exercise_by_talking(couple: Evening, spoken: Speak) -> None:
    couple.start("start", "--rate", "300", "--plain")
    for _ in range(3):
        couple.answer(spoken("Um. My name is Susan."), "who is here?", plainly=spoken("Susan."))
        couple.answer(spoken("I'm Robert."), "is that right?", plainly=spoken("Robert."))
        if "Susan and Robert, is that right?" in couple.output:
            break
        couple.answer(spoken("No."), "Let us try that again.")
    couple.answer(spoken("Yes, that's right."), "What would you like to do?", plainly=spoken("Yes."))
    couple.answer(spoken("Did you feed the dog?"), "I did not get that.")
    couple.answer(spoken("Something short, please."), "Here are some.")
    friend = "A friend of both, about seven minutes. Shall we"
    couple.answer(spoken("The second one."), friend, plainly=spoken("A friend of both."))
    couple.answer(spoken("No."), "Here are some.")
    couple.answer(spoken("Well, let's do worry and answer."), "Worry and answer, about ten minutes. Shall we")
    couple.answer(spoken("Yes, please."), "may I record what you say?", plainly=spoken("Yes."))
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
    couple.answer(spoken("The neighbour painted the fence."), "I did not get that.")
    couple.answer(spoken("The neighbour painted the fence."), "The list is on the screen")
    couple.until_shown("(1  Settle)")
    couple.answer(spoken("You choose."), "Settle, about five minutes. Shall we")
    couple.answer(spoken("I don't know."), "Here are some.")
    couple.answer(spoken("Stop."), "We stop here")
    assert couple.code() == 0
    assert not (couple.home / "data" / "sessions").exists()
