"""One program records into a data folder at a time: the lock that ``start`` and ``demo`` hold for their whole run.

``listen`` holds it only while something is asked of it, and another one meanwhile, for two would both answer.

The system's lock on a file holds it, not the file's being there: it goes with the process, however that ends, so what
a kill leaves is simply taken over. What stands in the file only tells the second program who the first one is.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from voiceguide.cleaning import clean
from voiceguide.durable import FILE_MODE, close_quietly, explained
from voiceguide.errors import RecordError
from voiceguide.paths import private_dir

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

FILE = "in-use.json"
LISTENING = "listening.json"

_FLAGS = (
    os.O_RDWR
    | os.O_CREAT
    | getattr(os, "O_BINARY", 0)  # Windows only
    | getattr(os, "O_NOFOLLOW", 0)  # this and the next: everywhere but Windows
    | getattr(os, "O_NONBLOCK", 0)  # a planted pipe would wait for ever
)
_LONGEST = 1000
"""Bytes of the file that are looked at; it has a tenth of that."""

_BEYOND = 1 << 20
"""Where Windows locks a byte: nobody can read what is locked, and what stands in the file shall be read."""


@contextmanager
def hold(folder: Path, doing: str, file: str = FILE) -> Iterator[None]:
    """Hold the data folder while ``doing``, such as "voiceguide start"; at the end no trace of that is left.

    ``file`` LISTENING holds it only against others that listen, too.

    Raises RecordError, which tells who holds it, when another one does, and when the folder cannot be made. Where the
    system has no such lock (some network disks) nobody is hindered.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    path = private_dir(folder) / file
    with explained("write", path):
        handle = _taken(path)
    try:
        with suppress(OSError):  # on a full disk it is held, too, and tells nobody by whom
            _write(handle, doing)
        yield
    finally:
        with suppress(OSError):
            os.ftruncate(handle, 0)  # Windows does not remove an open file
            if _is_at(handle, path):
                path.unlink()
        close_quietly(handle)
        for each in missing:  # who leaves before anything is kept leaves no folder, either
            with suppress(OSError):
                each.rmdir()


def is_held(folder: Path, file: str = FILE) -> bool:
    """Whether a program (not to be asked by one that does so itself) holds the data folder, as ``hold`` does."""
    path = folder / file
    try:
        if not path.is_file():  # asked every second, it opens nothing where nothing is
            return False
        handle = os.open(path, _FLAGS & ~os.O_CREAT)
    except OSError:
        return False
    try:
        # An empty one is being made in this moment: our own lock must not be in its way.
        return os.fstat(handle).st_size > 0 and not _lock(handle)
    finally:
        os.close(handle)


def _taken(path: Path) -> int:
    """A descriptor of the file at ``path``, locked. Raises RecordError when another one has it, OSError."""
    while True:
        with suppress(FileNotFoundError):
            if path.is_symlink():
                path.unlink()
        handle = os.open(path, _FLAGS, FILE_MODE)
        try:
            if not _lock(handle):
                raise RecordError(_refusal(handle, path.parent))
            if _is_at(handle, path):
                found = os.fstat(handle)
                if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
                    path.chmod(FILE_MODE)
                    return handle
                path.unlink()  # a pipe, or another name of somebody's file: that is not to be written to
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)  # the one who had it removed it when they ended: there is a new one, or none


def _lock(handle: int) -> bool:
    """Lock the file for as long as ``handle`` is open in this process; False when somebody else has."""
    try:
        if sys.platform == "win32":
            os.lseek(handle, _BEYOND, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # the second is Windows's
        return False
    except OSError:
        pass  # there are no locks here
    return True


def _is_at(handle: int, path: Path) -> bool:
    """Whether what is open is what now stands at ``path``."""
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False


def _write(handle: int, doing: str) -> None:
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, json.dumps({"pid": os.getpid(), "doing": doing, "since": since}).encode())


def _refusal(handle: int, folder: Path) -> str:
    """The sentence for the second one; whatever stands in the file, there is one."""
    who = ""
    with suppress(OSError, ValueError, TypeError, LookupError, RecursionError):
        os.lseek(handle, 0, os.SEEK_SET)
        told = json.loads(os.read(handle, _LONGEST))
        since = datetime.fromisoformat(told["since"])
        when = f"{since:%H:%M}" if since.date() == datetime.now().date() else f"{since:%Y-%m-%d %H:%M}"
        who = f" (process {int(told['pid'])}, `{clean(told['doing'])[:40]}`, since {when})"[:120]
    return f"Another voiceguide{who} is using {folder}: end that one first."
