"""Random moments in a running session: by the clock, by what is shown, by what reaches the disk."""

from __future__ import annotations

import random
import time
from pathlib import Path

from soaking.kept import lines_of, sounds, wait
from tests.support.command import Running, of_type

_WORDS = ("Guide:", "has the floor", "says back", "answers yes or no", ": done)", ": yes)")
_LINES = ("sound", "utterance", "prompt", "speech", "command")


def let_pass(command: Running, home: Path, chance: random.Random, longest: float = 6.0) -> bool:
    """Wait for a moment, within so many seconds; False when the command has ended before it came."""
    way = chance.choice([_a_while, _a_line_of_output, _certain_words, _a_line_of_the_record, _a_sound_file])
    way(command, home, chance, longest)
    return command.process.poll() is None


def _a_while(command: Running, home: Path, chance: random.Random, longest: float) -> None:
    time.sleep(chance.uniform(0.0, longest))  # any moment, whatever is done in it


def _a_line_of_output(command: Running, home: Path, chance: random.Random, longest: float) -> None:
    for _ in range(chance.randrange(1, 12)):
        command.line()
    time.sleep(chance.uniform(0.0, 0.4))  # then, or while what follows is done


def _certain_words(command: Running, home: Path, chance: random.Random, longest: float) -> None:
    words = chance.choice(_WORDS)
    while (line := command.line()) is not None and words not in line:
        pass
    time.sleep(chance.uniform(0.0, 0.4))  # then, or while what follows is done


def _a_line_of_the_record(command: Running, home: Path, chance: random.Random, longest: float) -> None:
    kind = chance.choice(_LINES)
    before = len(of_type(lines_of(home), kind))
    wait(lambda: len(of_type(lines_of(home), kind)) > before or command.process.poll() is not None)


def _a_sound_file(command: Running, home: Path, chance: random.Random, longest: float) -> None:
    wanted = len(sounds(home)) + chance.randrange(1, 4)
    wait(lambda: len(sounds(home)) >= wanted or command.process.poll() is not None)
