"""``voiceguide sessions`` and ``voiceguide show``: which sessions are there, and what was said in one."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import click

from voiceguide.cli.options import session_argument
from voiceguide.cli.plain import clean, say, say_json, show_paged, width
from voiceguide.cli.unlocking import offer_unlock, passphrase_option, unlock
from voiceguide.session.phrases import DOUBT, DOUBT_MEANS

if TYPE_CHECKING:  # the record is read only when it is asked for
    from voiceguide.record import Session
    from voiceguide.record.archive import Summary


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects with id, title, names, state …")
@passphrase_option
def sessions(as_json: bool, passphrase_stdin: bool) -> None:
    """List the saved sessions, the newest first; the first column is what names one in other commands.

    Where they are locked it asks for the passphrase; without it you see only when they were, and of which exercise.

    \b
    Examples:
      voiceguide sessions
      voiceguide sessions --json
    """
    from voiceguide.paths import sessions_dir
    from voiceguide.record import archive

    offer_unlock(passphrase_stdin, "Passphrase (Enter: list them without)")
    found = archive.sessions(sessions_dir())
    if as_json:
        say_json([summary.to_fields() for summary in found])
        return
    if not found:
        say("There are no saved sessions yet. Begin one with: voiceguide start")
        return
    real = [s for s in found if s.problem is None and not s.simulated]
    simulated = [s for s in found if s.problem is None and s.simulated]
    locked = [s for s in found if s.locked]
    problems = _problems(s for s in found if s.problem and not s.locked)
    blocks = [_rows("", real), _rows("Simulated:", simulated), _locked(locked), problems, _next(real or simulated)]
    show_paged(["\n\n".join(block for block in blocks if block)])


@click.command()
@session_argument
@passphrase_option
def show(session_id: str | None, passphrase_stdin: bool) -> None:
    """Show what was said in a session: the newest one, or the one whose id contains ID.

    \b
    Examples:
      voiceguide show
      voiceguide show 20261122
    """
    from voiceguide.paths import sessions_dir
    from voiceguide.record import archive, read
    from voiceguide.record.replay import items
    from voiceguide.record.story import heading, story

    unlock(passphrase_stdin, session_id)
    session = read(archive.find(sessions_dir(), session_id))
    title, *rest = heading(session, session.seconds)
    lines = [click.style(title, bold=True), *rest]
    for line in story(items(session, everything=True), session.header):
        who, colon, words = line.partition("): ")  # nothing is dimmed: that is hard to read on many a screen
        by_partner = colon and not line.startswith(("Guide: ", "\n"))
        lines.append(click.style(who + colon, bold=True) + words if by_partner else line)
    show_paged([*lines, *_ending(session)])


# -- sessions ----------------------------------------------------------------------------------------------------


def _rows(heading: str, summaries: list[Summary]) -> str:
    """A block of the list, aligned; empty when there is nothing in it."""
    from voiceguide.record.archive import nicknames
    from voiceguide.record.story import clock, date

    if not summaries:
        return ""
    lines = [heading] if heading else []
    more = max(0, min(shutil.get_terminal_size().columns, 120) - 80) // 2 if sys.stdout.isatty() else 0
    rows = [
        (
            nickname,
            date(s.started),
            shortened(s.title, 16 + more),
            shortened(" and ".join(s.names), 13 + more),
            clock(s.seconds),
            s.state,
        )
        for s, nickname in zip(summaries, nicknames(summaries), strict=True)
    ]
    widths = [max(width(row[column]) for row in rows) for column in range(4)]
    for *cells, length, state in rows:
        shown = "  ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(cells, widths, strict=True))
        lines.append(f"{shown}  {length:>7}  {state}")
    return "\n".join(lines)


def _next(summaries: list[Summary]) -> str:
    """What can be done with the newest of them."""
    from voiceguide.record.archive import nicknames

    if not summaries:
        return ""
    newest = nicknames(summaries)[0]
    return f"Read one: voiceguide show {newest}\nHear it:  voiceguide replay {newest}"


def _locked(summaries: list[Summary]) -> str:
    """The sessions that need the passphrase: their ids tell day and exercise."""
    return "\n".join(["Locked:", *(clean(s.id) for s in summaries)]) if summaries else ""


@lru_cache(1024)  # the same titles and names, thousands of times
def shortened(text: str, columns: int) -> str:
    """A cell of a table: one line of at most ``columns``."""
    line = " ".join(clean(text[:200]).split())
    if width(line) <= columns:
        return line
    while width(line) >= columns:
        line = line[:-1]
    return line.rstrip() + "…"


def _problems(summaries: Iterator[Summary]) -> str:
    """The sessions that cannot be used, each with the reason."""
    lines = [f"{clean(s.id)}: {clean(s.problem or '')}" for s in summaries]
    return "\n".join(["Cannot be used:", *lines]) if lines else ""


# -- show --------------------------------------------------------------------------------------------------------


def _ending(session: Session) -> Iterator[str]:
    """How it ended, and what is wrong with the record."""
    if session.ended == "completed":
        yield f"\nCompleted; `voiceguide replay {clean(session.folder.name)}` plays it again."
    else:
        how = "Stopped" if session.ended else "Interrupted"
        command = "demo" if session.header.simulated else "start"
        yield f"\n{how}; it goes on with: voiceguide {command} --resume {clean(session.folder.name)}"
    if any(stored.doubtful for stored in session.utterances):
        yield f"{DOUBT} means: {DOUBT_MEANS}"
    if session.torn:
        yield "The last line of the record is torn and was left out; resuming mends it."
    if session.lost_sounds:
        count = len(session.lost_sounds)
        yield f"{count} recording{'s have' if count > 1 else ' has'} no words yet; resuming recognises them."
