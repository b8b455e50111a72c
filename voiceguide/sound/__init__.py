"""Sound as the core carries it: 16-bit signed little-endian mono PCM with its rate. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass

SAMPLE_BYTES = 2

LISTEN_RATE = 16_000
"""Samples a second of everything that is heard, stored and recognised."""

FRAME_SAMPLES = 512
"""Samples of one microphone frame: what the voice activity detector takes at a time (32 ms)."""

FRAME_BYTES = FRAME_SAMPLES * SAMPLE_BYTES
FRAME_SECONDS = FRAME_SAMPLES / LISTEN_RATE


@dataclass(frozen=True)
class Sound:
    """A stretch of sound."""

    frames: bytes
    """16-bit signed little-endian mono samples."""

    rate: int
    """Samples a second."""

    @property
    def seconds(self) -> float:
        """Its length in seconds."""
        return len(self.frames) / SAMPLE_BYTES / self.rate


def silence(seconds: float, rate: int) -> Sound:
    """Digital silence of that length."""
    return Sound(bytes(SAMPLE_BYTES * round(seconds * rate)), rate)
