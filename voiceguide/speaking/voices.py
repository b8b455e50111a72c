"""All voices there are, as one synthesiser: natural ones where they are installed, the system's always.

What it adds to the engines is how the guide speaks: sentence by sentence, with time between them, more after a
question, and every sentence as loud as the one before, whoever speaks it. A narrator asks for one at a time.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from voiceguide.errors import EngineError, FarError, NotFoundError
from voiceguide.servers import Server, is_address, missing_package, server_of
from voiceguide.sound import Sound, silence
from voiceguide.sound.loudness import evened
from voiceguide.speaking import Synthesizer, Voice, piper_engine, pyttsx3_engine, speakable
from voiceguide.speaking.sentences import joined, pause_after, sentences

FACTORY = "voiceguide.speaking.voices:Voices"
"""As a Worker takes it."""

_USUAL_RATE = 150
"""Words a minute with which a server's voice is tried."""

_LONGEST = 600
"""Letters that a natural voice is asked for at once. It takes a tenth of the time it speaks, so a longer text would be
taken for an engine that hangs; the longest prompt has half of that, all its sentences together."""

_RULES = "1"
"""Another one with every change of how it speaks, so that sounds kept from before are not used."""


def name() -> str:
    """What ``Voices.name`` will be, without loading anything."""
    natural = piper_engine.here()
    return " ".join([pyttsx3_engine.NAME, *([piper_engine.NAME, natural[0]] if natural else []), _RULES])


class Voices:
    """A Synthesizer over all engines that are installed. Its default is a natural voice, where there is one."""

    def __init__(self, first: str | None = None, allow_remote: bool = False) -> None:
        """Load the system's engine. Raises EngineError when that does not start and there is no natural voice.

        ``first`` is the voice that will speak first, "" the default one: loading a natural one takes a second, which
        is no part of the time that a sentence may take. None: who speaks is not known yet. ``allow_remote``: a server
        may be beyond this machine and its own network.
        """
        self._allow_remote = allow_remote
        self._servers: dict[Server, Synthesizer] = {}
        self.name = name()
        self._natural = piper_engine.Piper()
        self._system: pyttsx3_engine.Pyttsx3 | EngineError
        try:
            self._system = pyttsx3_engine.Pyttsx3()
        except EngineError as error:
            if not piper_engine.here():
                raise
            self._system = error
        if first is not None:
            with suppress(EngineError, FarError, NotFoundError):  # told when it is to speak
                if is_address(first):
                    self._server(first).synthesize("One.", first, _USUAL_RATE)
                    return
                self._natural.load(self._natural_of(first or None))

    def voices(self) -> tuple[Voice, ...]:
        """The natural ones first, then the system's; see Synthesizer."""
        return self._natural.voices() + (() if isinstance(self._system, EngineError) else self._system.voices())

    def check(self, voice: str) -> str:
        """The id of a voice, natural, the system's, or a server's; see Synthesizer."""
        if is_address(voice):
            return self._server(voice).check(voice)
        return self._natural_of(voice) or self._engine().check(voice)

    def synthesize(self, text: str, voice: str | None, rate: int) -> Sound:
        """Speak ``text``; see Synthesizer."""
        text = speakable(text)
        natural = None if voice and is_address(voice) else self._natural_of(voice)
        if natural and len(text) > _LONGEST and not isinstance(self._system, EngineError):
            natural, voice = None, None
        parts = sentences(text) or [""]
        return joined((self._sentence(part, natural, voice, rate), pause_after(part, rate)) for part in parts)

    def _natural_of(self, voice: str | None) -> str | None:
        """The natural voice that is meant; None for one of the system's. Raises NotFoundError."""
        natural = [each.id for each in self._natural.voices()]
        typed = natural[0] if voice is None and natural else (voice or "").strip().casefold()
        if typed in natural:
            return typed
        if typed in piper_engine.VOICES:
            raise NotFoundError(f"The voice {typed} is not here yet: {piper_engine.how_to_get(typed)}.")
        try:
            if not isinstance(self._system, EngineError):
                self._system.find(voice)
                return None
        except NotFoundError:
            if "+" in typed:
                raise
        known = [each.id for each in self.voices()]
        raise NotFoundError.suggesting("voice", voice or "", known, "`voiceguide voices` lists those that are here.")

    def _sentence(self, text: str, natural: str | None, voice: str | None, rate: int) -> Sound:
        if not text:
            return silence(0.2, 22_050)
        if natural:
            return evened(self._natural.synthesize(text, natural, rate))
        if voice and is_address(voice):
            return evened(self._server(voice).synthesize(text, voice, rate))
        return evened(self._engine().synthesize(text, voice, rate))

    def _server(self, voice: str) -> Synthesizer:
        """What speaks at this address. Raises EngineError where the package for it is not here, NotFoundError."""
        server = replace(server_of(voice), voice="")
        if server not in self._servers:
            try:
                from voiceguide.wyoming.synthesizer import WyomingSynthesizer
            except ImportError:
                raise missing_package() from None
            self._servers[server] = WyomingSynthesizer(str(server), self._allow_remote)
        return self._servers[server]

    def _engine(self) -> pyttsx3_engine.Pyttsx3:
        """The system's. Raises EngineError where it did not start."""
        if isinstance(self._system, EngineError):
            raise self._system
        return self._system
