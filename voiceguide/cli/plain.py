"""Text on its way to a terminal: no terminal is too plain to print it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence

import click

from voiceguide.cleaning import clean

__all__ = ["clean", "say", "show_paged", "warn"]


def say(text: str = "") -> None:
    """Print a line: what the terminal's encoding lacks as ``?``, colours only where they are wanted."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    shown = text.encode(encoding, "replace").decode(encoding)
    click.echo(shown, color=False if os.environ.get("NO_COLOR") else None)


def show_paged(lines: Sequence[str]) -> None:
    """Print lines, through the pager where people look at a terminal that cannot hold them.

    Not on Windows: there it would be handed a temporary file, and what was said may be locked everywhere else.
    """
    long = sum(text.count("\n") + 1 for text in lines) >= shutil.get_terminal_size().lines
    if long and sys.stdout.isatty() and sys.platform != "win32":
        click.echo_via_pager("\n".join(lines) + "\n", color=False if os.environ.get("NO_COLOR") else None)
        return
    for line in lines:
        say(line)


def warn(text: str) -> None:
    """Print a line on standard error."""
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    click.echo(f"voiceguide: {clean(text)}".encode(encoding, "replace").decode(encoding), err=True)
