"""What the partners of an evening say: people where there are recordings of them, synthetic voices for the commands.

Nobody recorded "I'm done" for us, so the commands are eSpeak's, in two voices that are not the guide's.
"""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from voiceguide.sound import LISTEN_RATE, Sound
from voiceguide.sound.files import read_sound, resample, wav_bytes
from voiceguide.speaking.pyttsx3_engine import COUPLE_VOICES, Pyttsx3

SPEECH = Path(__file__).resolve().parents[3] / "shared" / "speech"

_READ = {
    "a 1": "lsto-3331-159605-0005",
    "a 2": "lsto-3331-159605-0003",
    "a 3": "lsto-3331-159605-0007",
    "a afterthought": "lsto-3331-159605-0006",
    "a missing": "lsto-3331-159605-0004",
    "a helps": "lsto-2609-156975-0000",
    "a mirror": "lsto-3331-159605-0002",
    "a true": "lsto-2609-156975-0009",
    "a act": "lsto-2609-156975-0001",
    "b mirror": "lsto-1998-15444-0001",
    "b mirror again": "lsto-2609-156975-0008",
    "b true": "lsto-1998-15444-0006",
    "b more": "lsto-1998-15444-0008",
    "b act": "lsto-1998-15444-0003",
    "b worry": "lsto-1998-15444-0009",
    "b helps": "lsto-1998-15444-0004",
    "in the pause": "lsto-2609-156975-0003",
    "yes a": "sc1-yes-6a27a9bf_nohash_0",
    "yes b": "sc1-yes-a7545b9f_nohash_1",
    "no": "sc1-no-37e8db82_nohash_1",
    "stop": "sc1-stop-a9abc695_nohash_1",
}
"""Who says what -> the recording's id in the manifest of the speech beside the checkout."""

_TWO_CITIES = {
    "a 1": (1.0, 4.7, "it was the best of times it was the worst of times"),
    "a 2": (4.8, 6.4, "it was the age of wisdom"),
    "a 3": (6.4, 8.3, "it was the age of foolishness"),
    "a afterthought": (8.6, 10.5, "it was the epoch of belief"),
    "a missing": (10.5, 13.0, "it was the epoch of incredulity"),
    "a helps": (13.2, 14.8, "it was the season of light"),
    "a mirror": (14.9, 17.0, "it was the season of darkness"),
    "a true": (17.3, 20.8, "it was the spring of hope it was the winter of despair"),
    "a act": (21.0, 24.3, "we had everything before us we had nothing before us"),
    "b mirror": (24.4, 26.2, "we were all going direct to heaven"),
    "b mirror again": (26.3, 28.6, "we were all going direct the other way"),
    "b true": (29.7, 32.5, "the period was so far like the present period"),
    "b more": (32.5, 36.7, "that some of its noisiest authorities insisted on its being received"),
    "b act": (36.7, 38.5, "for good or for evil"),
    "b worry": (38.5, 41.9, "in the superlative degree of comparison only"),
}
_BECKETT = {
    "b helps": (0.1, 2.9, "ever tried ever failed"),
    "in the pause": (2.9, 5.8, "no matter try again"),
}
"""The same from what the moonshine-voice package brings: (from, to, words), seconds."""

_COMMANDS = {
    "done": "I'm done.",
    "pause": "Pause.",
    "continue": "Continue.",
    "repeat": "Repeat.",
    "yes a": "Yes.",
    "yes b": "Yes.",
    "no": "No.",
    "stop": "Stop.",
}
_RATE = 150

_BLOCK = LISTEN_RATE // 50
_QUIET = 0.03
"""A block (20 ms) that changes this much less than the liveliest one holds no word, but room, hum and hiss."""


@dataclass(frozen=True)
class Clip:
    """Something to say."""

    path: Path
    """A WAV file of 16 kHz."""
    text: str
    """The words, lower case."""

    @property
    def samples(self) -> NDArray[np.float64]:
        """-1 to 1, without the silence at both ends."""
        samples = np.frombuffer(read_sound(self.path).frames, "<i2") / 32768
        changes = np.diff(samples)[: len(samples) // _BLOCK * _BLOCK - _BLOCK]
        lively = np.sqrt(np.mean(changes.reshape(-1, _BLOCK) ** 2, axis=1))
        loud = np.flatnonzero(lively > _QUIET * lively.max())
        return samples[loud[0] * _BLOCK : (loud[-1] + 1) * _BLOCK]


def clip(path: Path, sound: Sound, text: str) -> Clip:
    """Write it there."""
    path.write_bytes(wav_bytes(resample(sound, LISTEN_RATE)))
    return Clip(path, text)


def make_clips(folder: Path) -> dict[str, Clip]:
    """Everything that is said, as files in ``folder``; skips the test where there are no recordings of people."""
    engine = Pyttsx3()
    commands = {
        name: (engine.synthesize(words, COUPLE_VOICES[not name.endswith(" a")], _RATE), words.lower())
        for name, words in _COMMANDS.items()
    }
    sounds = commands | _people()
    return {name: clip(folder / f"{name.replace(' ', '-')}.wav", *said) for name, said in sounds.items()}


def _people() -> dict[str, tuple[Sound, str]]:
    if (SPEECH / "manifest.json").exists():
        clips = {clip["id"]: clip for clip in json.loads((SPEECH / "manifest.json").read_text("utf-8"))}
        return {
            name: (read_sound(SPEECH / clips[id_]["path"]), clips[id_]["text"].replace("i ve", "i've"))
            for name, id_ in _READ.items()
        }
    package = importlib.util.find_spec("moonshine_voice")
    if package is None or package.origin is None:
        pytest.skip("there is no human speech: neither ../shared/speech nor the package moonshine-voice")
    assets = Path(package.origin).parent / "assets"
    return {
        name: (_piece(read_sound(assets / file), start, end), text)
        for file, pieces in (("two_cities.wav", _TWO_CITIES), ("beckett.wav", _BECKETT))
        for name, (start, end, text) in pieces.items()
    }


def _piece(sound: Sound, start: float, end: float) -> Sound:
    return Sound(sound.frames[2 * round(start * sound.rate) : 2 * round(end * sound.rate)], sound.rate)
