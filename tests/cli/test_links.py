"""Links and pipes planted in voiceguide's folders lead it nowhere: nothing outside is read, written or removed."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.command import called
from tests.support.editions import edition
from tests.support.engine_server import Hub, serving
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
from voiceguide.worker import Worker

SECRET = "the purple wombat"
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
    session = write_session(folder, EVENTS, header("20261122-2147-worry-and-answer-tobiku", title=SECRET))
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


def link_sessions(data: Path, outside: Path) -> None:
    data.mkdir(parents=True)
    (data / "sessions").symlink_to(outside)


def link_session(data: Path, outside: Path) -> None:
    (data / "sessions").mkdir(parents=True)
    (data / "sessions" / "20261122-2147-worry-and-answer-tobiku").symlink_to(
        outside / "20261122-2147-worry-and-answer-tobiku"
    )


def link_record(data: Path, outside: Path) -> None:
    made = data / "sessions" / "20261122-2147-worry-and-answer-tobiku"
    made.mkdir(parents=True)
    (made / FILE).symlink_to(outside / made.name / FILE)


def pipe_record(data: Path, outside: Path) -> None:
    made = data / "sessions" / "20261122-2147-worry-and-answer-tobiku"
    made.mkdir(parents=True)
    os.mkfifo(made / FILE)


def zero_record(data: Path, outside: Path) -> None:
    made = data / "sessions" / "20261122-2147-worry-and-answer-tobiku"
    made.mkdir(parents=True)
    (made / FILE).symlink_to("/dev/zero")


def pipe_session(data: Path, outside: Path) -> None:
    (data / "sessions").mkdir(parents=True)
    os.mkfifo(data / "sessions" / "20261122-2147-worry-and-answer-tobiku")


def dangling_session(data: Path, outside: Path) -> None:
    (data / "sessions").mkdir(parents=True)
    (data / "sessions" / "20261122-2147-worry-and-answer-tobiku").symlink_to(outside / "absent")


def link_audio(data: Path, outside: Path) -> None:
    made = write_session(data / "sessions")
    remove_tree(made / "audio")
    (made / "audio").symlink_to(outside / made.name / "audio")


PLANTS = [
    link_sessions,
    link_session,
    link_record,
    pipe_record,
    zero_record,
    pipe_session,
    dangling_session,
    link_audio,
]


@pytest.mark.parametrize("plant", PLANTS)
def test_what_is_planted_leads_no_command_away(
    home: Path, outside: Path, plant: Callable[[Path, Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    plant(home / "data", outside)
    for args in READERS:
        told(*args)
    for args in MENDERS:
        told(*args)


def test_what_a_linked_session_is_called_is_said(home: Path, outside: Path) -> None:
    link_session(home / "data", outside)
    assert "is a link" in told("sessions")
    assert "is a link" in told("show", "tobiku")
    assert "a link; what it leads to stays" in told("delete", "tobiku", "--yes")
    assert list((home / "data" / "sessions").iterdir()) == []


def test_linked_sessions_are_said(home: Path, outside: Path) -> None:
    link_sessions(home / "data", outside)
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


@pytest.mark.parametrize("name", [f"{FILE}.new", PAGE, CORRECTING, "audio/.0004-a.flac.part", "audio/0006-a.flac"])
@pytest.mark.parametrize("kind", ["link", "dangling", "hard link", "pipe"])
def test_what_is_planted_beside_a_record_is_replaced_or_left(
    home: Path, folder: Path, outside: Path, name: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    path = folder / name
    if kind == "link":
        path.symlink_to(outside / "secret")
    elif kind == "dangling":
        path.symlink_to(outside / "absent")
    elif kind == "hard link":
        os.link(outside / "secret", path)
    else:
        os.mkfifo(path)
    told("correct")
    told("rename", "--title", "Ours")
    transcript = Transcript.open(folder)
    transcript.append(SoundKept(transcript.next_id, "a", transcript.keep_sound("a", silence(0.1, 16000)), 30, 0.1), 31)
    transcript.strike({1})
    transcript.close()
    assert read(folder).header.title == "Ours"
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


def planted(path: Path, kind: str, outside: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to({"link": outside / "secret", "dangling": outside / "absent", "zero": Path("/dev/zero")}[kind])


KINDS = ["link", "dangling", "pipe", "zero"]


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_neither_read_nor_written_through_a_link(home: Path, outside: Path, kind: str) -> None:
    planted(home / "config" / "names.json", kind, outside)
    assert remembered_names() == DEFAULT_NAMES
    remember_names(("Mia", "Zoë"))
    assert remembered_names() == ("Mia", "Zoë")


@pytest.mark.parametrize("kind", KINDS)
def test_the_safety_pages_note_is_not_written_through_a_link(home: Path, outside: Path, kind: str) -> None:
    planted(home / "data" / "safety-page-shown", kind, outside)
    care.note_page_shown(care.helplines().as_of)
    assert (home / "data" / "safety-page-shown").is_file()
    assert not (home / "data" / "safety-page-shown").is_symlink()


@pytest.mark.parametrize("kind", ["pipe", "zero"])
def test_settings_and_exercises_that_never_end_are_said(home: Path, outside: Path, kind: str) -> None:
    planted(home / "config" / "settings.toml", kind, outside)
    planted(home / "config" / "exercises" / "endless.toml", kind, outside)
    with pytest.raises(VoiceguideError, match=r"settings\.toml cannot be read"):
        load()
    assert [str(wrong).partition(" ")[0] for wrong in all_exercises()[1]] == ["endless.toml"]


class Tones:
    """Speaks everything as the same sound."""

    name = "tones"

    def synthesize(self, text: str, voice: str | None, rate: int) -> Sound:
        return silence(0.1, 22050)


@pytest.mark.parametrize("kind", ["link", "dangling", "pipe", "folder"])
def test_the_cache_of_prompts_writes_and_removes_nothing_elsewhere(home: Path, outside: Path, kind: str) -> None:
    cache = home / "cache" / "prompts"

    def spoken() -> Sound:
        narrator = Narrator(Worker("tests.cli.test_links:Tones", seconds=30), "tones", cache, None, 150)
        try:
            return whole(narrator.say("Hello."))
        finally:
            narrator.close()

    if kind == "folder":
        cache.parent.mkdir(parents=True)
        cache.symlink_to(outside)
        assert spoken() == silence(0.1, 22050)
        return
    assert spoken() == silence(0.1, 22050)
    (kept,) = cache.iterdir()
    kept.unlink()
    planted(kept, kind, outside)
    assert spoken() == silence(0.1, 22050)
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


def test_the_archive_lists_a_link_as_what_it_is(home: Path, outside: Path) -> None:
    link_session(home / "data", outside)
    (listed,) = archive.sessions(home / "data" / "sessions")
    assert "is a link" in str(listed.problem)
