"""Ears for a sound card without hardware: what its loudspeaker gives, and which earcons are in it."""

from __future__ import annotations

import subprocess
import threading
import time
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.support.pulse import Pulse
from tests.support.waiting import within
from voiceguide.paths import earcon_file
from voiceguide.session.effects import Earcon
from voiceguide.sound.files import read_wav

RATE = 22050
"""Samples a second of everything the ears hear: the guide's own rate, so that earcons are found sample by sample."""

BLOCK = 441
BLOCK_SECONDS = BLOCK / RATE

LOUD = -45.0
"""dBFS of a block (20 ms) from which it is sound and not the room."""

LIMIT = 90.0
"""Seconds that anything may take on a busy machine; everything usually takes a few."""

ALIKE = 0.5
"""From this likeness on it is the same sound; different ones reach 0.35."""

_LAG = 4
"""Samples between two whose difference is compared."""

Samples = NDArray[np.float64]


class Ear:
    """Hears one of the server's sources from now on. Times are those of ``time.monotonic``."""

    def __init__(self, pulse: Pulse, source: str) -> None:
        command = ["parec", "--raw", f"--device={source}", "--latency-msec=20", "--format=s16le", "--channels=1"]
        self._process = subprocess.Popen(
            [*command, f"--rate={RATE}"], env=pulse.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._blocks: list[Samples] = []
        self.levels: list[float] = []
        """dBFS of each block."""
        self._began = 0.0
        self._thread = threading.Thread(target=self._listen, name=f"ear {source}", daemon=True)
        self._thread.start()
        assert within(LIMIT, lambda: len(self.levels) > 5), f"{source} gives no sound"

    def _listen(self) -> None:
        stream: Any = self._process.stdout
        while len(raw := stream.read(2 * BLOCK)) == 2 * BLOCK:
            block = np.frombuffer(raw, "<i2") / 32768
            if not self._blocks:
                self._began = time.monotonic() - BLOCK_SECONDS
            self._blocks.append(block)
            self.levels.append(10 * float(np.log10(np.mean(block**2) + 1e-12)))

    @property
    def now(self) -> float:
        """The end of the last block heard."""
        return self._began + len(self.levels) * BLOCK_SECONDS

    def samples(self, start: float = 0.0, end: float = float("inf")) -> Samples:
        """What was heard between two times, -1 to 1."""
        blocks = self._blocks[self._index(start) : self._index(end)]
        return np.concatenate(blocks) if blocks else np.zeros(0)

    def sounds(self, start: float = 0.0, gap: float = 0.3) -> list[tuple[float, float]]:
        """(begin, end) of each stretch of sound since ``start``, those closer than ``gap`` seconds joined."""
        found: list[tuple[float, float]] = []
        for index in range(self._index(start), len(self.levels)):
            if self.levels[index] < LOUD:
                continue
            at = self._began + index * BLOCK_SECONDS
            if found and at - found[-1][1] < gap:
                found[-1] = (found[-1][0], at + BLOCK_SECONDS)
            else:
                found.append((at, at + BLOCK_SECONDS))
        return found

    def find(self, earcon: Earcon, start: float) -> float | None:
        """When this earcon began, the first time after ``start``; None if it was not heard."""
        heard = self.samples(start)
        at, likeness = best_match(earcon_samples(earcon), heard)
        return max(start, self._began) + at / RATE if likeness > ALIKE else None

    def close(self) -> None:
        """Hear no more; what was heard stays."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        assert self._process.stdout
        self._process.stdout.close()

    def _index(self, at: float) -> int:
        return int(min(max(0.0, (at - self._began) / BLOCK_SECONDS), len(self.levels)))


def best_match(wanted: Samples, heard: Samples) -> tuple[int, float]:
    """Where ``wanted`` is best found in ``heard``, and how alike they are there: 1 the same, 0 nothing in common.

    Compared is what lies around a tenth of the rate, where speech and earcons are: mains hum, which all recordings of
    one room share, and hiss count for little.
    """
    if len(heard) < len(wanted):
        return 0, 0.0
    wanted, heard = wanted[_LAG:] - wanted[:-_LAG], heard[_LAG:] - heard[:-_LAG]
    size = 1 << (len(heard) + len(wanted) - 1).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size))
    products = np.fft.irfft(spectrum, size)[: len(heard) - len(wanted) + 1]
    power = np.concatenate(([0.0], np.cumsum(heard**2)))
    norms = np.sqrt(np.maximum(power[len(wanted) :] - power[: -len(wanted)], 1e-6) * np.sum(wanted**2))
    likeness = products / norms
    at = int(np.argmax(likeness))
    return at, float(likeness[at])


@cache
def earcon_samples(earcon: Earcon) -> Samples:
    """An earcon, -1 to 1."""
    sound = read_wav(earcon_file(earcon))
    assert sound.rate == RATE
    return np.frombuffer(sound.frames, "<i2") / 32768
