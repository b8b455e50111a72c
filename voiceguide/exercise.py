"""Exercises: TOML read, validated and flattened into the few kinds of step the session knows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Partner = Literal["a", "b"]
"""Which of the two; their names live in the session's header only."""


class StepKind(StrEnum):
    """What a step is."""

    SAY = "say"
    """The guide says its prompt, then the next step begins."""
    FLOOR = "floor"
    """After the prompt, ``partner`` has the floor until they are done."""
    MIRROR = "mirror"
    """A floor in which ``partner`` says back what they heard; differs from FLOOR on screen and in transcripts."""
    ASK = "ask"
    """After the prompt, ``partner`` answers yes or no: yes goes to ``then``, no to ``otherwise``."""


@dataclass(frozen=True)
class Step:
    """One step of a bound, flat exercise: names are filled in, partners decided, loops are jumps."""

    kind: StepKind
    prompt: str
    """What the guide says, names filled in."""
    place: int
    """1-based number of the author's step this came from; steps of one mirror loop share it."""
    then: int
    """Index of the step that follows (len(steps) means the end); for ASK: after a yes."""
    otherwise: int | None = None
    """ASK only: index of the step after a no."""
    partner: Partner | None = None
    """Who has the floor or is asked; None for SAY."""
    seconds: float | None = None
    """Length of a timed floor in seconds; None where time does not matter."""
    again: str = ""
    """ASK only: how it is asked when the answer was not understood; empty means the prompt again."""
    example: str = ""
    """What someone might answer: for demos and for those who read exercises."""
