"""A session's files: one contract for plain and sealed ones, and what only sealed ones must do."""

from __future__ import annotations

import errno
import random
import shutil
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.fakes_disk import FakeCrash, FakeDisk
from tests.support.locks import locked, with_passphrase, without_passphrase
from voiceguide import lock
from voiceguide.errors import LockedError, RecordError
from voiceguide.lock import Lock, read_file
from voiceguide.record.keeping import begin, open_store
from voiceguide.record.store import (
    AUDIO,
    EVENTS,
    FILE,
    MAX_LINE,
    SEALED,
    is_sealed,
    lock_of,
    sound_file,
    stored_lines,
)

HEADER = b'{"header": "Mia"}\n'
LINES = [b'{"n": 1, "text": "the little house"}\n', b'{"n": 2}\n', '{"n": 3, "text": "Zoë"}\n'.encode()]
OTHERS = [HEADER, b'{"n": 1, "text": ""}\n', *LINES[1:]]
"""As many lines as the header and LINES are."""

SECRETS = (b"header", b"little house")


@pytest.fixture(params=["plain", "sealed"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A session's folder that holds its first line."""
    data = tmp_path / "data"
    if request.param == "sealed":
        with_passphrase(monkeypatch)
        sessions = locked(data)
    else:
        sessions = data / "sessions"
    made = sessions / "one"
    made.mkdir(parents=True)
    begin(made, Lock(data), HEADER)
    return made


def lines(folder: Path) -> list[bytes]:
    """What another process reads."""
    return [*stored_lines(folder)]


# -- the contract ------------------------------------------------------------------------------------------------


def test_lines_are_there_as_soon_as_they_are_appended(folder: Path) -> None:
    store = open_store(folder)
    for number, line in enumerate(LINES, 1):
        store.append(line)
        assert lines(folder) == [HEADER, *LINES[:number]]
    store.close()
    store.close()
    assert lines(folder) == [HEADER, *LINES]


def test_a_line_that_is_written_while_it_is_read_is_the_last_one(tmp_path: Path) -> None:
    record = tmp_path / FILE
    record.write_bytes(HEADER + b'{"t": 1, "ty')
    reading = stored_lines(tmp_path)
    assert next(reading) == HEADER
    assert next(reading) == b'{"t": 1, "ty'
    with record.open("ab") as more:
        more.write(b'pe": "tick"}\n')
    assert [*reading] == []  # not the rest, as if that were a line


def test_a_closed_store_says_so(folder: Path) -> None:
    store = open_store(folder)
    store.close()
    with pytest.raises(RecordError, match="closed"):
        store.append(LINES[0])
    assert lines(folder) == [HEADER]


def test_it_goes_on_where_it_was(folder: Path) -> None:
    for line in LINES:
        store = open_store(folder)
        store.append(line)
        store.close()
    assert lines(folder) == [HEADER, *LINES]


def test_lines_take_the_place_of_all_others(folder: Path) -> None:
    store = open_store(folder)
    for line in LINES:
        store.append(line)
    store.rewrite(OTHERS)
    assert lines(folder) == OTHERS
    store.append(LINES[1])
    assert lines(folder) == [*OTHERS, LINES[1]]
    store.close()
    assert lines(folder) == [*OTHERS, LINES[1]]


def test_sounds_are_whole_and_private(folder: Path) -> None:
    store = open_store(folder)
    store.put_sound(f"{AUDIO}/0001-a.flac", b"sound of the little house")
    path = sound_file(folder, f"{AUDIO}/0001-a.flac")
    assert read_file(path) == b"sound of the little house"
    for each in folder.rglob("*"):
        assert stat.S_IMODE(each.stat().st_mode) == (0o700 if each.is_dir() else 0o600)


@pytest.mark.parametrize("fail_at", range(1, 12))
def test_a_line_that_cannot_be_written_changes_nothing(
    folder: Path, fail_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(folder)
    store.append(LINES[0])
    with FakeDisk(fail_at, OSError(errno.ENOSPC, "full")).mounted(monkeypatch):
        try:
            store.append(LINES[1])
        except (OSError, RecordError):
            known = [HEADER, LINES[0]]
        else:
            known = [HEADER, LINES[0], LINES[1]]
    assert lines(folder) == known
    store.append(LINES[2])
    assert lines(folder) == [*known, LINES[2]]


@pytest.mark.parametrize("fail_at", range(1, 30))
@pytest.mark.parametrize("doing", ["append", "rewrite", "close", "put_sound"])
def test_a_crash_at_any_step_leaves_what_was_or_what_was_to_be(
    folder: Path, fail_at: int, doing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(folder)
    for line in LINES:
        store.append(line)
    given: dict[str, tuple[object, ...]] = {
        "append": (LINES[0],),
        "rewrite": (OTHERS,),
        "put_sound": (f"{AUDIO}/0001-a.flac", b"sound"),
    }
    before, after = [HEADER, *LINES], [HEADER, *LINES]
    after = {"append": [*after, LINES[0]], "rewrite": OTHERS}.get(doing, after)
    with FakeDisk(fail_at).mounted(monkeypatch):
        try:
            getattr(store, doing)(*given.get(doing, ()))
        except FakeCrash:
            pass
        else:
            before = after
    found = lines(folder)
    assert found in (before, after)
    mended = open_store(folder)
    mended.mend(sum(map(len, found)), False)
    mended.append(LINES[2])
    assert lines(folder) == [*found, LINES[2]]
    mended.close()
    assert lines(folder) == [*found, LINES[2]]
    assert not [path for path in folder.rglob("*.part") if path.parent.name != AUDIO]  # the transcript sees to these


# -- sealed ------------------------------------------------------------------------------------------------------


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sealed session's folder, in a process that has no passphrase."""
    without_passphrase(monkeypatch)
    sessions = locked(tmp_path / "data")
    made = sessions / "one"
    made.mkdir()
    begin(made, Lock(tmp_path / "data"), HEADER)
    return made


def test_no_plain_byte_is_on_the_disk(sealed: Path) -> None:
    store = open_store(sealed)

    def assert_no_secrets() -> None:
        for path in filter(Path.is_file, sealed.parent.parent.rglob("*")):
            assert not any(secret in path.read_bytes() for secret in SECRETS), path

    for line in LINES:
        store.append(line)
        assert_no_secrets()
    store.put_sound(f"{AUDIO}/0001-a.flac", b"little house")
    store.close()
    assert_no_secrets()
    assert [path.name for path in sealed.iterdir() if path.is_file()] == [SEALED]
    assert not [*(sealed / EVENTS).iterdir()]


def test_the_process_that_seals_can_read_and_another_needs_the_passphrase(
    sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(sealed)
    store.append(LINES[0])
    assert lines(sealed) == [HEADER, LINES[0]]
    without_passphrase(monkeypatch)
    with pytest.raises(LockedError, match="passphrase"):
        lines(sealed)
    with_passphrase(monkeypatch)
    assert lines(sealed) == [HEADER, LINES[0]]


def test_lines_that_are_put_together_already_do_not_count_twice(sealed: Path) -> None:
    store = open_store(sealed)
    store.append(LINES[0])
    copy = {path.name: path.read_bytes() for path in (sealed / EVENTS).iterdir()}
    store.rewrite([HEADER, LINES[0]])
    for name, data in copy.items():  # a crash came before they were removed
        (sealed / EVENTS / name).write_bytes(data)
    assert lines(sealed) == [HEADER, LINES[0]]
    open_store(sealed).mend(0, False)
    assert not [*(sealed / EVENTS).iterdir()]


def test_a_damaged_or_missing_line_is_said(sealed: Path) -> None:
    store = open_store(sealed)
    for line in LINES:
        store.append(line)
    events = sorted((sealed / EVENTS).iterdir())
    events[-1].write_bytes(events[-1].read_bytes()[:-3])
    with pytest.raises(RecordError, match="damaged"):
        lines(sealed)
    events[1].unlink()
    with pytest.raises(RecordError, match="lacks line 3"):
        lines(sealed)


@pytest.mark.parametrize("fail_at", range(1, 8))
def test_ctrl_c_while_a_line_is_written_costs_that_line_at_most(
    folder: Path, fail_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(folder)
    store.append(LINES[0])
    with suppress(KeyboardInterrupt), FakeDisk(fail_at, KeyboardInterrupt()).mounted(monkeypatch):
        store.append(LINES[1])
    store.close()
    again = open_store(folder)
    found = [line for line in lines(folder) if line.endswith(b"\n")]
    again.mend(sum(map(len, found)), False)
    again.append(LINES[2])
    again.close()
    assert lines(folder) in ([HEADER, LINES[0], LINES[2]], [HEADER, *LINES])


def test_a_reader_beside_one_that_closes_reads_all(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(sealed)
    for line in LINES:
        store.append(line)
    real = lock.opened
    closed: list[Path] = []

    def opened_while_it_closes(data: bytes, path: Path) -> bytes:
        made = real(data, path)
        if path.name == SEALED and not closed:
            closed.append(path)
            store.close()  # the lines are put together between two looks
        return made

    monkeypatch.setattr("voiceguide.record.store.opened", opened_while_it_closes)
    assert lines(sealed) == [HEADER, *LINES]
    assert closed


def test_a_line_of_another_program_is_not_replaced(sealed: Path) -> None:
    one, other = open_store(sealed), open_store(sealed)
    one.append(LINES[0])
    with pytest.raises(RecordError, match="another program"):
        other.append(LINES[1])
    assert lines(sealed) == [HEADER, LINES[0]]


@pytest.mark.parametrize("seed", range(60))
def test_damaged_bytes_are_never_taken_for_words(sealed: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray((sealed / SEALED).read_bytes())
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(data))
        data[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
    if bytes(data) != (sealed / SEALED).read_bytes():
        (sealed / SEALED).write_bytes(data)
        found = []
        with suppress(RecordError):
            found = lines(sealed)
        assert found in ([], [HEADER])  # what was changed may belong to another key


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


def test_a_line_too_long_is_refused(sealed: Path) -> None:
    open_store(sealed).append(b"x" * MAX_LINE + b"\n")
    with pytest.raises(RecordError, match="more than 4 MB"):
        lines(sealed)


def test_a_plain_record_counts_while_it_is_there(sealed: Path) -> None:
    assert is_sealed(sealed)
    (sealed / FILE).write_bytes(HEADER)
    assert not is_sealed(sealed)


@pytest.mark.parametrize("name", ["recipient.txt", "identity.age"])
def test_without_a_whole_lock_nothing_is_begun(sealed: Path, name: str) -> None:
    (sealed.parent.parent / "lock" / name).write_text("age1nonsense\n")
    with pytest.raises(RecordError, match="damaged"):
        open_store(sealed)
    other = sealed.with_name("two")
    other.mkdir()
    with pytest.raises(RecordError, match="damaged"):
        begin(other, Lock(sealed.parent.parent), HEADER)
    assert not [path for path in other.rglob("*") if path.is_file()]


def test_what_becomes_of_the_lock_meanwhile_stops_no_recording(sealed: Path) -> None:
    store = open_store(sealed)
    (sealed.parent.parent / "lock").rename(sealed.parent.parent / "moved")
    store.append(LINES[0])
    assert lines(sealed) == [HEADER, LINES[0]]


def test_a_lock_that_is_gone_is_missed(sealed: Path) -> None:
    shutil.rmtree(sealed.parent.parent / "lock")
    with pytest.raises(RecordError, match="is gone"):
        lock_of(sealed.parent)
