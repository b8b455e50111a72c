"""Exercises as the session knows them: a few kinds of step, flat, with names filled in and partners decided.

``exercise.file.parse`` turns a file's text into an ``Exercise``; ``Exercise.bind`` turns that into steps.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from voiceguide.cleaning import TURNS
from voiceguide.errors import VoiceguideError

Partner = Literal["a", "b", "both"]
"""Which of the two, or the two of them together; their names live in the session's header only."""

PARTNERS: tuple[Partner, ...] = ("a", "b", "both")


def name_of(partner: Partner, names: tuple[str, str]) -> str:
    """What the guide calls them."""
    return " and ".join(names) if partner == "both" else names["ab".index(partner)]


class StepKind(StrEnum):
    """What a step is."""

    SAY = "say"
    """The guide says its prompt, then the next step begins."""
    FLOOR = "floor"
    """After the prompt, ``partner`` has the floor until they are done."""
    MIRROR = "mirror"
    """A floor in which ``partner`` says back what they heard; shown differently on screen and in transcripts."""
    ASK = "ask"
    """After the prompt, ``partner`` answers yes or no: yes goes to ``then``, no to ``otherwise``; or chooses."""
    HOLD = "hold"
    """After the prompt, for ``seconds``, nobody has to speak: silence, or breathing paced by sound."""
    AGREE = "agree"
    """A floor in which ``partner`` says what they will do; silence leads to ``otherwise``."""
    REVIEW = "review"
    """Where agreements whose date has come are brought up; said as it stands where there are none."""


@dataclass(frozen=True)
class Option:
    """One way to answer a question, and where it leads."""

    name: str
    """As the guide says it."""
    words: tuple[str, ...] = ()
    """Other ways to say it."""
    then: int = 0
    """Index of the step that follows."""


@dataclass(frozen=True)
class Step:
    """One step of a bound, flat exercise: names are filled in, partners decided, loops are jumps."""

    kind: StepKind
    prompt: str
    """What the guide says, names filled in."""
    place: int
    """1-based number in reading order, swaps and repeats written out; the steps of one loop share it."""
    then: int
    """Index of the step that follows (len(steps) means the end); for ASK: after a yes, or the first option."""
    otherwise: int | None = None
    """ASK: index of the step after a no; AGREE: where nothing was said."""
    partner: Partner | None = None
    """Who has the floor or is asked; None for SAY and HOLD."""
    seconds: float | None = None
    """Length of a hold or a timed floor in seconds; None where time does not matter."""
    endless: bool = False
    """A floor in which silence leads to nothing: no sound, no question."""
    again: str = ""
    """ASK only: how it is asked when the answer was not understood; empty means the prompt again."""
    example: str = ""
    """What someone might answer: for demos and for those who read exercises."""
    options: tuple[Option, ...] = ()
    """ASK only: what can be chosen; empty for yes or no."""
    breath: tuple[float, float] | None = None
    """HOLD only: seconds of an in-breath and of an out-breath; None for silence."""
    quotes: bool = False
    """ASK only: the guide first reads back what was said in the AGREE before."""
    recalls: str = ""
    """ASK only: the agreement that the guide first reads out, as its session's id, a slash, and its place."""


def course(steps: Sequence[Step], answers: Mapping[int, int] = MappingProxyType({})) -> list[int]:
    """Indices of the steps in the order in which they come, each once.

    ``answers`` tells for an ASK step's index which step its answer led to; others are answered in their first way.
    """
    seen: dict[int, None] = {}
    index = 0
    while index < len(steps):
        seen[index] = None
        index = answers.get(index, steps[index].then)
        if index in seen:  # it goes round: on by a way that was not gone yet, at best the one of where it came to
            ahead = [index, *reversed(seen)]
            index = next((way for at in ahead for way in _ways(steps[at]) if way not in seen), len(steps))
    return list(seen)


def _ways(step: Step) -> tuple[int, ...]:
    other = () if step.otherwise is None else (step.otherwise,)
    return (step.then, *other, *(option.then for option in step.options)) if step.kind is StepKind.ASK else (step.then,)


def neighbour(
    steps: Sequence[Step], place: int, forward: bool, answers: Mapping[int, int] = MappingProxyType({})
) -> int:
    """Index of the first step of the place that comes after ``place`` (len(steps) after the last), or before it."""
    path = course(steps, answers)
    if forward:
        return next((i for i in path if steps[i].place > place), len(steps))
    before = max((steps[i].place for i in path if steps[i].place < place), default=steps[0].place)
    return next(i for i in path if steps[i].place == before)


PLACEHOLDERS = ("first", "second", "speaker", "listener", "partner", "other")
"""What a prompt may hold in braces: ``partner`` is the one this step addresses, ``other`` the one beside."""

BOTH = 2
"""The role of the two together."""

PLACEHOLDER = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")


@dataclass(frozen=True)
class Line:
    """A step before anybody is named: roles are 0, who goes first, 1, who goes second, and BOTH."""

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
    options: tuple[Option, ...] = ()
    breath: tuple[float, float] | None = None
    quotes: bool = False

    def bind(self, names: tuple[str, str], partners: tuple[Partner, Partner]) -> Step:
        """The step for these two, both in the order first, second."""
        roles = {"first": 0, "second": 1, "speaker": self.speaker, "listener": 1 - self.speaker}
        if self.who is not None and self.who != BOTH:
            roles |= {"partner": self.who, "other": 1 - self.who}

        def filled(words: str) -> str:
            return PLACEHOLDER.sub(lambda found: names[roles[found[1]]], words)

        return Step(
            kind=self.kind,
            prompt=filled(self.prompt),
            place=self.place,
            then=self.then,
            otherwise=self.otherwise,
            partner=None if self.who is None else (*partners, PARTNERS[BOTH])[self.who],
            seconds=self.seconds,
            endless=self.endless,
            again=filled(self.again),
            example=filled(self.example),
            options=self.options,
            breath=self.breath,
            quotes=self.quotes,
        )


For = Literal["both", "solo", "either"]
FOR: dict[str, For] = {"both": "both", "solo": "solo", "either": "either"}
"""Whom an exercise is for: the two together, one alone, or as they like."""


@dataclass(frozen=True)
class Exercise:
    """One exercise, read, checked and flattened."""

    id: str
    """The title in kebab-case."""
    title: str
    theme: str
    minutes: int
    """About how long it takes."""
    for_: For
    why: str
    """Why it matters, in words to be spoken."""
    grounding: str
    """What research or practice it leans on, and how firmly."""
    lines: tuple[Line, ...]

    def bind(self, names: tuple[str, str], first: Partner = "a", together: bool = False) -> tuple[Step, ...]:
        """The flat steps for partners a and b of these names; ``first`` is the one who goes first.

        ``together``: both do what is made for one (``either``); it speaks to the two of them at once.

        Raises VoiceguideError for names that ``clean_names`` refuses.
        """
        names = clean_names(names)
        if together and self.for_ == "either":
            shared = name_of("both", names)
            return tuple(line.bind((shared, shared), ("both", "both")) for line in self.lines)
        if first == "a":
            return tuple(line.bind(names, ("a", "b")) for line in self.lines)
        return tuple(line.bind((names[1], names[0]), ("b", "a")) for line in self.lines)


MAX_NAME = 40


def is_trick(char: str) -> bool:
    """Whether this character is no text: it controls a terminal, breaks a line or turns the writing round."""
    return char in TURNS or unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}


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
    if "guide" in (_sounding(a), _sounding(b)):
        raise VoiceguideError("Guide is what the guide is called: choose a name that it can tell from its own.")
    if _sounding(a) == _sounding(b):
        raise VoiceguideError(f"Both partners are called {a!r}: choose two names that the guide can tell apart.")
    return a, b


def _sounding(name: str) -> str:
    # Capitals, full-width letters and joiners that nobody hears make no second name.
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if unicodedata.category(c) != "Cf")
