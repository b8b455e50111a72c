"""Reading a stored session: one header line, then one JSON event per line.

Records come from disks that fail and from people we do not know: every line is checked, and whatever is wrong with a
file ends in one RecordError that names the file and the line. Only a torn last line, the trace of a crash, is forgiven.
The model is asciinema's asciicast v2; the torn tail and the striking are ours.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from voiceguide.errors import RecordError
from voiceguide.exercise import PARTNERS
from voiceguide.paths import memory_dir
from voiceguide.record.header import Header
from voiceguide.record.renaming import own_prompts
from voiceguide.record.store import AUDIO, is_sealed, record_path, sound_file, stored_lines
from voiceguide.session.events import Amended, Ended, Event, Resumed, SoundKept, Times, Utterance, from_fields

PAGE = "page.html"
"""The page that ``voiceguide open`` writes into a session's own folder; it holds the words, too."""

CORRECTING = ".correcting"
"""The folder in a session's own that holds its words while they are corrected in an editor, unless it is locked."""

BY_HAND = "by hand"
"""Who found the words that somebody typed in place of what was heard: nobody knows which of the two."""

Line = dict[str, Any]

_AUDIO = re.compile(r"audio/[0-9A-Za-z][0-9A-Za-z_-]{0,60}\.[0-9a-z]{1,8}")
_NUMBER = (int, float)
_SHAPES: dict[str, tuple[type, ...]] = {
    "t": _NUMBER,
    "type": (str,),
    "id": (int,),
    "text": (str,),
    "by": (str,),
    "audio": (str, type(None)),
    "start": _NUMBER,
    "seconds": _NUMBER,
    "doubtful": (bool,),
    "noisy": (bool,),
    "struck": (bool,),
    "command": (str, type(None)),
    "command_at": (int,),
    "place": (int,),
    "ids": (list,),
    "times": (list,),
}
_LIMIT = 1e9  # seconds or a count: more than thirty years; also false for NaN


@dataclass(frozen=True)
class StoredUtterance:
    """An utterance as the record tells it now."""

    t: float
    """Seconds since the session's start at which its words were known."""
    utterance: Utterance
    """As it was recognised."""
    amended: Amended | None = None
    """Better words for the answer, given later; None when there are none."""

    @property
    def answer(self) -> str:
        """The words that belong to the answer, in their best known form; empty when struck."""
        return self.utterance.answer if self.amended is None else self.amended.text

    @property
    def times(self) -> Times:
        """(from, to) of each word of ``answer.split()``, seconds from the sound's beginning; empty when unknown."""
        if self.amended is not None:
            return self.amended.times
        return self.utterance.times[: len(self.answer.split())]

    @property
    def doubtful(self) -> bool:
        """The answer, in its best known form, may be wrong or invented."""
        return (self.amended or self.utterance).doubtful and bool(self.answer)


@dataclass(frozen=True)
class Session:
    """One stored session, as it stands on the disk; struck words are never in it."""

    folder: Path
    header: Header
    lines: tuple[Line, ...]
    """Every line after the header as stored, unknown types and fields included."""
    events: tuple[tuple[float, Event], ...]
    """(t, event) of the lines the session's machine takes, in order; replaying them gives the session's state."""
    torn: bool
    """A torn last line was left out."""
    size: int
    """Bytes of the file that hold whole lines."""
    lacks_newline: bool = False
    """Only the last line's newline is missing."""

    @cached_property
    def ended(self) -> str | None:
        """``completed`` or ``stopped``; None when it was interrupted, or resumed and not ended since."""
        for _, event in reversed(self.events):
            if isinstance(event, Ended):
                return event.why
            if isinstance(event, Resumed):
                return None
        return None

    @cached_property
    def utterances(self) -> tuple[StoredUtterance, ...]:
        """Every utterance with its latest amendment, in the order they were recognised."""
        amends = {event.id: event for _, event in self.events if isinstance(event, Amended) and not event.struck}
        return tuple(
            StoredUtterance(t, event, None if event.struck else amends.get(event.id))
            for t, event in self.events
            if isinstance(event, Utterance)
        )

    @cached_property
    def lost_sounds(self) -> tuple[SoundKept, ...]:
        """Sounds without words: the program ended before they were recognised."""
        worded = {stored.utterance.id for stored in self.utterances} | self.struck
        return tuple(e for _, e in self.events if isinstance(e, SoundKept) and e.id not in worded)

    @cached_property
    def struck(self) -> frozenset[int]:
        """Ids taken off the record."""
        return struck_ids(self.lines)

    @property
    def seconds(self) -> float:
        """How long it has lasted so far."""
        return float(self.lines[-1]["t"]) if self.lines else 0.0


def read(folder: Path) -> Session:
    """Read the session in ``folder``. Raises RecordError, or NewerRecordError for a newer version's record."""
    path = record_path(folder)
    if folder.is_symlink():
        raise RecordError(f"{folder} is a link, which is not followed: put the session's folder itself there.")
    raw = list(stored_lines(folder))
    if not raw:
        raise RecordError(f"{path} is empty: the session cannot be used, its folder may be deleted.")
    torn = _is_torn(raw[-1])
    if torn:
        raw.pop()
    if not raw:
        raise RecordError(f"{path} holds no session header: it cannot be used, its folder may be deleted.")
    header = Header.from_fields(_parse_at(raw[0], path, 1), path)
    lines = [_checked(_parse_at(data, path, number), path, number) for number, data in enumerate(raw[1:], 2)]
    struck = struck_ids(lines)
    if struck:  # also when a crash came between the decision and the removal
        spoken = spoken_words(lines, struck)
        fixed = own_prompts(header, lines)
        lines = [without_words(line, struck, spoken, fixed) for line in lines]
    events = tuple(_events(lines, path))
    if (folder / AUDIO).is_symlink():
        raise _escape(folder, AUDIO)
    for line in lines:  # of an unknown type, too: whoever copies a session copies what is named
        if line.get("audio"):
            _refuse_escape(folder, line["audio"])
    return Session(folder, header, tuple(lines), events, torn, sum(map(len, raw)), not raw[-1].endswith(b"\n"))


def desk_of(folder: Path) -> Path | None:
    """The folder for the words of the session in ``folder`` while they are corrected; it may not be there.

    For a locked session it is in memory; None where the system has no such place.
    """
    if not is_sealed(folder):
        return folder / CORRECTING
    memory = memory_dir()
    place = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:8]  # a copied home has the same ids
    return memory and memory / f"{folder.name}-{place}"


def parse(data: bytes) -> Line:
    """One JSON object. Raises ValueError for anything else: NaN, doubled keys, depth and bad UTF-8 included."""
    try:
        made = _DECODER.decode(data.decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(made, dict):
        raise ValueError("not a JSON object")
    return made


def dump(line: Line) -> bytes:
    """The bytes of one line, its newline included. Raises ValueError for NaN and infinities."""
    try:
        made = json.dumps(line, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:  # lone surrogates of a broken terminal have no UTF-8, but have an escape
        made = json.dumps(line, allow_nan=False).encode()
    return made + b"\n"


# -- off the record ----------------------------------------------------------------------------------------------


def struck_ids(lines: Collection[Line]) -> frozenset[int]:
    """Ids the record says were taken off it."""
    return frozenset(
        id_
        for line in lines
        for id_ in (line["ids"] if line["type"] == "strike" else [line.get("id")] if line.get("struck") else [])
        if isinstance(id_, int)
    )


def spoken_words(lines: Collection[Line], ids: Collection[int]) -> frozenset[str]:
    """Every wording these utterances' answers have in the record, as heard and as amended."""
    told = [line for line in lines if line.get("id") in ids and line.get("text")]
    answers = {line["text"][: line.get("command_at", 0) if line.get("command") else None] for line in told}
    return frozenset(answer.strip() for answer in answers if answer.strip())


def without_words(line: Line, ids: Collection[int], spoken: Collection[str], fixed: Collection[str]) -> Line:
    """``line`` without the content of the utterances ``ids``; the very same object when it holds none.

    What stays of an utterance is what the machine needs to come to the same state: that it was, when, whose, whether
    noise drowned it, and the command in it. The guide may have read the words back, so ``spoken`` wordings go from
    prompts too, except from the exercise's ``fixed`` ones.
    """
    kind = line["type"]
    if kind == "prompt" and line.get("text") not in fixed:
        text = line.get("text", "")
        for words in sorted(spoken, key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", "…", text)
        return line if text == line.get("text", "") else {**line, "text": text}
    if line.get("id") not in ids or kind not in ("utterance", "sound", "amend"):
        return line
    kept = ("t", "type", "id", "partner", "start", "seconds", "place", "command")
    bare = {key: line[key] for key in kept if line.get(key) is not None}
    if kind == "sound":
        return {**bare, "struck": True, "audio": ""}
    if kind == "utterance" and not line.get("text") and not line.get("struck"):
        # It never held words, and the machine took it so: only its sound goes.
        return {**bare, "text": "", "doubtful": bool(line.get("doubtful"))}
    return {**bare, "struck": True, "text": "", **({"noisy": True} if line.get("noisy") else {})}


# -- checks ------------------------------------------------------------------------------------------------------


def _is_torn(last: bytes) -> bool:
    """Whether the last line was not written to its end: it has no newline, or the power went before its data came."""
    if last.endswith(b"\n"):
        return last.startswith(b"\0")
    try:
        parse(last)  # an object has no prefix that is one: only the newline is missing
    except ValueError:
        return True
    return False


def _no_doubles(pairs: list[tuple[str, Any]]) -> Line:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a field stands twice")
    return made


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


_DECODER = json.JSONDecoder(object_pairs_hook=_no_doubles, parse_constant=_no_constant)
"""Made once: ``json.loads`` would make one for each line."""


def _parse_at(data: bytes, path: Path, number: int) -> Line:
    try:
        return parse(data)
    except ValueError as error:
        raise _broken(path, number, str(error)) from error


def _broken(path: Path, number: int, why: str) -> RecordError:
    short = why if len(why) <= 120 else why[:120] + "…"
    return RecordError(
        f"{path}, line {number} cannot be read ({short}): restore the file from a copy, or mend the line."
    )


def _checked(line: Line, path: Path, number: int) -> Line:
    """``line``, if the fields this version knows have their shapes."""
    for name, types in _SHAPES.items():
        if name not in line:
            continue
        value = line[name]
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise _broken(path, number, f"{name} has the wrong shape")
        if isinstance(value, int | float) and not -_LIMIT < value < _LIMIT:
            raise _broken(path, number, f"{name} is out of range")
    needed = {"amend": ("id", "text"), "strike": ("ids",)}.get(line.get("type", ""), ())
    missing = [name for name in ("t", "type", *needed) if name not in line]
    if missing:
        raise _broken(path, number, f"{missing[0]} is missing")
    return line


def _events(lines: list[Line], path: Path) -> Iterator[tuple[float, Event]]:
    for number, line in enumerate(lines, 2):
        try:
            event = from_fields(line)
        except (TypeError, ValueError) as error:
            raise _broken(path, number, str(error)) from error
        if getattr(event, "partner", "a") not in PARTNERS:
            raise _broken(path, number, "partner is none of a, b and both")
        if isinstance(event, Ended) and event.why not in ("completed", "stopped"):
            raise _broken(path, number, "why is neither completed nor stopped")
        if event is not None:
            yield float(line["t"]), event


def _refuse_escape(folder: Path, audio: str) -> None:
    """Raise RecordError unless ``audio`` is a plain file in the session's own audio folder."""
    if not _AUDIO.fullmatch(audio) or sound_file(folder, audio).is_symlink():
        raise _escape(folder, audio)


def _escape(folder: Path, audio: str) -> RecordError:
    shown = audio if len(audio) <= 60 else audio[:60] + "…"
    return RecordError(
        f"{record_path(folder)} names a sound outside its own folder ({shown!r}): do not trust this session."
    )
