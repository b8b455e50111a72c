"""A session as one page for any browser: to read, hear, search and print, with the sound in it and no network.

Nothing that anybody said, typed or named themselves can become markup: it is all ``_plain``, and the page's own script
takes nothing but numbers from it. A content security policy forbids every other script, style and address.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from voiceguide.cleaning import clean
from voiceguide.export import sound_file
from voiceguide.export.edition import Edition, Placed
from voiceguide.paths import packaged_file
from voiceguide.record.agreements import agreed_in
from voiceguide.record.replay import Item
from voiceguide.record.story import WORDLESS, clock, date, paragraphs
from voiceguide.session.phrases import DOUBT, DOUBT_MEANS

SPEEDS = ("0.75", "1", "1.25", "1.5", "2")

_PIECE = 3 * 2**18
"""Bytes that are encoded at a time: a multiple of three, so that the pieces make one base64 text."""

_KEYS = (
    ("Space", "play and pause"),
    ("←", "15 seconds back"),
    ("→", "15 seconds on"),
    ("Enter", "in the search: the next place found; with Shift the one before"),
    ("Esc", "in the search: go to the turn that was found"),
)


def write(edition: Edition, file: BinaryIO, to: str) -> None:
    """Write it as UTF-8. The sound is held in memory once, and never lies outside of ``file``."""
    sound = io.BytesIO()
    sound_file.write(edition, sound, "mp3")
    style = packaged_file("export/page.css").read_text(encoding="utf-8")
    script = packaged_file("export/page.js").read_text(encoding="utf-8")
    for lines in (_head(edition, style, script), _body(edition)):
        for line in lines:
            file.write(line.encode("utf-8", "replace") + b"\n")
    # The sound stands last: the page can be read and searched while a browser takes it in.
    file.write(f'<script>{script}</script>\n<script type="application/octet-stream" id="sound">'.encode())
    with sound.getbuffer() as whole:
        for at in range(0, len(whole), _PIECE):
            file.write(base64.b64encode(whole[at : at + _PIECE]))
    file.write(b"</script>\n</body>\n</html>\n")


def _head(edition: Edition, style: str, script: str) -> Iterator[str]:
    header = edition.session.header
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; media-src blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield f"<title>{_plain(header.title)}, {_names(edition)}</title>"
    yield f"<style>{style}</style>\n</head>"


def _body(edition: Edition) -> Iterator[str]:
    yield '<body>\n<a class="skip" href="#transcript">To the transcript</a>'
    yield from _top(edition)
    yield from _chapters(edition)
    yield (
        '<form role="search" id="search" hidden>'
        '<label for="query">Search</label><input type="search" id="query" autocomplete="off" spellcheck="false">'
        '<button type="button" id="previous" aria-label="Previous place found">↑</button>'
        '<button type="button" id="next" aria-label="Next place found">↓</button>'
        '<span id="found" role="status"></span></form>'
    )
    yield '<main id="transcript" tabindex="-1">'
    yield from _transcript(edition)
    yield from _agreements(edition)
    yield "</main>"
    yield from _player(edition)


def _top(edition: Edition) -> Iterator[str]:
    """What session it is, and what the signs in it mean."""
    session = edition.session
    yield f'<header>\n<h1 dir="auto">{_plain(session.header.title)}</h1>'
    yield f'<p class="names" dir="auto">{_names(edition)}</p>'
    yield (
        f"<p>{_plain(date(session.header.started))}. It lasted {clock(session.seconds)}; "
        f"there are {clock(edition.seconds)} to hear.</p>"
    )
    if session.header.simulated:
        yield '<p><strong class="simulated">Simulated</strong>: nobody said this; it shows how a session goes.</p>'
    if any(item.doubtful for item in edition.items):
        yield f'<p class="legend"><span class="doubtful">Words like these</span> {DOUBT}: {_plain(DOUBT_MEANS)}</p>'
    if any(item.first for item in edition.items):
        yield '<p class="legend"><span class="mended">[mended]</span>: somebody put right what was heard wrong.</p>'
    yield "<noscript><p><strong>To hear this page, and to search in it, allow it JavaScript.</strong></p></noscript>"
    yield '<details id="help" hidden>\n<summary>How to hear it</summary>'
    yield "<p>Click a word, or the time beside a turn, to hear it from there. These keys help:</p>\n<dl>"
    for key, does in _KEYS:
        yield f"<dt><kbd>{key}</kbd></dt><dd>{does}</dd>"
    yield "</dl>\n</details>\n</header>"


def _chapters(edition: Edition) -> Iterator[str]:
    if not any(item.place for item in edition.items):
        return
    yield '<nav aria-labelledby="chapters">\n<h2 id="chapters">Chapters</h2>\n<ol>'
    for number, (chapter, at) in enumerate(edition.starts, 1):
        title = _plain(chapter.title)
        yield (
            f'<li><a href="#part-{number}" data-at="{at:.3f}"><span class="at">{clock(at)}</span> '
            f'<span dir="auto">{title}</span></a></li>'
        )
    yield "</ol>\n</nav>"


def _transcript(edition: Edition) -> Iterator[str]:
    """A section for each chapter; what belongs to no step stands in the one that runs."""
    placed = iter(edition.placed)
    place, number = 0, 0
    yield "<section>"
    for said in paragraphs(edition.items):
        first = said[0]
        if first.place not in (0, place):
            place, number = first.place, number + 1
            title = _plain(edition.chapter(place).title)
            yield f'</section>\n<section aria-labelledby="part-{number}">'
            yield f'<h2 id="part-{number}" dir="auto" tabindex="-1">{place}. {title}</h2>'
        yield from _turn(list(islice(placed, len(said))))
    yield "</section>"


def _turn(told: list[Placed]) -> Iterator[str]:
    """What stands together of a turn, or one of the guide's lines."""
    first = told[0]
    who, name = first.item.partner or "guide", _plain(first.item.name) or "Guide"
    time = clock(first.at)
    yield f'<div class="turn" data-who="{who}" data-at="{first.at:.3f}"><div class="who">'
    yield f'<b dir="auto">{name}</b> <button type="button" aria-label="Play from {time}" disabled>{time}</button></div>'
    yield f"<p>{' '.join(map(_said, told))}</p></div>"


def _said(placed: Placed) -> str:
    item = placed.item
    sort = "words doubtful" if item.doubtful else "words"
    marks = ""
    if item.doubtful:
        marks += f' <span class="mark">{_plain(DOUBT)}</span>'
    if item.first:
        first = f'<q class="text" dir="auto">{_plain(item.first)}</q>'
        marks += f' <span class="mended">[mended; heard first: {first}]</span>'
    return (
        f'<span class="said" data-at="{placed.at:.3f}" data-end="{placed.end:.3f}">'
        f'<span class="text {sort}" dir="auto">{_words(placed)}</span>{marks}</span>'
    )


def _words(placed: Placed) -> str:
    """The words, each with its time where the recogniser told; no time is before the one in front of it."""
    words, known = [], placed.at
    if not any(at is not None for _, at in placed.words):
        return _plain(placed.item.text or WORDLESS)
    for word, at in placed.words:
        known = max(known, placed.at if at is None else at)
        words.append(f'<span data-at="{known:.3f}">{_plain(word)}</span>')
    return " ".join(words)


def _agreements(edition: Edition) -> Iterator[str]:
    """What was agreed by those whom this edition tells."""
    heard = {item.partner for item in edition.items} | {"both"}
    agreed = [each for each in agreed_in(edition.session) if each.partner in heard]
    if not agreed:
        return
    yield '<section aria-labelledby="agreements">\n<h2 id="agreements">What you agreed on</h2>\n<ul class="agreements">'
    for each in agreed:
        yield (
            f'<li><b dir="auto">{_plain(each.who)}</b>: <span class="text" dir="auto">{_plain(each.words)}</span> '
            f'<span class="again">(to be looked at again on {each.again.isoformat()})</span></li>'
        )
    yield "</ul>\n</section>"


def _player(edition: Edition) -> Iterator[str]:
    yield f'<section class="player" id="player" aria-label="Player" data-seconds="{edition.seconds:.3f}" hidden>'
    yield '<audio id="audio" preload="auto"></audio>'
    yield '<div class="row"><input type="range" id="position" min="0" value="0" step="any" aria-label="Position">'
    yield f'<span class="at"><span id="now">0:00</span> / {clock(edition.seconds)}</span></div>'
    yield '<div class="row"><button type="button" id="back" aria-label="Back 15 seconds">↶ 15 s</button>'
    yield '<button type="button" id="play">Play</button>'
    speeds = "".join(
        f'<option value="{speed}"{" selected" * (speed == "1")}>{speed} &times;</option>' for speed in SPEEDS
    )
    yield f'<label for="speed">Speed</label><select id="speed">{speeds}</select>'
    yield from _filter(edition.items)
    yield '</div><p id="trouble" role="alert"></p></section>'


def _filter(items: tuple[Item, ...]) -> Iterator[str]:
    """Whom to hear, where more than one is heard."""
    names = {item.partner: item.name for item in items if item.partner in ("a", "b")}
    if len({item.partner for item in items}) > 1 and names:
        choices = "".join(
            f'<option value="{partner}" dir="auto">Only {_plain(names[partner])}</option>'
            for partner in ("a", "b")
            if partner in names
        )
        everyone = '<option value="">All</option>'
        yield f'<label for="only">Hear</label><select id="only">{everyone}{choices}</select>'


def _names(edition: Edition) -> str:
    return _plain(" and ".join(edition.session.header.names))


def _plain(text: str) -> str:
    """Text that no markup can stand in, for contents and attributes."""
    return html.escape(clean(text), quote=True)


def _hash(inline: str) -> str:
    """What the policy calls the page's own style or script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"
