"""Ctrl-C in commands that take long and can be taken up again."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from voiceguide import INTERRUPTED
from voiceguide.cli.plain import warn


class Interrupted(click.ClickException):
    """Ends the program as Ctrl-C does, with a sentence on how to go on."""

    exit_code = INTERRUPTED

    def show(self, file: IO[Any] | None = None) -> None:
        """Say it like every other complaint."""
        warn(self.message)


@contextmanager
def interruptible(advice: str) -> Iterator[None]:
    """Ctrl-C inside runs what ``finally`` and ``with`` hold, then ends the program with this advice.

    Everywhere else it ends the program on the spot. Import beforehand what is needed: see ``voiceguide.__main__``.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(f"Interrupted: {advice}") from None
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def stoppable(advice: str) -> Iterator[Callable[[], None]]:
    """As ``interruptible``, for work in which foreign code calls ours and would swallow an exception.

    Ctrl-C, a closed terminal or a polite kill ends the program at the next call of what this gives, which is for
    places where all is in order.
    """
    pressed: list[int] = []
    numbers = [number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None))]
    before = {number: signal.signal(number, lambda number, frame: pressed.append(number)) for number in numbers}

    def check() -> None:
        if pressed:
            raise Interrupted(f"Interrupted: {advice}")

    try:
        yield check
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
