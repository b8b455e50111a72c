"""How long the guide waits. The record carries it, for a replay must come to the same deadlines."""

from __future__ import annotations

from dataclasses import dataclass, replace


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

    def doubled(self) -> Patience:
        """After one "take your time": twice as long, as far as that leads (see LONGEST)."""
        return replace(
            self,
            soft_end=_doubled(self.soft_end, LONGEST.soft_end),
            still_listening=_doubled(self.still_listening, LONGEST.still_listening),
            anything_more=_doubled(self.anything_more, LONGEST.anything_more),
        )


def _doubled(seconds: float, longest: float) -> float:
    return max(seconds, min(2 * seconds, longest))  # who has set more than that keeps it


USUAL = Patience()

LONGEST = Patience(soft_end=6.0, still_listening=32.0, anything_more=120.0)
"""What "take your time" leads to however often it is said, this evening or the next: a wait of two minutes is long
enough to seem like no end."""

UNHURRIED = Patience(soft_end=0.0, still_listening=0.0, anything_more=0.0)
"""Where silence tells nothing: nobody hears whether somebody types. Records that do not tell their patience are read
with it, too: no silence was measured then, and however long a soft end was, it was long enough."""
