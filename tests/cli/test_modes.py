"""Private whatever the umask: everything that the commands write is its owner's alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from tests.support.command import SHORT, add_exercise, session_folders, typed, voiceguide
from tests.support.engine_server import Hub, serving
from voiceguide import care, downloads
from voiceguide.hearing.engines import download
from voiceguide.paths import private_dir, sessions_dir

UMASKS = [0o000, 0o077, 0o777]
TYPED = ("--keyboard", "--speaker", "none", "--names", "Mia,Zoe")
GIVEN = "yes\nyes\na little boat\n\na boat\n\nyes\n"


@contextmanager
def under(umask: int) -> Iterator[None]:
    """With this umask in this process."""
    before = os.umask(umask)
    try:
        yield
    finally:
        os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """What in ``folder`` has another mode than 0700 for folders and 0600 for files."""
    return [
        f"{path.relative_to(folder.parent)}: {stat.S_IMODE(path.lstat().st_mode):o}"
        for path in [folder, *sorted(folder.rglob("*"))]
        if stat.S_IMODE(path.lstat().st_mode) != (0o700 if path.is_dir() else 0o600)
    ]


def editor(tmp_path: Path) -> str:
    """An editor that makes a mistake, after which the words stay laid out."""
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\necho "no number" >> "$1"\n', "utf-8")
    script.chmod(0o755)
    return str(script)


@pytest.mark.full
@pytest.mark.parametrize(("umask", "existing"), [(0o000, True), (0o077, False), (0o777, False)])
def test_whatever_is_written_is_its_owners_alone(tmp_path: Path, umask: int, existing: bool) -> None:
    home, taken = tmp_path / "home", tmp_path / "taken along"
    taken.mkdir()
    if existing:  # as a generous umask, or a copy from elsewhere, made them
        for name in ("data", "data/sessions", "config", "config/exercises", "cache", "cache/prompts"):
            (home / name).mkdir(parents=True)
            (home / name).chmod(0o755)

    def run(*args: str, given: str = "", code: int = 0) -> None:
        env = {"EDITOR": editor(tmp_path), "BROWSER": "true", "PYTHONDONTWRITEBYTECODE": "1"}
        with under(umask):  # a process inherits it
            done = voiceguide(home, *args, given=given, env=env)
        assert done.code == code, (args, done.out, done.err)

    run("exercises", "new", "Our morning")
    text = SHORT.replace("A short one", "Our morning").replace("a-short-one", "our-morning")
    (home / "config/exercises/our-morning.toml").write_text(text, "utf-8")
    run("start", "our-morning", *TYPED, given=GIVEN)
    run("start", "our-morning", *TYPED, given="yes\nyes\na red boat\n")  # which stops
    run("start", "--resume", *TYPED[:3], given="no\n")
    run("demo", "our-morning", "--speaker", str(taken / "demo.wav"))
    run("rename", "--title", "By the lake")
    run("correct", code=1)
    run("open")
    for to in ("md", "zip", "vtt"):
        run("export", "--to", to, "-o", f"{taken}/it.{to}")
    for args in (("sessions",), ("show",), ("search", "boat"), ("agreements",)):
        run(*args)
    demo = next(folder.name for folder in session_folders(home) if any((folder / "audio").iterdir()))
    run("delete", demo, "--turns", "1", "--yes")
    names = {path.name for path in home.rglob("*")}
    assert names >= {"session.jsonl", "page.html", "words.txt", "names.json", "our-morning.toml", "prompts"}
    assert {path.suffix for path in home.rglob("*")} >= {".flac", ".wav"}
    assert open_to_others(home / "data") + open_to_others(home / "config") + open_to_others(home / "cache") == []
    assert {path.suffix for path in taken.iterdir()} == {".wav", ".md", ".zip", ".vtt"}
    assert open_to_others(taken)[1:] == []
    if not existing:
        assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize("umask", UMASKS, ids=oct)
def test_the_note_of_the_safety_page_is_its_owners_alone(home: Path, umask: int) -> None:
    with under(umask):
        care.note_page_shown(date(2026, 11, 22))
        care.note_page_shown(date(2026, 11, 23))
    assert open_to_others(home) == []
    assert (home / "data" / "safety-page-shown").read_text() == "2026-11-23\n"


@pytest.mark.parametrize("umask", UMASKS, ids=oct)
def test_a_downloaded_engine_is_its_owners_alone(home: Path, umask: int, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"config.json": b"{}", "model.bin": bytes(1000), "tokenizer.json": b"{}"}
    with serving(Hub(files)) as hub, under(umask):
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        assert downloads.get(download("base.en"), lambda done, total: None)
    assert open_to_others(home) == []
    assert len(list((home / "data/engines/base.en").iterdir())) == 4


def test_a_folder_of_ours_is_closed_and_others_are_left_as_they_are(home: Path) -> None:
    (home / "data" / "sessions").mkdir(parents=True)
    for folder in (home, home / "data", home / "data" / "sessions"):
        folder.chmod(0o755)
    private_dir(sessions_dir())
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (home, home / "data", sessions_dir())]
    assert modes == [0o755, 0o700, 0o700]


def test_a_home_that_others_may_read_shows_them_no_session(home: Path) -> None:
    add_exercise(home, SHORT)
    (home / "data").chmod(0o755)
    typed(home, *GIVEN.splitlines())
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
