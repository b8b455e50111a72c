"""What every synthesiser does, real or fake."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import threading
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fakes_speaking import FakeSynthesizer
from tests.support.wyoming_servers import speaking_server
from voiceguide.errors import NotFoundError
from voiceguide.sound import Sound
from voiceguide.speaking import LONGEST_WORD, Synthesizer, piper_engine, speakable
from voiceguide.speaking.pyttsx3_engine import COUPLE_VOICES, NAME, Pyttsx3
from voiceguide.speaking.voices import Voices
from voiceguide.wyoming.synthesizer import WyomingSynthesizer

__all__ = ["speaking_server"]

SENTENCE = "Take a moment together before you get up."


def without_natural() -> Voices:
    """All voices where no natural one is installed, which the fixture sees to."""
    return Voices()


REAL = [pytest.param(kind, marks=pytest.mark.full) for kind in (Voices, without_natural, WyomingSynthesizer)]


@pytest.fixture(scope="module", params=[FakeSynthesizer, Pyttsx3, *REAL])
def synthesizer(request: pytest.FixtureRequest) -> Iterator[Synthesizer]:
    with pytest.MonkeyPatch.context() as patch:
        if request.param is WyomingSynthesizer:
            yield WyomingSynthesizer(request.getfixturevalue("speaking_server").address)
            return
        if request.param is without_natural:
            patch.setattr(piper_engine, "here", list)
        yield request.param()


@pytest.fixture(scope="module")
def espeak() -> Pyttsx3:
    if sys.platform != "linux":
        pytest.skip("eSpeak NG is the engine on Linux only")
    return Pyttsx3()


def silent_at_start(sound: Sound) -> float:
    """Seconds of silence before the first sound."""
    samples = array("h", sound.frames)
    return next((n for n, sample in enumerate(samples) if abs(sample) > 100), len(samples)) / sound.rate


def test_it_has_a_name_and_voices_known_by_their_ids_however_they_are_typed(synthesizer: Synthesizer) -> None:
    assert synthesizer.name
    voices = synthesizer.voices()
    assert len({voice.id for voice in voices}) == len(voices) > 1
    assert all(voice.name and voice.language.startswith("en") for voice in voices)
    for voice in voices:
        assert synthesizer.check(voice.id) == synthesizer.check(voice.id.upper()) == voice.id


# With the natural voice this is the one test of every day: it takes a second.
@pytest.mark.parametrize("synthesizer", [FakeSynthesizer, Pyttsx3, Voices, *REAL[1:]], indirect=True)
def test_it_speaks_at_a_sensible_pace(synthesizer: Synthesizer) -> None:
    sound = synthesizer.synthesize(SENTENCE, None, 150)
    assert 1.5 < sound.seconds < 6
    assert max(array("h", sound.frames)) > 3000
    assert silent_at_start(sound) < 0.1


def test_a_higher_rate_is_faster(synthesizer: Synthesizer) -> None:
    slow, fast = (synthesizer.synthesize(SENTENCE, None, rate).seconds for rate in (110, 220))
    assert 1.4 < slow / fast < 2.6


@pytest.mark.full
def test_the_rate_is_the_one_asked_for_every_time(synthesizer: Synthesizer) -> None:
    sounds = [synthesizer.synthesize("Tell me more.", None, rate).seconds for _ in range(40) for rate in (110, 220)]
    assert max(sounds[1::2]) < min(sounds[::2])


def test_the_first_voice_is_the_default_and_the_others_differ(synthesizer: Synthesizer) -> None:
    first, second = (synthesizer.synthesize(SENTENCE, voice.id, 150) for voice in synthesizer.voices()[:2])
    assert synthesizer.synthesize(SENTENCE, None, 150).seconds == pytest.approx(first.seconds, rel=0.1)
    assert first.frames != second.frames


def test_an_unknown_voice_is_named_with_near_ones(synthesizer: Synthesizer) -> None:
    known = synthesizer.voices()[0].id
    with pytest.raises(NotFoundError, match=f"There is no voice '{known}zq': did you mean .*{known}"):
        synthesizer.synthesize(SENTENCE, f"{known}zq", 150)
    with pytest.raises(NotFoundError):
        synthesizer.synthesize(SENTENCE, "", 150)
    for unknown in (f"{known}zq", ""):
        with pytest.raises(NotFoundError):
            synthesizer.check(unknown)


def test_what_cannot_be_spoken_is_a_short_silence(synthesizer: Synthesizer) -> None:
    texts = ["", " \n", "\x00\x01\x1b\x7f", "\u200b\u202e", "\ud800"]
    sounds = [synthesizer.synthesize(text, None, 150) for text in texts]
    sounds += [synthesizer.synthesize("", voice.id, 150) for voice in synthesizer.voices()[:2]]
    assert [sound for sound in sounds if not 0 < sound.seconds < 0.5 or silent_at_start(sound) != sound.seconds] == []


def test_odd_and_very_long_texts_break_nothing_and_long_names_are_cut(synthesizer: Synthesizer) -> None:
    odd = ["...", "?", "\U0001f600", "你好", "Анна", "-v", "/etc/passwd", "%s%n"]
    assert [text for text in odd if not 0 < synthesizer.synthesize(text, None, 150).seconds < 10] == []
    names = ["a" * 10_000, "Anna" * 2500, "1" * 10_000, "<" * 10_000, "a\u0301" * 5000]
    hello = {name: synthesizer.synthesize(f"Hello {name}, welcome.", None, 150).seconds for name in names}
    assert [name[:9] for name, seconds in hello.items() if seconds >= 60] == []
    once = synthesizer.synthesize(SENTENCE, None, 150).seconds
    assert 1.5 < once < 6, "it speaks on as before"
    assert synthesizer.synthesize(f"{SENTENCE} " * 20, None, 150).seconds > 15 * once, "to its end"


# -- text --


def test_speakable_text_holds_no_orders() -> None:
    assert speakable(" Hello\n\n\x01100S Anna\x1b[31m\u202e and\tBen ") == "Hello 100S Anna [31m and Ben"
    assert speakable("x" * 99) == "x" * LONGEST_WORD
    assert speakable("Zoë, 你好 😀") == "Zoë, 你好 😀"


# -- pyttsx3 --


def test_the_name_carries_the_version() -> None:
    assert importlib.metadata.version("pyttsx3") in NAME


def test_the_couples_voices_differ_in_pitch_and_from_the_guide(espeak: Pyttsx3) -> None:
    spoken = [espeak.synthesize(SENTENCE, voice, 150).frames for voice in (*COUPLE_VOICES, None)]
    assert len(set(spoken)) == 3


def test_voices_are_found_by_what_people_type(espeak: Pyttsx3) -> None:
    known = [each.id for each in espeak.voices()]
    for typed in ("EN-US", "gmw/en", "english (america)", "scot", "en-gb-x-rp+F3", "en-us+Alex"):
        assert espeak.check(typed).partition("+")[0] in known, typed
        assert espeak.synthesize(SENTENCE, typed, 150).seconds > 1, typed


@pytest.mark.parametrize(
    ("voice", "sentence"),
    [("en-us+f9", r"did you mean .*en-us\+f"), ("en-us+../x", "no voice"), ("klingon", "choose one of en-us")],
)
def test_espeak_takes_no_voice_it_does_not_have(espeak: Pyttsx3, voice: str, sentence: str) -> None:
    with pytest.raises(NotFoundError, match=sentence):
        espeak.synthesize(SENTENCE, voice, 150)


@pytest.mark.parametrize(
    ("text", "words"),
    [('<break time="9s"/> Hello', "break time 9 s Hello"), ("\x01900S Hello there", "900 S Hello there")],
)
def test_espeak_obeys_no_markup(espeak: Pyttsx3, text: str, words: str) -> None:
    obeyed_or_not = espeak.synthesize(text, None, 150).seconds
    assert 0.7 < obeyed_or_not / espeak.synthesize(words, None, 150).seconds < 2.5


def test_the_silence_around_speech_is_short(espeak: Pyttsx3) -> None:
    sound = espeak.synthesize(SENTENCE, None, 150)
    backwards = Sound(array("h", reversed(array("h", sound.frames))).tobytes(), sound.rate)
    assert 0.01 < silent_at_start(sound) < 0.08
    assert 0.1 < silent_at_start(backwards) < 0.2


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_it_needs_no_disk_and_holds_no_files_or_threads(espeak: Pyttsx3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/no-such-folder")
    files, threads = open_files(), threading.active_count()
    assert espeak.synthesize(SENTENCE, None, 150).seconds > 1
    assert open_files() == files
    assert threading.active_count() <= threads + 1


@pytest.mark.full
def test_it_speaks_where_nothing_is_installed_and_the_home_is_missing(tmp_path: Path) -> None:
    code = (
        "from voiceguide.speaking.pyttsx3_engine import Pyttsx3\n"
        "assert Pyttsx3().synthesize('Hello there', None, 150).seconds > 0.5"
    )
    root = str(Path(__file__).parents[2])
    env = {"PYTHONPATH": root, "HOME": str(tmp_path / "missing"), "PATH": ""}
    subprocess.run([sys.executable, "-W", "error", "-c", code], env=env, check=True, capture_output=True)
