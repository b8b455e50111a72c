"""``doctor``: what works here, what does not, and how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import files_holding, voiceguide

pytestmark = pytest.mark.full


def test_it_names_what_works_and_what_is_missing(tmp_path: Path) -> None:
    lines = voiceguide(tmp_path, "doctor").fine().out.splitlines()
    told = {line.partition("]")[2].partition(":")[0].strip(): line for line in lines if line.startswith("[")}
    for part in (
        "Python",
        "Saved sessions",
        "The guide's voice",
        "Recognition",
        "Speaking over the guide",
        "Exercises",
        "Terminal",
    ):
        assert told[part].startswith("[ok]")
    assert str(tmp_path) in told["Saved sessions"]
    assert "16 can be used" in told["Exercises"]
    assert lines[-1] == "All that is needed works here. Begin with: voiceguide start --keyboard"
    assert "door" in told["Recognition"]
    for part in ("Microphones", "Loudspeakers"):  # tests give it no sound card
        assert told[part].startswith("[missing]")
    assert "plug one in" in told["Microphones"]
    assert "--keyboard" in told["Microphones"]


def test_it_leaves_nothing_behind(tmp_path: Path) -> None:
    voiceguide(tmp_path, "doctor").fine()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_broken_data_folder_is_said_with_the_mend(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("I am in the way.")
    done = voiceguide(tmp_path, "doctor")
    assert done.code == 1
    broken = [line for line in done.out.splitlines() if line.startswith("[broken]")]
    assert len(broken) == 1
    assert str(tmp_path / "data") in broken[0]
    assert "VOICEGUIDE_HOME" in broken[0]
    assert "[ok]      Recognition" in done.out


def test_an_exercise_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    exercises = tmp_path / "config" / "exercises"
    exercises.mkdir(parents=True)
    (exercises / "mine.toml").write_text("title = ", encoding="utf-8")
    done = voiceguide(tmp_path, "doctor")
    assert done.code == 1
    assert "[broken]  Exercises: mine.toml" in done.out
    assert files_holding(tmp_path, "title = ") == [exercises / "mine.toml"]
