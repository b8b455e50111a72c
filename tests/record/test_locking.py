"""The lock, and sessions under it: what is sealed stays readable, nothing is plain, nothing is lost."""

from __future__ import annotations

import re
import stat
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest

from tests.support.fakes_disk import failing_disks
from tests.support.locks import PASSPHRASE, locked, plain_bytes, with_passphrase, without_passphrase
from tests.support.records import EVENTS, header, opened
from voiceguide import lock as module
from voiceguide.errors import LockedError, RecordError
from voiceguide.lock import SHORTEST, Lock, check_passphrase
from voiceguide.record import archive, read
from voiceguide.record.agreements import agreements
from voiceguide.record.correcting import Desk
from voiceguide.record.deleting import delete_session
from voiceguide.record.replay import items
from voiceguide.record.searching import Search, Wanted
from voiceguide.record.store import AUDIO, SEALED
from voiceguide.record.transcript import Transcript
from voiceguide.session.events import Resumed, SoundKept
from voiceguide.sound import LISTEN_RATE, silence

SCRYPT = b"age-encryption.org/v1\n-> scrypt "
HORSE = "žluťoučký kůň"
OTHER = "another good one"


@pytest.fixture
def sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sessions folder under a lock, in a process that knows the passphrase."""
    with_passphrase(monkeypatch)
    return locked(tmp_path / "data")


def fake_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A passphrase is tried at once, and keeps nothing secret."""

    def encrypt(data: bytes, passphrase: str) -> bytes:
        return SCRYPT + passphrase.encode() + b"\n" + data

    def decrypt(data: bytes, passphrase: str) -> bytes:
        given, _, rest = data.removeprefix(SCRYPT).partition(b"\n")
        if given != passphrase.encode():
            raise pyrage.DecryptError("Decryption failed")
        return rest

    monkeypatch.setattr(pyrage.passphrase, "encrypt", encrypt)
    monkeypatch.setattr(pyrage.passphrase, "decrypt", decrypt)


def recorded(sessions: Path, id_: str = header().id) -> Path:
    """A session with real sounds, written as one is."""
    transcript = Transcript.create(sessions, header(id_))
    for t, event in EVENTS:
        if isinstance(event, SoundKept):
            transcript.keep_sound(event.partner, silence(0.2, LISTEN_RATE))
        transcript.append(event, t)
    transcript.close()
    return transcript.folder


# -- the lock ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("real", [False, pytest.param(True, marks=pytest.mark.full)])
def test_made_unlocked_and_changed(tmp_path: Path, real: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not real:
        fake_scrypt(monkeypatch)
    without_passphrase(monkeypatch)
    lock = Lock(tmp_path / "data")
    assert not lock.exists
    lock.make(unicodedata.normalize("NFC", HORSE))
    assert lock.exists
    assert lock.unlocked
    sealed = lock.sealed(b"secret", for_us=False)
    for path in (tmp_path / "data").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    lock.change(unicodedata.normalize("NFD", HORSE), OTHER)  # the same letters in another form
    without_passphrase(monkeypatch)
    with pytest.raises(LockedError, match="not the passphrase"):
        lock.unlock(HORSE)
    assert not lock.unlocked
    lock.unlock(OTHER)
    assert lock.unlocked
    assert module.opened(sealed, tmp_path) == b"secret"
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


@pytest.mark.parametrize("name", ["", "recipient.txt", "identity.age"])
def test_a_lock_behind_a_link_is_not_used(sessions: Path, tmp_path: Path, name: str) -> None:
    linked = sessions.parent / "lock" / name
    linked.rename(tmp_path / "elsewhere")
    linked.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RecordError, match="link"):
        Lock(sessions.parent).check()


def test_a_public_key_of_somebody_else_is_found_out(sessions: Path) -> None:
    other = pyrage.x25519.Identity.generate().to_public()
    (sessions.parent / "lock" / "recipient.txt").write_text(f"{other}\n")
    with pytest.raises(RecordError, match=r"recipient\.txt is damaged"):
        Lock(sessions.parent).unlock(PASSPHRASE)


def test_which_passphrases_are_taken(sessions: Path) -> None:
    for weak in ("", " " * 20, "a" * SHORTEST, "abababababab", "x" * (SHORTEST - 1)):
        with pytest.raises(LockedError, match="guessed"):
            check_passphrase(weak)
    for refuses in (check_passphrase, Lock(sessions.parent).unlock):
        with pytest.raises(LockedError, match="no text"):
            refuses("maple ribbon \udcff\udcfe softly")
    check_passphrase(PASSPHRASE)
    check_passphrase(HORSE)


def test_a_busy_computer_is_no_wrong_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """age measures what the computer can do in a second, and refuses what would take many."""
    locked(tmp_path)
    without_passphrase(monkeypatch)
    monkeypatch.setattr("voiceguide.lock._WAITS", (0.0,) * 4)
    real = pyrage.passphrase.decrypt
    refusals = [
        pyrage.DecryptError("Excessive work parameter for passphrase.\nDecryption would take around 2048 s.")
    ] * 2

    def measured(data: bytes, passphrase: str) -> bytes:
        if refusals:
            raise refusals.pop()
        made: bytes = real(data, passphrase)
        return made

    monkeypatch.setattr(pyrage.passphrase, "decrypt", measured)
    Lock(tmp_path).unlock(PASSPHRASE)
    assert Lock(tmp_path).unlocked
    # One that would take a computer many minutes: age's own words for that.
    private = tmp_path / "lock" / "identity.age"
    private.write_bytes(re.sub(rb"(-> scrypt \S+) \d+\n", rb"\1 30\n", private.read_bytes(), count=1))
    with pytest.raises(LockedError, match="too busy"):
        Lock(tmp_path).unlock(PASSPHRASE)


def test_a_crash_while_it_is_made_or_changed_leaves_one_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_scrypt(monkeypatch)
    without_passphrase(monkeypatch)
    for disk in failing_disks():
        lock = Lock(tmp_path / f"made-{disk.fail_at}")
        if disk.fails(monkeypatch, lock.make, PASSPHRASE) and not lock.exists:
            lock.make(PASSPHRASE)
        lock.unlock(PASSPHRASE)
    for disk in failing_disks():
        lock = Lock(tmp_path / f"changed-{disk.fail_at}")
        lock.make(PASSPHRASE)
        died = disk.fails(monkeypatch, lock.change, PASSPHRASE, OTHER)
        try:
            lock.unlock(OTHER)
        except LockedError:
            assert died
            lock.unlock(PASSPHRASE)


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
    assert [(each.locked, each.names) for each in archive.sessions(sessions)] == [(True, ("", ""))]
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


def crash(transcript: Transcript) -> None:
    """The process dies here: nothing is put together."""
    transcript._store = None
    transcript.close()


def test_it_goes_on_after_a_crash(sessions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = recorded(sessions)
    crashed = Transcript.open(folder)
    crashed.append(Resumed(), 30)
    crashed.keep_sound("a", silence(0.2, LISTEN_RATE))
    crash(crashed)
    with_passphrase(monkeypatch)
    with opened(folder) as again:
        assert (again.next_id, again.seconds) == (7, 30)
        again.append(Resumed(), 40)
    assert read(folder).lost_sounds[0].audio == f"{AUDIO}/0006-a.flac"
    assert [path.name for path in folder.iterdir() if path.is_file()] == [SEALED]


def test_struck_words_are_gone_whatever_interrupts_it(sessions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decided = []
    for disk in failing_disks():
        folder = recorded(sessions, f"session-{disk.fail_at}")
        transcript = Transcript.open(folder)
        transcript.append(Resumed(), 30)
        died = disk.fails(monkeypatch, transcript.strike, [1])
        crash(transcript)
        session = read(folder)
        decided.append(bool(session.struck))
        told = "".join(each.utterance.text for each in session.utterances)
        assert ("house" in told) is not decided[-1], disk.calls
        assert decided[-1] or died
        if decided[-1]:
            Transcript.open(folder).close()
            assert all(path.suffix == ".age" for path in folder.rglob("*") if path.is_file())
            assert not [*(folder / AUDIO).glob("0001*")]
            assert not [*(folder / "events").iterdir()]
    assert decided == sorted(decided)
    assert decided.count(True) > 5


def test_it_can_be_renamed_and_deleted_and_leaves_no_words_in_memory(
    sessions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = recorded(sessions)
    with opened(folder) as transcript:
        transcript.rename(("Anna", "Ben"), "The lake", datetime.now(UTC))
    assert read(folder).header.names == ("Anna", "Ben")
    desk = Desk(read(folder))
    desk.close()
    assert desk.path.is_file()
    without_passphrase(monkeypatch)
    delete_session(folder)
    assert not [*sessions.iterdir()]
    assert not desk.path.parent.exists()
