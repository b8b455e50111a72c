"""What the guide can be told, by voice, key or slash: the commands themselves.

``vocabulary`` holds the words they are said in, ``interpreting`` finds them in what a recogniser heard.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class VoiceCommand(StrEnum):
    """Everything a partner can tell the guide, by voice, key or slash."""

    YES = "yes"
    NO = "no"
    UNSURE = "I don't know"
    DONE = "done"
    PAUSE = "pause"
    CONTINUE = "continue"
    REPEAT = "repeat"
    NEXT = "next"
    BACK = "back"
    SLOWER = "slower"
    FASTER = "faster"
    LOUDER = "louder"
    QUIETER = "quieter"
    MORE_TIME = "more time"
    TAKE_YOUR_TIME = "take your time"
    HOW_LONG = "how long"
    HELP = "help"
    WHAT_DID_I_SAY = "what did I say"
    OFF_THE_RECORD = "off the record"
    SUSPEND = "off the record until I say on"
    ON_THE_RECORD = "on the record"
    BREAK = "break"
    STOP = "stop"


SPOKEN: dict[VoiceCommand, str] = {command: command.value for command in VoiceCommand} | {VoiceCommand.DONE: "I'm done"}
"""One way to say each command, for help and the screen; every one is understood."""


def phrases_for(allowed: Collection[VoiceCommand]) -> list[str]:
    """One way to say each allowed command, in the order of ``VoiceCommand``."""
    return [SPOKEN[command] for command in VoiceCommand if command in allowed]
