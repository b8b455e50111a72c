"""A record as something to be played: items in the order they were heard, and lazy transforms over them.

The model is asciinema's ``asciicast/events.py``: each transform takes items and gives items, holds one at a time and
knows nothing of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path
from typing import Literal

from voiceguide.events import PromptEnded, SoundKept
from voiceguide.exercise import Partner, name_of
from voiceguide.record import Session, StoredUtterance

Moment = tuple[float, PromptEnded] | tuple[float, StoredUtterance] | tuple[float, SoundKept]
"""When it ended or was known, and what it was."""


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


def moments(session: Session) -> list[Moment]:
    """Prompts, utterances and sounds without words in the order in which they began."""
    told: list[tuple[float, Moment]] = [
        (event.start, (t, event)) for t, event in session.events if isinstance(event, PromptEnded)
    ]
    told += [(stored.utterance.start, (stored.t, stored)) for stored in session.utterances]
    told += [(sound.start, (sound.start + sound.seconds, sound)) for sound in session.lost_sounds]
    return [moment for _, moment in sorted(told, key=itemgetter(0))]


def items(session: Session) -> Iterator[Item]:
    """What there is to replay; nothing that was struck, no empty lines, nothing that is only a command.

    An utterance that ends in a command keeps its whole sound. Gaps are those of the session.
    """
    end: float | None = None
    for t, moment in moments(session):
        item = _item(session, t, moment)
        if item is None:
            continue
        gap = 0.0 if end is None else max(0.0, item.start - end)
        yield replace(item, gap_before=round(gap, 3))
        end = max(end or 0.0, item.start + item.seconds)


def only_partner(items: Iterable[Item], partner: Partner) -> Iterator[Item]:
    """Only what ``partner`` said, alone or in a turn of both: without the guide and the other one."""
    return (item for item in items if item.partner in (partner, "both"))


def cap_gaps(items: Iterable[Item], seconds: float) -> Iterator[Item]:
    """No silence between items longer than ``seconds``."""
    return (replace(item, gap_before=min(item.gap_before, seconds)) for item in items)


def _item(session: Session, t: float, moment: PromptEnded | StoredUtterance | SoundKept) -> Item | None:
    """The moment as an item, its gap not yet known; None when there is nothing to play."""
    if isinstance(moment, PromptEnded):
        if not moment.text:
            return None
        length = max(0.0, t - moment.start)
        return Item("prompt", None, "", moment.text, None, moment.start, length, 0.0, moment.place)
    said = moment if isinstance(moment, SoundKept) else moment.utterance
    text = "" if isinstance(moment, SoundKept) else moment.answer
    if not isinstance(moment, SoundKept) and (moment.utterance.struck or (moment.utterance.command and not text)):
        return None
    audio = session.folder / said.audio if said.audio else None
    if audio is not None and not audio.is_file():
        audio = None
    if audio is None and not text:
        return None
    name = name_of(said.partner, session.header.names)
    return Item("utterance", said.partner, name, text, audio, said.start, said.seconds, 0.0, said.place)
