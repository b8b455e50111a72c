"""Text on its way to a terminal: stored words cannot steer it, and no terminal is too plain to print them."""

from __future__ import annotations

import os
import sys
import unicodedata

import click

_SPACES = dict.fromkeys(map(ord, "\t\n\r\v\f\x85\u2028\u2029"), " ")
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the direction of writing, so that a line reads otherwise than it is."""


def clean(text: str) -> str:
    """``text`` as one line that cannot steer a terminal: control, direction and lone half characters become U+FFFD."""
    spaced = text.translate(_SPACES)
    return "".join("\N{REPLACEMENT CHARACTER}" if _steers(char) else char for char in spaced)


def say(text: str = "") -> None:
    """Print a line: what the terminal's encoding lacks as ``?``, colours only where they are wanted."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    shown = text.encode(encoding, "replace").decode(encoding)
    click.echo(shown, color=False if os.environ.get("NO_COLOR") else None)


def _steers(char: str) -> bool:
    return char in _TURNS or unicodedata.category(char) in ("Cc", "Cs")
