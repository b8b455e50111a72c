"""Files that are still there after a power cut: private modes, synced folders, errors people can act on.

``fsync`` asks the system to put the data on the disk and waits; a drive that lies about its cache can still lose it.
Windows cannot sync a folder: there a new name may be lost in a power cut, its content never.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path

from voiceguide.errors import RecordError

if sys.platform != "win32":
    import fcntl

FILE_MODE = 0o600
FOLDER_MODE = 0o700
_BINARY = getattr(os, "O_BINARY", 0)  # Windows only
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)  # these three: everywhere but Windows
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
_FOLDER = getattr(os, "O_DIRECTORY", 0)

_MENDS = {
    errno.ENOSPC: "the disk is full; free some space and resume, what is saved so far is safe",
    errno.EDQUOT: "your disk quota is used up; free some space and resume, what is saved so far is safe",
    errno.EFBIG: "the file may not grow further; raise the file size limit and resume, what is saved so far is safe",
    errno.EACCES: "no permission; make the folder your own or choose another with VOICEGUIDE_HOME",
    errno.EPERM: "no permission; make the folder your own or choose another with VOICEGUIDE_HOME",
    errno.EROFS: "the disk is read-only; choose another folder with VOICEGUIDE_HOME",
    errno.ENOENT: "it is not there; was it moved or deleted?",
    errno.EEXIST: "it exists already; simply try again",
    errno.ENOTDIR: "a file stands where a folder should be; move it away",
    errno.EISDIR: "a folder stands where a file should be; move it away",
    errno.ELOOP: "it is a link, which voiceguide does not follow; put there what it leads to",
}


@contextmanager
def explained(doing: str, path: Path) -> Iterator[None]:
    """Turn any OSError inside into a RecordError: "Cannot ``doing`` ``path``: why, and the mend"."""
    try:
        yield
    except OSError as error:
        why = _MENDS.get(error.errno or 0) or f"{error.strerror or error}; check the disk"
        raise RecordError(f"Cannot {doing} {path}: {why}.") from error


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable: files created, renamed or unlinked there. Raises OSError."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Create ``folder`` for its owner only, whatever the umask. Raises OSError, also when it exists."""
    folder.mkdir(FOLDER_MODE)
    folder.chmod(FOLDER_MODE)


def open_reading(path: Path, *, follow: bool = True) -> BufferedReader:
    """Open a file to read it. Raises OSError, also for pipes and devices, which may keep a reader waiting for ever."""
    handle = os.open(path, os.O_RDONLY | _BINARY | _NO_WAIT | (0 if follow else _NO_FOLLOW))
    kind = os.fstat(handle).st_mode
    if not stat.S_ISREG(kind):
        os.close(handle)
        code = errno.EISDIR if stat.S_ISDIR(kind) else errno.EINVAL
        raise OSError(code, "it is a folder" if stat.S_ISDIR(kind) else "it is a pipe or a device", str(path))
    return os.fdopen(handle, "rb")


def open_appending(path: Path, *, create: bool = False) -> int:
    """A descriptor that appends to ``path``; a created file must be new and is its owner's only. Raises OSError."""
    handle = os.open(
        path,
        os.O_RDWR | os.O_APPEND | _BINARY | _NO_FOLLOW | (os.O_CREAT | os.O_EXCL if create else 0),
        FILE_MODE,
    )
    if create:
        path.chmod(FILE_MODE)
    return handle


def write_synced(handle: int, data: bytes) -> None:
    """Write all of ``data`` in one call where the system lets us, and wait for the disk. Raises OSError."""
    done = os.write(handle, data)
    while done < len(data):  # a nearly full disk takes a part, then says why it takes no more
        done += os.write(handle, data[done:])
    os.fsync(handle)


def write_new(path: Path, data: bytes) -> None:
    """Write a private file durably, in place of a leftover of the same name. Raises OSError."""
    path.unlink(missing_ok=True)
    handle = open_appending(path, create=True)
    try:
        write_synced(handle, data)
    finally:
        os.close(handle)


def write_whole(path: Path, data: bytes) -> None:
    """Put a private file in the place of ``path``, whole and on the disk, or leave all as it was. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    try:
        write_new(part, data)
        part.replace(path)
        sync_folder(path.parent)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def remove_tree(path: Path) -> None:
    """Remove a folder with all in it, of a link only the link; nothing where it is not there. Raises OSError."""
    while path.is_dir() and not path.is_symlink():
        with suppress(FileNotFoundError):  # somebody else removes it, too, and was faster with a part of it
            shutil.rmtree(path)
    path.unlink(missing_ok=True)


def lock_folder(folder: Path) -> int | None:
    """Hold ``folder`` for this process until the returned descriptor is closed, or the process dies.

    None where the system has no such lock (Windows, some network disks). Raises RecordError when somebody holds it.
    """
    if sys.platform == "win32":
        return None
    handle = os.open(folder, os.O_RDONLY | _FOLDER | _NO_FOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise RecordError(
            f"The session {folder.name} is going on in another voiceguide: end that one first."
        ) from error
    except OSError:
        os.close(handle)
        return None
    return handle


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until nobody else of ours changes files in ``folder``, and let nobody begin meanwhile: for a moment's work.

    Where the system has no such lock (Windows, some network disks) two who change one file in the same moment may
    undo each other's change. Raises OSError when the folder cannot be opened.
    """
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY | _FOLDER)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def truncate(handle: int, size: int) -> None:
    """Cut the file to ``size`` bytes, durably. Raises OSError."""
    os.ftruncate(handle, size)
    os.fsync(handle)


def close_quietly(handle: int | None) -> None:
    """Close a descriptor; an error in closing can lose nothing that was synced."""
    if handle is not None:
        with suppress(OSError):
            os.close(handle)
