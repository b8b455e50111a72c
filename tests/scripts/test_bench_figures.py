"""The arithmetic of scripts/bench: shares and their intervals, slopes, noise levels, what counts as a command."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Loads a module of the benches by its name."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return lambda name: importlib.import_module(f"benchmarks.{name}")


def test_wilsons_interval(bench: Any) -> None:
    """Figures from R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    shares = bench("shares")
    assert shares.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=0.0001)
    assert shares.wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=0.0001)
    assert shares.wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=0.0001)
    assert shares.wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=0.0001)


def test_a_share_of_nothing_says_nothing(bench: Any) -> None:
    assert bench("shares").share(0, 0) == {"count": 0, "of": 0, "share": None, "low": 0.0, "high": 1.0}


def test_peak_and_slope_of_memory(bench: Any) -> None:
    rising = [(0.0, 100.0), (2.0, 900.0), (5.0, 200.0), (6.0, 202.0), (8.0, 206.0)]
    assert bench("memory").summary(rising) == {
        "minutes": 8.0, "peak_mb": 900, "after_5_min_mb": 200, "end_mb": 206, "mb_per_minute": 2.0,
    }  # fmt: skip
    assert bench("memory").summary([(0.0, 100.0), (1.0, 101.0)])["mb_per_minute"] is None


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_processes_are_counted_with_their_children(bench: Any) -> None:
    processes = bench("processes")
    assert processes.family()[0] == os.getpid()
    assert 5 < processes.resident_mb() < 20_000
    before = processes.cpu_seconds()
    while processes.cpu_seconds() == before:
        sum(range(100_000))
    assert processes.cpu_seconds() > before


@pytest.mark.parametrize("above", [20.0, 5.0, 0.0])
def test_noise_is_mixed_at_the_level_that_is_said(bench: Any, above: float) -> None:
    spoken = bench("spoken")
    speech, noise = np.sin(np.arange(16000) / 5) * 8000, np.sin(np.arange(16000) / 3) * 50
    louder = spoken.gain(speech, noise, above) * noise
    assert 10 * np.log10(np.mean(speech**2) / np.mean(louder**2)) == pytest.approx(above, abs=0.1)


def test_a_delay_is_counted_from_the_last_word(bench: Any) -> None:
    from voiceguide.sound import Sound, silence

    word = Sound((8000).to_bytes(2, "little") * 1000, 16000)
    assert bench("spoken").trimmed(Sound(word.frames + silence(0.2, 16000).frames, 16000)) == word


def test_pieces_and_very_words(bench: Any) -> None:
    sentences = bench("sentences")
    cut = set(sentences.pieces("I said so, and you stop the car."))
    assert {"I said so", "and you stop the car", "I said", "so, and", "the car."} <= cut
    assert all(map(sentences.is_phrase, ("Stop.", "I\u2019m done", "We\u2019re done.", "Guide, pause.")))
    assert not any(map(sentences.is_phrase, ("please stop the car", "guide", "")))


def test_a_confusion_that_is_taken_is_a_mistake(bench: Any) -> None:
    counted = bench("sentences").taken(["slow", "solar", "slower"])
    assert (counted["taken"]["count"], counted["very_words"]) == (2, 1)


def test_what_is_taken_is_counted_and_named(bench: Any) -> None:
    counted = bench("sentences").taken(["stop", "um, please stop", "I want you to stop"])
    assert (counted["taken"]["count"], counted["ending_taken"]["count"], counted["very_words"]) == (1, 1, 1)
    assert counted["which"] == "'um, please stop': stop"
