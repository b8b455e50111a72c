"""Several at one data folder: who reads or mends while another one records, reads, mends or deletes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from tests.support.command import COMMAND, Running, add_short, called, environment, record, voiceguide
from tests.support.editions import edition
from tests.support.records import header, write_session
from voiceguide.errors import RecordError, VoiceguideError
from voiceguide.export import export_to
from voiceguide.record import archive, read
from voiceguide.record.deleting import delete_session, sweep

ROUNDS = 20


def at_once(*doings: Callable[[], object]) -> list[object]:
    """Do all of them at the same time; what each gave, or the VoiceguideError it ended with."""
    together = Barrier(len(doings))

    def one(doing: Callable[[], object]) -> object:
        together.wait()
        try:
            return doing()
        except VoiceguideError as error:
            return error

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(one, doings))


# -- while a session runs ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("home")
@pytest.mark.full
def test_reading_while_a_demo_records(home: Path, tmp_path: Path) -> None:
    add_short(home)
    readings = [
        ("show",),
        ("sessions",),
        ("sessions", "--json"),
        ("search", "boat"),
        ("agreements",),
        ("export", "--to", "md", "-o", "-"),
        ("export", "--to", "txt", "-o", "-"),
        ("export", "--to", "zip", "-o", "-"),
    ]
    seen = set()
    with Running(home, "demo", "a-short-one", "--speaker", "none") as demo:
        demo.until("Kim says back")  # the first words are there
        while demo.process.poll() is None:
            for args in readings:
                done = called(*args).fine()
                assert "Traceback" not in done.out + done.err
                assert "torn" not in done.out
            seen.add(json.loads(called("sessions", "--json").fine().out)[0]["state"])
        demo.finish().fine()
    assert "interrupted" in seen


# -- deleting ----------------------------------------------------------------------------------------------------


def test_two_delete_the_same_session(tmp_path: Path) -> None:
    for _ in range(ROUNDS):
        folder = write_session(tmp_path / "sessions")
        given = at_once(*[partial(delete_session, folder)] * 2, partial(sweep, folder.parent))
        assert None in given[:2], given
        assert all(each is None or isinstance(each, RecordError) for each in given[:2]), given
        assert given[2] == []
        assert list(folder.parent.iterdir()) == []


def test_two_commands_delete_the_same_session(home: Path, folder: Path) -> None:
    both = [
        subprocess.Popen(
            [*COMMAND, "delete", folder.name, "--yes"],
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    told = [(process.communicate(), process.returncode) for process in both]
    assert 0 in [code for _, code in told]
    for (out, err), code in told:
        assert "Traceback" not in out + err
        assert "inside voiceguide" not in err
        assert bool(err) is bool(code)
    assert not folder.exists()


def export_from(folder: Path, to: str, path: Path) -> None:
    export_to(edition(read(folder)), to, path)


@pytest.mark.parametrize("to", ["zip", "txt", "md"])
def test_one_deletes_what_another_one_exports(tmp_path: Path, to: str) -> None:
    for number in range(ROUNDS):
        folder = write_session(tmp_path / "sessions")
        path = tmp_path / f"{number}.{to}"
        _, given = at_once(partial(delete_session, folder), partial(export_from, folder, to, path))
        assert isinstance(given, VoiceguideError) is not path.exists(), given
    assert not list(tmp_path.glob(".*"))  # no part of a file is left


def test_one_deletes_what_others_list_and_look_through(home: Path, sessions: Path) -> None:
    for _ in range(ROUNDS):
        folders = [write_session(sessions, head=header(f"2026112{day}-2147-worry-and-answer-tobiku")) for day in "123"]
        deletings = [partial(delete_session, folder) for folder in folders]
        listed = at_once(*deletings, partial(archive.sessions, sessions))[-1]
        assert isinstance(listed, list)
        assert all("there" in (each.problem or "there") or "holds no session" in each.problem for each in listed)


def test_a_session_that_goes_while_it_is_looked_at_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every reading of a file or folder, the session has just been deleted."""
    monkeypatch.setenv("EDITOR", "true")
    gone = Gone(folder)
    for args in (
        ("show",),
        ("export", "--to", "txt", "-o", "-"),
        ("export", "--to", "zip", "-o", "-"),
        ("delete", folder.name, "--yes"),
        ("delete", folder.name, "--turns", "1", "--yes"),
        ("rename", "--title", "Ours"),
        ("correct",),
        ("sessions",),
        ("agreements",),
        ("search", "house"),
    ):
        for moment in range(200):
            if not gone.at(moment, args):
                break
        else:
            pytest.fail("it reads for ever")


class Gone:
    """Deletes the session at a moment of a command's run, once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._left = -1
        sys.addaudithook(self._look)

    def at(self, moment: int, args: tuple[str, ...]) -> bool:
        """Run the command with the session gone at its ``moment``th look at it; False when there are not so many."""
        if self.folder.exists():
            delete_session(self.folder)
        write_session(self.folder.parent)
        self._left = moment
        done = called(*args)
        came, self._left = self._left < 0, -1
        assert "inside voiceguide" not in done.err, (moment, args, done.err)
        assert "Traceback" not in done.err
        if not came:
            done.fine()
        return came

    def _look(self, event: str, details: tuple[object, ...]) -> None:
        if self._left < 0 or event not in ("open", "os.listdir", "os.scandir", "os.rename"):
            return
        if not str(details[0]).startswith(str(self.folder)):
            return
        self._left -= 1
        if self._left < 0:
            delete_session(self.folder) if self.folder.exists() else None


# -- mending -----------------------------------------------------------------------------------------------------


def editor(tmp_path: Path, home: Path, *args: str) -> str:
    """An editor that runs another voiceguide, then writes "HOUSE" for "house"."""
    script = tmp_path / "editor"
    shown = " ".join([*COMMAND, *args])
    script.write_text(f'#!/bin/sh\n{shown} >/dev/null\nsleep 1\nsed -i s/house/HOUSE/ "$1"\n', "utf-8")
    script.chmod(0o700)
    return str(script)


def test_one_renames_what_another_one_corrects(home: Path, folder: Path, tmp_path: Path) -> None:
    chosen = editor(tmp_path, home, "rename", "--names", "Ann,Bo", "--title", "Ours")
    voiceguide(home, "correct", env={"EDITOR": chosen}).fine()
    stored = read(folder)
    assert (stored.header.names, stored.header.title) == (("Ann", "Bo"), "Ours")
    assert "HOUSE" in stored.utterances[0].answer


def test_one_deletes_what_another_one_corrects(home: Path, folder: Path, tmp_path: Path) -> None:
    chosen = editor(tmp_path, home, "delete", folder.name, "--yes")
    assert "HOUSE" not in voiceguide(home, "correct", env={"EDITOR": chosen}).complaint()
    assert not folder.exists()


def test_two_rename_at_once(folder: Path) -> None:
    home = folder.parent.parent.parent
    titles = [f"Title {number}" for number in range(4)]
    both = [
        subprocess.Popen(
            [*COMMAND, "rename", "--title", title],
            env=environment(home),
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for title in titles
    ]
    told = [process.communicate()[1] for process in both]
    assert all("going on in another" in err for err in told if err), told
    was = record(folder)[0].get("was", [])
    assert len(was) == told.count("")
