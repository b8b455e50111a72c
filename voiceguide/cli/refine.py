"""``voiceguide refine``: a saved session recognised again, by an engine that may hear better."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from voiceguide.cli.completion import engine_names, offering
from voiceguide.cli.options import allow_remote_option, session_argument
from voiceguide.cli.plain import clean, say
from voiceguide.cli.unlocking import passphrase_option, unlock

if TYPE_CHECKING:
    from voiceguide.cli.progress import Tell
    from voiceguide.record import StoredUtterance
    from voiceguide.record.transcript import Transcript
    from voiceguide.worker import Worker

_RECOGNITION_SECONDS = 300.0
"""A large model takes its time on a small machine."""

_FAILURES = 3
"""An engine that fails so often in a row will not do better on the rest."""


@click.command()
@session_argument
@click.option(
    "--engine",
    metavar="NAME|wyoming://HOST:PORT",
    required=True,
    help="What recognises: `voiceguide engines` lists what is here; or a server.",
    shell_complete=offering(engine_names),
)
@allow_remote_option
@passphrase_option
def refine(session_id: str | None, engine: str, allow_remote: bool, passphrase_stdin: bool) -> None:
    """Recognise a saved session again with another engine.

    The session is the newest one, or the one whose id contains ID. The new words stand beside the first ones, which
    stay. Commands, typed words, what you corrected and what was taken off the record are left alone. It can be
    interrupted: the same command goes on.

    \b
    Examples:
      voiceguide refine --engine base.en
      voiceguide refine 20261122 --engine moonshine
    """
    from voiceguide.cli.interrupting import interruptible
    from voiceguide.hearing import engines
    from voiceguide.paths import sessions_dir
    from voiceguide.record import archive
    from voiceguide.record.transcript import Transcript
    from voiceguide.servers import is_address, refuse_far
    from voiceguide.worker import Worker

    making = engines.factory(engine, allow_remote)
    if is_address(engine):
        refuse_far(engine, allow_remote)
    unlock(passphrase_stdin, session_id)
    folder = archive.find(sessions_dir(), session_id)
    transcript = Transcript.open(folder)
    try:
        with (
            interruptible(f"what is recognised is saved, `voiceguide refine {folder.name} --engine {engine}` goes on."),
            Worker(*making, seconds=_RECOGNITION_SECONDS) as recogniser,
        ):
            if is_address(engine):
                recogniser.submit("check").result()
            _refine(transcript, engine, recogniser)
    finally:
        transcript.close()


def _refine(transcript: Transcript, engine: str, recogniser: Worker) -> None:
    from voiceguide.cli.progress import progress
    from voiceguide.record import read
    from voiceguide.refining import open_to, refinable

    session = read(transcript.folder)
    waiting, all_of_them = open_to(session, engine), len(refinable(session))
    name = clean(transcript.folder.name)
    if not all_of_them:
        say(f"{name} holds no recorded answers to recognise.")
        return
    if not waiting:
        say(f"{engine} has recognised every answer of {name} already. See them with: voiceguide show {name}")
        return
    with progress(engine) as tell:
        counts = amend_all(transcript, waiting, engine, recogniser, tell)
    before = all_of_them - len(waiting)
    say(
        f"{engine} recognised {counts['changed'] + counts['same']} utterances of {name}: "
        f"{counts['changed']} changed, {counts['same']} as before" + (f", {before} done earlier." if before else ".")
    )
    if counts["lost"]:
        say(f"{counts['lost']} recordings cannot be read.")
    if counts["failed"]:
        say(f"{engine} failed on {counts['failed']}, which stay as they are; the same command tries them again.")
    say(f"See the words with: voiceguide show {name}")


def amend_all(
    transcript: Transcript, waiting: list[StoredUtterance], engine: str, recogniser: Worker, tell: Tell
) -> Counter[str]:
    """Amend one after the other; counts what came of it: changed, same, lost or failed.

    Raises EngineError when the engine fails again and again.
    """
    from voiceguide.errors import EngineError, SoundFileError
    from voiceguide.record.store import sound_file
    from voiceguide.refining import amendment
    from voiceguide.sound.files import read_sound

    counts: Counter[str] = Counter()
    failures = 0
    for number, stored in enumerate(waiting):
        tell(number, len(waiting))
        try:
            sound = read_sound(sound_file(transcript.folder, stored.utterance.audio or ""))
        except SoundFileError:
            counts["lost"] += 1
            continue
        try:
            heard = recogniser.submit("recognize", sound).result()
        except EngineError:
            counts["failed"] += 1
            failures += 1
            if failures == _FAILURES:
                raise
            continue
        failures = 0
        better = amendment(stored, heard, engine)
        transcript.append(better, transcript.seconds)
        counts["changed" if better.text != stored.answer else "same"] += 1
    tell(len(waiting), len(waiting))
    return counts
