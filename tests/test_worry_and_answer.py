"""The first exercise as content: its length, its shape, its examples."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import voiceguide
from voiceguide.exercise import StepKind
from voiceguide.exercise_file import parse

FILE = Path(voiceguide.__file__).parent / "exercises" / "worry-and-answer.toml"
EXERCISE = parse(FILE.read_text("utf-8"), FILE.name)
STEPS = EXERCISE.bind(("Anna", "Ben"))


def _walk(yes: bool) -> set[int]:
    """Indices reached from the start; ``yes``: every question is answered yes, else both answers are followed."""
    seen: set[int] = set()
    ahead = [0]
    while ahead:
        index = ahead.pop()
        if index in seen or index == len(STEPS):
            continue
        seen.add(index)
        step = STEPS[index]
        ahead += [step.then] + ([step.otherwise] if step.otherwise is not None and not yes else [])
    return seen


def test_every_jump_lands_and_every_step_is_reachable() -> None:
    for step in STEPS:
        assert 0 <= step.then <= len(STEPS)
        assert (step.otherwise is not None) == (step.kind is StepKind.ASK)
        assert step.otherwise is None or 0 <= step.otherwise < len(STEPS)
    assert _walk(yes=False) == set(range(len(STEPS)))


def test_places_count_up_without_a_gap() -> None:
    places = [step.place for step in STEPS]
    assert places[0] == 1
    assert all(b - a in (0, 1) for a, b in pairwise(places))


def test_the_shape_of_one_half_and_the_other() -> None:
    wanted = [
        (StepKind.FLOOR, 60),
        (StepKind.MIRROR, None),
        (StepKind.FLOOR, 60),
        (StepKind.FLOOR, 45),
        (StepKind.FLOOR, 30),
    ]
    floors = [STEPS[i] for i in sorted(_walk(yes=True)) if STEPS[i].kind in (StepKind.FLOOR, StepKind.MIRROR)]
    assert [(step.kind, step.seconds) for step in floors] == wanted * 2
    assert [step.partner for step in floors] == ["a", "b", "b", "b", "a", "b", "a", "a", "a", "b"]


def test_both_are_asked_whether_they_are_ready_before_anybody_speaks() -> None:
    first_floor = next(i for i, step in enumerate(STEPS) if step.kind is StepKind.FLOOR)
    asked = [step.partner for step in STEPS[:first_floor] if step.kind is StepKind.ASK]
    assert set(asked) == {"a", "b"}


def test_takes_about_as_long_as_it_says() -> None:
    on_the_way = [STEPS[i] for i in _walk(yes=True)]
    spoken = sum(len(step.prompt.split()) for step in on_the_way) / 150 * 60
    mirrors = 30 * sum(step.kind is StepKind.MIRROR for step in on_the_way)
    floors = sum(step.seconds or 0 for step in on_the_way)
    assert abs(spoken + mirrors + floors - 60 * EXERCISE.minutes) < 90


def test_says_why_and_what_it_leans_on() -> None:
    assert 30 <= len(EXERCISE.why.split()) <= 60
    assert "not been tested" in EXERCISE.grounding


def test_every_floor_has_an_example_of_its_own() -> None:
    examples = [STEPS[i].example for i in _walk(yes=True) if STEPS[i].kind in (StepKind.FLOOR, StepKind.MIRROR)]
    assert len(set(examples)) == len(examples)
    assert all(15 <= len(example.split()) <= 40 for example in examples)
    assert not any(re.search(r"\b(always|never|should)\b", example.lower()) for example in examples)


def test_the_opening_says_how_long_and_how_to_pause() -> None:
    opening = " ".join(step.prompt for step in STEPS[:3])
    assert all(word in opening for word in ("ten minutes", "pause", "repeat", "stop", "gets too much"))
