"""A replay that is told by voice where to go, through a sound card without hardware."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import finished
from tests.support.evening import Evening, evening
from tests.support.pulse import Pulse, pulse
from tests.support.spoken import Speak, spoken
from tests.support.waiting import within

__all__ = ["finished", "pulse", "spoken"]

pytestmark = pytest.mark.full

_TRIES = 5
"""How often something is said that was not understood: a small model hears synthetic voices."""

_ANSWERS = 6.0
"""Seconds without an effect after which it is said again."""


@pytest.fixture
def couple(pulse: Pulse, finished: Path, tmp_path: Path) -> Iterator[Evening]:
    shutil.copytree(finished, tmp_path / "home")
    with evening(pulse, tmp_path / "home") as made:
        yield made


def tell(couple: Evening, spoken: Speak, words: str, wanted: str) -> None:
    """Say it until ``wanted`` stands on the screen, once more than before."""
    before = couple.output.count(wanted)
    for _ in range(_TRIES):
        couple.say(spoken(words))
        if within(_ANSWERS, lambda: couple.output.count(wanted) > before):
            return
        couple.misheard.append(words)
    raise AssertionError(f"{words!r} does not lead to {wanted!r}.\n{couple.output[-3000:]}")


def test_it_goes_where_it_is_told_and_stops(couple: Evening, spoken: Speak) -> None:
    couple.start("replay", "--plain")
    couple.until_shown("Guide: Welcome, Mia and Zoë.")
    tell(couple, spoken, "Go to step fifteen.", "step 15 of")
    tell(couple, spoken, "Back fifteen seconds.", "(Back 15 seconds.)")
    tell(couple, spoken, "Go to the next step.", "(Go to the next step.)")
    tell(couple, spoken, "Faster.", "(faster)")
    couple.command("stop", spoken("Stop."))
    assert couple.code() == 0
    print("said again:", ", ".join(couple.misheard) or "nothing")
