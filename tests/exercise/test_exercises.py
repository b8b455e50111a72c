"""The exercises that come with voiceguide, as content: their shape, their length, their words, their care."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from voiceguide.exercise import Exercise, Step, StepKind, course
from voiceguide.exercise.file import is_fragment
from voiceguide.exercise.length import usual_seconds
from voiceguide.library import all_exercises
from voiceguide.paths import shipped_exercise_files
from voiceguide.session.said import FLOORS
from voiceguide.session.walk import walk

FOUND, WRONG = all_exercises(shipped_exercise_files())
EVERY = pytest.mark.parametrize("exercise", FOUND, ids=[exercise.id for exercise in FOUND])
THEMES = {"trust", "honesty", "patience", "accountability", "self-healing", "reassurance", "shared future"}
MINUTES = {
    "where-trust-lives": 15,
    "floor-and-mirror": 20,
    "open-book": 15,
    "quiet-quarter-hours": 65,
    "eight-minute-ear": 20,
    "after-the-argument": 30,
    "whole-apology": 10,
    "if-then-promise": 15,
    "limits-and-rituals": 25,
    "weekly-us": 40,
    "settle": 5,
    "unsent-letter": 20,
    "a-friend-of-both": 7,
    "worry-and-answer": 10,
    "the-wish-beneath": 35,
    "three-horizons": 20,
}
ALONE = {"settle": "either", "unsent-letter": "solo", "a-friend-of-both": "solo"}


def bound(exercise: Exercise) -> tuple[Step, ...]:
    return exercise.bind(("Anna", "Ben"))


def ways(step: Step) -> list[int]:
    """Where it may lead."""
    return [step.then, *(option.then for option in step.options), *([] if step.otherwise is None else [step.otherwise])]


def test_all_sixteen_are_there_and_can_be_read() -> None:
    assert not WRONG
    assert {exercise.id: exercise.minutes for exercise in FOUND} == MINUTES
    assert {exercise.id: exercise.for_ for exercise in FOUND if exercise.for_ != "both"} == ALONE
    assert {exercise.theme for exercise in FOUND} == THEMES


@EVERY
def test_every_jump_lands_every_step_is_reachable_and_the_end_is_reached_from_each(exercise: Exercise) -> None:
    steps = bound(exercise)
    reached, ahead = set[int](), [0]
    while ahead:
        index = ahead.pop()
        if index < len(steps) and index not in reached:
            reached.add(index)
            ahead += ways(steps[index])
    assert reached == set(range(len(steps)))
    ending = {len(steps)}
    while more := {i for i in reached - ending if ending & set(ways(steps[i]))}:
        ending |= more
    assert reached < ending


@EVERY
def test_places_count_up_on_the_way(exercise: Exercise) -> None:
    steps = bound(exercise)
    places = [steps[index].place for index in course(steps)]
    assert places[0] == 1
    assert all(b - a in (0, 1) for a, b in pairwise(places))


@EVERY
def test_takes_as_long_as_it_says(exercise: Exercise) -> None:
    assert usual_seconds(bound(exercise)) == pytest.approx(60 * exercise.minutes, rel=0.15)


@EVERY
def test_says_why_and_what_it_leans_on(exercise: Exercise) -> None:
    assert 30 <= len(exercise.why.split()) <= 60
    assert "not been tested" in exercise.grounding


@EVERY
def test_every_answer_on_the_way_has_an_example_of_its_own(exercise: Exercise) -> None:
    steps = bound(exercise)
    examples = [steps[index].example for index in course(steps) if steps[index].kind in FLOORS]
    assert len(set(examples)) == len(examples)
    assert all(8 <= len(example.split()) <= 40 for example in examples)
    assert not any(re.search(r"\b(always|never|should)\b", example.lower()) for example in examples)


@EVERY
def test_the_opening_says_how_long_it_takes_and_how_to_pause(exercise: Exercise) -> None:
    steps = bound(exercise)
    path = course(steps)
    first = next(n for n, index in enumerate(path) if steps[index].kind not in (StepKind.SAY, StepKind.REVIEW))
    opening = " ".join(steps[index].prompt for index in path[:first]).lower()
    assert "minutes" in opening
    assert all(word in opening for word in ("pause", "repeat", "stop"))
    assert "too much" in opening
    assert "Anna" in steps[0].prompt


@EVERY
def test_nobody_speaks_before_they_were_asked_whether_they_are_ready(exercise: Exercise) -> None:
    steps = bound(exercise)
    path = course(steps)
    first = next(n for n, i in enumerate(path) if steps[i].kind in (*FLOORS, StepKind.HOLD))
    asked = {steps[index].partner for index in path[:first] if steps[index].kind is StepKind.ASK}
    assert asked >= ({"a", "b"} if exercise.for_ == "both" else {"a"})


@EVERY
def test_one_alone_is_never_asked_for_the_other(exercise: Exercise) -> None:
    if exercise.for_ != "both":
        assert {step.partner for step in bound(exercise)} <= {"a", None}


@EVERY
def test_it_ends_with_care(exercise: Exercise) -> None:
    steps = bound(exercise)
    close = " ".join(steps[index].prompt for index in course(steps)[-7:]).lower()
    assert re.search(r"counsellor|helpline|doctor", close)


def test_no_sentence_stands_in_two_exercises_but_for_how_long_there_is() -> None:
    texts = [file.read_text("utf-8") for file in shipped_exercise_files().values()]
    shared = " ".join(" ".join(text.split()) for text in texts if is_fragment(text, "a file"))
    told: dict[str, str] = {}
    for exercise in FOUND:
        prompts = {line.prompt for line in exercise.lines if line.kind is not StepKind.ASK}
        for sentence in {sentence for prompt in prompts for sentence in re.split(r"(?<=[.?!])\s+", prompt)}:
            usual = re.match(r"You have (about )?(a|half|two|three|four|five)\b|If it gets too much, say", sentence)
            if len(sentence.split()) > 5 and not usual and sentence not in shared:
                assert told.setdefault(sentence, exercise.id) == exercise.id, sentence


@EVERY
def test_the_machine_walks_it_to_its_end(exercise: Exercise) -> None:
    lines = list(walk(bound(exercise), ("Anna", "Ben")))
    told = [line.removeprefix("Guide: ") for line in lines if line.startswith("Guide: ")]
    prompts = [bound(exercise)[index].prompt for index in course(bound(exercise)) if not bound(exercise)[index].quotes]
    assert set(prompts) - set(told) <= {step.prompt for step in bound(exercise) if step.otherwise is not None}
    assert told[-1] == bound(exercise)[-1].prompt


def test_the_two_together_are_both_spoken_to() -> None:
    settle = next(exercise for exercise in FOUND if exercise.for_ == "either")
    steps = settle.bind(("Anna", "Ben"), together=True)
    assert steps[0].prompt.startswith("Welcome, Anna and Ben.")
    assert {step.partner for step in steps} == {"both", None}
    assert settle.bind(("Anna", "Ben"), "b")[0].prompt.startswith("Welcome, Ben.")


def syllables(word: str) -> int:
    """About how many: groups of vowels, a silent e left out."""
    count = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = word.lower().endswith("e") and not word.lower().endswith("le")
    return max(1, count - (silent and count > 1))


def reading_ease(text: str) -> float:
    """Flesch's: 60 is plain English, 90 is understood by an eleven-year-old."""
    sentences = [sentence for sentence in re.split(r"(?<=[.?!])\s+", text) if sentence]
    words = re.findall(r"[A-Za-z']+", text)
    return 206.835 - 1.015 * len(words) / len(sentences) - 84.6 * sum(map(syllables, words)) / len(words)


@EVERY
def test_is_easily_understood(exercise: Exercise) -> None:
    prompts = sorted({step.prompt for step in bound(exercise)})
    assert reading_ease(" ".join(prompts)) >= 85
    assert [prompt for prompt in prompts if reading_ease(prompt) < 60] == []


def test_what_is_hard_to_read_is_told_from_what_is_easy() -> None:
    assert reading_ease("The cat sat on the mat. It was glad.") > 100
    assert reading_ease("Individuals experiencing considerable relational difficulties necessitate facilitation.") < 0
