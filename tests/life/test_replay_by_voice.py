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

__all__ = ["finished", "pulse", "spoken"]

pytestmark = pytest.mark.full


@pytest.fixture
def couple(pulse: Pulse, finished: Path, tmp_path: Path) -> Iterator[Evening]:
    shutil.copytree(finished, tmp_path / "home")
    with evening(pulse, tmp_path / "home") as made:
        yield made


def test_it_goes_where_it_is_told_and_stops(couple: Evening, spoken: Speak) -> None:
    couple.start("replay", "--plain")
    couple.until_shown("Guide: Welcome, Mia and Zoë.")
    couple.tell(spoken("Go to step fifteen."), "step 15 of")
    couple.tell(spoken("Back fifteen seconds."), "(Back 15 seconds.)")
    couple.tell(spoken("Go to the next step."), "(Go to the next step.)")
    couple.tell(spoken("Faster."), "(faster)")
    couple.command("stop", spoken("Stop."))
    assert couple.code() == 0
    print("said again:", ", ".join(couple.misheard) or "nothing")
