"""``voiceguide correct`` and ``voiceguide rename``: what was misheard in a session, and what it is called."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import click

from voiceguide.cli.options import names_option, session_argument
from voiceguide.cli.plain import clean, say
from voiceguide.cli.unlocking import passphrase_option, unlock

if TYPE_CHECKING:
    from voiceguide.record.correcting import Desk

_AT_ONCE = 1.0
"""Seconds in which nobody reads a text, changes it and closes the editor."""


@click.command()
@session_argument
@passphrase_option
def correct(session_id: str | None, passphrase_stdin: bool) -> None:
    """Mend the words of a session in your editor, the one that VISUAL or EDITOR names.

    The session is the newest one, or the one whose id contains ID. The words as they were heard first stay in the
    record beside yours; the recordings are not touched. The text lies in the session's private folder while you edit,
    that of a locked session in memory, until you log out. It is removed afterwards, but your editor may keep a copy of
    its own. If a line cannot be used, nothing is changed and what you typed is kept: the same command goes on with it.

    \b
    Examples:
      voiceguide correct
      EDITOR=nano voiceguide correct 20261122
    """
    from voiceguide.errors import RecordError
    from voiceguide.paths import sessions_dir
    from voiceguide.record import archive, read
    from voiceguide.record.correcting import CorrectionError, Desk
    from voiceguide.record.transcript import Transcript

    editor = _editor()
    unlock(passphrase_stdin, session_id)
    folder = archive.find(sessions_dir(), session_id)
    Transcript.open(folder).close()  # a session that goes on elsewhere is better refused before anything is typed
    desk = Desk(read(folder))
    try:
        if desk.goes_on:
            say("Going on with what you typed the last time; to begin anew, remove every line.")
        if _came_back_at_once(partial(_edit, desk, editor)) and desk.untouched:
            say(
                "Your editor came back at once, so nothing was changed yet. If it is still open, save there, and "
                f"`voiceguide correct {clean(folder.name)}` goes on with it. Better make it wait: EDITOR='code -w'."
            )
            return
        try:
            _correct(desk)
        except CorrectionError as error:
            again = f"voiceguide correct {folder.name}"
            raise CorrectionError(f"{error} Nothing was changed, and what you typed is kept: `{again}`.") from None
        except RecordError as error:
            if desk.path.is_file():
                say(f"What you typed is kept; `voiceguide correct {clean(folder.name)}` goes on with it.")
            raise error
    finally:
        desk.close()


def _correct(desk: Desk) -> None:
    from voiceguide.record.correcting import apply

    wanted = desk.corrections()
    done, left = apply(desk.session, wanted) if wanted else ([], [])
    desk.clear()
    for id_ in left:
        say(f"[{id_}] was changed or taken off the record meanwhile: it stays as it is.")
    if done:
        say(f"{len(done)} utterance{'s' * (len(done) > 1)} mended, the first words are kept beside them.")
    else:
        say("Nothing was changed.")


def _came_back_at_once(edit: Callable[[], None]) -> bool:
    """Whether nobody can have typed anything meanwhile: some editors go on in a window of their own."""
    began = time.monotonic()
    edit()
    return time.monotonic() - began < _AT_ONCE


def _editor() -> str | None:
    """The editor that the user has chosen; None for the system's own. Raises VoiceguideError without a terminal."""
    from voiceguide.errors import VoiceguideError

    chosen = next((name for key in ("VISUAL", "EDITOR") if (name := os.environ.get(key, "").strip())), None)
    if chosen is None and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise VoiceguideError("There is no terminal for an editor: run it in one, or name an editor with EDITOR.")
    return chosen


def _edit(desk: Desk, editor: str | None) -> None:
    """Let the user edit. Raises VoiceguideError when the editor fails; what it saved before stays on the desk."""
    from voiceguide.errors import VoiceguideError

    try:
        click.edit(filename=str(desk.path), editor=editor)
    except (click.ClickException, OSError, ValueError) as error:  # ValueError: quotes in EDITOR that do not close
        if desk.untouched or not desk.path.is_file():
            desk.clear()
        why = error.message if isinstance(error, click.ClickException) else str(error)
        raise VoiceguideError(
            f"The editor did not end well ({clean(why)[:200]}), so nothing was changed: name another with EDITOR, "
            "or run the command again."
        ) from None


@click.command()
@session_argument
@names_option
@click.option("--title", metavar="TITLE", help="What the session is called, 80 characters at most.")
@passphrase_option
def rename(session_id: str | None, names: tuple[str, str] | None, title: str | None, passphrase_stdin: bool) -> None:
    """Change the names of the two in a session, or its title.

    The session is the newest one, or the one whose id contains ID; its id stays. The first name is whose answers came
    as the first partner's: to exchange the two, give them the other way round. What the guide says in this session
    follows; what you said stays as it was said, and the record keeps what was before.

    \b
    Examples:
      voiceguide rename --names Anna,Ben
      voiceguide rename 20261122 --title "The evening by the lake"
    """
    from datetime import datetime

    from voiceguide.paths import sessions_dir
    from voiceguide.record import archive
    from voiceguide.record.renaming import clean_title
    from voiceguide.record.transcript import Transcript

    if names is None and title is None:
        raise click.UsageError("Say what to change: --names A,B or --title TITLE.")
    tidy = None if title is None else clean_title(title)
    unlock(passphrase_stdin, session_id)
    transcript = Transcript.open(archive.find(sessions_dir(), session_id))
    try:
        header = transcript.header
        now = (names or header.names, header.title if tidy is None else tidy)
        before = (header.names, header.title)
        if now == before:
            say(f"Nothing was changed: it is {_called(*before)} already.")
            return
        transcript.rename(*now, datetime.now().astimezone())
    finally:
        transcript.close()
    say(f"Renamed: {_called(*now)}; before: {_called(*before)}.")


def _called(names: tuple[str, str], title: str) -> str:
    return f'"{clean(title)}" of {" and ".join(map(clean, names))}'
