"""What is on the disk of a home, as a user would find it: the measure of what a fault took."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import soundfile

from tests.command import PATIENCE, record, session_folders
from voiceguide.record import read

State = dict[int, str]
"""The words of each finished utterance, by its number."""


def lines_of(home: Path) -> list[dict[str, Any]]:
    """The whole lines of the records, without the headers."""
    return [line for folder in session_folders(home) for line in record(folder)[1:]]


def sounds(home: Path) -> list[Path]:
    """Sound files, half written ones included."""
    return [path for folder in session_folders(home) for path in (folder / "audio").iterdir()]


def state(home: Path) -> State:
    """The finished utterances of a home with one session; fails when a sound of the record does not decode."""
    found: State = {}
    for folder in session_folders(home):
        stored = read(folder)
        for _, event in stored.events:
            audio = getattr(event, "audio", None)
            if audio:
                samples, rate = soundfile.read(folder / audio)
                assert (rate, len(samples) > 0) == (16_000, True)
        found |= {one.utterance.id: one.utterance.text for one in stored.utterances}
    return found


def missing(before: State, after: State) -> int:
    """How many of the utterances are not there any more as they were."""
    return sum(after.get(number) != words for number, words in before.items())


def wordless(home: Path) -> set[int]:
    """Sounds on the record of which nobody knows the words, not even by now."""
    kept = {line["id"] for line in lines_of(home) if line["type"] == "sound"}
    worded = [
        one for folder in session_folders(home) for one in read(folder).utterances if one.utterance.text or one.answer
    ]
    return kept - {one.utterance.id for one in worded}


def wait(true: Callable[[], bool], otherwise: str = "it hangs") -> None:
    """Until it is so."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, otherwise
        time.sleep(0.002)
