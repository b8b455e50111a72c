"""Deciding that somebody began to speak and that an utterance has ended. Standard library only, no clock.

The shape follows Home Assistant's ``VoiceCommandSegmenter`` (homeassistant/components/assist_pipeline/vad.py):
it is fed seconds together with what a voice activity detector made of them, and counts. So a simulated session
ends its utterances at the same samples as a live one. What differs: a click is told from a word afterwards (a
partner's first "no" must hold the guide at once), and an endless utterance is not ended by a time-out but cut
where it sounds least like speech, and goes on.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

_SLACK = 1e-9
"""Seconds forgiven to sums of floats: ten frames of 0.06 s are a pause of 0.6 s."""


@dataclass(frozen=True)
class Endpointing:
    """When an utterance begins and ends. Times are seconds, probabilities 0 to 1."""

    pause: float
    """So much silence ends an utterance."""
    shortest: float
    """Less speech than this was a click, not a word."""
    start: float = 0.5
    """From this probability on it is speech, in silence or in a pause."""
    stop: float = 0.35
    """Speech that is running stays speech down to this probability."""
    longest: float = 27.0
    """An utterance is cut at this length at the latest: with its pre-roll it must fit Whisper's 30 s."""
    search: float = 5.0
    """How far back, at most, such a cut looks for the place that sounds least like speech."""


ANSWER = Endpointing(pause=0.6, shortest=0.15)
"""A partner has the floor. The cut does not end the turn; it only makes text while they think."""

CHOICE = Endpointing(pause=0.6, shortest=0.1)
"""A yes, a no or a command is awaited: the briefest "no" counts."""


class Endpoint(Enum):
    """What the last feeding has shown."""

    STARTED = auto()
    """Somebody began to speak."""
    PAUSED = auto()
    """The utterance ends: cut it ``Endpointer.back`` seconds before the end of what was fed."""
    DROPPED = auto()
    """What began was too short to be speech."""


class Endpointer:
    """Counts seconds of speech and of silence. STARTED and then PAUSED or DROPPED alternate strictly, with one
    exception: when ``speaking`` stays true after PAUSED, the next utterance has begun at the cut."""

    def __init__(self, settings: Endpointing) -> None:
        self.speaking = False
        """Whether an utterance is running."""
        self.back = 0.0
        """After PAUSED: seconds between the place to cut and the end of what was fed; 0 for an ordinary pause."""
        self._settings = settings
        self._continued = False
        self._length = 0.0
        self._speech = 0.0
        self._quiet = 0.0
        self._recent: deque[tuple[float, float, float]] = deque()
        """(length, probability, speech so far) at the end of each feeding within the last ``search`` seconds."""

    @property
    def voiced(self) -> bool:
        """Whether what was fed last counted as speech of the running utterance."""
        return self.speaking and not self._quiet

    def feed(self, seconds: float, speech_probability: float) -> Endpoint | None:
        """Take the next ``seconds`` of sound, in which speech is so probable; tell what that changes, if anything."""
        settings = self._settings
        if not self.speaking:
            if speech_probability < settings.start:
                return None
            self.speaking = True
            self._continued = False
            self._length = self._speech = self._quiet = 0.0
            self._recent.clear()
            self._count(seconds, speech_probability)
            return Endpoint.STARTED
        self._count(seconds, speech_probability)
        if self._quiet >= settings.pause - _SLACK:
            self.speaking = False
            self.back = 0.0
            is_word = self._continued or self._speech >= settings.shortest - _SLACK
            return Endpoint.PAUSED if is_word else Endpoint.DROPPED
        if self._length >= settings.longest - _SLACK:
            self._cut()
            return Endpoint.PAUSED
        return None

    def _count(self, seconds: float, probability: float) -> None:
        """Add what was fed to the running utterance."""
        settings = self._settings
        self._length += seconds
        if probability >= (settings.start if self._quiet else settings.stop):
            self._speech += seconds
            self._quiet = 0.0
        else:
            self._quiet += seconds
        self._recent.append((self._length, probability, self._speech))
        while self._recent[0][0] < self._length - settings.search:
            self._recent.popleft()

    def _cut(self) -> None:
        """Cut the running utterance at its least speech-like moment (the latest of equals); its rest goes on."""
        at, _, spoken = min(self._recent, key=lambda moment: (moment[1], -moment[0]))
        self.back = self._length - at
        self._length = self.back
        self._speech -= spoken
        # Words already begun go on, so the rest is no click, however short it is.
        self._continued = self._speech > 0 or not self._quiet
        self._recent = deque(
            (length - at, probability, before - spoken) for length, probability, before in self._recent if length > at
        )
