"""The floor: who may speak, whose words are not known yet, and for how long."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voiceguide.exercise import Partner
from voiceguide.session.effects import Earcon
from voiceguide.session.events import Commanded, Event, SpeechDropped, SpeechStarted, Utterance
from voiceguide.voice_commands import VoiceCommand


@dataclass(frozen=True)
class Floor:
    """Whose speech the microphone is open to now, and for what."""

    partner: Partner
    choosing: bool
    """True for a yes-or-no question or a command; False for an answer, where pauses mean nothing."""
    kept: bool
    """False where nothing said is stored (pauses, "off the record?")."""
    place: int
    options: int = 0
    """How many there are to choose from, by number."""
    moves: bool = False
    """Arrow keys move about in what is played."""


@dataclass(frozen=True)
class Pending:
    """Stretches of speech whose words are not known yet; they become known in the order they were said."""

    speech: int = 0
    early: int = 0
    """Those of them that began before somebody pressed "I'm done": their words do not re-open the turn."""

    def after(self, event: Event) -> Pending:
        """When this, which was legal, has happened."""
        match event:
            case SpeechStarted():
                return replace(self, speech=self.speech + 1)
            case Utterance() | SpeechDropped():  # typed lines and what a crash left over had no SpeechStarted
                return Pending(max(0, self.speech - 1), max(0, self.early - 1))
            case Commanded(VoiceCommand.DONE):
                return replace(self, early=self.speech)
        return self


_NEAR = 30.0
_NEAR_SHORT = 10.0
_SHORT = 120.0


@dataclass(frozen=True)
class FloorClock:
    """The clock of one floor: it runs only while the partner may speak, and never takes the floor away.

    ``limit`` None means that time does not matter."""

    limit: float | None = None
    spent: float = 0.0
    since: float | None = None
    """Session time at which it was last set going; None while it stands."""
    marks: int = 0
    """1 after "time is near" has sounded, 2 after "time is up"."""

    def started(self, now: float) -> FloorClock:
        """Set going."""
        return replace(self, since=now)

    def stopped(self, now: float) -> FloorClock:
        """Made to stand; a standing one stays as it is."""
        return self if self.since is None else replace(self, spent=self.spent + now - self.since, since=None)

    def extended(self, seconds: float, now: float) -> FloorClock:
        """With that much more time, from now on where it is over; the sounds come again before the new end."""
        if self.limit is None:
            return self
        return replace(self, limit=max(self.limit, self.stopped(now).spent) + seconds, marks=0)

    def left(self, now: float) -> float | None:
        """Seconds left, never below 0; None where time does not matter."""
        if self.limit is None:
            return None
        return max(0.0, self.limit - self.stopped(now).spent)

    @property
    def is_up(self) -> bool:
        """The end of the time has sounded."""
        return self.marks > 1

    @property
    def next_mark(self) -> tuple[float, Earcon] | None:
        """Session time of the next sound, and that sound; None when it stands or both have sounded."""
        if self.limit is None or self.since is None or self.is_up:
            return None
        end = self.since + self.limit - self.spent
        if self.marks:
            return end, Earcon.TIME_UP
        return end - (_NEAR if self.limit >= _SHORT else _NEAR_SHORT), Earcon.TIME_NEAR

    def marked(self) -> FloorClock:
        """The clock after its next sound."""
        return replace(self, marks=self.marks + 1)
