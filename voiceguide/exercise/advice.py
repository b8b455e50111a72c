"""Advice for those who write exercises: what may hurt, confuse or tire somebody who hears it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voiceguide.exercise import Exercise, Line, StepKind
from voiceguide.exercise.length import spoken_seconds

PRESSING = frozenset(["should", "must", "ought", "always", "never", "fault", "blame", "guilty"])
"""Said to a person, these words press or accuse."""

_BREATH = 18.0
"""Seconds that can be said in about a breath, and kept in mind."""


def advice(exercise: Exercise) -> Iterator[str]:
    """A sentence for each place that is worth another look."""
    asked = {line.who for line in exercise.lines if line.kind is StepKind.ASK}
    for line in exercise.lines:
        words = set(re.findall(r"[a-z]+", line.prompt.lower())) & PRESSING
        if words:
            yield f"{_place(line)}: {' and '.join(sorted(words))} can press or accuse; say it as an offer."
        if (seconds := spoken_seconds(line.prompt)) > _BREATH:
            yield f"{_place(line)} takes {seconds:.0f} seconds to say: cut it in two."
    if not asked:
        yield "Nobody is asked whether they are ready: begin with an ask."
    told = " ".join(line.prompt for line in exercise.lines).lower()
    for word in ("pause", "stop"):
        if word not in told:
            yield f"Nobody is told that they can say {word}: say it in the opening."


def _place(line: Line) -> str:
    shown = " ".join(line.prompt.split()[:5])
    return f"Step {line.place}, {shown!r}"
