"""``voiceguide delete``: a session, or turns of it, for good."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voiceguide.cli.completion import offering, session_ids
from voiceguide.cli.plain import clean, confirmed, say, warn
from voiceguide.cli.unlocking import offer_unlock, passphrase_option, unlock

if TYPE_CHECKING:
    from voiceguide.record import Session
    from voiceguide.record.agreements import Agreement
    from voiceguide.record.replay import Item

_FIRST_WORDS = 60
_WRAP = textwrap.TextWrapper(
    78, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
)
"""Paths stay whole."""


@click.command()
@click.argument("session_id", metavar="ID", shell_complete=offering(session_ids))
@click.option("--turns", metavar="3,5-7", help="Only these turns, by the numbers that `voiceguide show` prints.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@passphrase_option
def delete(session_id: str, turns: str | None, yes: bool, passphrase_stdin: bool) -> None:
    """Delete a session, or turns of it, for good: words and recordings.

    ID is a session's id or a unique part of it. It tells what goes, and asks. That a turn was there stays visible, so
    that the session still makes sense; of a whole session nothing stays. A locked session can be deleted without the
    passphrase, too, but its turns cannot.

    What is beyond it: copies you made (exports, backups, synced folders), and what a disk keeps of deleted files. Only
    an encrypted disk helps against the latter.

    \b
    Examples:
      voiceguide delete 20261122
      voiceguide delete 20261122 --turns 3,5-7
    """
    from voiceguide.paths import sessions_dir
    from voiceguide.record import archive
    from voiceguide.record.deleting import sweep

    # What a crash left was confirmed then; its id is in no list any more, so nothing else would remove it.
    for path in sweep(sessions_dir()):
        warn(f"The rest of a deleted session cannot be removed: delete {path} yourself.")
    if turns is None:
        offer_unlock(passphrase_stdin, "Passphrase (Enter: delete it unread)", session_id)
    else:
        unlock(passphrase_stdin, session_id)
    folder = archive.find(sessions_dir(), session_id)
    if turns is None:
        _delete_session(folder, yes)
    else:
        _delete_turns(folder, turns, yes)


# -- a session ---------------------------------------------------------------------------------------------------


def _delete_session(folder: Path, yes: bool) -> None:
    from voiceguide.record.deleting import delete_session

    say("This deletes for good:")
    _list(_whole(folder))
    say("This cannot be undone.")
    if _sure(yes):
        delete_session(folder)
        say(f"{clean(folder.name)} is gone, from every list and from this folder.")


def _whole(folder: Path) -> Iterable[str]:
    """What a session holds; of one that cannot be read what is known."""
    from voiceguide.errors import LockedError, RecordError
    from voiceguide.record import read
    from voiceguide.record.deleting import held, size
    from voiceguide.record.replay import turns
    from voiceguide.record.story import heading

    if folder.is_symlink():
        yield f"{clean(folder.name)}: a link; what it leads to stays"
        return
    try:
        session = read(folder)
    except LockedError:
        yield f"{clean(str(folder))}: {_bytes(size(folder))}; it is locked"
        return
    except RecordError as error:
        yield f"{clean(str(folder))}: {_bytes(size(folder))}; it cannot be read"
        yield f"({clean(str(error))})"
        return
    yield from heading(session, session.seconds)
    told = [said for said in turns(session).values() if any(item.told for item in said)]
    yield f"{_count(len(told), 'turn')}, {_count(_recordings(session), 'recording')}"
    yield from map(_agreement, held(folder))


def _recordings(session: Session) -> int:
    from voiceguide.durable import explained
    from voiceguide.lock import SUFFIX

    audio = session.folder / "audio"
    with explained("look into", audio):  # it may be deleted by another voiceguide meanwhile
        if not audio.is_dir():
            return 0
        # While a session is being locked each may be there twice.
        return len({path.name.removesuffix(SUFFIX) for path in audio.iterdir() if path.is_file()})


def _bytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else _count(size, "byte")


# -- turns -------------------------------------------------------------------------------------------------------


def _delete_turns(folder: Path, wanted: str, yes: bool) -> None:
    from voiceguide.record import read
    from voiceguide.record.deleting import chosen_turns, held, standing_in
    from voiceguide.record.replay import turns
    from voiceguide.record.transcript import Transcript

    # Completes what a crash interrupted: turns that were taken off the record may still have their sounds.
    Transcript.open(folder).close()
    session = read(folder)
    known = turns(session)
    chosen = chosen_turns(wanted, known)
    items = [item for number in chosen for item in known[number]]
    say(f"This takes off the record of {clean(folder.name)}, for good:")
    _list(_turn(number, known[number]) for number in chosen)
    _list(map(_agreement, standing_in(items, held(folder))))
    say("This cannot be undone.")
    if not _sure(yes):
        return
    transcript = Transcript.open(folder)
    try:
        transcript.strike({item.id for item in items})
    finally:
        transcript.close()
    *others, last = map(str, chosen)
    which = f"turns {', '.join(others)} and {last}" if others else f"turn {last}"
    say(f"The words and recordings of {which} are gone; that they were there stays visible.")


def _turn(number: int, items: Sequence[Item]) -> str:
    from voiceguide.record.story import clock

    words = textwrap.shorten(clean(" ".join(item.text for item in items if item.text)), _FIRST_WORDS, placeholder="…")
    recordings = sum(item.audio is not None for item in items)
    what = f'"{words}"' if words else "no words"
    return f"{clean(items[0].name)} ({number}, {clock(items[0].start)}): {what}, {_count(recordings, 'recording')}"


# -- both --------------------------------------------------------------------------------------------------------


def _agreement(agreement: Agreement) -> str:
    return f"an agreement that holds: {clean(agreement.who)}: {clean(agreement.words)}"


def _list(lines: Iterable[str]) -> None:
    for line in lines:
        say(_WRAP.fill(line))


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _sure(yes: bool) -> bool:
    """Whether to go on. Raises VoiceguideError where nobody can be asked."""
    from voiceguide.errors import VoiceguideError

    if yes:
        return True
    if not sys.stdin.isatty():
        raise VoiceguideError("Nothing was deleted: there is no terminal to ask in, so say --yes if you are sure.")
    sure = confirmed("Delete it?")
    if not sure:
        say("Nothing was deleted.")
    return sure
