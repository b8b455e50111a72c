"""What the guide answers when it is asked something in passing: help, the time, what was said, pace and loudness."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from voiceguide import phrases
from voiceguide.events import Utterance
from voiceguide.exercise import name_of
from voiceguide.voice_commands import VoiceCommand

_PACE = {VoiceCommand.SLOWER: 0.87, VoiceCommand.FASTER: 1.15}
_LOUDNESS = {VoiceCommand.LOUDER: 1.25, VoiceCommand.QUIETER: 0.8}


@dataclass(frozen=True)
class Delivery:
    """How the guide speaks."""

    pace: float = 1.0
    """1.0 is the chosen rate; 0.6 to 1.5."""
    loudness: float = 1.0
    """1.0 is the level as synthesised; 0.4 to 2.0."""

    def told(self, command: VoiceCommand) -> Delivery:
        """As the command wants it; other commands change nothing."""
        pace = self.pace * _PACE.get(command, 1.0)
        loudness = self.loudness * _LOUDNESS.get(command, 1.0)
        return Delivery(round(min(1.5, max(0.6, pace)), 3), round(min(2.0, max(0.4, loudness)), 3))


def answer(
    command: VoiceCommand,
    commands: Collection[VoiceCommand],
    left: float | None,
    turn: tuple[Utterance, ...],
    names: tuple[str, str],
) -> str:
    """The guide's words for a question in passing.

    ``commands`` are those that can be given now, ``left`` the seconds left of the floor (None: no limit), ``turn``
    the utterances of the turn that "what did I say" means.
    """
    match command:
        case VoiceCommand.HELP:
            return phrases.help_line(commands)
        case VoiceCommand.HOW_LONG:
            return phrases.how_long(left)
        case VoiceCommand.MORE_TIME:
            return phrases.more_time()
        case VoiceCommand.TAKE_YOUR_TIME:
            return phrases.take_your_time()
        case VoiceCommand.WHAT_DID_I_SAY:
            words = " ".join(u.answer for u in turn if u.answer)
            return phrases.you_said(name_of(turn[-1].partner, names), words) if words else phrases.nothing_said()
        case VoiceCommand.OFF_THE_RECORD:
            return phrases.nothing_to_strike()
        case VoiceCommand.SUSPEND:
            return phrases.off_from_now_on()
        case VoiceCommand.ON_THE_RECORD:
            return phrases.on_the_record()
        case VoiceCommand.CONTINUE:
            return phrases.microphone_lost()
    return phrases.acknowledged(command)
