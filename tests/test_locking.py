"""The lock, and sessions under it: what is sealed stays readable, what was plain becomes sealed, nothing is lost."""

from __future__ import annotations

import errno
import shutil
import stat
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fakes_disk import FakeCrash, FakeDisk
from tests.locks import PASSPHRASE, locked, with_passphrase, without_passphrase
from tests.records import EVENTS, header, write_flac, write_session
from voiceguide import archive
from voiceguide.agreements import agreements
from voiceguide.converting import seal, unsealed
from voiceguide.deleting import delete_session
from voiceguide.errors import LockedError, RecordError
from voiceguide.events import Resumed
from voiceguide.lock import SHORTEST, Lock, check_passphrase
from voiceguide.record import read
from voiceguide.replay import items
from voiceguide.searching import Search, Wanted
from voiceguide.sound import LISTEN_RATE, silence
from voiceguide.store import AUDIO, FILE, SEALED, is_sealed
from voiceguide.transcript import Transcript

SECRETS = (b"little house", "Zoë".encode(), b"fLaC")

SCRYPT = b"age-encryption.org/v1\n-> scrypt "


@pytest.fixture
def sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sessions folder under a lock, in a process that knows the passphrase."""
    with_passphrase(monkeypatch)
    return locked(tmp_path / "data")


def recorded(sessions: Path) -> Path:
    """A session with real sounds, written as one is."""
    transcript = Transcript.create(sessions, header())
    for t, event in EVENTS:
        if event.__class__.__name__ == "SoundKept":
            transcript.keep_sound(event.partner, silence(0.2, LISTEN_RATE))  # type: ignore[union-attr]
        transcript.append(event, t)
    transcript.close()
    return transcript.folder


def plain_bytes(folder: Path) -> list[Path]:
    """The files in which something can be read without the passphrase."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(secret in path.read_bytes() for secret in SECRETS)
    ]


# -- the lock ----------------------------------------------------------------------------------------------------


def test_made_unlocked_and_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = Lock(tmp_path / "data")
    assert not lock.exists
    lock.make(PASSPHRASE)
    assert lock.exists
    assert lock.unlocked
    sealed = lock.sealed(b"secret", for_us=False)
    for path in (tmp_path / "data").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    lock.change(PASSPHRASE, "another good one")
    without_passphrase(monkeypatch)
    with pytest.raises(LockedError, match="not the passphrase"):
        lock.unlock(PASSPHRASE)
    assert not lock.unlocked
    lock.unlock("another good one")
    assert lock.unlocked
    from voiceguide.lock import opened

    assert opened(sealed, tmp_path) == b"secret"
    with pytest.raises(RecordError, match="already"):
        lock.make("yet another one")


@pytest.mark.parametrize("name", ["recipient.txt", "identity.age"])
@pytest.mark.parametrize("content", [b"", b"nonsense", None, b"age1" + b"q" * 58, SCRYPT + b"x"])
def test_a_damaged_lock_is_said_and_nothing_is_written_plain(
    sessions: Path, name: str, content: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = Lock(sessions.parent)
    path = sessions.parent / "lock" / name
    path.unlink() if content is None else path.write_bytes(content)
    without_passphrase(monkeypatch)
    with pytest.raises(RecordError):
        lock.unlock(PASSPHRASE)
    if content != SCRYPT + b"x" or name == "recipient.txt":
        with pytest.raises(RecordError):
            Transcript.create(sessions, header())
        assert not [*sessions.iterdir()]


def test_a_public_key_of_somebody_else_is_found_out(sessions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pyrage.x25519 import Identity

    (sessions.parent / "lock" / "recipient.txt").write_text(f"{Identity.generate().to_public()}\n")
    without_passphrase(monkeypatch)
    with pytest.raises(RecordError, match=r"recipient\.txt is damaged"):
        Lock(sessions.parent).unlock(PASSPHRASE)


@pytest.mark.parametrize("weak", ["", " " * 20, "a" * SHORTEST, "abababababab", "x" * (SHORTEST - 1)])
def test_a_weak_passphrase_is_refused(weak: str) -> None:
    with pytest.raises(LockedError, match="guessed"):
        check_passphrase(weak)


def test_what_is_no_text_is_no_passphrase(sessions: Path) -> None:
    for refuses in (check_passphrase, Lock(sessions.parent).unlock):
        with pytest.raises(LockedError, match="no text"):
            refuses("maple ribbon \udcff\udcfe softly")


def test_a_good_passphrase_is_taken() -> None:
    check_passphrase(PASSPHRASE)
    check_passphrase("žluťoučký kůň")


@pytest.mark.parametrize("doing", ["make", "change"])
@pytest.mark.parametrize("fail_at", range(1, 14, 2))
def test_a_crash_while_it_is_made_or_changed_leaves_one_that_works(
    sessions: Path, tmp_path: Path, doing: str, fail_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceguide.lock._locked", lambda identity, passphrase: SCRYPT)
    monkeypatch.setattr(Lock, "_identity", lambda lock, passphrase: object())
    lock = Lock(tmp_path / "new" if doing == "make" else sessions.parent)
    before = (sessions.parent / "lock" / "identity.age").read_bytes()
    with FakeDisk(fail_at).mounted(monkeypatch):
        try:
            lock.make(PASSPHRASE) if doing == "make" else lock.change(PASSPHRASE, "another good one")
        except FakeCrash:
            pass
        else:
            before = SCRYPT
    if doing == "change":
        assert (sessions.parent / "lock" / "identity.age").read_bytes() in (
            before,
            SCRYPT,
        )
    elif lock.exists:
        lock.check()
    else:
        lock.make(PASSPHRASE)
        lock.check()


# -- sessions under it -------------------------------------------------------------------------------------------


def test_a_session_is_recorded_without_the_passphrase_and_read_with_it(
    sessions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_passphrase(monkeypatch)
    folder = recorded(sessions)
    assert not plain_bytes(sessions)
    without_passphrase(monkeypatch)
    with pytest.raises(LockedError):
        read(folder)
    (summary,) = archive.sessions(sessions)
    assert (summary.locked, summary.names) == (True, ("", ""))
    with pytest.raises(LockedError):
        archive.find(sessions)
    with_passphrase(monkeypatch)
    assert read(folder).events == EVENTS
    (summary,) = archive.sessions(sessions)
    assert (summary.locked, summary.names, summary.state, summary.seconds) == (False, ("Mia", "Zoë"), "completed", 24.1)
    assert archive.find(sessions) == folder
    assert [item.audio is not None for item in items(read(folder)) if item.partner][:2] == [True, True]
    assert [hit.name for _, hit in Search(Wanted(["house"]), [summary]).hits()] == ["Mia", "Guide"]
    assert agreements(sessions) == []


def test_it_goes_on_after_a_crash(sessions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = recorded(sessions)
    crashed = Transcript.open(folder)
    crashed.append(Resumed(), 30)
    crashed.keep_sound("a", silence(0.2, LISTEN_RATE))
    crashed._store = None  # the process dies here: nothing is put together
    crashed.close()
    with_passphrase(monkeypatch)
    again = Transcript.open(folder)
    assert (again.next_id, again.seconds) == (7, 30)
    again.append(Resumed(), 40)
    again.close()
    assert read(folder).lost_sounds[0].audio == f"{AUDIO}/0006-a.flac"
    assert [path.name for path in folder.iterdir() if path.is_file()] == [SEALED]


@pytest.mark.parametrize("fail_at", range(1, 30))
def test_struck_words_are_gone_whatever_interrupts_it(
    sessions: Path, fail_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = recorded(sessions)
    transcript = Transcript.open(folder)
    transcript.append(Resumed(), 30)
    with FakeDisk(fail_at).mounted(monkeypatch), suppress(FakeCrash):
        transcript.strike([1])
    transcript._store = None
    transcript.close()
    session = read(folder)
    told = "".join(each.utterance.text for each in session.utterances)
    if session.struck:
        assert "house" not in told
        Transcript.open(folder).close()
        assert all(path.suffix == ".age" for path in folder.rglob("*") if path.is_file())
        assert not [*(folder / AUDIO).glob("0001*")]
        assert not [*(folder / "events").iterdir()]
    else:
        assert "house" in told


def test_it_can_be_renamed_and_deleted(sessions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = recorded(sessions)
    transcript = Transcript.open(folder)
    transcript.rename(("Anna", "Ben"), "The lake", datetime.now(UTC))
    transcript.close()
    assert read(folder).header.names == ("Anna", "Ben")
    without_passphrase(monkeypatch)
    delete_session(folder)
    assert not [*sessions.iterdir()]


# -- what was saved before ---------------------------------------------------------------------------------------


@pytest.fixture
def earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plain session with sounds and a page, beside a lock that came later."""
    with_passphrase(monkeypatch)
    sessions = tmp_path / "data" / "sessions"
    folder = write_session(sessions)
    for path in (folder / AUDIO).iterdir():
        write_flac(path, silence(0.3, LISTEN_RATE))
    (folder / "page.html").write_text("little house")
    locked(tmp_path / "data")
    return folder


def told(folder: Path) -> object:
    """All that can be read of a session, its sounds included."""
    from voiceguide.lock import read_file

    session = read(folder)
    return session.events, session.header, [read_file(item.audio) for item in items(session) if item.audio]


def test_a_plain_session_is_sealed(earlier: Path) -> None:
    before = told(earlier)
    assert unsealed(earlier.parent) == [earlier]
    seal(earlier)
    assert unsealed(earlier.parent) == []
    assert told(earlier) == before
    assert not plain_bytes(earlier.parent)
    assert not (earlier / "page.html").exists()
    seal(earlier)
    assert told(earlier) == before


def test_without_the_passphrase_nothing_is_sealed(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_passphrase(monkeypatch)
    with pytest.raises(RecordError, match="passphrase"):
        seal(earlier)
    assert not is_sealed(earlier)


def test_one_that_is_being_corrected_waits(earlier: Path) -> None:
    (earlier / ".correcting").mkdir()
    with pytest.raises(RecordError, match="being corrected"):
        seal(earlier)


def test_one_that_goes_on_waits(earlier: Path) -> None:
    going_on = Transcript.open(earlier)
    with pytest.raises(RecordError, match="going on"):
        seal(earlier)
    going_on.close()
    assert not is_sealed(earlier)


def test_a_copy_that_cannot_be_opened_stops_it(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lock, "sealed", lambda lock, data, for_us=True: b"age-encryption.org/v1\nrot")
    with pytest.raises(RecordError):
        seal(earlier)
    assert told(earlier)
    assert (earlier / FILE).is_file()


def steps(do: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> int:
    """How often it changes the disk."""
    with FakeDisk().mounted(monkeypatch) as disk:
        do()
    return disk.calls


@pytest.mark.parametrize("how", ["crash", "full"])
def test_whatever_interrupts_it_nothing_is_lost_and_it_goes_on(
    earlier: Path, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(earlier)
    data = earlier.parent.parent
    shutil.copytree(data, tmp_path / "whole")
    count = steps(lambda: seal(earlier), monkeypatch)
    assert count > 20
    error = FakeCrash() if how == "crash" else OSError(errno.ENOSPC, "full")
    for fail_at in range(1, count + 1):
        shutil.rmtree(data)
        shutil.copytree(tmp_path / "whole", data)
        with FakeDisk(fail_at, error).mounted(monkeypatch), suppress(FakeCrash, RecordError):
            seal(earlier)
        assert told(earlier) == before, fail_at
        seal(earlier)
        assert told(earlier) == before, fail_at
        assert not plain_bytes(earlier.parent), fail_at
        assert unsealed(earlier.parent) == []


def test_a_plain_sound_whose_sealed_copy_is_gone_or_rotten_is_sealed_again(earlier: Path) -> None:
    before = told(earlier)
    sounds = {path.name: path.read_bytes() for path in (earlier / AUDIO).iterdir()}
    seal(earlier)
    (gone, data), (rotten, more), (same, rest), *_ = sounds.items()
    (earlier / AUDIO / f"{gone}.age").unlink()
    (earlier / AUDIO / f"{rotten}.age").write_bytes(b"rot")
    for name, content in ((gone, data), (rotten, more), (same, rest)):
        (earlier / AUDIO / name).write_bytes(content)
    assert unsealed(earlier.parent) == [earlier]
    Transcript.open(earlier).close()
    seal(earlier)
    assert told(earlier) == before
    assert not plain_bytes(earlier)


def test_two_that_differ_are_left_alone(earlier: Path) -> None:
    seal(earlier)
    (earlier / AUDIO / "0001-a.flac").write_bytes(b"another one")
    with pytest.raises(RecordError, match="something else"):
        seal(earlier)
    (earlier / AUDIO / "0001-a.flac").unlink()
    (earlier / FILE).write_bytes(b"another record")
    with pytest.raises(RecordError):
        seal(earlier)
    assert (earlier / SEALED).is_file()


def test_a_renaming_between_two_attempts_does_no_harm(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with suppress(FakeCrash), FakeDisk(28).mounted(monkeypatch):
        seal(earlier)
    assert not is_sealed(earlier)
    transcript = Transcript.open(earlier)
    transcript.rename(("Anna", "Ben"), "The lake", datetime.now(UTC))
    transcript.close()
    seal(earlier)
    assert is_sealed(earlier)
    assert read(earlier).header.names == ("Anna", "Ben")


def test_a_deleted_session_leaves_no_words_in_memory(sessions: Path) -> None:
    from voiceguide.correcting import Desk

    folder = recorded(sessions)
    desk = Desk(read(folder))
    desk.close()
    assert desk.path.is_file()
    delete_session(folder)
    assert not desk.path.parent.exists()


def test_a_form_of_letters_makes_no_other_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Lock(tmp_path).make(unicodedata.normalize("NFC", "žluťoučký kůň"))
    without_passphrase(monkeypatch)
    Lock(tmp_path).unlock(unicodedata.normalize("NFD", "žluťoučký kůň"))
