"""What people type to name something: whatever it is, one sentence, and nothing outside voiceguide's folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import assume, example, given

from tests.cli.test_links import state
from tests.support.hostile import commanded, examples, texts
from tests.support.records import write_session

TAKE_AN_ID: list[tuple[str, ...]] = [
    ("show",),
    ("replay", "--speaker", "none"),
    ("open",),
    ("export", "--to", "txt", "-o", "-"),
    ("correct",),
    ("rename", "--title", "Ours"),
    ("refine", "--engine", "whisper"),
    ("delete", "--yes"),
    ("delete", "--turns", "1", "--yes"),
    ("start", "--keyboard", "--speaker", "none", "--resume"),
    ("demo", "--speaker", "none", "--resume"),
]
"""Each takes the id as its last argument."""

TAKE_A_NAME: list[tuple[str, ...]] = [
    ("start", "--keyboard", "--speaker", "none"),
    ("demo", "--speaker", "none"),
    ("exercises", "show"),
    ("exercises", "check"),
    ("exercises", "try"),
    ("engines", "get"),
    ("engines", "remove"),
    ("helplines",),
    ("demo", "--speaker", "none", "--engine"),
    ("demo", "--speaker", "none", "--answers"),
    ("demo", "no-such-exercise", "--names"),
    ("start", "no-such-exercise", "--keyboard", "--names"),
    ("start", "--mic"),
    ("search", "--since"),
    ("search", "house", "--partner"),
    ("search", "house", "--exercise"),
    ("search",),
    ("show", "--colour"),
    ("show", "x"),
    ("export", "-o", "-", "--to"),
    ("export", "--to", "txt", "-o", "-", "--partner"),
    ("replay", "--speaker", "none", "--partner"),
    ("replay", "--speaker", "none", "--speed"),
    ("delete", "tobiku", "--turns"),
    ("refine", "--engine"),
    (),
]

PATHS = (
    "../..",
    "../../outside/secret",
    "/etc/passwd",
    ".",
    "..",
    "~",
    "~root",
    "*",
    "[!a]*",
    "?",
    "-",
    "--",
    "-rf",
    "--yes",
    "line\nbreak",
    "x" * 300,
    "x" * 300 + ".toml",
    "x" * 5_000,
    "x/" * 3_000,
    "t\u03bfbiku",  # the o is Greek
    "tobiku\u200b",
    "con",
    "\udcff",
    "/dev/zero",
    "/dev/stdin",
    "/proc/self/mem",
    "/proc/self/mem.toml",
)


def _can_be_typed(text: str) -> bool:
    """No system hands a program an argument with a NUL, or with half a character."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


typed = (st.sampled_from(PATHS) | texts).filter(_can_be_typed)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with one session; the folder around it must stay as it is."""
    around = tmp_path_factory.mktemp("around")
    (around / "outside").mkdir()
    (around / "outside" / "secret").write_text("mine", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOICEGUIDE_HOME", str(around / "home"))
        patch.setenv("EDITOR", "true")
        patch.setenv("PULSE_SERVER", "none")
        patch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
        patch.chdir(around / "outside")
        write_session(around / "home" / "data" / "sessions")
        yield around / "home"
        assert state(around / "outside").keys() == {around / "outside", around / "outside" / "secret"}


@examples(5)
@given(st.sampled_from(TAKE_AN_ID), typed)
@example(("delete", "--yes"), "..")
@example(("delete", "--yes"), "")
def test_an_id(home: Path, command: tuple[str, ...], id_: str) -> None:
    (session,) = (home / "data" / "sessions").iterdir()
    assume(not id_.strip() or id_.strip().lower() not in session.name)  # else it is one
    assume(id_ not in ("", "--") or "--resume" not in command)  # that is the newest one
    before = state(home / "data" / "sessions")
    done = commanded(*command, "--", id_) if "--resume" not in command else commanded(*command[:-1], f"--resume={id_}")
    assert done.code in (1, 2)
    assert state(home / "data" / "sessions") == before


@examples(8)
@given(st.sampled_from(TAKE_A_NAME), typed)
@example(("show", "x"), "\x1b[31mred")  # Click repeats what it does not know
@example(("show", "--colour"), "\x1b]0;x\x07")
@example(("exercises", "check"), "x" * 5_000)
@example(("exercises", "check"), "x" * 300 + ".toml")
@example(("demo", "--speaker", "none", "--answers"), "x" * 5_000)
@example(("demo", "--speaker", "none", "--engine"), "")
@pytest.mark.full
def test_a_name(home: Path, command: tuple[str, ...], name: str) -> None:
    before = state(home / "data" / "sessions")
    ends = not command or command[-1].startswith("--")
    done = commanded(*command, name) if ends else commanded(*command, "--", name)
    assert done.code in (0, 1, 2)
    assert state(home / "data" / "sessions") == before
    assert {path.name for path in home.parent.iterdir()} == {"home", "outside"}


@examples()
@given(typed)
def test_a_title_of_an_own_exercise(home: Path, title: str) -> None:
    done = commanded("exercises", "new", "--", title)
    for path in (home / "config" / "exercises").glob("*") if done.code == 0 else ():
        assert path.suffix == ".toml"
        commanded("exercises", "show", path.stem)
        commanded("exercises", "check", str(path))
        path.unlink()


@examples(2)
@given(st.sampled_from(["md", "txt", "zip"]), typed)
@example("md", "x" * 5_000)
def test_a_file_to_write(home: Path, to: str, name: str) -> None:
    """A name leads where it says, for it is the user's; a file that is there is never overwritten."""
    assume(name.strip() not in ("", "-"))
    assume("/" not in name and not name.startswith("~") and name not in (".", ".."))
    folder = home.parent / "outside"
    done = commanded("export", "--to", to, f"--output={name}")
    written = [path for path in folder.iterdir() if path.name != "secret"]
    assert bool(written) is (done.code == 0)
    for path in written:
        assert commanded("export", "--to", to, f"--output={name}").code == 1
        path.unlink()
