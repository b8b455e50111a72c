"""What somebody asks of a guide that waits: a session, a replay, the agreements, or to leave them alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from voiceguide.exercise import Exercise
from voiceguide.session.menu import Wish, wish
from voiceguide.voice_commands.choosing import gives_up, holds, in_words
from voiceguide.voice_commands.vocabulary import normalised


class Asking(StrEnum):
    """What can be asked."""

    SESSION = "a session"
    RESUME = "to go on with a session"
    REPLAY = "a replay"
    AGREEMENTS = "the agreements"
    HELP = "what can be asked"
    LEAVE = "to stop listening"
    NOTHING = "nothing after all"


@dataclass(frozen=True)
class Asked:
    """What was asked."""

    what: Asking
    wish: Wish = field(default_factory=Wish)
    """Of a session: what they would like, as in the menu; an empty one where they named nothing."""


_Parts = tuple[tuple[str, ...], ...]


def _parts(listed: str) -> _Parts:
    return tuple(normalised(part) for part in listed.split(";"))


_LEAVE = frozenset(
    _parts(
        """stop; stop listening; please stop listening; do not listen; don't listen; goodbye; good bye; bye; bye bye;
        goodbye guide; good night; leave us alone; go away; be quiet"""
    )
)
_FEW = 3
"""Words of a "stop listening" whose end is misheard; it is asked again before anything ends."""

_NOTHING = frozenset(_parts("nothing; no; sorry; not you"))
_LEAVING = _parts("stop listening; stopped listening; goodbye; good bye")
_AGAIN = _parts(
    """replay; replays; re play; reply our; reply the; reply to our; play our; play the last; play it again; play back;
    played back; playback; hear our last; hear it again; listen to our; our last conversation; our last session;
    our last talk; the last conversation; the last session; the last talk; last time's; what did we say;
    what we said; repeat our"""
)
_GOING_ON = _parts(
    """continue; resume; go on with; go on where; let's go on; carry on; left off; where we stopped; where we were;
    we were interrupted; finish our; finish the last"""
)
_PROMISED = _parts("we promise; we promised; we decide; we decided; our promises; our agreements; our agreement")
_ABOUT_THE_GUIDE = _parts(
    """help; help us; help me; what can you do; what do you do; what can I say; what can we say; what can I ask;
    what can we ask; what are the commands; how does this work; who are you"""
)
_BEGINNING = _parts(
    """start; begin; exercise; exercises; a session; new session; can we do; could we do; should we do; shall we do;
    what to do; to do something; do something; we want to talk; we need to talk; would like to talk; let's talk;
    talk together; let's go"""
)


def asked(text: str, every: Sequence[Exercise]) -> Asked | None:
    """What these words, said after the guide's name, ask for; None when that is not understood.

    ``every`` exercise stands in the order in which it is suggested.
    """
    words = in_words(text)
    if words in _LEAVE or _any(words, _LEAVING) or (words[:1] == ("stop",) and len(words) <= _FEW):
        return Asked(Asking.LEAVE)
    if words in _NOTHING or gives_up(text):
        return Asked(Asking.NOTHING)
    if _any(words, _AGAIN):
        return Asked(Asking.REPLAY)
    if named := _named(words, every):
        return Asked(Asking.SESSION, named)
    if any(word.startswith("agree") for word in words) or _any(words, _PROMISED):
        return Asked(Asking.AGREEMENTS)
    if _any(words, _GOING_ON) or words == ("go", "on"):
        return Asked(Asking.RESUME)
    if _any(words, _ABOUT_THE_GUIDE):
        return Asked(Asking.HELP)
    wanted = wish(text, (), every)
    if wanted and wanted != Wish():
        return Asked(Asking.SESSION, wanted)
    return Asked(Asking.SESSION) if _any(words, _BEGINNING) else None


def _named(words: tuple[str, ...], every: Sequence[Exercise]) -> Wish | None:
    """An exercise whose whole title was said."""
    titles = [each for each in every if holds(words, in_words(each.title))]
    return Wish(max(titles, key=lambda each: len(in_words(each.title)))) if titles else None


def _any(words: tuple[str, ...], parts: _Parts) -> bool:
    return any(holds(words, part) for part in parts)
