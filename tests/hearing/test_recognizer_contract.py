"""What every recogniser does, real or fake."""

from __future__ import annotations

import difflib
import functools
import importlib
import importlib.util
import random
import re
import struct
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest

from tests.support.fakes_hearing import FakeRecognizer
from tests.support.wyoming_servers import hearing_server
from voiceguide.errors import EngineError
from voiceguide.hearing import Hypothesis, Recognizer
from voiceguide.hearing.engines import ENGINES, installed
from voiceguide.servers import is_address
from voiceguide.sound import LISTEN_RATE, Sound, silence
from voiceguide.sound.files import read_sound, resample
from voiceguide.voice_commands.waking import Wake
from voiceguide.worker import Worker
from voiceguide.wyoming.recognizer import WyomingRecognizer

__all__ = ["hearing_server"]

SPEECH = Path(__file__).resolve().parents[3] / "shared" / "speech"

Listening = Callable[[Sound, str], Hypothesis]
"""Recognise a sound in which these words are said."""


def words(text: str) -> str:
    return " ".join(re.findall(r"[a-z']+", text.lower()))


def pcm(*samples: int) -> Sound:
    return Sound(struct.pack(f"<{len(samples)}h", *samples), LISTEN_RATE)


def noise(seconds: float, deviation: float) -> Sound:
    chance = random.Random(7)
    return pcm(*(round(chance.gauss(0, deviation)) for _ in range(round(seconds * LISTEN_RATE))))


WEAK = ("sphinx",)
"""Engines that get words of clear prose wrong: whatever they hear is doubtful."""


@functools.cache
def engine(name: str) -> Recognizer:
    """Loaded once for all tests."""
    if name not in installed():
        pytest.skip(f"the engine {name} is not installed: extra {ENGINES[name].extra}")
    module, _, kind = ENGINES[name].factory.partition(":")
    made: Recognizer = getattr(importlib.import_module(module), kind)()
    return made


_SLOW = [pytest.param(name, marks=pytest.mark.full) for name in ("sphinx", "server")]


@pytest.fixture(params=["fake", "whisper", "moonshine", *_SLOW])
def recognizer(request: pytest.FixtureRequest) -> Recognizer:
    if request.param == "server":
        return WyomingRecognizer(request.getfixturevalue("hearing_server").address)
    return FakeRecognizer() if request.param == "fake" else engine(request.param)


def understood(recognizer: Recognizer, heard: str, said: str) -> bool:
    """Word for word; a third of the words where the engine is weak."""
    if recognizer.name not in WEAK:
        return words(heard) == said
    return difflib.SequenceMatcher(None, words(heard).split(), said.split()).ratio() > 0.33


@pytest.fixture
def listening(recognizer: Recognizer) -> Listening:
    """The fake is told beforehand what it will hear."""

    def listen(sound: Sound, text: str) -> Hypothesis:
        if isinstance(recognizer, FakeRecognizer):
            recognizer.texts.append(text)
        return recognizer.recognize(sound)

    return listen


@pytest.fixture(scope="module")
def page() -> Sound:
    """The first page of "A Tale of Two Cities", read by a person: 44 s."""
    package = importlib.util.find_spec("moonshine_voice")
    if package is not None and package.origin is not None:
        return read_sound(Path(package.origin).parent / "assets" / "two_cities.wav")
    if (SPEECH / "moonshine_misc").is_dir():
        return read_sound(SPEECH / "moonshine_misc" / "moon-two_cities_16k.flac")
    pytest.skip("there is no human speech: neither the package moonshine-voice nor ../shared/speech")


@pytest.fixture(scope="module")
def reading(page: Sound) -> Sound:
    """Its first sentence: TEXT."""
    first, last = (round(seconds * page.rate) * 2 for seconds in (0.5, 4.9))
    return Sound(page.frames[first:last], page.rate)


TEXT = "it was the best of times it was the worst of times"
LAST = "in the superlative degree of comparison only"


def test_it_has_a_name(recognizer: Recognizer) -> None:
    assert recognizer.name


def test_it_understands_a_person(recognizer: Recognizer, listening: Listening, reading: Sound) -> None:
    heard = listening(reading, TEXT)
    assert understood(recognizer, heard.text, TEXT)
    assert heard.doubtful == (recognizer.name in WEAK)
    assert (0.0 if heard.doubtful else 0.35) < heard.confidence <= 1


def test_words_are_timed_or_not_at_all(recognizer: Recognizer, listening: Listening, reading: Sound) -> None:
    heard = listening(reading, TEXT)
    if recognizer.name == "moonshine tiny-en" or is_address(recognizer.name):  # these tell none
        assert heard.times == ()
        return
    assert len(heard.times) == len(heard.text.split())
    assert all(0 <= start <= end <= reading.seconds for start, end in heard.times)
    assert list(heard.times) == sorted(heard.times)


def test_quiet_speech_is_understood_as_well(recognizer: Recognizer, listening: Listening, reading: Sound) -> None:
    """-80 dBFS: three bits of it are left."""
    samples = struct.unpack(f"<{len(reading.frames) // 2}h", reading.frames)
    quiet = Sound(struct.pack(f"<{len(samples)}h", *(int(sample / 128) for sample in samples)), reading.rate)
    heard = listening(quiet, TEXT)
    assert understood(recognizer, heard.text, TEXT)
    if recognizer.name not in WEAK:
        assert heard.confidence == pytest.approx(listening(reading, TEXT).confidence, abs=0.04)


@pytest.mark.parametrize("recognizer", ["fake", "whisper", "moonshine", _SLOW[1]], indirect=True)
def test_a_long_answer_is_understood_to_its_end(listening: Listening, page: Sound) -> None:
    """More than the 30 s that the packaged models can take at once; PocketSphinx has no such limit."""
    assert page.seconds > 40
    heard = words(listening(page, f"{TEXT} ... {LAST}").text)
    assert heard.startswith(TEXT)
    assert heard.endswith(LAST)


@pytest.mark.parametrize("recognizer", ["whisper", pytest.param("sphinx", marks=pytest.mark.full)], indirect=True)
def test_words_are_timed_where_they_are_said(recognizer: Recognizer, reading: Sound) -> None:
    """The sentence, two seconds of nothing, the sentence: every word of the second comes so much later."""
    once = recognizer.recognize(reading)
    twice = recognizer.recognize(Sound(reading.frames + silence(2, reading.rate).frames + reading.frames, reading.rate))
    count = len(once.times)
    later = [second[1] - first[1] for first, second in zip(twice.times[:count], twice.times[-count:], strict=True)]
    assert median(later) == pytest.approx(reading.seconds + 2, abs=0.2)


@pytest.mark.parametrize(
    "sound",
    [
        Sound(b"", LISTEN_RATE),
        pcm(0),
        pcm(20_000),
        silence(0.01, LISTEN_RATE),
        silence(2, LISTEN_RATE),
        silence(28.5, LISTEN_RATE),
        silence(1, 8_000),
        pcm(*[3_000] * 16_000),
        noise(1, 20),
        noise(3, 600),
    ],
    ids=["empty", "one sample", "one loud sample", "10 ms", "2 s", "28.5 s", "8 kHz", "offset", "hiss", "noise"],
)
def test_without_words_there_is_no_text_or_doubt(recognizer: Recognizer, sound: Sound) -> None:
    heard = recognizer.recognize(sound)
    assert not heard.text or heard.doubtful


@pytest.mark.parametrize("sound", [pcm(*[32_767, -32_768] * 8_000), pcm(*[32_767] * 20, *[-32_768] * 16_000)])
def test_clipped_sound_does_no_harm(recognizer: Recognizer, sound: Sound) -> None:
    assert recognizer.recognize(sound).confidence <= 1


@pytest.fixture(scope="module")
def calls() -> dict[str, Sound]:
    """A call and something that is none, in a synthetic voice."""
    with Worker("voiceguide.speaking.pyttsx3_engine:Pyttsx3", seconds=30) as voice:
        said = {"call": "Hey guide, start.", "none": "Every morning the baker opens the shop."}
        return {
            name: resample(voice.submit("synthesize", words, "en-us+f3", 150).result(), LISTEN_RATE)
            for name, words in said.items()
        }


@pytest.mark.parametrize("recognizer", ["fake", "whisper", "moonshine"], indirect=True)
def test_a_call_is_spotted(recognizer: Recognizer, calls: dict[str, Sound]) -> None:
    if isinstance(recognizer, FakeRecognizer):
        recognizer.texts += ["Hey guys, start.", "Every morning"]
    assert recognizer.spot(calls["call"], "guide") >= Wake.MAYBE
    assert recognizer.spot(calls["none"], "guide") is Wake.NO


@pytest.mark.parametrize("name", ["guide", "Maria", "Zoë"])
@pytest.mark.parametrize("sound", [Sound(b"", LISTEN_RATE), pcm(0), silence(2, LISTEN_RATE), noise(9, 600)])
def test_nobody_calls_where_nobody_speaks(recognizer: Recognizer, sound: Sound, name: str) -> None:
    assert recognizer.spot(sound, name) is Wake.NO


def test_a_person_who_reads_calls_nobody(recognizer: Recognizer, listening: Listening, reading: Sound) -> None:
    if isinstance(recognizer, FakeRecognizer):
        recognizer.texts.append(TEXT)
    assert recognizer.spot(reading, "guide") is Wake.NO


def test_the_sound_stays_as_it_was(listening: Listening, reading: Sound) -> None:
    before = bytes(reading.frames)
    listening(reading, TEXT)
    assert reading.frames == before


def test_the_fake_fails_and_doubts_when_told() -> None:
    fake = FakeRecognizer(["yes", "no"])
    fake.fail_next = fake.doubt = True
    with pytest.raises(EngineError):
        fake.recognize(noise(0.1, 5_000))
    assert fake.recognize(noise(0.1, 5_000)) == Hypothesis("yes", 0.3, True, ((0.0, 0.1),))
