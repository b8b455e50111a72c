"""Every sentence of the guide, and every question of its own, word for word, as a reviewer reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from tests.session.test_phrases import SAMPLES
from tests.support.golden import assert_golden
from tests.support.session_driver import NAMES, STEPS
from voiceguide.exercise import Step
from voiceguide.session import Session, prologue
from voiceguide.session.agreeing import Due, with_reviews
from voiceguide.session.effects import Speak
from voiceguide.session.events import Begun, Commanded
from voiceguide.session.phrases import LOOK_AGAIN, clock_time
from voiceguide.session.phrases_waiting import listening_for_a_request, waiting
from voiceguide.session.question import Question
from voiceguide.voice_commands import VoiceCommand

MORE = {
    "clock_time": [clock_time(seconds) for seconds in (0, 60, 900, 1800, 2700, 3300, 43_200, 46_800, 86_340)],
    "waiting": [waiting("hey guide")],
    "listening_for_a_request": [listening_for_a_request()],
}
QUESTIONS = {
    "an announcement": prologue.announcement(["One.", "Two."], NAMES),
    "what is read aloud": prologue.reading(["Mia said this."], NAMES),
    "who is here, of three": prologue.attendance(NAMES, together=True),
    "who is here, of two": prologue.attendance(NAMES, together=False),
    "may I record both": prologue.consent(NAMES),
    "may I record one": prologue.consent(NAMES, "b"),
    "may it go to a server": prologue.consent(NAMES, server="the computer nas.local"),
    "may it go there from one": prologue.consent(NAMES, "a", "the computer nas.local"),
    "yes or no": prologue.yes_or_no("Are you Mia and Zoë?", NAMES),
    "yes or no from one": prologue.yes_or_no("Mia?", NAMES, "a"),
    "a question": Question("Which one?", str, NAMES, LOOK_AGAIN, ["One of these?"]),
}
DUE = [Due("20261101-2000-one-abcdef/3", "a"), Due("20261101-2000-one-abcdef/9", "both")]


def told(steps: Sequence[Step]) -> str:
    """The steps, a line each, without what is as usual."""
    usual = {field.name: field.default for field in fields(Step)} | {"kind": None}
    lines = []
    for index, step in enumerate(steps):
        known = {name: value for name, value in vars(step).items() if name != "kind" and value != usual[name]}
        lines.append(f"{index:>3} {step.kind} " + ", ".join(f"{name}={value!r}" for name, value in known.items()))
    return "\n".join(lines) + "\n"


def after_a_stop(session: Session) -> list[str]:
    """What the guide says then."""
    session.handle(Begun(), 0.0)
    effects = session.handle(Commanded(VoiceCommand.STOP), 1.0)
    return [effect.text for effect in effects if isinstance(effect, Speak)]


def test_every_phrase_is_as_a_reviewer_read_it() -> None:
    said = [line for name, texts in {**SAMPLES, **MORE}.items() for line in (name, *(f"    {text}" for text in texts))]
    assert_golden("phrases.txt", "\n".join(said) + "\n")


def test_every_question_before_an_exercise_is_as_a_reviewer_read_it() -> None:
    asked = [f"{name}\n{told(each.steps)}    stop: {after_a_stop(each)}\n" for name, each in QUESTIONS.items()]
    assert_golden("questions.txt", "\n".join(asked))


def test_every_step_in_which_agreements_are_looked_at_is_as_a_reviewer_read_it() -> None:
    assert_golden("reviews.txt", told(with_reviews(STEPS, DUE[:1])) + "\n" + told(with_reviews(STEPS, DUE)))
