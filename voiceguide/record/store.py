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
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from voiceguide.durable import explained
from voiceguide.errors import RecordError
from voiceguide.lock import SUFFIX, Lock, opened

FILE = "session.jsonl"
SEALED = FILE + SUFFIX
AUDIO = "audio"
EVENTS = "events"

MAX_LINE = 4 << 20
"""Bytes; far above any utterance, so a longer line is no record of ours."""


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
        return bool(events_of(folder))
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
                if not line.endswith(b"\n"):  # while a session runs, the rest of this line may follow now
                    return


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
    for event in events_of(folder):
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


def events_of(folder: Path) -> list[Path]:
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
