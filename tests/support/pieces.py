"""Which pieces of what was said lie on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from tests.support.clips import Clip
from tests.support.ear import Samples, best_match
from voiceguide.record import Session
from voiceguide.session.events import SoundKept
from voiceguide.sound import LISTEN_RATE
from voiceguide.sound.files import read_sound

WHOLE = 0.98
"""Of a second: what is missing is shorter than a breath."""

PIECE = 16000
"""Samples of a beginning or an end that are looked for (1 s): longer than two sentences are alike."""

ALIKE = 0.4
"""From this likeness on it is the same piece: others reach 0.27, and one in which the sound card stuttered has half."""


def first(clip: Clip) -> Samples:
    return clip.samples[:PIECE]


def last(clip: Clip, seconds: float = 60.0) -> Samples:
    """The end of its first ``seconds``."""
    return clip.samples[: round(seconds * LISTEN_RATE)][-PIECE:]


def kept(piece: Samples, saved: Session) -> float:
    """How much of this piece of speech is on the disk, 0 to 1; none when nothing there is like it."""
    return next(_shares(piece, saved), 0.0)


def times_kept(piece: Samples, saved: Session) -> int:
    """How often it lies there whole."""
    return sum(share > WHOLE for share in _shares(piece, saved))


def _shares(piece: Samples, saved: Session) -> Iterator[float]:
    """How much of it each sound that is like it holds."""
    room = np.zeros(len(piece))
    for _, event in saved.events:
        if isinstance(event, SoundKept):
            sound = _sound(str(saved.folder / event.audio))
            at, likeness = best_match(piece, np.concatenate((room, sound, room)))
            if likeness > ALIKE:
                start = at - len(piece)
                yield (min(len(sound), start + len(piece)) - max(0, start)) / len(piece)


@cache
def _sound(file: str) -> Samples:
    return np.frombuffer(read_sound(Path(file)).frames, "<i2") / 32768
