"""Sessions and turns deleted for good, and ``voiceguide delete`` as it is installed."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command import add_exercise, files_holding, only_session, typed, voiceguide
from tests.support.exercise_text import head
from tests.support.fakes_disk import FakeCrash, FakeDisk
from tests.support.records import bare_session, spoken, write_session
from tests.support.terminal import terminal
from voiceguide.errors import VoiceguideError
from voiceguide.record import PAGE, read
from voiceguide.record.deleting import chosen_turns, delete_session, sweep
from voiceguide.record.replay import turns
from voiceguide.record.store import FILE
from voiceguide.record.transcript import Transcript

PROMISE = head("A promise") + '\n[[steps]]\nagree = "{first}, what will you do?"\npartner = "first"\n'


@pytest.mark.full
def test_it_says_what_goes_asks_and_deletes(home: Path, folder: Path) -> None:
    with terminal(home, "delete", "tobiku") as command:
        told = command.until("Delete it? [y/N]")
        for part in ("Worry and answer", "Mia and Zoë, 2026-11-22 21:47, 0:24", "2 turns, 3 recordings", "be undone"):
            assert part in told
        command.press("\r")
        command.until("Nothing was deleted.")
        assert command.finish() == 0
    assert folder.is_dir()
    with terminal(home, "delete", "tobiku") as command:
        command.answer(("Delete it? [y/N]", "y\r"), ("is gone", ""))
        assert command.finish() == 0
    assert list(folder.parent.iterdir()) == []


def test_without_a_terminal_it_wants_yes(home: Path, folder: Path) -> None:
    sound = next((folder / "audio").iterdir())
    sound.with_name(f"{sound.name}.age").write_bytes(b"sealed")  # half way into the lock it is one recording
    refused = voiceguide(home, "delete", "tobiku")
    assert "--yes" in refused.complaint()
    assert "2 turns, 3 recordings" in refused.out
    assert "--yes" in voiceguide(home, "delete", "tobiku", "--turns", "1", given="y\n").complaint()
    assert folder.is_dir()
    voiceguide(home, "delete", "tobiku", "--yes").fine()
    assert list(folder.parent.iterdir()) == []


def test_agreements_that_go_are_told(home: Path) -> None:
    add_exercise(home, PROMISE, "a-promise")
    typed(home, "yes", "yes", "I make tea", "", "yes", "a week", start=("a-promise", "--names", "Mia,Zoe"))
    name = only_session(home).name
    for args in ((), ("--turns", "1")):
        assert "an agreement that holds: Mia: I make tea" in voiceguide(home, "delete", name, *args).out
    voiceguide(home, "delete", name, "--turns", "1", "--yes").fine()
    assert voiceguide(home, "agreements", "--json").fine().out.strip() == "[]"


def test_one_that_cannot_be_read_and_a_link_can_be_deleted(home: Path, sessions: Path, tmp_path: Path) -> None:
    broken, precious = sessions / "broken", tmp_path / "precious"
    for made in (broken, precious):
        made.mkdir(parents=True)
        (made / FILE).write_text("not a session\n")
    bare_session(precious, "20261101-real")
    (sessions / "a-link").symlink_to(precious / "20261101-real")
    (sessions / "a-file").write_text("14 bytes of it")
    out = voiceguide(home, "delete", "broken", "--yes").fine().out
    assert f"{broken}: 14 bytes; it cannot be read" in " ".join(out.split())
    with closing(Transcript.open(precious / "20261101-real")):  # the link can go though what it leads to is in use
        assert "a link; what it leads to stays" in voiceguide(home, "delete", "a-link", "--yes").fine().out
    voiceguide(home, "delete", "a-file", "--yes").fine()
    assert list(sessions.iterdir()) == []
    assert (precious / "20261101-real" / FILE).is_file()


def test_a_deletion_that_dies_at_any_step_is_completed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_at, died, hidden = 0, True, 0
    while died:
        fail_at += 1
        folder = write_session(tmp_path / str(fail_at))
        whole = spoken(folder)
        with FakeDisk(fail_at).mounted(monkeypatch):
            try:
                delete_session(folder)
                died = False
            except FakeCrash:
                pass
        if folder.exists():  # before the rename: nothing has happened
            assert spoken(folder) == whole
            continue
        hidden += died
        assert all(path.name.startswith(".") for path in folder.parent.iterdir())
        assert sweep(folder.parent) == []
        assert list(folder.parent.iterdir()) == []
    assert hidden > 3


def test_after_a_crash_the_words_go_with_the_next_delete_whatever_it_names(
    home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(path: Path) -> None:
        raise FakeCrash

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", die)
        with pytest.raises(FakeCrash):
            delete_session(folder)
    assert files_holding(home, "little house") != []
    assert "no saved sessions" in voiceguide(home, "sessions").fine().out
    assert "There is no session" in voiceguide(home, "delete", "tobiku", "--yes").complaint()
    assert files_holding(home, "little house") == []


def test_a_session_that_is_just_being_begun_is_not_swept(sessions: Path) -> None:
    fresh, old = sessions / ".one.new", sessions / ".two.new"
    for made in (fresh, old):
        made.mkdir(parents=True)
    os.utime(old, (1e9, 1e9))
    assert sweep(sessions) == []
    assert list(sessions.iterdir()) == [fresh]
    assert sweep(sessions / "absent") == []


def test_turns_are_taken_off_the_record_with_everything_that_holds_them(home: Path, folder: Path) -> None:
    (folder / PAGE).write_text("little house")
    out = voiceguide(home, "delete", "tobiku", "--turns", "1", "--yes").fine().out
    assert 'Mia (1, 0:05): "I worry about the little house and money", 2 recordings' in out
    assert "The words and recordings of turn 1 are gone; that they were there stays visible." in out
    assert files_holding(home, "little house") == []
    assert sorted(path.name for path in (folder / "audio").iterdir()) == ["0003-b.flac"]
    shown = voiceguide(home, "show").fine().out
    assert "Mia (1, 0:05): [taken off the record]" in shown
    assert "Zoë (2, 0:18): you worry" in shown
    again = voiceguide(home, "delete", "tobiku", "--turns", "1-2", "--yes").complaint()
    assert "Turn 1 was taken off the record already" in again
    done = voiceguide(home, "delete", "tobiku", "--turns", "2,3", "--yes").fine()
    assert "turns 2 and 3 are gone" in done.out


def test_killed_before_the_sounds_are_gone_they_go_with_the_same_command_again(home: Path, folder: Path) -> None:
    with (folder / FILE).open("a", encoding="utf-8") as record:
        record.write(json.dumps({"t": 24.1, "type": "strike", "ids": [1, 2]}) + "\n")
    again = voiceguide(home, "delete", "tobiku", "--turns", "1", "--yes").complaint()
    assert "Turn 1 was taken off the record already" in again
    assert files_holding(home, "little house") == []
    assert sorted(path.name for path in (folder / "audio").iterdir()) == ["0003-b.flac"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("", "names no turns"),
        ("1,", "names no turns"),
        ("3-1", "names no turns"),
        ("-1", "names no turns"),
        ("one", "names no turns"),
        ("0", "no turn 0"),
        ("2-999999999", "no turn 999999999: its turns are 1 to"),
    ],
)
def test_turns_that_are_none_are_refused(tmp_path: Path, wanted: str, said: str) -> None:
    known = turns(read(write_session(tmp_path)))
    with pytest.raises(VoiceguideError, match=said):
        chosen_turns(wanted, known)
    assert chosen_turns(" 2 - 3 ,1", known) == [1, 2, 3]


def test_what_a_crash_left_and_cannot_be_removed_is_named(sessions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = sessions / ".one.deleted"
    left.mkdir(parents=True)

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(shutil, "rmtree", refuse)
    assert sweep(sessions) == [left]
