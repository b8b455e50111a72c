"""``voiceguide start``: a guided session by voice, or typed."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voiceguide.cli.completion import exercise_ids, offering
from voiceguide.cli.demo import run_demo
from voiceguide.cli.ears import ears_of, problems_of
from voiceguide.cli.options import (
    DEFAULT_EXERCISE,
    Sound,
    find_session,
    is_finished,
    names_option,
    remember_names,
    resume_option,
    sound_options,
)
from voiceguide.cli.plain import confirmed, say, warn
from voiceguide.cli.safety import show_safety_page
from voiceguide.cli.sitting import Sitting
from voiceguide.cli.stage import Stage, stage
from voiceguide.cli.unlocking import offer_unlock, passphrase_option, unlock
from voiceguide.errors import DeviceError, VoiceguideError
from voiceguide.exercise import Exercise
from voiceguide.hearing import engines

if TYPE_CHECKING:
    from voiceguide.settings import Settings
    from voiceguide.sound.microphone import Microphone

_LETS_GO = 4.0
"""Seconds in which a waiting `voiceguide listen` has seen that we begin."""


@click.command()
@click.argument("exercise", required=False, shell_complete=offering(exercise_ids))
@sound_options
@names_option
@resume_option
@click.option("--keyboard", is_flag=True, help="Type instead of speaking: an empty line means: I'm done.")
@passphrase_option
def start(
    exercise: str | None,
    sound: Sound,
    names: tuple[str, str] | None,
    resume: str | None,
    keyboard: bool,
    passphrase_stdin: bool,
) -> None:
    """Begin a guided session, or go on with one.

    Without EXERCISE the guide asks, by voice, who is here and what you would like to do; `voiceguide exercises` lists
    what there is.

    Before the first session each of you alone reads a page on safety, in silence; whoever leaves there leaves no trace.
    Both of you are asked whether you may be recorded; nothing is kept before both have said yes.

    While the guide listens you can say: I'm done, pause, continue, repeat, next, back, take your time, what did I
    say, off the record, break, help, stop. Silence ends nothing: after a while a soft sound tells that the guide
    listens on. How long that is can be set: see `voiceguide settings`. Pace, loudness and patience that you ask for
    are remembered for the next time.

    Where `voiceguide lock` has locked what is saved, a session begins without the passphrase, too; but then the guide
    does not know what you agreed before.

    \b
    Examples:
      voiceguide start
      voiceguide start worry-and-answer --names Anna,Ben
      voiceguide start --keyboard
      voiceguide start --resume
    """
    from voiceguide.holding import hold
    from voiceguide.library import load_exercise
    from voiceguide.paths import data_dir
    from voiceguide.settings import load

    settings = load()
    if resume is not None:
        unlock(passphrase_stdin, resume)
    elif not offer_unlock(passphrase_stdin, "Passphrase (Enter: go on without what was saved before)", give_up=True):
        say("What was saved before is locked: going on without your names and agreements.")
    folder = find_session(resume, simulated=False)
    if folder and is_finished(folder):
        return
    chosen = folder or (load_exercise(exercise) if exercise else None)
    # A wrong name is told before anybody reads or says anything.
    engines.factory(sound.engine_of(settings), sound.allow_remote)
    with hold(data_dir(), "voiceguide start"):
        _begin(chosen, exercise, sound, names, settings, keyboard)


def _begin(
    chosen: Path | Exercise | None,
    exercise: str | None,
    sound: Sound,
    names: tuple[str, str] | None,
    settings: Settings,
    keyboard: bool,
) -> None:
    """Show the safety page, open the microphone or find another way, and go on with ``chosen``."""
    watched = sys.stdin.isatty() and sys.stdout.isatty()
    alone = isinstance(chosen, Exercise) and chosen.for_ == "solo"
    if watched or keyboard:  # before the microphone opens
        show_safety_page(alone)
    microphone = None
    if not keyboard:
        try:
            microphone = _microphone(sound.mic)
        except DeviceError as error:
            if isinstance(chosen, Path) and not watched:
                raise
            warn(str(error))
            if not watched:
                click.echo("Nobody can be heard and nobody can type here, so this is the demo.", err=True)
                run_demo(exercise or DEFAULT_EXERCISE, sound, names, settings)
                return
            if not confirmed("Type your answers instead?", default=True):
                raise click.exceptions.Exit(1) from None
        if microphone and not watched:
            show_safety_page(alone)
    if names:
        remember_names(names)
    with contextlib.ExitStack() as stack:
        if microphone:
            stack.callback(microphone.close)
        parts = stack.enter_context(stage(sound, settings, typed=microphone is None, silent_without_device=True))
        ears = ears_of(parts, microphone)
        if not isinstance(chosen, Path):
            _tell_of_an_interruption(parts)
        sitting = Sitting(parts, ears)
        problems = problems_of(microphone) if microphone else []
        if isinstance(chosen, Path):
            sitting.resume(chosen, problems)
        else:
            sitting.begin(chosen, names, problems)


def _microphone(name: str | None) -> Microphone:
    """The microphone of that name, once a waiting `voiceguide listen` has let it go. Raises as open_microphone does."""
    from voiceguide.holding import LISTENING, is_held
    from voiceguide.paths import data_dir
    from voiceguide.sound.microphone import open_microphone

    until = time.monotonic() + _LETS_GO
    while True:
        try:
            return open_microphone(name)
        except DeviceError:  # not every sound system gives it to two
            if time.monotonic() > until or not is_held(data_dir(), LISTENING):
                raise
        time.sleep(0.2)


def _tell_of_an_interruption(parts: Stage) -> None:
    """Say that the last session was cut off, by a crash or a power cut, and how to go on with it."""
    from voiceguide.durable import close_quietly, explained, lock_folder
    from voiceguide.paths import sessions_dir
    from voiceguide.record import read
    from voiceguide.record.archive import newest_first
    from voiceguide.record.store import was_cut_off

    with contextlib.suppress(VoiceguideError):  # there is none, or one that is no hindrance to beginning another
        known = newest_first(sessions_dir())  # one or two are read: nobody may wait for the guide's first word
        last = next((s for s in known if s.locked or not (s.problem or s.simulated)), None)
        if last is None:
            return
        with explained("open", last.folder):
            close_quietly(lock_folder(last.folder))  # refused where it is not cut off but going on, in another window
        if was_cut_off(last.folder) if last.locked else read(last.folder).ended is None:
            called = f", {last.title}," if last.title else ""
            go_on = f"voiceguide start --resume {last.id}"
            parts.screen.notice(
                f"Your last session{called} was interrupted. What was said is kept; go on with: {go_on}"
            )
