"""WebVTT captions with voices; where a step begins, a comment names it and its first caption is called after it.

Source: https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from voiceguide.cleaning import clean
from voiceguide.export.captions import captions, timestamp
from voiceguide.export.edition import Edition


def write(edition: Edition, file: BinaryIO, to: str) -> None:
    """Write the captions, or (``to`` is "chapters") the chapters in a file of their own, as browsers want them."""
    blocks = _chapters(edition) if to == "chapters" else _captions(edition)
    file.write(("\n\n".join(blocks) + "\n").encode("utf-8", "replace"))


def _captions(edition: Edition) -> Iterator[str]:
    header = edition.session.header
    title = f"{clean(header.title)}, {' and '.join(map(clean, header.names))}, {clean(header.started[:10])}"
    yield "WEBVTT"
    yield f"NOTE {_escaped(title)}"
    place = 0
    for caption in captions(edition, named=False):
        cue = f"{timestamp(caption.start)} --> {timestamp(caption.end)}\n"
        cue += f"<v {_annotation(caption.name)}>" + "\n".join(map(_escaped, caption.lines))
        if caption.place not in (0, place):
            place = caption.place
            yield f"NOTE Chapter: {_escaped(clean(edition.chapter(place).title))}"
            cue = f"step {place} at {timestamp(caption.start)}\n{cue}"
        yield cue


def _chapters(edition: Edition) -> Iterator[str]:
    starts = edition.starts
    ends = [at for _, at in starts[1:]] + [edition.seconds]
    yield "WEBVTT"
    for (chapter, at), end in zip(starts, ends, strict=True):
        yield f"{timestamp(at)} --> {timestamp(end)}\n{_escaped(clean(chapter.title))}"


def _annotation(name: str) -> str:
    """A name within its tag, whose end would make an arrow of "--" before it."""
    return _escaped(name[:-1]) + "&#45;" if name.endswith("-") else _escaped(name)


def _escaped(text: str) -> str:
    """Text that no markup, and no arrow between times, can stand in."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
