"""How utterances begin: the first two seconds of each that follows a pause, and all of it only when that is wanted.

What waits for its name has no use for the rest: so everyday talk and a television cost one short recognition for
each breath, not one for every word. Everything is in memory only, and bounded; what is not wanted is dropped at once.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

from voiceguide.session.endpointing import Endpoint, Endpointer, Endpointing
from voiceguide.sound import FRAME_SECONDS, LISTEN_RATE, Sound
from voiceguide.sound.vad import SILENT, VoiceActivity, dbfs

OPENING = 2.0
"""Seconds of speech in which the guide must have been called."""

PRE_ROLL = 0.5
"""Seconds kept from before: the detector hears a soft first consonant late."""

LONGEST = 12.0
"""Seconds of an utterance that are kept at most; no request takes longer to say."""

_TAIL = 0.3
"""Seconds of the pause at the end that stay with an utterance."""


@dataclass(frozen=True)
class Opening:
    """The beginning of an utterance, or all of a short one."""

    sound: Sound
    """16 kHz, with what came before it."""
    whole: bool
    """The utterance has ended: there is no more of it."""


@dataclass(frozen=True)
class Whole:
    """All of an utterance whose opening was wanted, at its end."""

    sound: Sound
    """16 kHz, with what came before it."""


class Openings:
    """Cuts frames into openings while it is open; goes where a Listener goes.

    After an Opening it keeps the rest of the utterance until ``drop`` says that nobody wants it.
    """

    def __init__(self, vad: VoiceActivity) -> None:
        self.level = SILENT
        """dBFS of the last frame."""
        self._vad = vad
        self._endpointer: Endpointer | None = None
        self._before: deque[bytes] = deque(maxlen=round(PRE_ROLL / FRAME_SECONDS))
        self._kept: list[bytes] | None = None
        """The running utterance with what came before it; None while there is none, or none that is wanted."""
        self._told = False
        self._pause = 0.0

    @property
    def speaking(self) -> bool:
        """Whether somebody speaks."""
        return self._endpointer is not None and self._endpointer.speaking

    def open(self, endpointing: Endpointing) -> None:
        """Listen from the next frame on; nothing from before it will be in an Opening."""
        # However long somebody talks, only a pause makes a new opening.
        self._endpointer = Endpointer(replace(endpointing, longest=math.inf, search=0.0))
        self._pause = endpointing.pause
        self._forget()
        self._vad.reset()

    def close(self) -> None:
        """Stop listening, and forget what was heard."""
        self._endpointer = None
        self._forget()

    def drop(self) -> None:
        """The running utterance is not wanted: forget it, and hear the next one."""
        self._kept = None
        self._before.clear()

    def feed(self, frame: bytes, now: float) -> list[Opening | Whole]:
        """Take the next frame (FRAME_BYTES bytes); tell what it completed."""
        self.level = dbfs(frame)
        if self._endpointer is None:
            return []
        endpoint = self._endpointer.feed(FRAME_SECONDS, self._vad(frame))
        if endpoint is Endpoint.STARTED:
            self._kept, self._told = [*self._before], False
        if not self._endpointer.speaking and endpoint is None:
            self._before.append(frame)
            return []
        if self._kept is None:
            return []
        self._kept.append(frame)
        if endpoint is Endpoint.DROPPED:
            self._forget()
            return []
        if endpoint is Endpoint.PAUSED:
            return self._cut(max(0.0, self._pause - _TAIL))
        if len(self._kept) * FRAME_SECONDS > LONGEST:
            return self._cut(0.0)
        if not self._told and len(self._kept) * FRAME_SECONDS >= PRE_ROLL + OPENING:
            self._told = True
            return [Opening(_sound(self._kept), whole=False)]
        return []

    def _cut(self, spare: float) -> list[Opening | Whole]:
        """Give the running utterance without its last ``spare`` seconds."""
        kept, self._kept = self._kept or [], None
        self._before.clear()
        sound = _sound(kept[: len(kept) - round(spare / FRAME_SECONDS)])
        return [Whole(sound) if self._told else Opening(sound, whole=True)]

    def _forget(self) -> None:
        self._kept, self._told = None, False
        self._before.clear()


def _sound(frames: list[bytes]) -> Sound:
    return Sound(b"".join(frames), LISTEN_RATE)
