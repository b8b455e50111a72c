"""How long the guide waits. The record carries it, for a replay must come to the same deadlines."""

from __future__ import annotations

from dataclasses import dataclass, replace

MOST_DOUBLINGS = 2
""" "Take your time" counts so often: a wait of two minutes is long enough to seem like no end."""


@dataclass(frozen=True)
class Patience:
    """How long the guide waits, in seconds."""

    soft_end: float = 1.5
    """After "I'm done": speech in this time re-opens the turn."""
    nudge: float = 20.0
    """Without an answer to a yes-or-no question, until it is asked again; doubled the second time, then quiet."""
    more: float = 60.0
    """What "more time" adds to a timed floor."""
    still_listening: float = 8.0
    """Of silence in an answer, until a soft sound tells that the guide listens on; 0: never."""
    anything_more: float = 30.0
    """Of silence in an answer, until the guide asks once whether there is more, and then rests; 0: never."""

    def doubled(self, times: int) -> Patience:
        """After so many "take your time"."""
        by = 2**times
        return replace(
            self,
            soft_end=self.soft_end * by,
            still_listening=self.still_listening * by,
            anything_more=self.anything_more * by,
        )


USUAL = Patience()

UNHURRIED = Patience(soft_end=0.0, still_listening=0.0, anything_more=0.0)
"""Where silence tells nothing: nobody hears whether somebody types. Records that do not tell their patience are read
with it, too: no silence was measured then, and however long a soft end was, it was long enough."""
