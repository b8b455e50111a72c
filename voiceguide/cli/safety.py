"""The safety page on the screen: each reads it alone, and can leave without a trace."""

from __future__ import annotations

import shutil
import signal
import textwrap
from collections.abc import Iterator
from datetime import date

import click

from voiceguide import care
from voiceguide.cli.plain import say
from voiceguide.cli.screen import is_terminal

_GO_ON, _LEAVE = "Enter: go on", "q: clear the screen and leave"

_FIRST = """\
First a page that each of you reads alone, in silence.

Please let one of you look at the screen now, and the other look away.
"""
_SECOND = """\
Thank you. Now the other one, alone.
"""
_ALONE = """\
First a page for you to read, in silence.
"""


def show_safety_page(alone: bool = False) -> None:
    """Before the first session: show the page to each, or to the one who is ``alone``.

    Whoever leaves ends the program with nothing on the screen and nothing stored. Where no terminal is, nobody
    may see it: it is printed, and comes again.
    """
    if care.page_was_shown():
        return
    if is_terminal():
        for opening in [_ALONE] if alone else [_FIRST, _SECOND]:
            if not _read(opening):
                raise click.exceptions.Exit(0)
        if not alone:  # who does an exercise alone may have one beside them another day, who has read nothing yet
            care.note_page_shown(date.today())
    else:
        say(f"{care.safety_page()}\n")


def _read(opening: str) -> bool:
    """Show ``opening``, then the page; False when they leave."""
    from rich.console import Console
    from rich.text import Text

    from voiceguide.keyboard import single_keys, wait_for_key

    console = Console(highlight=False, markup=False, emoji=False)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        # On a screen of its own, so that nothing stays above the prompt to scroll back to.
        with single_keys(), console.screen(hide_cursor=True) as screen:
            for text in (opening, care.safety_page()):
                for part in _screenfuls(text):
                    screen.update(Text(part))
                    if wait_for_key("\nq") == "q":
                        return False
    except KeyboardInterrupt:  # their way of leaving: it says nothing, either
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return True


def _screenfuls(text: str) -> Iterator[str]:
    """The text as it fits the terminal, with the keys below each part."""
    columns, rows = shutil.get_terminal_size()
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, max(20, columns - 1)) or [""]]
    keys = textwrap.wrap(f"{_GO_ON}     {_LEAVE}", max(20, columns - 1))
    room = max(3, rows - len(keys) - 1)
    for at in range(0, len(lines), room):
        yield "\n".join([*lines[at : at + room], "", *keys])
