"""How loud everything is that comes out of the loudspeaker, and how long it is silent before the guide speaks.

Loudness is that of EBU R 128; beside each voice stands the same speech as its engine gives it, beside the recordings
what they were. The silence is measured in a whole simulated session at life speed on a sound card without hardware,
with nothing kept from before: from what led to a prompt to its first sample, and, beside it, what synthesising the
same prompts takes, which is what would be waited for if nothing were done ahead.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from benchmarks.manifest import entries, sound_of
from benchmarks.prompts import prompts, speakers

from voiceguide.library import all_exercises, load_exercise
from voiceguide.paths import earcon_file, shipped_exercise_files
from voiceguide.session.effects import Earcon
from voiceguide.sound import Sound
from voiceguide.sound.files import read_wav
from voiceguide.sound.loudness import evened, loudness
from voiceguide.speaking import piper_engine, voices
from voiceguide.speaking.trimming import LEAD
from voiceguide.worker import Worker

_EVERY = 12
"""So many prompts of the exercises are passed over for one that is measured."""

_EXERCISE = "worry-and-answer"

_SECONDS = 180.0
"""How much of it is looked at."""

_RATE = 150


def measure(runs: int, manifest: Path | None = None) -> dict[str, Any]:
    """LUFS, dBFS, milliseconds and seconds, as the names say."""
    every = [prompt for exercise in all_exercises(shipped_exercise_files())[0] for prompt in prompts(exercise)]
    return {
        "earcons": {earcon.value: _earcon(read_wav(earcon_file(earcon))) for earcon in Earcon},
        "voices": {voice: _voice(voice, every[::_EVERY]) for voice in speakers()},
        "recordings": _recordings(manifest),
        "before a prompt": _ahead(),
    }


def _earcon(sound: Sound) -> dict[str, float]:
    samples = np.abs(np.frombuffer(sound.frames, "<i2").astype(float))
    risen = int(np.argmax(samples >= 0.9 * samples.max()))
    first = int(np.argmax(samples >= 0.1 * samples.max()))
    return {
        "lufs": round(loudness([sound]), 1),
        "peak_dbfs": round(20 * float(np.log10(samples.max() / 32768)), 1),
        "rise_ms": round(1000 * (risen - first) / sound.rate, 1),
    }


def _voice(voice: str, told: Sequence[str]) -> dict[str, Any]:
    plain = "piper_engine:Piper" if voice in piper_engine.VOICES else "pyttsx3_engine:Pyttsx3"
    return {
        "as it speaks": _spread(_loudness_of(voices.FACTORY, voice, told)),
        "as its engine gives it": _spread(_loudness_of(f"voiceguide.speaking.{plain}", voice, told)),
    }


def _loudness_of(factory: str, voice: str, told: Sequence[str]) -> list[float]:
    with Worker(factory, seconds=60) as engine:
        return [loudness([engine.submit("synthesize", text, voice, _RATE).result()]) for text in told]


def _recordings(manifest: Path | None) -> dict[str, Any]:
    """People's recordings of three seconds and more, as a replay plays them."""
    try:
        found = [sound_of(entry) for entry in entries(manifest, ["read", "conversation"])]
    except SystemExit as missing:
        return {"not measured": str(missing)}
    long = [sound for sound in found if sound.seconds > 3]
    return {
        "replayed": _spread([loudness([evened(sound)]) for sound in long]),
        "as recorded": _spread([loudness([sound]) for sound in long]),
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    found = {"lowest": min(values), "median": median(values), "highest": max(values)}
    return {"sounds": len(values), **{name: round(value, 1) for name, value in found.items()}}


def _ahead() -> dict[str, Any]:
    """A session in life with nothing kept from before."""
    if not all(shutil.which(tool) for tool in ("pulseaudio", "pactl", "pacat")):
        return {"not measured": "pulseaudio and its tools are not installed"}
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.support.command import environment
    from tests.support.pulse import private_pulse

    voiceguide = str(Path(sys.executable).with_name("voiceguide"))
    with tempfile.TemporaryDirectory() as folder, private_pulse() as pulse:
        env = environment(Path(folder), PULSE_SERVER=pulse.env["PULSE_SERVER"])
        command = [voiceguide, "demo", _EXERCISE, "--plain"]
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(command, env=env, timeout=_SECONDS, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        (record,) = Path(folder).glob("data/sessions/*/session.jsonl")
        lines = [json.loads(line) for line in record.read_text("utf-8").splitlines()[1:]]
    waits = sorted(_waits(lines))
    told = [step.prompt for step in load_exercise(_EXERCISE).bind(("Robin", "Kim")) if step.prompt]
    return {
        "silence_ms": {
            "prompts": len(waits),
            "median": round(1000 * median(waits)),
            "longest": round(1000 * waits[-1]),
        },
        "synthesised when needed_ms": _synthesis(told),
    }


def _waits(lines: Sequence[dict[str, Any]]) -> list[float]:
    """Seconds between what led to a prompt and its first sound; the first one leads itself and is `startup`'s."""
    waits = []
    for index, line in enumerate(lines):
        if line["type"] == "prompt" and index > 1:
            before = [other["t"] for other in lines[:index] if other["t"] <= line["start"]]
            waits.append(line["start"] - max(before) + LEAD)
    return waits


def _synthesis(told: Sequence[str]) -> dict[str, float]:
    taken = []
    with Worker(voices.FACTORY, seconds=60) as engine:
        engine.submit("synthesize", "Hello.", None, _RATE).result()  # it is loaded
        for text in told:
            began = time.perf_counter()
            engine.submit("synthesize", text, None, _RATE).result()
            taken.append(time.perf_counter() - began)
    return {"prompts": len(told), "median": round(1000 * median(taken)), "longest": round(1000 * max(taken))}
