"""What engines leave around the words, or not, brought to a short lead and tail."""

from __future__ import annotations

from array import array

from voiceguide.sound import SAMPLE_BYTES, Sound, silence

LEAD, TAIL = 0.05, 0.15
"""Seconds."""


def trimmed(sound: Sound, quiet: int) -> Sound:
    """The words with LEAD seconds before and TAIL seconds after them; a short silence where there are none.

    Samples up to ``quiet`` from zero are silence.
    """
    words = _words(sound, quiet)
    if words is None:
        return silence(LEAD + TAIL, sound.rate)
    start, stop = words
    return _framed(sound, start, stop, round(TAIL * sound.rate))


def led(sound: Sound, quiet: int) -> Sound:
    """As long as it is, but with the words LEAD seconds from the beginning; what lies behind them is cut or grows."""
    words = _words(sound, quiet)
    if words is None:
        return silence(LEAD + TAIL, sound.rate)
    start, stop = words
    whole = len(sound.frames) // SAMPLE_BYTES
    shifted = _framed(sound, start, stop, max(0, whole - (stop - start) - round(LEAD * sound.rate)))
    return Sound(shifted.frames[: len(sound.frames)], sound.rate)


def _words(sound: Sound, quiet: int) -> tuple[int, int] | None:
    """From which sample to which there is more than silence; None: nowhere."""
    samples = array("h", sound.frames)
    first = next((at for at, sample in enumerate(samples) if abs(sample) > quiet), None)
    if first is None:
        return None
    return first, len(samples) - next(at for at, sample in enumerate(reversed(samples)) if abs(sample) > quiet)


def _framed(sound: Sound, start: int, stop: int, tail: int) -> Sound:
    """Samples ``start`` to ``stop`` with LEAD seconds before and ``tail`` samples behind, silence where need be."""
    lead = round(LEAD * sound.rate)
    kept = sound.frames[max(0, start - lead) * SAMPLE_BYTES : (stop + tail) * SAMPLE_BYTES]
    missing = bytes(max(0, lead - start) * SAMPLE_BYTES)
    size = (lead + stop - start + tail) * SAMPLE_BYTES
    return Sound((missing + kept).ljust(size, b"\0"), sound.rate)
