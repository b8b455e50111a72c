"""Hearing: from sound to words. What every recogniser gives and takes; the engines are modules beside this one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from voiceguide.session.events import Times
from voiceguide.sound import Sound
from voiceguide.voice_commands.waking import Wake


@dataclass(frozen=True)
class Hypothesis:
    """What a recogniser believes was said."""

    text: str
    """The words; empty when there were none."""
    confidence: float
    """0 to 1; comparable within one engine only."""
    doubtful: bool
    """The words may be invented or wrong: show them, but let the recording be the truth."""
    times: Times = ()
    """When each word of ``text.split()`` was said: (from, to), seconds from the sound's beginning, to a hundredth.
    Empty where the engine cannot tell."""
    told: str = ""
    """What an engine that was told the commands heard of a short utterance, where it is sure of it; empty where it is
    not, or cannot be told. Only to find a command: it finds them in other words, too."""


NOTHING = Hypothesis("", 1.0, False)
"""No words at all, and no doubt about it."""


class Recognizer(Protocol):
    """Turns one utterance into words."""

    name: str

    def recognize(self, utterance: Sound) -> Hypothesis:
        """The words of ``utterance`` (any rate, any length; an empty one has none). Blocks for as long as it takes.

        Raises EngineError when the engine fails.
        """
        ...

    def spot(self, opening: Sound, name: str) -> Wake:
        """Whether what is said in ``opening`` (the first seconds of an utterance) begins with a call of this name.

        Raises EngineError when the engine fails.
        """
        ...
