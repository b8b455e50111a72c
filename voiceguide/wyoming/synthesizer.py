"""Speaking on a server."""

from __future__ import annotations

from urllib.parse import quote

from wyoming.audio import AudioChunk, AudioChunkConverter, AudioStop
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.tts import Synthesize, SynthesizeVoice

from voiceguide.errors import EngineError, NotFoundError
from voiceguide.servers import server_of
from voiceguide.sound import LISTEN_RATE, Sound, silence
from voiceguide.sound.files import stretch
from voiceguide.speaking import Voice, speakable
from voiceguide.speaking.trimming import trimmed
from voiceguide.wyoming.connection import DESCRIBE, Connection, text_of

_SPEAK, _LETTERS = 3.0, 60.0
"""Seconds for a sentence, beside one for so many letters: four times as fast as they are spoken."""

_MOST_SOUND = 1 << 25
"""Bytes beyond which it is no answer."""

_RATES = (8_000, 48_000)
_QUIET = 80
"""Samples this close to zero are silence."""

_PACED = "Take a moment together before you get up, and tell me what it is that you would like to say."
_PACED_WORDS = 19
"""Spoken once to learn how fast a voice is: the protocol has no word for pace."""


class WyomingSynthesizer:
    """A Synthesizer on a server, speaking English; each voice is called by the address that leads to it."""

    def __init__(self, address: str, allow_remote: bool = False) -> None:
        """Nothing is sent yet. Raises NotFoundError for what is no address."""
        self.name = str(server_of(address))
        self._allow_remote = allow_remote
        self._usual: dict[str, float] = {}  # words a minute, by the voice's own name
        self._known: dict[str, Voice] = {}  # by the voice's own name

    def voices(self) -> tuple[Voice, ...]:
        """The server's own choice, whose name it keeps to itself, then what it offers. Raises EngineError."""
        if not self._known:
            self._known = self._connection().ask([Describe().event()], self._listed, DESCRIBE)
        return tuple(self._known.values())

    def check(self, voice: str) -> str:
        """See Synthesizer."""
        name = self._own_name(voice)
        return self._known[name].id

    def synthesize(self, text: str, voice: str | None, rate: int) -> Sound:
        """See Synthesizer; one sentence at a time."""
        name = "" if voice is None else self._own_name(voice)
        if not any(map(str.isalnum, speakable(text))):  # servers fail on what holds no sound
            return silence(0.2, LISTEN_RATE)
        if name not in self._usual:
            self._usual[name] = 60 * _PACED_WORDS / self._said(_PACED, name).seconds
        return stretch(self._said(speakable(text), name), rate / self._usual[name])

    def _own_name(self, voice: str) -> str:
        """What the server calls the voice that somebody typed, "" for its own choice. Raises NotFoundError."""
        self.voices()
        known = {each.id.casefold(): name for name, each in self._known.items()}
        typed = voice.strip().rstrip("/").casefold()
        if typed not in known:
            ids = [each.id for each in self._known.values()]
            raise NotFoundError.suggesting(
                "voice", voice, ids, f"leave its name out, or choose one of {', '.join(ids[1:4])}."
            )
        return known[typed]

    def _listed(self, event: Event) -> dict[str, Voice] | None:
        if not Info.is_type(event.type):
            return None
        programs = Info.from_event(event).tts
        offered = [voice for program in programs for voice in program.voices if voice.installed and voice.languages]
        names = {text_of(voice.name): text_of(voice.languages[0]).lower().replace("_", "-") for voice in offered}
        english = {name: language for name, language in names.items() if language.startswith("en")}
        if not english:
            raise EngineError(f"The server {self.name} has no English voice.")
        own = {"": Voice(self.name, "the server's own choice", "en")}
        return own | {name: Voice(f"{self.name}/{quote(name)}", name, spoken) for name, spoken in english.items()}

    def _connection(self) -> Connection:
        return Connection(self.name, self._allow_remote)

    def _said(self, text: str, name: str) -> Sound:
        asking = [Synthesize(text, SynthesizeVoice(name) if name else None).event()]
        return trimmed(self._connection().ask(asking, _Speech(), _SPEAK + len(text) / _LETTERS), _QUIET)


class _Speech:
    """Takes the sound from what a server sends."""

    def __init__(self) -> None:
        self._frames = bytearray()
        self._rate = 0
        self._converted = AudioChunkConverter(width=2, channels=1)

    def __call__(self, event: Event) -> Sound | None:
        if AudioChunk.is_type(event.type):
            chunk = self._converted.convert(AudioChunk.from_event(event))
            if not _RATES[0] <= chunk.rate <= _RATES[1] or self._rate not in (0, chunk.rate):
                raise ValueError("no rate of speech")
            self._rate = chunk.rate
            self._frames += chunk.audio
            if len(self._frames) > _MOST_SOUND:
                raise ValueError("too much sound")
        if not AudioStop.is_type(event.type):
            return None
        if len(self._frames) < 2:
            raise EngineError("The server sent no sound.")
        return Sound(bytes(self._frames[: len(self._frames) // 2 * 2]), self._rate)
