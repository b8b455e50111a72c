"""What the runner needs of others, each a role that several play."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from voiceguide.exercise import Partner
from voiceguide.session.effects import Effect, Speak
from voiceguide.session.events import Event, Utterance
from voiceguide.session.floor import Floor
from voiceguide.sound import Sound
from voiceguide.voice_commands import VoiceCommand


class Machine(Protocol):
    """What the runner runs: a session, or a replay of one."""

    half_duplex: bool
    """Nobody is listened to while something is played."""

    @property
    def interruptible(self) -> bool:
        """Whether it wants a BargedIn when somebody speaks now, while something is played."""
        ...

    @property
    def floor(self) -> Floor | None:
        """Who is listened to now."""
        ...

    @property
    def deadline(self) -> float | None:
        """When it wants a TimePassed."""
        ...

    @property
    def commands(self) -> frozenset[VoiceCommand]:
        """What it can be told now."""
        ...

    def choice(self, text: str) -> str | None:
        """What these words choose, in words that may be kept where nothing else is; None when they choose nothing."""
        ...

    @property
    def upcoming(self) -> tuple[Speak, ...]:
        """What is likely to be said next."""
        ...

    def handle(self, event: Event, now: float) -> list[Effect]:
        """Take an input and say what to do."""
        ...


class Record(Protocol):
    """Where a session is kept; ``voiceguide.record.transcript.Transcript`` on disk, or NoRecord."""

    next_id: int
    """Number for the next utterance."""

    def append(self, event: Event, t: float) -> None:
        """Keep an input, ``t`` seconds after the session's start."""
        ...

    def keep_sound(self, partner: Partner, sound: Sound) -> str | None:
        """Keep the sound of utterance ``next_id``; gives its file name, or None where nothing is kept."""
        ...

    def strike(self, ids: tuple[int, ...]) -> None:
        """Take utterances off the record."""
        ...


class NoRecord:
    """Nothing is kept: before both have consented, and after a no."""

    def __init__(self) -> None:
        self.next_id = 1

    def append(self, event: Event, t: float) -> None:
        """Count utterances, keep nothing."""
        if isinstance(event, Utterance):
            self.next_id = event.id + 1

    def keep_sound(self, partner: Partner, sound: Sound) -> str | None:
        """Keep nothing."""
        return None

    def strike(self, ids: tuple[int, ...]) -> None:
        """Nothing is there to strike."""


class Watcher(Protocol):
    """Who looks on: the screen."""

    def prompt(self, text: str, speaker: str) -> None:
        """This begins to be heard: the guide's words, or (in a replay) the recorded ones of ``speaker``."""
        ...

    def took(self, event: Event) -> None:
        """The session has taken this input."""
        ...

    def refused(self, command: VoiceCommand) -> None:
        """A command was typed that has no meaning now."""
        ...

    def refresh(self, now: float, level: float, listening: bool) -> None:
        """A little time has passed; ``now`` in the session's seconds, ``level`` in dBFS."""
        ...


class Keys(Protocol):
    """Single keys, while nobody is typing."""

    def poll(self, commands: frozenset[VoiceCommand], floor: Floor | None) -> Sequence[VoiceCommand | str]:
        """What was pressed since the last call: of ``commands``, or as words what ``floor`` lets choose."""
        ...
