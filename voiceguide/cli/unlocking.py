"""The passphrase: asked for once, on the screen, or read from standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from voiceguide.cli.plain import warn

_Command = TypeVar("_Command", bound=Callable[..., Any])

_TRIES = 3
_LONGEST = 4096
"""Bytes of a passphrase."""


def passphrase_option(command: _Command) -> _Command:
    """--passphrase-stdin; the command is given what it tells as ``passphrase_stdin``."""
    return click.option(
        "--passphrase-stdin",
        is_flag=True,
        help="Read the passphrase of `voiceguide lock` from the first line of standard input, instead of asking.",
    )(command)


def unlock(passphrase_stdin: bool, session_id: str | None = None) -> None:
    """Make what is saved readable, where it is locked: all, or the session that is meant.

    Raises LockedError for a wrong passphrase.
    """
    from voiceguide.errors import LockedError

    if not offer_unlock(passphrase_stdin, "Passphrase", session_id):
        if has_terminal():
            raise LockedError("What is saved is locked: without the passphrase it cannot be read.")
        raise LockedError.without_passphrase()


def offer_unlock(
    passphrase_stdin: bool, question: str, session_id: str | None = None, *, give_up: bool = False
) -> bool:
    """Ask for the passphrase, if it is needed; False where it is not given, and nothing can be read then.

    Raises LockedError for a wrong one (on the screen: three, where they do not ``give_up`` then), and RecordError where
    the lock is gone.
    """
    from voiceguide.errors import LockedError
    from voiceguide.paths import sessions_dir
    from voiceguide.record.store import any_sealed, lock_of

    lock = lock_of(sessions_dir())
    given = line() if passphrase_stdin else None
    if lock.exists and given is not None:
        lock.unlock(given)
        return True
    if not lock.exists or not any_sealed(sessions_dir(), session_id) or lock.unlocked:
        return True
    if not has_terminal():
        return False

    def once() -> str:
        if typed := ask(question):
            lock.unlock(typed)
        return typed

    try:
        return bool(asked_again(once))
    except LockedError as error:
        if not give_up:
            raise
        warn(str(error))
        return False


def asked_again(once: Callable[[], str]) -> str:
    """What ``once`` asks for on the screen; after a mistake up to three times.

    Whoever is sent back to the shell for one types the next passphrase there, where it is seen and kept. Raises
    LockedError for the last mistake.
    """
    from voiceguide.errors import LockedError

    for _ in range(_TRIES - 1):
        try:
            return once()
        except LockedError as error:
            if not has_terminal():
                raise
            warn(str(error))
    return once()


def has_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> str:
    """What is typed, unseen; empty for nothing, or Ctrl-D. Raises LockedError for bytes that are no text."""
    from getpass import getpass

    from voiceguide.cli.interrupting import interruptible
    from voiceguide.errors import LockedError

    with interruptible("nothing was changed."):  # an exception, so that the terminal shows again what is typed
        try:
            return getpass(f"{question}: ", stream=sys.stderr)
        except EOFError:
            click.echo(err=True)
            return ""
        except UnicodeDecodeError:
            raise LockedError("What was typed holds bytes that are no text: type it again.") from None


def line() -> str:
    """The next line of standard input, and no byte more: the rest may be answers. Raises LockedError."""
    from voiceguide.errors import LockedError

    if sys.stdin.isatty():
        raise LockedError(
            "The passphrase would be seen on the screen: leave out --passphrase-stdin, and you are asked."
        )
    read = b""
    while len(read) <= _LONGEST and (byte := os.read(0, 1)) not in (b"", b"\n"):
        read += byte
    if not read:
        raise LockedError("Standard input holds no passphrase: write it there as one line.")
    if len(read) > _LONGEST:
        raise LockedError(f"The first line of standard input has more than {_LONGEST} bytes: that is no passphrase.")
    return read.decode("utf-8", "surrogateescape").removesuffix("\r")
