"""Ears: everything that reaches the session from outside, in the ears' own time.

``VoiceEars`` hears a microphone, ``TypedEars`` (in ``voiceguide.keyboard``) reads lines. The clock is theirs:
with a simulated couple it is the sound itself, so twenty minutes pass in a fraction of that.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Protocol

from voiceguide.endpointing import ANSWER, CHOICE
from voiceguide.errors import EngineError
from voiceguide.floor import Floor
from voiceguide.hearing import Hypothesis
from voiceguide.hearing.listener import Cut, Dropped, Listener, Started
from voiceguide.microphone import Microphone
from voiceguide.sound import FRAME_SECONDS, Sound
from voiceguide.voice_commands import VoiceCommand
from voiceguide.worker import Worker

_WAIT = 0.05
_BACKLOG = 64
_RETRY = 2.0


@dataclass(frozen=True)
class Recognised:
    """The words of an utterance handed to ``recognise``."""

    ticket: int
    hypothesis: Hypothesis


@dataclass(frozen=True)
class Typed:
    """A line typed as an utterance."""

    text: str


@dataclass(frozen=True)
class Told:
    """A command typed with a slash."""

    command: VoiceCommand


@dataclass(frozen=True)
class Lost:
    """The microphone gives no more sound."""


@dataclass(frozen=True)
class Found:
    """A microphone is back."""


Heard = Started | Cut | Dropped | Recognised | Typed | Told | Lost | Found


class Ears(Protocol):
    """What the runner listens with."""

    now: float
    """Seconds since these ears were opened."""
    level: float
    """dBFS now, for the meter."""
    lifelike: bool
    """Time passes as in life; False where it follows the sound, as fast as that can be worked on."""

    def listen(self, floor: Floor | None) -> Cut | None:
        """Open for this floor, or close; an utterance that is running is cut and returned."""
        ...

    def poll(self) -> list[Heard]:
        """Let a little time pass and tell what was heard; in order."""
        ...

    def recognise(self, ticket: int, sound: Sound) -> None:
        """Begin to recognise an utterance; ``poll`` gives a Recognised with the ticket, in the order asked."""
        ...

    @property
    def waiting(self) -> bool:
        """Words are still being recognised."""
        ...

    def close(self) -> None:
        """Let the devices go. May be called again."""
        ...


@dataclass
class _Recognition:
    ticket: int
    future: Future[Hypothesis]
    begun: float


class VoiceEars:
    """A microphone, the listener that cuts utterances, and a recogniser that works while people talk on."""

    lifelike = True

    def __init__(self, microphone: Microphone, listener: Listener, recogniser: Worker) -> None:
        self._microphone = microphone
        self._listener = listener
        self._recogniser = recogniser
        self._recognitions: deque[_Recognition] = deque()
        self._began = time.monotonic()
        self._lost = False
        self._next_try = 0.0

    @property
    def now(self) -> float:
        """Seconds since these ears were opened."""
        return time.monotonic() - self._began

    @property
    def level(self) -> float:
        """dBFS of the last frame."""
        return self._listener.level

    @property
    def waiting(self) -> bool:
        """Words are still being recognised."""
        return bool(self._recognitions)

    def listen(self, floor: Floor | None) -> Cut | None:
        """Open for this floor, or close; an utterance that is running is cut and returned."""
        cut = self._listener.close()
        if floor:
            self._listener.open(CHOICE if floor.choosing else ANSWER)
        return cut

    def recognise(self, ticket: int, sound: Sound) -> None:
        """Begin to recognise an utterance."""
        future: Future[Hypothesis] = self._recogniser.submit("recognize", sound)
        self._recognitions.append(_Recognition(ticket, future, self.now))

    def poll(self) -> list[Heard]:
        """Take what the microphone has, waiting for it a moment, and the words that are ready."""
        heard: list[Heard] = []
        patience = _WAIT
        # More than one frame waits where something held us up (a slow disk): catch up, but look at the rest, too.
        for _ in range(_BACKLOG):
            frame = None if self._lost else self._microphone.read(patience)
            if frame is None:
                break
            heard += self._listener.feed(frame, self.now)
            patience = 0.0
        return [*heard, *self._watch_microphone(), *self._recognised(lambda r: r.future.done())]

    def close(self) -> None:
        """Let the microphone go."""
        self._microphone.close()

    def _watch_microphone(self) -> list[Heard]:
        if not self._lost:
            if not self._microphone.lost:
                return []
            self._lost = True
            cut = self._listener.close()
            return [*([cut] if cut else []), Lost()]
        time.sleep(_WAIT)  # nothing else paces the loop while there are no frames
        if self.now < self._next_try:
            return []
        self._next_try = self.now + _RETRY
        self._lost = not self._microphone.reopen()
        return [] if self._lost else [Found()]

    def _recognised(self, ready: Callable[[_Recognition], bool]) -> list[Heard]:
        """Words in the order of their utterances, as far as they are ready."""
        done: list[Heard] = []
        while self._recognitions and ready(self._recognitions[0]):
            first = self._recognitions.popleft()
            done.append(Recognised(first.ticket, _words(first.future)))
        return done


class AudioTimeEars(VoiceEars):
    """Ears whose clock is the sound: each frame of a simulated microphone is 32 ms, however fast it comes.

    Recognition takes the audio time it really took, so that delays are as in life.
    """

    lifelike = False
    _frames = 0

    @property
    def now(self) -> float:
        """Seconds of sound taken so far."""
        return self._frames * FRAME_SECONDS

    def poll(self) -> list[Heard]:
        """Take one frame, and the words that are ready by now."""
        frame = self._microphone.read(_WAIT)
        self._frames += 1
        heard: list[Heard] = [*self._listener.feed(frame, self.now)] if frame else []
        return [*heard, *self._recognised(self._is_due)]

    def recognise(self, ticket: int, sound: Sound) -> None:
        """Begin to recognise an utterance, and stop the sound's time until its words are known."""
        began = time.monotonic()
        super().recognise(ticket, sound)
        wait([self._recognitions[-1].future])
        self._recognitions[-1].begun += time.monotonic() - began

    def _is_due(self, recognition: _Recognition) -> bool:
        return self.now >= recognition.begun


def _words(future: Future[Hypothesis]) -> Hypothesis:
    """What was recognised; an engine that failed leaves doubtful nothing, for the sound is kept."""
    try:
        return future.result()
    except EngineError:
        return Hypothesis("", 0.0, True)
