"""Every prompt of every exercise, spoken by the guide's voice and heard by another engine: is it understood?

What one recogniser makes nonsense of, another one hears, too, before it counts as not understood.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import jiwer
import pytest

from voiceguide.exercise import Exercise
from voiceguide.hearing.engines import ENGINES
from voiceguide.library import all_exercises
from voiceguide.paths import shipped_exercise_files
from voiceguide.sound import LISTEN_RATE, Sound
from voiceguide.sound_files import resample
from voiceguide.worker import Worker

pytestmark = pytest.mark.slow

normalise = importlib.import_module("benchmarks.words").normalise

EXERCISES = all_exercises(shipped_exercise_files())[0]
NAMES = ("Susan", "Robert")

GOOD = 0.25
"""Word error rate up to which nobody else is asked."""
WORST = 0.45
FEW = 0.12
"""Of a whole exercise."""


@pytest.fixture(scope="module")
def workers() -> Iterator[tuple[Worker, Worker, Worker]]:
    with (
        Worker("voiceguide.speaking.pyttsx3_engine:Pyttsx3", seconds=60) as voice,
        Worker(ENGINES["moonshine"].factory, seconds=60) as ear,
        Worker(ENGINES["whisper"].factory, seconds=60) as other,
    ):
        yield voice, ear, other


def prompts(exercise: Exercise) -> list[str]:
    """Each once, also where it is said to both in turn."""
    found: dict[str, str] = {}
    for line, step in zip(exercise.lines, exercise.bind(NAMES), strict=True):
        found.setdefault(line.prompt, step.prompt)
        found.setdefault(line.again, step.again)
    return [prompt for prompt in found.values() if prompt]


@pytest.mark.parametrize("exercise", EXERCISES, ids=[exercise.id for exercise in EXERCISES])
def test_every_prompt_survives_synthesis(exercise: Exercise, workers: tuple[Worker, Worker, Worker]) -> None:
    voice, ear, other = workers
    told = prompts(exercise)
    sounds = [voice.submit("synthesize", prompt, None, 150) for prompt in told]
    heard = [ear.submit("recognize", resample(sound.result(), LISTEN_RATE)) for sound in sounds]
    errors, words, wrong = 0.0, 0, []
    for prompt, sound, first in zip(told, sounds, heard, strict=True):
        said, rest = normalise(prompt), resample(sound.result(), LISTEN_RATE)
        text, rate = first.result().text, jiwer.wer(said, normalise(first.result().text))
        if rate > GOOD:
            text, rate = min((text, rate), _heard(other, rest, said), key=lambda each: each[1])
        errors, words = errors + rate * len(said.split()), words + len(said.split())
        if rate > WORST:
            wrong.append(f"{rate:.2f} {prompt!r}: {text!r}")
    print(f"{exercise.id}: {len(told)} prompts, {words} words, {errors / words:.1%} wrong")
    assert wrong == []
    assert errors / words <= FEW


def _heard(worker: Worker, sound: Sound, said: str) -> tuple[str, float]:
    text = str(worker.submit("recognize", sound).result().text)
    return text, jiwer.wer(said, normalise(text))
