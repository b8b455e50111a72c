"""The sentences of a text, and where each begins once it is spoken: there the guide goes on after an interruption."""

from __future__ import annotations

import re
from itertools import pairwise

from voiceguide.sound import Sound

_END = re.compile(r"[.!?]+[\"'”’)]*\s+(?=[\"'“(]*\w)")

_BLOCK = 0.01
"""Seconds whose peak tells quiet from speech."""

_QUIET = 0.01
"""Share of the sound's peak; the voices are silent between words, or nearly."""


def sentences(text: str) -> list[str]:
    """The sentences of ``text``, whole and in order; none of an empty one."""
    text = text.strip()
    ends = [0, *(found.end() for found in _END.finditer(text)), len(text)]
    return [text[start:end].strip() for start, end in pairwise(ends) if text[start:end].strip()]


def starts(text: str, sound: Sound) -> tuple[float, ...]:
    """Seconds at which the sentences of ``text``, spoken as ``sound``, begin; the first at 0.

    Synthesisers do not tell. Between sentences they pause longer than anywhere within one (eSpeak NG 0.4 s, at commas
    and colons up to 0.3 s), so the longest pauses are taken. Where one is wrong it is still a pause of the sense.
    """
    count = len(_END.findall(text.strip()))
    longest = sorted(_pauses(sound), key=lambda pause: pause[1] - pause[0], reverse=True)[:count]
    return (0.0, *sorted(end for _, end in longest))


def _pauses(sound: Sound) -> list[tuple[float, float]]:
    """(from, to) in seconds of each quiet stretch with sound on both sides."""
    samples = memoryview(sound.frames).cast("h")
    size = max(1, round(_BLOCK * sound.rate))
    peaks = [max(map(abs, samples[at : at + size])) for at in range(0, len(samples), size)]
    limit = _QUIET * max(peaks, default=0)
    loud = [index for index, peak in enumerate(peaks) if peak > limit]
    return [
        ((before + 1) * size / sound.rate, after * size / sound.rate)
        for before, after in pairwise(loud)
        if after - before > 1
    ]
