"""Two programs on one data folder: the second is told who the first is; what a kill leaves hinders nobody."""

from __future__ import annotations

import json
import os
import signal
import stat
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest

from tests.support.command import Running, add_short, in_process, session_folders, voiceguide
from tests.support.records import EVENTS, write_session
from voiceguide.cli import guided
from voiceguide.durable import lock_folder
from voiceguide.errors import DeviceError, RecordError
from voiceguide.holding import FILE, LISTENING, hold, is_held

TYPED = ("--keyboard", "--speaker", "none")


def refusal(data: Path) -> str:
    """What a second program is told."""
    with pytest.raises(RecordError) as caught, hold(data, "voiceguide demo"):
        raise AssertionError("nobody was refused")
    return str(caught.value)


# -- the lock ----------------------------------------------------------------------------------------------------


class Clock(datetime):
    """A clock that stands still."""

    at = datetime(2026, 11, 22, 20, 15).astimezone()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromisoformat(cls.at.isoformat())


def test_the_second_is_told_who_the_first_is(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.holding.datetime", Clock)
    data, who = home / "data", f"process {os.getpid()}, `voiceguide start`"
    with hold(data, "voiceguide start"):
        assert refusal(data) == f"Another voiceguide ({who}, since 20:15) is using {data}: end that one first."
        assert stat.S_IMODE((data / FILE).stat().st_mode) == 0o600
        monkeypatch.setattr(Clock, "at", datetime(2026, 11, 23, 0, 5).astimezone())
        assert f"({who}, since 2026-11-22 20:15)" in refusal(data)


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


def test_whatever_stands_in_the_file_it_is_taken_over_and_told_in_a_sentence(home: Path) -> None:
    path = home / "data" / FILE
    for name, stored in GARBAGE.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(stored)
        with hold(home / "data", "voiceguide start"):
            assert json.loads(path.read_bytes())["pid"] == os.getpid(), name
            path.write_bytes(stored)
            said = refusal(home / "data")
        assert said.startswith("Another voiceguide"), name
        assert said.isprintable(), name
        assert len(said) < len(str(home)) + 200, name


def test_what_is_planted_in_its_place_is_neither_written_nor_waited_for(home: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mine")
    secret.chmod(0o644)
    (home / "data").mkdir(parents=True)
    place = home / "data" / FILE
    plants: list[Callable[[], None]] = [
        lambda: place.symlink_to(secret),
        lambda: place.symlink_to(tmp_path / "absent"),
        lambda: os.link(secret, place),
        lambda: os.mkfifo(place),
    ]
    for plant in plants:
        plant()
        with hold(home / "data", "voiceguide start"):
            assert place.is_file()
            refusal(home / "data")
    assert (secret.read_text(), stat.S_IMODE(secret.stat().st_mode)) == ("mine", 0o644)
    assert not (tmp_path / "absent").exists()


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


def test_while_a_session_is_held_nobody_else_records(tmp_path: Path) -> None:
    add_short(tmp_path)
    with hold(tmp_path / "data", "voiceguide demo"):
        for second in (["start", "a-short-one", *TYPED], ["start"], ["demo", "--speaker", "none"]):
            done = in_process(tmp_path, *second)
            assert f"Another voiceguide (process {os.getpid()}, `voiceguide demo`, since" in done.complaint()
            assert done.out == "", "neither the safety page nor the guide"


def test_a_session_that_runs_is_read_by_others_and_mended_by_none(tmp_path: Path) -> None:
    folder = write_session(tmp_path / "data" / "sessions", EVENTS[:6])
    with hold(tmp_path / "data", "voiceguide start"), ExitStack() as stack:
        handle = lock_folder(folder)
        assert handle is not None
        stack.callback(os.close, handle)
        for shows in (["show"], ["search", "house"], ["export", "--to", "txt", "-o", "-"]):
            assert "little house" in voiceguide(tmp_path, *shows).fine().out
        assert "interrupted" in voiceguide(tmp_path, "sessions").fine().out
        for mends in (
            ["delete", folder.name, "--yes"],
            ["delete", folder.name, "--turns", "1", "--yes"],
            ["rename", "--title", "Ours"],
            ["refine", "--engine", "whisper"],
            ["open"],
            ["correct"],
        ):
            done = voiceguide(tmp_path, *mends, env={"EDITOR": "false"})
            assert "going on in another voiceguide" in done.complaint()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.full
def test_whatever_ends_the_first_process_the_second_begins(tmp_path: Path, number: signal.Signals) -> None:
    add_short(tmp_path)
    with Running(tmp_path, "start", "a-short-one", *TYPED) as running:
        running.say("yes", "yes", "a little house")
        running.until("First partner: a little house")
        refused = voiceguide(tmp_path, "start", "a-short-one", *TYPED).complaint()
        assert f"Another voiceguide (process {running.process.pid}, `voiceguide start`, since" in refused
        assert "little house" in voiceguide(tmp_path, "show").fine().out
        assert "going on" in voiceguide(tmp_path, "rename", "--title", "Ours").complaint()
        running.send(number)
        running.process.wait()
        assert (tmp_path / "data" / FILE).exists() is (number == signal.SIGKILL)
        voiceguide(tmp_path, "start", "a-short-one", *TYPED, given="yes\nyes\none\n\ntwo\n\nyes\n").fine()
        voiceguide(tmp_path, "start", "--resume", *TYPED, given="one\n\ntwo\n\nyes\n").fine()
    assert len(session_folders(tmp_path)) == 2
