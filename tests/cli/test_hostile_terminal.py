"""The installed command on hostile words and arguments, on a real terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.hostile import TRICKS
from tests.support.records import bare_session
from voiceguide.session.events import Utterance, to_fields

ORDERS = ("\x1b]0;", "\x1b]8;", "\x1b[31mred", "\x9b", "\x9d", "\x90", "\x07", "\b", "over\r", "\u202e", "\u2066")
"""What in the hostile words would be an order to a terminal, and no colour or movement of ours."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one session, in which everything is hostile that can be."""
    lines = [
        {"t": 1 + number, **to_fields(Utterance(number, "a", f"wombat {trick}", None, number, 0.5, place=2))}
        for number, trick in enumerate(TRICKS, 1)
    ]
    names = ("Mia\x1b]0;x\x07", "Z\u202eoe\x9b31m")
    bare_session(tmp_path / "data" / "sessions", "x-tobiku", *lines, names=names, title=f"T {TRICKS[3]}")
    return tmp_path


@pytest.mark.full
@pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix terminal")
@pytest.mark.parametrize(
    "args",
    [
        ("show",),
        ("sessions",),
        ("search", "wombat", "--all"),
        ("replay", "--speaker", "none"),
        ("delete", "tobiku", "--turns", "1"),
        ("show", "\x1b]0;x\x07"),
        ("show", "x", "\x1b]0;x\x07"),
    ],
    ids=" ".join,
)
def test_nothing_orders_a_terminal_about(home: Path, args: tuple[str, ...]) -> None:
    from tests.support.terminal import terminal

    with terminal(home, *args, rows=1_000, columns=200) as screen:
        if args[0] == "delete":
            screen.until("Delete it?")
            screen.press("n\n")
        screen.finish()
        written = screen.written
    assert len(written) > 20
    assert [order for order in ORDERS if order in written] == []
