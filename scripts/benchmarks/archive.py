"""An archive of many years, and one very long evening: listing, searching, showing, exporting, as a user does it.

Ten thousand sessions of realistic size and words, beside the command's own start and beside ``grep`` over the same
files; and one session of three hours and two thousand turns with recordings. The sessions are written plainly, as a
record has them, since the files are what is measured.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from voiceguide.exercise import Step
from voiceguide.library import load_exercise
from voiceguide.paths import shipped_exercise_files
from voiceguide.record import Line, dump
from voiceguide.record.header import Header
from voiceguide.record.store import FILE
from voiceguide.sound import LISTEN_RATE

SESSIONS = 10_000
TURNS = 2_000

EXERCISE = "worry-and-answer"
NAMES = ("Anna", "Zoë")

RARE, COMMON, ABSENT = "kaleidoscope", "feel", "zeppelin"
"""Said once in all sessions, in most of them, never."""

FORMATS = ("md", "txt", "vtt", "srt", "json", "mp3", "html", "zip")

_TURN = 5.4
"""Seconds of each turn of the long evening: with all its turns it lasts three hours."""
_SOUND = 5.0
"""Seconds of it that are recorded; the rest is the pause after it."""
_SOUNDS = 40
"""Different recordings in it; the others are copies."""
_LATEST = datetime(2026, 11, 22, 21, 47, tzinfo=timezone(timedelta(hours=1)))
_SYLLABLES = [consonant + vowel for consonant in "bdklmnprtvz" for vowel in "aeiou"]


def measure(
    runs: int,
    manifest: Path | None = None,
    sessions: int = SESSIONS,
    turns: int = TURNS,
    formats: tuple[str, ...] = FORMATS,
) -> dict[str, Any]:
    """Seconds are medians of ``runs``; megabytes are the most that the command, or one it started, held at once."""
    if not hasattr(os, "wait4"):
        raise SystemExit("bench: Windows does not tell what an ended program took: run this section elsewhere.")
    with tempfile.TemporaryDirectory() as folder:
        many, long = Path(folder) / "many", Path(folder) / "long"
        size = write_many(many / "data" / "sessions", sessions)
        figures = {"archive": {"sessions": sessions, "mb": round(size / 1e6, 1)}, **_archive(many, runs)}
        write_evening(long / "data" / "sessions", turns)
        return {**figures, "evening": {"turns": turns, "hours": turns * _TURN / 3600}, "long": _evening(long, formats)}


def write_many(folder: Path, count: int) -> int:
    """Sessions of 30 to 60 utterances, one every eight hours; gives their bytes."""
    chance = random.Random(7)
    text = _running_text()
    steps = load_exercise(EXERCISE).bind(NAMES)
    size = 0
    for number in range(count):
        began = _LATEST - timedelta(hours=8 * number)
        said = [_words(text, chance, 25) for _ in range(chance.randint(30, 60))]
        if number == count // 2:
            said[7] += f" like {RARE}s"
        lines = _lines(said, steps, chance, pause=8.0)
        size += _write(folder, _id(began, number), began, steps, lines)
    return size


def write_evening(folder: Path, turns: int) -> Path:
    """One session of so many turns, the two speaking in turn, with recordings; gives its folder."""
    chance = random.Random(8)
    text = _running_text()
    steps = load_exercise(EXERCISE).bind(NAMES)
    lines = list(_lines([_words(text, chance, 12) for _ in range(turns)], steps, chance, _TURN, _SOUND))
    id_ = _id(_LATEST, 0)
    _write(folder, id_, _LATEST, steps, lines)
    audio = folder / id_ / "audio"
    audio.mkdir()
    _record(audio, [Path(line["audio"]).name for line in lines if line["type"] == "sound"], _SOUND)
    return folder / id_


def _archive(home: Path, runs: int) -> dict[str, Any]:
    commands = {
        "start": ("--version",),
        "sessions": ("sessions",),
        "sessions json": ("sessions", "--json"),
        "show newest": ("show",),
    }
    figures: dict[str, Any] = {name: _median(home, runs, *words) for name, words in commands.items()}
    for kind, word in (("rare", RARE), ("common", COMMON), ("absent", ABSENT)):
        hits = _run(home, "search", word).out.count(" --from ")
        figures[f"search {kind}"] = {**_median(home, runs, "search", word), "hits": hits, **_grep(home, runs, word)}
    return figures


def _grep(home: Path, runs: int, word: str) -> dict[str, float]:
    """Seconds of grep for the same word in the same files; nothing where there is no grep."""
    if shutil.which("grep") is None:
        return {}
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        # It gives 1 when the word is nowhere.
        subprocess.run(["grep", "-ric", word, str(home)], stdout=subprocess.DEVNULL, check=False)
        taken.append(time.perf_counter() - began)
    return {"grep_s": round(median(taken), 3)}


def _evening(home: Path, formats: tuple[str, ...]) -> dict[str, Any]:
    figures: dict[str, Any] = {"show": _figure(_run(home, "show"))}
    for to in formats:
        path = home / f"evening.{to}"
        done = _run(home, "export", "--to", to, "-o", str(path))
        if path.is_file():
            figures[f"export {to}"] = {**_figure(done), "file_mb": round(path.stat().st_size / 1e6, 3)}
            path.unlink()
        else:
            figures[f"export {to}"] = {"not there": done.why}
    return figures


# -- running -----------------------------------------------------------------------------------------------------


class _Done:
    """How the command ended, and what it took."""

    def __init__(self, seconds: float, cpu: float, mb: float, out: str, why: str) -> None:
        self.seconds, self.cpu, self.mb, self.out, self.why = seconds, cpu, mb, out, why


def _run(home: Path, *words: str) -> _Done:
    """Run the installed command; its output goes to a file, as a pipe that nobody reads would hold it up."""
    program = str(Path(sys.executable).with_name("voiceguide"))
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            [program, *words], stdout=out, stderr=errors, env={**os.environ, "VOICEGUIDE_HOME": str(home)}
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
        for file in (out, errors):
            file.seek(0)
        said = errors.read().decode("utf-8", "replace").strip().splitlines()
        unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, kilobytes elsewhere
        why = said[-1][:200] if said else "no reason was given"
        cpu, mb = used.ru_utime + used.ru_stime, used.ru_maxrss / unit
        return _Done(seconds, cpu, mb, out.read().decode("utf-8", "replace"), why)


def _median(home: Path, runs: int, *words: str) -> dict[str, float]:
    done = [_run(home, *words) for _ in range(runs)]
    return {"s": round(median(d.seconds for d in done), 3), "cpu_s": round(median(d.cpu for d in done), 3)}


def _figure(done: _Done) -> dict[str, float]:
    return {"s": round(done.seconds, 2), "cpu_s": round(done.cpu, 2), "mb": round(done.mb, 1)}


# -- sessions ----------------------------------------------------------------------------------------------------


def _running_text() -> list[str]:
    """The words of all shipped exercises, one after the other."""
    files = shipped_exercise_files().values()
    return [word for file in files for word in re.findall(r"[A-Za-z']{1,20}", file.read_text("utf-8"))]


def _words(text: list[str], chance: random.Random, most: int) -> str:
    start = chance.randrange(len(text) - most)
    return " ".join(text[start : start + chance.randint(3, most)])


def _lines(
    said: list[str],
    steps: tuple[Step, ...],
    chance: random.Random,
    each: float = 0.0,
    seconds: float = 0.0,
    pause: float = 0.0,
) -> Iterator[Line]:
    """What a record holds after its header: the steps' prompts, and utterances with their sounds and words' times.

    Each takes ``each`` seconds, ``seconds`` of them sound; with a ``pause`` instead, as long as its words, and that.
    """
    yield {"t": 0.0, "type": "begun"}
    t, place = 0.0, 0
    for number, words in enumerate(said):
        step = steps[number * len(steps) // len(said)]
        if step.place != place:
            place = step.place
            yield {"t": round(t + 0.2, 3), "type": "prompt", "text": step.prompt, "start": round(t, 3), "place": place}
        count = len(words.split())
        length = seconds or 0.4 * count
        partner = "ab"[number % 2]
        start = round(t + 0.2, 3)
        audio = f"audio/{number + 1:04d}-{partner}.flac"
        known = {"id": number + 1, "partner": partner, "audio": audio, "start": start, "seconds": round(length, 3)}
        times = [[round(length * at / count, 2), round(length * (at + 1) / count, 2)] for at in range(count)]
        more = {"doubtful": chance.random() < 0.1, "command": None, "command_at": 0, "struck": False, "noisy": False}
        t += each or length + pause * chance.random()
        yield {"t": start, "type": "speech"}
        yield {"t": round(t, 3), "type": "sound", **known, "place": place}
        yield {"t": round(t, 3), "type": "utterance", "text": words, **known, "place": place, **more, "times": times}
    yield {"t": round(t, 3), "type": "ended", "why": "completed"}


def _write(folder: Path, id_: str, began: datetime, steps: tuple[Step, ...], lines: Iterable[Line]) -> int:
    header = Header(id_, EXERCISE, "Worry and answer", NAMES, False, began.isoformat(), steps[:1], "a")
    fields = {**header.to_fields(), "agrees": False, "steps": _fields(steps)}
    whole = b"".join(map(dump, [fields, *lines]))
    (folder / id_).mkdir(parents=True)
    return (folder / id_ / FILE).write_bytes(whole)


@cache
def _fields(steps: tuple[Step, ...]) -> list[Line]:
    """The steps as a header has them; making that anew for each session would take longest of all."""
    made: list[Line] = Header("", "", "", NAMES, False, "", steps).to_fields()["steps"]
    return made


def _id(began: datetime, number: int) -> str:
    """An id whose last word no other session has."""
    base = len(_SYLLABLES)
    word = "".join(_SYLLABLES[number // base**power % base] for power in (2, 1, 0))
    return f"{began:%Y%m%d-%H%M}-{EXERCISE}-{word}"


def _record(folder: Path, names: list[str], seconds: float) -> None:
    """Recordings like speech to a codec: a few gliding tones that swell and fade, in noise."""
    import numpy as np
    import soundfile

    chance = np.random.default_rng(9)
    at = np.arange(round(seconds * LISTEN_RATE)) / LISTEN_RATE
    made: list[Path] = []
    for name in names[:_SOUNDS]:
        voice = sum(np.sin(2 * np.pi * pitch * at + np.sin(3 * at)) / pitch for pitch in chance.uniform(100, 3000, 8))
        swell = 0.5 + 0.5 * np.sin(2 * np.pi * 4 * at)
        samples = 0.2 * swell * voice / np.abs(voice).max() + chance.normal(0, 0.004, len(at))
        made.append(folder / name)
        soundfile.write(made[-1], samples.astype(np.float32), LISTEN_RATE, subtype="PCM_16")
    for number, name in enumerate(names[_SOUNDS:]):
        shutil.copyfile(made[number % len(made)], folder / name)
