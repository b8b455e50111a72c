"""Words mended by hand in an editor: laid out as a text, read back and checked, with the times of their words kept.

The text lies in a hidden folder of the session's own, which goes wholly when the corrections are in the record. After
a mistake, or a crash, it stays: the next time goes on with it. What was laid out lies beside it, so that only what was
changed by hand counts as changed. That of a locked session lies in memory, since plain words may not touch the disk.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

from voiceguide.cleaning import clean
from voiceguide.durable import (
    close_quietly,
    explained,
    lock_folder,
    make_folder,
    remove_tree,
    write_new,
    write_whole,
)
from voiceguide.errors import RecordError, VoiceguideError
from voiceguide.record import BY_HAND, Session, desk_of, read
from voiceguide.record.replay import Item, items
from voiceguide.record.story import WIDTH, clock, heading
from voiceguide.record.transcript import Transcript
from voiceguide.session.events import Times

LONGEST = 100_000
"""Characters of one utterance; an hour of talk has half of that."""

_TEXT = "words.txt"
_BEFORE = "before.txt"

_HELP = """
Mend the words after a number, save, and close the editor.
The words as they were heard first are kept beside yours.
A line you leave as it is, or remove, changes nothing. Keep each number, and all of its words on its one line.
To remove what was said: `voiceguide delete ID --turns`, with the turn's number, not that of its words.
Lines that begin with # only tell you where you are.
"""

_NUMBERED = re.compile(r"\[([0-9]{1,9})\](.*)")


class CorrectionError(VoiceguideError):
    """A line of the text cannot be used; the sentence names the line and the mend."""


@dataclass(frozen=True)
class Correction:
    """Other words for an utterance."""

    id: int
    before: str
    """Its words as they were laid out."""
    words: str


# -- the text ----------------------------------------------------------------------------------------------------


def laid_out(session: Session) -> str:
    """The session's answers as a text to be edited: ``[12] words``, with comments that tell who speaks, and to what."""
    lines = [*heading(session, session.seconds), *_HELP.splitlines()]
    return "".join(f"{line}\n" for line in [*map(_comment, lines), *_body(session)])


def _body(session: Session) -> Iterator[str]:
    asked, turn = "", 0
    own = session.header.prompts
    for item in items(session):
        if item.kind == "prompt":
            asked = item.text if item.text in own else asked
        elif words := _shown(item):
            if item.turn != turn:
                turn = item.turn
                yield ""
                if asked:
                    yield textwrap.fill(f"Guide: {clean(asked)}", WIDTH, initial_indent="# ", subsequent_indent="#   ")
                    asked = ""
                yield _comment(f"{clean(item.name)} (turn {item.turn}, {clock(item.start)})")
            yield f"[{item.id}] {words}"


def _comment(line: str) -> str:
    return f"# {line}".rstrip()


def _shown(item: Item) -> str:
    """An answer's words as they stand on their line; empty where it has none."""
    return _tidy(item.text)


def _tidy(words: str) -> str:
    return " ".join(clean(words).split())


def corrections(text: str, before: str) -> list[Correction]:
    """What was changed from the text ``before``, which was laid out. Raises CorrectionError for what cannot be used."""
    shown = _numbers(before)
    typed = _numbers(text, shown)
    return [Correction(id_, shown[id_], words) for id_, words in typed.items() if words != shown[id_]]


def _numbers(text: str, known: Mapping[int, str] | None = None) -> dict[int, str]:
    """The words by their numbers; checked where it is ``known`` which numbers there may be."""
    found: dict[int, str] = {}
    for place, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _NUMBERED.fullmatch(line.strip())
        if match is None:
            raise CorrectionError(
                f"Line {place} does not begin with its number, such as [3]: put it in front again, or remove the line."
            )
        id_, words = int(match[1]), _tidy(match[2])
        if known is not None and id_ not in known:
            raise CorrectionError(f"Line {place} has the number {id_}, which was not there: write the one it had.")
        if id_ in found:
            raise CorrectionError(f"Line {place} has the number {id_} once more: leave one line with it.")
        if not words:
            raise CorrectionError(
                f"Line {place} has no words left: to remove what was said, use `voiceguide delete` with --turns; "
                "to leave it as it was, remove the line."
            )
        if known is not None and words != known[id_] and len(words) > LONGEST:
            raise CorrectionError(f"Line {place} has more than {LONGEST} characters: make it shorter.")
        found[id_] = words
    return found


def retimed(old: Sequence[str], new: Sequence[str], times: Times) -> Times:
    """The times of the words ``new`` from those of the words ``old``, in seconds; empty where those are not known.

    Words that stay keep theirs; others share the time of what they replace, or the silence where they were missing.
    """
    if not times or len(times) != len(old):
        return ()
    made: list[tuple[float, float]] = []
    same = SequenceMatcher(None, [*map(_bare, old)], [*map(_bare, new)], autojunk=False)
    for kind, i, i_end, j, j_end in same.get_opcodes():
        if kind == "equal":
            made += times[i:i_end]
        elif j < j_end:
            begin = times[i][0] if i < i_end else made[-1][1] if made else times[0][0]
            end = times[i_end - 1][1] if i < i_end else times[i][0] if i < len(times) else begin
            made += _shared(begin, max(begin, end), j_end - j)
    return tuple(made)


def _bare(word: str) -> str:
    """A word without its capitals and commas: they take no time."""
    return re.sub(r"\W", "", word).casefold() or word


def _shared(begin: float, end: float, count: int) -> list[tuple[float, float]]:
    edges = [round(begin + (end - begin) * at / count, 3) for at in range(count + 1)]
    edges[0], edges[-1] = begin, end
    return list(pairwise(edges))


# -- the private folder ------------------------------------------------------------------------------------------


class Desk:
    """The folder in which the text lies while it is edited, for this process alone."""

    def __init__(self, session: Session) -> None:
        """Lay the session's words out, or go on with what lies there.

        Raises RecordError when somebody else is at it, when it cannot be written, or when there are no words.
        """
        self.session = session.folder
        """The session's own folder."""
        desk = desk_of(session.folder)
        if desk is None:
            raise RecordError(
                f"{session.folder.name} is locked, and this system has no place in memory where its words could be "
                "edited: correct it on a Linux machine."
            )
        self._folder = desk
        self.path = self._folder / _TEXT
        """The text to edit."""
        self.goes_on = self._is_whole()
        """It holds what was typed the last time."""
        self._lock: int | None = None
        with explained("lay the words out in", self._folder):
            if not self.goes_on:
                self._begin(laid_out(session))
            else:
                self._lock = self._locked()
        self._before = self._read(_BEFORE)

    def _begin(self, text: str) -> None:
        if not _numbers(text):
            raise RecordError(f"{self.session.name} holds no words to correct.")
        if self._folder.is_dir() and not self._folder.is_symlink():
            close_quietly(self._locked())
        remove_tree(self._folder)
        make_folder(self._folder)
        self._lock = self._locked()
        data = text.encode("utf-8", "replace")
        write_new(self.path, data)
        write_whole(self._folder / _BEFORE, data)  # last: with it all is there, so it may not be there in part

    def _is_whole(self) -> bool:
        paths = (self._folder, self.path, self._folder / _BEFORE)  # links may lead anywhere
        return not any(path.is_symlink() for path in paths) and all(path.is_file() for path in paths[1:])

    def _locked(self) -> int | None:
        try:
            return lock_folder(self._folder)
        except RecordError:
            raise RecordError(
                f"{self.session.name} is being corrected in another window: close the editor there first."
            ) from None

    def corrections(self) -> list[Correction]:
        """What was changed. Raises CorrectionError, or RecordError when the text is gone."""
        return corrections(self._read(_TEXT), self._before)

    def _read(self, name: str) -> str:
        path = self._folder / name
        if not path.is_file() and not self._folder.is_dir():
            raise RecordError(
                f"{self.session.name}: words were taken off the record meanwhile, and what was laid out went "
                "with them: try again."
            )
        with explained("read", path):
            try:
                return path.read_bytes().decode("utf-8-sig")
            except UnicodeDecodeError:
                raise CorrectionError(f"{path} is not UTF-8: save it as UTF-8 in your editor.") from None

    @property
    def untouched(self) -> bool:
        """Whether the text is there, and the one that was laid out. Raises RecordError."""
        with explained("read", self.path):
            return self.path.is_file() and self.path.read_bytes().decode("utf-8", "replace") == self._before

    def clear(self) -> None:
        """Remove the folder with all that an editor may have left in it. Raises RecordError."""
        with explained("remove", self._folder):
            remove_tree(self._folder)

    def close(self) -> None:
        """Let others at it."""
        close_quietly(self._lock)
        self._lock = None


# -- the record --------------------------------------------------------------------------------------------------


def apply(folder: Path, wanted: Sequence[Correction]) -> tuple[list[int], list[int]]:
    """Append the corrections to the record in ``folder``; gives the ids mended and those left alone.

    What was taken off the record, or got other words, since it was laid out is left alone. Raises RecordError.
    """
    done: list[int] = []
    left: list[int] = []
    transcript = Transcript.open(folder)
    try:
        stored = {each.utterance.id: each for each in read(folder).utterances}
        for each in wanted:
            now = stored.get(each.id)
            if now is None or now.utterance.struck or _tidy(now.answer) != each.before:
                left.append(each.id)
                continue
            times = retimed(now.answer.split(), each.words.split(), now.times)
            transcript.amend(each.id, each.words, BY_HAND, times)
            done.append(each.id)
    finally:
        transcript.close()
    return done, left
