"""What engines leave around the words, or not, brought to a short lead and tail."""

from __future__ import annotations

from array import array

from voiceguide.sound import SAMPLE_BYTES, Sound, silence

LEAD, TAIL = 0.05, 0.15
"""Seconds."""

_QUIET = 1 / 400
"""Share of the sound's peak; no engine's silence is exactly zero."""


def trimmed(sound: Sound) -> Sound:
    """The words with LEAD seconds before and TAIL seconds after them; a short silence where there are none."""
    samples = array("h", sound.frames)
    limit = max(map(abs, samples), default=0) * _QUIET
    first = next((at for at, sample in enumerate(samples) if abs(sample) > limit), None)
    if first is None:
        return silence(LEAD + TAIL, sound.rate)
    behind = next(at for at, sample in enumerate(reversed(samples)) if abs(sample) > limit)
    lead, tail = round(LEAD * sound.rate), round(TAIL * sound.rate)
    start, stop = max(0, first - lead), len(samples) - max(0, behind - tail)
    words = sound.frames[start * SAMPLE_BYTES : stop * SAMPLE_BYTES]
    missing = (max(0, lead - first) * SAMPLE_BYTES, max(0, tail - behind) * SAMPLE_BYTES)
    return Sound(bytes(missing[0]) + words + bytes(missing[1]), sound.rate)
