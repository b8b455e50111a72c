"""When the guide says that it is loud here: seldom, and never into anybody's words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

from voiceguide.session.events import Amended, Event, SoundKept, SpeechDropped, TimePassed, Utterance

_IN_A_ROW = 2
"""A single utterance may be a door that slams."""

_PAUSE = 2.0
"""Seconds for which nobody has spoken since the words were known."""

_SELDOM = 300.0
"""Seconds until it may be said again."""


@dataclass(frozen=True)
class Noise:
    """How noise has drowned words lately, in a session's own seconds."""

    drowned: int = 0
    """Utterances in a row that were drowned."""
    due: float | None = None
    """When to say so; None while there is no need, or somebody speaks."""
    told: float = -inf
    """When it was said last."""

    def after(self, event: Event, now: float, speaking: bool) -> Noise:
        """When this has happened; ``speaking``: somebody speaks, or words are still awaited."""
        match event:
            case Utterance(noisy=True, command=None):
                count = self.drowned + 1
                wanted = count >= _IN_A_ROW and not speaking and self._may_be_told(now)
                return replace(self, drowned=count, due=now + _PAUSE if wanted else None)
            case Utterance() if event.text or event.struck:
                return Noise(told=self.told)
            case Utterance() | Amended() | SoundKept() | SpeechDropped() | TimePassed():
                return self
        return replace(self, due=None)  # speech, a command, the guide's own words: not now

    def sooner(self, deadline: float | None) -> float | None:
        """The deadline, or when to say that it is loud, if that is sooner."""
        return deadline if self.due is None else min(self.due, inf if deadline is None else deadline)

    def is_due(self, now: float) -> bool:
        """Whether to say it now, in a pause."""
        return self.due is not None and now >= self.due

    def explains(self, now: float) -> bool:
        """Whether to say it where an answer was not understood, so that the guide speaks in any case."""
        return self.drowned > 0 and self._may_be_told(now)

    def said(self, now: float) -> Noise:
        """When it has been said."""
        return Noise(told=now)

    def _may_be_told(self, now: float) -> bool:
        return now - self.told >= _SELDOM
