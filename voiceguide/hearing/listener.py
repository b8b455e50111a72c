"""From microphone frames to cut utterances, in audio time."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from math import log10

from voiceguide.session.endpointing import Endpoint, Endpointer, Endpointing
from voiceguide.sound import FRAME_SECONDS, LISTEN_RATE, Sound
from voiceguide.sound.vad import SILENT, VoiceActivity, dbfs

PRE_ROLL = 0.8
"""Seconds kept from before the detected start: the detector hears a soft first consonant late."""

TAIL = 0.3
"""Seconds of the pause that stay with the utterance; the rest is the next one's pre-roll."""

_CERTAIN = 1.0
"""Seconds of speech from which it is no click, and its level is known."""

_EDGE = 4
"""Frames beside speech that may still hold some: soft first and last sounds."""

_LEAST = 5
"""Frames from which a mean level means something."""

_PRE_ROLL_FRAMES = round(PRE_ROLL / FRAME_SECONDS)


@dataclass(frozen=True)
class Started:
    """Somebody began to speak."""


@dataclass(frozen=True)
class Cut:
    """An utterance, cut."""

    start: float
    """When its sound begins, pre-roll included, in the seconds given to ``feed``."""
    sound: Sound
    """16 kHz."""
    speech: tuple[tuple[float, float], ...] = ()
    """(from, to) of each stretch of it that is speech without a pause, in seconds from its beginning."""
    snr: float | None = None
    """Mean level (dB) of its speech above that of its pauses; None where it has too little of either."""


@dataclass(frozen=True)
class Dropped:
    """What began was a click."""


Heard = Started | Cut | Dropped


class Listener:
    """Cuts the stream of frames into utterances while it is open.

    Every frame fed while open is in at most one Cut, in order; what is in none was silence longer than PRE_ROLL and
    TAIL together, or a click. Memory is bounded by the longest utterance.
    """

    def __init__(self, vad: VoiceActivity) -> None:
        self.level = SILENT
        """dBFS of the last frame, for the meter; also while closed."""
        self._vad = vad
        self._pause = 0.0
        self._endpointer: Endpointer | None = None
        self._frames: deque[tuple[float, bytes, bool]] = deque()
        """(time of its end, frame, is it speech): the running utterance with its pre-roll, or what may become that."""

    @property
    def speaking(self) -> bool:
        """Whether an utterance is running."""
        return self._endpointer is not None and self._endpointer.speaking

    def open(self, endpointing: Endpointing) -> None:
        """Listen from the next frame on; nothing from before it will be in a Cut.

        Somebody may be in the middle of a word: the frames are kept from the first one, so the word is too.
        """
        self._pause = endpointing.pause
        self._endpointer = Endpointer(endpointing)
        self._frames.clear()
        self._vad.reset()

    def close(self) -> Cut | None:
        """Stop listening; what is being spoken is cut here and returned, so that nothing is lost."""
        cut = self._cut(0.0) if self.speaking and self._frames else None
        self._endpointer = None
        self._frames.clear()
        return cut

    def so_far(self) -> Sound | None:
        """The beginning of the Cut that will come of the running utterance, unless that is cut at its greatest length.

        None while it has less than _CERTAIN seconds of speech, or there is none.
        """
        voiced = [voiced for _, _, voiced in self._frames] if self.speaking else []
        if sum(voiced) * FRAME_SECONDS < _CERTAIN:
            return None
        quiet = next(count for count, is_speech in enumerate(reversed(voiced)) if is_speech)
        count = len(voiced) - max(0, quiet - round(TAIL / FRAME_SECONDS))
        return Sound(b"".join(frame for _, frame, _ in islice(self._frames, count)), LISTEN_RATE)

    def feed(self, frame: bytes, now: float) -> list[Heard]:
        """Take the next frame (FRAME_BYTES bytes), which ended at ``now`` (seconds); tell what it made known."""
        self.level = dbfs(frame)
        if self._endpointer is None:
            return []
        endpoint = self._endpointer.feed(FRAME_SECONDS, self._vad(frame))
        self._frames.append((now, frame, self._endpointer.voiced))
        heard: list[Heard] = []
        if endpoint is Endpoint.STARTED:
            heard.append(Started())
        elif endpoint is Endpoint.DROPPED:
            heard.append(Dropped())
        elif endpoint is Endpoint.PAUSED and self._endpointer.speaking:
            # At least one frame stays: what goes on can then be cut, too, should the floor close now.
            heard += [self._cut(max(self._endpointer.back, FRAME_SECONDS)), Started()]
        elif endpoint is Endpoint.PAUSED:
            heard.append(self._cut(max(0.0, self._pause - TAIL)))
        if not self._endpointer.speaking:
            while len(self._frames) > _PRE_ROLL_FRAMES:
                self._frames.popleft()
        return heard

    def _cut(self, keep: float) -> Cut:
        """Take all frames but those of the last ``keep`` seconds, which stay for the next utterance."""
        count = len(self._frames) - round(keep / FRAME_SECONDS)
        taken = [self._frames.popleft() for _ in range(count)]
        sound = Sound(b"".join(frame for _, frame, _ in taken), LISTEN_RATE)
        voiced = [voiced for _, _, voiced in taken]
        snr = _contrast([dbfs(frame) for _, frame, _ in taken], voiced)
        return Cut(taken[0][0] - FRAME_SECONDS, sound, _stretches(voiced), snr)


def _contrast(levels: Sequence[float], voiced: Sequence[bool]) -> float | None:
    """Mean level of the voiced frames over that of frames well away from any, in dB, to a tenth.

    The room's noise is taken from the utterance itself: the least level of the last seconds (``NoiseFloor``) is far
    too low in every room whose noise comes and goes. Mixed at 5 dB this gives 6 (median), the floor 18.
    """
    spoken, quiet = [], []
    for index, level in enumerate(levels):
        if voiced[index]:
            spoken.append(10 ** (level / 10))
        elif not any(voiced[max(0, index - _EDGE) : index + _EDGE + 1]):
            quiet.append(10 ** (level / 10))
    if min(len(spoken), len(quiet)) < _LEAST:
        return None
    return round(10 * log10(sum(spoken) / len(spoken) * len(quiet) / sum(quiet)), 1)


def _stretches(voiced: Sequence[bool]) -> tuple[tuple[float, float], ...]:
    """(from, to) in seconds of each run of frames that are speech."""
    found: list[tuple[float, float]] = []
    at = 0
    for is_speech, run in groupby(voiced):
        began, at = at, at + len(list(run))
        if is_speech:
            found.append((round(began * FRAME_SECONDS, 3), round(at * FRAME_SECONDS, 3)))
    return tuple(found)
