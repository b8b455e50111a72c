"""Two programs on one data folder: the second is told who the first is; what a kill leaves hinders nobody."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command import Running, add_short, installed, session_folders, voiceguide
from voiceguide.cli import guided
from voiceguide.errors import DeviceError, RecordError
from voiceguide.holding import FILE, LISTENING, hold, is_held

TYPED = ("--keyboard", "--speaker", "none")


def refusal(data: Path) -> str:
    """What a second program is told."""
    with pytest.raises(RecordError) as caught, hold(data, "voiceguide demo"):
        raise AssertionError("nobody was refused")
    return str(caught.value)


# -- the lock ----------------------------------------------------------------------------------------------------


def test_the_second_is_told_who_the_first_is(home: Path) -> None:
    data = home / "data"
    with hold(data, "voiceguide start"):
        said = refusal(data)
        assert stat.S_IMODE((data / FILE).stat().st_mode) == 0o600
    who = rf"\(process {os.getpid()}, `voiceguide start`, since \d\d:\d\d\)"
    assert re.fullmatch(rf"Another voiceguide {who} is using {re.escape(str(data))}: end that one first\.", said)


def test_it_leaves_no_trace_and_can_be_held_again(home: Path) -> None:
    for _ in range(2):
        with hold(home / "data", "voiceguide start"):
            assert (home / "data" / FILE).exists()
        assert not home.exists()


def test_folders_that_were_there_or_are_used_stay(home: Path) -> None:
    home.mkdir()
    with hold(home / "data", "voiceguide start"):
        pass
    assert list(home.iterdir()) == []
    with hold(home / "data", "voiceguide start"):
        (home / "data" / "kept").touch()
    assert [path.name for path in (home / "data").iterdir()] == ["kept"]


def test_it_can_be_told_whether_somebody_holds_it(home: Path) -> None:
    data = home / "data"
    assert not is_held(data)
    assert not home.exists(), "asking leaves no trace"
    with hold(data, "voiceguide start"):
        assert is_held(data)
        assert not is_held(data, LISTENING)
    with hold(data, "voiceguide listen", LISTENING):
        assert is_held(data, LISTENING)
        assert not is_held(data)
        (data / FILE).write_text("left by a crash", "utf-8")
        assert not is_held(data)


def test_a_guide_that_listens_hinders_nobody_who_begins(home: Path) -> None:
    with hold(home / "data", "voiceguide listen", LISTENING), hold(home / "data", "voiceguide start"):
        assert is_held(home / "data")


def test_its_microphone_is_waited_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str | None] = []

    def opened(name: str | None) -> str:
        tries.append(name)
        if len(tries) < 3:
            raise DeviceError("It is in use.")
        return "a microphone"

    monkeypatch.setattr("voiceguide.sound.microphone.open_microphone", opened)
    with pytest.raises(DeviceError):
        guided._microphone("mic")
    with hold(home / "data", "voiceguide listen", LISTENING):
        assert str(guided._microphone("mic")) == "a microphone"
    assert tries == ["mic"] * 3


GARBAGE = {
    "empty": b"",
    "binary": bytes(range(256)),
    "a list": b"[1, 2]",
    "deep": b"[" * 900,
    "no times": b'{"pid": 1, "doing": "x", "since": "soon"}',
    "no number": b'{"pid": "1e9", "doing": "x", "since": "2026-11-22T20:15:00+01:00"}',
    "long": b'{"pid": 1, "doing": "' + b"x" * 5000 + b'", "since": "2026-11-22T20:15:00+01:00"}',
    "steering": json.dumps({"pid": 1, "doing": "\x1b[2J\n\u202e", "since": "2026-11-22T20:15:00+01:00"}).encode(),
    "a pid that lives": json.dumps({"pid": os.getpid(), "doing": "x", "since": "2026-11-22T20:15:00+01:00"}).encode(),
}


@pytest.mark.parametrize("stored", GARBAGE.values(), ids=GARBAGE.keys())
def test_whatever_stands_in_the_file_it_is_taken_over_and_told_in_a_sentence(home: Path, stored: bytes) -> None:
    path = home / "data" / FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(stored)
    with hold(home / "data", "voiceguide start"):
        assert json.loads(path.read_bytes())["pid"] == os.getpid()
        path.write_bytes(stored)
        said = refusal(home / "data")
        assert said.startswith("Another voiceguide")
        assert said.isprintable()
        assert len(said) < len(str(home)) + 200


def link(path: Path, secret: Path) -> None:
    path.symlink_to(secret)


def dangling(path: Path, secret: Path) -> None:
    path.symlink_to(secret.with_name("absent"))


def hard_link(path: Path, secret: Path) -> None:
    os.link(secret, path)


def pipe(path: Path, secret: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("plant", [link, dangling, hard_link, pipe])
def test_what_is_planted_in_its_place_is_neither_written_nor_waited_for(
    home: Path, tmp_path: Path, plant: Callable[[Path, Path], None]
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mine")
    secret.chmod(0o644)
    (home / "data").mkdir(parents=True)
    plant(home / "data" / FILE, secret)
    with hold(home / "data", "voiceguide start"):
        assert (home / "data" / FILE).is_file()
        refusal(home / "data")
    assert (secret.read_text(), stat.S_IMODE(secret.stat().st_mode)) == ("mine", 0o644)
    assert not secret.with_name("absent").exists()


def test_a_folder_in_its_place_is_said(home: Path) -> None:
    (home / "data" / FILE).mkdir(parents=True)
    with pytest.raises(RecordError, match=rf"Cannot write .*{FILE}.*"), hold(home / "data", "voiceguide start"):
        pass


def test_who_holds_a_file_that_was_removed_takes_no_other_one_along(home: Path) -> None:
    with hold(home / "data", "voiceguide start"):
        (home / "data" / FILE).unlink()
        with hold(home / "data", "voiceguide demo"):
            (home / "data" / "kept").touch()
            assert json.loads((home / "data" / FILE).read_bytes())["doing"] == "voiceguide demo"
    assert [path.name for path in (home / "data").iterdir()] == ["kept"]


# -- the commands ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["start", "demo"])
@pytest.mark.full
def test_two_programs_do_not_record_at_once(tmp_path: Path, first: str) -> None:
    add_short(tmp_path)
    command = ("start", "a-short-one", *TYPED) if first == "start" else ("demo", "--speaker", "none")
    with Running(tmp_path, *command) as running:
        running.until("Guide: ")
        for second in (["start", "a-short-one", *TYPED], ["start"], ["demo", "--speaker", "none"]):
            done = voiceguide(tmp_path, *second)
            assert f"Another voiceguide (process {running.process.pid}, `voiceguide {first}`, since" in done.complaint()
            assert done.out == ""  # neither the safety page nor the guide
        running.send(signal.SIGINT)
        running.finish()
    assert not (tmp_path / "data" / FILE).exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.full
def test_whatever_ends_the_first_the_second_begins(tmp_path: Path, number: signal.Signals) -> None:
    add_short(tmp_path)
    with Running(tmp_path, "start", "a-short-one", *TYPED) as running:
        running.say("yes", "yes")
        running.until("First partner has the floor")
        running.send(number)
        running.process.wait()
        assert (tmp_path / "data" / FILE).exists() is (number == signal.SIGKILL)
        installed(tmp_path, "demo", "a-short-one", "--speaker", "none").fine()
        given = "one\n\ntwo\n\nyes\n"
        installed(tmp_path, "start", "--resume", *TYPED, given=given).fine()
    assert len(session_folders(tmp_path)) == 2


def test_a_session_that_runs_is_read_by_others_and_mended_by_none(tmp_path: Path) -> None:
    add_short(tmp_path)
    with Running(tmp_path, "start", "a-short-one", *TYPED) as running:
        running.say("yes", "yes")
        running.until("First partner has the floor")
        running.say("a little house")
        running.until("First partner: a little house")
        assert "a little house" in voiceguide(tmp_path, "show").fine().out
        assert "little house" in voiceguide(tmp_path, "search", "house").fine().out
        assert "interrupted" in voiceguide(tmp_path, "sessions").fine().out
        assert "little house" in voiceguide(tmp_path, "export", "--to", "txt", "-o", "-").fine().out
        (name,) = (folder.name for folder in session_folders(tmp_path))
        for args in (
            ["delete", name, "--yes"],
            ["delete", name, "--turns", "1", "--yes"],
            ["rename", "--title", "Ours"],
            ["refine", "--engine", "whisper"],
            ["open"],
        ):
            assert "going on in another voiceguide" in voiceguide(tmp_path, *args).complaint()
        correct = voiceguide(tmp_path, "correct", env={"EDITOR": "false"})
        assert "going on in another voiceguide" in correct.complaint()
        running.say("", "two", "", "yes")
        running.finish().fine()
