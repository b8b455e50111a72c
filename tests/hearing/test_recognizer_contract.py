"""What every recogniser does, real or fake."""

from __future__ import annotations

import difflib
import importlib.util
import random
import re
import struct
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest

from tests.support.engines import engine
from tests.support.fakes_hearing import FakeRecognizer
from tests.support.wyoming_servers import hearing_server
from voiceguide.errors import EngineError
from voiceguide.hearing import Hypothesis, Recognizer
from voiceguide.servers import is_address
from voiceguide.sound import LISTEN_RATE, Sound, silence
from voiceguide.sound.files import read_sound, resample
from voiceguide.speaking.pyttsx3_engine import Pyttsx3
from voiceguide.voice_commands.waking import Wake
from voiceguide.wyoming.recognizer import WyomingRecognizer

__all__ = ["hearing_server"]

SPEECH = Path(__file__).resolve().parents[3] / "shared" / "speech"
TEXT = "it was the best of times it was the worst of times"
LAST = "in the superlative degree of comparison only"

Listening = Callable[[Sound, str], Hypothesis]
"""Recognise a sound in which these words are said."""

WHISPER, MOONSHINE, SPHINX, SERVER = (
    pytest.param(name, marks=pytest.mark.full) for name in ("whisper", "moonshine", "sphinx", "server")
)
WEAK = ("sphinx",)
"""Engines that get words of clear prose wrong: whatever they hear is doubtful."""


@pytest.fixture(params=["fake", WHISPER, MOONSHINE, SPHINX, SERVER])
def recognizer(request: pytest.FixtureRequest) -> Recognizer:
    if request.param == "server":
        return WyomingRecognizer(request.getfixturevalue("hearing_server").address)
    return FakeRecognizer() if request.param == "fake" else engine(request.param)


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


def part(page: Sound, start: float, end: float) -> Sound:
    first, last = (round(seconds * page.rate) * 2 for seconds in (start, end))
    return Sound(page.frames[first:last], page.rate)


@pytest.fixture(scope="module")
def reading(page: Sound) -> Sound:
    """Its first sentence: TEXT."""
    return part(page, 0.5, 4.9)


def words(text: str) -> str:
    return " ".join(re.findall(r"[a-z']+", text.lower()))


def understood(recognizer: Recognizer, heard: str, said: str) -> bool:
    """Word for word; a third of the words where the engine is weak."""
    if recognizer.name not in WEAK:
        return words(heard) == said
    return difflib.SequenceMatcher(None, words(heard).split(), said.split()).ratio() > 0.33


@pytest.mark.parametrize("recognizer", ["fake", "whisper", "moonshine", SPHINX, SERVER], indirect=True)
def test_it_understands_a_person(recognizer: Recognizer, listening: Listening, reading: Sound) -> None:
    before = bytes(reading.frames)
    heard = listening(reading, TEXT)
    assert understood(recognizer, heard.text, TEXT)
    assert heard.doubtful == (recognizer.name in WEAK)
    assert (0.0 if heard.doubtful else 0.35) < heard.confidence <= 1
    assert reading.frames == before
    if recognizer.name == "moonshine tiny-en" or is_address(recognizer.name):  # these tell no times
        assert heard.times == ()
    else:
        assert len(heard.times) == len(heard.text.split())
        assert all(0 <= start <= end <= reading.seconds for start, end in heard.times)
        assert list(heard.times) == sorted(heard.times)


@pytest.mark.parametrize("recognizer", ["sphinx"], indirect=True)
def test_the_weak_one_hears_some_words_of_a_person(recognizer: Recognizer, page: Sound) -> None:
    heard = recognizer.recognize(part(page, 0.5, 1.7))
    assert heard.doubtful
    assert {"it", "was", "the", "best", "of"} & {*words(heard.text).split()}


def test_quiet_speech_is_understood_as_well(recognizer: Recognizer, listening: Listening, reading: Sound) -> None:
    """-80 dBFS: three bits of it are left."""
    samples = struct.unpack(f"<{len(reading.frames) // 2}h", reading.frames)
    quiet = Sound(struct.pack(f"<{len(samples)}h", *(int(sample / 128) for sample in samples)), reading.rate)
    heard = listening(quiet, TEXT)
    assert understood(recognizer, heard.text, TEXT)
    if recognizer.name not in WEAK:
        assert heard.confidence == pytest.approx(listening(reading, TEXT).confidence, abs=0.04)


@pytest.mark.parametrize("recognizer", ["fake", WHISPER, MOONSHINE, SERVER], indirect=True)
def test_a_long_answer_is_understood_to_its_end(listening: Listening, page: Sound) -> None:
    """More than the 30 s that the packaged models can take at once; PocketSphinx has no such limit."""
    assert page.seconds > 40
    heard = words(listening(page, f"{TEXT} ... {LAST}").text)
    assert heard.startswith(TEXT)
    assert heard.endswith(LAST)


@pytest.mark.parametrize("recognizer", [WHISPER, SPHINX], indirect=True)
def test_words_are_timed_where_they_are_said(recognizer: Recognizer, reading: Sound) -> None:
    """The sentence, two seconds of nothing, the sentence: every word of the second comes so much later."""
    once = recognizer.recognize(reading)
    twice = recognizer.recognize(Sound(reading.frames + silence(2, reading.rate).frames + reading.frames, reading.rate))
    count = len(once.times)
    later = [second[1] - first[1] for first, second in zip(twice.times[:count], twice.times[-count:], strict=True)]
    assert median(later) == pytest.approx(reading.seconds + 2, abs=0.2)


def pcm(*samples: int) -> Sound:
    return Sound(struct.pack(f"<{len(samples)}h", *samples), LISTEN_RATE)


def noise(seconds: float, deviation: float) -> Sound:
    chance = random.Random(7)
    return pcm(*(round(chance.gauss(0, deviation)) for _ in range(round(seconds * LISTEN_RATE))))


WORDLESS = {
    "empty": Sound(b"", LISTEN_RATE),
    "one sample": pcm(0),
    "one loud sample": pcm(20_000),
    "10 ms": silence(0.01, LISTEN_RATE),
    "2 s": silence(2, LISTEN_RATE),
    "28.5 s": silence(28.5, LISTEN_RATE),
    "8 kHz": silence(1, 8_000),
    "offset": pcm(*[3_000] * 16_000),
    "hiss": noise(1, 20),
    "noise": noise(3, 600),
}
CLIPPED = (pcm(*[32_767, -32_768] * 8_000), pcm(*[32_767] * 20, *[-32_768] * 16_000))


def test_without_words_there_is_no_text_or_doubt_and_nobody_calls(recognizer: Recognizer) -> None:
    heard = {name: recognizer.recognize(sound) for name, sound in WORDLESS.items()}
    assert [(name, found) for name, found in heard.items() if found.text and not found.doubtful] == []
    assert [found for sound in CLIPPED if (found := recognizer.recognize(sound)).confidence > 1] == []
    silent = [WORDLESS[name] for name in ("empty", "one sample", "2 s")]
    calls = [(sound, called) for sound in silent for called in ("guide", "Maria", "Zoë")]
    calls.append((noise(9, 600), "guide"))
    assert {recognizer.spot(sound, called) for sound, called in calls} == {Wake.NO}


@pytest.mark.parametrize("recognizer", ["fake", WHISPER, MOONSHINE], indirect=True)
def test_a_call_is_spotted(recognizer: Recognizer) -> None:
    def spotted(said: str, heard: str) -> Wake:
        if isinstance(recognizer, FakeRecognizer):
            recognizer.texts.append(heard)
        return recognizer.spot(resample(Pyttsx3().synthesize(said, "en-us+f3", 150), LISTEN_RATE), "guide")

    assert spotted("Hey guide, start.", "Hey guys, start.") >= Wake.MAYBE
    assert spotted("Every morning the baker opens the shop.", "Every morning") is Wake.NO


def test_a_person_who_reads_calls_nobody(recognizer: Recognizer, reading: Sound) -> None:
    if isinstance(recognizer, FakeRecognizer):
        recognizer.texts.append(TEXT)
    assert recognizer.spot(reading, "guide") is Wake.NO


def test_the_fake_fails_and_doubts_when_told() -> None:
    fake = FakeRecognizer(["yes", "no"])
    fake.fail_next = fake.doubt = True
    with pytest.raises(EngineError):
        fake.recognize(noise(0.1, 5_000))
    assert fake.recognize(noise(0.1, 5_000)) == Hypothesis("yes", 0.3, True, ((0.0, 0.1),))
