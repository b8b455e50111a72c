"""``voiceguide export`` and ``voiceguide open``: a saved session as a file, and as a page in the browser."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voiceguide.cli.options import partner_of, partner_option, prompts_of, prompts_option, session_argument
from voiceguide.cli.plain import clean, say, warn
from voiceguide.cli.unlocking import passphrase_option, unlock

if TYPE_CHECKING:
    from voiceguide.export.edition import Edition
    from voiceguide.sound import Sound
    from voiceguide.speaking import Narrator

_FORMATS = ("md", "html", "txt", "json", "vtt", "srt", "wav", "flac", "mp3", "zip")


@click.command()
@session_argument
@click.option("--to", "to", type=click.Choice(_FORMATS), required=True, help="The format to write.")
@click.option(
    "-o", "--output", metavar="PATH", help="The file to write, - for standard output; by default ID.FORMAT, here."
)
@partner_option
@prompts_option
@passphrase_option
def export(
    session_id: str | None, to: str, output: str | None, partner: str | None, prompts: str, passphrase_stdin: bool
) -> None:
    """Write a saved session as a file that other programs read; by default the newest one.

    \b
    md, txt            to read
    html               one page with the sound in it, for any browser, offline
    json, vtt, srt     transcripts and captions, in time with the sound files;
                       the chapters of vtt come in a second file
    wav, flac, mp3     the conversation to hear
    zip                the session whole, as it is stored

    The file leaves voiceguide's private folder: whoever gets it can read or hear it. What was taken off the record is
    in none of them. --partner and --prompts mean nothing to zip.

    \b
    Examples:
      voiceguide export --to md
      voiceguide export 20261122 --to mp3 -o our-talk.mp3 --prompts short
      voiceguide export --to srt -o - | less
    """
    from voiceguide.export import export as write
    from voiceguide.export import export_to, refuse_existing

    unlock(passphrase_stdin, session_id)
    with edition_of(session_id, partner, prompts) as edition:
        if output == "-":
            if to in ("wav", "flac", "mp3", "zip") and sys.stdout.isatty():
                raise click.BadParameter("a terminal cannot show this format: name a file with -o.")
            whole = io.BytesIO()  # a pipe cannot be gone back in, as tags need
            with _watched(edition, shown=False):
                write(edition, to, whole)
            sys.stdout.buffer.write(whole.getbuffer())
            sys.stdout.buffer.flush()
        else:
            path = _path(output, f"{edition.session.header.id}.{to}")
            files = {to: path}
            if to == "vtt":  # browsers want the chapters in a file of their own
                files["chapters"] = path.with_name(f"{path.stem}.chapters.vtt")
            for each in files.values():
                refuse_existing(each)
            with _watched(edition):
                for kind, each in files.items():
                    export_to(edition, kind, each)
            for each in files.values():
                say(f"Written: {clean(str(each))}")
    warn("This leaves voiceguide's private folder: whoever gets it can read or hear what was said.")


@click.command(name="open")
@session_argument
def open_page(session_id: str | None) -> None:
    """Open a saved session in the browser: to read, hear and search. By default the newest one.

    The page lies in the session's own folder and needs no network. If your browser may not read it there, write it
    elsewhere with `voiceguide export --to html`; a locked session opens so only, since the page is not locked.

    \b
    Examples:
      voiceguide open
      voiceguide open 20261122
    """
    import webbrowser

    from voiceguide.durable import close_quietly, lock_folder
    from voiceguide.errors import LockedError
    from voiceguide.export import export_to
    from voiceguide.paths import sessions_dir
    from voiceguide.record import PAGE
    from voiceguide.record.archive import find
    from voiceguide.record.store import is_sealed

    try:
        folder = find(sessions_dir(), session_id)
    except LockedError:
        raise LockedError(
            "Sessions are locked, and a page is not: name a session that is not locked, or write a page elsewhere with "
            "`voiceguide export --to html`, and delete it afterwards."
        ) from None
    if is_sealed(folder):
        raise LockedError(
            f"{folder.name} is locked, and a page is not: if you want one all the same, write it with "
            f"`voiceguide export {folder.name} --to html`, and delete it afterwards."
        )
    with edition_of(session_id) as edition:
        folder = edition.session.folder.resolve()
        lock = lock_folder(folder)  # so that nothing is taken off the record while the page is made
        try:
            path = folder / PAGE
            path.unlink(missing_ok=True)
            with _watched(edition):
                export_to(edition, "html", path)
        finally:
            close_quietly(lock)
    say(f"The page: {clean(str(path))}")
    if not webbrowser.open(path.as_uri()):
        warn("No browser was found: open the page yourself.")


def _path(output: str | None, name: str) -> Path:
    """The file to write: as it was named, or under ``name`` in the folder that was."""
    path = Path(output or name).expanduser()
    is_folder = path.is_dir() or (output or "").endswith(("/", os.sep))
    return path / name if is_folder else path


@contextlib.contextmanager
def _watched(edition: Edition, shown: bool = True) -> Iterator[None]:
    """Show on a terminal how far it has come, for an hour of sound takes a while; Ctrl-C leaves nothing behind."""
    from voiceguide.cli.interrupting import stoppable
    from voiceguide.cli.progress import progress
    from voiceguide.cli.screen import is_terminal

    with (
        stoppable("nothing was written.") as check,
        progress("Writing") if shown and is_terminal() else contextlib.nullcontext(lambda done, total: None) as tell,
    ):

        def looked(done: int, total: int) -> None:
            check()
            tell(done, total)

        edition.tell = looked
        yield
        check()


@contextlib.contextmanager
def edition_of(session_id: str | None, partner: str | None = None, prompts: str = "full") -> Iterator[Edition]:
    """The session that is meant, to be told; its voices start when one of them is needed. Raises VoiceguideError."""
    from voiceguide.export.edition import Edition
    from voiceguide.paths import sessions_dir
    from voiceguide.record import read
    from voiceguide.record.archive import find
    from voiceguide.speaking.pyttsx3_engine import COUPLE_VOICES

    with contextlib.ExitStack() as stack:
        narrators: list[Narrator] = []
        told: list[str] = []
        speaking: dict[str, str] = {}  # the partner's usual voice -> the one that was chosen

        def say(text: str, voice: str | None, keep: bool) -> Sound:
            from voiceguide.cli.narrating import narrator_of, of_partners, usable, voice_worker
            from voiceguide.cli.whereabouts import speaking as spoken_by
            from voiceguide.servers import is_address, server_of
            from voiceguide.settings import Settings, load
            from voiceguide.speaking import whole

            if not narrators:
                settings = load()
                worker = stack.enter_context(voice_worker(settings.voice))
                speaking.update(zip(COUPLE_VOICES, of_partners(worker, settings, warn), strict=True))
                # One rate for all: files that were exported before keep their times.
                guide = usable(worker, settings.voice, None, warn)
                if guide and is_address(guide):
                    warn(spoken_by(server_of(guide)))
                narrators.append(narrator_of(worker, guide, Settings.rate))
            narrator = narrators[0]
            sound = whole(narrator.say(text, keep=keep, voice=speaking[voice] if voice else None))
            if narrator.problem and narrator.problem not in told:
                told.append(narrator.problem)
                warn(f"{narrator.problem} Meanwhile another voice speaks.")
            return sound

        session = read(find(sessions_dir(), session_id))
        only = None if partner is None else partner_of(partner, session.header.names)
        yield Edition(session, say, COUPLE_VOICES, only, prompts_of(prompts))
