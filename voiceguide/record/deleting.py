"""Sessions, and turns of them, deleted for good.

A session goes under a hidden name first, which no list shows, then from the disk: whatever interrupts that, it is gone
for everybody, and ``sweep`` removes the rest. What we cannot do: wipe the disk's blocks, or reach copies elsewhere.
"""

from __future__ import annotations

import re
import stat
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from voiceguide.durable import close_quietly, explained, lock_folder, remove_tree, sync_folder
from voiceguide.errors import VoiceguideError
from voiceguide.record import desk_of
from voiceguide.record.agreements import Agreement, agreements
from voiceguide.record.replay import Item

_DELETED = ".deleted"
_BEGUN = ".new"
_BEGINNING = 60.0
"""Seconds in which a session that has a hidden name may still be one that is being begun."""

_RANGE = re.compile(r"\s*([0-9]{1,9})(?:\s*-\s*([0-9]{1,9}))?\s*")


def delete_session(folder: Path) -> None:
    """Delete a session, readable or not, with all that is in its folder; of a link only the link goes.

    Raises RecordError when it is going on elsewhere, or the disk refuses.
    """
    with explained("delete", folder):
        if folder.is_symlink() or not folder.is_dir():
            folder.unlink()
            sync_folder(folder.parent)
            return
        lock = lock_folder(folder)
        try:
            short = folder.name.encode()[:200].decode("utf-8", "ignore")  # no file system takes much more
            if desk := desk_of(folder):  # of a locked one it lies elsewhere
                remove_tree(desk)
            hidden = folder.with_name(f".{short}{_DELETED}")
            remove_tree(hidden)
            folder.rename(hidden)
            sync_folder(folder.parent)
            remove_tree(hidden)
            sync_folder(folder.parent)
        finally:
            close_quietly(lock)


def sweep(sessions: Path) -> list[Path]:
    """Remove what a crash left of sessions that were being deleted or begun; gives what cannot be removed."""
    left: list[Path] = []
    for path in sorted(sessions.glob(".*")):
        try:
            if path.suffix == _DELETED or (path.suffix == _BEGUN and time.time() - path.lstat().st_mtime > _BEGINNING):
                remove_tree(path)
        except FileNotFoundError:
            continue  # another voiceguide was faster
        except OSError:
            left.append(path)
    return left


def size(folder: Path) -> int:
    """Bytes of the files in ``folder``, links not followed; what cannot be looked at counts nothing."""
    total = 0
    for path in (folder, *folder.rglob("*")) if not folder.is_symlink() else (folder,):
        with suppress(OSError):
            told = path.lstat()
            total += told.st_size if stat.S_ISREG(told.st_mode) else 0
    return total


def held(folder: Path) -> list[Agreement]:
    """The agreements that hold and stand in the record of this session."""
    return [each for each in agreements(folder.parent) if each.ref.rpartition("/")[0] == folder.name]


def standing_in(items: Sequence[Item], agreements: Sequence[Agreement]) -> list[Agreement]:
    """Those of the agreements whose words, or some of them, these items hold."""
    said = [(str(item.place), item.text) for item in items if item.text]
    return [
        each
        for each in agreements
        if any(place == each.ref.rpartition("/")[2] and words in each.words for place, words in said)
    ]


def chosen_turns(wanted: str, turns: Mapping[int, Sequence[Item]]) -> list[int]:
    """The numbers that ``3,5-7`` means, in order. Raises VoiceguideError for others than those of ``turns``."""
    found: set[int] = set()
    for part in wanted.split(","):
        match = _RANGE.fullmatch(part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last:
            raise VoiceguideError(
                f"{wanted[:60]!r} names no turns: give their numbers as `voiceguide show` prints them, such as 3,5-7."
            )
        unknown = next((number for number in (first, last) if number not in turns), None)
        if unknown is not None:
            known = f"its turns are 1 to {max(turns)}" if turns else "it has none"
            raise VoiceguideError(f"The session has no turn {unknown}: {known}, see `voiceguide show`.")
        found.update(range(first, last + 1))
    for number in sorted(found):
        if all(item.struck for item in turns[number]):
            raise VoiceguideError(f"Turn {number} was taken off the record already: leave it out.")
    return sorted(found)
