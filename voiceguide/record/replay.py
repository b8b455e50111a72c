"""A record as something to be played or read: items in the order they were heard, and lazy transforms over them.

The model is asciinema's ``asciicast/events.py``: each transform takes items and gives items, holds one at a time and
knows nothing of the others.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path
from typing import Literal, get_args

from voiceguide.exercise import Partner, name_of
from voiceguide.record import BY_HAND, Session, StoredUtterance
from voiceguide.record.header import Header
from voiceguide.record.renaming import as_called_now
from voiceguide.record.store import sound_file
from voiceguide.session.events import PromptEnded, SoundKept, Times, Utterance

Prompts = Literal["full", "short", "none"]
"""How much of the guide's own words is told."""

PROMPTS: tuple[Prompts, ...] = get_args(Prompts)

_Moment = tuple[float, PromptEnded] | tuple[float, StoredUtterance] | tuple[float, SoundKept]
"""When it ended or was known, and what it was."""

_LONGEST_TITLE = 60
_FADES = 10.0
"""Seconds of silence beyond the limit after which most of what is left of it is gone."""


@dataclass(frozen=True)
class Item:
    """One thing to play or to show."""

    kind: Literal["prompt", "utterance"]
    partner: Partner | None
    """None for the guide."""
    name: str
    """The partner's name; empty for the guide."""
    text: str
    """The words, without commands; empty when the sound was never recognised."""
    audio: Path | None
    """The recording; None for prompts, typed lines and recordings that are gone."""
    start: float
    """Seconds since the session's start."""
    seconds: float
    gap_before: float
    """Seconds of silence before it, as they were or as a transform made them."""
    place: int
    """The step's place; 0 for the guide's words that belong to no step."""
    id: int = 0
    """The utterance's number in its session; 0 for prompts."""
    turn: int = 0
    """The turn's number in its session, from 1, struck ones counted; 0 for prompts."""
    times: Times = ()
    """(from, to) of each word of ``text.split()``, seconds from the sound's beginning; empty when unknown."""
    doubtful: bool = False
    """The words may be wrong or invented."""
    first: str = ""
    """The words as they were heard first, where somebody mended them by hand."""
    command: str = ""
    """The voice command that it was, or ended in."""
    struck: bool = False
    """It was taken off the record; there is nothing to tell but that."""

    @property
    def told(self) -> bool:
        """Whether there is anything to hear or to read: not for what was struck, was silence or only a command."""
        return not self.struck and bool(self.text.strip() or (self.audio and not self.command))


@dataclass(frozen=True)
class Chapter:
    """A step of the exercise, as a part of what is told."""

    place: int
    title: str


def items(session: Session, *, everything: bool = False) -> Iterator[Item]:
    """What there is to replay; with ``everything`` also what is not ``told``, for those who look after the record.

    An utterance that ends in a command keeps its whole sound. Gaps are those of the session.
    """
    end: float | None = None
    for item in _numbered(session):
        if not (item.told or everything):
            continue
        gap = 0.0 if end is None else max(0.0, item.start - end)
        yield replace(item, gap_before=round(gap, 3))
        end = max(end or 0.0, item.start + item.seconds)


def turns(session: Session) -> dict[int, list[Item]]:
    """The items of each turn by the turn's number, struck and wordless ones included."""
    found: dict[int, list[Item]] = {}
    for item in items(session, everything=True):
        if item.turn:
            found.setdefault(item.turn, []).append(item)
    return found


def only_partner(items: Iterable[Item], partner: Partner) -> Iterator[Item]:
    """Only what ``partner`` said, alone or in a turn of both: without the guide and the other one."""
    return (item for item in items if item.partner in (partner, "both"))


def with_prompts(items: Iterable[Item], prompts: Prompts) -> Iterator[Item]:
    """The guide's words in full, each shortened to its one sentence that matters, or left out."""
    for item in items:
        if item.kind == "utterance" or prompts == "full":
            yield item
        elif prompts == "short":
            yield replace(item, text=gist(item.text))


def cap_gaps(items: Iterable[Item], seconds: float) -> Iterator[Item]:
    """Silences between items up to ``seconds`` as they were; longer ones shrink towards twice that, the longest most.

    So a long silence is still longer than a short one.
    """
    for item in items:
        over = max(0.0, item.gap_before - seconds)
        gap = min(item.gap_before, seconds) + seconds * (1 - math.exp(-over / _FADES))
        yield replace(item, gap_before=round(gap, 3))


def gist(prompt: str) -> str:
    """The sentence of a prompt that matters: its first question, else its first sentence."""
    sentences = re.split(r"(?<=[.!?])\s+", prompt.strip())
    return next((sentence for sentence in sentences if sentence.endswith("?")), sentences[0])


def chapters(header: Header) -> dict[int, Chapter]:
    """The exercise's steps by their place, each called after the gist of what the guide says in it."""
    found: dict[int, Chapter] = {}
    for step in header.steps:
        if step.place not in found:
            title = gist(step.prompt)
            short = title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"
            found[step.place] = Chapter(step.place, short)
    return found


def _numbered(session: Session) -> Iterator[Item]:
    """Everything in the order in which it began, turns numbered: each holding of the floor is one.

    The guide's own question in its midst ("Is there anything more?") does not end it; the exercise's next words do.
    """
    own = session.header.prompts
    turn, holder = 0, None
    for item in _in_order(session):
        if item.kind == "prompt":
            holder = None if item.text in own else holder
        else:
            if holder != (item.partner, item.place):
                turn, holder = turn + 1, (item.partner, item.place)
            item = replace(item, turn=turn)
        yield item


def _in_order(session: Session) -> Iterator[Item]:
    told: list[tuple[float, _Moment]] = [
        (event.start, (t, event)) for t, event in session.events if isinstance(event, PromptEnded) and event.text
    ]
    told += [(stored.utterance.start, (stored.t, stored)) for stored in session.utterances]
    told += [(sound.start, (sound.start + sound.seconds, sound)) for sound in session.lost_sounds]
    for _, (t, moment) in sorted(told, key=itemgetter(0)):
        if isinstance(moment, PromptEnded):
            length = max(0.0, t - moment.start)
            text = as_called_now(moment.text, t, session.header)
            yield Item("prompt", None, "", text, None, moment.start, length, 0.0, moment.place)
        elif isinstance(moment, SoundKept):
            yield _said(session, moment, "")
        else:
            yield _worded(session, moment)


def _worded(session: Session, stored: StoredUtterance) -> Item:
    said, amended = stored.utterance, stored.amended
    by_hand = amended is not None and amended.by == BY_HAND
    return replace(
        _said(session, said, stored.answer),
        times=stored.times,
        doubtful=stored.doubtful,
        first=said.answer if by_hand else "",
        command=str(said.command or ""),
        struck=said.struck,
    )


def _said(session: Session, said: Utterance | SoundKept, text: str) -> Item:
    audio = sound_file(session.folder, said.audio) if said.audio else None
    if audio is not None and not audio.is_file():
        audio = None
    name = name_of(said.partner, session.header.names)
    return Item("utterance", said.partner, name, text, audio, said.start, said.seconds, 0.0, said.place, said.id)
