"""Stand-ins for engines that speak; they pass the same contract as the real ones."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future
from typing import Any, Self

import numpy as np

from voiceguide.errors import EngineError, NotFoundError
from voiceguide.sound import Sound, silence
from voiceguide.speaking import Voice, speakable

RATE = 22050


class FakeSynthesizer:
    """Speaks in tones: a letter lasts 60 ms at 150 words a minute, each voice has its pitch.

    Texts that hold ``!refuse``, ``!crash`` or ``!hang`` do that, and so does a voice ``!crash``.
    """

    name = "fake-1"

    def __init__(self) -> None:
        self._pitches = {"low": 200.0, "high": 400.0}

    def voices(self) -> tuple[Voice, ...]:
        return tuple(Voice(id, f"Fake {id}", "en") for id in self._pitches)

    def check(self, voice: str) -> str:
        if "!crash" in voice:
            os._exit(7)
        typed = voice.casefold()
        if typed not in self._pitches:
            raise NotFoundError.suggesting("voice", voice, self._pitches, "choose low or high.")
        return typed

    def synthesize(self, text: str, voice: str | None, rate: int) -> Sound:
        if voice is not None and voice not in self._pitches:
            raise NotFoundError.suggesting("voice", voice, self._pitches, "choose low or high.")
        if "!refuse" in text:
            raise EngineError("The voice engine could not speak: try another voice.")
        if "!crash" in text:
            os._exit(7)
        if "!hang" in text:
            threading.Event().wait()
        text = speakable(text)
        if not text:
            return silence(0.2, RATE)
        hertz = self._pitches[voice or "low"]
        length = round(len(text) * 0.06 * 150 / rate * RATE)
        return Sound(
            (9000 * np.sin(2 * np.pi * hertz / RATE * np.arange(length))).round().astype("<i2").tobytes(), RATE
        )


class FakeVoiceWorker:
    """A worker without a process: it speaks in clicks, at once. Whoever types is heard without a recogniser.

    A letter lasts 60 ms at 150 words a minute.
    """

    def __init__(self, *_: object, **__: object) -> None:
        """It takes whatever a Worker takes."""

    def submit(self, method: str, *args: Any) -> Future[Any]:
        """Speak a text, or know a voice."""
        future: Future[Any] = Future()
        if method == "synthesize":
            text, _, rate = args
            future.set_result(Sound(b"\0\x20" * round(len(text) * 0.06 * 150 / rate * RATE), RATE))
        else:
            assert method == "check", f"A typed session asks for no {method}."
            future.set_result(args[0])
        return future

    def close(self) -> None:
        """Nothing is to be ended."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
