"""Sessions that were saved before there was a lock, sealed: copied, the copies opened and compared, then removed.

A session is plain until its last byte has been sealed and compared, and sealed from then on; whatever interrupts it,
the next time goes on. What we cannot do: wipe the disk's blocks on which the plain files lay.
"""

from __future__ import annotations

import os
from pathlib import Path

from voiceguide.durable import FOLDER_MODE, explained, remove_tree, sync_folder, write_whole
from voiceguide.errors import RecordError
from voiceguide.lock import SUFFIX, Lock, read_file
from voiceguide.record import desk_of
from voiceguide.store import AUDIO, EVENTS, FILE, SEALED, is_sealed
from voiceguide.transcript import Transcript


def unsealed(sessions: Path) -> list[Path]:
    """The sessions in the folder ``sessions`` that hold anything in plain, the oldest first. Raises RecordError."""
    with explained("list the sessions in", sessions):
        if not sessions.is_dir():
            return []
        folders = [path for path in sessions.iterdir() if not path.name.startswith(".") and not path.is_symlink()]
    return sorted(path for path in folders if _is_plain(path))


def _is_plain(folder: Path) -> bool:
    if not is_sealed(folder):
        return (folder / FILE).is_file()
    return any(path.suffix != SUFFIX for path in (folder / AUDIO).glob("*"))


def seal(folder: Path) -> None:
    """Seal a session. The lock must be unlocked: what is sealed is opened again before the plain files go.

    Raises RecordError; then the session is as readable as before.
    """
    lock = Lock(folder.parent.parent)
    if not lock.unlocked:
        raise RecordError("The lock is not open: give its passphrase first.")
    desk = desk_of(folder)
    if desk and os.path.lexists(desk) and not is_sealed(folder):
        raise RecordError(f"{folder.name} is being corrected: finish with `voiceguide correct {folder.name}` first.")
    transcript = Transcript.open(folder)  # it completes what a crash interrupted, and holds the session
    try:
        if not is_sealed(folder):
            _seal(folder, lock)
        with explained("remove the plain files of", folder):
            _remove_plain(folder)
    finally:
        transcript.close()


def _seal(folder: Path, lock: Lock) -> None:
    audio = folder / AUDIO
    with explained("lock", folder):
        for path in sorted(audio.iterdir()):
            if path.suffix != SUFFIX:
                _copy(path, audio / f"{path.name}{SUFFIX}", lock)
        remove_tree(folder / EVENTS)
        (folder / EVENTS).mkdir(FOLDER_MODE)
        _copy(folder / FILE, folder / SEALED, lock)
        for path in folder.glob("*page.html*"):
            path.unlink()
        (folder / FILE).unlink()  # from here on it is sealed
        sync_folder(folder)


def _copy(plain: Path, sealed: Path, lock: Lock) -> None:
    """Seal a file, and make sure that it can be opened again. Raises OSError or RecordError."""
    if plain.is_symlink() or not plain.is_file():
        raise RecordError(f"{plain} is not a file: remove it, and lock the session again.")
    data = plain.read_bytes()
    write_whole(sealed, lock.sealed(data, for_us=False))  # only the passphrase's key can open it
    if read_file(sealed) != data:
        raise RecordError(f"{sealed} is not what was written: check the disk; the session stays as it was.")


def _remove_plain(folder: Path) -> None:
    audio = folder / AUDIO
    for path in audio.iterdir():
        if path.suffix != SUFFIX:
            path.unlink()
    sync_folder(audio)
