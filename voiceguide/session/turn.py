"""One holding of the floor: its clock, its silences, and the one question that a silence may lead to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from voiceguide.session.effects import Earcon
from voiceguide.session.events import Commanded, Event, SpeechDropped, Utterance
from voiceguide.session.floor import FloorClock
from voiceguide.session.patience import Patience

Due = tuple[float, Earcon | None]
"""What comes next, and when (session seconds): a sound; None for the question."""


class Silence(StrEnum):
    """What the guide makes of nobody speaking."""

    NONE = ""
    STILL_LISTENING = "still listening"
    RESTING = "resting"


@dataclass(frozen=True)
class Turn:
    """What a turn knows of time.

    A sound comes once in a silence, the question once in the turn; then the guide rests until somebody speaks or a
    key comes. After words a silence is a new one: who has said more and falls silent again may wonder again. A cough,
    or words that are doubtful (made of noise, perhaps), make the guide wait anew, and no more: a dog that barks must
    not bring the sound again and again.
    """

    clock: FloorClock = field(default_factory=FloorClock)
    endless: bool = False
    """Silence leads to nothing."""
    since: float | None = None
    """When the silence began; None while anybody speaks or is being understood, and while the guide rests."""
    sounded: bool = False
    """This silence has had its sound."""
    asked: bool = False
    unanswered: bool = False
    """The question was asked, and nobody has said a word or pressed a key since: the guide rests."""

    @property
    def silence(self) -> Silence:
        """What nobody's speaking means now."""
        if self.unanswered:
            return Silence.RESTING
        return Silence.STILL_LISTENING if self.sounded and self.since is not None else Silence.NONE

    def opened(self, now: float) -> Turn:
        """The floor is open."""
        return replace(self, clock=self.clock.started(now))

    def extended(self, seconds: float, now: float) -> Turn:
        """With so much more time."""
        return replace(self, clock=self.clock.extended(seconds, now))

    def resumed(self) -> Turn:
        """Another day, with people who are there."""
        return replace(self, sounded=False, unanswered=False)

    def after(self, event: Event, listening: bool, quiet: bool, now: float, off: bool = False) -> Turn:
        """When ``event`` has happened; ``quiet``: the floor is open, nobody speaks, and all words are known.

        ``off`` the record, words count that are not kept.
        """
        turn = self if listening else replace(self, clock=self.clock.stopped(now))
        if off and isinstance(event, SpeechDropped) and event.words:
            turn = replace(turn, since=None, sounded=False, unanswered=False)
        if isinstance(event, Commanded) or (isinstance(event, Utterance) and (event.text or event.struck)):
            sure = not (isinstance(event, Utterance) and event.doubtful)
            turn = replace(turn, since=None, sounded=turn.sounded and not sure, unanswered=False)
        if not quiet or turn.unanswered:
            return replace(turn, since=None)
        return replace(turn, since=now) if turn.since is None else turn

    def next(self, patience: Patience, speaking: bool) -> Due | None:
        """What comes next if nothing else happens; the end of its time waits until nobody is ``speaking``."""
        found: list[Due] = []
        mark = self.clock.next_mark
        if mark and not (speaking and mark[1] is Earcon.TIME_UP):
            found.append(mark)
        if self.since is not None and not self.endless:
            still, more = patience.still_listening, patience.anything_more
            if self.clock.is_up and still and more:
                more = still
            if more and not self.asked:
                found.append((self.since + more, None))
            if still and not self.sounded:
                found.append((self.since + still, Earcon.STILL_LISTENING))
        return min(found, key=lambda due: due[0], default=None)

    def passed(self, due: Due, now: float) -> Turn:
        """When what was due has come."""
        match due[1]:
            case None:
                return replace(self, asked=True, unanswered=True)
            case Earcon.STILL_LISTENING:
                return replace(self, sounded=True)
            case Earcon.TIME_UP:  # the sound is news: whoever is silent then begins to be silent anew
                return replace(self, clock=self.clock.marked(), since=None if self.since is None else now)
        return replace(self, clock=self.clock.marked())
