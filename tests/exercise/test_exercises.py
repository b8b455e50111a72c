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
NAMES = ("Anna", "Ben")
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


def way(exercise: Exercise) -> list[Step]:
    """The steps on the usual way."""
    steps = exercise.bind(NAMES)
    return [steps[index] for index in course(steps)]


def before(exercise: Exercise, *kinds: StepKind) -> list[Step]:
    """The steps on the usual way that come before one of these kinds."""
    steps = way(exercise)
    return steps[: next(n for n, step in enumerate(steps) if step.kind in kinds)]


def leads(step: Step) -> list[int]:
    """Where it may lead."""
    return [step.then, *(option.then for option in step.options), *([] if step.otherwise is None else [step.otherwise])]


def sentences(text: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=[.?!])\s+", text) if sentence]


# -- shape -------------------------------------------------------------------------------------------------------


def test_all_sixteen_are_there_and_can_be_read() -> None:
    assert not WRONG
    assert {exercise.id: exercise.minutes for exercise in FOUND} == MINUTES
    assert {exercise.id: exercise.for_ for exercise in FOUND if exercise.for_ != "both"} == ALONE
    assert {exercise.theme for exercise in FOUND} == THEMES


@EVERY
def test_every_jump_lands_every_step_is_reachable_and_the_end_is_reached_from_each(exercise: Exercise) -> None:
    steps = exercise.bind(NAMES)
    reached, ahead = set[int](), [0]
    while ahead:
        index = ahead.pop()
        if index < len(steps) and index not in reached:
            reached.add(index)
            ahead += leads(steps[index])
    assert reached == set(range(len(steps)))
    ending = {len(steps)}
    while more := {i for i in reached - ending if ending & set(leads(steps[i]))}:
        ending |= more
    assert reached < ending
    places = [step.place for step in way(exercise)]
    assert places[0] == 1
    assert all(b - a in (0, 1) for a, b in pairwise(places))


@EVERY
def test_the_machine_walks_it_to_its_end(exercise: Exercise) -> None:
    steps = exercise.bind(NAMES)
    told = [line.removeprefix("Guide: ") for line in walk(steps, NAMES) if line.startswith("Guide: ")]
    prompts = {step.prompt for step in way(exercise) if not step.quotes}
    assert prompts - set(told) <= {step.prompt for step in steps if step.otherwise is not None}
    assert told[-1] == steps[-1].prompt


def test_worry_and_answer_goes_once_one_way_and_once_the_other() -> None:
    (exercise,) = (exercise for exercise in FOUND if exercise.id == "worry-and-answer")
    floors = [step for step in way(exercise) if step.kind in FLOORS]
    half = [(StepKind.FLOOR, 60), (StepKind.MIRROR, None), *((StepKind.FLOOR, seconds) for seconds in (60, 45, 30))]
    assert [(step.kind, step.seconds) for step in floors] == half * 2
    assert [step.partner for step in floors] == [*"abbba", *"baaab"]


def test_the_two_together_are_both_spoken_to() -> None:
    (settle,) = (exercise for exercise in FOUND if exercise.for_ == "either")
    steps = settle.bind(NAMES, together=True)
    assert steps[0].prompt.startswith("Welcome, Anna and Ben.")
    assert {step.partner for step in steps} == {"both", None}
    assert settle.bind(NAMES, "b")[0].prompt.startswith("Welcome, Ben.")


# -- content -----------------------------------------------------------------------------------------------------


@EVERY
def test_it_keeps_its_time_and_says_why_and_ends_with_care(exercise: Exercise) -> None:
    assert usual_seconds(exercise.bind(NAMES)) == pytest.approx(60 * exercise.minutes, rel=0.15)
    assert 30 <= len(exercise.why.split()) <= 60
    assert "not been tested" in exercise.grounding
    assert re.search(r"counsellor|helpline|doctor", " ".join(step.prompt for step in way(exercise)[-7:]).lower())


@EVERY
def test_every_answer_on_the_way_has_an_example_of_its_own(exercise: Exercise) -> None:
    examples = [step.example for step in way(exercise) if step.kind in FLOORS]
    assert len(set(examples)) == len(examples)
    assert [example for example in examples if not 8 <= len(example.split()) <= 40] == []
    assert [example for example in examples if re.search(r"\b(always|never|should)\b", example.lower())] == []


@EVERY
def test_the_opening_says_how_long_it_takes_and_how_to_pause_and_asks_who_is_ready(exercise: Exercise) -> None:
    others = set(StepKind) - {StepKind.SAY, StepKind.REVIEW}
    opening = " ".join(step.prompt for step in before(exercise, *others)).lower()
    assert [word for word in ("anna", "minutes", "pause", "repeat", "stop", "too much") if word not in opening] == []
    asked = {step.partner for step in before(exercise, *FLOORS, StepKind.HOLD) if step.kind is StepKind.ASK}
    assert asked >= ({"a", "b"} if exercise.for_ == "both" else {"a"})


def test_one_alone_is_never_asked_for_the_other() -> None:
    steps = [step for exercise in FOUND if exercise.for_ != "both" for step in exercise.bind(NAMES)]
    assert {step.partner for step in steps} == {"a", None}


def test_no_sentence_stands_in_two_exercises_but_for_how_long_there_is() -> None:
    texts = [file.read_text("utf-8") for file in shipped_exercise_files().values()]
    shared = " ".join(" ".join(text.split()) for text in texts if is_fragment(text, "a file"))
    told: dict[str, str] = {}
    for exercise in FOUND:
        prompts = {line.prompt for line in exercise.lines if line.kind is not StepKind.ASK}
        for sentence in {sentence for prompt in prompts for sentence in sentences(prompt)}:
            usual = re.match(r"You have (about )?(a|half|two|three|four|five)\b|If it gets too much, say", sentence)
            if len(sentence.split()) > 5 and not usual and sentence not in shared:
                assert told.setdefault(sentence, exercise.id) == exercise.id, sentence


# -- how easily it is understood ---------------------------------------------------------------------------------


def syllables(word: str) -> int:
    """About how many: groups of vowels, a silent e left out."""
    count = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = word.lower().endswith("e") and not word.lower().endswith("le")
    return max(1, count - (silent and count > 1))


def reading_ease(text: str) -> float:
    """Flesch's: 60 is plain English, 90 is understood by an eleven-year-old."""
    words = re.findall(r"[A-Za-z']+", text)
    return 206.835 - 1.015 * len(words) / len(sentences(text)) - 84.6 * sum(map(syllables, words)) / len(words)


@EVERY
def test_is_easily_understood(exercise: Exercise) -> None:
    prompts = sorted({step.prompt for step in exercise.bind(NAMES)})
    assert reading_ease(" ".join(prompts)) >= 85
    assert [prompt for prompt in prompts if reading_ease(prompt) < 60] == []


def test_what_is_hard_to_read_is_told_from_what_is_easy() -> None:
    assert reading_ease("The cat sat on the mat. It was glad.") > 100
    assert reading_ease("Individuals experiencing considerable relational difficulties necessitate facilitation.") < 0
