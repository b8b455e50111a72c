"""What is on the disk of a home, as a user would find it: the measure of what a fault took."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.command import PATIENCE, session_folders
from tests.support.locks import PASSPHRASE
from tests.support.waiting import within
from voiceguide.record import parse, read
from voiceguide.record.store import sound_file, stored_lines
from voiceguide.sound import LISTEN_RATE
from voiceguide.sound.files import read_sound

State = dict[int, str]
"""The words of each finished utterance, by its number."""


def lines_of(home: Path) -> list[dict[str, Any]]:
    """The whole lines of the records, without the headers."""
    stored = [[*stored_lines(folder)][1:] for folder in session_folders(home)]
    return [parse(line) for lines in stored for line in lines if line.endswith(b"\n")]


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
                assert read_sound(sound_file(folder, audio)).rate == LISTEN_RATE
        found |= {one.utterance.id: one.utterance.text for one in stored.utterances}
    return found


def passphrase(home: Path) -> tuple[list[str], str]:
    """What a command needs to read what is saved, as arguments and as input; nothing where it is not locked."""
    return (["--passphrase-stdin"], f"{PASSPHRASE}\n") if (home / "data" / "lock").exists() else ([], "")


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
    """Until it is so; looks so often that what comes next hits the very moment."""
    assert within(PATIENCE, true, 0.002), otherwise
