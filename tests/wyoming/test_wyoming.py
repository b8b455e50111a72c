"""Engines on servers: real ones on loopback, dead ones, and ones that send anything at all."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
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


@pytest.fixture(scope="module")
def said() -> Sound:
    return resample(Pyttsx3().synthesize(SENTENCE, "en-us+f3", 150), LISTEN_RATE)


def event(kind: str, data: dict[str, Any] | None = None, payload: bytes = b"") -> bytes:
    line = {"type": kind, "data": data or {}, "payload_length": len(payload)}
    return json.dumps(line).encode() + b"\n" + payload


@pytest.mark.full
def test_what_one_server_speaks_another_hears(hearing_server: Running, speaking_server: Running) -> None:
    sound = WyomingSynthesizer(speaking_server.address).synthesize(SENTENCE, None, 150)
    heard = WyomingRecognizer(hearing_server.address).recognize(resample(sound, LISTEN_RATE))
    assert (heard.text, heard.doubtful) == (SENTENCE, False)


def test_words_that_come_piece_by_piece_are_put_together(sending_server: Sending, said: Sound) -> None:
    pieces = [event("transcript-chunk", {"text": text}) for text in ("I am ", "here.")]
    sending_server.answer = b"".join([event("transcript-start"), *pieces, event("transcript-stop")])
    assert WyomingRecognizer(sending_server.address).recognize(said).text == "I am here."


def is_heard(text: str) -> bool:
    """All but two of the words, which another level may change."""
    return len({*SENTENCE.split()} - {*text.split()}) <= 2


def beginnings(said: Sound, *seconds: float) -> list[Sound]:
    return [Sound(said.frames[: 2 * round(at * LISTEN_RATE)], LISTEN_RATE) for at in seconds]


@pytest.mark.full
def test_what_is_sent_while_it_is_said_is_heard_as_well(hearing_server: Running, said: Sound) -> None:
    with relaying(hearing_server.port) as relay:
        ear = WyomingRecognizer(relay.address)
        for beginning in beginnings(said, 1.2, 1.7):
            ear.ahead(beginning)
        assert within(60, lambda: bool(relay.heard) and relay.heard[0].seconds == 1.7), "it has arrived before the end"
        assert not relay.heard[0].ended
        assert is_heard(ear.recognize(said).text)
        assert [passed.seconds for passed in relay.heard] == [said.seconds], "every sample once, over one connection"


@pytest.mark.full
def test_quiet_speech_is_brought_to_its_level_from_its_beginning_on(hearing_server: Running, said: Sound) -> None:
    quiet = (np.frombuffer(said.frames, "<i2") // 60 + 40).astype("<i2")
    assert np.abs(quiet).max() < 500
    with relaying(hearing_server.port) as relay:
        ear = WyomingRecognizer(relay.address)
        ear.ahead(*beginnings(Sound(quiet.tobytes(), LISTEN_RATE), 1.2))
        assert is_heard(ear.recognize(Sound(quiet.tobytes(), LISTEN_RATE)).text)
        arrived = np.frombuffer(relay.heard[0].frames, "<i2")
        assert np.abs(arrived).max() > 2500
        assert abs(arrived.mean()) < 20


@pytest.mark.full
def test_what_does_not_begin_so_is_heard_for_itself(hearing_server: Running, said: Sound) -> None:
    with relaying(hearing_server.port) as relay:
        ear = WyomingRecognizer(relay.address)
        ear.ahead(Sound(said.frames[20_000:], LISTEN_RATE))
        ear.ahead(*beginnings(said, 1.2))
        assert ear.recognize(silence(0.3, LISTEN_RATE)).text == "", "such as its last words, which are asked for first"
        assert is_heard(ear.recognize(said).text)
        assert [bool(passed.ended) for passed in relay.heard] == [False, True, True]
        assert relay.heard[1].seconds == said.seconds


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
        assert relay.ends_after is None
        assert relay.heard[-1].seconds == said.seconds


def test_what_was_no_words_is_not_sent_again(sending_server: Sending, said: Sound) -> None:
    sending_server.answer, sending_server.asked = event("transcript", {"text": ""}), 0
    ear = WyomingRecognizer(sending_server.address)
    ear.ahead(*beginnings(said, 1.2))
    assert ear.recognize(said).text == ""
    assert sending_server.asked == 1


def test_a_network_that_takes_no_more_is_known_before_the_end(monkeypatch: pytest.MonkeyPatch, said: Sound) -> None:
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        ear = WyomingRecognizer(f"wyoming://127.0.0.1:{deaf.getsockname()[1]}")
        ear.ahead(*beginnings(said, 0.1))
        monkeypatch.setattr("voiceguide.wyoming.recognizer._AHEAD", 0.5)
        with pytest.raises(EngineError, match=r"did not answer within 0\.5 seconds"):
            ear.ahead(Sound(said.frames * 100, LISTEN_RATE))


def test_a_server_that_is_gone_is_known_before_the_end(said: Sound) -> None:
    ear = WyomingRecognizer("wyoming://127.0.0.1:1")
    with pytest.raises(EngineError, match="cannot be reached"):
        ear.ahead(said)


def test_stereo_in_other_widths_is_understood(sending_server: Sending) -> None:
    form = {"rate": 16_000, "width": 4, "channels": 2}
    chunk = event("audio-chunk", form, b"\x00\x00\x00\x40" * 2 * 16_000)
    sending_server.answer = event("info", INFO) + event("audio-start", form) + chunk + event("audio-stop", {})
    mouth = WyomingSynthesizer(sending_server.address)
    assert mouth.synthesize("Hello.", None, 150).seconds > 0.5


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


def test_what_controls_a_terminal_is_no_words(sending_server: Sending, said: Sound) -> None:
    sending_server.answer = event("transcript", {"text": "hello\x1b[2J there \x07"})
    assert "\x1b" not in WyomingRecognizer(sending_server.address).recognize(said).text


@pytest.mark.parametrize(
    "answer",
    [
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
    ],
    ids=range(19),
)
def test_what_is_no_answer_is_a_sentence(sending_server: Sending, said: Sound, answer: bytes) -> None:
    sending_server.answer = answer
    with pytest.raises(EngineError, match=sending_server.address):
        WyomingRecognizer(sending_server.address).recognize(said)


def made(values: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    """Events of the kinds that are looked at, with anything in them."""
    kinds = st.sampled_from(
        [
            "transcript",
            "transcript-chunk",
            "transcript-stop",
            "info",
            "audio-start",
            "audio-chunk",
            "audio-stop",
            "error",
        ]
    )
    names = st.sampled_from(
        ["text", "rate", "width", "channels", "tts", "asr", "voices", "languages", "name", "installed"]
    )
    data = st.dictionaries(names, values, max_size=6)
    return st.builds(event, kinds, data, st.binary(max_size=40))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(answer=st.lists(st.binary(max_size=60) | made(ANYTHING), max_size=5).map(b"".join))
def test_whatever_a_server_sends_is_words_sound_or_a_sentence(sending_server: Sending, answer: bytes) -> None:
    sending_server.answer = answer
    with suppress(VoiceguideError):
        assert isinstance(WyomingRecognizer(sending_server.address).recognize(silence(0.1, LISTEN_RATE)).text, str)
    with suppress(VoiceguideError):
        assert WyomingSynthesizer(sending_server.address).synthesize("Hello.", None, 150).seconds > 0


def test_one_that_never_answers_is_left(monkeypatch: pytest.MonkeyPatch, said: Sound) -> None:
    monkeypatch.setattr("voiceguide.wyoming.recognizer._RECOGNISE", 0.3)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        with pytest.raises(EngineError, match="did not answer within"):
            WyomingRecognizer(f"wyoming://127.0.0.1:{deaf.getsockname()[1]}").recognize(said)


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
    with pytest.raises(VoiceguideError, match=why):
        WyomingRecognizer(address).recognize(said)


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
    port = sending_server.server_address[1]
    monkeypatch.setattr("voiceguide.servers.socket.getaddrinfo", lambda *_, **__: found)
    assert WyomingRecognizer(f"wyoming://nas:{port}").recognize(said).text == "hello there"
