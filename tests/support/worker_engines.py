"""Tiny engines for the worker's tests; they run in child processes, which import this module."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from voiceguide.errors import EngineError, NotFoundError


class Echo:
    """Does as it is told."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix

    def echo(self, text: str) -> str:
        return self.prefix + text

    def echo_noisily(self, text: str) -> str:
        print("an engine that prints")
        print("and complains", file=sys.stderr)
        os.write(1, b"from C\n")
        return text

    def pid(self) -> int:
        return os.getpid()

    def crash(self) -> None:
        os._exit(7)

    def crash_once(self, marker: str) -> str:
        """Crash, unless the marker file shows that we did before."""
        if Path(marker).exists():
            return "recovered"
        Path(marker).touch()
        os._exit(7)

    def hang(self) -> None:
        threading.Event().wait()

    def refuse(self) -> None:
        raise NotFoundError("There is no voice 'zed': run voiceguide doctor")

    def stumble(self) -> None:
        raise ValueError("a bug in an engine")


class CrashesAtStart:
    def __init__(self) -> None:
        os._exit(7)


class HangsAtStart:
    def __init__(self) -> None:
        threading.Event().wait()


class RefusesToStart:
    def __init__(self) -> None:
        raise EngineError("The model is damaged: install voiceguide again")
