"""Engines on servers: real ones on loopback, dead ones, and ones that send anything at all."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.waiting import within
from tests.support.wyoming_servers import Running, Sending, hearing_server, relaying, sending_server, speaking_server
from voiceguide.errors import EngineError, NotFoundError, VoiceguideError
from voiceguide.sound import LISTEN_RATE, Sound, silence
from voiceguide.sound.files import resample
from voiceguide.speaking.pyttsx3_engine import Pyttsx3
from voiceguide.wyoming.recognizer import WyomingRecognizer
from voiceguide.wyoming.synthesizer import WyomingSynthesizer

__all__ = ["hearing_server", "sending_server", "speaking_server"]

SENTENCE = "I would like us to talk about Sunday."

INFO = {
    "tts": [
        {
            "name": "x", "installed": True, "attribution": {"name": "", "url": ""},
            "voices": [
                {"name": "v", "installed": True, "languages": ["en_US"], "attribution": {"name": "", "url": ""}},
            ],
        }
    ]
}  # fmt: skip


@pytest.fixture(scope="module")
def said() -> Sound:
    return resample(Pyttsx3().synthesize(SENTENCE, "en-us+f3", 150), LISTEN_RATE)


def event(kind: str, data: dict[str, Any] | None = None, payload: bytes = b"") -> bytes:
    line = {"type": kind, "data": data or {}, "payload_length": len(payload)}
    return json.dumps(line).encode() + b"\n" + payload


def beginnings(said: Sound, *seconds: float) -> list[Sound]:
    return [Sound(said.frames[: 2 * round(at * LISTEN_RATE)], LISTEN_RATE) for at in seconds]


# -- servers that nobody here wrote ------------------------------------------------------------------------------


def is_heard(text: str) -> bool:
    """All but two of the words, which another level may change."""
    return len({*SENTENCE.split()} - {*text.split()}) <= 2


@pytest.mark.full
def test_what_one_server_speaks_another_hears(hearing_server: Running, speaking_server: Running) -> None:
    sound = WyomingSynthesizer(speaking_server.address).synthesize(SENTENCE, None, 150)
    heard = WyomingRecognizer(hearing_server.address).recognize(resample(sound, LISTEN_RATE))
    assert (heard.text, heard.doubtful) == (SENTENCE, False)


@pytest.mark.full
def test_what_is_sent_while_it_is_said_is_heard_as_well(hearing_server: Running, said: Sound) -> None:
    with relaying(hearing_server.port) as relay:
        ear = WyomingRecognizer(relay.address)
        for beginning in beginnings(said, 1.2, 1.7):
            ear.ahead(beginning)
        assert within(60, lambda: [passed.seconds for passed in relay.heard] == [1.7]), "it arrives before the end"
        assert not relay.heard[0].ended
        assert is_heard(ear.recognize(said).text)
        assert [passed.seconds for passed in relay.heard] == [said.seconds], "every sample once, over one connection"


@pytest.mark.full
def test_quiet_speech_is_brought_to_its_level_from_its_beginning_on(hearing_server: Running, said: Sound) -> None:
    samples = (np.frombuffer(said.frames, "<i2") // 60 + 40).astype("<i2")
    assert np.abs(samples).max() < 500
    quiet = Sound(samples.tobytes(), LISTEN_RATE)
    with relaying(hearing_server.port) as relay:
        ear = WyomingRecognizer(relay.address)
        ear.ahead(*beginnings(quiet, 1.2))
        assert is_heard(ear.recognize(quiet).text)
        arrived = np.frombuffer(relay.heard[0].frames, "<i2")
    assert np.abs(arrived).max() > 2500
    assert abs(arrived.mean()) < 20


@pytest.mark.full
def test_what_does_not_begin_so_is_heard_for_itself(hearing_server: Running, said: Sound) -> None:
    """Such as the last words of the one before, which are asked for first."""
    last_words = silence(0.3, LISTEN_RATE)
    with relaying(hearing_server.port) as relay:
        ear = WyomingRecognizer(relay.address)
        ear.ahead(Sound(said.frames[20_000:], LISTEN_RATE))
        ear.ahead(*beginnings(said, 1.2))
        assert ear.recognize(last_words).text == ""
        assert is_heard(ear.recognize(said).text)
        assert within(60, lambda: len(relay.heard) == 3), "what was let go arrives at any time"
        ended = {passed.seconds for passed in relay.heard if passed.ended}
    assert ended == {last_words.seconds, said.seconds}


@pytest.mark.full
@pytest.mark.parametrize("pieces", [1, 15])
def test_a_server_that_ends_the_connection_in_mid_word_still_hears_it_all(
    hearing_server: Running, said: Sound, pieces: int
) -> None:
    with relaying(hearing_server.port) as relay:
        relay.ends_after = pieces
        ear = WyomingRecognizer(relay.address)
        for beginning in beginnings(said, 1.2, 1.3, 1.4, 1.5, 1.6):
            ear.ahead(beginning)
        assert is_heard(ear.recognize(said).text)
        assert relay.ends_after is None, "it did end one"
        assert said.seconds in [passed.seconds for passed in relay.heard if passed.ended]


# -- one that sends what it is told ------------------------------------------------------------------------------


def test_words_that_come_piece_by_piece_are_put_together_without_what_steers_a_terminal(
    sending_server: Sending, said: Sound
) -> None:
    pieces = [event("transcript-chunk", {"text": text}) for text in ("I am ", "here.\x1b[2J\x07")]
    sending_server.answer = b"".join([event("transcript-start"), *pieces, event("transcript-stop")])
    assert WyomingRecognizer(sending_server.address).recognize(said).text == "I am here.\ufffd"


def test_what_was_no_words_is_not_sent_again(sending_server: Sending, said: Sound) -> None:
    sending_server.answer, sending_server.asked = event("transcript", {"text": ""}), 0
    ear = WyomingRecognizer(sending_server.address)
    ear.ahead(*beginnings(said, 1.2))
    assert ear.recognize(said).text == ""
    assert sending_server.asked == 1


def test_stereo_in_other_widths_is_understood(sending_server: Sending) -> None:
    form = {"rate": 16_000, "width": 4, "channels": 2}
    chunk = event("audio-chunk", form, b"\x00\x00\x00\x40" * 2 * 16_000)
    sending_server.answer = event("info", INFO) + event("audio-start", form) + chunk + event("audio-stop", {})
    assert WyomingSynthesizer(sending_server.address).synthesize("Hello.", None, 150).seconds > 0.5


def test_a_voice_that_is_not_there_is_named_with_near_ones(sending_server: Sending) -> None:
    sending_server.answer = event("info", INFO)
    mouth = WyomingSynthesizer(sending_server.address)
    assert [voice.id for voice in mouth.voices()] == [sending_server.address, f"{sending_server.address}/v"]
    with pytest.raises(NotFoundError, match=rf"did you mean {sending_server.address}"):
        mouth.check(f"{sending_server.address}/w")


def test_of_several_addresses_the_one_that_answers_is_taken(
    sending_server: Sending, said: Sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending_server.answer = event("transcript", {"text": "hello there"})
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in ("127.0.0.9", "127.0.0.1")]
    monkeypatch.setattr("voiceguide.servers.socket.getaddrinfo", lambda *_, **__: found)
    assert WyomingRecognizer(f"wyoming://nas:{sending_server.server_address[1]}").recognize(said).text == "hello there"


NO_ANSWERS = [
    b"",
    b"{",
    b"[]\n",
    b"null\n",
    b'"transcript"\n',
    b'{"type": 3}\n',
    b'{"type": "transcript"}\n',
    b'{"type": "transcript", "data": []}\n',
    b'{"type": "transcript", "data_length": -4}\n',
    b'{"type": "transcript", "data_length": "9"}\n',
    b'{"type": "transcript", "data_length": 99999999999}\n',
    b'{"type": "audio-chunk", "payload_length": 99999999999}\n',
    b"[" * 100_000 + b"\n",
    b"x" * 10_000_000,
    event("transcript", {"text": ["no", "text"]}),
    event("transcript", {"text": "a" * 100_000}),
    event("transcript-chunk", {"text": "a" * 19_000}) * 3,
    event("error", {"text": "out of memory"}),
    event("error"),
]


def test_what_is_no_answer_is_a_sentence(sending_server: Sending, said: Sound) -> None:
    def complaint(answer: bytes) -> str:
        sending_server.answer = answer
        try:
            return f"heard {WyomingRecognizer(sending_server.address).recognize(said)}"
        except EngineError as error:
            return str(error)

    told = [(answer[:60], complaint(answer)) for answer in NO_ANSWERS]
    assert [each for each in told if f"The server {sending_server.address} " not in each[1]] == []


def made(values: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    """Events of the kinds that are looked at, with anything in them."""
    transcripts, sounds = ["transcript", "transcript-chunk", "transcript-stop"], ["start", "chunk", "stop"]
    kinds = st.sampled_from([*transcripts, "info", *(f"audio-{each}" for each in sounds), "error"])
    names = ["text", "rate", "width", "channels", "tts", "asr", "voices", "languages", "name", "installed"]
    data = st.dictionaries(st.sampled_from(names), values, max_size=6)
    return st.builds(event, kinds, data, st.binary(max_size=40))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60)
@given(answer=st.lists(st.binary(max_size=60) | made(ANYTHING), max_size=5).map(b"".join))
def test_whatever_a_server_sends_is_words_sound_or_a_sentence(sending_server: Sending, answer: bytes) -> None:
    sending_server.answer = answer
    with suppress(VoiceguideError):
        assert isinstance(WyomingRecognizer(sending_server.address).recognize(silence(0.1, LISTEN_RATE)).text, str)
    with suppress(VoiceguideError):
        assert WyomingSynthesizer(sending_server.address).synthesize("Hello.", None, 150).seconds > 0


# -- ones that do not answer -------------------------------------------------------------------------------------


@contextmanager
def deaf() -> Iterator[str]:
    """The address of one that takes connections, and neither reads nor answers."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"wyoming://127.0.0.1:{server.getsockname()[1]}"


def test_one_that_never_answers_is_left_and_a_network_that_takes_no_more_is_known_before_the_end(
    monkeypatch: pytest.MonkeyPatch, said: Sound
) -> None:
    with deaf() as address:
        ear = WyomingRecognizer(address)
        ear.ahead(*beginnings(said, 0.1))
        monkeypatch.setattr("voiceguide.wyoming.recognizer._AHEAD", 0.2)
        with pytest.raises(EngineError, match=r"did not answer within 0\.2 seconds"):
            ear.ahead(Sound(said.frames * 100, LISTEN_RATE))
        monkeypatch.setattr("voiceguide.wyoming.recognizer._RECOGNISE", 0.2)
        with pytest.raises(EngineError, match="did not answer within"):
            ear.recognize(silence(0.1, LISTEN_RATE))


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("wyoming://127.0.0.1:1", "cannot be reached: connection refused"),
        ("wyoming://nobody.invalid:10300", "nothing here is called nobody.invalid"),
        ("wyoming://8.8.8.8:10300", "is at 8.8.8.8, beyond your own network.*--allow-remote"),
        ("wyoming://[2001:4860:4860::8888]:10300", "is at 2001:4860:4860::8888, beyond"),
    ],
)
def test_where_nothing_may_go_or_nobody_is_it_is_told(address: str, why: str, said: Sound) -> None:
    ear = WyomingRecognizer(address)
    for attempt in (ear.recognize, ear.ahead):
        with pytest.raises(VoiceguideError, match=why):
            attempt(said)
