"""The rooms of the bench: what is mixed is as loud as it says."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
rooms = importlib.import_module("benchmarks.rooms")

SPEECH = np.sin(np.arange(32_000) * 0.3) * 0.2


@pytest.mark.parametrize("ratio", [20, 10, 5])
def test_a_mixture_has_the_ratio_it_is_named_for(ratio: int) -> None:
    noise = np.random.default_rng(3).normal(0, 0.7, len(SPEECH))
    around = (len(rooms.mixed(SPEECH, noise, ratio)) - len(SPEECH)) // 2
    disturbed = rooms.mixed(SPEECH, noise, ratio) - np.pad(SPEECH, around)
    assert around > 8000
    assert 10 * np.log10(rooms.power(SPEECH) / (disturbed**2).mean()) == pytest.approx(ratio, abs=0.01)


def test_pauses_do_not_count_as_quiet_speech() -> None:
    assert rooms.power(np.pad(SPEECH, 64_000)) == pytest.approx(rooms.power(SPEECH))


def test_levels_are_in_decibels_of_full_scale() -> None:
    assert 10 * np.log10(rooms.power(rooms.levelled(SPEECH, -45))) == pytest.approx(-45)


def test_hot_is_clipped() -> None:
    assert (np.abs(rooms.hot(SPEECH)) == 1).mean() > 0.5


def test_a_murmur_has_nothing_above_1_khz() -> None:
    both = np.sin(np.arange(16_000) * 2 * np.pi * 440 / 16_000) + np.sin(np.arange(16_000) * 2 * np.pi * 3000 / 16_000)
    spectrum = np.abs(np.fft.rfft(rooms.murmur(both)))
    assert spectrum[440] > 7000
    assert spectrum[1001:].max() < 1


def test_every_seed_is_another_piece_of_music() -> None:
    assert np.array_equal(rooms.music(40_000, 1), rooms.music(40_000, 1))
    assert not np.allclose(rooms.music(40_000, 1), rooms.music(40_000, 2))
