"""The sentences of a text, and the time between them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from voiceguide.sound import Sound, silence
from voiceguide.sound.files import resample

_END = re.compile(r"[.!?]+[\"'”’)]*\s+(?=[\"'“(]*\w)")

_BETWEEN = 0.3
"""Seconds of silence between two sentences at _USUAL_RATE, beside the quiet in which each ends."""

_AFTER_QUESTION = 0.6
"""The same after a question: whoever hears it begins to answer it."""

_USUAL_RATE = 150


def sentences(text: str) -> list[str]:
    """The sentences of ``text``, whole and in order; none of an empty one."""
    text = text.strip()
    ends = [0, *(found.end() for found in _END.finditer(text)), len(text)]
    return [text[start:end].strip() for start, end in pairwise(ends) if text[start:end].strip()]


def pause_after(sentence: str, rate: int) -> float:
    """Seconds of silence before the next one, spoken at ``rate`` words a minute."""
    return (_AFTER_QUESTION if "?" in sentence[-3:] else _BETWEEN) * _USUAL_RATE / rate


def joined(spoken: Iterable[tuple[Sound, float]]) -> Sound:
    """One sound of (sound, seconds of silence after it), at the first one's rate; at least one."""
    (first, pause), *others = spoken
    frames = bytearray(first.frames)
    for sound, after in others:
        frames += silence(pause, first.rate).frames + resample(sound, first.rate).frames
        pause = after
    return Sound(bytes(frames), first.rate)
