"""A small exercise with a step of every kind, to drive a session through."""

from __future__ import annotations

from dataclasses import replace

from voiceguide.exercise import Option, Step, StepKind

NAMES = ("Mia", "Zoë")
FAREWELL = "This is the end."
STOPPED = "We stop here."

STEPS = (
    Step(StepKind.SAY, "Welcome, Mia and Zoë.", 1, 1),
    Step(StepKind.FLOOR, "Mia, what worries you?", 2, 2, partner="a", seconds=60.0),
    Step(StepKind.MIRROR, "Zoë, what did you hear?", 3, 3, partner="b"),
    Step(StepKind.ASK, "Mia, is that right?", 3, 5, otherwise=4, partner="a", again="Mia, did Zoë hear it? Yes or no."),
    Step(StepKind.FLOOR, "Mia, what is missing?", 3, 2, partner="a"),
    Step(StepKind.ASK, "Zoë, shall we go on?", 4, 6, otherwise=5, partner="b"),
    Step(StepKind.FLOOR, "Zoë, what will you do?", 5, 7, partner="b", seconds=180.0),
    Step(StepKind.SAY, "Thank you both.", 6, 8),
)
FLOOR, MIRROR, CHECK, MISSED, PLAIN_ASK, LONG_FLOOR, LAST = 1, 2, 3, 4, 5, 6, 7
"""Indices in STEPS."""

RICH = (
    *(replace(step, then=7) if step.place == 5 else step for step in STEPS[:7]),
    Step(StepKind.HOLD, "Let us breathe.", 6, 8, seconds=20.0, breath=(4.0, 6.0)),
    Step(StepKind.AGREE, "Mia and Zoë, what will you do?", 7, 9, otherwise=12, partner="both"),
    Step(StepKind.ASK, "Is that right?", 7, 11, otherwise=10, partner="both", quotes=True),
    Step(StepKind.AGREE, "Once more, please.", 7, 9, otherwise=12, partner="both"),
    Step(
        StepKind.ASK,
        "When shall we look at it again?",
        7,
        12,
        partner="both",
        options=(Option("a week", (), 12), Option("two weeks", ("a fortnight",), 12)),
    ),
    replace(STEPS[7], place=8, then=13),
)
"""The same with a hold and an agreement before the last step."""
HOLD, AGREE, RIGHT, ANEW, WHEN = 7, 8, 9, 10, 11
"""Indices in RICH."""
