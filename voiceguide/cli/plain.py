"""Text on its way to a terminal: no terminal is too plain to print it, and none breaks it in mid-word."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Sequence
from typing import IO, Any

import click

from voiceguide.cleaning import clean

__all__ = ["clean", "confirmed", "fitted", "say", "say_json", "show_paged", "warn", "width"]

_WORD = re.compile(r" *(?:(?<=: )voiceguide(?: [^ `,;(]*[^ `,;(.])+|(?:`[^`]*`|[^ `]|`)+)")
"""A word with the blanks before it; a command after a colon or in backquotes stays whole, for it may be copied."""

_PAGER = r"Ps space\: next page   b\: back   q\: leave$"
"""What `less` asks for at the bottom, which else is a bare colon."""


def say(text: str = "", hang: int = 0, err: bool = False) -> None:
    """Print text: what the terminal's encoding lacks as ``?``, colours only where they are wanted.

    A terminal gets it broken between words, the further lines ``hang`` blanks further in.
    """
    stream = sys.stderr if err else sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    shown = fitted(text, hang, stream).encode(encoding, "replace").decode(encoding)
    click.echo(shown, err=err, color=False if os.environ.get("NO_COLOR") else None)


def say_json(value: Any, ascii_only: bool = True) -> None:
    """Print what programs read: its lines stay whole."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    text = json.dumps(value, indent=2, ensure_ascii=ascii_only)
    click.echo(text.encode(encoding, "replace").decode(encoding))


def show_paged(lines: Sequence[str], hang: int = 0) -> None:
    """Print lines, through the pager where people look at a terminal that cannot hold them.

    Not on Windows: there it would be handed a temporary file, and what was said may be locked everywhere else.
    """
    shown = [fitted(text, hang, sys.stdout) for text in lines]
    long = sum(text.count("\n") + 1 for text in shown) >= shutil.get_terminal_size().lines
    if long and sys.stdout.isatty() and sys.platform != "win32":
        os.environ.setdefault("LESS", f"-R{_PAGER}")
        if (sys.stdout.encoding or "").lower() == "utf-8":  # where the locale is none, less takes letters for bytes
            os.environ.setdefault("LESSCHARSET", "utf-8")
        os.environ |= {"LESSSECURE": "1", "LESSHISTFILE": "-"}  # else one key writes what was said to a file
        click.echo_via_pager("\n".join(shown) + "\n", color=False if os.environ.get("NO_COLOR") else None)
        return
    for text in shown:
        say(text)


def warn(text: str) -> None:
    """Print a line on standard error."""
    say(f"voiceguide: {clean(text)}", err=True)


def confirmed(question: str, default: bool = False) -> bool:
    """Whether somebody says yes; Enter alone is ``default``. Raises click.Abort where nobody says anything."""
    while True:
        typed = click.prompt(f"{question} [{'Y/n' if default else 'y/N'}]", default="", show_default=False)
        answer = {"": default, "y": True, "yes": True, "n": False, "no": False}.get(typed.strip().lower())
        if answer is not None:
            return answer
        say("Type y for yes or n for no, and Enter.")


def fitted(text: str, hang: int, stream: IO[str]) -> str:
    """The text as a terminal's columns hold it; as it was where it goes elsewhere."""
    if stream is None or not stream.isatty():
        return text
    columns = max(20, shutil.get_terminal_size().columns - 1)
    return "\n".join(
        line if line.isascii() and len(line) <= columns else _broken(line, hang, columns) for line in text.split("\n")
    )


def width(text: str) -> int:
    """The columns it takes: two for a wide character, none for a mark on the letter before."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # only here: most lines are plain

    return cell_len(text)


def _broken(line: str, hang: int, columns: int) -> str:
    margin = " " * (len(line) - len(line.lstrip(" ")) + hang)
    lines, filled = [""], 0
    for word in _WORD.findall(line):
        wide = width(click.unstyle(word))
        if filled and filled + wide > columns and word.startswith(" "):
            lines.append(margin)
            word = word.lstrip(" ")
            filled, wide = len(margin), width(click.unstyle(word))
        lines[-1] += word
        filled += wide
    return "\n".join(lines)
