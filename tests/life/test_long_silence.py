"""A long silence in a real answer, through the real command: real sound, engines and listening, in audio time."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.command import add_short, installed, of_type, only_session, record
from voiceguide.paths import earcon_file
from voiceguide.session import phrases
from voiceguide.session.effects import Earcon
from voiceguide.sound.files import resample
from voiceguide.worker import Worker

pytestmark = pytest.mark.full

RATE = 16_000


def test_a_long_silence_is_borne_with_a_sound_and_one_question(tmp_path: Path) -> None:
    answer(tmp_path / "answers", "The green lamp stands beside the window", 75.0, "and my brother bought apples")
    sound = tmp_path / "evening.wav"
    exercise = add_short(tmp_path)
    installed(tmp_path, "demo", exercise, "--speaker", str(sound), "--answers", str(tmp_path / "answers")).fine()
    lines = [line for line in record(only_session(tmp_path)) if "t" in line]
    first, second = [line for line in of_type(lines, "utterance") if line["partner"] == "a" and line["audio"]][:2]
    assert "lamp" in first["text"].lower()
    assert "apples" in second["text"].lower()
    (asked,) = [line for line in of_type(lines, "prompt") if line["text"] == phrases.anything_more()]
    times = [line["t"] - first["t"] for line in of_type(lines, "time") if first["t"] < line["t"] < second["t"]]
    # The sound, the question, and (after the floor's minute, for which the question did not count) both its ends.
    assert times[:2] == [pytest.approx(8, abs=0.1), pytest.approx(30, abs=0.1)]
    assert len(times) == 4
    assert asked["start"] - first["t"] == pytest.approx(30, abs=1.0)
    assert second["t"] - first["t"] > 75
    heard = where(Earcon.STILL_LISTENING, sound)
    assert len(heard) == 1
    assert first["t"] + 8 < heard[0] < first["t"] + 8 + 60, "before the record's time both were asked for consent"


def answer(folder: Path, words: str, pause: float, more: str) -> None:
    """An answer with a long silence in it, as a sound file."""
    folder.mkdir()
    with Worker("voiceguide.speaking.pyttsx3_engine:Pyttsx3", seconds=30) as voice:
        spoken = [
            np.frombuffer(resample(voice.submit("synthesize", text, "en-us", 140).result(), RATE).frames, "<i2")
            for text in (words, more)
        ]
    room = np.random.default_rng(3).integers(-6, 7, round(pause * RATE)).astype("<i2")
    soundfile.write(folder / "1.wav", np.concatenate([spoken[0], room, spoken[1]]), RATE)


def where(earcon: Earcon, file: Path) -> list[float]:
    """Seconds at which an earcon is heard in what was played, sample for sample."""
    with wave.open(str(earcon_file(earcon))) as sound, wave.open(str(file)) as played:
        assert sound.getframerate() == played.getframerate()
        rate = played.getframerate()
        wanted = sound.readframes(sound.getnframes())
        heard = played.readframes(played.getnframes())
    # Both begin in near-silence; from its loudest moment on a tone is like no other.
    middle = wanted[4_000:6_000]
    found, at = [], heard.find(middle)
    while at >= 0:
        found.append((at - 4_000) / 2 / rate)
        at = heard.find(middle, at + 1)
    return found
