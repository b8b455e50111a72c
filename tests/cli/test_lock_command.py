"""``voiceguide lock`` and every command under it, through the installed command."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.command import (
    COMMAND,
    Running,
    add_short,
    environment,
    files_holding,
    have_read_the_safety_page,
    installed,
    only_session,
    session_folders,
    voiceguide,
)
from tests.support.locked_evening import ANSWERS, GIVEN, WORDS, home, typed
from tests.support.locks import PASSPHRASE, locked
from tests.support.terminal import terminal

__all__ = ["home"]


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home under a lock in which one session was typed, without the passphrase; for reading only."""
    home = tmp_path_factory.mktemp("locked")
    locked(home / "data")
    add_short(home)
    typed(home)
    return home


# -- recording under it ------------------------------------------------------------------------------------------


def test_a_session_needs_no_passphrase_and_leaves_nothing_plain(evening: Path) -> None:
    assert not files_holding(evening, WORDS)
    assert not files_holding(evening, "Marlene")
    names = {path.name for path in only_session(evening).rglob("*") if path.is_file()}
    assert names == {"session.jsonl.age"}


@pytest.mark.full
def test_killed_in_mid_session_nothing_is_plain_and_it_goes_on(home: Path) -> None:
    with Running(home, "start", "a-short-one", "--keyboard", "--speaker", "none", "--names", "Marlene,Zoë") as command:
        command.say("yes", "yes", WORDS, "and a second line")
        command.until("a second line")
        command.send(signal.SIGKILL)
        command.process.wait()
    assert not files_holding(home, WORDS)
    begun = installed(home, "start", "a-short-one", "--keyboard", "--speaker", "none", given="no\n").out
    assert (
        f"was interrupted. What was said is kept; go on with: voiceguide start --resume {only_session(home).name}"
        in (" ".join(begun.split()))
    )
    assert "locked" in installed(home, "start", "--resume", "--keyboard", "--speaker", "none").complaint()
    resumed = ("start", "--resume", "--keyboard", "--speaker", "none", "--passphrase-stdin")
    voiceguide(home, *resumed, given=f"{GIVEN}\na boat\n\nyes\n").fine()
    assert WORDS in voiceguide(home, "show", "--passphrase-stdin", given=GIVEN).fine().out
    assert not files_holding(home, WORDS)


@pytest.mark.full
def test_a_start_without_it_says_what_it_goes_on_without(evening: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(evening, home)
    assert "What was saved before is locked" in typed(home)
    assert "What was saved before is locked" not in typed(home, "--passphrase-stdin", given=GIVEN + ANSWERS)
    assert "not the passphrase" in installed(home, "start", "--passphrase-stdin", given="wrong one\n").complaint()


@pytest.mark.full
def test_what_was_begun_before_the_lock_does_not_go_on_in_plain(tmp_path: Path) -> None:
    add_short(tmp_path)
    typed(tmp_path, given=f"yes\nyes\n{WORDS}\n/stop\n")
    voiceguide(tmp_path, "lock", "--passphrase-stdin", given=GIVEN).fine()
    refused = installed(tmp_path, "start", "--resume", "--keyboard", "--speaker", "none", given="secret words\n")
    assert "`voiceguide lock --sessions`" in refused.complaint()
    voiceguide(tmp_path, "lock", "--sessions", "--passphrase-stdin", given=GIVEN).fine()
    resumed = ("start", "--resume", "--keyboard", "--speaker", "none", "--passphrase-stdin")
    voiceguide(tmp_path, *resumed, given=f"{GIVEN}secret words\n\na boat\n\nyes\n").fine()
    assert not files_holding(tmp_path / "data", "secret words")


def test_a_lock_that_is_gone_stops_recording_before_it_begins(evening: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(evening, home)
    shutil.rmtree(home / "data" / "lock")
    for args in (("start", "a-short-one", "--keyboard"), ("lock", "--passphrase-stdin"), ("show",)):
        assert "is gone" in voiceguide(home, *args, given=GIVEN).complaint()
    assert "is gone" in voiceguide(home, "doctor").out


def test_a_plain_session_needs_no_passphrase(evening: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    add_short(home)
    typed(home)
    plain = only_session(home).name
    shutil.copytree(evening / "data", home / "data", dirs_exist_ok=True)
    assert WORDS in voiceguide(home, "show", plain).fine().out
    assert "--passphrase-stdin" in voiceguide(home, "show").complaint()
    assert "name a session that is not locked" in voiceguide(home, "open").complaint()


def test_names_come_back_with_the_passphrase_only(evening: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(evening, home)
    start = ("start", "a-short-one", "--keyboard", "--speaker", "none")
    greeted = r"Hello, (First|Second) partner"  # chance decides who goes first where nobody knows who did last time
    assert re.search(greeted, voiceguide(home, *start, given=ANSWERS).fine().out)
    with_it = voiceguide(home, *start, "--passphrase-stdin", given=GIVEN + ANSWERS).fine().out
    assert not re.search(greeted, with_it)


@pytest.mark.full
def test_no_plain_word_is_written_to_any_file(home: Path, tmp_path: Path) -> None:
    if not shutil.which("strace"):
        pytest.skip("strace is not here, which watches what is written")
    trace = tmp_path / "trace.txt"
    calls = "trace=write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range"
    watched = ["strace", "-f", "-y", "-s", "9999999", "-e", calls, "-o", str(trace), *COMMAND]
    args = ["start", "a-short-one", "--keyboard", "--speaker", "none", "--names", "Marlene,Zoë"]
    subprocess.run([*watched, *args], input=ANSWERS.encode(), env=environment(home), check=True, capture_output=True)
    written = trace.read_text("utf-8", "replace")
    assert "session.jsonl.age" in written
    for line in written.splitlines():
        if "yellow boat" in line or "Marlene" in line:
            where = re.search(r"\(\d+<([^>]*)>", line)
            assert where, line[:200]
            assert where[1].startswith(("pipe:", "socket:", "UNIX", "/dev/null")), line[:200]


@pytest.mark.skipif(not Path("/proc/self/limits").is_file(), reason="it reads /proc")
def test_no_crash_can_write_memory_to_the_disk(home: Path) -> None:
    with Running(home, "start", "a-short-one", "--keyboard", "--speaker", "none") as command:
        command.until("answers yes or no")
        limits = Path(f"/proc/{command.process.pid}/limits").read_text("utf-8")
    (core,) = [line.split() for line in limits.splitlines() if line.startswith("Max core file size")]
    assert int(core[4]) <= 1


# -- reading it --------------------------------------------------------------------------------------------------

READERS = [
    ("show",),
    ("replay", "--speaker", "none"),
    ("export", "--to", "md", "-o", "-"),
    ("export", "--to", "zip", "-o", "-"),
    ("search", "harbour"),
    ("agreements",),
    ("correct",),
    ("rename", "--title", "The lake"),
    ("refine", "--engine", "sphinx"),
    ("start", "--resume", "--keyboard"),
]


@pytest.mark.parametrize("args", READERS, ids=" ".join)
@pytest.mark.full
def test_what_reads_says_that_it_is_locked(evening: Path, args: tuple[str, ...]) -> None:
    done = voiceguide(evening, *args, env={"EDITOR": "true"})
    assert "--passphrase-stdin" in done.complaint()
    wrong = voiceguide(evening, *args, "--passphrase-stdin", given="not this one\n", env={"EDITOR": "true"})
    assert "not the passphrase" in wrong.complaint()


@pytest.mark.parametrize("args", [*READERS[:3], READERS[4]], ids=" ".join)
@pytest.mark.full
def test_what_reads_reads_it_with_the_passphrase(evening: Path, args: tuple[str, ...]) -> None:
    done = voiceguide(evening, *args, "--passphrase-stdin", given=GIVEN).fine()
    assert "yellow boat in the" in done.out


def test_a_terminal_is_asked_once_and_forgives_a_slip(evening: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "cat")
    with terminal(evening, "show") as shown:
        shown.until("Passphrase")
        shown.press("slipped here\n")
        shown.until("not the passphrase")
        shown.until("Passphrase")
        shown.press(GIVEN)
        shown.until(WORDS)
        assert shown.finish() == 0
    assert PASSPHRASE not in shown.written


def test_who_gives_none_is_told_what_that_means(evening: Path) -> None:
    with terminal(evening, "show") as shown:
        shown.until("Passphrase")
        shown.press("\n")
        assert "without the passphrase it cannot be read" in shown.until("be read.")
        assert shown.finish() == 1
    with terminal(evening, "delete", only_session(evening).name) as shown:
        shown.until("Passphrase (Enter: delete it unread)")
        shown.press("\x04")  # Ctrl-D
        told = shown.until("Delete it?")
        assert "it is locked" in told
        assert "--passphrase-stdin" not in told
        shown.press("n\n")
        assert shown.finish() == 0


@pytest.mark.parametrize("given", ["\x04", "wrong one\n" * 3], ids=["ctrl-d", "wrong"])
def test_an_evening_begins_whatever_becomes_of_the_passphrase(evening: Path, tmp_path: Path, given: str) -> None:
    home = tmp_path / "home"
    shutil.copytree(evening, home)
    with terminal(home, "start", "a-short-one", "--keyboard", "--speaker", "none") as shown:
        for key in given.splitlines(keepends=True):
            shown.until("Passphrase (Enter:")
            shown.press(key)
        shown.until("going on without your names and agreements")
        shown.press("\x03")
        shown.finish()


def test_going_on_asks_for_it_and_says_one_thing(evening: Path) -> None:
    done = installed(evening, "start", "--resume", "--keyboard", "--speaker", "none")
    assert "--passphrase-stdin" in done.complaint()
    assert "going on without" not in done.out + done.err


def test_a_wrong_one_is_said_also_where_nothing_is_locked_yet(tmp_path: Path) -> None:
    voiceguide(tmp_path, "lock", "--passphrase-stdin", given=GIVEN).fine()
    assert "not the passphrase" in voiceguide(tmp_path, "sessions", "--passphrase-stdin", given="wrong\n").complaint()


def test_the_list_without_it_tells_ids_only(evening: Path) -> None:
    listed = voiceguide(evening, "sessions").fine().out
    assert listed == f"Locked:\n{only_session(evening).name}\n"
    assert "Marlene and" in voiceguide(evening, "sessions", "--passphrase-stdin", given=GIVEN).fine().out


def test_a_page_is_not_written_beside_a_locked_session(evening: Path) -> None:
    done = voiceguide(evening, "open", only_session(evening).name, given="")
    assert "a page is not" in done.complaint()


def test_words_are_corrected_without_touching_the_disk(evening: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(evening, home)
    editor = tmp_path / "editor"
    editor.write_text(
        f"#!/bin/sh\ngrep -rl 'yellow boat' {home} >{tmp_path}/found\nsleep 1.1\nsed -i 's/yellow/green/' \"$1\"\n"
    )
    editor.chmod(0o700)
    corrected = voiceguide(home, "correct", "--passphrase-stdin", given=GIVEN, env={"EDITOR": str(editor)}).fine()
    assert "1 utterance mended" in corrected.out
    assert (tmp_path / "found").read_text() == ""
    assert "green boat" in voiceguide(home, "show", "--passphrase-stdin", given=GIVEN).fine().out


def test_a_locked_session_is_deleted_without_it_but_not_its_turns(evening: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(evening, home)
    id_ = only_session(home).name
    assert "--passphrase-stdin" in voiceguide(home, "delete", id_, "--turns", "1", "--yes").complaint()
    voiceguide(home, "delete", id_, "--turns", "1", "--yes", "--passphrase-stdin", given=GIVEN).fine()
    assert WORDS not in voiceguide(home, "show", "--passphrase-stdin", given=GIVEN).fine().out
    voiceguide(home, "delete", id_, "--yes").fine()
    assert not session_folders(home)


def test_age_itself_opens_a_transcript(evening: Path, tmp_path: Path) -> None:
    """With what Debian's package of that name brings: the private key by its passphrase, and then the record."""
    if not shutil.which("age"):
        pytest.skip("age is not here, whose format it is")
    have_read_the_safety_page(evening)
    identity, key = evening / "data" / "lock" / "identity.age", tmp_path / "key.txt"
    with terminal(evening, program=["age", "--decrypt", "--output", str(key), str(identity)]) as shown:
        shown.until("passphrase")
        shown.press(GIVEN)
        assert shown.finish() == 0
    record = only_session(evening) / "session.jsonl.age"
    opened = subprocess.run(["age", "--decrypt", "--identity", key, record], capture_output=True, check=True)
    assert WORDS in opened.stdout.decode("utf-8")
