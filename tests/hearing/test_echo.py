"""Somebody speaks while the guide does: the guide's voice, as a room gives it back, is no one; a person is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.support.fakes_hearing import FakeVoiceActivity
from tests.support.fakes_runner import loud, quiet
from tests.support.room import Samples, in_room
from voiceguide.hearing.echo import EchoCanceller, FarEnd, Interruptions
from voiceguide.sound import FRAME_BYTES, FRAME_SAMPLES, FRAME_SECONDS, LISTEN_RATE, Sound
from voiceguide.sound.files import read_sound, resample
from voiceguide.sound.mixer import OUTPUT_RATE
from voiceguide.sound.vad import SileroGate
from voiceguide.speaking.pyttsx3_engine import Pyttsx3

PROMPTS = (
    "Welcome. This exercise takes ten minutes: one worry, one answer. Neither of you has to solve anything today.",
    "Now say back what you heard, in your own words. Then ask whether you have got it right, and wait for the answer.",
)
PIECE = round(OUTPUT_RATE * 0.025)
"""Samples that a loudspeaker takes at a time."""


@pytest.fixture(scope="module")
def guide() -> Sound:
    """Some fifteen seconds of the guide's voice, as the loudspeaker is given it."""
    spoken = [Pyttsx3().synthesize(prompt, None, 150) for prompt in PROMPTS]
    return Sound(b"".join(resample(each, OUTPUT_RATE).frames for each in spoken), OUTPUT_RATE)


@cache
def person() -> Samples:
    """Two seconds of somebody reading, from the first word on."""
    moonshine = pytest.importorskip("moonshine_voice", reason="its package brings the recording")
    sound = read_sound(Path(moonshine.__file__).parent / "assets" / "beckett.wav", LISTEN_RATE)
    samples = np.frombuffer(sound.frames, "<i2").astype(float)
    first = int(np.flatnonzero(np.abs(samples) > 0.1 * np.abs(samples).max())[0])
    return samples[first : first + 2 * LISTEN_RATE]


def coming_back(samples: Samples, delay: float, chance: np.random.Generator) -> Samples:
    """After ``delay`` seconds, from a room that rings for a third of a second."""
    heard = in_room(samples, 1 / 3, 0.05, chance)
    return np.concatenate((np.zeros(round(delay * LISTEN_RATE)), heard))[: len(samples)]


def at_level(samples: Samples, decibels: float) -> Samples:
    """With its louder parts at so many dB below full scale."""
    spoken = samples[np.abs(samples) > 0.05 * np.abs(samples).max()]
    return samples * float(32_768 * 10 ** (decibels / 20) / np.sqrt(np.mean(spoken**2)))


def found(guide: Sound, near: Samples, interruptions: Interruptions, far_end: FarEnd | None) -> list[float]:
    """Seconds at which somebody was found to speak, while loudspeaker and microphone run side by side."""
    frames = np.clip(near, -32_768, 32_767).astype("<i2").tobytes()
    interruptions.watch(True)
    times, given = [], 0
    for number, at in enumerate(range(0, len(frames) - FRAME_BYTES + 1, FRAME_BYTES), 1):
        now = number * FRAME_SECONDS
        while far_end and given * PIECE < now * OUTPUT_RATE:
            far_end.hear(guide.frames[given * PIECE * 2 : (given + 1) * PIECE * 2].ljust(PIECE * 2, b"\0"))
            given += 1
        if interruptions.feed(frames[at : at + FRAME_BYTES]):
            times.append(now)
    return times


def listening(guide: Sound, delay: float, above: float, at: float | None = None) -> list[float]:
    """What is found where the guide is so many dB louder than the person who speaks ``at`` seconds, if anybody does."""
    chance = np.random.default_rng(14)
    heard = np.frombuffer(resample(guide, LISTEN_RATE).frames, "<i2").astype(float)
    near = at_level(coming_back(heard, delay, chance), -26 + above)
    if at is not None:
        speech = at_level(person(), -26)
        start = round(at * LISTEN_RATE)
        near[start : start + len(speech)] += speech[: len(near) - start]
    near += chance.standard_normal(len(near)) * 5
    far_end = FarEnd(OUTPUT_RATE)
    return found(guide, near, Interruptions(SileroGate(), far_end, EchoCanceller()), far_end)


@pytest.mark.full
@pytest.mark.parametrize("delay", [0.0, 0.02, 0.1, 0.25])
def test_the_guide_does_not_interrupt_itself_and_a_person_is_found_within_a_second(guide: Sound, delay: float) -> None:
    for above in (0.0, 10.0):
        assert listening(guide, delay, above) == []
    times = listening(guide, delay, 0.0, at=10.0)
    assert times
    assert 10.0 < times[0] <= 11.0


@pytest.mark.full
def test_without_the_canceller_the_guide_would_interrupt_itself(guide: Sound) -> None:
    """What all this is for."""
    heard = np.frombuffer(resample(guide, LISTEN_RATE).frames, "<i2").astype(float)
    near = at_level(coming_back(heard, 0.02, np.random.default_rng(14)), -26)
    assert found(guide, near, Interruptions(SileroGate()), None)


def test_nobody_is_found_before_the_room_is_learnt_and_after_samples_were_lost() -> None:
    far_end = FarEnd(LISTEN_RATE)
    interruptions = Interruptions(FakeVoiceActivity(), far_end, lambda near, far: near)
    interruptions.watch(True)
    frame = loud(FRAME_SECONDS)

    def seconds() -> float:
        """Of both speaking, until it is told."""
        for number in range(1, 200):
            far_end.hear(frame)
            if interruptions.feed(frame):
                return number * FRAME_SECONDS
        return float("inf")

    assert 1.5 <= seconds() < 1.8
    assert seconds() == FRAME_SECONDS
    interruptions.lose()
    assert 1.5 <= seconds() < 1.8


def test_with_headphones_and_from_then_on_only_while_it_is_wanted_and_a_click_is_nobody() -> None:
    interruptions = Interruptions(FakeVoiceActivity())
    speech, calm = loud(FRAME_SECONDS), quiet(FRAME_SECONDS)
    assert not any(interruptions.feed(speech) for _ in range(20))
    interruptions.watch(True)
    assert not any(interruptions.feed(frame) for frame in [speech, speech, *[calm] * 8] * 3)
    assert [interruptions.feed(speech) for _ in range(5)] == [False] * 3 + [True] * 2
    interruptions.watch(False)
    interruptions.watch(True)
    assert not interruptions.feed(speech)


# -- the far end -------------------------------------------------------------------------------------------------


def read(far_end: FarEnd, frames: int, behind: int = 0) -> Iterator[bytes]:
    return (far_end.read(behind) for _ in range(frames))


def numbered(first: int, count: int) -> bytes:
    return np.arange(first, first + count, dtype="<i2").tobytes()


def test_what_the_loudspeaker_was_given_is_read_in_order_behind_a_cushion() -> None:
    far_end = FarEnd(LISTEN_RATE)
    heard = b""
    for step in range(40):
        far_end.hear(numbered(1 + step * 400, 400))
        heard += b"".join(read(far_end, 1)) if step % 4 else b""
    samples = np.frombuffer(heard, "<i2")
    spoken = samples[samples > 0]
    assert list(spoken) == list(range(1, 1 + len(spoken)))
    assert len(samples) - len(spoken) < 4 * FRAME_SAMPLES
    assert far_end.jumps == 0


def test_where_it_runs_dry_it_tells_that_it_jumped() -> None:
    far_end = FarEnd(LISTEN_RATE)
    far_end.hear(loud(0.2))
    frames = list(read(far_end, 12))
    assert any(frames[0])
    assert not any(frames[-1])
    assert far_end.jumps == 1


def first_found(sound: bytes) -> int:
    """After how many frames what follows ``sound``, of which too much waits, is read."""
    far_end = FarEnd(LISTEN_RATE)
    far_end.hear(sound)
    list(read(far_end, 1))
    far_end.hear(numbered(1, 800))
    frames = [np.frombuffer(frame, "<i2") for frame in read(far_end, 40)]
    assert far_end.jumps
    return next((number for number, frame in enumerate(frames) if 1 in frame), 99)


def test_silence_that_piles_up_is_left_out_at_once_and_speech_when_the_microphone_lost_some() -> None:
    assert first_found(quiet(1.0)) < 4
    assert 8 < first_found(loud(1.0)) < 16


def test_when_nobody_reads_it_keeps_three_seconds_and_frames_that_wait_at_the_microphone_are_no_drift() -> None:
    far_end = FarEnd(LISTEN_RATE)
    for _ in range(600):
        far_end.hear(loud(1.0))
    assert far_end.jumps == 597
    assert sum(len(piece) for piece in far_end._given) == 3 * LISTEN_RATE * 2
    far_end = FarEnd(LISTEN_RATE)
    far_end.hear(quiet(1.0))
    list(read(far_end, 1, behind=30))
    assert far_end.jumps == 0
