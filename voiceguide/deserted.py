"""Rooms that were left: a guide that was called by voice stops by itself where nobody answers it any more.

Whoever begins at a screen sees that a session waits. Where nothing but a microphone waits, the next day's talk in that
room must not become somebody's answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from voiceguide.roles import Keys
from voiceguide.session.events import BargedIn, Commanded, Event, PromptEnded, SpeechDropped, SpeechStarted, Utterance
from voiceguide.session.floor import Floor
from voiceguide.voice_commands import VoiceCommand

QUESTION = 60.0
"""Seconds after which a question before the exercise is not answered any more."""

SESSION = 30 * 60.0
"""The same in the midst of one, where people may be silent for a quarter of an hour."""

ABSENCE = 25 * 3600.0
"""The same where nothing is kept: in a pause, in a replay, and on a break, which lasts a day at most."""

_SIGNS = (BargedIn, Commanded, PromptEnded, SpeechDropped, SpeechStarted, Utterance)


class Deserted:
    """Keys and a watcher: tells the session to stop when nobody has given a sign for so long."""

    def __init__(self, keys: Keys) -> None:
        """``keys`` are pressed by whoever is there."""
        self._keys = keys
        self._now = self._sign = 0.0

    def poll(self, commands: frozenset[VoiceCommand], floor: Floor | None) -> Sequence[VoiceCommand | str]:
        """What was pressed; "stop" in place of an answer that does not come."""
        if pressed := self._keys.poll(commands, floor):
            self._sign = self._now
            return pressed
        if floor is None or VoiceCommand.STOP not in commands:
            self._sign = self._now
        elif self._now - self._sign > _limit(floor):
            self._sign = self._now
            return [VoiceCommand.STOP]
        return []

    def prompt(self, text: str, speaker: str) -> None:
        """The guide says something: they may answer afterwards."""
        self._sign = self._now

    def took(self, event: Event) -> None:
        """Something happened."""
        if isinstance(event, _SIGNS):
            self._sign = self._now

    def refused(self, command: VoiceCommand) -> None:
        """Somebody types."""
        self._sign = self._now

    def refresh(self, now: float, level: float, listening: bool) -> None:
        """A little time has passed."""
        if now < self._now:  # another machine's time
            self._sign = now
        self._now = now


def _limit(floor: Floor) -> float:
    if not floor.kept:
        return ABSENCE
    return SESSION if floor.place else QUESTION
