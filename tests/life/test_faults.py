"""Disks that fill up, folders that are closed, Ctrl-C at any moment: everything finished is kept and resumable."""

from __future__ import annotations

import os
import random
import resource
import signal
import time
from pathlib import Path

import pytest

from tests.support.command import (
    Running,
    add_short,
    installed,
    obey_permissions,
    only_session,
    record,
    session_folders,
)
from voiceguide.record.transcript import read

TYPED = ("--keyboard", "--speaker", "none")


# -- folders and disks -------------------------------------------------------------------------------------------


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("I am in the way.")
    home = tmp_path / "file" / "home"
    for args in (["demo", "--speaker", "none"], ["show"], ["replay"], ["sessions"]):
        assert str(home) in installed(home, *args).complaint()
    done = installed(home, "start", "worry-and-answer", *TYPED, given="yes\nyes\n")
    assert str(home) in done.complaint()
    assert "worry-and-answer" in installed(home, "exercises").fine().out


def test_a_home_without_permission(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o500)
    args = ("demo", "--speaker", "none")
    assert "cannot be made" in installed(tmp_path / "home", *args, preexec_fn=obey_permissions).complaint()


def test_a_session_without_permission(tmp_path: Path) -> None:
    installed(tmp_path, "start", add_short(tmp_path), *TYPED, given="yes\nyes\na boat\n").fine()
    path = only_session(tmp_path) / "session.jsonl"
    path.chmod(0o000)
    for args in (["show"], ["replay"], ["start", *TYPED, "--resume"]):
        sentence = installed(tmp_path, *args, path.parent.name, preexec_fn=obey_permissions).complaint()
        assert "no permission" in sentence
    assert "no permission" in installed(tmp_path, "sessions", preexec_fn=obey_permissions).fine().out


@pytest.mark.full
@pytest.mark.parametrize("room", [10, 300, 3_000])
def test_a_disk_that_fills_up(tmp_path: Path, room: int) -> None:
    """No file may outgrow the record by more than ``room`` bytes: as on a full disk, writing takes a part or fails."""
    add_short(tmp_path)
    with Running(tmp_path, "start", "a-short-one", *TYPED) as command:
        command.say("yes", "yes", "a boat")
        command.until("First partner: a boat")
        path = only_session(tmp_path) / "session.jsonl"
        limit = path.stat().st_size + room
        resource.prlimit(command.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
        command.say(*["and so on and so forth, to the end of the line"] * 20)
        sentence = command.finish().complaint()
    assert "session.jsonl" in sentence
    assert f"voiceguide start --resume {path.parent.name}" in sentence
    assert path.stat().st_size <= limit
    assert path.read_bytes().endswith(b"\n")
    assert "a boat" in installed(tmp_path, "show").fine().out
    installed(tmp_path, "start", "--resume", *TYPED, given="\na boat\n\nyes\n").fine()
    assert read(path.parent).ended == "completed"
    assert "a boat" in [one.answer for one in read(path.parent).utterances]


@pytest.mark.full
def test_a_disk_that_fills_up_while_a_recording_is_written(tmp_path: Path) -> None:
    add_short(tmp_path)
    with Running(tmp_path, "demo", "a-short-one", "--speaker", "none") as command:
        command.until("Kim says back")
        folder = only_session(tmp_path)
        limit = (folder / "session.jsonl").stat().st_size + 8_000
        resource.prlimit(command.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
        sentence = command.finish().complaint()
    assert f"voiceguide demo --resume {folder.name}" in sentence
    kept = [one.answer for one in read(folder).utterances]
    assert any(kept)
    installed(tmp_path, "demo", "--resume", "--speaker", "none").fine()
    assert [one.answer for one in read(folder).utterances][: len(kept)] == kept
    assert read(folder).ended == "completed"
    assert not [path for path in (folder / "audio").iterdir() if path.suffix != ".flac"]


@pytest.mark.full
def test_a_full_disk_under_the_rendered_sound(tmp_path: Path) -> None:
    add_short(tmp_path)
    sound = tmp_path / "evening.wav"
    with Running(tmp_path, "demo", "a-short-one", "--speaker", str(sound)) as command:
        command.until("Robin has the floor")
        limit = sound.stat().st_size + 10_000
        resource.prlimit(command.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
        assert str(sound) in command.finish().complaint()
    installed(tmp_path, "demo", "--resume", "--speaker", "none").fine()


# -- interruptions -----------------------------------------------------------------------------------------------


@pytest.mark.full
@pytest.mark.parametrize(
    ("moment", "twice"),
    [("What you say", False), ("step 1 of", False), ("Robin has the floor", False), ("Robin: ", True)],
)
def test_ctrl_c(tmp_path: Path, moment: str, twice: bool) -> None:
    add_short(tmp_path)
    with Running(tmp_path, "demo", "a-short-one", "--speaker", "none") as command:
        command.until(moment)
        command.send(signal.SIGINT)
        if twice:
            command.send(signal.SIGINT)
        done = command.finish()
    assert done.code in ((130, -signal.SIGINT) if twice else (130,))
    kept = [one.answer for one in read(only_session(tmp_path)).utterances]
    installed(tmp_path, "demo", "--resume", "--speaker", "none").fine()
    stored = read(only_session(tmp_path))
    assert stored.ended == "completed"
    assert [one.answer for one in stored.utterances][: len(kept)] == kept


@pytest.mark.parametrize("moment", ["What you say", "First partner answers", "First partner has the floor"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.full
def test_a_typed_session_ends_in_good_order(tmp_path: Path, moment: str, number: signal.Signals) -> None:
    add_short(tmp_path)
    with Running(tmp_path, "start", "a-short-one", *TYPED) as command:
        if "floor" in moment:
            command.say("yes", "yes")
        command.until(moment)
        command.send(number)
        done = command.finish()
    assert done.code == 130
    if "floor" not in moment:
        assert "Nothing was recorded." in done.out
        assert not (tmp_path / "data" / "sessions").exists()
    else:
        assert "Go on with: voiceguide start --resume" in done.out
        assert record(only_session(tmp_path))[-1]["why"] == "stopped"


@pytest.mark.full
def test_ctrl_c_at_random_moments_leaves_no_traceback(tmp_path: Path) -> None:
    seed = int(os.environ.get("VOICEGUIDE_SEED") or random.randrange(1_000_000))
    print(f"VOICEGUIDE_SEED={seed}")
    chance = random.Random(seed)
    for _ in range(10):
        with Running(tmp_path, "demo", "--speaker", "none") as command:
            time.sleep(chance.uniform(0.25, 2.5))  # the interpreter itself, before it runs us, cannot be taught
            for _ in range(chance.randrange(1, 4)):
                command.send(signal.SIGINT)
                time.sleep(chance.uniform(0, 0.1))  # as fast as somebody presses it again
            assert command.finish().code in (130, -signal.SIGINT)
    for folder in session_folders(tmp_path):
        read(folder)
