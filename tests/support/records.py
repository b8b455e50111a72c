"""Sample sessions for the tests of the record."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from voiceguide.exercise import Step, StepKind
from voiceguide.record import Session, read
from voiceguide.record.transcript import Header, Transcript
from voiceguide.session.events import Begun, Ended, Event, PromptEnded, SoundKept, SpeechStarted, Utterance
from voiceguide.sound import Sound
from voiceguide.sound.files import flac_bytes
from voiceguide.voice_commands import VoiceCommand

STEPS = (
    Step(StepKind.SAY, "Welcome, Mia and Zoë.", 1, 1),
    Step(StepKind.FLOOR, "Mia, what worries you?", 2, 2, partner="a", seconds=60.0),
    Step(StepKind.MIRROR, "Zoë, what did you hear?", 3, 3, partner="b"),
    Step(StepKind.ASK, "Mia, is that right?", 3, 4, otherwise=2, partner="a", again="Yes or no?"),
)

EVENTS: tuple[tuple[float, Event], ...] = (
    (0.0, Begun()),
    (2.0, PromptEnded("Welcome, Mia and Zoë.", 0.2, 1)),
    (4.0, PromptEnded("Mia, what worries you?", 2.5, 2)),
    (5.1, SpeechStarted()),
    (8.0, SoundKept(1, "a", "audio/0001-a.flac", 5.0, 2.4, 2)),
    (8.4, Utterance(1, "a", "I worry about the little house", "audio/0001-a.flac", 5.0, 2.4, place=2)),
    (12.0, SoundKept(2, "a", "audio/0002-a.flac", 10.0, 2.0, 2)),
    (
        12.4,
        Utterance(2, "a", "and money I'm done", "audio/0002-a.flac", 10.0, 2.0, True, VoiceCommand.DONE, 10, place=2),
    ),
    (15.0, PromptEnded("Zoë, what did you hear?", 13.5, 3)),
    (17.0, PromptEnded("Mia, this is what I heard. I worry about the little house and money", 15.5)),
    (20.0, SoundKept(3, "b", "audio/0003-b.flac", 18.0, 1.5, 3)),
    (20.4, Utterance(3, "b", "you worry", "audio/0003-b.flac", 18.0, 1.5, place=3)),
    (21.0, Utterance(4, "b", "I'm done", None, 20.8, 0.2, command=VoiceCommand.DONE, place=3)),
    (23.0, PromptEnded("Mia, is that right?", 21.5, 3)),
    (24.0, Utterance(5, "a", "yes", None, 23.5, 0.4, command=VoiceCommand.YES, place=3)),
    (24.1, Ended("completed")),
)


def header(id_: str = "20261122-2147-worry-and-answer-tobiku", **changed: Any) -> Header:
    """The header of a sample session."""
    known: dict[str, Any] = {
        "exercise": "worry-and-answer",
        "title": "Worry and answer",
        "names": ("Mia", "Zoë"),
        "simulated": False,
        "started": "2026-11-22T21:47:05.250000+01:00",
        "steps": STEPS,
    }
    return Header(id=id_, **(known | changed))


def write_session(folder: Path, events: tuple[tuple[float, Event], ...] = EVENTS, head: Header | None = None) -> Path:
    """A session in the sessions folder ``folder``, its sounds a few bytes each; gives its own folder.

    It is not synced: no power is cut here, and waiting for the disk would take longer than the test.
    """
    with patch("os.fsync"):
        transcript = Transcript.create(folder, head or header())
        for t, event in events:
            if isinstance(event, SoundKept):
                (transcript.folder / event.audio).write_bytes(b"sound")
            transcript.append(event, t)
        transcript.close()
    return transcript.folder


@contextmanager
def opened(folder: Path) -> Iterator[Transcript]:
    """A session's transcript, open to be changed."""
    transcript = Transcript.open(folder)
    try:
        yield transcript
    finally:
        transcript.close()


def struck(folder: Path, ids: Collection[int]) -> Session:
    """The session once these utterances were taken off the record."""
    with opened(folder) as transcript:
        transcript.strike(ids)
    return read(folder)


def bare_session(folder: Path, id_: str, *lines: dict[str, Any], **changed: Any) -> Path:
    """A session written the short way, unsynced, for tests that need thousands."""
    made = folder / id_
    made.mkdir(parents=True)
    text = "".join(json.dumps(line) + "\n" for line in (header(id_, **changed).to_fields(), *lines))
    (made / "session.jsonl").write_text(text, encoding="utf-8")
    return made


def spoken(folder: Path) -> bytes:
    """A session's file as it lies on the disk."""
    return (folder / "session.jsonl").read_bytes()


def write_flac(path: Path, sound: Sound) -> None:
    """A recording as a session holds it."""
    path.write_bytes(flac_bytes(sound))
