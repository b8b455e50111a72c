"""The voices of the system through pyttsx3: eSpeak NG from a wheel on Linux, SAPI on Windows, NSSpeech on macOS.

Run it in a child process (``voiceguide.worker``): eSpeak can end the whole process, the others are known to hang.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from voiceguide.errors import EngineError, NotFoundError, VoiceguideError
from voiceguide.sound import Sound, silence
from voiceguide.speaking import Voice, speakable
from voiceguide.speaking.trimming import LEAD, TAIL, trimmed

DRIVER = {"darwin": "nsss", "win32": "sapi5"}.get(sys.platform, "espeak")

NAME = f"pyttsx3-2.99-{DRIVER}"

COUPLE_VOICES: tuple[str, str] = {
    "nsss": ("Daniel", "Samantha"),
    "sapi5": ("David", "Zira"),
}.get(DRIVER, ("en-us+max", "en-us+f3"))
"""Two voices that are easy to tell apart and to understand, for the simulated couple."""

_DEFAULT_VOICE = "en-us"
_RATE = 22050

_QUIET = 16
"""Samples this close to zero are silence; eSpeak's own is not exactly zero."""

_SECONDS = 120.0
"""How long eSpeak may work on one text, far more than it needs."""


class Pyttsx3:
    """A Synthesizer over pyttsx3."""

    name = NAME

    def __init__(self) -> None:
        """Load the system's engine. Raises EngineError."""
        self._variants: dict[str, str] = {}
        try:
            if DRIVER == "espeak":
                self._load_espeak()
            from pyttsx3.engine import Engine

            self._make: Any = Engine
            self._voices = tuple(self._offered(self._make(DRIVER)))
        except (ImportError, OSError, RuntimeError) as error:
            raise EngineError(f"The voice engine does not start ({error}): install voiceguide again.") from error
        if not self._voices:
            raise EngineError("This system has no English voice: add one in its speech settings.")

    def _load_espeak(self) -> None:
        """Make pyttsx3 find eSpeak NG in its wheel.

        Without the data's path eSpeak ends the process. pyttsx3 asks for the library by its soname, which is
        satisfied by one loaded before. Not RTLD_GLOBAL: another engine with its own eSpeak would crash on ours.
        """
        import ctypes

        import espeakng_loader

        data = espeakng_loader.get_data_path()
        os.environ["ESPEAK_DATA_PATH"] = data
        ctypes.CDLL(espeakng_loader.get_library_path())
        self._variants = {file.name.casefold(): file.name for file in (Path(data) / "voices" / "!v").iterdir()}

    def _offered(self, engine: Any) -> list[Voice]:
        found = [
            Voice(str(voice.id), str(voice.name), str((voice.languages or ["en"])[0]).strip("\0").lower())
            for voice in engine.getProperty("voices")
        ]
        if DRIVER != "espeak":
            return [voice for voice in found if voice.language.startswith("en")]
        # eSpeak's identifiers are paths such as gmw/en-us; the Shavian voice reads another script.
        english = [voice for voice in found if voice.id.startswith("gmw/en") and voice.id != "gmw/en-shaw"]
        offered = [Voice(voice.id.removeprefix("gmw/"), voice.name, voice.language) for voice in english]
        return sorted(offered, key=lambda voice: (voice.id != _DEFAULT_VOICE, voice.id))

    def voices(self) -> tuple[Voice, ...]:
        """The English voices, the default one first. On Linux each id also takes a variant, as in ``en-us+f3``."""
        return self._voices

    def check(self, voice: str) -> str:
        """The id of a voice; see Synthesizer."""
        return self.find(voice).removeprefix("gmw/")

    def synthesize(self, text: str, voice: str | None, rate: int) -> Sound:
        """Speak ``text``; see Synthesizer."""
        identifier = self.find(voice)
        text = speakable(text)
        if not text:
            return silence(LEAD + TAIL, _RATE)
        try:
            with _scratch() as path:
                self._save(text, identifier, rate, path)
                return trimmed(_read(path), _QUIET)
        except (OSError, RuntimeError, VoiceguideError) as error:
            raise EngineError(f"The voice engine could not speak ({error}): try another voice.") from error

    def _save(self, text: str, identifier: str, rate: int, path: Path) -> None:
        """Write ``text`` to ``path``: one engine for one text, as on Windows an engine speaks but once."""
        engine = self._make(DRIVER)
        finished = threading.Event()
        engine.connect("finished-utterance", lambda **_: finished.set())
        engine.setProperty("voice", identifier)
        engine.setProperty("rate", rate)
        if DRIVER == "espeak":
            _settle(engine)
        engine.save_to_file(text, str(path))
        engine.runAndWait()
        # eSpeak works in a thread of its own, which pyttsx3 gives 10 ms and then does not wait for.
        if DRIVER == "espeak" and not finished.wait(_SECONDS):
            raise EngineError("it does not finish")

    def find(self, wanted: str | None) -> str:
        """What pyttsx3 calls the voice ``wanted``; pyttsx3 itself takes any name without a word.

        Raises NotFoundError with near names.
        """
        if wanted is None:
            wanted = self._voices[0].id
        base, plus, variant = wanted.strip().casefold().partition("+")
        exact = [v for v in self._voices if base in (v.id.casefold(), v.name.casefold(), f"gmw/{v.id}")]
        part = [v for v in self._voices if base and (base in v.id.casefold() or base in v.name.casefold())]
        found = exact or part
        if len(found) != 1:
            known = [voice.id if DRIVER == "espeak" else voice.name for voice in self._voices]
            raise NotFoundError.suggesting("voice", wanted, known, f"choose one of {', '.join(known[:9])}.")
        identifier = f"gmw/{found[0].id}" if DRIVER == "espeak" else found[0].id
        if not plus:
            return identifier
        if variant not in self._variants:
            known = [f"{base}+{name}" for name in sorted(self._variants.values())]
            raise NotFoundError.suggesting("voice", wanted, known, f"try {base}+f3 or {base}+m3.")
        return f"{identifier}+{self._variants[variant]}"


def _settle(engine: Any) -> None:
    """Let eSpeak take the voice and the rate before it is given the text.

    It takes a rate in a thread of its own, and now and then only after the text that followed: of 600 sentences on
    two busy cores 34 were spoken at the wrong rate, and none since.
    """
    from pyttsx3.drivers import _espeak

    engine.proxy.setBusy(False)  # pyttsx3 hands on what it has queued
    engine.proxy.setBusy(True)
    _espeak.Synchronize()


@contextmanager
def _scratch() -> Iterator[Path]:
    """A file for one text's sound. On Linux it is in memory: no disk to fill, nothing left when we are killed."""
    if sys.platform == "linux":
        handle = os.memfd_create("speech")
        try:
            yield Path(f"/proc/self/fd/{handle}")
        finally:
            os.close(handle)
    else:
        with tempfile.TemporaryDirectory(prefix="voiceguide-") as folder:
            yield Path(folder) / ("speech.aiff" if DRIVER == "nsss" else "speech.wav")


def _read(path: Path) -> Sound:
    from voiceguide.sound.files import read_sound, read_wav

    return read_wav(path) if DRIVER == "espeak" else read_sound(path, _RATE)
