"""Memory over a simulated hour: an evening of many turns through the real loop, engines and record, in audio time.

A turn lasts a minute: sentences (synthesised once) with pauses between them, then "I'm done". Memory is what this
process and its children hold, against the time of the sound.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from itertools import cycle
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.processes import resident_mb

from voiceguide.cli.narrating import voice_worker
from voiceguide.cli.stage import stored_in
from voiceguide.exercise import Step, StepKind
from voiceguide.hearing.ears import AudioTimeEars
from voiceguide.hearing.engines import factory
from voiceguide.hearing.listener import Listener
from voiceguide.keyboard import NoKeys
from voiceguide.record import Session as Stored
from voiceguide.record import read
from voiceguide.record.transcript import Header, Transcript, new_id
from voiceguide.runner import Runner
from voiceguide.session import Session
from voiceguide.session.events import Begun, Event
from voiceguide.sound import FRAME_BYTES, LISTEN_RATE, Sound, silence
from voiceguide.sound.files import resample
from voiceguide.sound.playback import SilentLoudspeaker
from voiceguide.sound.vad import SileroGate
from voiceguide.speaking import Narrator
from voiceguide.speaking.pyttsx3_engine import COUPLE_VOICES
from voiceguide.speaking.voices import name
from voiceguide.worker import Worker

MINUTES = 60

_STEADY_FROM = 5.0
"""Minutes after which memory is to stay as it is."""

_EVERY = 10.0
"""Seconds of sound between two samples."""

_PAUSE = 5.0
_PIECES = 7
"""Sentences of a turn and the pause after each: some 50 s."""

_SENTENCES = (
    "I was worried on Sunday, because you did not call and I did not know where you were.",
    "When we sit down in the evening I want to tell you about my day.",
    "It helps me when you say what you are thinking, even when it is hard.",
    "My mother never asked how I was, so I did not learn to say it.",
    "I would like us to go for a walk on Friday, only the two of us.",
)

_NAMES = ("Anna", "Ben")


AnyEvening = TypeVar("AnyEvening", bound="Evening")
Found = TypeVar("Found")


class Evening:
    """A couple that speaks whenever it is listened to; also the watcher, who looks at the memory."""

    lost = False
    overruns = 0

    def __init__(self, sentences: list[Sound], done: Sound) -> None:
        self.samples: list[tuple[float, float]] = []
        """(minutes of sound, megabytes)."""
        pause = silence(_PAUSE, LISTEN_RATE).frames
        self._said = cycle(sentence.frames + pause for sentence in sentences)
        self._done = done.frames + pause
        self._frames = b""
        self._at = 0
        self._listening = False

    def read(self, seconds: float) -> bytes | None:
        """The next frame; "I'm done" again where it was not heard."""
        if not self._listening:
            return bytes(FRAME_BYTES)
        if self._at >= len(self._frames):
            self._frames, self._at = self._done, 0
        frame = self._frames[self._at : self._at + FRAME_BYTES]
        self._at += FRAME_BYTES
        return frame.ljust(FRAME_BYTES, b"\0")

    def reopen(self) -> bool:
        """It is always there."""
        return True

    def close(self) -> None:
        """Nothing to let go."""

    def prompt(self, text: str, speaker: str) -> None:
        """They listen."""

    def took(self, event: Event) -> None:
        """They do not look at the screen."""

    def refused(self, command: object) -> None:
        """They type nothing."""

    def refresh(self, now: float, level: float, listening: bool) -> None:
        """Begin a turn when the floor opens; note the memory now and then."""
        if listening and not self._listening:
            self._frames, self._at = b"".join(next(self._said) for _ in range(_PIECES)) + self._done, 0
        self._listening = listening
        if not self.samples or now - self.samples[-1][0] * 60 >= _EVERY:
            self.samples.append((now / 60, resident_mb()))


def measure(runs: int, manifest: Path | None = None, minutes: int = MINUTES) -> dict[str, Any]:
    """Peak and slope of a session of about so many minutes of sound."""
    why, evening, utterances = talk(minutes, Evening, lambda session: len(session.utterances))
    return {"ended": why, "utterances": utterances, **summary(evening.samples)}


def talk(
    minutes: int,
    couple: Callable[[list[Sound], Sound], AnyEvening],
    look: Callable[[Stored], Found],
    engine: str = "whisper",
) -> tuple[str, AnyEvening, Found]:
    """A session of about so many minutes of sound: why it ended, the couple, what ``look`` finds in its record."""
    with (
        voice_worker("") as voice,
        Worker(*factory(engine), seconds=60) as recogniser,
    ):

        def said(text: str) -> Sound:
            return resample(voice.submit("synthesize", text, COUPLE_VOICES[0], 150).result(), LISTEN_RATE)

        evening = couple([said(sentence) for sentence in _SENTENCES], said("I'm done."))
        turns = [
            Step(StepKind.FLOOR, f"{_NAMES[i % 2]}, speak.", i + 1, i + 1, partner="ab"[i % 2]) for i in range(minutes)
        ]
        session = Session(turns, _NAMES, farewell="Thank you.")
        ears = AudioTimeEars(evening, Listener(SileroGate()), recogniser)
        narrator = Narrator(voice, name(), None, None, 150)
        now = datetime.now().astimezone()
        header = Header(new_id("hour", now), "hour", "An hour", _NAMES, True, now.isoformat(), session.steps)
        with (
            tempfile.TemporaryDirectory() as folder,
            closing(Transcript.create(Path(folder), header)) as transcript,
        ):
            runner = Runner(ears, narrator, SilentLoudspeaker(), evening, NoKeys(), stored_in(transcript.folder))
            why = runner.run(session, transcript, Begun())
            return why, evening, look(read(transcript.folder))


def summary(samples: list[tuple[float, float]]) -> dict[str, Any]:
    """Peak, and the slope of the straight line through what came after the first minutes (least squares)."""
    late = [(at, held) for at, held in samples if at >= _STEADY_FROM]
    return {
        "minutes": round(samples[-1][0], 1),
        "peak_mb": round(max(held for _, held in samples)),
        "after_5_min_mb": round(late[0][1]) if late else None,
        "end_mb": round(samples[-1][1]),
        "mb_per_minute": slope(late),
    }


def slope(points: list[tuple[float, float]]) -> float | None:
    """Rise of the straight line through these points; None where they do not make one."""
    if len({at for at, _ in points}) < 2:
        return None
    middle = sum(at for at, _ in points) / len(points)
    height = sum(held for _, held in points) / len(points)
    rise = sum((at - middle) * (held - height) for at, held in points)
    return round(rise / sum((at - middle) ** 2 for at, _ in points), 3)
