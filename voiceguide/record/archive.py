"""Finding sessions: a list that reads only the first and last bytes of each, and the one that is meant.

Ten thousand sessions are listed within a second, so a record is never read whole for it; what the list says of a
session is checked again by ``record.read`` when it is opened.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from voiceguide.cleaning import clean
from voiceguide.durable import explained
from voiceguide.errors import LockedError, NotFoundError, RecordError
from voiceguide.exercise import Partner
from voiceguide.record import Line, parse
from voiceguide.record.header import checked_basics
from voiceguide.record.store import FILE, MAX_LINE, is_sealed, stored_lines

_HEAD = 1024
_TAIL = 2048
_STEPS = b', "steps": ['
"""What stands before a header's steps. Its quote is not escaped, so it cannot stand inside a text."""

INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Summary:
    """What a list shows of a session."""

    id: str
    """The folder's name."""
    folder: Path
    exercise: str = ""
    title: str = ""
    names: tuple[str, str] = ("", "")
    started: str = ""
    """Local time with its offset, ISO 8601."""
    seconds: float = 0.0
    first: str | None = None
    """Which of the two, a or b, went first; None where one was alone, or nobody knows."""
    agrees: bool = False
    """Something may have been agreed in it."""
    state: str = INTERRUPTED
    """``completed``, ``stopped`` or ``interrupted`` (a running session too)."""
    simulated: bool = False
    problem: str | None = None
    """Why it cannot be used, as a sentence; the other fields are then empty."""
    locked: bool = False
    """Why is that it needs the passphrase, which nobody has given."""

    def to_fields(self) -> dict[str, Any]:
        """The JSON fields."""
        return {**asdict(self), "folder": str(self.folder), "names": list(self.names)}


def sessions(folder: Path, *, ends: bool = True) -> list[Summary]:
    """Every session in ``folder``, the newest first, unreadable ones included; empty when there is no such folder.

    Without ``ends`` nobody looks how long each took and how it ended, which is a third of the work.
    Raises RecordError when the folder itself cannot be read.
    """
    return sorted((_summary(path, ends) for path in _folders(folder)), key=_age, reverse=True)


def newest_first(folder: Path) -> Iterator[Summary]:
    """The sessions in ``folder`` by their ids, which begin with the date; no more of them is read than is asked for.

    Raises RecordError when the folder itself cannot be read.
    """
    yield from (_summary(path, False) for path in sorted(_folders(folder), reverse=True))


def _folders(folder: Path) -> list[Path]:
    with explained("list the sessions in", folder):
        try:
            return [path for path in folder.iterdir() if not path.name.startswith(".")]
        except FileNotFoundError:
            return []


def beginner(folder: Path, names: tuple[str, str]) -> Partner:
    """Who goes first now: the other one than in the newest real session of these two; chance decides where all that
    was is locked."""
    known = sessions(folder, ends=False)
    for summary in known:
        if summary.first and not summary.simulated and set(summary.names) == set(names):
            began = summary.names["ab".index(summary.first)]
            return "a" if began == names[1] else "b"
    return secrets.choice(("a", "b")) if any(s.locked for s in known) else "a"


def find(folder: Path, wanted: str | None = None, *, simulated: bool | None = None) -> Path:
    """The session that is meant: by its id, a unique part of it, or (None) the newest one that can be used.

    ``simulated`` True or False leaves out the others; None takes the newest simulated one only when no real one is
    there. Raises NotFoundError, with the ids that may have been meant.
    """
    known = sessions(folder, ends=False)
    usable = [s for s in known if s.problem is None and simulated in (None, s.simulated)]
    if wanted is None:
        if any(s.locked for s in known):  # one of them may be the newest
            raise LockedError.without_passphrase()
        chosen = next((s for s in usable if not s.simulated), None) or next(iter(usable), None)
        if chosen is None:
            begin = "demo" if simulated else "start"
            kind = "simulated session" if simulated else "saved session"
            raise NotFoundError(f"There is no {kind} yet: make one with `voiceguide {begin}`.")
        return chosen.folder
    candidates = [s for s in known if s.problem is not None or s in usable]
    part = wanted.strip().lower()
    exact = [s for s in candidates if s.id.lower() == part]
    matches = exact or [s for s in candidates if part and part in s.id.lower()]
    if len(matches) > 1:
        listed = ", ".join(s.id for s in matches[:5]) + (", …" if len(matches) > 5 else "")
        raise NotFoundError(f"{len(matches)} sessions match {wanted[:60]!r}: {listed}; give more of the id.")
    if not matches:
        others = [s.id for s in known if s not in candidates and part and part in s.id.lower()]
        if others:
            kind, command = ("real", "start") if simulated else ("simulated", "demo")
            go_on = f"voiceguide {command} --resume {others[0]}"
            raise NotFoundError(f"{others[0]} is a {kind} session: go on with `{go_on}`.")
        advice = "`voiceguide sessions` lists what is there."
        raise NotFoundError.suggesting("session", wanted, [s.id for s in candidates], advice)
    return matches[0].folder


def nicknames(summaries: Collection[Summary]) -> list[str]:
    """What is enough of each one's id to name it: the last word where no other has that, else the whole."""
    words = [clean(s.id.rpartition("-")[2]) for s in summaries]
    count = Counter(words)
    return [
        word if count[word] == 1 and word.isalpha() else clean(s.id) for word, s in zip(words, summaries, strict=True)
    ]


def _age(summary: Summary) -> tuple[float, str]:
    """What the newest has most of; a session that tells no time is as old as its folder."""
    try:
        if summary.locked:  # its id tells when it was
            return datetime.strptime(summary.id[:13], "%Y%m%d-%H%M").timestamp(), summary.id
        return datetime.fromisoformat(summary.started).timestamp(), summary.id
    except (ValueError, OverflowError, OSError):
        try:
            return summary.folder.stat().st_mtime, summary.id
        except OSError:
            return 0.0, summary.id


def _summary(folder: Path, ends: bool) -> Summary:
    # of ten thousand sessions each microsecond counts: plain text for paths, no context managers
    path = f"{folder}{os.sep}{FILE}"
    try:
        try:
            if os.path.islink(folder):  # noqa: PTH114 (see above)
                raise RecordError(f"{folder} is a link, which is not followed: put the session's folder itself there.")
            with _opened(folder, path) as file:
                basics = checked_basics(_header(file, path), path)
                seconds, state = _end(file) if ends else (0.0, INTERRUPTED)
        except (FileNotFoundError, NotADirectoryError):
            raise RecordError(f"{folder} holds no session: it can be deleted.") from None
        except OSError as error:
            with explained("read", Path(path)):
                raise error from None
    except RecordError as error:
        return Summary(folder.name, folder, problem=str(error), locked=isinstance(error, LockedError))
    del basics["version"]
    basics["id"] = folder.name
    return Summary(**basics, folder=folder, seconds=seconds, state=state)


def _opened(folder: Path, path: str) -> BinaryIO:
    """The bytes of a session's record, to be read. Raises OSError or RecordError."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise NotADirectoryError
        return open(path, "rb", buffering=0)  # noqa: PTH123 (pathlib's takes twice as long)
    except FileNotFoundError:
        if not is_sealed(folder):
            raise
        return BytesIO(b"".join(stored_lines(folder)))


def _header(file: BinaryIO, path: str) -> Line:
    """The header's fields; without its steps where they can be spared."""
    head = file.read(_HEAD)
    cut = head.find(_STEPS)
    try:
        if cut > 0 and b"\n" not in head[:cut]:
            return parse(head[:cut] + b"}")
    except ValueError:
        pass  # another program may have written its fields in another order
    while b"\n" not in head and len(head) <= MAX_LINE and (more := file.read(1 << 16)):
        head += more
    try:
        return parse(head.partition(b"\n")[0])
    except ValueError as error:
        raise RecordError(f"{path} holds no session header: it cannot be used, its folder may be deleted.") from error


def _end(file: BinaryIO) -> tuple[float, str]:
    """Seconds and state: from the last line that tells whether the session goes on."""
    seconds: float | None = None
    for line in _backwards(file):
        t = line.get("t")
        if seconds is None and isinstance(t, int | float) and 0 <= t < 1e9:
            seconds = float(t)
        match line.get("type"):
            case "ended":
                why = line.get("why")
                return seconds or 0.0, str(why) if why in ("completed", "stopped") else INTERRUPTED
            case "resumed" | "prompt" | "begun":  # other events may come late, after the end
                break
    return seconds or 0.0, INTERRUPTED


def _backwards(file: BinaryIO) -> Iterator[Line]:
    """The lines after the header from the last one on, broken ones left out; reads no more than is asked for."""
    start = file.seek(0, os.SEEK_END)
    rest, step = b"", _TAIL
    while start > 0 and len(rest) <= MAX_LINE:
        step = min(step, start)
        start -= step
        file.seek(start)
        rest, *whole = (file.read(step) + rest).split(b"\n")
        step *= 2
        for data in filter(None, reversed(whole)):
            try:
                yield parse(data)
            except ValueError:
                continue
