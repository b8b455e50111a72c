"""Hours of talk in one session: memory and open files stay as they are, and the record tells where each sound lies.

Rendered, faster than life, through the real loop, engines and record; see ``benchmarks.memory``. Every frame of the
microphone bears its number in the lowest bits of its samples, which nobody hears and FLAC keeps: so each recording
tells where in the stream it was taken from.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from benchmarks.memory import Evening, summary, talk
from benchmarks.processes import open_files

from voiceguide.record import Session
from voiceguide.sound import FRAME_SAMPLES, FRAME_SECONDS, Sound
from voiceguide.sound.files import read_sound

MINUTES = 180

_BITS = 32

_FLAT = 0.1
"""Megabytes a minute: in three hours less than a twentieth of what the session holds."""

_DRIFT = 0.05
"""Seconds."""


class Numbered(Evening):
    """A couple whose microphone numbers its frames; it counts the open files, too."""

    def __init__(self, sentences: list[Sound], done: Sound) -> None:
        super().__init__(sentences, done)
        self.files: list[tuple[float, int]] = []
        """(minutes of sound, open files)."""
        self._number = 0

    def read(self, seconds: float) -> bytes | None:
        """The next frame, with its number."""
        frame = super().read(seconds)
        if frame is None:
            return None
        self._number += 1
        return numbered(frame, self._number - 1)

    def refresh(self, now: float, level: float, listening: bool) -> None:
        """Count the files whenever the memory is looked at."""
        before = len(self.samples)
        super().refresh(now, level, listening)
        if len(self.samples) > before:
            self.files.append((now / 60, open_files()))


def numbered(frame: bytes, number: int) -> bytes:
    """The frame with a number in the lowest bits of its samples, again and again."""
    samples = np.frombuffer(frame, "<i2")
    bits = (number >> np.arange(_BITS)) & 1
    return bytes((samples & ~1 | np.tile(bits, FRAME_SAMPLES // _BITS)).astype("<i2").tobytes())


def numbers(frames: bytes) -> list[int]:
    """The numbers of frames that were cut between two of them."""
    samples = np.frombuffer(frames, "<i2").astype(np.int64)
    bits = samples.reshape(-1, FRAME_SAMPLES)[:, :_BITS] & 1
    return [int(number) for number in bits @ (1 << np.arange(_BITS, dtype=np.int64))]


def drift(session: Session) -> dict[str, Any]:
    """How far, in seconds, the record is from where the sounds were taken; how many have a gap, or no words."""
    apart, gaps, wordless = 0.0, 0, 0
    for stored in session.utterances:
        said = stored.utterance
        found = numbers(read_sound(session.folder / str(said.audio)).frames)
        gaps += found != list(range(found[0], found[0] + len(found)))
        ends = said.start + said.seconds - (found[-1] + 1) * FRAME_SECONDS
        apart = max(apart, abs(said.start - found[0] * FRAME_SECONDS), abs(ends))
        wordless += not (said.text or stored.answer)
    return {
        "utterances": len(session.utterances),
        "drift_s": round(apart, 4),
        "gaps": gaps,
        "without_words": wordless,
        "lost_sounds": len(session.lost_sounds),
    }


def measure(minutes: int, engine: str) -> tuple[dict[str, Any], list[str]]:
    """Figures of a session of about so many minutes, and what is wrong with them."""
    why, couple, found = talk(minutes, Numbered, drift, engine)
    early = [count for at, count in couple.files if 1 < at <= 5] or [count for _, count in couple.files]
    figures = {
        "ended": why,
        **found,
        **summary(couple.samples),
        "files": max(early),
        "files_at_end": couple.files[-1][1],
    }
    slope = figures["mb_per_minute"]
    wrong = {
        "it did not come to its end": why != "completed",
        "sound and record drift apart": figures["drift_s"] > _DRIFT,
        "sounds have gaps": figures["gaps"] > 0,
        "sounds are without words": figures["lost_sounds"] > 0,
        "memory grows": slope is not None and slope > _FLAT,
        "open files grow": figures["files_at_end"] > figures["files"],
    }
    return figures, [what for what, so in wrong.items() if so]
