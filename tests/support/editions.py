"""Editions of sample sessions for the tests of what is exported."""

from __future__ import annotations

import io
import math
from array import array
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.records import EVENTS, header, write_flac, write_session
from voiceguide.exercise import Partner
from voiceguide.export import export
from voiceguide.export.edition import Edition
from voiceguide.record import Session, read
from voiceguide.record.replay import Prompts
from voiceguide.session.events import Event, SoundKept, Utterance
from voiceguide.sound import LISTEN_RATE, Sound

HOSTILE = (
    "<script>alert(1)</script> </script> & &amp; --> <b>bold</b> <v Anna> \x1b]0;owned\x07\x1b[31m "
    "שלום \u202egnp.exe\u202c 👩‍🚀 🇨🇭 | `code` *star* _under_ [link](http://x.y) # no heading "
    "00:00:01.000 --> 00:00:02.000 {b} \\N ~~gone~~ $x$ \u2028 <!-- -->\n\n1\n00:00:00,000 --> 00:00:01,000\nnot a cue"
)
"""What somebody might type, or name themselves, to become more than words in some format."""

VOICES = ("max", "f3")

_LONGEST = 9.0
"""Seconds the fake voice speaks, however much it is given."""


@cache
def tone(seconds: float, dbfs: float = -30.0, rate: int = LISTEN_RATE) -> Sound:
    """A sine of 440 Hz with that peak."""
    peak = 32767 * 10 ** (dbfs / 20)
    samples = (round(peak * math.sin(2 * math.pi * 440 * i / rate)) for i in range(round(seconds * rate)))
    return Sound(array("h", samples).tobytes(), rate)


class FakeVoice:
    """Speaks each letter in a hundredth of a second, as a tone; remembers who spoke what, and whether it was kept."""

    def __init__(self) -> None:
        self.spoken: list[tuple[str, str | None, bool]] = []

    def __call__(self, text: str, voice: str | None, keep: bool) -> Sound:
        self.spoken.append((text, voice, keep))
        return tone(min(max(0.05, len(text) / 100), _LONGEST), -20.0)


def sounding(folder: Path, events: tuple[tuple[float, Event], ...] = EVENTS, **changed: Any) -> Session:
    """A stored session whose recordings are tones as long as it says."""
    stored = write_session(folder, events, header(**changed))
    for _, event in events:
        if isinstance(event, SoundKept):
            write_flac(stored / event.audio, tone(event.seconds, -40.0))
    return read(stored)


def edition(
    session: Session, partner: Partner | None = None, prompts: Prompts = "full", voice: FakeVoice | None = None
) -> Edition:
    """An edition told by the fake voice."""
    return Edition(session, voice or FakeVoice(), VOICES, partner, prompts)


def exported(told: Edition, to: str) -> bytes:
    """The edition in that format."""
    file = io.BytesIO()
    export(told, to, file)
    return file.getvalue()


def hostile(folder: Path, letters: int = 100_000) -> Session:
    """A session in which all that people say, type or name is hostile; one turn is a long word, one has many."""
    events = (
        *EVENTS[:-1],
        (30.0, Utterance(6, "b", HOSTILE, None, 25.0, 1.0, doubtful=True, place=3)),
        (31.0, Utterance(7, "a", "x" * letters, None, 31.0, 0.0, place=4)),
        (32.0, Utterance(8, "b", "word " * (letters // 5), None, 32.0, 0.0, place=4)),
        EVENTS[-1],
    )
    return sounding(folder, events, names=("A <b>&\x1b[2J", 'B" onload=x --> \u202e'), title=f"T {HOSTILE}"[:200])
