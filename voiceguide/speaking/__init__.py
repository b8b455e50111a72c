"""Speech out: what a synthesiser is, and the narrator that keeps what was spoken once."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from voiceguide.durable import FILE_MODE
from voiceguide.elsewhere import Rest
from voiceguide.errors import EngineError, RecordError, SoundFileError, VoiceguideError
from voiceguide.paths import private_dir
from voiceguide.servers import is_address
from voiceguide.sound import Sound, silence
from voiceguide.sound.files import read_wav, wav_bytes
from voiceguide.sound.mixer import OUTPUT_RATE
from voiceguide.speaking.sentences import joined, pause_after, sentences
from voiceguide.worker import OneByOne, Worker, cancel, pass_on

LONGEST_WORD = 50
"""Letters of a word that are spoken; nobody's name is longer, and engines take minutes over 10,000 letters."""

_READING = 15.0
"""Letters a second that people read easily."""

_IN_MEMORY = 96
_ON_DISK = 900
_RATES = (60, 450)
"""Slowest and fastest speech, in words a minute, whatever pace is asked for."""


@dataclass(frozen=True)
class Voice:
    """A voice that a synthesiser offers."""

    id: str
    """What ``synthesize`` takes and users type."""
    name: str
    """What its maker calls it."""
    language: str
    """Such as ``en-us``."""


class Synthesizer(Protocol):
    """Turns text into sound."""

    @property
    def name(self) -> str:
        """The engine and its version: sounds kept under another name are not used."""
        ...

    def voices(self) -> tuple[Voice, ...]:
        """What it can speak with, the default first; at least one."""
        ...

    def check(self, voice: str) -> str:
        """The id of the voice that somebody typed as ``voice``: what is kept, and compared with ``voices``.

        Raises NotFoundError with near names for an unknown one, and for one that is not here, with how to get it.
        """
        ...

    def synthesize(self, text: str, voice: str | None, rate: int) -> Sound:
        """Speak ``text`` with ``voice`` (None: the default) at ``rate`` words a minute.

        Text is never markup; without anything speakable it gives a short silence. Raises NotFoundError with near
        names for an unknown voice, EngineError when it cannot speak.
        """
        ...


def speakable(text: str) -> str:
    """The text without what an engine could take for an order or choke on.

    Control, format and surrogate characters become spaces (eSpeak obeys some), a word ends after LONGEST_WORD
    letters. Empty when nothing is left to say.
    """
    # ZWJ and variation selectors only join emoji; their loss is not heard.
    kept = "".join(" " if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") else letter for letter in text)
    return " ".join(word[:LONGEST_WORD] for word in kept.split())


@dataclass(frozen=True)
class Sentence:
    """A sentence that is spoken, or was."""

    text: str
    sound: Future[Sound]
    """May be shared. It gives NotFoundError for an unknown voice and EngineError when the engine fails."""
    pause: float
    """Seconds of silence after it, where another one follows."""


@dataclass(frozen=True)
class _Wanted:
    """A sentence to be spoken; its voice, None for the default one; whether its sound is kept on the disk."""

    text: str
    voice: str | None
    rate: int
    keep: bool
    ahead: bool


class Narrator:
    """Speaks texts through a worker, sentence by sentence, and keeps the sounds, in memory and in a folder."""

    def __init__(self, worker: Worker, engine_name: str, cache: Path | None, voice: str | None, rate: int) -> None:
        """Speak through ``worker``, whose engine is a Synthesizer called ``engine_name``.

        ``cache`` is the folder for sounds, None to keep none; what goes wrong with it never shows.
        ``rate`` is in words a minute.
        """
        self._worker = worker
        self._engine_name = engine_name
        self._cache = cache
        self._voice = voice
        self._rate = rate
        self._rests: dict[str, Rest] = {}  # by voice, of those that were chosen and failed
        self._kept: OrderedDict[str, Future[Sound]] = OrderedDict()
        self._unspoken: set[Future[Sound]] = set()
        """What waits for its turn; one that was asked for ahead, and then is wanted, has two of them."""
        self._turns = OneByOne()
        self._lock = threading.Lock()

    @property
    def problem(self) -> str:
        """Why the default voice speaks in place of a chosen one, as that failed last; empty while it does not."""
        with self._lock:
            return next((rest.problem for rest in self._rests.values() if rest.problem), "")

    def say(
        self, text: str, pace: float = 1.0, keep: bool = True, voice: str | None = None, ahead: bool = False
    ) -> list[Sentence]:
        """Begin to speak ``text``, ``pace`` times as fast as usual; at least one sentence comes of it.

        The first can be heard while the others are still being spoken, and what is likely to be said next can be asked
        for ``ahead``: it waits for all that is to be heard now. ``keep`` False keeps it in memory for a while, and
        leaves no trace on the disk: for words that somebody said. ``voice`` None is the guide's. Where the engine fails
        with a voice that was chosen, the default one speaks, and for a while the other is not asked again.
        """
        rate = min(max(round(self._rate * pace), _RATES[0]), _RATES[1])
        wanted = _Wanted("", voice or self._voice, rate, keep, ahead)
        return [
            Sentence(part, self._sentence(replace(wanted, text=part)), pause_after(part, rate))
            for part in sentences(speakable(text)) or [""]
        ]

    def _sentence(self, wanted: _Wanted) -> Future[Sound]:
        if not wanted.text:
            return _ready(silence(0.2, 22050))
        voice = wanted.voice
        # What somebody said is spoken by nobody elsewhere: nothing but the guide's own sentences goes to a server.
        if voice and ((not wanted.keep and is_address(voice)) or self._is_resting(voice)):
            wanted = replace(wanted, voice=None)
        parts = "\0".join((self._engine_name, wanted.voice or "", str(wanted.rate), wanted.text))
        key = hashlib.sha256(parts.encode()).hexdigest()
        with self._lock:
            future = self._kept.get(key)
            is_new = future is None
            if future is None:
                stored = self._load(key) if wanted.keep else None
                future = _ready(stored) if stored else Future()
                self._kept[key] = future
                if stored is None:
                    self._unspoken.add(future)
                if len(self._kept) > _IN_MEMORY:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            waits = future in self._unspoken
        if waits and (is_new or not wanted.ahead):  # what was asked for ahead, and is wanted now, has an earlier turn
            # One at a time: what waits behind a voice that fails does not wait for it again and again.
            self._turns.add(partial(self._speak, key, future, wanted), wanted.ahead)
        return future

    def _speak(self, key: str, future: Future[Sound], wanted: _Wanted) -> Future[Any] | None:
        with self._lock:
            if future not in self._unspoken:
                return None
            self._unspoken.remove(future)
        if wanted.voice and self._is_resting(wanted.voice):
            self._speak_otherwise(key, future, wanted)
            return None
        spoken = self._worker.submit("synthesize", wanted.text, wanted.voice, wanted.rate)
        spoken.add_done_callback(partial(self._finish, key, future, wanted))
        return spoken

    def _speak_otherwise(self, key: str, future: Future[Sound], wanted: _Wanted) -> None:
        self._forget(key)
        self._sentence(wanted).add_done_callback(partial(pass_on, future))

    def _is_resting(self, voice: str) -> bool:
        with self._lock:
            rest = self._rests.get(voice)
        return rest is not None and not rest.is_over

    def close(self) -> None:
        """End the worker; sounds not yet spoken are cancelled."""
        self._worker.close()

    def _finish(self, key: str, future: Future[Sound], wanted: _Wanted, spoken: Future[Any]) -> None:
        voice = wanted.voice
        try:
            sound = spoken.result()
        except CancelledError:
            self._forget(key)
            cancel(future)
        except Exception as error:  # whatever it is, it belongs to the one who waits
            gone = EngineError if voice and not is_address(voice) else VoiceguideError
            if voice and isinstance(error, gone):
                with self._lock:
                    rest = self._rests.setdefault(voice, Rest(time.monotonic))
                rest.begin(error)
                self._speak_otherwise(key, future, wanted)
                return
            self._forget(key)
            if future.set_running_or_notify_cancel():
                future.set_exception(error)
        else:
            if voice in self._rests:
                self._rests[voice].end()
            if future.set_running_or_notify_cancel():
                future.set_result(sound)
            if wanted.keep:
                self._store(key, sound)

    def _forget(self, key: str) -> None:
        with self._lock:
            self._kept.pop(key, None)

    def _load(self, key: str) -> Sound | None:
        if self._cache is None:
            return None
        path = self._cache / f"{key}.wav"
        if self._cache.is_symlink() or path.is_symlink():  # not ours to read, or to touch
            return None
        try:
            sound = read_wav(path)
            os.utime(path)  # the oldest are removed, so what is used again must be young
        except SoundFileError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            return None
        except OSError:
            return sound
        return sound

    def _store(self, key: str, sound: Sound) -> None:
        """Keep the sound; a cache that cannot be written costs time, nothing else."""
        if self._cache is None:
            return
        with suppress(OSError, RecordError):
            handle, part = tempfile.mkstemp(dir=private_dir(self._cache), suffix=".part")
            try:
                Path(part).chmod(FILE_MODE)
                with os.fdopen(handle, "wb") as file:
                    file.write(wav_bytes(sound))
                Path(part).replace(self._cache / f"{key}.wav")
            except OSError:
                Path(part).unlink()
                raise
            self._prune(self._cache)

    def _prune(self, cache: Path) -> None:
        with os.scandir(cache) as entries:
            files = sorted((entry.stat().st_mtime, entry.path) for entry in entries if entry.is_file())
        for _, path in files[:-_ON_DISK]:
            Path(path).unlink()


def whole(said: Sequence[Sentence], seconds: float | None = None) -> Sound:
    """All that a Narrator says, as one sound. Blocks; raises what its sentences do, TimeoutError after ``seconds``."""
    wait([sentence.sound for sentence in said], seconds)
    return joined((sentence.sound.result(0), sentence.pause) for sentence in said)


def unspoken(text: str) -> Sound:
    """In place of words that no voice can speak: silence in which they can be read on the screen."""
    return silence(1.0 + len(text) / _READING, OUTPUT_RATE)


def _ready(sound: Sound) -> Future[Sound]:
    future: Future[Sound] = Future()
    future.set_result(sound)
    return future
