"""A room that rings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voiceguide.sound import LISTEN_RATE

Samples = NDArray[np.float64]


def in_room(samples: Samples, seconds: float, strength: float, chance: np.random.Generator) -> Samples:
    """These samples (16 kHz), as they are heard where a sound rings for so many seconds (to a thousandth)."""
    spread = np.arange(round(seconds * LISTEN_RATE)) / LISTEN_RATE
    response = chance.standard_normal(len(spread)) * 10 ** (-3 * spread / seconds) * strength
    response[0] = 1.0
    size = len(samples) + len(response)
    return np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)[: len(samples)]
