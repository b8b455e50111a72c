"""The processes that another one has begun."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def children(pid: int) -> list[int]:
    """Those it has begun itself and that still run; none known where there is no /proc."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # the thread has just ended: its children are another one's now
            found += map(int, path.read_text().split())
    return found


def left_running() -> list[str]:
    """The command lines of this process's children; Python's own helper of multiprocessing stays, and is left out."""
    commands = [Path(f"/proc/{child}/cmdline").read_bytes() for child in children(os.getpid())]
    return [command.replace(b"\0", b" ").decode() for command in commands if b"resource_tracker" not in command]
