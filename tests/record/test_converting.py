"""Sessions from before there was a lock are sealed: whole, whatever interrupts it."""

from __future__ import annotations

import errno
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.fakes_disk import FakeDisk, failing_disks
from tests.support.locks import locked, plain_bytes, with_passphrase, without_passphrase
from tests.support.records import opened, write_flac, write_session
from voiceguide.errors import RecordError
from voiceguide.lock import Lock, read_file
from voiceguide.record import read
from voiceguide.record.converting import seal, unsealed
from voiceguide.record.replay import items
from voiceguide.record.store import AUDIO, FILE, SEALED, is_sealed
from voiceguide.record.transcript import Transcript
from voiceguide.sound import LISTEN_RATE, silence


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


def test_when_nothing_is_sealed(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(earlier), pytest.raises(RecordError, match="going on"):
        seal(earlier)
    (earlier / ".correcting").mkdir()
    with pytest.raises(RecordError, match="being corrected"):
        seal(earlier)
    (earlier / ".correcting").rmdir()
    without_passphrase(monkeypatch)
    with pytest.raises(RecordError, match="passphrase"):
        seal(earlier)
    assert not is_sealed(earlier)


def test_a_copy_that_cannot_be_opened_stops_it(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lock, "sealed", lambda lock, data, for_us=True: b"age-encryption.org/v1\nrot")
    with pytest.raises(RecordError):
        seal(earlier)
    assert told(earlier)
    assert (earlier / FILE).is_file()


@pytest.mark.parametrize("error", [None, OSError(errno.ENOSPC, "full")], ids=["crash", "full"])
def test_whatever_interrupts_it_nothing_is_lost_and_it_goes_on(
    earlier: Path, tmp_path: Path, error: OSError | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(earlier)
    data = earlier.parent.parent
    shutil.copytree(data, tmp_path / "whole")
    for disk in failing_disks(error):
        shutil.rmtree(data)
        shutil.copytree(tmp_path / "whole", data)
        failed = disk.fails(monkeypatch, seal, earlier)
        assert failed or is_sealed(earlier), disk.calls
        assert told(earlier) == before, disk.calls
        seal(earlier)
        assert told(earlier) == before, disk.calls
        assert not plain_bytes(earlier.parent), disk.calls
        assert unsealed(earlier.parent) == []
    assert len(disk.calls) > 20


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
    assert FakeDisk(28).fails(monkeypatch, seal, earlier)
    assert not is_sealed(earlier)
    with opened(earlier) as transcript:
        transcript.rename(("Anna", "Ben"), "The lake", datetime.now(UTC))
    seal(earlier)
    assert is_sealed(earlier)
    assert read(earlier).header.names == ("Anna", "Ben")
