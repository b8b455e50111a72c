"""Links and pipes planted in voiceguide's folders lead it nowhere: nothing outside is read, written or removed."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.command import called
from tests.support.editions import edition
from tests.support.engine_server import Hub, serving
from tests.support.fakes_speaking import FakeVoiceWorker
from tests.support.records import EVENTS, bare_session, header, write_session
from voiceguide import care, downloads
from voiceguide.cli.options import DEFAULT_NAMES, remember_names, remembered_names
from voiceguide.durable import remove_tree
from voiceguide.errors import EngineError, RecordError, VoiceguideError
from voiceguide.export import export
from voiceguide.hearing.engines import download
from voiceguide.library import all_exercises
from voiceguide.record import CORRECTING, PAGE, archive, read
from voiceguide.record.store import FILE
from voiceguide.record.transcript import Transcript
from voiceguide.session.events import SoundKept
from voiceguide.settings import load
from voiceguide.sound import Sound, silence
from voiceguide.speaking import Narrator, whole

SECRET = "the purple wombat"
TOBIKU = "20261122-2147-worry-and-answer-tobiku"
READERS: list[tuple[str, ...]] = [
    ("sessions",),
    ("sessions", "--json"),
    ("show",),
    ("show", "tobiku"),
    ("search", "wombat"),
    ("agreements",),
    ("export", "--to", "md", "-o", "-"),
    ("export", "--to", "zip", "-o", "-"),
]
MENDERS: list[tuple[str, ...]] = [
    ("rename", "tobiku", "--title", "Ours"),
    ("correct", "tobiku"),
    ("refine", "tobiku", "--engine", "whisper"),
    ("delete", "tobiku", "--turns", "1", "--yes"),
    ("delete", "tobiku", "--yes"),
]


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    """A folder beside voiceguide's that must stay as it is: a session of somebody else's, and a secret."""
    folder = tmp_path / "outside"
    session = write_session(folder, EVENTS, header(TOBIKU, title=SECRET))
    (folder / "secret").write_text(f"{SECRET}\n", "utf-8")
    for path in (folder, session, session / FILE, folder / "secret"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    before = state(folder)
    yield folder
    assert state(folder) == before


def state(folder: Path) -> dict[Path, tuple[int, float, bytes]]:
    """Every file and folder there: mode, when it was changed, content."""
    found = {path: path.lstat() for path in [folder, *folder.rglob("*")]}
    return {
        path: (
            told.st_mode,
            0.0 if stat.S_ISDIR(told.st_mode) else told.st_mtime,
            b"" if path.is_dir() else path.read_bytes(),
        )
        for path, told in found.items()
    }


def told(*args: str) -> str:
    """What a command prints; it says a sentence, or its result."""
    done = called(*args)
    assert "inside voiceguide" not in done.err, done.err
    assert SECRET not in done.out + done.err
    return done.out + done.err


# -- folders and files of sessions -------------------------------------------------------------------------------


def plant(data: Path, outside: Path, what: str) -> None:
    """Put something that leads away where the sessions, a session, its record or its sounds are expected."""
    sessions, session = data / "sessions", data / "sessions" / TOBIKU
    (data if what == "linked sessions" else session if "record" in what else sessions).mkdir(parents=True)
    if what == "linked sessions":
        sessions.symlink_to(outside)
    elif what == "linked session":
        session.symlink_to(outside / TOBIKU)
    elif what == "dangling session":
        session.symlink_to(outside / "absent")
    elif what == "piped session":
        os.mkfifo(session)
    elif what == "linked record":
        (session / FILE).symlink_to(outside / TOBIKU / FILE)
    elif what == "piped record":
        os.mkfifo(session / FILE)
    elif what == "endless record":
        (session / FILE).symlink_to("/dev/zero")
    else:
        assert what == "linked audio"
        remove_tree(write_session(sessions) / "audio")
        (session / "audio").symlink_to(outside / TOBIKU / "audio")


PLANTS = ("linked sessions", "linked session", "dangling session", "piped session", "linked record", "piped record",
          "endless record", "linked audio")  # fmt: skip


@pytest.mark.parametrize("what", PLANTS)
def test_what_is_planted_leads_no_command_away(
    home: Path, outside: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    plant(home / "data", outside, what)
    for args in READERS + MENDERS:
        told(*args)


def test_a_linked_session_is_said_to_be_a_link(home: Path, outside: Path) -> None:
    plant(home / "data", outside, "linked session")
    (listed,) = archive.sessions(home / "data" / "sessions")
    assert "is a link" in str(listed.problem)
    assert "is a link" in told("sessions")
    assert "is a link" in told("show", "tobiku")
    assert "a link; what it leads to stays" in told("delete", "tobiku", "--yes")
    assert list((home / "data" / "sessions").iterdir()) == []


def test_linked_sessions_are_said_to_be_a_link(home: Path, outside: Path) -> None:
    plant(home / "data", outside, "linked sessions")
    for args in READERS[:3]:
        assert "is a link, which voiceguide does not follow" in told(*args)
    with pytest.raises(RecordError, match="is a link"):
        Transcript.create(home / "data" / "sessions", header())


def test_a_sound_outside_is_not_copied_whatever_its_line_is_called(home: Path, outside: Path) -> None:
    folder = bare_session(
        home / "data" / "sessions", "x", {"t": 1, "type": "future", "audio": "../../../../outside/secret"}
    )
    with pytest.raises(RecordError, match="outside its own folder"):
        export(edition(read(folder)), "zip", io.BytesIO())


def planted(path: Path, kind: str, outside: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "hard link":
        os.link(outside / "secret", path)
    else:
        path.symlink_to({"link": outside / "secret", "dangling": outside / "absent", "zero": Path("/dev/zero")}[kind])


@pytest.mark.parametrize("name", [f"{FILE}.new", PAGE, CORRECTING, "audio/.0004-a.flac.part", "audio/0006-a.flac"])
def test_what_is_planted_beside_a_record_is_replaced_or_left(
    sessions: Path, outside: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    for kind in ("link", "dangling", "hard link", "pipe"):
        folder = write_session(sessions)
        planted(folder / name, kind, outside)
        told("correct")
        told("rename", "--title", "Ours")
        transcript = Transcript.open(folder)
        sound = transcript.keep_sound("a", silence(0.1, 16000))
        transcript.append(SoundKept(transcript.next_id, "a", sound, 30, 0.1), 31)
        transcript.strike({1})
        transcript.close()
        assert read(folder).header.title == "Ours", kind
        for args in READERS:
            told(*args)
        told("delete", folder.name, "--yes")


def test_a_record_that_is_also_a_backup_leaves_that_as_it_was(folder: Path, tmp_path: Path) -> None:
    before = (folder / FILE).read_bytes()
    os.link(folder / FILE, tmp_path / "backup")
    transcript = Transcript.open(folder)
    transcript.amend(1, "other words", "by hand")
    transcript.close()
    assert (tmp_path / "backup").read_bytes() == before
    assert read(folder).utterances[0].answer == "other words"


# -- the other files ---------------------------------------------------------------------------------------------


KINDS = ["link", "dangling", "pipe", "zero"]


@pytest.mark.parametrize("kind", KINDS)
def test_names_and_the_safety_pages_note_are_not_written_through_a_link(home: Path, outside: Path, kind: str) -> None:
    planted(home / "config" / "names.json", kind, outside)
    assert remembered_names() == DEFAULT_NAMES
    remember_names(("Mia", "Zoë"))
    assert remembered_names() == ("Mia", "Zoë")
    note = home / "data" / "safety-page-shown"
    planted(note, kind, outside)
    care.note_page_shown(care.helplines().as_of)
    assert note.is_file()
    assert not note.is_symlink()


@pytest.mark.parametrize("kind", ["pipe", "zero"])
def test_settings_and_exercises_that_never_end_are_said(home: Path, outside: Path, kind: str) -> None:
    planted(home / "config" / "settings.toml", kind, outside)
    planted(home / "config" / "exercises" / "endless.toml", kind, outside)
    with pytest.raises(VoiceguideError, match=r"settings\.toml cannot be read"):
        load()
    assert [str(wrong).partition(" ")[0] for wrong in all_exercises()[1]] == ["endless.toml"]


@pytest.mark.parametrize("kind", ["link", "dangling", "pipe", "folder"])
def test_the_cache_of_prompts_writes_and_removes_nothing_elsewhere(home: Path, outside: Path, kind: str) -> None:
    cache = home / "cache" / "prompts"
    voice = FakeVoiceWorker()
    expected = voice.submit("synthesize", "Hello.", None, 150).result()

    def spoken() -> Sound:
        return whole(Narrator(cast(Any, voice), "fake", cache, None, 150).say("Hello."))

    if kind == "folder":
        cache.parent.mkdir(parents=True)
        cache.symlink_to(outside)
        assert spoken() == expected
        return
    assert spoken() == expected
    (kept,) = cache.iterdir()
    kept.unlink()
    planted(kept, kind, outside)
    assert spoken() == expected
    assert kept.is_file()


# -- engines -----------------------------------------------------------------------------------------------------

FILES = {"config.json": b"{}", "model.bin": bytes(1000), "tokenizer.json": b"{}"}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving(Hub(FILES)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        yield hub


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("name", ["engines", "engines/base.en", "engines/base.en.part"])
def test_an_engine_is_neither_fetched_into_nor_removed_from_a_linked_folder(
    home: Path, outside: Path, name: str
) -> None:
    path = home / "data" / name
    path.parent.mkdir(parents=True)
    path.symlink_to(outside)
    refusal = r"is a link|a file stands where"
    with pytest.raises((EngineError, RecordError), match=refusal):
        downloads.get(download("base.en"), lambda done, total: None)
    if name == "engines":
        with pytest.raises(RecordError, match=refusal):
            downloads.remove(download("base.en"))
    else:
        downloads.remove(download("base.en"))
        assert not path.is_symlink()


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("kind", KINDS)
def test_an_engine_is_not_fetched_through_a_link(home: Path, outside: Path, kind: str) -> None:
    growing = home / "data" / "engines" / "base.en.part"
    for name, entry in ((entry["path"], entry) for entry in Hub(FILES).list() if entry["path"] in FILES):
        digest = (entry.get("lfs") or entry)["oid"]
        planted(growing / f"{name}.{digest[:12]}.part", kind, outside)
    planted(growing / "model.bin", kind, outside)
    assert downloads.get(download("base.en"), lambda done, total: None)
    assert {path.name: path.read_bytes() for path in (home / "data/engines/base.en").iterdir()}.items() >= FILES.items()
