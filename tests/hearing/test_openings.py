"""Openings: the first seconds of what follows a pause, and nothing else, in memory that is bounded."""

from __future__ import annotations

import pytest

from tests.support.fakes_hearing import FakeVoiceActivity, held
from tests.support.fakes_runner import loud, quiet
from voiceguide.hearing.openings import LONGEST, OPENING, PRE_ROLL, Opening, Openings, Whole
from voiceguide.session.endpointing import CHOICE
from voiceguide.sound import FRAME_BYTES, FRAME_SECONDS


class Room:
    """Feeds what is heard, frame by frame."""

    def __init__(self) -> None:
        self.openings = Openings(FakeVoiceActivity())
        self.openings.open(CHOICE)
        self.most = 0

    def hear(self, samples: bytes) -> list[Opening | Whole]:
        found: list[Opening | Whole] = []
        for at in range(0, len(samples) - FRAME_BYTES + 1, FRAME_BYTES):
            found += self.openings.feed(samples[at : at + FRAME_BYTES], 0.0)
            self.most = max(self.most, held(self.openings))
        return found


def test_a_short_utterance_is_its_own_opening() -> None:
    (opening,) = Room().hear(quiet(2) + loud(0.8) + quiet(1))
    assert isinstance(opening, Opening)
    assert opening.whole
    assert opening.sound.seconds == pytest.approx(PRE_ROLL + 0.8 + 0.3, abs=0.1)


def test_a_long_one_has_an_opening_at_once_and_is_whole_at_its_end() -> None:
    room = Room()
    (opening,) = room.hear(quiet(2) + loud(3))
    assert isinstance(opening, Opening)
    assert not opening.whole
    assert opening.sound.seconds == pytest.approx(PRE_ROLL + OPENING, abs=2 * FRAME_SECONDS)
    (whole,) = room.hear(quiet(1))
    assert isinstance(whole, Whole)
    assert whole.sound.seconds == pytest.approx(PRE_ROLL + 3 + 0.3, abs=0.1)
    assert whole.sound.frames.startswith(opening.sound.frames)


def test_of_what_is_dropped_nothing_is_left_and_the_next_one_is_heard() -> None:
    room = Room()
    room.hear(quiet(2) + loud(3))
    room.openings.drop()
    assert held(room.openings) == 0
    assert room.hear(loud(20) + quiet(0.7)) == []
    assert isinstance(room.hear(loud(0.5) + quiet(1))[0], Opening)


def test_only_a_pause_makes_an_opening_a_click_is_none_and_memory_is_bounded() -> None:
    room = Room()
    assert len(room.hear(quiet(30) + loud(120) + quiet(30))) == 2, "however long somebody talks"
    assert room.most <= (LONGEST + PRE_ROLL + 1) / FRAME_SECONDS
    assert len([one for one in Room().hear((loud(2.5) + quiet(0.4)) * 5 + quiet(1)) if isinstance(one, Opening)]) == 1
    assert Room().hear(quiet(2) + loud(0.04) + quiet(2)) == []


def test_closed_it_hears_nothing_and_forgets() -> None:
    room = Room()
    room.hear(quiet(1) + loud(1))
    room.openings.close()
    assert held(room.openings) == 0
    assert room.hear(loud(5) + quiet(2)) == []
    room.openings.open(CHOICE)
    (opening,) = room.hear(loud(0.5) + quiet(1))
    assert opening.sound.seconds < 1.0, "nothing from before it was opened"
