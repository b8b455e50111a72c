"""Time-outs: how long one is to last, as people say it."""

from __future__ import annotations

from voiceguide.choosing import in_words, number_in

SHORTEST = 20 * 60.0
"""Seconds: bodies take about so long to calm down."""
LONGEST = 24 * 3600.0
"""Seconds: whoever leaves it longer does not come back to it."""

BREATHS = (60.0, (4.0, 6.0))
"""Seconds at its beginning in which sounds offer a breath, and those of a breath in and out."""

_WHOLE = {
    ("tomorrow",): LONGEST,
    ("half", "an", "hour"): 1800.0,
    ("a", "quarter", "of", "an", "hour"): SHORTEST,
    ("hour", "and", "a", "half"): 5400.0,
    ("an", "hour"): 3600.0,
    ("couple", "of", "hours"): 7200.0,
    ("few", "hours"): 3 * 3600.0,
    ("few", "minutes"): SHORTEST,
}


def length_of(text: str) -> float | None:
    """Seconds of the break these words ask for, from SHORTEST to LONGEST; None where they name no time."""
    words = in_words(text)
    for said, seconds in _WHOLE.items():
        if any(words[at : at + len(said)] == said for at in range(len(words))):
            return seconds
    for unit, seconds in (("minute", 60.0), ("hour", 3600.0)):
        for at, word in enumerate(words):
            if word.rstrip("s") == unit and (number := number_in(words[:at])) is not None:
                return min(LONGEST, max(SHORTEST, number * seconds))
    number = number_in(words) if len(words) <= 2 else None
    return None if number is None or number < 5 else min(LONGEST, max(SHORTEST, number * 60.0))
