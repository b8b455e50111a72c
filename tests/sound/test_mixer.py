"""The mixer: nothing is lost, nothing clicks, loud is not harsh."""

from __future__ import annotations

from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.sound import Sound
from voiceguide.sound.mixer import OUTPUT_RATE, Mixer

FADE = round(0.008 * OUTPUT_RATE)
STEP = 20_000 // FADE + 2
"""Largest step between two samples of a constant 20,000 that is faded."""


def flat(samples: int, value: int = 20_000) -> Sound:
    return Sound(array("h", [value] * samples).tobytes(), OUTPUT_RATE)


def read(mixer: Mixer, count: int) -> list[int]:
    frames = mixer.read(count)
    assert len(frames) == 2 * count
    return array("h", frames).tolist()


def steps(samples: list[int]) -> int:
    return max(abs(after - before) for before, after in pairwise(samples))


@given(st.lists(st.integers(0, 900), max_size=5), st.lists(st.integers(0, 700), max_size=9))
def test_sounds_follow_each_other_without_a_gap(lengths: list[int], reads: list[int]) -> None:
    mixer = Mixer()
    expected: list[int] = []
    for number, length in enumerate(lengths, 1):
        mixer.add(flat(length, number))
        expected += [number] * length
    got = [sample for count in reads for sample in read(mixer, count)]
    assert got == (expected + [0] * sum(reads))[: sum(reads)]
    assert mixer.heard() == (sum(reads) >= len(expected))


def test_holding_fades_out_and_releasing_fades_in() -> None:
    mixer = Mixer()
    mixer.add(flat(4000))
    heard = read(mixer, 500)
    mixer.hold()
    held = read(mixer, 500)
    assert held[FADE:] == [0] * (500 - FADE)
    assert not mixer.heard()
    mixer.release()
    released = read(mixer, 4000)
    assert steps([*heard, *held, *released[:2000]]) <= STEP
    assert released.count(20_000) == 4000 - 500 - 2 * FADE
    assert mixer.heard()


def test_what_is_played_while_held_waits_and_right_after_silence_is_heard_whole() -> None:
    mixer = Mixer()
    mixer.hold()
    mixer.add(flat(1000))
    assert read(mixer, 500) == [0] * 500
    mixer.release()
    assert 20_000 in read(mixer, 500)
    mixer.silence()
    mixer.add(flat(300, 7))
    assert read(mixer, 1000).count(7) == 300


@pytest.mark.parametrize("held", [False, True])
def test_silence_drops_everything_without_a_click(held: bool) -> None:
    mixer = Mixer()
    mixer.add(flat(4000))
    mixer.add(flat(4000))
    heard = read(mixer, 500)
    if held:
        mixer.hold()
    mixer.silence()
    after = read(mixer, 1000)
    assert steps(heard + after) <= STEP
    assert after[FADE:] == [0] * (1000 - FADE)
    assert mixer.heard()


def test_a_hurried_hold_release_silence_does_not_click() -> None:
    mixer = Mixer()
    mixer.add(flat(9000))
    heard = read(mixer, 100)
    for act in (mixer.hold, mixer.release, mixer.hold, mixer.hold, mixer.release, mixer.release, mixer.silence):
        act()
        heard += read(mixer, 50)
    assert steps(heard + read(mixer, 500)) <= STEP


@pytest.mark.parametrize("volume", [0.0, 0.5, 1.0, 1.5, 2.0, 9.0])
def test_volume_scales_quiet_sound_and_bends_loud_sound(volume: float) -> None:
    mixer = Mixer()
    mixer.volume = volume
    mixer.add(Sound(array("h", [*range(-32768, 32768, 16), 32767]).tobytes(), OUTPUT_RATE))
    heard = read(mixer, 4097)
    assert heard == sorted(heard)
    assert heard[2048 + 100] == pytest.approx(1600 * min(volume, 2.0), abs=2)
    assert heard[0] == pytest.approx(-heard[-1], abs=1)
    if volume > 1.0:
        assert len(set(heard[-500:])) > 50  # not clipped flat


def test_held_speech_and_no_other_goes_on_from_the_start_of_its_sentence() -> None:
    mixer = Mixer()
    mixer.add(flat(4000, 1000))
    mixer.add(flat(4000, 2000))
    read(mixer, 5000)
    mixer.hold()
    read(mixer, 500)
    mixer.release(again=True)
    after = read(mixer, 9000)
    assert after.count(2000) == 4000 - FADE
    assert after.count(1000) <= 1, "only in passing, as it comes back"
    assert mixer.heard()
    mixer.add(flat(4000))
    mixer.add(flat(4000, 7))
    read(mixer, 6000)
    mixer.release(again=True)
    assert read(mixer, 9000).count(7) == 2000, "it was not held"
