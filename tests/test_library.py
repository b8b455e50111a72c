"""Finding exercises, ours and the user's, and showing them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from voiceguide.cli.exercises import exercises
from voiceguide.errors import ExerciseError, NotFoundError
from voiceguide.library import all_exercises, load_exercise
from voiceguide.paths import shipped_exercise_files

MINE = """
id = "our-evening"
title = "Our evening"
theme = "trust"
minutes = 5
for = "both"
why = "Because."
grounding = "Nothing."
[[steps]]
include = "breath"
"""
OTHER = MINE.replace("our-evening", "other").replace("Our evening", "Other")
BREATH = 'fragment = true\n[[steps]]\nsay = "Breathe, {first} and {second}."\n'


OURS = {exercise.id for exercise in all_exercises(shipped_exercise_files())[0]}


@pytest.fixture
def mine(home: Path) -> Path:
    folder = home / "config" / "exercises"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.usefixtures("home")
def test_finds_ours() -> None:
    assert load_exercise("worry-and-answer").title == "Worry and answer"
    assert load_exercise(" Worry-And-Answer ").theme == "reassurance"


def test_suggests_near_names() -> None:
    with pytest.raises(NotFoundError, match="did you mean worry-and-answer"):
        load_exercise("worry-and-anser")
    with pytest.raises(NotFoundError, match="did you mean worry-and-answer"):
        load_exercise("wory")
    with pytest.raises(NotFoundError, match="did you mean after-the-argument"):
        load_exercise("fight")
    with pytest.raises(NotFoundError, match="voiceguide exercises"):
        load_exercise("zzz")
    with pytest.raises(NotFoundError):
        load_exercise("../worry-and-answer")


def test_finds_the_users_own_with_fragments(mine: Path) -> None:
    (mine / "our-evening.toml").write_text(MINE, "utf-8")
    (mine / "breath.toml").write_text("\ufeff" + BREATH, "utf-8")
    assert load_exercise("our-evening").bind(("Anna", "Ben"))[0].prompt == "Breathe, Anna and Ben."
    found, wrong = all_exercises()
    assert {exercise.id for exercise in found} == {"our-evening"} | OURS
    assert wrong == []
    with pytest.raises(ExerciseError, match="fragment"):
        load_exercise("breath")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\xff\xfe", "not UTF-8"),
        (b"\xff" * 2_000_000, "not UTF-8"),
        (b"# " + b"x\n" * 1_000_000, "longer than"),
        (MINE.encode(), "'breath', which is not there"),
        (OTHER.encode(), "breath"),
        (OTHER.replace("include", "say").encode(), "rename"),
    ],
)  # fmt: skip
def test_a_broken_file_of_the_user_hides_no_other(mine: Path, content: bytes, words: str) -> None:
    (mine / "our-evening.toml").write_bytes(content)
    with pytest.raises(ExerciseError, match=words):
        load_exercise("our-evening")
    found, wrong = all_exercises()
    assert {exercise.id for exercise in found} == OURS
    assert len(wrong) == 1
    result = CliRunner().invoke(exercises, ["--json"])
    assert {each["id"] for each in json.loads(result.stdout)} == OURS
    assert "Left out: our-evening.toml" in result.stderr


def test_a_folder_in_the_place_of_a_file(mine: Path) -> None:
    (mine / "our-evening.toml").mkdir()
    with pytest.raises(ExerciseError, match="cannot be read"):
        load_exercise("our-evening")


@pytest.mark.usefixtures("home")
def test_lists() -> None:
    result = CliRunner().invoke(exercises)
    assert result.exit_code == 0
    assert "worry-and-answer     Worry and answer     reassurance     10 min" in result.stdout
    listed = json.loads(CliRunner().invoke(exercises, ["--json"]).stdout)
    assert {
        "id": "worry-and-answer",
        "title": "Worry and answer",
        "theme": "reassurance",
        "minutes": 10,
        "for": "both",
    } in listed


@pytest.mark.usefixtures("home")
def test_shows() -> None:
    result = CliRunner().invoke(exercises, ["show", "worry-and-answer"])
    assert result.exit_code == 0
    assert "Worry and answer\nreassurance, 10 minutes, for the two of you" in result.stdout
    assert "[first partner speaks, 60 seconds] First, which worry" in result.stdout
    assert "8. after a no: [first partner speaks] Thank you, First." in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.usefixtures("home")
def test_shows_as_json() -> None:
    shown = json.loads(CliRunner().invoke(exercises, ["show", "worry-and-answer", "--json"]).stdout)
    assert shown["id"] == "worry-and-answer"
    assert {"why", "grounding", "steps"} <= shown.keys()
    floor = next(step for step in shown["steps"] if step["kind"] == "floor")
    assert (floor["partner"], floor["seconds"], floor["place"]) == ("first", 60, 7)


def test_an_unknown_exercise_is_an_error_the_program_explains() -> None:
    assert isinstance(CliRunner().invoke(exercises, ["show", "nope"]).exception, NotFoundError)


@pytest.mark.parametrize("arguments", [["--help"], ["show", "--help"]])
def test_help_shows_examples(arguments: list[str]) -> None:
    assert "Example" in CliRunner().invoke(exercises, arguments).stdout
