"""What is to be heard next, sample by sample: sounds in a queue that can be held, dropped and made louder."""

from __future__ import annotations

import threading
from array import array
from collections import deque
from math import tanh

from voiceguide.sound import SAMPLE_BYTES, Sound

OUTPUT_RATE = 22050
"""Samples a second of everything that is played: the voices' own rate on most systems."""

_FADE = round(0.008 * OUTPUT_RATE)
"""Samples over which sound is cut or taken up again, so that nothing clicks."""

_KNEE = 0.7
"""Loudness up to which amplified sound is left as it is; above it is bent towards full scale instead of clipped."""


class Mixer:
    """A queue of samples that can be held, dropped and made louder without a click. Used from two threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: deque[array[int]] = deque()
        self._at = 0  # samples of the first sound that were given already
        self._rest = array("h")  # the end of what was cut, fading; it comes first and cannot be held
        self._risen = _FADE  # how far the sound has come back after a hold
        self._held = False
        self._volume = 1.0
        self._curve: array[int] | None = None
        self._quiet = 1 << 30  # samples given since the last one that belonged to a sound

    @property
    def volume(self) -> float:
        """Loudness, 0 to 2; 1 is as is."""
        return self._volume

    @volume.setter
    def volume(self, volume: float) -> None:
        volume = min(max(volume, 0.0), 2.0)
        curve = None if volume == 1.0 else _curve(volume)
        with self._lock:
            self._volume, self._curve = volume, curve

    def heard(self, latency: int = 0) -> bool:
        """Whether all is given, the last of it at least ``latency`` samples ago."""
        with self._lock:
            return not self._queue and not self._rest and self._quiet >= latency

    def add(self, sound: Sound) -> None:
        """Queue a sound of OUTPUT_RATE."""
        samples = array("h", sound.frames)
        with self._lock:
            if samples:
                self._queue.append(samples)

    def hold(self) -> None:
        """Fade out, then give silence."""
        with self._lock:
            if not self._held:
                self._rest += self._fading()
                self._held, self._risen = True, 0

    def release(self, again: bool = False) -> None:
        """Go on where it was held, or with that sound from its beginning."""
        with self._lock:
            if self._held and again:
                self._at = 0
            self._held = False

    def silence(self) -> None:
        """Fade out and drop everything."""
        with self._lock:
            if not self._held:
                self._rest += self._fading()
                self._risen = _FADE
            self._queue.clear()
            self._at = 0

    def read(self, count: int) -> bytes:
        """The next ``count`` samples, 16-bit mono; silence where there is nothing."""
        with self._lock:
            out = self._rest[:count]
            del self._rest[:count]
            if not self._held:
                out += self._rising(count - len(out))
                out += self._take(count - len(out))
            self._quiet = 0 if out else self._quiet + count
            curve = self._curve
        if curve is not None:
            out = array("h", map(curve.__getitem__, out))
        return out.tobytes().ljust(count * SAMPLE_BYTES, b"\0")

    def _take(self, count: int) -> array[int]:
        taken = array("h")
        while self._queue and len(taken) < count:
            part = self._queue[0][self._at : self._at + count - len(taken)]
            taken += part
            self._at += len(part)
            if self._at == len(self._queue[0]):
                self._queue.popleft()
                self._at = 0
        return taken

    def _rising(self, count: int) -> array[int]:
        taken = self._take(min(count, _FADE - self._risen))
        for at, sample in enumerate(taken):
            taken[at] = sample * (self._risen + at) // _FADE
        self._risen = min(_FADE, self._risen + len(taken))
        return taken

    def _fading(self) -> array[int]:
        taken = self._take(self._risen)
        for at, sample in enumerate(taken):
            taken[at] = sample * (self._risen - at) // _FADE
        return taken


def _curve(volume: float) -> array[int]:
    """Each sample's louder self, to be looked up by the sample: negative ones count from the end, as in any list."""

    def bent(sample: int) -> int:
        value = abs(sample) * volume / 32768
        if value > _KNEE and volume > 1.0:
            value = _KNEE + (1 - _KNEE) * tanh((value - _KNEE) / (1 - _KNEE))
        return round(value * 32767) * (1 if sample >= 0 else -1)

    return array("h", map(bent, (*range(32768), *range(-32768, 0))))
