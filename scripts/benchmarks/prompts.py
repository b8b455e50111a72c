"""What the guide says: every prompt of every exercise in each voice it may have, heard by other engines.

What one recogniser makes nonsense of, another hears, too: a prompt is as well understood as the better one did.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.words import normalise

from voiceguide.exercise import Exercise
from voiceguide.hearing.engines import ENGINES
from voiceguide.library import all_exercises
from voiceguide.paths import shipped_exercise_files
from voiceguide.sound import LISTEN_RATE
from voiceguide.sound.files import resample
from voiceguide.speaking import piper_engine, pyttsx3_engine, voices
from voiceguide.worker import Worker

_NAMES = ("Susan", "Robert")

_GOOD = 0.25
"""Word error rate up to which no other engine is asked."""

BAD = 0.6
"""From here on a prompt is not understood."""


@dataclass(frozen=True)
class Heard:
    """A prompt, and what was heard of it."""

    prompt: str
    text: str
    wer: float


@dataclass(frozen=True)
class Listeners:
    """What speaks, and the engines that hear it."""

    voice: Worker
    ear: Worker
    other: Worker


@contextlib.contextmanager
def listeners() -> Iterator[Listeners]:
    """They work until the end of the block."""
    with (
        Worker(voices.FACTORY, seconds=60) as voice,
        Worker(ENGINES["moonshine"].factory, seconds=60) as ear,
        Worker(ENGINES["whisper"].factory, seconds=60) as other,
    ):
        yield Listeners(voice, ear, other)


def prompts(exercise: Exercise) -> list[str]:
    """Each once, also where it is said to both in turn."""
    found: dict[str, str] = {}
    for line, step in zip(exercise.lines, exercise.bind(_NAMES), strict=True):
        found.setdefault(line.prompt, step.prompt)
        found.setdefault(line.again, step.again)
    return [prompt for prompt in found.values() if prompt]


def speakers() -> list[str]:
    """The natural voices that are here, the system's default, and the simulated couple's."""
    with Worker(voices.FACTORY, seconds=60) as worker:
        here = [voice.id for voice in worker.submit("voices").result()]
    natural = [name for name in here if name in piper_engine.VOICES]
    system = next(name for name in here if name not in natural)
    return list(dict.fromkeys([*natural, system, *pyttsx3_engine.COUPLE_VOICES]))


def heard(told: Sequence[str], by: Listeners, voice: str | None = None) -> list[Heard]:
    """What is heard of these prompts, spoken by ``voice`` (None: the guide's default)."""
    sounds = [by.voice.submit("synthesize", prompt, voice, 150) for prompt in told]
    first = [by.ear.submit("recognize", resample(sound.result(), LISTEN_RATE)) for sound in sounds]
    found = []
    for prompt, sound, hypothesis in zip(told, sounds, first, strict=True):
        best = _compared(prompt, hypothesis.result().text)
        if best.wer > _GOOD:
            again = by.other.submit("recognize", resample(sound.result(), LISTEN_RATE)).result().text
            best = min(best, _compared(prompt, again), key=lambda each: each.wer)
        found.append(best)
    return found


def share_wrong(found: Sequence[Heard]) -> float:
    """Word error rate over all of them."""
    words = [len(normalise(each.prompt).split()) for each in found]
    return sum(each.wer * count for each, count in zip(found, words, strict=True)) / sum(words)


def measure(runs: int, manifest: Path | None = None) -> dict[str, Any]:
    """Voice by voice, exercise by exercise; and the prompts that are not understood."""
    return {voice: _spoken_by(voice) for voice in speakers()}


def _spoken_by(voice: str) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    every: list[Heard] = []
    with listeners() as by:
        for exercise in all_exercises(shipped_exercise_files())[0]:
            found = heard(prompts(exercise), by, voice)
            figures[exercise.id] = _figures(found)
            every += found
    missed = {each.prompt: each.text for each in every if each.wer > BAD}
    return {**figures, "all": _figures(every), "not understood": missed}


def _figures(found: Sequence[Heard]) -> dict[str, Any]:
    worst = max(each.wer for each in found)
    return {"prompts": len(found), "wer": round(share_wrong(found), 3), "worst": round(worst, 2)}


def _compared(prompt: str, text: str) -> Heard:
    import jiwer

    return Heard(prompt, text, float(jiwer.wer(normalise(prompt), normalise(text))))
