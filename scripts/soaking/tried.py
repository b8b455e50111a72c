"""A fault tried many times, and the table of what came of it."""

from __future__ import annotations

import random
import re
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.support.command import add_short


@dataclass(frozen=True)
class Tried:
    """What came of one fault."""

    went_on: bool
    """The session did: by itself, or when it was resumed."""
    lost: int = 0
    """Utterances that were finished before the fault and are not there after it."""
    message: str = ""
    """What the couple read about it."""
    wrong: str = ""
    """A traceback, or a promise that was not kept."""

    @property
    def fine(self) -> bool:
        """Nothing was lost, nothing is wrong, and the session went on."""
        return self.went_on and not self.lost and not self.wrong


class UnableError(Exception):
    """This kind of fault cannot be made on this machine; the text says why."""


@dataclass(frozen=True)
class Room:
    """Where a chain of faults takes place."""

    home: Path
    """A fresh VOICEGUIDE_HOME."""
    chance: random.Random
    exercise: str = "a-short-one"
    engine: str = "whisper"
    """What recognises the couple's words."""


Chain = Callable[[Room, int], Iterator[Tried]]
"""Tries a fault at least never and at most so many times, in one home; raises AssertionError where all is lost."""


def soak(chain: Chain, times: int, seed: int, folder: Path, **more: str) -> Iterator[Tried]:
    """Try a fault so many times, in as many homes in ``folder`` as that takes; ``more`` goes to each Room."""
    chance = random.Random(seed)
    done = 0
    for number in count(1):
        if done >= times:
            return
        home = folder / f"home-{number}"
        add_short(home)
        try:
            for tried in chain(Room(home, chance, **more), times - done):
                done += 1
                yield tried
        except AssertionError as error:
            done += 1
            yield Tried(False, 0, "", f"home-{number}: {_in_a_line(error)}")


def table(results: Mapping[str, Sequence[Tried]]) -> str:
    """A row for each kind of fault."""
    rows = [("fault", "times", "went on", "lost", "wrong", "worst message shown")]
    for name, tried in results.items():
        worst = max(tried, key=lambda each: (not each.fine, len(each.message)), default=Tried(True))
        went_on, lost = sum(each.went_on for each in tried), sum(each.lost for each in tried)
        wrong = sum(bool(each.wrong) for each in tried)
        rows.append((name, str(len(tried)), str(went_on), str(lost), str(wrong), _short(worst.message) or "-"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _in_a_line(error: AssertionError) -> str:
    """What it says, and the line that failed."""
    failed = traceback.extract_tb(error.__traceback__)[-1].line
    return " ".join(f"{error} ({failed})".split())


def _short(message: str) -> str:
    """Without the folders and ids that differ from run to run."""
    message = re.sub(r"/\S+/", "…/", message)
    message = re.sub(r"\d{8}-\d{4}-[\w-]+", "ID", message)
    return message if len(message) <= 150 else message[:149] + "…"
