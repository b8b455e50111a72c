"""Loudness as people hear it, and recordings brought to one."""

from __future__ import annotations

import math
import random
from array import array

import pytest

from voiceguide.sound import Sound
from voiceguide.sound.loudness import LEVEL, evened, loudness


def tone(dbfs: float, seconds: float = 5.0, rate: int = 16_000, hertz: float = 997.0) -> Sound:
    """A sine whose peak lies ``dbfs`` under full scale."""
    peak = 32767 * 10 ** (dbfs / 20)
    count = round(seconds * rate)
    samples = array("h", (round(peak * math.sin(2 * math.pi * hertz * i / rate)) for i in range(count)))
    return Sound(samples.tobytes(), rate)


def peak(sound: Sound) -> int:
    return max(map(abs, array("h", sound.frames)))


@pytest.mark.parametrize("rate", [16_000, 22_050, 48_000])
def test_it_measures_as_the_standard_says(rate: int) -> None:
    # EBU Tech 3341, case 1, for one channel: -23 dBFS of sine in two channels are -23 LUFS, in one 3 less.
    assert loudness([tone(-20.0, rate=rate)]) == pytest.approx(-23.0, abs=0.15)


def test_pauses_do_not_count_and_a_word_shorter_than_the_measure_is_measured() -> None:
    pause = Sound(bytes(2 * 16_000 * 20), 16_000)
    assert loudness([tone(-20.0), pause]) == pytest.approx(loudness([tone(-20.0)]), abs=0.5)
    assert loudness([tone(-20.0, seconds=0.15)]) == pytest.approx(-23.0, abs=1.0)
    assert {loudness(nothing) for nothing in ([], [Sound(b"", 16_000)], [pause])} == {-70.0}


@pytest.mark.parametrize("dbfs", [-45.0, -20.0, -1.0])
def test_quiet_and_loud_recordings_come_to_one_loudness(dbfs: float) -> None:
    sound = evened(tone(dbfs))
    assert loudness([sound]) == pytest.approx(LEVEL, abs=0.3)
    samples = array("h", sound.frames)
    assert len(samples) == 5 * 16_000
    assert abs(samples[0]) < 20
    assert abs(samples[-1]) < 20


def test_a_turn_becomes_louder_as_a_whole() -> None:
    whisper, cry = tone(-40.0), tone(-15.0)
    turn = loudness([whisper, cry])
    before = loudness([cry]) - loudness([whisper])
    after = loudness([evened(cry, turn)]) - loudness([evened(whisper, turn)])
    assert after == pytest.approx(before, abs=0.3)


def test_nothing_is_clipped_by_being_made_louder() -> None:
    chance = random.Random(5)
    quiet = array("h", (chance.randrange(-60, 61) for _ in range(32_000)))
    quiet[16_000] = 9_000  # somebody knocked against the table
    sound = evened(Sound(quiet.tobytes(), 16_000))
    assert peak(sound) <= 32768 * 10 ** (-1.5 / 20) + 1


def test_not_a_sample_is_lost_and_digital_silence_is_left_alone() -> None:
    for samples in (16_000, 16_001, 16_015):
        assert len(evened(tone(-20.0, samples / 16_000)).frames) == 2 * samples
    nothing = Sound(bytes(2000), 16_000)
    assert evened(nothing) == nothing
