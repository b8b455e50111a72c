"""Exercises as the session knows them: a few kinds of step, flat, with names filled in and partners decided.

``exercise_file.parse`` turns a file's text into an ``Exercise``; ``Exercise.bind`` turns that into steps.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from voiceguide.errors import VoiceguideError

Partner = Literal["a", "b"]
"""Which of the two; their names live in the session's header only."""


class StepKind(StrEnum):
    """What a step is."""

    SAY = "say"
    """The guide says its prompt, then the next step begins."""
    FLOOR = "floor"
    """After the prompt, ``partner`` has the floor until they are done."""
    MIRROR = "mirror"
    """A floor in which ``partner`` says back what they heard; shown differently on screen and in transcripts."""
    ASK = "ask"
    """After the prompt, ``partner`` answers yes or no: yes goes to ``then``, no to ``otherwise``."""


@dataclass(frozen=True)
class Step:
    """One step of a bound, flat exercise: names are filled in, partners decided, loops are jumps."""

    kind: StepKind
    prompt: str
    """What the guide says, names filled in."""
    place: int
    """1-based number in reading order, swaps and repeats written out; the steps of one loop share it."""
    then: int
    """Index of the step that follows (len(steps) means the end); for ASK: after a yes."""
    otherwise: int | None = None
    """ASK only: index of the step after a no."""
    partner: Partner | None = None
    """Who has the floor or is asked; None for SAY."""
    seconds: float | None = None
    """Length of a timed floor in seconds; None where time does not matter."""
    endless: bool = False
    """A floor in which silence leads to nothing: no sound, no question."""
    again: str = ""
    """ASK only: how it is asked when the answer was not understood; empty means the prompt again."""
    example: str = ""
    """What someone might answer: for demos and for those who read exercises."""


def neighbour(steps: Sequence[Step], place: int, forward: bool) -> int:
    """Index of the first step of the place after ``place`` (len(steps) after the last), or of the one before it."""
    if forward:
        return next((i for i, step in enumerate(steps) if step.place > place), len(steps))
    before = max((step.place for step in steps if step.place < place), default=place)
    return next(i for i, step in enumerate(steps) if step.place == before)


PLACEHOLDERS = ("first", "second", "speaker", "listener", "partner", "other")
"""What a prompt may hold in braces: ``partner`` is the one this step addresses, ``other`` the one beside."""

PLACEHOLDER = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")


@dataclass(frozen=True)
class Line:
    """A step before anybody is named: roles are 0, who goes first, and 1, who goes second."""

    kind: StepKind
    prompt: str
    """Words with placeholders."""
    place: int
    then: int
    otherwise: int | None = None
    who: int | None = None
    """Role of the one who has the floor or is asked; None for SAY."""
    speaker: int = 0
    """Role that ``{speaker}`` stands for here."""
    seconds: float | None = None
    endless: bool = False
    again: str = ""
    example: str = ""

    def bind(self, names: tuple[str, str], partners: tuple[Partner, Partner]) -> Step:
        """The step for these two, both in the order first, second."""
        roles = {"first": 0, "second": 1, "speaker": self.speaker, "listener": 1 - self.speaker}
        if self.who is not None:
            roles |= {"partner": self.who, "other": 1 - self.who}

        def filled(words: str) -> str:
            return PLACEHOLDER.sub(lambda found: names[roles[found[1]]], words)

        return Step(
            kind=self.kind,
            prompt=filled(self.prompt),
            place=self.place,
            then=self.then,
            otherwise=self.otherwise,
            partner=None if self.who is None else partners[self.who],
            seconds=self.seconds,
            endless=self.endless,
            again=filled(self.again),
            example=filled(self.example),
        )


@dataclass(frozen=True)
class Exercise:
    """One exercise, read, checked and flattened."""

    id: str
    """The title in kebab-case."""
    title: str
    theme: str
    minutes: int
    """About how long it takes."""
    for_: Literal["both", "solo"]
    why: str
    """Why it matters, in words to be spoken."""
    grounding: str
    """What research or practice it leans on, and how firmly."""
    lines: tuple[Line, ...]

    def bind(self, names: tuple[str, str], first: Partner = "a") -> tuple[Step, ...]:
        """The flat steps for partners a and b of these names; ``first`` is the one who goes first.

        Raises VoiceguideError for names that ``clean_names`` refuses.
        """
        names = clean_names(names)
        if first == "a":
            return tuple(line.bind(names, ("a", "b")) for line in self.lines)
        return tuple(line.bind((names[1], names[0]), ("b", "a")) for line in self.lines)


MAX_NAME = 40

_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_trick(char: str) -> bool:
    """Whether this character is no text: it controls a terminal, breaks a line or turns the writing round."""
    return char in _BIDI_CONTROLS or unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}


def clean_name(name: str) -> str:
    """A partner's name, spaces tidied; any language will do.

    Raises VoiceguideError for a name that is empty, has no letter, holds control characters or turns the
    writing direction round, or is longer than 40 letters.
    """
    if any(map(is_trick, name)):
        raise VoiceguideError("A name holds characters that cannot be seen: type it again with letters only.")
    tidy = unicodedata.normalize("NFC", " ".join(name.split()))
    if not any(c.isalnum() for c in tidy):
        raise VoiceguideError("A name is empty or has no letters: give each partner a name, such as --names Anna,Ben.")
    if len(tidy) > MAX_NAME:
        raise VoiceguideError(
            f"The name {tidy[:12] + '…'!r} has {len(tidy)} letters: use {MAX_NAME} at most, a first name will do."
        )
    return tidy


def clean_names(names: tuple[str, str]) -> tuple[str, str]:
    """Both names cleaned; raises VoiceguideError as ``clean_name`` does, and for two that sound the same."""
    a, b = clean_name(names[0]), clean_name(names[1])
    if _sounding(a) == _sounding(b):
        raise VoiceguideError(f"Both partners are called {a!r}: choose two names that the guide can tell apart.")
    return a, b


def _sounding(name: str) -> str:
    # Capitals, full-width letters and joiners that nobody hears make no second name.
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if unicodedata.category(c) != "Cf")
