"""The exercises' prompts, spoken by each voice and heard by other engines: are they understood?

A tenth of them; `scripts/bench prompts` takes all, which takes minutes.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from voiceguide.library import all_exercises
from voiceguide.paths import shipped_exercise_files

pytestmark = pytest.mark.full

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
prompts = importlib.import_module("benchmarks.prompts")

EXERCISES = all_exercises(shipped_exercise_files())[0]
FEW = 0.15
"""Share of wrong words."""


@pytest.mark.parametrize("voice", prompts.speakers())
def test_prompts_survive_synthesis(voice: str) -> None:
    told = [prompt for exercise in EXERCISES for prompt in prompts.prompts(exercise)][::10]
    with prompts.listeners() as by:
        found = prompts.heard(told, by, voice)
    print(f"{len(told)} prompts, {prompts.share_wrong(found):.1%} of the words wrong")
    assert [(each.prompt, each.text) for each in found if each.wer > prompts.BAD] == []
    assert prompts.share_wrong(found) <= FEW


def test_gibberish_does_not() -> None:
    with prompts.listeners() as by:
        (heard,) = prompts.heard(["Grblx frtz uwqa mplk znrr vopq."], by)
    assert heard.wer > prompts.BAD
