"""A session's files: one contract for plain and sealed ones, and what only sealed ones must do."""

from __future__ import annotations

import errno
import itertools
import random
import shutil
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.support.fakes_disk import FakeDisk, failing_disks
from tests.support.locks import locked, with_passphrase, without_passphrase
from voiceguide import lock
from voiceguide.errors import LockedError, RecordError
from voiceguide.lock import Lock, read_file
from voiceguide.record.keeping import Store, begin, open_store
from voiceguide.record.store import AUDIO, EVENTS, FILE, MAX_LINE, SEALED, is_sealed, lock_of, sound_file, stored_lines

HEADER = b'{"header": "Mia"}\n'
LINES = [b'{"n": 1, "text": "the little house"}\n', b'{"n": 2}\n', '{"n": 3, "text": "Zoë"}\n'.encode()]
WHOLE = [HEADER, *LINES]
OTHERS = [HEADER, b'{"n": 1, "text": ""}\n', *LINES[1:]]
"""As many lines as WHOLE."""

SOUND = f"{AUDIO}/0001-a.flac"
SECRETS = (b"header", b"little house")

Begin = Callable[[], Path]
"""Begins one session more, which holds its first line."""


@pytest.fixture(params=["plain", "sealed"])
def begun(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Begin:
    data = tmp_path / "data"
    if request.param == "sealed":
        with_passphrase(monkeypatch)
        locked(data)
    numbers = itertools.count()

    def make() -> Path:
        made = data / "sessions" / f"{next(numbers)}"
        made.mkdir(parents=True)
        begin(made, Lock(data), HEADER)
        return made

    return make


def lines(folder: Path) -> list[bytes]:
    """What another process reads."""
    return [*stored_lines(folder)]


def store_of(folder: Path, *more: bytes) -> Store:
    """The open store of a session to which these lines were appended."""
    store = open_store(folder)
    for line in more:
        store.append(line)
    return store


def mended_store(folder: Path, whole: list[bytes]) -> Store:
    """The store opened and mended after a crash that left these whole lines; then one more line is appended."""
    store = open_store(folder)
    store.mend(sum(map(len, whole)), False)
    store.append(LINES[2])
    return store


# -- the contract ------------------------------------------------------------------------------------------------


def test_lines_are_on_the_disk_as_soon_as_they_are_appended(begun: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = begun()
    store = open_store(folder)
    for number, line in enumerate(LINES, 1):
        with FakeDisk().mounted(monkeypatch) as disk:
            store.append(line)
        assert "write" in disk.calls
        assert disk.calls[-1] == "fsync"
        assert lines(folder) == [HEADER, *LINES[:number]]
    store.close()
    store.close()
    assert lines(folder) == WHOLE
    with pytest.raises(RecordError, match="closed"):
        store.append(LINES[0])
    assert lines(folder) == WHOLE
    store = store_of(folder, LINES[0])
    assert lines(folder) == [*WHOLE, LINES[0]]
    store.rewrite([*OTHERS, LINES[0]])
    assert lines(folder) == [*OTHERS, LINES[0]]
    store.append(LINES[1])
    store.close()
    assert lines(folder) == [*OTHERS, LINES[0], LINES[1]]


def test_a_plain_record_is_read_while_it_is_written_and_counts_beside_a_sealed_copy(tmp_path: Path) -> None:
    record = tmp_path / FILE
    record.write_bytes(HEADER + b'{"t": 1, "ty')
    reading = stored_lines(tmp_path)
    assert next(reading) == HEADER
    assert next(reading) == b'{"t": 1, "ty'
    with record.open("ab") as more:
        more.write(b'pe": "tick"}\n')
    assert [*reading] == []  # not the rest, as if that were a line
    (tmp_path / SEALED).write_bytes(b"a copy that is not whole yet")
    assert not is_sealed(tmp_path)
    record.unlink()
    assert is_sealed(tmp_path)


def test_sounds_are_whole_and_private(begun: Begin) -> None:
    open_store(folder := begun()).put_sound(SOUND, b"sound of the little house")
    assert read_file(sound_file(folder, SOUND)) == b"sound of the little house"
    for each in folder.rglob("*"):
        assert stat.S_IMODE(each.stat().st_mode) == (0o700 if each.is_dir() else 0o600)


def test_a_line_that_cannot_be_written_changes_nothing(begun: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    for disk in failing_disks(OSError(errno.ENOSPC, "full")):
        folder = begun()
        store = store_of(folder, LINES[0])
        failed = disk.fails(monkeypatch, store.append, LINES[1])
        known = [HEADER, LINES[0]] if failed else [HEADER, *LINES[:2]]
        assert lines(folder) == known, disk.calls
        store.append(LINES[2])
        assert lines(folder) == [*known, LINES[2]], disk.calls


DOINGS: dict[str, Callable[[Store], None]] = {
    "append": lambda store: store.append(LINES[0]),
    "rewrite": lambda store: store.rewrite(OTHERS),
    "put_sound": lambda store: store.put_sound(SOUND, b"sound"),
    "close": lambda store: store.close(),
}


@pytest.mark.parametrize("doing", DOINGS)
def test_a_crash_at_any_step_leaves_what_was_or_what_was_to_be(
    begun: Begin, doing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = {"append": [*WHOLE, LINES[0]], "rewrite": OTHERS}.get(doing, WHOLE)
    if doing == "close" and not is_sealed(begun()):
        return  # it changes nothing on the disk
    outcomes = []
    for disk in failing_disks():
        folder = begun()
        store = store_of(folder, *LINES)
        died = disk.fails(monkeypatch, DOINGS[doing], store)
        found = lines(folder)
        outcomes.append(found)
        assert found in ((WHOLE, after) if died else (after,)), disk.calls
        mended = mended_store(folder, found)
        assert lines(folder) == [*found, LINES[2]], disk.calls
        mended.close()
        assert lines(folder) == [*found, LINES[2]], disk.calls
        assert not [path for path in folder.rglob("*.part") if path.parent.name != AUDIO]  # the transcript's to mend
    assert outcomes[0] == WHOLE
    assert outcomes[-2:] == [after, after]  # the last crash comes when all is done but the syncing


def test_ctrl_c_while_a_line_is_written_costs_that_line_at_most(begun: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    for disk in failing_disks(KeyboardInterrupt()):
        folder = begun()
        store = store_of(folder, LINES[0])
        stopped = disk.fails(monkeypatch, store.append, LINES[1])
        store.close()
        mended_store(folder, [line for line in lines(folder) if line.endswith(b"\n")]).close()
        costs = ([HEADER, LINES[0], LINES[2]], WHOLE)
        assert lines(folder) in (costs if stopped else costs[1:]), disk.calls


# -- sealed ------------------------------------------------------------------------------------------------------


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sealed session's folder, in a process that has no passphrase."""
    without_passphrase(monkeypatch)
    made = locked(tmp_path / "data") / "one"
    made.mkdir()
    begin(made, Lock(tmp_path / "data"), HEADER)
    return made


def test_no_plain_byte_is_on_the_disk(sealed: Path) -> None:
    store = open_store(sealed)

    def plain() -> list[Path]:
        files = filter(Path.is_file, sealed.parent.parent.rglob("*"))
        return [path for path in files if any(secret in path.read_bytes() for secret in SECRETS)]

    for line in LINES:
        store.append(line)
        assert plain() == []
    store.put_sound(SOUND, b"little house")
    store.close()
    assert plain() == []
    assert [path.name for path in sealed.iterdir() if path.is_file()] == [SEALED]
    assert not [*(sealed / EVENTS).iterdir()]


def test_the_process_that_seals_can_read_and_another_needs_the_passphrase(
    sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_of(sealed, LINES[0])
    assert lines(sealed) == [HEADER, LINES[0]]
    without_passphrase(monkeypatch)
    with pytest.raises(LockedError, match="passphrase"):
        lines(sealed)
    with_passphrase(monkeypatch)
    assert lines(sealed) == [HEADER, LINES[0]]


def test_lines_that_are_put_together_already_do_not_count_twice(sealed: Path) -> None:
    store = store_of(sealed, LINES[0])
    copy = {path: path.read_bytes() for path in (sealed / EVENTS).iterdir()}
    store.rewrite([HEADER, LINES[0]])
    for path, data in copy.items():  # a crash came before they were removed
        path.write_bytes(data)
    assert lines(sealed) == [HEADER, LINES[0]]
    open_store(sealed).mend(0, False)
    assert not [*(sealed / EVENTS).iterdir()]


def test_a_line_that_is_damaged_missing_or_too_long_is_said(sealed: Path) -> None:
    store_of(sealed, *LINES)
    events = sorted((sealed / EVENTS).iterdir())
    events[-1].write_bytes(events[-1].read_bytes()[:-3])
    with pytest.raises(RecordError, match="damaged"):
        lines(sealed)
    events[1].unlink()
    with pytest.raises(RecordError, match="lacks line 3"):
        lines(sealed)
    events[2].unlink()
    store_of(sealed, b"x" * MAX_LINE + b"\n")
    with pytest.raises(RecordError, match="more than 4 MB"):
        lines(sealed)


def test_a_reader_beside_one_that_closes_reads_all(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_of(sealed, *LINES)
    real = lock.opened
    closed: list[Path] = []

    def opened_while_it_closes(data: bytes, path: Path) -> bytes:
        made = real(data, path)
        if path.name == SEALED and not closed:
            closed.append(path)
            store.close()  # the lines are put together between two looks
        return made

    monkeypatch.setattr("voiceguide.record.store.opened", opened_while_it_closes)
    assert lines(sealed) == WHOLE
    assert closed


def test_a_line_of_another_program_is_not_replaced(sealed: Path) -> None:
    one, other = open_store(sealed), open_store(sealed)
    one.append(LINES[0])
    with pytest.raises(RecordError, match="another program"):
        other.append(LINES[1])
    assert lines(sealed) == [HEADER, LINES[0]]


def test_damaged_bytes_are_never_taken_for_words(sealed: Path) -> None:
    whole, chance = (sealed / SEALED).read_bytes(), random.Random(1)
    found, said = list[list[bytes]](), set[str]()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        (sealed / SEALED).write_bytes(data)
        try:
            found.append(lines(sealed))
        except RecordError as error:
            said.add(str(error))
    assert all(each == [HEADER] for each in found)  # what was changed may belong to another key
    assert any("damaged" in each for each in said)


def test_links_in_it_are_not_followed(sealed: Path, tmp_path: Path) -> None:
    (sealed / EVENTS).rmdir()
    (tmp_path / "elsewhere").mkdir()
    (sealed / EVENTS).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RecordError, match="leads outside"):
        lines(sealed)
    (sealed / SEALED).rename(tmp_path / "kept")
    (sealed / SEALED).symlink_to(tmp_path / "kept")
    with pytest.raises(RecordError, match="not a file"):
        lines(sealed)


@pytest.mark.parametrize("name", ["recipient.txt", "identity.age"])
def test_without_a_whole_lock_nothing_is_begun(sealed: Path, name: str) -> None:
    (sealed.parents[1] / "lock" / name).write_text("age1nonsense\n")
    (other := sealed.with_name("two")).mkdir()
    for beginning in (partial(open_store, sealed), partial(begin, other, Lock(sealed.parents[1]), HEADER)):
        with pytest.raises(RecordError, match="damaged"):
            beginning()
    assert not [path for path in other.rglob("*") if path.is_file()]


def test_a_lock_that_goes_meanwhile_stops_no_recording_and_is_missed_later(sealed: Path) -> None:
    store = open_store(sealed)
    shutil.rmtree(sealed.parent.parent / "lock")
    store.append(LINES[0])
    assert lines(sealed) == [HEADER, LINES[0]]
    with pytest.raises(RecordError, match="is gone"):
        lock_of(sealed.parent)
