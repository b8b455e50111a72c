"""Writing a session's record: append-only, every line on the disk before anything is done about it.

A session is a folder (0700) with ``session.jsonl`` (0600) and ``audio/``. See ``voiceguide.record`` for reading.

Striking is decided first, done second: the ``strike`` line is on the disk before the words are touched, so whatever
interrupts the removal, readers hide the words from then on and the next ``Transcript.open`` completes it.
What we cannot do: wipe the blocks of a deleted file. Disk encryption is the answer to that.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from voiceguide.durable import (
    FOLDER_MODE,
    close_quietly,
    explained,
    lock_folder,
    make_folder,
    remove_tree,
    sync_folder,
)
from voiceguide.errors import RecordError
from voiceguide.exercise import PARTNERS, Partner
from voiceguide.lock import SUFFIX, read_file
from voiceguide.paths import private_dir
from voiceguide.record import (
    PAGE,
    Line,
    Session,
    StoredUtterance,
    desk_of,
    dump,
    parse,
    read,
    spoken_words,
    struck_ids,
    without_words,
)
from voiceguide.record.header import Header, checked_id, new_id
from voiceguide.record.keeping import Store, begin, open_store
from voiceguide.record.renaming import own_prompts, renamed
from voiceguide.record.store import (
    AUDIO,
    MAX_LINE,
    SEALED,
    is_sealed,
    lock_of,
    record_path,
    stored_lines,
)
from voiceguide.session.events import Amended, Event, SoundKept, Times, to_fields
from voiceguide.sound import Sound

__all__ = ["Header", "Session", "StoredUtterance", "Transcript", "new_id", "read"]

_NUMBER = re.compile(r"[0-9]{1,9}")
_SOUND = re.compile(r"([0-9]{4,9})-(a|b|both)\.flac(?:\.age)?")


class Transcript:
    """One session's record, open for writing by this process alone."""

    def __init__(self, folder: Path, header: Header, session: Session | None = None) -> None:
        """Use ``create`` or ``open``."""
        self.folder = folder
        self.header = header
        self.recovered = session is not None and session.torn
        """A torn last line was cut off when it was opened."""
        self.next_id = 1
        """Number for the next utterance; goes up when one, or its sound, is appended."""
        self.seconds = 0.0
        """Time of the last line, in seconds since the session's start."""
        self._struck: set[int] = set()
        self._place = 0
        self._store: Store | None = None
        self._lock: int | None = None
        self._path = record_path(folder)

    # -- life ----------------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, folder: Path, header: Header) -> Transcript:
        """Begin the record of ``header.id`` in the sessions folder ``folder``. Raises RecordError.

        It appears whole or not at all: it is made under a hidden name and renamed when the header is on the disk.
        Where there is a lock beside ``folder``, nothing of it reaches the disk unsealed.
        """
        made = folder / checked_id(header.id)
        hidden = folder / f".{header.id}.new"
        private_dir(folder)
        with explained("begin the session", made):
            if made.exists():
                raise RecordError(f"There is a session {header.id} already: simply try again.")
            shutil.rmtree(hidden, ignore_errors=True)
            try:
                make_folder(hidden)
                begin(hidden, lock_of(folder), dump(header.to_fields()))
                sync_folder(hidden)
                hidden.rename(made)
                sync_folder(folder)
            except (OSError, RecordError):
                shutil.rmtree(hidden, ignore_errors=True)
                raise
        transcript = cls(made, header)
        transcript._take()
        return transcript

    @classmethod
    def open(cls, folder: Path) -> Transcript:
        """Go on with the record in ``folder``: cuts a torn last line, completes what a crash interrupted.

        Raises RecordError when it cannot be read or written, or is going on elsewhere.
        """
        with explained("open", folder):
            lock = lock_folder(folder)
        try:
            session = read(folder)
            transcript = cls(folder, session.header, session)
            transcript._take(lock)
        except BaseException:
            close_quietly(lock)
            raise
        try:
            transcript._mend(session)
        except BaseException:
            transcript.close()
            raise
        return transcript

    def _take(self, lock: int | None = None) -> None:
        with explained("open", self._path):
            self._lock = lock_folder(self.folder) if lock is None else lock
            self._store = open_store(self.folder)

    def _mend(self, session: Session) -> None:
        """Bring the files to the state the record tells of."""
        with explained("mend", self._path):
            self._open_store.mend(session.size, session.lacks_newline)
        for line in session.lines:
            self._note(line)
        self._struck |= session.struck
        if self._struck:
            self._remove_words(self._struck)
        self._adopt_sounds()

    def close(self) -> None:
        """Let the record go; everything appended is on the disk already."""
        if self._store:
            self._store.close()
        close_quietly(self._lock)
        self._store = self._lock = None

    # -- writing -------------------------------------------------------------------------------------------------

    def append(self, event: Event, t: float) -> None:
        """Put ``event``, ``t`` seconds after the session's start, on the disk. Raises RecordError, and then is undone.

        Late or better words of an utterance that was struck meanwhile are not kept.
        """
        self._append({"t": round(t, 3), **to_fields(event)})

    def keep_sound(self, partner: Partner, sound: Sound) -> str:
        """Put the sound of utterance ``next_id`` on the disk. Raises RecordError.

        Gives its name relative to the folder, ``audio/0007-a.flac``; append its SoundKept next.
        """
        from voiceguide.sound.files import flac_bytes

        name = f"{AUDIO}/{self.next_id:04d}-{partner}.flac"
        with explained("save the recording", self.folder / name):
            self._open_store.put_sound(name, flac_bytes(sound))
        return name

    def amend(self, id: int, text: str, by: str, times: Times = ()) -> None:
        """Give utterance ``id`` a better answer ``text``, found by ``by``; the first one stays. Raises RecordError.

        ``times`` are those of its words, as in Utterance.
        """
        if id in self._struck:
            raise RecordError(f"Utterance {id} was taken off the record: it cannot be amended.")
        self.append(Amended(id, text, by, times), self.seconds)
        with explained("remove", self.folder / PAGE):  # it shows other words
            self._remove_pages()

    def strike(self, ids: Collection[int]) -> None:
        """Take utterances off the record: words, amendments, read-backs and sound. May be repeated.

        Raises RecordError; once the decision is on the disk the words are hidden, and the next open completes it.
        """
        if not ids:
            return
        if not self._struck.issuperset(ids):
            self._append({"t": self.seconds, "type": "strike", "ids": sorted(ids)})
        self._remove_words(ids)

    def rename(self, names: tuple[str, str], title: str, at: datetime) -> None:
        """Give the session these clean names and this clean title; its steps follow, what was before is kept.

        ``at`` is now, with its offset. Raises RecordError; then, or after a crash, all is as before.
        """
        with explained("rename", self._path):
            old = [*stored_lines(self.folder)]
            fields = renamed(parse(old[0]), names, title, at, self.seconds)
            first = dump(fields)
            if len(first) > MAX_LINE:
                raise RecordError(f"{self._path} cannot be renamed: its first line is too long already.")
            self._remove_pages()  # it shows other names
            self._open_store.rewrite([first, *old[1:]])
        self.header = Header.from_fields(fields, self._path)

    @property
    def _open_store(self) -> Store:
        if self._store is None:
            raise RecordError(f"{self._path} is closed: open the session again.")
        return self._store

    def _append(self, line: Line) -> None:
        line = without_words(line, self._struck, (), ())
        data = dump(line)
        if len(data) > MAX_LINE:
            raise RecordError(f"That is too long to keep in {self._path}: say or type it in parts.")
        with explained("save to", self._path):
            self._open_store.append(data)
        self._note(line)

    def _note(self, line: dict[str, Any]) -> None:
        """Keep in mind what a stored line says."""
        self.seconds = float(line["t"])
        if line["type"] in ("sound", "utterance"):
            self.next_id = max(self.next_id, line["id"] + 1)
        if line["type"] == "prompt":
            self._place = line.get("place") or self._place
        self._struck |= struck_ids([line])

    # -- mending and striking ------------------------------------------------------------------------------------

    def _remove_words(self, ids: Collection[int]) -> None:
        """Rewrite the file without the words of ``ids`` and unlink their sounds; does nothing where that is done."""
        audio = self.folder / AUDIO
        with explained("take words off", self._path):
            old = [*stored_lines(self.folder)]
            new = self._without(old, ids)
            if new != old:
                self._remove_copies()  # first, since what is left to do is told by the file
                self._open_store.rewrite(new)
            sounds = [path for path in audio.iterdir() if (m := _NUMBER.match(path.name)) and int(m[0]) in ids]
            for path in sounds:
                path.unlink(missing_ok=True)
            if sounds:
                sync_folder(audio)

    def _remove_copies(self) -> None:
        """Remove the page, a sealed copy, and the words laid out for correcting. Raises OSError."""
        self._remove_pages()
        if desk := desk_of(self.folder):
            remove_tree(desk)

    def _remove_pages(self) -> None:
        """Remove the page, what a crash left of one, and a sealed copy of the record. Raises OSError."""
        for path in (self.folder / PAGE, *self.folder.glob(f".{PAGE}.*")):
            path.unlink(missing_ok=True)
        if not is_sealed(self.folder):  # its locking was interrupted
            (self.folder / SEALED).unlink(missing_ok=True)

    def _without(self, stored: list[bytes], ids: Collection[int]) -> list[bytes]:
        """The stored lines, those that hold nothing of ``ids`` byte for byte."""
        lines = [parse(data) for data in stored[1:]]
        spoken = spoken_words(lines, ids)
        fixed = own_prompts(self.header, lines)
        bare = [without_words(line, ids, spoken, fixed) for line in lines]
        new = [data if line == was else dump(line) for data, line, was in zip(stored[1:], bare, lines, strict=True)]
        return [stored[0], *new]

    def _adopt_sounds(self) -> None:
        """Record sounds that reached the disk just before a crash, ahead of the line that tells of them."""
        sealed = is_sealed(self.folder)
        with explained("read", self.folder / AUDIO):
            (self.folder / AUDIO).mkdir(FOLDER_MODE, exist_ok=True)
            paths = sorted((self.folder / AUDIO).iterdir())
            for path in paths:
                if path.suffix == ".part":  # its writing was interrupted
                    path.unlink()
        for path in paths:
            match = _SOUND.fullmatch(path.name)
            if not match or int(match[1]) != self.next_id or sealed != (path.suffix == SUFFIX):
                continue
            if path.is_symlink() or not path.is_file():
                continue
            seconds = _seconds_of(path)
            if seconds is not None:
                partner = next(partner for partner in PARTNERS if partner == match[2])
                kept = SoundKept(
                    self.next_id,
                    partner,
                    f"{AUDIO}/{path.name.removesuffix(SUFFIX)}",
                    self.seconds,
                    seconds,
                    self._place,
                )
                self.append(kept, self.seconds)


def _seconds_of(path: Path) -> float | None:
    """Length of a sound file; None for one that was not written to its end."""
    import soundfile

    from voiceguide.sound.files import LONGEST, Memory

    try:
        seconds = float(soundfile.info(Memory(read_file(path))).duration)
    except (soundfile.SoundFileError, RecordError):
        return None
    return seconds if seconds <= LONGEST else None  # what a broken header promises
