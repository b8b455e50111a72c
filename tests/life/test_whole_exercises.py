"""Whole exercises to their end: all of them typed, and of each kind one by the simulated couple's voices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.command import have_read_the_safety_page, installed, of_type, only_session, record
from voiceguide.exercise import Exercise
from voiceguide.library import all_exercises
from voiceguide.paths import shipped_exercise_files
from voiceguide.session.said import FLOORS
from voiceguide.session.walk import walk

pytestmark = pytest.mark.full

NAMES = ("Robin", "Kim")
EXERCISES = all_exercises(shipped_exercise_files())[0]


@pytest.mark.parametrize("exercise", ["settle", "quiet-quarter-hours", "if-then-promise"])
def test_the_demo_completes_it(tmp_path: Path, exercise: str) -> None:
    installed(tmp_path, "demo", exercise, "--speaker", "none").fine()
    lines = record(only_session(tmp_path))
    assert lines[-1]["why"] == "completed"
    places = {step["place"] for step in lines[0]["steps"] if step["kind"] in FLOORS and step["example"]}
    answered = {line["place"] for line in of_type(lines, "utterance") if line["text"]}
    assert places <= answered


def typed(exercise: Exercise) -> list[str]:
    """What two people type to go through it: each answer, an empty line at its end, and every yes."""
    lines = []
    for line in walk(exercise.bind(NAMES), NAMES):
        if turn := re.match(r"  .* \((?:floor|mirror|agree)[^)]*\): (.*)", line):
            lines += [turn[1], ""]
        elif answer := re.match(r"  [^(]*: (.*)", line):
            lines.append(answer[1])
        elif line.startswith("  (quiet"):
            lines.append("")
    return lines


@pytest.mark.parametrize("exercise", EXERCISES, ids=[exercise.id for exercise in EXERCISES])
def test_it_is_completed_by_keyboard(tmp_path: Path, exercise: Exercise) -> None:
    before = {"both": ("yes", "yes"), "solo": ("Robin", "yes"), "either": ("both of you", "yes", "yes")}[exercise.for_]
    have_read_the_safety_page(tmp_path)
    given = "".join(f"{line}\n" for line in (*before, *typed(exercise)))
    args = ("--keyboard", "--speaker", "none", "--names", ",".join(NAMES))
    out = installed(tmp_path, "start", exercise.id, *args, given=given).fine().out
    assert record(only_session(tmp_path))[-1]["why"] == "completed"
    assert "That was the whole of it. What you said is saved" in out
