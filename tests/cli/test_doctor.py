"""``doctor``: what works here, what does not, and how to mend it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.command import files_holding, in_process, installed
from tests.support.locks import locked
from tests.support.records import write_session
from voiceguide.cli import doctor as module

NEEDED = ("Python", "Saved sessions", "The guide's voice", "Recognition", "Speaking over the guide", "Exercises",
          "Terminal")  # fmt: skip


def told(out: str) -> dict[str, str]:
    """Its lines by what they are about."""
    lines = [line for line in out.splitlines() if line.startswith("[")]
    return {line.partition("]")[2].partition(":")[0].strip(): line for line in lines}


@pytest.mark.full
def test_it_names_what_works_and_what_is_missing(tmp_path: Path) -> None:
    out = installed(tmp_path, "doctor").fine().out
    lines = told(out)
    assert [part for part in NEEDED if not lines[part].startswith("[ok]")] == []
    assert str(tmp_path) in lines["Saved sessions"]
    assert "16 can be used" in lines["Exercises"]
    assert out.endswith("\nAll that is needed works here. Begin with: voiceguide start --keyboard\n")
    assert "door" in lines["Recognition"]
    for part in ("Microphones", "Loudspeakers"):  # tests give it no sound card
        assert lines[part].startswith("[missing]")
    assert "plug one in" in lines["Microphones"]
    assert "--keyboard" in lines["Microphones"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.fixture
def engines_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without trying them."""
    for name in ("_voice", "_recognition", "_barge_in"):
        monkeypatch.setattr(module, name, lambda: "works")


def broken(home: Path) -> str:
    """The one line on what is broken."""
    done = in_process(home, "doctor")
    assert done.code == 1
    (line,) = (line for line in done.out.splitlines() if line.startswith("[broken]"))
    assert "[ok]      Recognition: works" in done.out
    return line


@pytest.mark.usefixtures("engines_work")
class TestWithoutEngines:
    def test_a_broken_data_folder_is_said_with_the_mend(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("I am in the way.")
        line = broken(tmp_path)
        assert str(tmp_path / "data") in line
        assert "VOICEGUIDE_HOME" in line

    def test_an_exercise_that_cannot_be_used_is_said(self, tmp_path: Path) -> None:
        mine = tmp_path / "config" / "exercises" / "mine.toml"
        mine.parent.mkdir(parents=True)
        mine.write_text("title = ", encoding="utf-8")
        assert broken(tmp_path).startswith("[broken]  Exercises: mine.toml")
        assert files_holding(tmp_path, "title = ") == [mine]

    def test_what_is_not_locked_yet_and_a_lock_that_is_gone_are_said(self, tmp_path: Path) -> None:
        write_session(tmp_path / "data" / "sessions")
        assert told(in_process(tmp_path, "doctor").fine().out)["Lock"].startswith("[ok]      Lock: none; ")
        locked(tmp_path / "data")
        line = told(in_process(tmp_path, "doctor").fine().out)["Lock"]
        assert line.startswith("[ok]      Lock: what is said is encrypted; not yet 1 saved before, which ")
        assert "`voiceguide lock --sessions`" in line
        shutil.rmtree(tmp_path / "data" / "sessions")
        (tmp_path / "data" / "sessions").mkdir()
        assert told(in_process(tmp_path, "doctor").fine().out)["Lock"] == "[ok]      Lock: what is said is encrypted"

    def test_which_settings_are_yours_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "settings.toml").write_text("rate = 120\naddress = 'otto'\n", "utf-8")
        shown = in_process(tmp_path, "doctor").fine().out
        assert f"Settings: yours: rate, address; `voiceguide settings` explains and changes them ({tmp_path}" in shown
