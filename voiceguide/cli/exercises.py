"""``voiceguide exercises``: which there are, and what is in them."""

from __future__ import annotations

from typing import Any

import click

from voiceguide.cli import authoring
from voiceguide.cli.completion import exercise_ids, offering
from voiceguide.cli.plain import clean, say, say_json, show_paged
from voiceguide.exercise import Exercise, Partner, Step, StepKind

_WHO_FOR = {"both": "for the two of you", "solo": "for one person", "either": "for one person, or the two of you"}
_ROLES: dict[Partner, str] = {"a": "first partner", "b": "second partner", "both": "both partners"}
_DOES = {
    StepKind.FLOOR: "speaks",
    StepKind.MIRROR: "says back",
    StepKind.ASK: "answers yes or no",
    StepKind.AGREE: "agrees",
}


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects with id, title, theme, minutes.")
@click.pass_context
def exercises(context: click.Context, as_json: bool) -> None:
    """List the exercises, show one, or write your own.

    \b
    Examples:
      voiceguide exercises
      voiceguide exercises --json
      voiceguide exercises new "Our morning"
      voiceguide exercises show worry-and-answer
    """
    if context.invoked_subcommand:
        return
    from voiceguide.library import all_exercises

    found, wrong = all_exercises()
    if as_json:
        say_json([_summary(exercise) for exercise in found])
    else:
        columns = [(e.id, e.title, e.theme, f"{e.minutes} min") for e in found]
        widths = [max(map(len, column)) for column in zip(*columns, strict=True)] if columns else []
        for row in columns:
            say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if found:
            say("\nSee what is in one: voiceguide exercises show ID\nBegin one:          voiceguide start ID")
    for error in wrong:
        say(f"Left out: {clean(str(error))}", err=True)  # which holds the file's name


@exercises.command(short_help="Show why an exercise matters, and its steps.")
@click.argument("exercise_id", metavar="ID", shell_complete=offering(exercise_ids))
@click.option("--json", "as_json", is_flag=True, help="Print one object with the steps.")
def show(exercise_id: str, as_json: bool) -> None:
    """Show an exercise: why it matters, what it leans on, and its steps in order.

    \b
    Examples:
      voiceguide exercises show worry-and-answer
      voiceguide exercises show worry-and-answer --json
    """
    from voiceguide.library import load_exercise

    exercise = load_exercise(exercise_id)
    # In a swap the speaker is the first partner, then the second: these stand in the place of names.
    steps = exercise.bind(("First", "Second"))
    if as_json:
        more = {"why": exercise.why, "grounding": exercise.grounding, "steps": [_step(step) for step in steps]}
        say_json(_summary(exercise) | more)
        return
    lines = [exercise.title, f"{exercise.theme}, {exercise.minutes} minutes, {_WHO_FOR[exercise.for_]}\n"]
    for text in (exercise.why, exercise.grounding):
        lines.append(click.wrap_text(text, 78) + "\n")
    after_no = {step.otherwise for step in steps if step.otherwise is not None}
    for index, step in enumerate(steps):
        opening = "after a no: " if index in after_no else ""
        lines.append(click.wrap_text(opening + _readable(step), 78, f"{step.place:3d}. ", "     "))
    lines.append("\nFirst and Second stand for your names.")
    show_paged([*lines, f"Begin it: voiceguide start {exercise.id}"])


def _summary(exercise: Exercise) -> dict[str, Any]:
    kept = ("id", "title", "theme", "minutes")
    return {name: getattr(exercise, name) for name in kept} | {"for": exercise.for_}


def _step(step: Step) -> dict[str, Any]:
    return {
        "place": step.place,
        "kind": step.kind.value,
        "partner": step.partner and _ROLES[step.partner].split()[0],
        "seconds": step.seconds,
        "patience": "endless" if step.endless else None,
        "options": [option.name for option in step.options],
        "breath": step.breath,
        "prompt": step.prompt,
        "example": step.example,
    }


def _readable(step: Step) -> str:
    """One step as a reader wants it: who, for how long, what is said."""
    limit = f", {step.seconds:g} seconds" if step.seconds else ""
    if step.kind is StepKind.HOLD:
        breath = f", breathing in for {step.breath[0]:g} and out for {step.breath[1]:g}" if step.breath else ""
        return f"[quiet{limit}{breath}] {step.prompt}"
    if step.partner is None:
        return step.prompt
    limit += ", endless patience" if step.endless else ""
    does = f"chooses {', '.join(option.name for option in step.options)}" if step.options else _DOES[step.kind]
    return f"[{_ROLES[step.partner]} {does}{limit}] {step.prompt}"


for command in (authoring.check, authoring.new, authoring.try_):
    exercises.add_command(command)
