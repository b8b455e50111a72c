"""Words found again in all sessions, in whatever form, case or accents they were said.

Ten thousand sessions are searched within three seconds: a record whose bytes cannot hold the words is never parsed, and
nothing is read before somebody asks for the next hit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import filterfalse

from voiceguide.errors import NotFoundError, RecordError
from voiceguide.exercise import Partner
from voiceguide.record import Session, read
from voiceguide.record.archive import Summary
from voiceguide.record.renaming import WAS
from voiceguide.record.replay import Item, items
from voiceguide.record.store import FILE, stored_lines
from voiceguide.voice_commands.choosing import in_words, number_in

GUIDE = "Guide"

_WORD = re.compile(r"\w+(?:'\w+)*")
_FOREIGN_BYTES = re.compile(rb"[\x80-\xff]+")
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u2032"), "'")
_LOWER = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
_NOISE = b"0123456789[]{}:,._"
"""Most of a record's bytes; without them, looking takes half the time, and the guide's lines are alike everywhere."""

_RENAMED = f'"{WAS}"'.encode()
_NEAR = 60
"""Characters within which several words count as standing together."""

_AGO = re.compile(r"(?P<count>\d{1,4}|[a-z-]+)\s+(?P<unit>day|week|month|year)s?(?:\s+ago)?")
_ONCE = ("a", "an", "last", "past")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True)
class Hit:
    """A turn, or a line of the guide's, in which all the words stand."""

    turn: int | None
    """The turn's number in its session; None for the guide."""
    name: str
    start: float
    """Seconds since the session's start at which the utterance with the words begins."""
    text: str
    """The whole turn."""
    spans: tuple[tuple[int, int], ...]
    """Where in ``text`` the words stand."""
    at: int
    """Where in ``text`` most of the words stand together."""


class Wanted:
    """The words that are looked for. Each of ``terms`` is a word, or several that stand next to each other."""

    def __init__(self, terms: Iterable[str]) -> None:
        """Raises ValueError when there is no word in them."""
        split = [_WORD.findall(folded(term)[0]) for term in terms]
        phrases = [[forms(word) for word in words] for words in split if words]
        if not phrases:
            raise ValueError("Name a word to look for, such as: voiceguide search sorry.")
        self._patterns = [re.compile(r"\W+".join(map(_any_of, phrase))) for phrase in phrases]
        self._needles = [_shortest(each) for phrase in phrases for each in phrase]
        letters = b"".join(needle for each in self._needles for needle in each)
        self._noise = bytes(set(_NOISE) - set(letters))

    def spans(self, text: str) -> list[list[tuple[int, int]]] | None:
        """Where in ``text`` each of the terms stands; None unless all of them do."""
        plain, origins = folded(text)
        found = [[match.span() for match in pattern.finditer(plain)] for pattern in self._patterns]
        return [[(origins[a], origins[b]) for a, b in each] for each in found] if all(found) else None

    def may_stand_in(self, stored: bytes, *, said: bool = False) -> bool:
        """Whether a record with these bytes can hold the words: False is certain. ``said``: not only by the guide."""
        header_end = stored.find(b"\n") + 1
        if b"\\" in stored and b"\\u" in stored[header_end:]:
            return True  # any letter may be escaped
        if stored.find(_RENAMED, 0, header_end) >= 0:
            return True  # the guide's words are shown with names that they do not hold
        if not self._stand_in(stored, header_end):
            return False
        if not said:
            return True
        lines = stored[header_end:].split(b"\n")
        return self._stand_in(b"\n".join(line for line in lines if b'"utterance"' in line or b'"amend"' in line))

    def _stand_in(self, stored: bytes, begin: int = 0) -> bool:
        small = stored.translate(_LOWER, self._noise)
        if begin:
            begin = small.find(b"\n")
        missing = [each for each in self._needles if not any(small.find(needle, begin) >= 0 for needle in each)]
        if not missing or small.isascii():
            return not missing
        # Line by line: most have nothing to fold, and looking for what has takes ten times as long as all the rest.
        foreign = [*map(_folded_line, filterfalse(bytes.isascii, small[begin:].split(b"\n")))]
        return all(any(needle in line for needle in each for line in foreign) for each in missing)


class Search:
    """A search through sessions, newest first."""

    def __init__(self, wanted: Wanted, summaries: Sequence[Summary], partner: str | None = None) -> None:
        self._wanted, self._partner = wanted, partner
        self.summaries = summaries
        self.broken: list[Summary] = []
        """Sessions that turned out to be unreadable so far."""

    def hits(self) -> Iterator[tuple[Summary, Hit]]:
        """Every hit, the newest session first, in a session in order of time."""
        for summary in self.summaries:
            try:
                stored = _stored(summary)
                if not self._wanted.may_stand_in(stored, said=self._partner is not None):
                    continue
                session = read(summary.folder)
            except (OSError, RecordError):  # it may have been deleted meanwhile, too
                self.broken.append(summary)
                continue
            yield from ((summary, hit) for hit in found(session, self._wanted, self._partner))


def _stored(summary: Summary) -> bytes:
    """The bytes of a session's record. Raises OSError or RecordError."""
    try:
        with open(f"{summary.folder}/{FILE}", "rb", buffering=0) as file:  # noqa: PTH123  # pathlib's takes twice as long
            return file.read()
    except FileNotFoundError:
        return b"".join(stored_lines(summary.folder))


def found(session: Session, wanted: Wanted, partner: str | None = None) -> Iterator[Hit]:
    """The turns of a session in which the words stand, and the guide's lines; with ``partner``, only theirs."""
    only = None if partner is None else _partners(partner, session.header.names)
    for said in _units(session):
        if only is not None and said[0].partner not in only:
            continue
        text = " ".join(item.text for item in said)
        if (spans := wanted.spans(text)) is not None:
            at = _densest(spans)
            first = said[0]
            together = sorted({span for each in spans for span in each})
            start = _utterance_at(said, at).start
            yield Hit(first.turn or None, first.name or GUIDE, start, text, tuple(together), at)


def chosen(
    known: Iterable[Summary], partner: str | None = None, exercise: str | None = None, since: date | None = None
) -> list[Summary]:
    """The real sessions that can be read, of this partner and exercise and not older than that.

    Raises NotFoundError when no session at all has such a partner or exercise.
    """
    left = [s for s in known if s.problem is None and not s.simulated]
    if exercise is not None:
        wanted = folded(exercise.strip())[0]
        titles = {name: None for s in left for name in (s.title, s.exercise)}
        left = [s for s in left if wanted in (folded(s.exercise)[0], folded(s.title)[0])]
        if not left:
            advice = "no saved session is of it; `voiceguide sessions` lists them."
            raise NotFoundError.suggesting("exercise", exercise, titles, advice)
    if partner is not None:
        names = {name: None for s in left for name in s.names}
        left = [s for s in left if _partners(partner, s.names)]
        if not left:
            raise NotFoundError.suggesting("partner", partner, names, "`voiceguide sessions` tells whose they are.")
    return [s for s in left if since is None or (_day(s) or date.min) >= since]


def since_day(text: str, today: date) -> date:
    """The day that ``text`` means: 2026-11-01, yesterday, 3 days, last week. Raises ValueError, as a sentence."""
    typed = " ".join(text.casefold().split())
    if typed in ("today", "yesterday"):
        return today - timedelta(days=typed == "yesterday")
    try:
        if ago := _AGO.fullmatch(typed):
            count = 1 if ago["count"] in _ONCE else number_in(in_words(ago["count"]))
            if count is not None:
                return today - timedelta(days=count * _DAYS[ago["unit"]])
        return date.fromisoformat(typed)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text[:40]!r} is no day: write 2026-11-01, yesterday, 3 days, last week …") from error


def around(text: str, at: int, width: int) -> tuple[int, int]:
    """From where to where ``text`` is shown, if its place ``at`` matters: whole words, room left for two ellipses."""
    if len(text) <= width:
        return 0, len(text)
    room = max(1, width - 2)
    start = max(0, min(at - room // 3, len(text) - room))
    end = start + room
    if start and not text[start - 1].isspace():
        start = text.find(" ", start, at) + 1 or start
    if end < len(text) and not text[end].isspace():
        space = text.rfind(" ", at + 1, end)
        end = space if space > 0 else end
    return start, end


# -- words -------------------------------------------------------------------------------------------------------


def forms(word: str) -> frozenset[str]:
    """The forms in which a folded word may have been said; only itself where it is in no dictionary."""
    if len(word) > 40 or not word.isascii():
        return frozenset([word])
    from lemminflect import getAllInflections, getAllLemmas  # loads numpy

    known = getAllLemmas(word)
    made = {word}
    if not known:  # a name, a day: with or without its s
        made |= {word.removesuffix("s").removesuffix("'"), f"{word}s"} if len(word) > 3 else set()
    for kind, lemmas in known.items():
        for lemma in lemmas:
            # "better" is a form of "good" and of "well", but who looks for it does not mean these
            if kind in ("ADJ", "ADV") and lemma[:1] != word[:1]:
                continue
            inflected = {form for each in getAllInflections(lemma).values() for form in each}
            made |= {lemma, *(form for form in inflected if kind not in ("ADJ", "ADV") or form[:1] == word[:1])}
    return frozenset(form for each in made if (form := folded(each)[0].strip()))


def folded(text: str) -> tuple[str, Sequence[int]]:
    """``text`` without case, accents and kinds of apostrophes, and for each place in it the place in ``text``."""
    if text.isascii():
        return text.lower(), range(len(text) + 1)
    plain: list[str] = []
    origins: list[int] = []
    for place, char in enumerate(text):
        for made in _folded(char):
            plain.append(made)
            origins.append(place)
    return "".join(plain), [*origins, len(text)]


@lru_cache(4096)
def _folded(char: str) -> str:
    """One character; none for an accent that stands alone. No character's folding depends on its neighbours."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(each for each in apart if not unicodedata.combining(each)).translate(_APOSTROPHES)


@lru_cache(4096)
def _folded_line(line: bytes) -> bytes:
    """A record's line in UTF-8, small already; the guide says the same in many sessions."""
    return _FOREIGN_BYTES.sub(_folded_run, line)


def _folded_run(run: re.Match[bytes]) -> bytes:
    return "".join(map(_folded, run[0].decode("utf-8", "replace"))).encode("utf-8", "replace")


def _any_of(alternatives: frozenset[str]) -> str:
    longest_first = sorted(alternatives, key=lambda form: (-len(form), form))
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"


def _shortest(alternatives: frozenset[str]) -> list[bytes]:
    """What stands in the bytes wherever one of the forms does: those that hold no other one."""
    return [
        form.encode("utf-8", "replace")
        for form in sorted(alternatives, key=len)
        if not any(other != form and other in form for other in alternatives)
    ]


# -- turns -------------------------------------------------------------------------------------------------------


def _units(session: Session) -> list[list[Item]]:
    """What has words: the utterances of each turn together, each line of the guide's by itself; in order of time."""
    units: dict[tuple[int, int], list[Item]] = {}
    for number, item in enumerate(items(session)):
        if item.text:
            units.setdefault((item.turn, 0 if item.turn else number), []).append(item)
    return list(units.values())


def _partners(wanted: str, names: tuple[str, str]) -> tuple[Partner, ...]:
    """Whose turns a name means: theirs and those of both. Empty when it is neither's."""
    typed = folded(wanted.strip())[0]
    a, b = (folded(name)[0] == typed for name in names)
    return (*(("a",) if a else ()), *(("b",) if b else ()), *(("both",) if a or b else ()))


def _densest(spans: list[list[tuple[int, int]]]) -> int:
    """Where the most of the terms stand together; the first such place."""
    places = sorted((start, term) for term, each in enumerate(spans) for start, _ in each)
    best, most = places[0][0], 0
    for start, _ in places:
        near = len({term for other, term in places if start <= other < start + _NEAR})
        if near > most:
            best, most = start, near
        if most == len(spans):
            break
    return best


def _utterance_at(said: list[Item], at: int) -> Item:
    """The utterance of a turn in which this place of its text stands."""
    end = -1
    for item in said:
        end += len(item.text) + 1
        if at < end:
            return item
    return said[-1]


def _day(summary: Summary) -> date | None:
    try:
        return datetime.fromisoformat(summary.started).date()
    except ValueError:
        return None
