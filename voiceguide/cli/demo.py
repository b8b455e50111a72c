"""``voiceguide demo``: the whole real pipeline with a simulated couple."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from voiceguide.cli.completion import exercise_ids, offering
from voiceguide.cli.options import (
    DEFAULT_EXERCISE,
    Sound,
    find_session,
    is_finished,
    names_option,
    resume_option,
    sound_options,
)
from voiceguide.cli.sitting import Sitting
from voiceguide.cli.stage import stage
from voiceguide.cli.unlocking import passphrase_option, unlock

if TYPE_CHECKING:
    from voiceguide.settings import Settings

_NAMES = ("Robin", "Kim")


@click.command()
@click.argument("exercise", default=DEFAULT_EXERCISE, shell_complete=offering(exercise_ids))
@sound_options
@names_option
@resume_option
@click.option(
    "--answers",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Sound files, sorted by name: one for each floor and mirror; synthetic voices answer the rest.",
)
@passphrase_option
def demo(
    exercise: str,
    sound: Sound,
    names: tuple[str, str] | None,
    resume: str | None,
    answers: Path | None,
    passphrase_stdin: bool,
) -> None:
    """Watch a session with a simulated couple, recorded as a simulated one.

    On a loudspeaker it runs as fast as life; with --speaker none or FILE.wav, or without a sound card, several times
    faster.

    \b
    Examples:
      voiceguide demo
      voiceguide demo --speaker none
      voiceguide demo --answers my-recordings --speaker demo.wav
    """
    from voiceguide.holding import hold
    from voiceguide.paths import data_dir
    from voiceguide.settings import load

    settings = load()
    if resume is not None:
        unlock(passphrase_stdin, resume)
    with hold(data_dir(), "voiceguide demo"):
        run_demo(exercise, sound, names, settings, resume, answers)


def run_demo(
    exercise: str,
    sound: Sound,
    names: tuple[str, str] | None,
    settings: Settings,
    resume: str | None = None,
    answers: Path | None = None,
) -> None:
    """Run the demo; ``start`` does so, too, where nobody can be heard and nobody can type."""
    from voiceguide.couple import Couple, read_answers
    from voiceguide.hearing.ears import AudioTimeEars, VoiceEars
    from voiceguide.hearing.listener import Listener
    from voiceguide.library import load_exercise
    from voiceguide.sound.vad import SileroGate

    folder = find_session(resume, simulated=True)
    if folder and is_finished(folder):
        return
    chosen = folder or load_exercise(exercise)
    recorded = read_answers(answers) if answers else []
    with stage(sound, settings, silent_without_device=True) as parts:
        couple = Couple(parts.voice, recorded, parts.loudspeaker.play if parts.lifelike else None)
        kind = VoiceEars if parts.lifelike else AudioTimeEars
        ahead = parts.elsewhere.ahead if parts.elsewhere else None
        ears = kind(couple, Listener(SileroGate()), parts.recogniser, settings.choice, ahead=ahead)
        sitting = Sitting(parts, ears, couple)
        if isinstance(chosen, Path):
            sitting.resume(chosen)
        else:
            sitting.begin(chosen, names or _NAMES)
