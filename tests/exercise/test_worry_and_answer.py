"""The first exercise: who speaks when, and for how long."""

from __future__ import annotations

from pathlib import Path

import voiceguide
from voiceguide.exercise import StepKind, course
from voiceguide.exercise.file import parse
from voiceguide.session.said import FLOORS

FILE = Path(voiceguide.__file__).parent / "exercises" / "worry-and-answer.toml"
EXERCISE = parse(FILE.read_text("utf-8"), FILE.name)
STEPS = EXERCISE.bind(("Anna", "Ben"))


def test_the_shape_of_one_half_and_the_other() -> None:
    wanted = [
        (StepKind.FLOOR, 60),
        (StepKind.MIRROR, None),
        (StepKind.FLOOR, 60),
        (StepKind.FLOOR, 45),
        (StepKind.FLOOR, 30),
    ]
    floors = [STEPS[i] for i in course(STEPS) if STEPS[i].kind in FLOORS]
    assert [(step.kind, step.seconds) for step in floors] == wanted * 2
    assert [step.partner for step in floors] == ["a", "b", "b", "b", "a", "b", "a", "a", "a", "b"]


def test_both_are_asked_whether_they_are_ready_before_anybody_speaks() -> None:
    first_floor = next(i for i, step in enumerate(STEPS) if step.kind is StepKind.FLOOR)
    asked = [step.partner for step in STEPS[:first_floor] if step.kind is StepKind.ASK]
    assert set(asked) == {"a", "b"}
