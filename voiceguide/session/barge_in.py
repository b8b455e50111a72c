"""Barge-in: somebody speaks while the guide does.

The guide stops at once and listens. A command is obeyed; where it was nothing, or no command, the guide goes on from
its sentence's start. Where it is nothing again and again, the guide has probably heard itself: then it no longer stops.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

WAIT = 1.8
"""Seconds of nothing, from the guide's stopping, after which it goes on."""

LINGER = 0.6
"""Seconds after a sound without a meaning: whoever was not understood may begin again."""

_REMEMBERED = 4
_MOST_IN_VAIN = 2
"""Of the last interruptions so many may be nobody's; people cough, but not all the time."""


@dataclass(frozen=True)
class BargeIn:
    """What a session knows of it."""

    due: float | None = None
    """When the guide goes on (session seconds) if nothing more is heard; None while nobody interrupts it."""
    spoken: bool = False
    """Words have been said since it stopped, to whomever."""
    outcomes: tuple[bool, ...] = ()
    """Of the last interruptions, the newest last: whether it was anybody, going by words."""

    @property
    def active(self) -> bool:
        """The guide has stopped and listens."""
        return self.due is not None

    @property
    def trusted(self) -> bool:
        """What sounds like speech while the guide speaks is worth stopping for."""
        return self.outcomes.count(False) <= _MOST_IN_VAIN

    def began(self, now: float) -> BargeIn:
        """Somebody interrupts."""
        return replace(self, due=now + WAIT)

    def lingering(self, now: float, spoken: bool) -> BargeIn:
        """What was heard meant nothing to the guide; whether it was words."""
        return replace(self, due=max(self.due or 0.0, now + LINGER), spoken=self.spoken or spoken)

    def over(self, spoken: bool | None = None) -> BargeIn:
        """The interruption has ended; whether somebody spoke, where that is known."""
        outcomes = self.outcomes if spoken is None else (*self.outcomes, spoken)
        return BargeIn(outcomes=outcomes[-_REMEMBERED:])
