"""Ears: everything that reaches the session from outside, in the ears' own time.

``VoiceEars`` hear a microphone, ``TypedEars`` (in ``voiceguide.keyboard``) read lines, ``QuietEars`` hear nothing.
The clock is theirs: with a simulated couple it is the sound itself, so twenty minutes pass in a fraction of that.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any, Protocol

from voiceguide.errors import EngineError
from voiceguide.hearing import Hypothesis
from voiceguide.hearing.echo import Interruptions
from voiceguide.hearing.listener import Cut, Dropped, Listener, Started
from voiceguide.hearing.openings import Opening, Openings, Whole
from voiceguide.session.endpointing import ANSWER, CHOICE, Endpointing
from voiceguide.session.floor import Floor
from voiceguide.sound import FRAME_SECONDS, LISTEN_RATE, Sound, silence
from voiceguide.sound.microphone import Microphone
from voiceguide.sound.vad import SILENT
from voiceguide.voice_commands import VoiceCommand
from voiceguide.voice_commands.waking import Wake
from voiceguide.worker import Calls

_WAIT = 0.05
_BACKLOG = 64
_RETRY = 2.0
_AHEAD = 0.5
"""Seconds of sound that are handed on together while somebody speaks."""


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
class Interrupted:
    """Somebody speaks while the guide does."""


@dataclass(frozen=True)
class Lost:
    """The microphone gives no more sound."""


@dataclass(frozen=True)
class Found:
    """A microphone is back."""


UNHEARD = Hypothesis("", 0.0, True)
"""This very object comes in place of words when the engine failed: the sound may have held some."""


@dataclass(frozen=True)
class Spotted:
    """Whether an opening handed to ``spot`` is a call."""

    ticket: int
    wake: Wake


Heard = Started | Cut | Dropped | Opening | Whole | Recognised | Spotted | Typed | Told | Interrupted | Lost | Found


class Ears(Protocol):
    """What the runner listens with."""

    lifelike: bool
    """Time passes as in life; False where it follows the sound, as fast as that can be worked on."""

    @property
    def now(self) -> float:
        """Seconds since these ears were opened."""
        ...

    @property
    def level(self) -> float:
        """dBFS now, for the meter."""
        ...

    def listen(self, floor: Floor | None) -> Cut | None:
        """Open for this floor, or close; an utterance that is running is cut and returned."""
        ...

    def overhear(self, on: bool) -> None:
        """Whether ``poll`` tells of somebody who speaks now, while the guide does, again and again."""
        ...

    def poll(self) -> list[Heard]:
        """Let a little time pass and tell what was heard; in order."""
        ...

    def recognise(self, ticket: int, sound: Sound) -> None:
        """Begin to recognise an utterance; ``poll`` gives a Recognised with the ticket, in the order asked."""
        ...

    def spot(self, ticket: int, opening: Sound, name: str) -> None:
        """Begin to look for a call of this name; ``poll`` gives a Spotted with the ticket, in the order asked."""
        ...


@dataclass
class _Recognition:
    ticket: int
    future: Future[Any]
    otherwise: Hypothesis | Wake
    """What is taken where the engine failed."""
    due: float = 0.0
    """Where time follows the sound: when the words are known."""


class QuietEars:
    """Ears that hear nothing: time passes, as in life or (where sound is rendered to a file) as fast as it can.

    What a crash left unrecognised can still be recognised. The other ears build on these.
    """

    def __init__(self, recogniser: Calls, lifelike: bool) -> None:
        self.lifelike = lifelike
        self._recogniser = recogniser
        self._recognitions: deque[_Recognition] = deque()
        self._began = time.monotonic()
        self._skipped = 0.0
        self._floor: Floor | None = None

    @property
    def now(self) -> float:
        """Seconds since these ears were opened."""
        return time.monotonic() - self._began + self._skipped

    @property
    def level(self) -> float:
        """There is nothing to measure."""
        return SILENT

    def listen(self, floor: Floor | None) -> Cut | None:
        """Open for this floor, or close."""
        self._floor = floor
        return None

    def overhear(self, on: bool) -> None:
        """Nobody interrupts who cannot be heard."""

    def poll(self) -> list[Heard]:
        """Let a little time pass."""
        self.pass_time()
        return self.recognised()

    def pass_time(self) -> None:
        """As long as a frame takes."""
        if self.lifelike:
            time.sleep(FRAME_SECONDS)
        else:
            self._skipped += FRAME_SECONDS

    def recognise(self, ticket: int, sound: Sound) -> None:
        """Begin to recognise an utterance."""
        future: Future[Hypothesis] = self._recogniser.submit("recognize", sound)
        self._recognitions.append(_Recognition(ticket, future, UNHEARD))

    def spot(self, ticket: int, opening: Sound, name: str) -> None:
        """Begin to look for a call of this name."""
        future: Future[Wake] = self._recogniser.submit("spot", opening, name)
        self._recognitions.append(_Recognition(ticket, future, Wake.NO))

    def recognised(self) -> list[Heard]:
        """Words in the order of their utterances, as far as they are ready."""
        ready: list[Heard] = []
        while self._recognitions and self._is_ready(self._recognitions[0]):
            first = self._recognitions.popleft()
            found = _found(first)
            ready.append(Spotted(first.ticket, found) if isinstance(found, Wake) else Recognised(first.ticket, found))
        return ready

    def _is_ready(self, recognition: _Recognition) -> bool:
        return recognition.future.done()


class VoiceEars(QuietEars):
    """A microphone, the listener that cuts utterances, and a recogniser that works while people talk on."""

    _IN_LIFE = True

    def __init__(
        self,
        microphone: Microphone,
        listener: Listener | Openings,
        recogniser: Calls,
        choice: Endpointing = CHOICE,
        interruptions: Interruptions | None = None,
        ahead: Callable[[Sound], None] | None = None,
    ) -> None:
        """The microphone stays its owner's, who closes it. ``interruptions`` None: nobody can interrupt the guide.

        ``ahead`` is given the beginning of an utterance again and again while it is being said, a little more of it
        each time: for a recogniser that has an answer sooner when it does not begin at the end.
        """
        super().__init__(recogniser, self._IN_LIFE)
        self._ahead, self._unsent = ahead, 0
        self._choice = choice
        self._interruptions = interruptions
        self._overruns = 0
        self._microphone = microphone
        self._listener = listener
        self._lost = False
        self._next_try = 0.0

    @property
    def level(self) -> float:
        """dBFS of the last frame."""
        return self._listener.level

    def listen(self, floor: Floor | None) -> Cut | None:
        """Open for this floor, or close; an utterance that is running is cut and returned."""
        cut = self._listener.close()
        if floor:
            self._listener.open(self._choice if floor.choosing else ANSWER)
        return cut

    def overhear(self, on: bool) -> None:
        """Whether ``poll`` tells of somebody who speaks now, while the guide does."""
        if self._interruptions:
            self._interruptions.watch(on)

    def poll(self) -> list[Heard]:
        """Take what the microphone has, waiting for it a moment, and the words that are ready."""
        frames: list[bytes] = []
        # More than one frame waits where something held us up (a slow disk): catch up, but look at the rest, too.
        while len(frames) < _BACKLOG and not self._lost:
            frame = self._microphone.read(0.0 if frames else _WAIT)
            if frame is None:
                break
            frames.append(frame)
        ended = self.now - len(frames) * FRAME_SECONDS
        heard: list[Heard] = []
        for count, frame in enumerate(frames, 1):
            heard += self._listener.feed(frame, ended + count * FRAME_SECONDS)
            heard += self._interruption(frame, len(frames) - count)
        self._send_ahead(len(frames), heard)
        return [*heard, *self._watch_microphone(), *self.recognised()]

    def _send_ahead(self, frames: int, heard: list[Heard]) -> None:
        """Not while words are awaited, or about to be: what is being said now may turn out to be in a pause."""
        self._unsent += frames
        awaited = self._recognitions or any(isinstance(one, Cut) for one in heard)
        if not self._ahead or awaited or self._unsent * FRAME_SECONDS < _AHEAD:
            return
        if isinstance(self._listener, Listener) and (beginning := self._listener.so_far()):
            self._ahead(beginning)
            self._unsent = 0

    def _interruption(self, frame: bytes, behind: int) -> list[Heard]:
        if not self._interruptions:
            return []
        if self._microphone.overruns > self._overruns:
            self._overruns = self._microphone.overruns
            self._interruptions.lose()
        return [Interrupted()] if self._interruptions.feed(frame, behind) else []

    def _watch_microphone(self) -> list[Heard]:
        if not self._lost:
            if not self._microphone.lost:
                return []
            self._lost = True
            if self._interruptions:
                self._interruptions.lose()
            cut = self._listener.close()
            return [*([cut] if cut else []), Lost()]
        self.pass_time()  # nothing else paces the loop while there are no frames
        if self.now < self._next_try:
            return []
        self._next_try = self.now + _RETRY
        self._lost = not self._microphone.reopen()
        if not self._lost and self._interruptions:
            self._interruptions.lose()
        return [] if self._lost else [Found()]


class AudioTimeEars(VoiceEars):
    """Ears whose clock is the sound: each frame of a simulated microphone is 32 ms, however fast it comes.

    Recognition takes the audio time it really took, so that delays are as in life.
    """

    _IN_LIFE = False

    _frames = 0
    _warm = False  # whether the engine is loaded

    @property
    def now(self) -> float:
        """Seconds of sound taken so far."""
        return self._frames * FRAME_SECONDS

    def poll(self) -> list[Heard]:
        """Take one frame, and the words that are ready by now."""
        frame = self._microphone.read(_WAIT)
        self._frames += 1
        heard: list[Heard] = [*self._listener.feed(frame, self.now), *self._interruption(frame, 0)] if frame else []
        self._send_ahead(1, heard)
        return [*heard, *self.recognised()]

    def recognise(self, ticket: int, sound: Sound) -> None:
        """Begin to recognise an utterance; the sound's time stands still until its words are known."""
        if not self._warm:
            # The engine loads while the guide says its first words, in life; here that takes no time at all.
            wait([self._recogniser.submit("recognize", silence(0.1, LISTEN_RATE))])
            self._warm = True
        began = time.monotonic()
        super().recognise(ticket, sound)
        wait([self._recognitions[-1].future])
        self._recognitions[-1].due = self.now + time.monotonic() - began

    def _is_ready(self, recognition: _Recognition) -> bool:
        return self.now >= recognition.due


def _found(recognition: _Recognition) -> Hypothesis | Wake:
    """What was recognised, or spotted."""
    try:
        found: Hypothesis | Wake = recognition.future.result()
    except EngineError:
        return recognition.otherwise
    return found
