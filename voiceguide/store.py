"""The files of one session: its record, line by line, and its sounds; in plain or sealed by the lock.

Plain::

    session.jsonl             the header, then one line for each event
    audio/0007-a.flac

Sealed::

    session.jsonl.age         the same, as it was when the session last closed
    events/00000042.age       each line since, by its number from 0
    audio/0007-a.flac.age

While there is a ``session.jsonl`` the session is plain, whatever else lies there: so one that is being locked is one or
the other at any moment.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from voiceguide.durable import (
    FOLDER_MODE,
    close_quietly,
    explained,
    make_folder,
    open_appending,
    sync_folder,
    truncate,
    write_new,
    write_synced,
    write_whole,
)
from voiceguide.errors import RecordError
from voiceguide.lock import SUFFIX, Lock, opened

FILE = "session.jsonl"
SEALED = FILE + SUFFIX
AUDIO = "audio"
EVENTS = "events"

MAX_LINE = 4 << 20
"""Bytes; far above any utterance, so a longer line is no record of ours."""


class Store(Protocol):
    """A session's files, to be written by this process alone. Every method raises OSError or RecordError."""

    def append(self, line: bytes) -> None:
        """Put a line, newline included, on the disk; all is as before when that fails."""
        ...

    def rewrite(self, lines: Sequence[bytes]) -> None:
        """Put as many lines as there are in their place, whole or not at all.

        By their number a sealed session tells which single lines it holds already.
        """
        ...

    def put_sound(self, name: str, data: bytes) -> None:
        """Put a sound on the disk, whole or not at all; ``name`` as in the record, ``audio/0007-a.flac``."""
        ...

    def mend(self, size: int, lacks_newline: bool) -> None:
        """Remove what a crash left, if ``size`` bytes of the lines are whole."""
        ...

    def close(self) -> None:
        """Let it go."""
        ...


# -- reading -----------------------------------------------------------------------------------------------------


def is_sealed(folder: Path) -> bool:
    """Whether what is in the session's folder needs the passphrase."""
    return not os.path.lexists(folder / FILE) and os.path.lexists(folder / SEALED)


def any_sealed(sessions: Path, part: str | None = None) -> bool:
    """Whether one of the sessions in the folder ``sessions``, or of those whose id has this part, needs the passphrase.

    Raises RecordError.
    """
    part = (part or "").strip().lower()
    with explained("list the sessions in", sessions), suppress(FileNotFoundError, NotADirectoryError):
        return any(is_sealed(path) for path in sessions.iterdir() if part in path.name.lower() and path.name[0] != ".")
    return False


def lock_of(sessions: Path) -> Lock:
    """The lock of the sessions in the folder ``sessions``; it may not exist.

    Raises RecordError where sessions need one that is gone: then nothing may be written in plain, nor a new one made.
    """
    lock = Lock(sessions.parent)
    if not lock.exists and any_sealed(sessions):
        raise RecordError(
            f"Saved sessions are locked, and the folder {sessions.parent / 'lock'} is gone: put it back from a copy, "
            "for nothing else opens them."
        )
    return lock


def was_cut_off(folder: Path) -> bool:
    """Whether a sealed session that does not go on now was not closed; for those who cannot read it."""
    with suppress(OSError, RecordError):
        return bool(_events(folder))
    return False


def record_path(folder: Path) -> Path:
    """The file that holds the record, or most of it: what sentences about it name."""
    return folder / (SEALED if is_sealed(folder) else FILE)


def stored_lines(folder: Path) -> Iterator[bytes]:
    """The record's lines with their newlines; the last one may lack it.

    Holds one line of a plain record in memory at a time. Raises RecordError.
    """
    if is_sealed(folder):
        yield from sealed_lines(folder)
        return
    path = folder / FILE
    with explained("read", path):
        _refuse_other(path)
        with path.open("rb") as file:
            while line := file.readline(MAX_LINE + 1):
                yield _checked(line, path)


def sealed_lines(folder: Path) -> list[bytes]:
    """The lines of a sealed record, also while another process adds lines to it, or puts them together."""
    path = folder / SEALED
    with explained("read", path):
        while True:
            state = _state(path)
            try:
                found = _opened_lines(folder, path)
            except (FileNotFoundError, RecordError):
                if state == _state(path):
                    raise
            else:
                if state == _state(path):
                    return found


def _state(path: Path) -> tuple[int, int, int]:
    """What changes when the file is replaced. Raises OSError."""
    told = path.lstat()
    return told.st_ino, told.st_mtime_ns, told.st_size


def _opened_lines(folder: Path, path: Path) -> list[bytes]:
    _refuse_other(path)
    found = [_checked(line, path) for line in _lines(opened(path.read_bytes(), path))]
    for event in _events(folder):
        if _number(event) < len(found):  # it was put together with the others already
            continue
        if _number(event) > len(found):
            raise RecordError(f"{folder / EVENTS} lacks line {len(found) + 1} of the session: restore it from a copy.")
        _refuse_other(event)
        found.append(_checked(opened(event.read_bytes(), event), event))
    return found


def sound_file(folder: Path, name: str) -> Path:
    """Where the sound that the record calls ``name`` lies; ``lock.read_file`` opens it. It may not be there."""
    path = folder / name
    return path if os.path.lexists(path) else path.with_name(path.name + SUFFIX)


def _refuse_other(path: Path) -> None:
    if not stat.S_ISREG(path.lstat().st_mode):  # a pipe would wait for ever
        raise RecordError(f"{path} is not a file: the session cannot be used.")


def _checked(line: bytes, path: Path) -> bytes:
    if len(line) > MAX_LINE:
        raise RecordError(f"{path} holds a line of more than {MAX_LINE >> 20} MB: it is no session.")
    return line


def _lines(stored: bytes) -> list[bytes]:
    """Lines with their newlines, and no other byte taken for one; the last may lack it."""
    *lines, rest = stored.split(b"\n")
    return [line + b"\n" for line in lines] + ([rest] if rest else [])


def _events(folder: Path) -> list[Path]:
    """The sealed lines that have a file of their own, in order. Raises OSError."""
    events = folder / EVENTS
    if events.is_symlink():
        raise RecordError(f"{events} leads outside its own folder: do not trust this session.")
    if not events.is_dir():
        return []
    return sorted((path for path in events.iterdir() if _number(path) >= 0), key=_number)


def _number(path: Path) -> int:
    """Which line a file holds; -1 for other files."""
    stem, dot, suffix = path.name.partition(".")
    return int(stem) if dot + suffix == SUFFIX and stem.isascii() and stem.isdigit() and len(stem) <= 9 else -1


# -- writing -----------------------------------------------------------------------------------------------------


def begin(folder: Path, lock: Lock, first: bytes) -> None:
    """Make the files of a session with this first line in the empty ``folder``. Raises OSError or RecordError."""
    make_folder(folder / AUDIO)
    if lock.exists:
        lock.check()  # what could never be opened again is not to be recorded
        make_folder(folder / EVENTS)
        write_new(folder / SEALED, lock.sealed(first))
    else:
        write_new(folder / FILE, first)


def open_store(folder: Path) -> Store:
    """The files of the session in ``folder``, to be written. Raises OSError."""
    return SealedStore(folder) if is_sealed(folder) else PlainStore(folder)


class PlainStore:
    """A session that anybody can read who can read this user's files."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError."""
        self._folder = folder
        self._path = folder / FILE
        self._handle: int | None = open_appending(self._path)
        self._size = os.fstat(self._handle).st_size
        if os.fstat(self._handle).st_nlink > 1:  # the same file has a name elsewhere, a backup's perhaps
            self.rewrite([self._path.read_bytes()])

    def append(self, line: bytes) -> None:
        """Put a line on the disk."""
        handle = self._open_handle
        if os.fstat(handle).st_size != self._size:  # an earlier undoing failed as well
            truncate(handle, self._size)
        try:
            write_synced(handle, line)
        except OSError:
            with suppress(OSError):
                truncate(handle, self._size)
            raise
        self._size += len(line)

    @property
    def _open_handle(self) -> int:
        if self._handle is None:
            raise RecordError(f"{self._path} is closed: open the session again.")
        return self._handle

    def rewrite(self, lines: Sequence[bytes]) -> None:
        """Put these lines in the place of all there are."""
        fresh = self._fresh
        write_new(fresh, b"".join(lines))
        close_quietly(self._handle)  # Windows renames no open file
        self._handle = None
        try:
            fresh.replace(self._path)
        finally:
            self._handle = open_appending(self._path)
        self._size = sum(map(len, lines))
        sync_folder(self._folder)

    @property
    def _fresh(self) -> Path:
        return self._path.with_name(f"{FILE}.new")

    def put_sound(self, name: str, data: bytes) -> None:
        """Put a sound on the disk."""
        write_whole(self._folder / name, data)

    def mend(self, size: int, lacks_newline: bool) -> None:
        """Cut a torn last line, add a missing newline, remove what was not put in place."""
        self._fresh.unlink(missing_ok=True)
        if self._size > size:
            truncate(self._open_handle, size)
            self._size = size
        if lacks_newline:
            self.append(b"\n")

    def close(self) -> None:
        """Let it go; everything is on the disk already."""
        close_quietly(self._handle)
        self._handle = None


class SealedStore:
    """A session that needs the passphrase to be read, but not to be written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock(folder.parent.parent)
        self._lock.check()
        self._count = sum(1 for _ in stored_lines(folder))
        self._open = True

    def append(self, line: bytes) -> None:
        """Put a line on the disk, in a file of its own: nothing of it has to be opened for that."""
        if not self._open:
            raise RecordError(f"{self._folder / SEALED} is closed: open the session again.")
        path = self._folder / EVENTS / f"{self._count:08d}{SUFFIX}"
        if os.path.lexists(path):
            raise RecordError(f"{path} was written by another program meanwhile: end that one, and try again.")
        try:
            write_whole(path, self._lock.sealed(line))
        except OSError:  # it may have its name already, only not for certain
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise
        self._count += 1

    def rewrite(self, lines: Sequence[bytes]) -> None:
        """Put these lines in the place of all there are; the files of single ones go."""
        write_whole(self._folder / SEALED, self._lock.sealed(b"".join(lines)))
        self._count = len(lines)
        self._remove_events()

    def _remove_events(self) -> None:
        """Remove the files of lines that the record holds already."""
        events = _events(self._folder)
        for path in events:
            path.unlink(missing_ok=True)
        if events:
            sync_folder(self._folder / EVENTS)

    def put_sound(self, name: str, data: bytes) -> None:
        """Put a sound on the disk."""
        write_whole(self._folder / f"{name}{SUFFIX}", self._lock.sealed(data))

    def mend(self, size: int, lacks_newline: bool) -> None:
        """Put all lines together, and remove what was not put in place."""
        events = self._folder / EVENTS
        events.mkdir(FOLDER_MODE, exist_ok=True)
        for part in (*events.glob(".*.part"), *self._folder.glob(f".{SEALED}.part")):
            part.unlink(missing_ok=True)
        if lacks_newline or _events(self._folder):
            lines = [*stored_lines(self._folder)]
            lines[-1] = lines[-1].removesuffix(b"\n") + b"\n"
            self.rewrite(lines)

    def close(self) -> None:
        """Put all lines together; where that fails they stay where they are, as readable as before."""
        if not self._open:
            return
        self._open = False
        with suppress(OSError, RecordError):
            if _events(self._folder):
                self.rewrite([*stored_lines(self._folder)])
