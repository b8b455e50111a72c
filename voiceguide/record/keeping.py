"""Writing a session's files, plain or sealed; ``voiceguide.record.store`` tells where they lie, and reads them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from voiceguide.durable import (
    FOLDER_MODE,
    close_quietly,
    make_folder,
    open_appending,
    sync_folder,
    truncate,
    write_new,
    write_synced,
    write_whole,
)
from voiceguide.errors import RecordError
from voiceguide.lock import SUFFIX, Lock
from voiceguide.record.store import AUDIO, EVENTS, FILE, SEALED, events_of, is_sealed, stored_lines


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
        events = events_of(self._folder)
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
        if lacks_newline or events_of(self._folder):
            lines = [*stored_lines(self._folder)]
            lines[-1] = lines[-1].removesuffix(b"\n") + b"\n"
            self.rewrite(lines)

    def close(self) -> None:
        """Put all lines together; where that fails they stay where they are, as readable as before."""
        if not self._open:
            return
        self._open = False
        with suppress(OSError, RecordError):
            if events_of(self._folder):
                self.rewrite([*stored_lines(self._folder)])
