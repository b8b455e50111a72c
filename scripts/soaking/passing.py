"""Faults that a session bears without ending: engines that crash or hang, a stopped machine, a clock that jumps."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from soaking.demos import SILENT, demo, one_session
from soaking.kept import lines_of, wait, wordless
from soaking.moments import let_pass
from soaking.tried import Room, Tried, UnableError
from tests.support.command import Running, add_short, of_type, only_session, record
from tests.support.processes import children
from voiceguide.record import read

ENGINES = {"recogniser": ("ctranslate2", "libmoonshine"), "voice": ("espeak",)}
"""What is mapped into the memory of an engine's process, and of no other."""


def engine(command: Running, name: str) -> int | None:
    """The process id of a session's engine, as soon as it is loaded; None when the session ends before."""
    found: list[int] = []

    def there() -> bool:
        for pid in children(command.process.pid):
            with suppress(OSError):
                maps = Path(f"/proc/{pid}/maps").read_text("utf-8", "replace")
                if any(library in maps for library in ENGINES[name]):
                    found.append(pid)
        return bool(found) or command.process.poll() is not None

    wait(there, f"the {name} does not come back")
    return found[0] if found else None


def crash(name: str, room: Room, most: int) -> Iterator[Tried]:
    """The engine's process is killed, again and again, in one session."""

    def strike(command: Running, chance: random.Random) -> bool:
        pid = engine(command, name)
        if pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return True

    yield from one_session(room, most, strike)


_AT_ONCE = 5
_IN_ONE = 2
"""Sessions whose engine hangs at the same time, and how often in each: they only wait, half a minute each time."""


def hang(name: str, room: Room, most: int) -> Iterator[Tried]:
    """The engine's process stops in mid-session, and must be given up and replaced by the session itself."""
    rooms = [
        replace(room, home=room.home / str(number), chance=random.Random(room.chance.random()))
        for number in range(min(-(-most // _IN_ONE), _AT_ONCE))
    ]
    left = most
    with ThreadPoolExecutor(len(rooms)) as pool:
        for tried in pool.map(partial(_hanging, name), rooms):
            yield from tried[:left]
            left -= min(left, len(tried))


def _hanging(name: str, room: Room) -> list[Tried]:
    add_short(room.home)
    hung: list[int] = []
    with demo(room) as command:
        while len(hung) < _IN_ONE and let_pass(command, room.home, room.chance, 2.0):
            if (pid := engine(command, name)) is None:
                break
            os.kill(pid, signal.SIGSTOP)
            hung.append(pid)
            wait(partial(_over, command, pid), "it waits for an engine that hangs")
        command.finish().fine()
    wait(lambda: not any(Path(f"/proc/{pid}").exists() for pid in hung), "an engine that hung stays behind")
    assert read(only_session(room.home)).ended == "completed"
    lost = len(wordless(room.home))
    return [Tried(True, lost if number == 0 else 0) for number, _ in enumerate(hung)]


def _over(command: Running, pid: int) -> bool:
    """The engine was replaced, or the session has ended without need of it."""
    return not Path(f"/proc/{pid}").exists() or command.process.poll() is not None


def _tell(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to those that are there."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def stopped(room: Room, most: int) -> Iterator[Tried]:
    """Every process of the session stands still for a while, as when a laptop is closed, and goes on."""

    def strike(command: Running, chance: random.Random) -> bool:
        everybody = [command.process.pid, *children(command.process.pid)]
        _tell(everybody, signal.SIGSTOP)
        time.sleep(chance.uniform(0.1, 1.5))  # so long it stands still
        _tell(everybody, signal.SIGCONT)
        return True

    yield from one_session(room, most, strike)


# -- the clock ---------------------------------------------------------------------------------------------------

_JUMPS = ("+1h", "-1h", "+3d", "-400d", "+20y", "-20y")
_MOST_JUMPS = 10

_RENDERED = 60.0
"""Seconds that the guide speaks, at most: without a loudspeaker they take no time, but stand in the record."""


def clock(room: Room, most: int) -> Iterator[Tried]:
    """The clock on the wall jumps while somebody types; the session's own time does not."""
    library = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
    if library is None:
        raise UnableError("the package faketime is not installed.")
    told = room.home / "clock"
    told.write_text("+0s\n", encoding="ascii")
    env = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(told),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    jumps = min(most, _MOST_JUMPS)
    began = time.monotonic()
    with Running(room.home, "start", "a-short-one", "--keyboard", *SILENT, env=env) as command:
        told.write_text("+40y\n", encoding="ascii")
        command.say("yes", "yes")
        command.until("First partner has the floor")
        for number in range(jumps):
            told.write_text(f"{room.chance.choice(_JUMPS)}\n", encoding="ascii")
            time.sleep(room.chance.uniform(0.1, 0.6))  # in which the session may look at its clock, or not
            command.say(f"word {number}")
            command.until(f"First partner: word {number}")
        command.say("", "two", "", "yes")
        command.finish().fine()
    took = time.monotonic() - began
    header, *lines = record(only_session(room.home))
    assert header["started"] > "2060", "the clock did not jump, so nothing was tried"
    times = [line["t"] for line in lines]
    assert times == sorted(times), times
    assert times[-1] < took + _RENDERED, f"{times[-1]} s on the record, in {took} s"
    words = [line.get("text", "") for line in lines]
    meanwhile = lines[words.index("word 0") : words.index("two")]
    assert not of_type(meanwhile[:jumps], "time"), "a time was over that was not"
    lost = {f"word {number}" for number in range(jumps)} - set(words)
    assert lines_of(room.home)[-1]["why"] == "completed"
    yield from (Tried(True, len(lost) if number == 0 else 0) for number in range(jumps))
