"""Speech in loud rooms: mixed with noise, music and a murmuring voice, and spoken too softly or too loudly.

A fixed sample of the manifest goes through the product's listener and recogniser, and whole through the same packaged
recogniser used plainly. ``doubtful`` and ``noisy`` are the shares of utterances with words that were flagged. Alone,
what disturbs is played for a minute at the level it has in the mixture: nothing in it should be heard as speech.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.manifest import entries, sound_of
from benchmarks.recognise import Measured, passages_of, utterances
from benchmarks.words import compare

from voiceguide.hearing.doubt import is_drowned
from voiceguide.sound import LISTEN_RATE, Sound

Samples = np.ndarray[Any, np.dtype[np.float64]]

_RATIOS = (20, 10, 5)
_SAMPLE = {"read": 8, "conversation": 1, "command": 3}
"""Recordings of each kind."""

_LONGEST = 20.0
"""Seconds of a recording: there are many conditions."""

_NORMAL, _QUIET = -26.0, -45.0
"""dBFS of speech."""

_HOT = 4.0
"""So many times full scale at its peak, and clipped."""

_AROUND = 1.5
"""Seconds of nothing but the disturbance before and after."""

_ALONE = 60.0
"""Seconds."""


def measure(runs: int, manifest: Path | None = None) -> dict[str, Any]:
    """Condition -> figures, and what is heard in each disturbance alone."""
    chosen, others, noises = _sample(manifest)
    disturbances: dict[str, Callable[[int, int], Samples]] = {
        "noise": lambda index, count: np.resize(noises[index % len(noises)], count),
        "music": lambda index, count: music(count, index),
        "murmur": lambda index, count: murmur(np.resize(others[index % len(others)], count)),
    }
    ours, plain = Measured("voiceguide.hearing.whisper:Whisper"), Measured("benchmarks.recognise:PlainWhisper")
    speech = [(text, kind, levelled(samples, _NORMAL)) for text, kind, samples in chosen]
    figures: dict[str, Any] = {
        "normal": _figures(ours, plain, speech),
        "quiet": _figures(ours, plain, [(text, kind, levelled(samples, _QUIET)) for text, kind, samples in speech]),
        "hot": _figures(ours, plain, [(text, kind, hot(samples)) for text, kind, samples in speech]),
    }
    for name, disturbance in disturbances.items():
        for ratio in _RATIOS:
            loud = [
                (text, kind, mixed(samples, disturbance(index, len(samples)), ratio))
                for index, (text, kind, samples) in enumerate(speech)
            ]
            figures[f"{name} {ratio} dB"] = _figures(ours, plain, loud)
        pieces = [disturbance(index, 5 * LISTEN_RATE) for index in range(round(_ALONE / 5))]
        figures[f"{name} alone"] = _alone(ours, levelled(np.concatenate(pieces), _NORMAL - _RATIOS[-1]))
    return figures


def _sample(manifest: Path | None) -> tuple[list[tuple[str, str, Samples]], list[Samples], list[Samples]]:
    """Recordings with text and kind, other people's speech to murmur, and noises: always the same."""
    chance = random.Random(7)
    chosen: list[tuple[str, str, Samples]] = []
    others: list[Samples] = []
    for kind, count in _SAMPLE.items():
        listed = [entry for entry in entries(manifest, [kind]) if entry["text"]]
        chance.shuffle(listed)
        sounds = [(entry["text"], kind, sound) for entry in listed if (sound := sound_of(entry)).seconds <= _LONGEST]
        chosen += [(text, kind, _samples(sound)) for text, kind, sound in sounds[:count]]
        others += [_samples(sound) for _, _, sound in sounds[count : 2 * count] if kind != "command"]
    noises = [_samples(sound_of(entry)) for entry in entries(manifest, ["noise"])]
    return chosen, others, [noise for noise in noises if noise.std() > 1e-3]


def _figures(ours: Measured, plain: Measured, speech: list[tuple[str, str, Samples]]) -> dict[str, Any]:
    references, texts, plains, flags = [], [], [], []
    for reference, kind, samples in speech:
        sound = _sound(samples)
        cuts = utterances(sound, kind)
        heard = [ours.recognise(cut.sound)[0] for cut in cuts]
        flags += [(h.doubtful, is_drowned(h, c.snr)) for c, h in zip(cuts, heard, strict=True) if h.text]
        words = {index: hypothesis.text for index, hypothesis in enumerate(heard)}
        sounds = {str(index): cut.sound for index, cut in enumerate(cuts)}
        for passage in [] if kind == "command" else passages_of(cuts, heard):
            better = passage.amendments(ours.recognise(passage.sound(sounds.__getitem__))[0])
            words |= {amended.id: amended.text for amended in better}
        references.append(reference)
        texts.append(" ".join(words.values()))
        plains.append(plain.recognise(sound)[0].text)
    return {
        "clips": len(speech),
        "utterances": len(flags),
        **compare(references, texts),
        "plain_wer": compare(references, plains)["wer"],
        "doubtful": _share([doubtful for doubtful, _ in flags]),
        "noisy": _share([noisy for _, noisy in flags]),
    }


def _alone(ours: Measured, samples: Samples) -> dict[str, Any]:
    """A minute of what is no speech."""
    cuts = utterances(_sound(samples), "read")
    heard = [ours.recognise(cut.sound)[0] for cut in cuts]
    worded = [(cut, hypothesis) for cut, hypothesis in zip(cuts, heard, strict=True) if hypothesis.text]
    flagged = [hypothesis.doubtful or is_drowned(hypothesis, cut.snr) for cut, hypothesis in worded]
    minutes = len(samples) / LISTEN_RATE / 60
    return {
        "utterances_min": round(len(cuts) / minutes, 2),
        "with_words_min": round(len(worded) / minutes, 2),
        "words_unflagged_min": round(flagged.count(False) / minutes, 2),
    }


def _share(flags: list[bool]) -> float:
    return round(sum(flags) / len(flags), 3) if flags else 0.0


# -- making rooms ------------------------------------------------------------------------------------------------


def power(samples: Samples) -> float:
    """Mean square of what is louder than a fiftieth of the peak: of speech, without its pauses."""
    loud = samples[np.abs(samples) > np.abs(samples).max() / 50]
    return float((loud**2).mean())


def levelled(samples: Samples, level: float) -> Samples:
    """At that level (dBFS), pauses not counted."""
    return samples * np.sqrt(10 ** (level / 10) / power(samples))


def hot(samples: Samples) -> Samples:
    """Far too loud, and so clipped."""
    return np.clip(samples * _HOT / np.abs(samples).max(), -1, 1)


def mixed(speech: Samples, disturbance: Samples, ratio: float) -> Samples:
    """Both, the disturbance ``ratio`` dB below the speech, which begins after and ends before it."""
    around = round(_AROUND * LISTEN_RATE)
    disturbed = np.resize(disturbance, len(speech) + 2 * around)
    gain = np.sqrt(power(speech) / (disturbed**2).mean() / 10 ** (ratio / 10))
    return np.pad(speech, around) + disturbed * gain


def murmur(samples: Samples) -> Samples:
    """A voice behind a wall: nothing above 1 kHz."""
    spectrum = np.fft.rfft(samples)
    spectrum[np.fft.rfftfreq(len(samples), 1 / LISTEN_RATE) > 1000] = 0
    return np.fft.irfft(spectrum, len(samples))


def music(count: int, seed: int) -> Samples:
    """A band: chords, a melody on the same scale and a beat; another piece for every seed."""
    chance = np.random.default_rng(seed)
    beat = LISTEN_RATE * 60 // int(chance.integers(80, 130))
    root = 110 * 2 ** (chance.integers(0, 12) / 12)
    at, found = np.arange(beat) / LISTEN_RATE, []
    for index in range(count // beat + 1):
        base = (0, 9, 5, 7)[index // 4 % 4]
        chord = sum(_tone(root, base + third, at) for third in (0, 4 if base != 9 else 3, 7))
        melody = _tone(4 * root, int(chance.choice([0, 2, 4, 7, 9])), at) * np.exp(-3 * at)
        drum = chance.normal(size=beat) * np.exp(-40 * at)
        found.append(0.3 * chord + 0.4 * melody + 0.3 * drum)
    return np.concatenate(found)[:count]


def _tone(root: float, step: int, at: Samples) -> Samples:
    """A note so many semitones above the root, with overtones."""
    frequency = root * 2 ** (step / 12)
    return sum((np.sin(2 * np.pi * frequency * n * at) / n for n in range(1, 6)), np.zeros(len(at)))


def _samples(sound: Sound) -> Samples:
    """-1 to 1."""
    return np.frombuffer(sound.frames, "<i2") / 2**15


def _sound(samples: Samples) -> Sound:
    return Sound((np.clip(samples, -1, 1) * (2**15 - 1)).astype("<i2").tobytes(), LISTEN_RATE)
