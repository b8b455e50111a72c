"""``voiceguide sessions`` and ``voiceguide show``: which sessions are there, and what was said in one."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from voiceguide.cli.plain import clean, say
from voiceguide.exercise import Partner, name_of
from voiceguide.phrases import DOUBT, DOUBT_MEANS

if TYPE_CHECKING:  # the record is read only when it is asked for
    from voiceguide.archive import Summary
    from voiceguide.record import Session, StoredUtterance

_WIDTH = 79


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects with id, title, names, state …")
def sessions(as_json: bool) -> None:
    """List the saved sessions, the newest first.

    \b
    Examples:
      voiceguide sessions
      voiceguide sessions --json
    """
    from voiceguide import archive
    from voiceguide.paths import sessions_dir

    found = archive.sessions(sessions_dir())
    if as_json:
        say(json.dumps([summary.to_fields() for summary in found], indent=2))
        return
    if not found:
        say("There are no saved sessions yet. Begin one with: voiceguide start")
        return
    real = [s for s in found if s.problem is None and not s.simulated]
    simulated = [s for s in found if s.problem is None and s.simulated]
    blocks = [_rows("", real), _rows("Simulated:", simulated), _problems(s for s in found if s.problem)]
    say("\n\n".join(block for block in blocks if block))


@click.command()
@click.argument("session_id", metavar="[ID]", required=False)
def show(session_id: str | None) -> None:
    """Show what was said in a session: the newest one, or the one whose id contains ID.

    \b
    Examples:
      voiceguide show
      voiceguide show 20261122
    """
    from voiceguide import archive
    from voiceguide.paths import sessions_dir
    from voiceguide.record import read

    session = read(archive.find(sessions_dir(), session_id))
    for line in _heading(session):
        say(line)
    for line in _story(session):
        say(line)
    for line in _ending(session):
        say(line)


# -- sessions ----------------------------------------------------------------------------------------------------


def _rows(heading: str, summaries: list[Summary]) -> str:
    """A block of the list, aligned; empty when there is nothing in it."""
    if not summaries:
        return ""
    width = max(len(clean(s.id)) for s in summaries)
    lines = [heading] if heading else []
    for s in summaries:
        names = textwrap.shorten(clean(" and ".join(s.names)), 30, placeholder="…")
        lines.append(f"{clean(s.id):<{width}}  {s.state:<11}  {_length(s.seconds):>6}  {names}".rstrip())
    return "\n".join(lines)


def _problems(summaries: Iterator[Summary]) -> str:
    """The sessions that cannot be used, each with the reason."""
    lines = [f"{clean(s.id)}: {clean(s.problem or '')}" for s in summaries]
    return "\n".join(["Cannot be used:", *lines]) if lines else ""


def _length(seconds: float) -> str:
    """A length of time as ``m:ss``."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


# -- show --------------------------------------------------------------------------------------------------------


def _heading(session: Session) -> Iterator[str]:
    header = session.header
    a, b = map(clean, header.names)
    yield click.style(clean(header.title), bold=True) + (" (simulated)" if header.simulated else "")
    yield f"{a} and {b}, {_date(header.started)}, {_length(session.seconds)}"
    yield clean(header.id)


def _date(started: str) -> str:
    """A stored date for people, as it was on their clock; as stored when it is none."""
    try:
        return f"{datetime.fromisoformat(started):%Y-%m-%d %H:%M}"
    except ValueError:
        return clean(started)


def _story(session: Session) -> Iterator[str]:
    """The transcript: a heading per step, the guide's lines, then each turn's words as one paragraph."""
    from voiceguide.events import PromptEnded, SoundKept
    from voiceguide.replay import moments

    last = max(step.place for step in session.header.steps)
    place = 0
    speaker: Partner | None = None
    words = list[str]()
    for _, moment in moments(session):
        said = moment.utterance if not isinstance(moment, PromptEnded | SoundKept) else moment
        by = None if isinstance(said, PromptEnded) else said.partner
        if by != speaker or said.place not in (0, place):
            yield from _turn(session, speaker, words)
            speaker, words = by, []
        if said.place not in (0, place):
            place = said.place
            yield f"\nStep {place} of {last}"
        if isinstance(moment, PromptEnded):
            yield from [click.style(_paragraph(f"Guide: {clean(moment.text)}"), dim=True)] if moment.text else []
        else:
            words.append(
                "[a recording without words yet]" if isinstance(moment, SoundKept) else _words(session, moment)
            )
    yield from _turn(session, speaker, words)


def _turn(session: Session, speaker: Partner | None, words: list[str]) -> Iterator[str]:
    """The paragraph of one turn; none for the guide's, whose lines stand alone."""
    if speaker and any(words):
        name = clean(name_of(speaker, session.header.names))
        yield _paragraph(f"{name}: {' '.join(filter(None, words))}")


def _words(session: Session, stored: StoredUtterance) -> str:
    """An utterance's words with their marks: doubtful, amended by one of the two, struck, the command in it."""
    said, amended = stored.utterance, stored.amended
    if said.struck:
        return "[taken off the record]"
    parts = [clean(stored.answer)]
    if stored.doubtful:
        parts.append(DOUBT)
    if amended is not None and amended.by in session.header.names:  # what a recogniser has bettered needs no mark
        parts.append(f'[amended by {clean(amended.by)}; heard first: "{clean(said.answer)}"]')
    if said.command is not None:
        parts.append(f"[{said.command}]")
    return " ".join(part for part in parts if part)


def _paragraph(text: str) -> str:
    return textwrap.fill(text, _WIDTH, subsequent_indent="  ")


def _ending(session: Session) -> Iterator[str]:
    """How it ended, and what is wrong with the record."""
    if session.ended == "completed":
        yield "\nCompleted."
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
