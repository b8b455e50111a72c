"""Passages: consecutive utterances of one turn, recognised once more in one piece.

An utterance is cut wherever somebody pauses to think, often within a sentence. Heard with what stands before and
after it, more of its words come out right. What is found so is given back to the utterances by the words' times, and
only where it can be trusted more: words are never taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log

from voiceguide.hearing import Hypothesis
from voiceguide.hearing.timing import settled
from voiceguide.session.events import Amended, Times, Utterance
from voiceguide.sound import SAMPLE_BYTES, Sound

LONGEST = 20.0
"""Seconds of a passage. With the packaged Whisper, of 10, 15, 20, 25 and 28 s this kept the most words."""

BY = "voiceguide"
"""Who amends: the same recogniser, which has heard more."""

_BEFORE, _AFTER = 0.2, 0.3
"""Seconds of its silence that an utterance brings along: longer pauses become half a second."""

_FEWEST = 0.9
"""Share of the first words that must be there again; fewer is a passage that was not heard to its end."""

_LESS_SURE = 0.05
"""So much lower the confidence's logarithm may be: a passage is harder than its parts."""


@dataclass(frozen=True)
class Part:
    """An utterance in a passage."""

    said: Utterance
    speech: Times
    """Where its sound is speech; without a command at its end."""
    confidence: float

    @property
    def begin(self) -> float:
        """Where in its sound its piece of the passage begins."""
        return max(0.0, self.speech[0][0] - _BEFORE)

    @property
    def seconds(self) -> float:
        """Length of its piece."""
        return min(self.said.seconds, self.speech[-1][1] + _AFTER) - self.begin


@dataclass(frozen=True)
class Passage:
    """Utterances of one partner in one step, in the order they were said."""

    parts: tuple[Part, ...]

    def takes(self, part: Part) -> bool:
        """Whether this one may follow: the same turn, and short enough with it."""
        last = self.parts[-1].said
        here = (last.partner, last.place) == (part.said.partner, part.said.place)
        return here and sum(p.seconds for p in (*self.parts, part)) <= LONGEST

    def without(self, ids: Collection[int]) -> Passage | None:
        """What is left when these are struck; None when too little is left to be heard together."""
        left = tuple(part for part in self.parts if part.said.id not in ids)
        return replace(self, parts=left) if len(left) > 1 else None

    def sound(self, stored: Callable[[str], Sound]) -> Sound:
        """The pieces one after the other; ``stored`` loads an utterance's sound by its name, and may raise."""
        pieces = []
        for part in self.parts:
            whole = stored(part.said.audio or "")
            first, last = (round(at * whole.rate) * SAMPLE_BYTES for at in (part.begin, part.begin + part.seconds))
            pieces.append(whole.frames[first:last])
        return Sound(b"".join(pieces), whole.rate)

    def amendments(self, heard: Hypothesis) -> list[Amended]:
        """The better words for those utterances that have any; none where the passage was not heard better."""
        words = heard.text.split()
        if heard.doubtful or not heard.times or not self._is_trusted(heard):
            return []
        found = []
        for part, (offset, indices) in zip(self.parts, self._shares(heard.times), strict=True):
            text = " ".join(words[index] for index in indices)
            if not text:
                return []
            shift = part.begin - offset
            times = tuple(_moved(heard.times[index], shift) for index in indices)
            if text != part.said.answer:
                found.append(Amended(part.said.id, text, BY, settled(times, part.speech), part.said.noisy))
        return found

    def _is_trusted(self, heard: Hypothesis) -> bool:
        counts = [len(part.said.answer.split()) for part in self.parts]
        sure = sum(count * log(part.confidence) for count, part in zip(counts, self.parts, strict=True)) / sum(counts)
        enough = len(heard.text.split()) >= _FEWEST * sum(counts)
        return enough and heard.confidence > 0 and log(heard.confidence) >= sure - _LESS_SURE

    def _shares(self, times: Times) -> list[tuple[float, list[int]]]:
        """For each part where it begins in the passage, and which words are said in it."""
        begins = [0.0]
        for part in self.parts:
            begins.append(begins[-1] + part.seconds)
        speech = tuple(
            _moved(stretch, begin - part.begin)
            for part, begin in zip(self.parts, begins, strict=False)
            for stretch in part.speech
        )
        middles = [(start + end) / 2 for start, end in settled(times, speech)]
        return [
            (begin, [index for index, middle in enumerate(middles) if begin <= middle < end])
            for begin, end in pairwise([*begins[:-1], float("inf")])
        ]


def _moved(span: tuple[float, float], seconds: float) -> tuple[float, float]:
    return (round(max(0.0, span[0] + seconds), 2), round(max(0.0, span[1] + seconds), 2))


class Passages:
    """Collects utterances and tells which passages are complete."""

    def __init__(self) -> None:
        self._open: Passage | None = None
        self._complete: list[Passage] = []
        self._struck: set[int] = set()

    def add(self, part: Part) -> None:
        """The next utterance with words."""
        if self._open and self._open.takes(part):
            self._open = Passage((*self._open.parts, part))
        else:
            self.end_turn()
            self._open = Passage((part,))

    def end_turn(self) -> None:
        """Nothing more follows upon what was said."""
        if self._open:
            self._complete.append(self._open)
        self._open = None

    @property
    def waiting(self) -> bool:
        """There are complete ones, or one that grows."""
        return bool(self._complete or self._open)

    def strike(self, ids: Collection[int]) -> None:
        """Forget these utterances."""
        self._struck |= set(ids)

    def next(self) -> Passage | None:
        """The next complete passage worth hearing; None for now."""
        while self._complete:
            passage = self._complete.pop(0).without(self._struck)
            if passage:
                return passage
        return None

    def amendments(self, passage: Passage, heard: Hypothesis) -> list[Amended]:
        """Those of ``passage``, without utterances that were struck meanwhile."""
        return [better for better in passage.amendments(heard) if better.id not in self._struck]
