"""A waiting guide in a room full of talk and noise: the installed command, as fast as life, with calls now and then.

People's recordings are played into a sound card without hardware, noises among them, and about once a minute somebody
calls: "hey guide, what did we agree?" and the like, in one of several synthetic voices. Counted is what the command
shows: a call that it answers was heard, an answer that nobody called for is a false one.
"""

from __future__ import annotations

import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import spoken
from benchmarks.manifest import entries, sound_of
from benchmarks.processes import cpu_seconds, resident_mb

from tests.support.command import COMMAND, environment, have_read_the_safety_page
from tests.support.pulse import Pulse, private_pulse
from tests.support.waiting import within
from voiceguide.sound import LISTEN_RATE, Sound
from voiceguide.sound.files import resample, wav_bytes
from voiceguide.worker import Worker

_REQUESTS = ("what did we agree", "replay our last conversation", "what can you do", "continue where we stopped")
"""Each is answered by a sentence or two, for nothing is saved."""

_BETWEEN = 45.0
"""Seconds of talk and noise between two calls."""

_PAUSE = 1.2
"""Seconds of quiet before a call, for it must follow a pause."""

_ANSWERS = 8.0
"""Seconds in which a call is answered; the machine may be busy."""

_LIMIT = 60.0
_LONGEST = 25.0
"""Seconds of a recording that are played."""

_EVERY = 20.0
"""Seconds between two looks at the memory."""


@dataclass
class Counts:
    """What came of it."""

    calls: int = 0
    heard: int = 0
    false: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    """(minutes, megabytes)."""


class Room:
    """Talk, noise and calls, and a guide that hears them."""

    def __init__(self, pulse: Pulse, folder: Path, engine: str) -> None:
        self.counts = Counts()
        self._pulse, self._folder = pulse, folder
        self._output = folder / "output.txt"
        self._began = time.monotonic()
        have_read_the_safety_page(folder)
        with self._output.open("wb") as output:
            # Straight into a file it would tell nothing of what is said.
            self._paper = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=output)
        assert self._paper.stdin
        with self._paper.stdin as output:
            self.guide = subprocess.Popen(
                [*COMMAND, "listen", "--plain", "--rate", "300", "--engine", engine],
                env=environment(
                    folder, **{name: pulse.env[name] for name in pulse.env if name.startswith(("PULSE", "XDG"))}
                ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        assert within(_LIMIT, lambda: "Waiting for" in self.shown), self.shown

    @property
    def shown(self) -> str:
        """Everything the guide has printed."""
        return self._output.read_text("utf-8")

    def play(self, path: Path) -> None:
        """Somebody, or something, sounds; when it has ended, look whether the guide took it for a call."""
        answered = self._answered
        self._pulse.play_into_microphone(path)
        if self._answered > answered or within(1.0, lambda: self._answered > answered):
            self.counts.false.append(self.shown.rstrip().splitlines()[-1])
            self._let_it_speak()
        if not self.counts.memory or self._minutes - self.counts.memory[-1][0] > _EVERY / 60:
            self.counts.memory.append((self._minutes, resident_mb(self.guide.pid)))

    def call(self, words: str, path: Path) -> None:
        """Call the guide, and let it answer."""
        time.sleep(_PAUSE)  # which makes what follows an opening
        answered = self._answered
        self.counts.calls += 1
        self._pulse.play_into_microphone(path)
        if within(_ANSWERS, lambda: self._answered > answered):
            self.counts.heard += 1
            self._let_it_speak()
        else:
            self.counts.missed.append(words)

    @property
    def _answered(self) -> int:
        return self.shown.count("You: ")

    @property
    def _minutes(self) -> float:
        return (time.monotonic() - self._began) / 60

    def _let_it_speak(self) -> None:
        """Until it waits to be called again; whoever is asked something says nothing, and it gives up."""
        assert within(4 * _LIMIT, lambda: self.shown.rstrip().endswith("kept nowhere.)")), self.shown[-500:]
        time.sleep(1.0)  # the room is quiet before anybody talks into it again


def measure(minutes: float, engine: str) -> tuple[dict[str, Any], list[str]]:
    """Figures of so many minutes, and what is wrong with them."""
    chance = random.Random(5)
    with tempfile.TemporaryDirectory(prefix="voiceguide-listen-") as name, private_pulse() as pulse:
        folder = Path(name)
        sounds, calls = list(_sounds(folder, chance)), list(_calls(folder))
        room = Room(pulse, folder / "home", engine)
        try:
            began, used = time.monotonic(), cpu_seconds(room.guide.pid)
            while time.monotonic() - began < minutes * 60:
                until = time.monotonic() + _BETWEEN
                while time.monotonic() < until:
                    room.play(chance.choice(sounds))
                    time.sleep(chance.uniform(0.2, 3.0))  # people pause between what they say
                room.call(*chance.choice(calls))
            lasted, used = time.monotonic() - began, cpu_seconds(room.guide.pid) - used
            figures = _figures(room.counts, lasted, used)
            room.guide.send_signal(signal.SIGTERM)
            code = room.guide.wait(_LIMIT)
            wrong = [f"it ended with {code}"] if code != 130 else []
            wrong += ["a traceback was printed"] if "Traceback" in room.shown else []
            wrong += ["sessions were kept"] if (folder / "home" / "data" / "sessions").exists() else []
        finally:
            room.guide.kill()
            room.guide.wait()
    return figures, wrong


def _figures(counts: Counts, seconds: float, used: float) -> dict[str, Any]:
    early, late = counts.memory[0][1], counts.memory[-1][1]
    return {
        "minutes": round(seconds / 60, 1),
        "calls": counts.calls,
        "heard": counts.heard,
        "missed": ", ".join(counts.missed) or 0,
        "false": len(counts.false),
        "false per hour": round(len(counts.false) * 3600 / seconds, 1),
        "which": "; ".join(counts.false) or "-",
        "share of one core": round(used / seconds, 3),
        "memory at first, MB": round(early),
        "memory at last, MB": round(late),
        "memory at most, MB": round(max(held for _, held in counts.memory)),
    }


def _sounds(folder: Path, chance: random.Random) -> Iterator[Path]:
    """People and noises, each as a file."""
    found = entries(None, ["read", "conversation", "turn", "command", "noise"])
    chance.shuffle(found)
    for index, entry in enumerate(found):
        sound = sound_of(entry)
        path = folder / f"{index}.wav"
        path.write_bytes(wav_bytes(Sound(sound.frames[: round(_LONGEST * LISTEN_RATE) * 2], LISTEN_RATE)))
        yield path


def _calls(folder: Path) -> Iterator[tuple[str, Path]]:
    with Worker("voiceguide.speaking.pyttsx3_engine:Pyttsx3", seconds=20) as voice:
        for request in _REQUESTS:
            for name in spoken.VOICES:
                sound = voice.submit("synthesize", f"Hey guide, {request}?", name, 150).result()
                path = folder / f"{name}-{request.replace(' ', '-')}.wav"
                path.write_bytes(wav_bytes(spoken.trimmed(resample(sound, LISTEN_RATE))))
                yield f"{request} ({name})", path
