"""The installed command on a terminal of its own, for what people see and press there."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.support.command import COMMAND, PATIENCE, environment, spoken


class Terminal:
    """A running command, what it has written so far, and its keys."""

    def __init__(self, process: subprocess.Popen[bytes], handle: int) -> None:
        self.process, self._handle = process, handle
        self.written = ""
        self._at = 0

    def until(self, wanted: str) -> str:
        """Wait until ``wanted`` is written after what was waited for before; gives all from there to its end."""
        limit = time.monotonic() + PATIENCE
        while (found := self.written.find(wanted, self._at)) < 0:
            assert time.monotonic() < limit, f"{wanted!r} does not come: {self.written[-2000:]}"
            assert self._read() or wanted in self.written[self._at :], f"No {wanted!r}: {self.written[-2000:]}"
        begun, self._at = self._at, found + len(wanted)
        return self.written[begun : self._at]

    def shows(self, wanted: str) -> bool:
        """Whether that has been written after what was waited for before."""
        while select.select([self._handle], [], [], 0)[0] and self._read():
            pass
        return wanted in self.written[self._at :]

    def press(self, keys: str) -> None:
        """Press keys."""
        os.write(self._handle, keys.encode())

    def answer(self, *pairs: tuple[str, str]) -> None:
        """Wait until the first of each pair is written, and press the second of it."""
        for wanted, keys in pairs:
            self.until(wanted)
            self.press(keys)

    @property
    def echoes(self) -> bool:
        """Whether what is typed is shown."""
        return bool(termios.tcgetattr(self._handle)[3] & termios.ECHO)

    def finish(self) -> int:
        """Read to its end; its exit code."""
        limit = time.monotonic() + PATIENCE
        while self._read():
            assert time.monotonic() < limit, f"It does not end: {self.written[-2000:]}"
        return self.process.wait(PATIENCE)

    def _read(self) -> bool:
        if not select.select([self._handle], [], [], 0.2)[0]:
            return self.process.poll() is None
        with contextlib.suppress(OSError):
            block = os.read(self._handle, 65_536)
            self.written += block.decode("utf-8", "replace")
            return bool(block)
        return False


def _take_terminal() -> None:
    """Let Ctrl-C on the terminal reach the command."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@contextlib.contextmanager
def terminal(
    home: Path, *args: str, rows: int = 24, columns: int = 80, program: Sequence[str] = COMMAND, **env: str
) -> Iterator[Terminal]:
    """Run the command, or another program, with these arguments; it is killed at the end."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    known = environment(home, TERM="xterm-256color", LANG="en_GB.UTF-8", LC_ALL="", **env)
    known = {name: value for name, value in known.items() if name not in ("LINES", "COLUMNS")}
    process = subprocess.Popen(
        [*program, *spoken(args)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=known,
        start_new_session=True,
        preexec_fn=_take_terminal,
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
