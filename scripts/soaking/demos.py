"""Sessions of the simulated couple that meet with faults: some end a sitting, others only pass."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from soaking.kept import lines_of, missing, passphrase, sounds, state, wordless
from soaking.moments import let_pass
from soaking.tried import Room, Tried
from tests.support.command import Running, installed, of_type, session_folders
from voiceguide.lock import SUFFIX
from voiceguide.record import read

_SITTINGS = 5
"""Of one session, at most."""

SILENT = ("--speaker", "none")

Ending = Callable[[Running, Path], str]
"""Does what ends the command, puts in order what a user would, and gives the message that was shown."""

Passing = Callable[[Running, random.Random], bool]
"""Does what the command is to bear; False where it had ended before."""


def demo(room: Room, **more: Any) -> Running:
    """The demo, or its resumption."""
    option, given = passphrase(room.home)
    which = ["--resume", *option] if session_folders(room.home) else [room.exercise]
    running = Running(room.home, "demo", *which, *SILENT, "--engine", room.engine, **more)
    if given:
        running.say(given.strip())
    return running


def sittings(room: Room, most: int, strike: Ending, **more: Any) -> Iterator[Tried]:
    """One session in several sittings, each ended by the fault at a random moment; then it comes to its end."""
    tried = []
    for _ in range(min(most, _SITTINGS)):
        with demo(room, **more) as command:
            if not let_pass(command, room.home, room.chance):
                command.finish().fine()
                break
            before = state(room.home)
            message = strike(command, room.home)
        tried.append(Tried(True, missing(before, state(room.home)), message))
    finish(room)
    yield from tried


def finish(room: Room) -> None:
    """Resume the demo to its end: all that was there stays, sounds that had no words get them."""
    home = room.home
    kept = state(home)
    lost_words = {line["id"] for line in of_type(lines_of(home), "sound")} - set(kept)
    whole = {path.name.removesuffix(SUFFIX) for path in sounds(home) if path.suffix in (".flac", SUFFIX)}
    option, given = passphrase(home)
    done = installed(home, "demo", "--resume", *option, *SILENT, "--engine", room.engine, given=given)
    if not session_folders(home):
        assert "no simulated session" in done.complaint()
        return
    done.fine()
    (folder,) = session_folders(home)
    assert read(folder).ended == "completed"
    assert missing(kept, state(home)) == 0, (kept, state(home))
    assert lost_words <= set(state(home)), (lost_words, state(home))
    named = {Path(line["audio"]).name for line in of_type(lines_of(home), "sound")}
    assert {path.name.removesuffix(SUFFIX) for path in sounds(home)} == named
    assert whole <= named


def one_session(room: Room, most: int, strike: Passing, **more: Any) -> Iterator[Tried]:
    """One session that meets with the fault again and again, and comes to its end in the same sitting."""
    struck = 0
    with demo(room, **more) as command:
        while struck < most and let_pass(command, room.home, room.chance, 2.0):
            struck += strike(command, room.chance)
        command.finish().fine()
    (folder,) = session_folders(room.home)
    assert read(folder).ended == "completed"
    lost = len(wordless(room.home))
    yield from (Tried(True, lost if number == 0 else 0) for number in range(struck))
