"""Somebody speaks while the guide does: found in the microphone's sound, less what the loudspeaker puts into it.

The echo is cancelled by WebRTC's AEC3 (pywebrtc-audio), which wants the samples the loudspeaker was given ("far end")
and those of the microphone ("near end") side by side, the far end first. It finds the delay by itself.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Protocol

from voiceguide.errors import EngineError
from voiceguide.sound import FRAME_BYTES, FRAME_SECONDS, LISTEN_RATE, SAMPLE_BYTES
from voiceguide.sound.files import Resampler
from voiceguide.sound.vad import VoiceActivity

_STEP = 160 * SAMPLE_BYTES
"""Bytes that AEC3 takes at a time (10 ms): a shorter piece it would fill up with zeros."""

_LATE = 2
"""Frames by which the near end is held back, so that the far end is first even where a device has no delay."""

_CUSHION = round(0.04 * LISTEN_RATE) * SAMPLE_BYTES
"""Bytes of the far end that wait, as a cushion: devices take their samples in pieces."""

_DRIFT = round(0.2 * LISTEN_RATE) * SAMPLE_BYTES
"""Bytes more than that may wait before some are left out, for each time AEC3 has to find the delay anew."""

_SURPLUS = 10
"""Frames in a row (0.3 s) with more than that waiting: the microphone has lost some, and told nobody."""

_LONGEST = 3
"""Seconds of the far end that are kept when nobody reads them."""

_RINGING = 0.5
"""Seconds for which the guide's last word may still be heard."""

_LEARNING = 1.5
"""Seconds of the guide's speech from which AEC3 knows the room; after lost samples it has to learn it anew."""

_SPEECH = 0.5
_FRAMES, _OF = 4, 10
"""Somebody speaks when so many of the last frames are speech with that probability. More frames find fewer people and
no fewer echoes; a higher probability with fewer frames is slower (`scripts/bench bargein`)."""


class FarEnd:
    """What the loudspeaker was given, at the microphone's rate, to be read frame by frame. Used from two threads."""

    def __init__(self, rate: int) -> None:
        """``rate``: samples a second of what ``hear`` is given."""
        self.jumps = 0
        """How often what is read did not follow on what was read before."""
        self._resampler = Resampler(rate, LISTEN_RATE)
        self._longest = _LONGEST * rate * SAMPLE_BYTES
        self._given: deque[bytes] = deque()
        self._size = 0  # bytes in it
        self._surplus = 0  # frames read in a row while too much was waiting
        self._lock = threading.Lock()
        self._waiting = bytearray()
        self._filling = True

    def hear(self, frames: bytes) -> None:
        """Take the samples that the loudspeaker was given."""
        with self._lock:
            self._given.append(frames)
            self._size += len(frames)
            while self._size > self._longest:  # the microphone is gone
                self._size -= len(self._given.popleft())
                self.jumps += 1

    def clear(self) -> None:
        """Forget what nobody has read."""
        self._take()
        self._waiting.clear()
        self._jump()

    def read(self, behind: int) -> bytes:
        """The next frame (FRAME_BYTES), zeros while the cushion fills; ``behind`` frames more wait to be read."""
        given = self._take()
        self._waiting += self._resampler.feed(given) if given else b""
        spare = len(self._waiting) - (behind + 1) * FRAME_BYTES - _CUSHION
        self._surplus = self._surplus + 1 if spare > _DRIFT else 0
        # The two devices' clocks differ: while the guide is silent, what is too much is left out.
        if self._surplus and (self._surplus > _SURPLUS or not any(self._waiting[: spare + FRAME_BYTES])):
            del self._waiting[: spare - spare % SAMPLE_BYTES]
            self.jumps += 1
        if len(self._waiting) < FRAME_BYTES + (_CUSHION if self._filling else 0):
            if not self._filling:
                self._jump()
            return bytes(FRAME_BYTES)
        self._filling = False
        frame = bytes(self._waiting[:FRAME_BYTES])
        del self._waiting[:FRAME_BYTES]
        return frame

    def _take(self) -> bytes:
        with self._lock:
            given = b"".join(self._given)
            self._given.clear()
            self._size = 0
        return given

    def _jump(self) -> None:
        self._filling = True
        self.jumps += 1


class Canceller(Protocol):
    """Takes the echo out."""

    def __call__(self, near: bytes, far: bytes) -> bytes:
        """The near end without the far end: pieces of the same length, a multiple of 10 ms."""
        ...


class EchoCanceller:
    """A Canceller: WebRTC's. Raises EngineError when it is missing."""

    def __init__(self) -> None:
        try:
            from pywebrtc_audio import EchoCanceller as Aec3

            self._aec = Aec3(LISTEN_RATE)
        except Exception as error:  # a missing package or library: the mend is the same
            raise EngineError(
                f"The echo canceller (pywebrtc-audio) cannot be loaded: {error}; install voiceguide anew."
            ) from error

    def __call__(self, near: bytes, far: bytes) -> bytes:
        """See Canceller."""
        import numpy as np

        cleaned = self._aec.process(np.frombuffer(near, "<i2"), np.frombuffer(far, "<i2"))
        return np.asarray(cleaned, "<i2").tobytes()


class Interruptions:
    """Tells that somebody speaks while the guide does.

    Without a ``far_end`` (headphones) the microphone hears people only, and nothing is cancelled.
    """

    def __init__(self, vad: VoiceActivity, far_end: FarEnd | None = None, canceller: Canceller | None = None) -> None:
        self._vad = vad
        self._far_end = far_end
        self._canceller = canceller
        self._late: deque[bytes] = deque([bytes(FRAME_BYTES)] * _LATE)
        self._near, self._far = bytearray(), bytearray()
        self._cleaned = bytearray()
        self._recent: deque[bool] = deque(maxlen=_OF)
        self._watching = False
        self._silent = _RINGING  # seconds since the far end was last to be heard
        self._learnt = 0.0  # seconds of the guide's speech since samples were lost
        self._jumps = 0

    def watch(self, on: bool) -> None:
        """From now on (or no more) somebody who speaks is to be told of."""
        if on != self._watching:
            self._watching = on
            self._recent.clear()
            self._vad.reset()

    def lose(self) -> None:
        """Samples of the microphone were lost: the echo is not where it was."""
        self._learnt = 0.0
        self._near.clear()
        self._far.clear()
        if self._far_end:
            self._far_end.clear()

    def feed(self, frame: bytes, behind: int = 0) -> bool:
        """Take the microphone's next frame (FRAME_BYTES), after which ``behind`` more wait; whether somebody speaks."""
        spoken = False
        for cleaned in self._clean(frame, behind):
            if self._watching:
                self._recent.append(self._vad(cleaned) >= _SPEECH)
                spoken = spoken or sum(self._recent) >= _FRAMES
        if self._far_end and self._learnt < _LEARNING:
            return False
        return spoken

    def _clean(self, frame: bytes, behind: int) -> list[bytes]:
        """The frames that are ready, without the echo; none while there is nothing to take out or to look for."""
        if not self._far_end or not self._canceller:
            return [frame]
        far = self._far_end.read(behind)
        if self._far_end.jumps > self._jumps:
            self._jumps, self._learnt = self._far_end.jumps, 0.0
        heard = any(far)
        self._silent = 0.0 if heard else self._silent + FRAME_SECONDS
        self._learnt += FRAME_SECONDS if heard else 0.0
        if self._silent > _RINGING and not self._watching:
            return []
        self._late.append(frame)
        self._near += self._late.popleft()
        self._far += far
        size = len(self._near) // _STEP * _STEP
        self._cleaned += self._canceller(bytes(self._near[:size]), bytes(self._far[:size]))
        del self._near[:size], self._far[:size]
        count = len(self._cleaned) // FRAME_BYTES
        ready = [bytes(self._cleaned[index * FRAME_BYTES : (index + 1) * FRAME_BYTES]) for index in range(count)]
        del self._cleaned[: count * FRAME_BYTES]
        return ready
