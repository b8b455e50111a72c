"""``voiceguide lock``, made and changed, and every command under it."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.record.test_locking import fake_scrypt
from tests.support import command
from tests.support.command import (
    COMMAND,
    Running,
    add_short,
    environment,
    files_holding,
    have_read_the_safety_page,
    in_process,
    only_session,
    session_folders,
    voiceguide,
)
from tests.support.locks import PASSPHRASE, locked
from tests.support.terminal import terminal
from voiceguide.cli import doctor

GIVEN = PASSPHRASE + "\n"
GIVE = "--passphrase-stdin"
WORDS = "the yellow boat in the harbour"
ANSWERS = ("yes", "yes", WORDS, "", "a boat", "", "yes")
NAMED = ("a-short-one", "--names", "Marlene,Zoë")
RESUME = ("--resume", GIVE)
TYPED = ("--keyboard", "--speaker", "none")
NEW = "new words here"


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A home without a lock, with the short exercise."""
    home = tmp_path / "home"
    add_short(home)
    return home


@pytest.fixture
def home(plain: Path) -> Path:
    """The same under a lock."""
    locked(plain / "data")
    return plain


def typed(home: Path, *lines: str, start: Sequence[str] = NAMED) -> str:
    """What a session shows that is typed to its end."""
    return command.typed(home, *(lines or ANSWERS), start=start).out


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home under a lock in which one session was typed, without the passphrase; for reading only."""
    home = tmp_path_factory.mktemp("locked")
    locked(home / "data")
    add_short(home)
    typed(home)
    return home


@pytest.fixture
def another(evening: Path, tmp_path: Path) -> Path:
    """A copy of that home, to be changed."""
    return shutil.copytree(evening, tmp_path / "home")


# -- made and changed --------------------------------------------------------------------------------------------


@pytest.mark.full
def test_it_asks_twice_tells_what_it_means_and_locks_what_was_there(plain: Path) -> None:
    typed(plain)
    assert files_holding(plain / "data", WORDS)
    with terminal(plain, "lock") as shown:
        assert "everything is lost" in shown.until("New passphrase")
        shown.press(GIVEN)
        shown.answer(("The same again", GIVEN), ("Lock them, too?", "y\n"))
        shown.until("1 session locked")
        assert shown.finish() == 0
    assert PASSPHRASE not in shown.written
    assert not files_holding(plain, WORDS)
    assert not files_holding(plain, "Marlene")
    assert not [*(plain / "cache").glob("prompts/*")]
    assert WORDS in voiceguide(plain, "show", GIVE, given=GIVEN).fine().out


@pytest.mark.full
def test_a_slip_is_asked_again_and_does_not_end_in_the_shell(tmp_path: Path) -> None:
    with terminal(tmp_path, "lock") as shown:
        shown.answer(("New passphrase", "abc\n"), ("guessed", ""))
        shown.answer(("New passphrase", GIVEN), ("The same again", "something else\n"), ("not the same", ""))
        shown.answer(("New passphrase", GIVEN), ("The same again", GIVEN))
        shown.until("Locked:")
        assert shown.finish() == 0


@pytest.mark.full
def test_three_slips_or_none_typed_make_no_lock(tmp_path: Path) -> None:
    for given, told in ((["abc\n"] * 3, "guessed"), (["\n"], "No passphrase was typed")):
        with terminal(tmp_path, "lock") as shown:
            for each in given:
                shown.answer(("New passphrase", each), (told, ""))
            assert shown.finish() == 1
        assert not (tmp_path / "data" / "lock").exists()


@pytest.mark.full
def test_a_wrong_old_one_is_asked_again(home: Path) -> None:
    typed(home)
    with terminal(home, "lock", "--change") as shown:
        shown.answer(("Old passphrase", "no such words\n"), ("not the passphrase", ""), ("Old passphrase", GIVEN))
        shown.answer(("New passphrase", f"{NEW}\n"), ("The same again", f"{NEW}\n"))
        assert shown.finish() == 0
    assert WORDS in voiceguide(home, "show", GIVE, given=f"{NEW}\n").fine().out


@pytest.mark.full
def test_ctrl_c_at_the_question_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    with terminal(tmp_path, "lock") as shown:
        shown.answer(("New passphrase", "\x03"), ("Interrupted", ""))
        assert shown.echoes
        assert shown.finish() == 130


@pytest.mark.parametrize(
    ("args", "given", "sentence"),
    [
        ([], "", "no terminal"),
        ([GIVE], "", "no passphrase"),
        ([GIVE], "short\n", "guessed"),
        (["--change", GIVE], GIVEN, "no lock yet"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_makes_no_lock(
    tmp_path: Path, args: list[str], given: str, sentence: str
) -> None:
    assert sentence in voiceguide(tmp_path, "lock", *args, given=given).complaint()
    assert not (tmp_path / "data" / "lock").exists()


def test_it_is_changed(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_scrypt(monkeypatch)
    voiceguide(plain, "lock", GIVE, given=GIVEN).fine()
    typed(plain)
    wrong = voiceguide(plain, "lock", "--change", GIVE, given=f"no such words\n{NEW}\n")
    assert "not the passphrase" in wrong.complaint()
    voiceguide(plain, "lock", "--change", GIVE, given=f"{GIVEN}{NEW}\n").fine()
    assert "not the passphrase" in voiceguide(plain, "show", GIVE, given=GIVEN).complaint()
    assert WORDS in voiceguide(plain, "show", GIVE, given=f"{NEW}\n").fine().out


def test_run_again_it_tells_what_is_left(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_scrypt(monkeypatch)
    typed(plain)
    made = voiceguide(plain, "lock", GIVE, given=GIVEN).fine().out
    assert "1 session saved before is not locked" in made
    assert "1 session saved before" in voiceguide(plain, "lock").fine().out
    wrong = voiceguide(plain, "lock", "--sessions", GIVE, given="nothing like it\n")
    assert "not the passphrase" in wrong.complaint()
    assert files_holding(plain, WORDS)
    voiceguide(plain, "lock", "--sessions", GIVE, given=GIVEN).fine()
    assert "locked already" in voiceguide(plain, "lock").fine().out
    assert not files_holding(plain, WORDS)


# -- recording under it ------------------------------------------------------------------------------------------


def test_a_session_needs_no_passphrase_and_leaves_nothing_plain(evening: Path) -> None:
    assert not files_holding(evening, WORDS)
    assert not files_holding(evening, "Marlene")
    names = {path.name for path in only_session(evening).rglob("*") if path.is_file()}
    assert names == {"session.jsonl.age"}


@pytest.mark.full
def test_killed_in_mid_session_nothing_is_plain_and_it_goes_on(home: Path) -> None:
    with Running(home, "start", *NAMED, *TYPED) as running:
        running.say("yes", "yes", WORDS, "and a second line")
        running.until("a second line")
        running.send(signal.SIGKILL)
        running.process.wait()
    assert not files_holding(home, WORDS)
    begun = " ".join(typed(home, "no", start=["a-short-one"]).split())
    go_on = f"What was said is kept; go on with: voiceguide start --resume {only_session(home).name}"
    assert f"was interrupted. {go_on}" in begun
    assert "locked" in voiceguide(home, "start", "--resume", *TYPED).complaint()
    typed(home, PASSPHRASE, "", "a boat", "", "yes", start=RESUME)
    assert WORDS in voiceguide(home, "show", GIVE, given=GIVEN).fine().out
    assert not files_holding(home, WORDS)


def test_a_start_without_it_says_what_it_goes_on_without(another: Path) -> None:
    assert "What was saved before is locked" in typed(another)
    with_it = typed(another, PASSPHRASE, *ANSWERS, start=(*NAMED, GIVE))
    assert "What was saved before is locked" not in with_it
    assert "not the passphrase" in in_process(another, "start", GIVE, given="wrong one\n").complaint()


def test_what_was_begun_before_the_lock_does_not_go_on_in_plain(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_scrypt(monkeypatch)
    typed(plain, "yes", "yes", WORDS, "/stop")
    voiceguide(plain, "lock", GIVE, given=GIVEN).fine()
    refused = voiceguide(plain, "start", "--resume", *TYPED, given="secret words\n")
    assert "`voiceguide lock --sessions`" in refused.complaint()
    voiceguide(plain, "lock", "--sessions", GIVE, given=GIVEN).fine()
    typed(plain, PASSPHRASE, "secret words", "", "a boat", "", "yes", start=RESUME)
    assert not files_holding(plain / "data", "secret words")


def test_a_lock_that_is_gone_stops_recording_before_it_begins(another: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_voice", "_recognition", "_barge_in"):  # the doctor need not try the engines
        monkeypatch.setattr(doctor, name, lambda: "works")
    shutil.rmtree(another / "data" / "lock")
    for args in (("start", "a-short-one", *TYPED), ("lock", GIVE), ("show",)):
        assert "is gone" in voiceguide(another, *args, given=GIVEN).complaint()
    assert "is gone" in in_process(another, "doctor").out


def test_a_plain_session_needs_no_passphrase(evening: Path, plain: Path) -> None:
    typed(plain)
    name = only_session(plain).name
    shutil.copytree(evening / "data", plain / "data", dirs_exist_ok=True)
    assert WORDS in voiceguide(plain, "show", name).fine().out
    assert GIVE in voiceguide(plain, "show").complaint()
    assert "name a session that is not locked" in voiceguide(plain, "open").complaint()


def test_names_come_back_with_the_passphrase_only(another: Path) -> None:
    greeted = r"Hello, (First|Second) partner"  # chance decides who goes first where nobody knows who did last time
    assert re.search(greeted, typed(another, start=["a-short-one"]))
    assert not re.search(greeted, typed(another, PASSPHRASE, *ANSWERS, start=("a-short-one", GIVE)))


@pytest.mark.full
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not here, which watches what is written")
def test_no_plain_word_is_written_to_any_file(home: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    calls = "trace=write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range"
    watched = ["strace", "-f", "-y", "-s", "9999999", "-e", calls, "-o", str(trace), *COMMAND]
    given = "".join(f"{line}\n" for line in ANSWERS).encode()
    args = ["start", *NAMED, *TYPED]
    subprocess.run([*watched, *args], input=given, env=environment(home), check=True, capture_output=True)
    written = trace.read_text("utf-8", "replace")
    assert "session.jsonl.age" in written
    for line in written.splitlines():
        if "yellow boat" in line or "Marlene" in line:
            where = re.search(r"\(\d+<([^>]*)>", line)
            assert where, line[:200]
            assert where[1].startswith(("pipe:", "socket:", "UNIX", "/dev/null")), line[:200]


@pytest.mark.full
@pytest.mark.skipif(not Path("/proc/self/limits").is_file(), reason="it reads /proc")
def test_no_crash_can_write_memory_to_the_disk(home: Path) -> None:
    with Running(home, "start", "a-short-one", *TYPED) as running:
        running.until("answers yes or no")
        limits = Path(f"/proc/{running.process.pid}/limits").read_text("utf-8")
    (core,) = [line.split() for line in limits.splitlines() if line.startswith("Max core file size")]
    assert int(core[4]) <= 1


# -- reading it --------------------------------------------------------------------------------------------------

READERS: list[tuple[str, ...]] = [
    ("show",),
    ("export", "--to", "md", "-o", "-"),
    ("search", "harbour"),
    ("replay", "--speaker", "none"),
    ("export", "--to", "zip", "-o", "-"),
    ("agreements",),
    ("correct",),
    ("rename", "--title", "The lake"),
    ("refine", "--engine", "sphinx"),
    ("start", "--resume", "--keyboard"),
]


def test_what_reads_says_that_it_is_locked_and_reads_it_with_the_passphrase(evening: Path) -> None:
    for args in READERS:
        done = in_process(evening, *args, env={"EDITOR": "true"})
        assert GIVE in done.complaint(), args
        assert "going on without" not in done.out + done.err, args
        wrong = in_process(evening, *args, GIVE, given="not this one\n", env={"EDITOR": "true"})
        assert "not the passphrase" in wrong.complaint(), args
    for args in READERS[:3]:
        assert "yellow boat in the" in in_process(evening, *args, GIVE, given=GIVEN).fine().out, args


@pytest.mark.full
def test_a_replay_reads_it_with_the_passphrase(evening: Path) -> None:
    assert "yellow boat in the" in voiceguide(evening, *READERS[3], GIVE, given=GIVEN).fine().out


@pytest.mark.full
def test_a_terminal_is_asked_once_and_forgives_a_slip(evening: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "cat")
    with terminal(evening, "show") as shown:
        shown.answer(("Passphrase", "slipped here\n"), ("not the passphrase", ""), ("Passphrase", GIVEN))
        shown.until(WORDS)
        assert shown.finish() == 0
    assert PASSPHRASE not in shown.written


@pytest.mark.full
def test_who_gives_none_is_told_what_that_means(evening: Path) -> None:
    with terminal(evening, "show") as shown:
        shown.answer(("Passphrase", "\n"))
        assert "without the passphrase it cannot be read" in shown.until("be read.")
        assert shown.finish() == 1
    with terminal(evening, "delete", only_session(evening).name) as shown:
        shown.answer(("Passphrase (Enter: delete it unread)", "\x04"))  # Ctrl-D
        told = shown.until("Delete it?")
        assert "it is locked" in told
        assert GIVE not in told
        shown.press("n\n")
        assert shown.finish() == 0


@pytest.mark.full
@pytest.mark.parametrize("given", ["\x04", "wrong one\n" * 3], ids=["ctrl-d", "wrong"])
def test_an_evening_begins_whatever_becomes_of_the_passphrase(another: Path, given: str) -> None:
    with terminal(another, "start", "a-short-one", *TYPED) as shown:
        for key in given.splitlines(keepends=True):
            shown.answer(("Passphrase (Enter:", key))
        shown.answer(("going on without your names and agreements", "\x03"))
        shown.finish()


def test_a_wrong_one_is_said_also_where_nothing_is_locked_yet(home: Path) -> None:
    assert "not the passphrase" in voiceguide(home, "sessions", GIVE, given="wrong\n").complaint()


def test_the_list_without_it_tells_ids_only(evening: Path) -> None:
    listed = voiceguide(evening, "sessions").fine().out
    assert listed == f"Locked:\n{only_session(evening).name}\n"
    assert "Marlene and" in voiceguide(evening, "sessions", GIVE, given=GIVEN).fine().out


def test_a_page_is_not_written_beside_a_locked_session(evening: Path) -> None:
    assert "a page is not" in voiceguide(evening, "open", only_session(evening).name).complaint()


def test_words_are_corrected_without_touching_the_disk(another: Path, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(
        f"#!/bin/sh\ngrep -rl 'yellow boat' {another} >{tmp_path}/found\nsed -i 's/yellow/green/' \"$1\"\n"
    )
    editor.chmod(0o700)
    corrected = voiceguide(another, "correct", GIVE, given=GIVEN, env={"EDITOR": str(editor)}).fine()
    assert "1 utterance mended" in corrected.out
    assert (tmp_path / "found").read_text() == ""
    assert "green boat" in voiceguide(another, "show", GIVE, given=GIVEN).fine().out


def test_a_locked_session_is_deleted_without_it_but_not_its_turns(another: Path) -> None:
    id_ = only_session(another).name
    assert GIVE in voiceguide(another, "delete", id_, "--turns", "1", "--yes").complaint()
    voiceguide(another, "delete", id_, "--turns", "1", "--yes", GIVE, given=GIVEN).fine()
    assert WORDS not in voiceguide(another, "show", GIVE, given=GIVEN).fine().out
    voiceguide(another, "delete", id_, "--yes").fine()
    assert not session_folders(another)


@pytest.mark.full
@pytest.mark.skipif(not shutil.which("age"), reason="age is not here, whose format it is")
def test_age_itself_opens_a_transcript(another: Path, tmp_path: Path) -> None:
    """With what Debian's package of that name brings: the private key by its passphrase, and then the record."""
    have_read_the_safety_page(another)
    identity, key = another / "data" / "lock" / "identity.age", tmp_path / "key.txt"
    with terminal(another, program=["age", "--decrypt", "--output", str(key), str(identity)]) as shown:
        shown.answer(("passphrase", GIVEN))
        assert shown.finish() == 0
    record = only_session(another) / "session.jsonl.age"
    opened = subprocess.run(["age", "--decrypt", "--identity", key, record], capture_output=True, check=True)
    assert WORDS in opened.stdout.decode("utf-8")
