"""Spoken commands as sound: synthetic voices say our phrases, people single words; each alone or in real noise."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from benchmarks.manifest import entries, sound_of
from numpy.typing import NDArray

from voiceguide.sound import LISTEN_RATE, SAMPLE_BYTES, Sound
from voiceguide.sound.files import resample
from voiceguide.voice_commands import SPOKEN, VoiceCommand
from voiceguide.worker import Worker

VOICES = (
    "en-us", "en-us+f3", "en-us+max", "en-us-nyc+m3", "en", "en+f2", "en-gb-x-rp+f4", "en-gb-x-gbcwmd+m7",
    "en-gb-scotland+f5", "en-029+m1",
)  # fmt: skip
"""eSpeak NG's English accents, each with a variant that people understand."""

RATES = (125, 150, 180)

CONDITIONS: dict[str, float | None] = {"quiet": None, "20 dB": 20.0, "10 dB": 10.0, "5 dB": 5.0}
"""Level of the command above the noise."""

_MEANT = {
    "yes": VoiceCommand.YES, "no": VoiceCommand.NO, "stop": VoiceCommand.STOP, "go": VoiceCommand.YES,
    "right": VoiceCommand.YES,
}  # fmt: skip
"""What people's recorded words mean where a question waits; every other single word means nothing."""

_LEAD, _TAIL = 1.5, 3.0
"""Seconds of the room before a command, from which the gate learns it, and after."""


@dataclass(frozen=True)
class Said:
    """A word or phrase that somebody said."""

    text: str
    sound: Sound
    command: VoiceCommand | None
    """What it means to the guide; None for a word that must not be taken."""


def phrases(voice: Worker) -> list[Said]:
    """The phrase of each command that the screen shows, in every voice; the rates take turns."""
    said = []
    for index, (command, text) in enumerate(SPOKEN.items()):
        for turn, name in enumerate(VOICES):
            rate = RATES[(index + turn) % len(RATES)]
            spoken = voice.submit("synthesize", text[0].upper() + text[1:] + ".", name, rate).result()
            said.append(Said(text, trimmed(resample(spoken, LISTEN_RATE)), command))
    return said


def words(manifest: Path | None) -> list[Said]:
    """What people said into ``command`` recordings: words that mean something, and single words that do not."""
    said = []
    for entry in entries(manifest, ["command"]):
        text = (entry["text"] or "").lower()
        if text:
            said.append(Said(text, sound_of(entry), _MEANT.get(text)))
    return said


def noises(manifest: Path | None) -> list[NDArray[np.float64]]:
    """The samples of every noise there is."""
    found = [samples(sound_of(entry)) for entry in entries(manifest, ["noise"])]
    return [noise for noise in found if len(noise) and np.any(noise)]


def in_room(said: list[Said], noise: list[NDArray[np.float64]], above: float | None) -> Iterator[tuple[Said, bytes]]:
    """Each with its frames: the room, the words ``above`` dB over its noise (None: no noise), the room."""
    chance = random.Random(7)
    for one in said:
        lead, tail = round(_LEAD * LISTEN_RATE), round(_TAIL * LISTEN_RATE)
        whole = np.pad(samples(one.sound), (lead, tail))
        if above is not None:
            room = chance.choice(noise)
            start = chance.randrange(len(room))
            heard = np.resize(np.roll(room, -start), len(whole))
            whole = whole + heard * gain(samples(one.sound), heard, above)
        loudest = max(1.0, float(np.abs(whole).max()) / 32000)
        yield one, (whole / loudest).round().astype("<i2").tobytes()


def gain(speech: NDArray[np.float64], noise: NDArray[np.float64], above: float) -> float:
    """What the noise must be multiplied by for the speech (its louder half) to be ``above`` dB over it."""
    blocks = [speech[at : at + 320] for at in range(0, max(1, len(speech) - 319), 320)]
    powers = sorted(float(np.mean(block**2)) for block in blocks)
    spoken = float(np.mean(powers[len(powers) // 2 :]))
    heard = float(np.mean(noise**2))
    return float(np.sqrt(spoken / heard / 10 ** (above / 10))) if heard else 0.0


def samples(sound: Sound) -> NDArray[np.float64]:
    """Its samples, -32768 to 32767."""
    return np.frombuffer(sound.frames, "<i2").astype(np.float64)


def trimmed(sound: Sound) -> Sound:
    """Without the quiet (a hundredth of its peak) after the last word: from there a delay is counted."""
    heard = np.abs(samples(sound))
    last = int(np.flatnonzero(heard >= heard.max() / 100)[-1]) + 1
    return Sound(sound.frames[: last * SAMPLE_BYTES], sound.rate)
