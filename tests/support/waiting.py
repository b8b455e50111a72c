"""Waiting for what other processes and devices do: no longer than it takes, and not for ever."""

from __future__ import annotations

import time
from collections.abc import Callable


def within(seconds: float, true: Callable[[], bool], step: float = 0.01) -> bool:
    """Wait until something is so, looking every ``step`` seconds; False when it takes longer."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(step)  # another process or a device does it, and tells nobody
    return True
