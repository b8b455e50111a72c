"""A question before the exercise whose answer is neither yes nor no: a session of one step."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from voiceguide import phrases
from voiceguide.errors import VoiceguideError
from voiceguide.events import Effect
from voiceguide.exercise import Option, Step, StepKind, clean_name
from voiceguide.session import Session
from voiceguide.states import State
from voiceguide.voice_commands import PHRASES


class Question(Session):
    """Asks until ``understood`` makes something of the answer; ``answer`` then holds the words as they were said.

    ``offered`` are the likely answers: the screen shows them, and each has its number as a key. Misunderstood, it asks
    with the next of ``again``. "I don't know" is an answer, too: None.
    """

    def __init__(
        self,
        prompt: str,
        understood: Callable[[str], object],
        names: tuple[str, str],
        offered: Sequence[str],
        again: Sequence[str],
    ) -> None:
        options = tuple(Option(name, then=1) for name in offered)
        step = Step(StepKind.ASK, prompt, place=0, then=1, partner="both", options=options)
        super().__init__([step], names, stopped=phrases.stopped(saved=False))
        self.answer: str | None = None
        self._understood, self._anew = understood, tuple(again)

    def _option(self, text: str) -> Option | None:
        understood = self.state is State.GATE and self._understood(text) is not None
        return Option(text, then=1) if understood else None

    def _decide(self, answer: bool | Option, before: State) -> list[Effect]:
        if isinstance(answer, Option):
            self.answer = answer.name
        return super()._decide(answer, before)

    def _asked_again(self) -> str:
        return self._anew[min(self._tries, len(self._anew)) - 1] if self._tries else super()._asked_again()


_BEFORE = re.compile(
    r"^(?:(?:hello|hi|hey|well|um|uh|er|so|oh|okay|yes|no)[,.!]? +)*"
    r"(?:(?:my|our|the) (?:first )?names? (?:is|are)|i am|i'm|we are|we're|"
    r"it is|it's|this is|call me|that's|that is) +",
    re.IGNORECASE,
)
_HELLO = re.compile(r"^(?:(?:hello|hi|hey|well|um|uh|er|so|oh)[,.!]? +)+", re.IGNORECASE)
_MOST_WORDS = 2


def names_in(text: str) -> tuple[str, ...] | None:
    """The one or two first names these words tell; None when they tell none."""
    straight = re.sub("[\u2018\u2019]", "'", text).strip(" .,!?;:\"'")
    bare = _HELLO.sub("", _BEFORE.sub("", straight))
    parts = [part for part in re.split(r",? +and +| *[,&] *", bare) if part]
    parts = [re.sub(r"^(?:i'm|i am|my name is|this is|here is) +", "", part, flags=re.IGNORECASE) for part in parts]
    parts = [part.strip(" .,!?;:") for part in parts]
    if not 1 <= len(parts) <= 2:
        return None
    try:
        return tuple(_name(part) for part in parts)
    except VoiceguideError:
        return None


def _name(part: str) -> str:
    name = clean_name(part)
    words = tuple(name.lower().replace("'", "").split())
    if len(words) > _MOST_WORDS or words in PHRASES or any(char.isdigit() for char in name):
        raise VoiceguideError("That is no name: say a first name.")
    return name if name != name.lower() else name.title()
