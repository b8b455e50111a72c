"""Barge-in in simulated rooms: people who speak over the guide, found, and the guide's own echo, taken for people.

Rooms are pyroomacoustics' image sources: a laptop's loudspeaker and microphone, a person a metre away. The microphone
hears the guide 0 to 15 dB louder than the person, after 20 to 250 ms; what it hears goes frame by frame through the
product's ``Interruptions`` and, once the guide is silent, through its listener, recogniser and ``understand``.
``raw`` is the same detector on what the microphone hears, without the canceller.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks import spoken
from benchmarks.commands import meanings, utterances
from benchmarks.manifest import entries, sound_of
from benchmarks.rooms import levelled
from benchmarks.shares import share
from benchmarks.words import percentiles
from numpy.typing import NDArray

from voiceguide.exercise.file import parse
from voiceguide.hearing.echo import EchoCanceller, FarEnd, Interruptions
from voiceguide.runner import GUARD
from voiceguide.session.endpointing import CHOICE
from voiceguide.sound import FRAME_BYTES, FRAME_SECONDS, LISTEN_RATE, Sound
from voiceguide.sound.files import resample
from voiceguide.sound.vad import SileroGate
from voiceguide.voice_commands import VoiceCommand
from voiceguide.worker import Worker

Samples = NDArray[np.float64]

_ABOVE = (0, 5, 10, 15)
_DELAYS = (0.02, 0.1, 0.25)
_RINGING = (0.25, 0.4, 0.6)
"""Seconds until an echo has fallen by 60 dB: a furnished room to a bare one."""

_PEOPLE = 24
"""Speakers, each once at every level."""

_LEVEL = -26.0
"""dBFS of the person's speech."""

_FIRST, _LAST = 5.0, 10.0
"""Seconds of the guide's speech after which somebody speaks, at the earliest and at the latest."""

_SPEAKS = 3.0
_SOON = 0.6
_RETRY = 0.5
"""Seconds after which somebody says it again, to a guide that is silent."""

_HISS = 1e-4

_TELLABLE = (
    VoiceCommand.PAUSE, VoiceCommand.REPEAT, VoiceCommand.NEXT, VoiceCommand.BACK, VoiceCommand.SLOWER,
    VoiceCommand.HELP, VoiceCommand.STOP,
)  # fmt: skip
"""Commands that mean something while the guide speaks."""


@dataclass(frozen=True)
class Room:
    """How the loudspeaker and a person reach the microphone."""

    loudspeaker: Samples
    person: Samples


@dataclass(frozen=True)
class Case:
    """Somebody speaks over the guide, once."""

    start: float
    """Seconds of the guide alone before."""
    found: float | None
    """Seconds until it was told; None: never."""
    alarm: bool
    """It was told before."""
    raw_alarm: bool
    """And would have been in the first two seconds without the canceller."""


def measure(runs: int, manifest: Path | None = None) -> dict[str, Any]:
    """Level -> people found, false alarms of the guide alone, with the canceller and without; commands obeyed."""
    people = _people(manifest)
    with Worker("voiceguide.speaking.pyttsx3_engine:Pyttsx3", seconds=20) as voice:
        guide = _guide(voice)
        commands = [one for one in spoken.phrases(voice) if one.command in _TELLABLE]
    rooms = [_room(ringing, seed) for seed, ringing in enumerate(_RINGING)]
    figures: dict[str, Any] = {
        f"{above} dB": _found([_case(index, person, guide, rooms, above) for index, person in enumerate(people)])
        for above in _ABOVE
    }
    with Worker("voiceguide.hearing.whisper:Whisper", seconds=60) as recogniser:
        figures["obeyed"] = {
            "after_guide": _obeyed(commands, rooms, guide, recogniser),
            "as_ever": _obeyed(commands, rooms, np.zeros(len(guide)), recogniser),
        }
    return figures


def _case(index: int, person: Samples, guide: Samples, rooms: list[Room], above: float) -> Case:
    room, delay = rooms[index % len(rooms)], _DELAYS[index // len(rooms) % len(_DELAYS)]
    chance = random.Random(index)
    start = chance.uniform(_FIRST, _LAST)
    far = np.roll(guide, -chance.randrange(len(guide)))[: round((start + _SPEAKS) * LISTEN_RATE)]
    near = _heard(far, room.loudspeaker, delay, _LEVEL + above, index)
    alone = near[: round(start * LISTEN_RATE)]
    speech = levelled(np.convolve(person, room.person), _LEVEL)[: len(near) - len(alone)]
    near[len(alone) : len(alone) + len(speech)] += speech
    told = _told(near, far)
    return Case(
        start,
        next((at - start for at in told if at > start), None),
        any(at <= start for at in told),
        bool(_told(alone[: 2 * LISTEN_RATE], None)),
    )


def _found(cases: list[Case]) -> dict[str, Any]:
    known = [case.found for case in cases if case.found is not None]
    p50, p95 = percentiles(known)
    return {
        "found": share(len(known), len(cases)),
        "found_in_0.6_s": share(sum(at <= _SOON for at in known), len(cases)),
        "found_s": {"p50": p50, "p95": p95},
        "false_alarms": {
            "cancelled": sum(case.alarm for case in cases),
            "raw": sum(case.raw_alarm for case in cases),
            "of": len(cases),
            "seconds": round(sum(case.start for case in cases)),
        },
    }


def _told(near: Samples, far: Samples | None) -> list[float]:
    """Seconds at which somebody is found to speak; ``far`` None: without the canceller."""
    far_end = FarEnd(LISTEN_RATE) if far is not None else None
    interruptions = Interruptions(SileroGate(), far_end, EchoCanceller() if far_end else None)
    interruptions.watch(True)
    frames, given = _frames(near), _frames(far) if far is not None else b""
    found = []
    for number, at in enumerate(range(0, len(frames) - FRAME_BYTES + 1, FRAME_BYTES), 1):
        if far_end:
            far_end.hear(given[at : at + FRAME_BYTES])
        if interruptions.feed(frames[at : at + FRAME_BYTES]):
            found.append(number * FRAME_SECONDS)
    return found


def _obeyed(commands: list[spoken.Said], rooms: list[Room], guide: Samples, recogniser: Worker) -> dict[str, Any]:
    """Of commands said where the guide has just fallen silent and the room still rings with it, if it spoke."""
    good = []
    for index, said in enumerate(commands):
        room = rooms[index % len(rooms)]
        far = np.concatenate((guide[:LISTEN_RATE], np.zeros(round(_SPEAKS * 2 * LISTEN_RATE))))
        near = _heard(far, room.loudspeaker, 0.1, _LEVEL + 10, index)[round((1.0 + GUARD) * LISTEN_RATE) :]
        speech = levelled(np.convolve(spoken.samples(said.sound), room.person), _LEVEL)
        at = round(_RETRY * LISTEN_RATE)
        near[at : at + len(speech)] += speech[: len(near) - at]
        meant = meanings(utterances(_frames(near), CHOICE), said.command, recogniser)
        good.append(any(command == said.command for _, command in meant))
    return share(sum(good), len(good))


# -- sounds ------------------------------------------------------------------------------------------------------


def _people(manifest: Path | None) -> list[Samples]:
    """Some seconds of so many speakers, from the first word on; single words and sentences take turns."""
    listed = [list(itertools.islice(entries(manifest, [kind])[::7], _PEOPLE // 2)) for kind in ("read", "command")]
    found = []
    for entry in itertools.chain.from_iterable(zip(*listed, strict=False)):
        samples = spoken.samples(sound_of(entry)) / 2**15
        loud = np.flatnonzero(np.abs(samples) > 0.1 * np.abs(samples).max())
        found.append(samples[loud[0] if len(loud) else 0 :][: round(_SPEAKS * LISTEN_RATE)])
    return found


def _guide(voice: Worker) -> Samples:
    """All of an exercise's prompts in the guide's voice."""
    file = Path(__file__).resolve().parents[2] / "voiceguide" / "exercises" / "worry-and-answer.toml"
    prompts = [step.prompt for step in parse(file.read_text("utf-8"), file.name).bind(("Anna", "Ben"))]
    sounds: list[Sound] = [voice.submit("synthesize", prompt, None, 150).result() for prompt in dict.fromkeys(prompts)]
    return np.concatenate([spoken.samples(resample(sound, LISTEN_RATE)) / 2**15 for sound in sounds])


def _room(ringing: float, seed: int) -> Room:
    import pyroomacoustics as pra

    size = np.array([4.5, 3.8, 2.5]) + 0.4 * seed
    absorption, order = pra.inverse_sabine(ringing, size)
    room = pra.ShoeBox(size, fs=LISTEN_RATE, materials=pra.Material(absorption), max_order=min(order, 20))
    microphone = np.array([2.2, 1.5, 0.9])
    room.add_source(np.add(microphone, (0.2, 0.08, -0.02)))
    room.add_source(np.add(microphone, (0.8, 0.5, 0.3)))
    room.add_microphone(microphone)
    room.compute_rir()
    return Room(*room.rir[0])


def _heard(far: Samples, response: Samples, delay: float, level: float, seed: int) -> Samples:
    """What the loudspeaker plays, at the microphone, with its hiss."""
    size = len(far) + len(response)
    echo = np.fft.irfft(np.fft.rfft(far, size) * np.fft.rfft(response, size), size)
    late = np.concatenate((np.zeros(round(delay * LISTEN_RATE)), levelled(echo, level) if far.any() else echo))[
        : len(far)
    ]
    return late + np.random.default_rng(seed).normal(0, _HISS, len(late))


def _frames(samples: Samples) -> bytes:
    return (np.clip(samples, -1, 1) * (2**15 - 1)).astype("<i2").tobytes()
