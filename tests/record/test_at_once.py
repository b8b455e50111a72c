"""Several at one data folder: who reads or mends while another one records, reads, mends or deletes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from tests.support.command import Done, Running, add_short, called
from tests.support.editions import edition
from tests.support.records import header, opened, write_session
from voiceguide.errors import RecordError, VoiceguideError
from voiceguide.export import export_to
from voiceguide.record import archive, read
from voiceguide.record.deleting import delete_session, sweep

ROUNDS = 10

READERS = (
    ("show",),
    ("sessions",),
    ("search", "house"),
    ("agreements",),
    ("export", "--to", "txt", "-o", "-"),
    ("export", "--to", "zip", "-o", "-"),
)


@pytest.mark.full
def test_reading_while_a_demo_records(home: Path) -> None:
    add_short(home)
    seen = set()
    with Running(home, "demo", "a-short-one", "--speaker", "none") as demo:
        demo.until("Kim says back")  # the first words are there
        while demo.process.poll() is None:
            for args in (*READERS, ("export", "--to", "md", "-o", "-")):
                done = called(*args).fine()
                assert "torn" not in done.out
            seen.add(json.loads(called("sessions", "--json").fine().out)[0]["state"])
        demo.finish().fine()
    assert "interrupted" in seen


# -- at any moment -----------------------------------------------------------------------------------------------


@pytest.fixture
def folder(sessions: Path) -> Path:
    """The one session in the home, so that commands find it."""
    return write_session(sessions)


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


def test_a_session_that_goes_while_it_is_looked_at_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At any moment, and by whatever command; `delete`, too, may find that it was faster deleted."""
    monkeypatch.setenv("EDITOR", "true")
    gone = Gone(folder)
    for args in (
        *READERS,
        ("delete", folder.name, "--yes"),
        ("delete", folder.name, "--turns", "1", "--yes"),
        ("rename", "--title", "Ours"),
        ("correct",),
    ):
        moments = next(moment for moment in range(200) if not gone.at(moment, args))
        assert moments > 0, args


# -- at the same time --------------------------------------------------------------------------------------------


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


def test_two_delete_the_same_session(tmp_path: Path) -> None:
    for _ in range(ROUNDS):
        folder = write_session(tmp_path / "sessions")
        *given, swept = at_once(*[partial(delete_session, folder)] * 2, partial(sweep, folder.parent))
        assert None in given, given
        assert all(each is None or isinstance(each, RecordError) for each in given), given
        assert swept == []
        assert list(folder.parent.iterdir()) == []


@pytest.mark.parametrize("to", ["zip", "txt"])
def test_one_deletes_what_another_one_exports(tmp_path: Path, to: str) -> None:
    for number in range(ROUNDS):
        folder = write_session(tmp_path / "sessions")
        path = tmp_path / f"{number}.{to}"

        def export(folder: Path = folder, path: Path = path) -> None:
            export_to(edition(read(folder)), to, path)

        _, given = at_once(partial(delete_session, folder), export)
        assert isinstance(given, VoiceguideError) is not path.exists(), given
    assert not list(tmp_path.glob(".*"))  # no part of a file is left


def test_one_deletes_what_others_list(sessions: Path) -> None:
    for _ in range(ROUNDS):
        folders = [write_session(sessions, head=header(f"2026112{day}-2147-worry-and-answer-tobiku")) for day in "123"]
        deletings = [partial(delete_session, folder) for folder in folders]
        listed = at_once(*deletings, partial(archive.sessions, sessions))[-1]
        assert isinstance(listed, list)
        assert all("there" in (each.problem or "there") or "holds no session" in each.problem for each in listed)


def test_several_rename_at_once(folder: Path) -> None:
    def rename(title: str) -> None:
        with opened(folder) as transcript:
            transcript.rename(("Mia", "Zoë"), title, datetime.now(UTC))

    given = at_once(*(partial(rename, f"Title {number}") for number in range(4)))
    assert all("going on in another" in str(each) for each in given if each is not None), given
    assert len(read(folder).header.more["was"]) == given.count(None) > 0


# -- while it is corrected ---------------------------------------------------------------------------------------


def corrected(monkeypatch: pytest.MonkeyPatch, *meanwhile: str) -> Done:
    """Run `correct` with an editor that writes "HOUSE" for "house" after another command has run."""

    def edit(*, filename: str, editor: str) -> None:
        called(*meanwhile).fine()
        path = Path(filename)
        if path.exists():
            path.write_text(path.read_text("utf-8").replace("house", "HOUSE"), "utf-8")

    monkeypatch.setenv("EDITOR", "an editor")
    monkeypatch.setattr("click.edit", edit)
    return called("correct")


def test_one_renames_what_another_one_corrects(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corrected(monkeypatch, "rename", "--names", "Ann,Bo", "--title", "Ours").fine()
    stored = read(folder)
    assert (stored.header.names, stored.header.title) == (("Ann", "Bo"), "Ours")
    assert "HOUSE" in stored.utterances[0].answer


def test_one_deletes_what_another_one_corrects(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "HOUSE" not in corrected(monkeypatch, "delete", folder.name, "--yes").complaint()
    assert not folder.exists()
