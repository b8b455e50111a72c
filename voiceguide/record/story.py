"""A session as people read it: its heading, its paragraphs, times and dates; in lists, on the screen, in files."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from voiceguide.cleaning import clean
from voiceguide.record import Session
from voiceguide.record.header import Header
from voiceguide.record.replay import Item
from voiceguide.session.phrases import DOUBT

WIDTH = 79
"""Columns of the lines of a paragraph."""

WORDLESS = "[a recording without words]"


def heading(session: Session, seconds: float) -> Iterator[str]:
    """What session it is."""
    header = session.header
    yield clean(header.title) + (" (simulated)" if header.simulated else "")
    yield f"{' and '.join(map(clean, header.names))}, {date(header.started)}, {clock(seconds)}"
    yield clean(header.id)


def story(items: Iterable[Item], header: Header) -> Iterator[str]:
    """The transcript: a heading per step, the guide's lines, each turn's words as one paragraph with its number."""
    last = max(step.place for step in header.steps)
    place = 0
    for said in paragraphs(items):
        first = said[0]
        if first.place not in (0, place):
            place = first.place
            yield f"\nStep {place} of {last}"
        if first.kind == "prompt":
            yield paragraph(f"Guide: {clean(first.text)}")
        else:
            # Of a turn that was taken off the record that is said once.
            words = " ".join(text for text, _ in groupby(filter(None, map(worded, said))))
            if words:
                yield paragraph(f"{clean(first.name)} ({first.turn}, {clock(first.start)}): {words}")


def paragraphs(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The items in the groups in which they are read: each of the guide's lines, and what stands together of a turn."""
    for turn, said in groupby(items, key=lambda item: item.turn):
        if turn:
            yield list(said)
        else:
            yield from ([item] for item in said)


def worded(item: Item) -> str:
    """An utterance's words with their marks: doubtful, mended by hand, struck, without words, the command in it."""
    if item.struck:
        return "[taken off the record]"
    parts = [clean(item.text)] if item.text else [WORDLESS] if item.told else []
    if item.doubtful:
        parts.append(DOUBT)
    if item.first:
        parts.append(f'[mended; heard first: "{clean(item.first)}"]')
    if item.command:
        parts.append(f"[{item.command}]")
    return " ".join(parts)


def paragraph(text: str) -> str:
    """Broken into lines."""
    return textwrap.fill(text, WIDTH, subsequent_indent="  ")


def clock(seconds: float) -> str:
    """A time or a length as ``m:ss``, from an hour on ``h:mm:ss``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def date(started: str) -> str:
    """A stored date for people, as it was on their clock; as stored when it is none."""
    try:
        return f"{datetime.fromisoformat(started):%Y-%m-%d %H:%M}"
    except ValueError:
        return clean(started)
