"""Stored words on their way to people: they cannot steer a terminal, a page or a reader's eye."""

from __future__ import annotations

import unicodedata

_SPACES = dict.fromkeys(map(ord, "\t\n\r\v\f\x85\u2028\u2029"), " ")
TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the direction of writing, so that a line reads otherwise than it is."""


def clean(text: str) -> str:
    """``text`` as one line that cannot steer a terminal: control, direction and lone half characters become U+FFFD."""
    if text.isprintable():  # nearly all of it is
        return text
    spaced = text.translate(_SPACES)
    return "".join("\N{REPLACEMENT CHARACTER}" if _steers(char) else char for char in spaced)


def _steers(char: str) -> bool:
    return char in TURNS or unicodedata.category(char) in ("Cc", "Cs")
