"""Captions: what is said, in pieces that can be read while they are heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voiceguide.cleaning import clean
from voiceguide.export.edition import Edition, Placed

COLUMNS = 32
LINES = 2
"""At most so many characters in a line, and lines in a caption: the podcast namespace's rule for SRT, good for all."""

_LONGEST_NAME = 20
_GUIDE = "Guide"
_SHORTEST = 0.001
"""Seconds of a caption at least, and what the formats can tell: none may end when it begins."""


@dataclass(frozen=True)
class Caption:
    """A piece of what one of them says."""

    start: float
    """Seconds from the edition's beginning."""
    end: float
    name: str
    """Who says it, in no more than _LONGEST_NAME characters."""
    lines: tuple[str, ...]
    """The words, at most LINES of COLUMNS characters."""
    place: int


def captions(edition: Edition, *, named: bool) -> Iterator[Caption]:
    """The captions of an edition in order; ``named`` puts the speaker's name in front of the words when it changes.

    None begins before the one before it ends.
    """
    speaker, at = None, 0.0
    for placed in edition.placed:
        if not placed.item.text:
            continue
        name = shortened(clean(placed.item.name) or _GUIDE, _LONGEST_NAME)
        for caption in _pieces(placed, at, name, named and name != speaker):
            yield caption
            speaker, at = name, caption.end


def _pieces(placed: Placed, earliest: float, name: str, told: bool) -> Iterator[Caption]:
    """One item's captions, each ending where the next begins; where the recogniser did not tell, by letters."""
    words = [(part, at) for word, at in placed.words for part in _broken(clean(word))]
    if told:
        words.insert(0, (f"{name}:", None))
    pieces = list(_filled([word for word, _ in words]))
    letters, before, index = sum(len(word) for word, _ in words), 0, 0
    starts = list[float]()
    for piece in pieces:
        own = words[index : index + sum(map(len, piece))]
        known = next((at for _, at in own if at is not None), None) if starts else placed.at
        start = placed.at + placed.seconds * before / letters if known is None else known
        starts.append(max(start, earliest))
        earliest = starts[-1] + _SHORTEST
        before, index = before + sum(len(word) for word, _ in own), index + len(own)
    for piece, start, end in zip(pieces, starts, [*starts[1:], max(placed.end, earliest)], strict=True):
        yield Caption(start, end, name, tuple(" ".join(line) for line in piece), placed.item.place)


def _filled(words: list[str]) -> Iterator[list[list[str]]]:
    """The words in pieces of lines."""
    lines: list[list[str]] = [[]]
    for word in words:
        if len(" ".join([*lines[-1], word])) > COLUMNS:
            lines.append([])
        lines[-1].append(word)
    for at in range(0, len(lines), LINES):
        yield lines[at : at + LINES]


def _broken(word: str) -> list[str]:
    """A word in parts that fit into a line."""
    return [word[at : at + COLUMNS] for at in range(0, len(word), COLUMNS)]


def shortened(text: str, longest: int) -> str:
    """The text, or its beginning."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def timestamp(seconds: float, comma: str = ".") -> str:
    """``00:01:02.345``, with as many digits for the hours as they need."""
    whole = round(seconds * 1000)
    minutes, rest = divmod(whole, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{comma}{rest % 1000:03d}"
