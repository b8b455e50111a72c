"""Engines elsewhere: a Wyoming server recognises, or speaks, in place of this machine's own engines.

Wyoming is the protocol of Home Assistant's voice: events of a JSON line, data and payload over TCP (package
``wyoming``). It has no passwords and encrypts nothing, so sound goes to this machine and to private addresses only,
unless somebody allows more. Run it in a child process (``voiceguide.worker``), as every engine: whatever a server
sends can at most end that process.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar
from urllib.parse import quote

from wyoming.asr import Transcribe, Transcript, TranscriptChunk, TranscriptStop
from wyoming.audio import AudioChunk, AudioChunkConverter, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, async_read_event, async_write_event
from wyoming.info import Describe, Info
from wyoming.tts import Synthesize, SynthesizeVoice

from voiceguide.cleaning import clean
from voiceguide.elsewhere import addresses_of, server_of
from voiceguide.errors import EngineError, NotFoundError, VoiceguideError
from voiceguide.hearing import NOTHING, Hypothesis
from voiceguide.hearing.doubt import judged
from voiceguide.hearing.packaged import samples_of
from voiceguide.sound import LISTEN_RATE, Sound, silence
from voiceguide.sound.files import stretch
from voiceguide.speaking import Voice, speakable
from voiceguide.speaking.trimming import trimmed
from voiceguide.voice_commands.waking import Wake, wake_in

_CONNECT = 2.0
"""Seconds; a machine in the same house answers in a hundredth of one."""

_DESCRIBE = 3.0
_RECOGNISE = 6.0
"""Seconds for the words, beside half of the utterance's own: whoever said "stop" waits no longer for a server."""

_SPEAK, _LETTERS = 3.0, 60.0
"""Seconds for a sentence, beside one for so many letters: four times as fast as they are spoken."""

_LONGEST_EVENT = 1 << 22
_MOST_SOUND = 1 << 25
_MOST_TEXT = 20_000
"""Bytes and letters beyond which it is no answer."""

_CHUNK_BYTES = 4096

_RATES = (8_000, 48_000)
_QUIET = 80
"""Samples this close to zero are silence."""

_PACED = "Take a moment together before you get up, and tell me what it is that you would like to say."
_PACED_WORDS = 19
"""Spoken once to learn how fast a voice is: the protocol has no word for pace."""

Found = TypeVar("Found")


class Connection:
    """Asks a server one thing at a time, over a connection of its own for each: whatever ended before harms nothing."""

    def __init__(self, address: str, allow_remote: bool) -> None:
        """Nothing is sent yet. Raises NotFoundError for what is no address."""
        self.server = server_of(address)
        self._allow_remote = allow_remote

    def __str__(self) -> str:
        return str(self.server)

    def ask(self, asking: Iterable[Event], take: Callable[[Event], Found | None], seconds: float) -> Found:
        """Send ``asking`` and read until ``take`` makes something of an event. Raises EngineError after ``seconds``."""
        try:
            return asyncio.run(self._talk(asking, take, seconds))
        except VoiceguideError:
            raise
        except TimeoutError:
            raise EngineError(f"The server {self} did not answer within {seconds:g} seconds.") from None
        except (OSError, EOFError) as error:
            number = getattr(error, "errno", None)
            why = os.strerror(number).lower() if number else "the connection was closed"
            raise EngineError(f"The server {self} cannot be reached: {why}.") from error
        except Exception as error:  # what it sends may be anything
            raise EngineError(f"The server {self} gave no answer that can be used ({type(error).__name__}).") from error

    async def _talk(self, asking: Iterable[Event], take: Callable[[Event], Found | None], seconds: float) -> Found:
        async with asyncio.timeout(seconds):
            async with asyncio.timeout(_CONNECT):
                reader, writer = await self._connected()
            try:
                for event in asking:
                    await async_write_event(event, writer)
                while (answer := await async_read_event(reader)) is not None:
                    if Error.is_type(answer.type):
                        raise EngineError(f"The server {self} failed: {clean(str(answer.data.get('text')))[:200]}.")
                    if (found := take(answer)) is not None:
                        return found
            finally:
                writer.transport.abort()
        raise EngineError(f"The server {self} ended the connection without an answer.")

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        loop = asyncio.get_running_loop()
        reader = _Reader()
        *others, last = await asyncio.to_thread(addresses_of, self.server, self._allow_remote)
        for address in (*others, last):
            try:
                transport, protocol = await loop.create_connection(
                    lambda: asyncio.StreamReaderProtocol(reader), address, self.server.port
                )
                break
            except OSError:  # a name may lead to several, of which the server has one
                if address == last:
                    raise
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


class _Reader(asyncio.StreamReader):
    """Takes no event that fills the memory."""

    async def readexactly(self, n: int) -> bytes:
        if n > _LONGEST_EVENT:
            raise ValueError("an event is too long")
        return await super().readexactly(n)


# -- hearing -----------------------------------------------------------------------------------------------------


class Ear:
    """A Recognizer on a server. It tells no probabilities and no times."""

    def __init__(self, address: str, allow_remote: bool = False) -> None:
        """Nothing is sent yet. Raises NotFoundError for what is no address."""
        self._server = Connection(address, allow_remote)
        self.name = str(self._server)

    def recognize(self, utterance: Sound) -> Hypothesis:
        """See Recognizer."""
        if not utterance.frames:
            return NOTHING
        # Quiet speech is brought to the level that recognisers know.
        heard = Sound((samples_of(utterance) * 32_767).astype("<i2").tobytes(), LISTEN_RATE)
        text = self._server.ask(_spoken(heard), _Words(), _RECOGNISE + utterance.seconds / 2)
        return judged(text, utterance.seconds)

    def spot(self, opening: Sound, name: str) -> Wake:
        """See Recognizer."""
        return wake_in(self.recognize(opening).text, name)


def _spoken(sound: Sound) -> Iterator[Event]:
    """An utterance as events."""
    form = {"rate": sound.rate, "width": 2, "channels": 1}
    yield Transcribe(language="en").event()
    yield AudioStart(**form).event()
    for at in range(0, len(sound.frames), _CHUNK_BYTES):
        yield AudioChunk(audio=sound.frames[at : at + _CHUNK_BYTES], **form).event()
    yield AudioStop().event()


class _Words:
    """Takes the words from what a server sends, at once or as it finds them."""

    def __init__(self) -> None:
        self._text = ""

    def __call__(self, event: Event) -> str | None:
        if Transcript.is_type(event.type):
            return _text(Transcript.from_event(event).text)
        if TranscriptChunk.is_type(event.type):
            self._text = _text(self._text + _text(TranscriptChunk.from_event(event).text))
        return self._text if TranscriptStop.is_type(event.type) else None


def _text(value: object) -> str:
    """What a server calls text. Raises ValueError for what is none."""
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise ValueError("no text")
    return clean(value)


# -- speaking ----------------------------------------------------------------------------------------------------


class Mouth:
    """A Synthesizer on a server, speaking English; each voice is called by the address that leads to it."""

    def __init__(self, address: str, allow_remote: bool = False) -> None:
        """Nothing is sent yet. Raises NotFoundError for what is no address."""
        self._server = Connection(address, allow_remote)
        self.name = str(self._server)
        self._usual: dict[str, float] = {}  # words a minute, by the voice's own name
        self._known: dict[str, Voice] = {}  # by the voice's own name

    def voices(self) -> tuple[Voice, ...]:
        """The server's own choice, whose name it keeps to itself, then what it offers. Raises EngineError."""
        if not self._known:
            self._known = self._server.ask([Describe().event()], self._listed, _DESCRIBE)
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
        names = {_text(voice.name): _text(voice.languages[0]).lower().replace("_", "-") for voice in offered}
        english = {name: language for name, language in names.items() if language.startswith("en")}
        if not english:
            raise EngineError(f"The server {self._server} has no English voice.")
        own = {"": Voice(self.name, "the server's own choice", "en")}
        return own | {name: Voice(f"{self.name}/{quote(name)}", name, spoken) for name, spoken in english.items()}

    def _said(self, text: str, name: str) -> Sound:
        asking = [Synthesize(text, SynthesizeVoice(name) if name else None).event()]
        return trimmed(self._server.ask(asking, _Speech(), _SPEAK + len(text) / _LETTERS), _QUIET)


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
