"""What engines leave around the words, cut to a short lead and tail."""

from __future__ import annotations

from array import array

from voiceguide.sound import SAMPLE_BYTES, Sound, silence

LEAD, TAIL = 0.05, 0.15
"""Seconds."""

_QUIET = 1 / 400
"""Share of the sound's peak; neither engine's silence is exactly zero."""


def trimmed(sound: Sound) -> Sound:
    """The words with LEAD before and TAIL after them, where the sound has so much; a short silence for none."""
    samples = array("h", sound.frames)
    limit = max(map(abs, samples), default=0) * _QUIET
    first = next((at for at, sample in enumerate(samples) if abs(sample) > limit), None)
    if first is None:
        return silence(LEAD + TAIL, sound.rate)
    behind = next(at for at, sample in enumerate(reversed(samples)) if abs(sample) > limit)
    start = max(0, first - round(LEAD * sound.rate))
    stop = len(samples) - max(0, behind - round(TAIL * sound.rate))
    return Sound(sound.frames[start * SAMPLE_BYTES : stop * SAMPLE_BYTES], sound.rate)
