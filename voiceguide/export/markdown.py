"""A session as Markdown with YAML front matter, for notebooks and wikis."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from voiceguide.cleaning import clean
from voiceguide.export.edition import Edition
from voiceguide.record import Session
from voiceguide.record.archive import INTERRUPTED
from voiceguide.record.replay import Item
from voiceguide.record.story import WORDLESS, clock, paragraphs
from voiceguide.session.phrases import DOUBT, DOUBT_MEANS

_MARKUP = re.compile(r"[\\`*_\[\]<>&~|#$=!{}^@:/-]|(?<=www)\.", re.IGNORECASE)
"""What Markdown, or one of its dialects, may take for an order wherever it stands (also a web address)."""


def write(edition: Edition, file: BinaryIO, to: str) -> None:
    """Write it as UTF-8."""
    text = "\n\n".join(["\n".join(_front(edition.session)), *_blocks(edition)])
    file.write((text + "\n").encode("utf-8", "replace"))


def _front(session: Session) -> Iterator[str]:
    """YAML; every value is written as JSON, which YAML understands."""
    header = session.header
    values = {
        "title": clean(header.title),
        "date": clean(header.started),
        "names": [clean(name) for name in header.names],
        "exercise": clean(header.exercise),
        "id": clean(header.id),
        "seconds": round(session.seconds, 1),
        "state": session.ended or INTERRUPTED,
        "simulated": header.simulated,
    }
    yield "---"
    for key, value in values.items():
        yield f"{key}: {json.dumps(value, ensure_ascii=False)}"
    yield "---"


def _blocks(edition: Edition) -> Iterator[str]:
    yield f"# {_plain(edition.session.header.title)}"
    place = 0
    for said in paragraphs(edition.items):
        first = said[0]
        if first.place not in (0, place):
            place = first.place
            yield f"## {place}\\. {_plain(edition.chapter(place).title)}"
        if first.kind == "prompt":
            yield f"*Guide*: {_plain(first.text)}"
        else:
            words = " ".join(map(_words, said))
            yield f"**{_plain(first.name)}** ({clock(first.start)}): {words}"
    if any(item.doubtful for item in edition.items):
        yield f"{_plain(DOUBT)} means: {_plain(DOUBT_MEANS)}"


def _words(item: Item) -> str:
    words = [_plain(item.text or WORDLESS)]
    if item.doubtful:
        words.append(_plain(DOUBT))
    return " ".join(words)


def _plain(text: str) -> str:
    """The words themselves, whatever they would mean in Markdown."""
    return _MARKUP.sub(r"\\\g<0>", clean(text).strip())
