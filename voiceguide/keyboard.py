"""The keyboard: typed lines in place of a microphone, and single keys beside one."""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from voiceguide import jumping
from voiceguide.hearing.ears import Heard, QuietEars, Told, Typed
from voiceguide.session.floor import Floor
from voiceguide.sound import FRAME_SECONDS
from voiceguide.voice_commands import VoiceCommand
from voiceguide.voice_commands.interpreting import interpret
from voiceguide.worker import Calls

KEYS: dict[str, tuple[VoiceCommand, ...]] = {
    " ": (VoiceCommand.CONTINUE, VoiceCommand.PAUSE),
    "\n": (VoiceCommand.DONE,),
    "y": (VoiceCommand.YES,),
    "n": (VoiceCommand.NO, VoiceCommand.NEXT),
    "r": (VoiceCommand.REPEAT,),
    "b": (VoiceCommand.BACK,),
    "q": (VoiceCommand.STOP,),
    "?": (VoiceCommand.HELP,),
}
"""What each key means: the first of its commands that can be given now."""


_DIGITS = "123456789"

_ARROWS = {
    "\x1b[C": jumping.AHEAD,
    "\x1b[D": jumping.REWIND,
    "\x1b[B": jumping.NEXT_STEP,
    "\x1b[A": jumping.STEP_BEFORE,
}
_ARROWS |= {
    f"\x1bO{arrow[-1]}": words
    for arrow, words in _ARROWS.items()  # some terminals' other mode
} | {f"\xe0{key}": _ARROWS[f"\x1b[{letter}"] for key, letter in zip("MKPH", "CDBA", strict=True)}  # Windows
"""What an arrow key says in a replay: right and left are seconds, down and up are steps."""

ARROW_KEYS = "← → 15 s, ↑ ↓ step"


def key_names(commands: frozenset[VoiceCommand]) -> list[tuple[str, VoiceCommand]]:
    """The keys that mean something now, each with its command."""
    shown = {" ": "space", "\n": "Enter"}
    found = ((key, next((c for c in meant if c in commands), None)) for key, meant in KEYS.items())
    return [(shown.get(key, key), command) for key, command in found if command]


class NoKeys:
    """Nobody presses anything."""

    def poll(self, commands: frozenset[VoiceCommand], floor: Floor | None) -> Sequence[VoiceCommand | str]:
        """Nothing."""
        return []


class TerminalKeys:
    """Single keys of the terminal, without waiting for Enter."""

    def __init__(self) -> None:
        self._waiting = ""

    def poll(self, commands: frozenset[VoiceCommand], floor: Floor | None) -> Sequence[VoiceCommand | str]:
        """What was pressed: one of ``commands``, or as words what ``floor`` lets choose: a number, an arrow's way."""
        pressed = _pressed()
        if floor and floor.moves and pressed in _ARROWS:
            return [_ARROWS[pressed]]
        if not pressed.startswith("\x1b"):  # an arrow or function key: its letters are not meant
            self._waiting += pressed
        # One key a call: what the next one means depends on what this one does.
        key, self._waiting = self._waiting[:1], self._waiting[1:]
        if (
            key and floor and key in _DIGITS[: floor.options]
        ):  # not isdigit(): some keyboards have a key for a small, raised 2
            return [key]
        meant = KEYS.get(key.lower().replace("\r", "\n"), ())
        return [c for c in meant if c in commands][:1]


def wait_for_key(wanted: str) -> str:
    """The first of the ``wanted`` keys pressed, inside ``single_keys``; the last of them when the terminal has gone."""
    while True:
        pressed = _pressed(_LOOK).lower().replace("\r", "\n")
        for key in pressed if not pressed.startswith("\x1b") else "":
            if key in wanted:
                return key
        if not sys.stdin.isatty():
            return wanted[-1]


_LOOK = 0.5
"""Seconds after which somebody who waits for a key looks whether the terminal is still there."""

if sys.platform == "win32":
    import msvcrt

    @contextlib.contextmanager
    def single_keys() -> Iterator[TerminalKeys]:
        """Take single keys; Windows needs no preparation."""
        yield TerminalKeys()

    def _pressed(seconds: float = 0.0) -> str:
        end = time.monotonic() + seconds
        while not msvcrt.kbhit() and time.monotonic() < end:
            time.sleep(0.02)  # Windows cannot wait for a key and a time at once
        keys = ""
        while msvcrt.kbhit():
            keys += msvcrt.getwch()
        return keys

else:
    import select
    import termios
    import tty

    @contextlib.contextmanager
    def single_keys() -> Iterator[TerminalKeys]:
        """Let the terminal pass every key at once, and leave it as it was."""
        before = termios.tcgetattr(0)
        try:
            tty.setcbreak(0)
            yield TerminalKeys()
        finally:
            # The terminal may have been closed: then there is nothing to put right.
            with contextlib.suppress(termios.error, OSError):
                termios.tcsetattr(0, termios.TCSADRAIN, before)

    def _pressed(seconds: float = 0.0) -> str:
        try:
            ready = select.select([0], [], [], seconds)[0]
            return os.read(0, 256).decode("utf-8", "ignore") if ready else ""
        except OSError:
            return ""


def read_lines() -> queue.SimpleQueue[str | None]:
    """The lines of standard input, read in the background; None marks its end."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        # Not sys.stdin: a thread that waits inside its buffer's lock keeps the interpreter from ending.
        rest = b""
        with contextlib.suppress(OSError):
            while block := os.read(0, 65536):
                *whole, rest = (rest + block).split(b"\n")
                for line in whole:
                    lines.put(line.decode("utf-8", "replace").strip())
        if rest:
            lines.put(rest.decode("utf-8", "replace").strip())
        lines.put(None)

    threading.Thread(target=read, name="lines", daemon=True).start()
    return lines


class TypedEars(QuietEars):
    """A typed line is an utterance, an empty one "I'm done", ``/repeat`` and the like are commands.

    Lines wait until somebody has the floor; commands act at once. At the end of the input the session stops, saved.
    """

    def __init__(self, recogniser: Calls, lifelike: bool, complain: Callable[[str], None]) -> None:
        super().__init__(recogniser, lifelike)
        self._complain = complain
        self._lines = read_lines()
        self._line: str | None = None
        self._at_end = False

    def poll(self) -> list[Heard]:
        """The next line, if it can be taken now."""
        heard = self.recognised()
        if self._line is None and not self._at_end:
            self._fetch()
        elif self._floor is None or self._at_end:
            self.pass_time()
        line, open_floor = self._line, self._floor is not None
        if line is None:
            if self._at_end and open_floor and not self._stopped:
                self._stopped = True
                heard.append(Told(VoiceCommand.STOP))
            return heard
        if line.startswith("/") or line == "?":
            self._line = None
            return [*heard, *self._command(VoiceCommand.HELP if line == "?" else line[1:])]
        if not line and not open_floor and sys.stdin.isatty():
            self._line = None  # Enter while the guide speaks is impatience, not "I'm done"
        elif open_floor:
            self._line = None
            heard.append(Typed(self._spelt_out(line)) if line else Told(VoiceCommand.DONE))
        return heard

    _stopped = False

    def _spelt_out(self, line: str) -> str:
        """A yes or a no as one letter, where one is asked for."""
        choosing = self._floor is not None and self._floor.choosing
        return {"y": "yes", "n": "no"}.get(line.lower(), line) if choosing else line

    def _fetch(self) -> None:
        waits = self.lifelike or self._floor is not None
        try:
            self._line = self._lines.get(timeout=FRAME_SECONDS) if waits else self._lines.get_nowait()
            self._at_end = self._line is None
        except queue.Empty:
            if not waits:
                self.pass_time()

    def _command(self, name: str) -> list[Heard]:
        known = interpret(name, frozenset(VoiceCommand))
        if known and known.at == 0:
            return [Told(known.command)]
        listed = ", ".join(f"/{command}" for command in VoiceCommand)
        self._complain(f"There is no command /{name[:40]}. There are: {listed}.")
        return []
