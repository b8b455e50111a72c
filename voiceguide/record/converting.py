"""Sessions that were saved before there was a lock, sealed: copied, the copies opened and compared, then removed.

A session is plain until its last byte has been sealed and compared, and sealed from then on; whatever interrupts it,
the next time goes on. What we cannot do: wipe the disk's blocks on which the plain files lay.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from voiceguide.durable import FOLDER_MODE, explained, remove_tree, sync_folder, write_whole
from voiceguide.errors import RecordError
from voiceguide.lock import SUFFIX, Lock, read_file
from voiceguide.record import CORRECTING
from voiceguide.record.store import AUDIO, EVENTS, FILE, SEALED, is_sealed, lock_of, sealed_lines, stored_lines
from voiceguide.record.transcript import Transcript


def unsealed(sessions: Path) -> list[Path]:
    """The sessions in the folder ``sessions`` that hold anything in plain, the oldest first. Raises RecordError."""
    with explained("list the sessions in", sessions):
        if not sessions.is_dir():
            return []
        folders = [path for path in sessions.iterdir() if not path.name.startswith(".") and not path.is_symlink()]
        return sorted(path for path in folders if next(_plain_files(path), None))


def _plain_files(folder: Path) -> Iterator[Path]:
    """Everything in a session's folder that can be read without the passphrase."""
    return (path for path in folder.rglob("*") if path.suffix != SUFFIX and (path.is_symlink() or not path.is_dir()))


def seal(folder: Path) -> None:
    """Seal a session. The lock must be unlocked: what is sealed is opened again before the plain files go.

    Raises RecordError; then the session is as readable as before.
    """
    lock = lock_of(folder.parent)
    if not lock.exists or not lock.unlocked:
        raise RecordError("The lock is not open: give its passphrase first.")
    if os.path.lexists(folder / CORRECTING) and not is_sealed(folder):
        raise RecordError(f"{folder.name} is being corrected: finish with `voiceguide correct {folder.name}` first.")
    transcript = Transcript.open(folder)  # it completes what a crash interrupted, and holds the session
    try:
        with explained("lock", folder):
            for path in sorted((folder / AUDIO).iterdir()):
                if path.suffix != SUFFIX:
                    _copy(path, path.with_name(f"{path.name}{SUFFIX}"), lock)
            if not is_sealed(folder):
                _seal_record(folder, lock)
            for path in (*(folder / AUDIO).iterdir(), *folder.glob("*page.html*")):
                if path.suffix != SUFFIX:
                    path.unlink()
            remove_tree(folder / CORRECTING)
            sync_folder(folder / AUDIO)
    finally:
        transcript.close()


def _seal_record(folder: Path, lock: Lock) -> None:
    plain = [*stored_lines(folder)]
    if os.path.lexists(folder / SEALED):  # of a locking that was interrupted; what came since is in the plain one
        older = sealed_lines(folder)
        if older != plain[: len(older)]:
            raise RecordError(f"{folder} holds two records that differ, {FILE} and {SEALED}: move one of them away.")
        (folder / SEALED).unlink()
    remove_tree(folder / EVENTS)
    (folder / EVENTS).mkdir(FOLDER_MODE)
    _copy(folder / FILE, folder / SEALED, lock)
    (folder / FILE).unlink()  # from here on it is sealed
    sync_folder(folder)


def _copy(plain: Path, sealed: Path, lock: Lock) -> None:
    """Seal a file, and make sure that it can be opened again; a sealed one that is there must hold the same.

    Raises OSError or RecordError.
    """
    if plain.is_symlink() or not plain.is_file():
        raise RecordError(f"{plain} is not a file: remove it, and lock the session again.")
    data = plain.read_bytes()
    if _holds(sealed, data):
        return
    write_whole(sealed, lock.sealed(data, for_us=False))  # only the passphrase's key can open it
    if not _holds(sealed, data):
        raise RecordError(f"{sealed} is not what was written: check the disk; the session stays as it was.")


def _holds(sealed: Path, data: bytes) -> bool:
    """Whether a sealed file opens to this. Raises RecordError where it opens to something else."""
    try:
        found = read_file(sealed)
    except (OSError, RecordError):  # not there, or damaged: the plain one is what is left
        return False
    if found != data:
        raise RecordError(f"{sealed} holds something else than the plain file beside it: move one of them away.")
    return True
