"""The product's waiting loop over given sound: as fast as it can be worked on, or as fast as life."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from benchmarks.processes import cpu_seconds

from voiceguide.hearing.ears import AudioTimeEars, VoiceEars
from voiceguide.hearing.openings import Openings
from voiceguide.paths import earcon_file
from voiceguide.session.asking import Asked
from voiceguide.session.effects import Earcon
from voiceguide.sound import FRAME_BYTES, FRAME_SECONDS, LISTEN_RATE, Sound, silence
from voiceguide.sound.files import read_wav
from voiceguide.sound.playback import SilentLoudspeaker
from voiceguide.sound.vad import SileroGate
from voiceguide.standby import Standby
from voiceguide.worker import Worker

_AFTER = silence(9.0, LISTEN_RATE).frames
"""What follows, so that a request that is waited for is given up."""

_SETTLE = 3.0
"""Seconds before the measuring begins: the gate learns the room in the first."""


class Told(Protocol):
    """What finds calls in samples (16 kHz)."""

    def __call__(self, frames: bytes) -> list[Asked | None]:
        """What each call asks for; None for one that asks for nothing that is understood."""
        ...


def _nobody(line: str) -> None:
    """Is told what is waited for."""


class Stream:
    """A microphone that hears these samples once, or over and over."""

    lost = False
    overruns = 0

    def __init__(self, frames: bytes, lifelike: bool) -> None:
        self._frames, self._lifelike = frames, lifelike
        self._at = 0
        self._due = time.monotonic()

    @property
    def ended(self) -> bool:
        """Everything was heard."""
        return self._at >= len(self._frames)

    def read(self, seconds: float) -> bytes | None:
        """The next frame, when its time has come."""
        if self._lifelike:
            wait = self._due - time.monotonic()
            time.sleep(max(0.0, min(wait, seconds)))  # as a device keeps a reader waiting
            if wait > seconds:
                return None
            self._due += FRAME_SECONDS
            self._at %= len(self._frames)
        frame = self._frames[self._at : self._at + FRAME_BYTES]
        self._at += FRAME_BYTES
        return frame.ljust(FRAME_BYTES, b"\0")

    def reopen(self) -> bool:
        """It is always there."""
        return True

    def close(self) -> None:
        """Nothing to let go."""


class _Loudspeaker(SilentLoudspeaker):
    """Counts how often the guide asks for a request."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self._asks = read_wav(earcon_file(Earcon.YOUR_TURN))

    def play(self, sound: Sound) -> None:
        """See Loudspeaker."""
        self.asked += sound == self._asks
        super().play(sound)


class Waits:
    """Finds calls as the product does."""

    def __init__(self, engine: Worker, understand: Callable[[str], Asked | None]) -> None:
        self._engine, self._understand = engine, understand
        self._gate = SileroGate()

    def __call__(self, frames: bytes) -> list[Asked | None]:
        """See Told."""
        stream, loudspeaker, openings = Stream(frames + _AFTER, lifelike=False), _Loudspeaker(), Openings(self._gate)
        ears = AudioTimeEars(stream, openings, self._engine)
        found: list[Asked | None] = []
        while not stream.ended:
            standby = Standby(ears, openings, loudspeaker, self._understand, "guide", _nobody)
            request = standby.wait(lambda: stream.ended)
            found += [request.asked] if request else [None] * min(1, loudspeaker.asked)
            loudspeaker.asked = 0
        return found


class Watching:
    """Waits in a room at life speed, and looks at the processor's time."""

    def __init__(self, engine: Worker, frames: bytes) -> None:
        self._engine, self._frames = engine, frames

    def share(self, seconds: float) -> float:
        """Of one core, all processes together."""
        openings = Openings(SileroGate())
        ears = VoiceEars(Stream(self._frames, lifelike=True), openings, self._engine)
        standby = Standby(ears, openings, _Loudspeaker(), lambda words: None, "guide", _nobody)
        begun = time.monotonic() + _SETTLE
        standby.wait(lambda: time.monotonic() > begun)
        used, begun = cpu_seconds(), time.monotonic()
        standby.wait(lambda: time.monotonic() > begun + seconds)
        return (cpu_seconds() - used) / (time.monotonic() - begun)
