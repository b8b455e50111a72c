"""The rooms of the barge-in bench: what is heard in them is as loud and as late as it says."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
bargein = importlib.import_module("benchmarks.bargein")
rooms = importlib.import_module("benchmarks.rooms")

SPEECH = np.random.default_rng(5).normal(0, 0.1, 32_000)


def test_the_loudspeaker_is_nearer_than_the_person_and_a_bare_room_rings_longer() -> None:
    furnished, bare = (bargein._room(ringing, 0) for ringing in (0.25, 0.6))
    for room in (furnished, bare):
        assert np.argmax(np.abs(room.loudspeaker)) < np.argmax(np.abs(room.person))

    def late(response: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        """Share of the energy that comes more than 50 ms after the first."""
        first = int(np.argmax(np.abs(response)))
        return float((response[first + 800 :] ** 2).sum() / (response**2).sum())

    assert late(bare.person) > 2 * late(furnished.person)


@pytest.mark.parametrize("delay", [0.02, 0.25])
def test_an_echo_has_the_level_and_the_delay_it_is_named_for(delay: float) -> None:
    heard = bargein._heard(SPEECH, np.array([0.0, 0.5]), delay, -20, 0)
    late = round(delay * 16_000)
    assert np.abs(heard[: late - 1]).max() < 0.001
    assert 10 * np.log10(rooms.power(heard[late + 1 :])) == pytest.approx(-20, abs=0.2)
    assert np.corrcoef(heard[late + 1 :], SPEECH[: len(heard) - late - 1])[0, 1] > 0.99
