"""Walking through an exercise with nobody there: the real machine, inputs made up, no sound and no waiting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voiceguide.exercise import Step, StepKind, name_of
from voiceguide.session import Session
from voiceguide.session.effects import End, Speak
from voiceguide.session.events import Begun, Commanded, Event, PromptEnded, TimePassed, Utterance
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand

_SILENT = "What was on my mind."
"""Said where the exercise gives no example."""


def walk(steps: Sequence[Step], names: tuple[str, str]) -> Iterator[str]:
    """A line for everything that is said or done, to the end of the exercise; each question answered in its first way.

    Whoever was asked the same before says no, as a couple does that has no more to tell.
    """
    session, now, number, spoke = Session(steps, names), 0.0, 0, False
    event: Event = Begun()
    while True:
        effects = session.handle(event, now)
        now = round(now + 1.0, 3)
        if line := next((effect.text for effect in effects if isinstance(effect, Speak)), None):
            yield f"Guide: {line}"
            event = PromptEnded(line, now, session.place)
        elif any(isinstance(effect, End) for effect in effects):
            return
        elif (step := session.step) and session.state is State.FLOOR and not spoke:
            number, spoke = number + 1, True
            yield _turn(step, names)
            event = _said(number, step, step.example or _SILENT)
        elif session.state is State.CLOSING:
            now, spoke, event = session.deadline or now, False, TimePassed()
        elif step and session.state is State.GATE:
            event = _answer(session, step, number + 1)
            number += isinstance(event, Utterance)
            said = event.text if isinstance(event, Utterance) else "Yes." if _is_yes(event) else "No."
            yield f"  {name_of(step.partner or 'a', names)}: {said}"
        else:
            if step and step.kind is StepKind.HOLD:
                yield _hold(step)
            event = Commanded(VoiceCommand.DONE)


def _turn(step: Step, names: tuple[str, str]) -> str:
    time = f", {step.seconds:g} seconds" if step.seconds else ""
    example = f": {step.example}" if step.example else ""
    return f"  {name_of(step.partner or 'a', names)} ({step.kind}{time}){example}"


def _hold(step: Step) -> str:
    breath = f", breathing in for {step.breath[0]:g} and out for {step.breath[1]:g}" if step.breath else ""
    return f"  (quiet, {step.seconds:g} seconds{breath})"


def _answer(session: Session, step: Step, number: int) -> Event:
    if step.options:
        return _said(number, step, step.options[0].name)
    answered = session.answers.get(session.index) == step.then
    return Commanded(VoiceCommand.NO if answered else VoiceCommand.YES)


def _is_yes(event: Event) -> bool:
    return isinstance(event, Commanded) and event.command is VoiceCommand.YES


def _said(number: int, step: Step, text: str) -> Utterance:
    return Utterance(number, step.partner or "a", text, place=step.place)
