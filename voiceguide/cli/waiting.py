"""Waiting for the devices of a guide that runs for days: they may come after it, and be plugged in by and by."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

import click

from voiceguide import INTERRUPTED
from voiceguide.cli.plain import warn
from voiceguide.errors import DeviceError, NotFoundError

Device = TypeVar("Device")

RETRY = 3.0
"""Seconds between two looks for a device that is not there."""


class Waiter:
    """Lets time pass, until a signal ends it."""

    def __init__(self) -> None:
        self.interrupted = False
        """Set from a signal handler."""

    def rest(self, seconds: float) -> None:
        """Let so much time pass. Raises Exit for Ctrl-C and its kin."""
        self.check()
        time.sleep(seconds)  # nobody tells when a device is plugged in, or another one has ended: it is looked at
        self.check()

    def check(self) -> None:
        """Raise Exit for Ctrl-C and its kin."""
        if self.interrupted:
            raise click.exceptions.Exit(INTERRUPTED)


def patiently(
    waiter: Waiter,
    what: str,
    name: str | None,
    opened: Callable[[str | None], Device],
    here: Callable[[], list[str]],
) -> Device:
    """Open the device of this name, None for the default one, as soon as there is one; tells what it waits for.

    Raises NotFoundError where others are ``here`` and somebody sits at the terminal, who has mistyped the name or can
    plug it in; and Exit for Ctrl-C and its kin.
    """
    told: Collection[str] = ()
    while True:
        try:
            return opened(name)
        except DeviceError as error:
            words = f"{error} Waiting for it."
        except NotFoundError:
            others = here()
            if others and sys.stdin.isatty():
                raise
            words = _waiting_for(what, name or "", others)
        if words not in told:
            warn(words)
            told = (*told, words)
        waiter.rest(RETRY)


def _waiting_for(what: str, name: str, others: Sequence[str]) -> str:
    there = f"here: {', '.join(others)}" if others else "nor any other"
    return f"There is no {what} {name!r}, {there}. Waiting for {name!r}: plug it in, or begin again with another name."
