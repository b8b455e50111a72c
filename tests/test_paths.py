"""User folders and packaged files."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from voiceguide import paths
from voiceguide.errors import RecordError, SoundFileError
from voiceguide.session.effects import Earcon

NOBODY = 65534


@pytest.fixture
def strict_umask(tmp_path: Path) -> Iterator[None]:
    """A umask that takes every permission away, once the folder of the test is made."""
    before = os.umask(0o777)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_home_holds_all_folders(home: Path) -> None:
    folders = [paths.data_dir(), paths.config_dir(), paths.cache_dir(), paths.sessions_dir()]
    assert folders == [home / "data", home / "config", home / "cache", home / "data" / "sessions"]
    assert not home.exists()


def test_without_home_the_system_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOICEGUIDE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folders = {paths.data_dir(), paths.config_dir(), paths.cache_dir()}
    assert all("voiceguide" in folder.parts and tmp_path in folder.parents for folder in folders)
    assert len(folders) > 1


def test_a_relative_home_does_not_move_with_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOICEGUIDE_HOME", "mine")
    assert paths.data_dir() == tmp_path / "mine" / "data"


@pytest.mark.usefixtures("strict_umask")
def test_private_folders_are_private_whatever_the_umask(tmp_path: Path) -> None:
    made = paths.private_dir(tmp_path / "a" / "b")
    assert [mode(made), mode(made.parent)] == [0o700, 0o700]


def test_a_folder_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o750)
    assert mode(paths.private_dir(shared / "own")) == 0o700
    assert paths.private_dir(shared) == shared
    assert mode(shared) == 0o750


@pytest.mark.parametrize("below", ["", "inside"])
def test_a_file_in_the_way_is_said(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(RecordError, match=r"file.*cannot be made .*VOICEGUIDE_HOME"):
        paths.private_dir(tmp_path / "file" / below)


def test_missing_permission_is_said(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o500)
    before = os.geteuid()
    if before == 0:  # root may do everything: become somebody who may not
        os.seteuid(NOBODY)
    try:
        with pytest.raises(RecordError, match=r"cannot be made \(Permission denied\): make the folder above"):
            paths.private_dir(closed / "data" / "sessions")
    finally:
        os.seteuid(before)


def test_own_exercises_stand_beside_ours_and_replace_them(home: Path) -> None:
    ours = paths.exercise_files()
    assert "worry-and-answer" in ours
    own = home / "config" / "exercises"
    own.mkdir(parents=True)
    for name in ("worry-and-answer.toml", "zest.toml", "notes.txt"):
        (own / name).write_text("", encoding="utf-8")
    found = paths.exercise_files()
    assert set(found) == set(ours) | {"zest"}
    assert found["worry-and-answer"] == own / "worry-and-answer.toml"


@pytest.mark.parametrize("earcon", Earcon)
def test_every_earcon_is_found(earcon: Earcon) -> None:
    assert paths.earcon_file(earcon).read_bytes()[:4] == b"RIFF"


def test_a_missing_earcon_is_said() -> None:
    with pytest.raises(SoundFileError, match=r"fanfare\.wav is missing .* install voiceguide again"):
        paths.earcon_file("fanfare")
