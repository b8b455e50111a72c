"""What the guide can be told: from a recogniser's hypothesis to a voice command, or to none."""

from __future__ import annotations

from enum import StrEnum


class VoiceCommand(StrEnum):
    """Everything a partner can tell the guide, by voice, key or slash."""

    YES = "yes"
    NO = "no"
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
    HOW_LONG = "how long"
    HELP = "help"
    WHAT_DID_I_SAY = "what did I say"
    OFF_THE_RECORD = "off the record"
    STOP = "stop"
