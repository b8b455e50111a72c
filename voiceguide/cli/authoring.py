"""``voiceguide exercises check, new, try``: for those who write their own."""

from __future__ import annotations

import os
from pathlib import Path

import click

from voiceguide.cli.plain import clean, say, show_paged
from voiceguide.errors import ExerciseError
from voiceguide.exercise import Exercise
from voiceguide.exercise.file import kebab
from voiceguide.library import exercise_in

_NAMES = ("Robin", "Kim")
_NEAR = 0.15
"""Share by which the time of an exercise may differ from its ``minutes``."""


@click.command(short_help="Check an exercise you wrote, and tell how long it takes.")
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check an exercise you wrote: is it one, how long does it take, and which words may hurt?

    An error names the place, as the file has it, and the mend; advice is only advice. FILE may also be the id of one
    that is there.

    \b
    Example:
      voiceguide exercises check my-exercise.toml
    """
    from voiceguide.exercise.advice import advice
    from voiceguide.exercise.length import usual_seconds

    exercise = _exercise(file)
    if exercise is None:
        say(f"{file.name} is a fragment that can be used: name it by include in an exercise.")
        return
    steps = exercise.bind(_NAMES)
    minutes = usual_seconds(steps) / 60
    say(f"{clean(exercise.title)} can be used: {steps[-1].place} steps, about {minutes:.1f} minutes.")
    if abs(minutes - exercise.minutes) > _NEAR * exercise.minutes:
        say(f"  minutes says {exercise.minutes}: write {max(1, round(minutes))}, or change the times of the floors.")
    for line in advice(exercise):
        say(f"  {clean(line)}")
    say(f"See how it runs: voiceguide exercises try {clean(str(file))}")


@click.command(short_help="Write a file with comments to begin an exercise with.")
@click.argument("title")
def new(title: str) -> None:
    """Begin an exercise of your own: writes a file with comments that explains itself, and tells where it is.

    \b
    Example:
      voiceguide exercises new "Our morning"
    """
    from voiceguide.durable import open_appending
    from voiceguide.paths import own_exercises_dir, packaged_file, private_dir, shipped_exercise_files

    id_ = kebab(title)
    shown = " ".join(clean(title).split())
    if not id_ or len(id_) > 60 or '"' in shown or "\\" in shown:
        raise ExerciseError(f"{shown[:60]!r} cannot be a title: use letters and digits, sixty at most.")
    if id_ in shipped_exercise_files():
        raise ExerciseError(f"{shown!r} is the title of one that comes with voiceguide: choose another.")
    path = private_dir(own_exercises_dir()) / f"{id_}.toml"
    text = packaged_file("new-exercise.toml").read_text("utf-8").replace("our-morning", id_)
    try:
        with os.fdopen(open_appending(path, create=True), "w", encoding="utf-8") as file:
            file.write(text.replace("Our morning", shown))
    except FileExistsError:
        raise ExerciseError(f"There is an exercise at {path} already: choose another title, or change that.") from None
    except OSError as error:
        raise ExerciseError(f"{path} cannot be written ({error.strerror}): make its folder writable.") from error
    say(f"Written to {path}")
    say(f"Change it in any editor. Check it with: voiceguide exercises check {id_}")
    say(f"Hear it with: voiceguide start {id_}")


@click.command("try", short_help="Print what the guide would say, to the end.")
@click.argument("file", type=click.Path(path_type=Path))
def try_(file: Path) -> None:
    """Walk through an exercise in silence: prints what the guide would say, and who would speak, to the end.

    Every question is answered in its first way. FILE may also be the id of one that is there.

    \b
    Examples:
      voiceguide exercises try my-exercise.toml
      voiceguide exercises try worry-and-answer
    """
    from voiceguide.session.walk import walk

    exercise = _exercise(file)
    if exercise is None:
        raise ExerciseError(f"{file.name} is a fragment, it cannot run alone: try an exercise that includes it.")
    lines = walk(exercise.bind(_NAMES), _NAMES)
    show_paged([click.wrap_text(clean(line), 78, subsequent_indent="  ") for line in lines])


def _exercise(file: Path) -> Exercise | None:
    """The exercise in a file, or of an id; None for a fragment's file."""
    from voiceguide.library import load_exercise

    return exercise_in(file) if file.suffix or file.exists() else load_exercise(str(file))
