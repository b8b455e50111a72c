"""What the guide answers when it is asked something in passing: the time, what was said, pace and loudness."""

from __future__ import annotations

from voiceguide.exercise import name_of
from voiceguide.session import phrases
from voiceguide.session.events import Utterance
from voiceguide.voice_commands import VoiceCommand


def answer(
    command: VoiceCommand,
    left: float | None,
    turn: tuple[Utterance, ...],
    names: tuple[str, str],
) -> str:
    """The guide's words for a question in passing.

    ``left`` are the seconds left of the floor (None: no limit), ``turn``
    the utterances of the turn that "what did I say" means.
    """
    match command:
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
