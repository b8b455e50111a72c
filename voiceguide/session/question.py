"""A question before the exercise whose answer is neither yes nor no: a session of one step."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from voiceguide.errors import VoiceguideError
from voiceguide.exercise import Option, Step, StepKind, clean_name
from voiceguide.session import phrases
from voiceguide.session.effects import Effect
from voiceguide.session.prologue import Passing
from voiceguide.session.states import State
from voiceguide.voice_commands.choosing import gives_up
from voiceguide.voice_commands.vocabulary import PHRASES, normalised

Answer = TypeVar("Answer")


class Question(Passing, Generic[Answer]):
    """Asks until ``understood`` makes something of the words; ``answer`` then holds that.

    ``offered`` are the likely answers: the screen shows them, and each has its number as a key. Misunderstood, it asks
    with the next of ``again``; asked for help, it says ``helping`` first. "I don't know" is an answer, too: None.
    """

    def __init__(
        self,
        prompt: str,
        understood: Callable[[str], Answer | None],
        names: tuple[str, str],
        offered: Sequence[str],
        again: Sequence[str],
        helping: str = "",
    ) -> None:
        options = tuple(Option(name, then=1) for name in offered)
        step = Step(StepKind.ASK, prompt, place=0, then=1, partner="both", options=options)
        super().__init__([step], names, stopped=phrases.stopped(saved=False))
        self.answer: Answer | None = None
        self._understood, self._anew, self._helping = understood, tuple(again), helping

    def _option(self, text: str) -> Option | None:
        if self.state is not State.GATE or gives_up(text) or self._understood(text) is None:
            return None
        return Option(text, then=1)

    def _decide(self, answer: bool | Option, before: State) -> list[Effect]:
        if isinstance(answer, Option):
            self.answer = self._understood(answer.name)
        return super()._decide(answer, before)

    def _help_line(self) -> str:
        return f"{self._helping} {super()._help_line()}".strip()

    def _asked_again(self) -> str:
        return self._anew[min(self._tries, len(self._anew)) - 1] if self._tries else super()._asked_again()


_GREETINGS = r"(?:hello|hi|hey|well|um|uh|er|so|oh|okay|ok|and|yes|no|there|guide|please)"
_BEFORE = re.compile(
    rf"^(?:{_GREETINGS}[,.!]? +)*"
    r"(?:(?:(?:my|our|the|his|her|their) (?:first )?names? (?:is|are)|my name's|(?:just )?call me|"
    r"(?:i|we|he|she|they|it|this|that|here) (?:am|are|is)|i'm|we're|he's|she's|they're|it's|that's) +)?",
    re.IGNORECASE,
)
_AFTER = re.compile(r",? +(?:please|is here|here)$|,? +is my name$", re.IGNORECASE)
_NOBODY = frozenset(
    normalised(words)
    for words in ("nobody", "no one", "just me", "only me", "it's just me", "it's only me", "i'm alone", "i am alone")
)
_NO_NAMES = frozenset(normalised("hello hi hey there guide please stop all it nobody just only me you we"))
_MOST_WORDS = 2


def is_nobody(text: str) -> bool:
    """Whether these words say that there is no second one."""
    return normalised(text) in _NOBODY


def names_in(text: str) -> tuple[str, ...] | None:
    """The one or two first names these words tell; None when they tell none."""
    bare = re.sub("[\u2018\u2019]", "'", text).strip(" .,!?;:\"'")
    bare = _AFTER.sub("", bare)
    parts = [part for part in re.split(r",? +and +| *[,&] *(?=\S)", _BEFORE.sub("", bare)) if part]
    try:
        return tuple(_name(_BEFORE.sub("", part).strip(" .,!?;:")) for part in parts) if 1 <= len(parts) <= 2 else None
    except VoiceguideError:
        return None


def _name(part: str) -> str:
    name = clean_name(part)
    words = tuple(name.lower().replace("'", "").split())
    known = words in PHRASES or _NO_NAMES.intersection(words)
    if known or len(words) > _MOST_WORDS or any(char.isdigit() for char in name):
        raise VoiceguideError("That is no name: say a first name.")
    return name if name != name.lower() else name.title()
