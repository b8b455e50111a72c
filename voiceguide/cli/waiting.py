"""Waiting for the devices of a guide that runs for days: they may come after it, and be plugged in by and by."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, TypeVar

from voiceguide.cli.plain import warn
from voiceguide.errors import DeviceError, NotFoundError

if TYPE_CHECKING:
    from voiceguide.cli.attending import Attending

Device = TypeVar("Device")

RETRY = 3.0
"""Seconds between two looks for a device that is not there."""


def patiently(
    attending: Attending,
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
        attending.rest(RETRY)


def _waiting_for(what: str, name: str, others: Sequence[str]) -> str:
    there = f"here: {', '.join(others)}" if others else "nor any other"
    return f"There is no {what} {name!r}, {there}. Waiting for {name!r}: plug it in, or begin again with another name."
