"""Hearing on a server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wyoming.asr import Transcribe, Transcript, TranscriptChunk, TranscriptStop
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.info import Describe, Info

from voiceguide.errors import EngineError
from voiceguide.hearing import NOTHING, Hypothesis
from voiceguide.hearing.doubt import judged
from voiceguide.hearing.packaged import level_of, samples_of, unlevelled
from voiceguide.servers import server_of
from voiceguide.sound import LISTEN_RATE, SAMPLE_BYTES, Sound
from voiceguide.voice_commands.waking import Wake, wake_in
from voiceguide.wyoming.connection import DESCRIBE, Connection, text_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RECOGNISE = 6.0
"""Seconds for the words, beside half of the utterance's own: whoever said "stop" waits no longer for a server."""

_AHEAD = 2.0
"""Seconds for half a second of sound."""

_CHUNK_BYTES = 4096


@dataclass
class _Stream:
    """An utterance that is sent while it is being said."""

    connection: Connection
    offset: float
    gain: float
    sent: bytes = b""
    """Of its frames, as they were before they were levelled."""

    def rest_of(self, sound: Sound) -> list[Event]:
        """What of ``sound`` was not sent yet."""
        return list(_chunks((unlevelled(sound.frames[len(self.sent) :]) - self.offset) * self.gain))


class WyomingRecognizer:
    """A Recognizer on a server. It tells no probabilities and no times."""

    def __init__(self, address: str, allow_remote: bool = False) -> None:
        """Nothing is sent yet. Raises NotFoundError for what is no address."""
        self.name = str(server_of(address))
        self._allow_remote = allow_remote
        self._stream: _Stream | None = None
        self._unfit = ""

    def check(self) -> None:
        """Ask the server whether it recognises English. Raises EngineError where it does not, or does not answer."""
        self._unfit = ""
        asking = [Describe().event()]
        self._unfit = Connection(self.name, self._allow_remote).ask(asking, self._unfitness, DESCRIBE)
        if self._unfit:
            raise EngineError(self._unfit)

    def _unfitness(self, event: Event) -> str | None:
        if not Info.is_type(event.type):
            return None
        info = Info.from_event(event)
        models = [model for program in info.asr for model in program.models if model.installed]
        if not info.asr:
            speaks = ": it speaks" if info.tts else ""
            return f"The server {self.name} does not recognise speech{speaks}. Is another port meant?"
        spoken = [text_of(language).lower() for model in models for language in model.languages]
        english = not spoken or any(language.startswith("en") for language in spoken)
        return "" if english else f"The server {self.name} recognises no English."

    def recognize(self, utterance: Sound) -> Hypothesis:
        """See Recognizer."""
        if not utterance.frames:
            return NOTHING
        if self._unfit:  # it would only be waited for
            raise EngineError(self._unfit)
        until = time.monotonic() + _RECOGNISE + utterance.seconds / 2
        text = self._of_stream(utterance, until)
        if text is None:
            text = self._of_whole(utterance, until)
        return judged(text, utterance.seconds)

    def spot(self, opening: Sound, name: str) -> Wake:
        """See Recognizer."""
        return wake_in(self.recognize(opening).text, name)

    def ahead(self, beginning: Sound) -> None:
        """Send what is known (16 kHz) of an utterance that goes on: a server that works on it meanwhile, or that is
        reached over a slow network, has the words sooner. All of it is still to be handed to ``recognize``.

        Raises EngineError where the server cannot be reached.
        """
        stream = self._stream
        if stream and beginning.frames.startswith(stream.sent):
            self._stream = None
            try:
                stream.connection.send(stream.rest_of(beginning), _AHEAD)
            except EngineError as error:
                if isinstance(error.__cause__, TimeoutError):
                    raise
                return  # it ended this connection; the next piece begins another one
        else:
            self.close()
            stream = _Stream(Connection(self.name, self._allow_remote), *level_of(unlevelled(beginning.frames)))
            stream.connection.send([*_BEGUN, *stream.rest_of(beginning)], _AHEAD)
        self._stream, stream.sent = stream, beginning.frames

    def close(self) -> None:
        """Let go what was sent of an utterance whose end did not come."""
        if self._stream:
            self._stream.connection.close()
        self._stream = None

    def _of_stream(self, utterance: Sound, until: float) -> str | None:
        """The words of what was sent ahead, if that is this one's beginning; None where the server has not got it."""
        stream = self._stream
        if stream is None or utterance.rate != LISTEN_RATE or not utterance.frames.startswith(stream.sent):
            return None
        self._stream = None
        try:
            return stream.connection.ask([*stream.rest_of(utterance), _ENDED], _Words(), until - time.monotonic())
        except EngineError as error:
            if isinstance(error.__cause__, TimeoutError) or time.monotonic() >= until:
                raise
            return None

    def _of_whole(self, utterance: Sound, until: float) -> str:
        # Quiet speech is brought to the level that recognisers know.
        asking = [*_BEGUN, *_chunks(samples_of(utterance)), _ENDED]
        return Connection(self.name, self._allow_remote).ask(asking, _Words(), until - time.monotonic())


_FORM = {"rate": LISTEN_RATE, "width": SAMPLE_BYTES, "channels": 1}
_BEGUN = [Transcribe(language="en").event(), AudioStart(**_FORM).event()]
_ENDED = AudioStop().event()


def _chunks(samples: NDArray[np.float32]) -> Iterator[Event]:
    """Samples (-1 to 1; what is beyond is clipped) as events."""
    frames = (samples.clip(-1.0, 1.0) * 32_767).astype("<i2").tobytes()
    for at in range(0, len(frames), _CHUNK_BYTES):
        yield AudioChunk(audio=frames[at : at + _CHUNK_BYTES], **_FORM).event()


class _Words:
    """Takes the words from what a server sends, at once or as it finds them."""

    def __init__(self) -> None:
        self._text = ""

    def __call__(self, event: Event) -> str | None:
        if Transcript.is_type(event.type):
            return text_of(Transcript.from_event(event).text)
        if TranscriptChunk.is_type(event.type):
            self._text = text_of(self._text + text_of(TranscriptChunk.from_event(event).text))
        return self._text if TranscriptStop.is_type(event.type) else None
