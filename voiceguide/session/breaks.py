"""Time-outs: how long one is to last, as people say it."""

from __future__ import annotations

from voiceguide.voice_commands.choosing import holds, in_words, number_in

SHORTEST = 20 * 60.0
"""Seconds: bodies take about so long to calm down."""
LONGEST = 24 * 3600.0
"""Seconds: whoever leaves it longer does not come back to it."""

BREATHS = (60.0, (4.0, 6.0))
"""Seconds at its beginning in which sounds offer a breath, and those of a breath in and out."""

_WHOLE = {
    ("half", "an", "hour"): 1800.0,
    ("quarter", "of", "an", "hour"): 900.0,
    ("hour", "and", "a", "half"): 5400.0,
    ("an", "hour"): 3600.0,
    ("couple", "of", "hours"): 7200.0,
    ("few", "hours"): 3 * 3600.0,
    ("few", "minutes"): 300.0,
}


def length_of(text: str) -> float | None:
    """Seconds of the break these words ask for, from SHORTEST to LONGEST; None where they name no time."""
    words = in_words(text)
    if "tomorrow" in words:
        return LONGEST
    seconds = seconds_in(words)
    if seconds is None and len(words) <= 2 and (number := number_in(words)) is not None and number >= 5:
        seconds = number * 60.0
    return None if seconds is None else min(LONGEST, max(SHORTEST, seconds))


def seconds_in(words: tuple[str, ...]) -> float | None:
    """The length of time that these words, as ``in_words`` gives them, name; None where they name none."""
    for said, seconds in _WHOLE.items():
        if holds(words, said):
            return seconds
    for unit, seconds in (("minute", 60.0), ("hour", 3600.0)):
        for at, word in enumerate(words):
            if word.rstrip("s") == unit and (number := number_in(words[:at])) is not None:
                return number * seconds
    return None
