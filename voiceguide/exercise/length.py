"""How long an exercise takes: what the guide says, and the time it gives."""

from __future__ import annotations

from collections.abc import Sequence

from voiceguide.exercise import Step, StepKind, course

WORDS_A_MINUTE = 150
"""The guide's rate as it comes."""

_BREATH = 0.6
"""Seconds between a prompt and what follows."""

_USUAL = {StepKind.FLOOR: 30.0, StepKind.MIRROR: 30.0, StepKind.AGREE: 20.0, StepKind.ASK: 3.0}
"""Seconds people take where no time is given."""


def spoken_seconds(words: str) -> float:
    """How long the guide speaks."""
    return len(words.split()) * 60 / WORDS_A_MINUTE + _BREATH


def usual_seconds(steps: Sequence[Step]) -> float:
    """Of the whole exercise where each question is answered in its first way, and every floor's time is used."""
    return sum(
        spoken_seconds(steps[index].prompt) + (steps[index].seconds or _USUAL.get(steps[index].kind, 0.0))
        for index in course(steps)
    )
