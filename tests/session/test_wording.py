"""Every sentence of the guide, and every question of its own, word for word, as a reviewer reads them."""

from __future__ import annotations

from datetime import date

from tests.session.test_phrases import SAMPLES
from tests.support.exercise_text import told
from tests.support.golden import assert_golden
from tests.support.session_driver import NAMES, STEPS
from voiceguide.session import Session, prologue
from voiceguide.session.agreeing import Due, with_reviews
from voiceguide.session.effects import Speak
from voiceguide.session.events import Begun, Commanded
from voiceguide.session.phrases import LOOK_AGAIN, clock_time, how_long, you_said
from voiceguide.session.phrases_waiting import listening_for_a_request, spoken_day, waiting
from voiceguide.session.question import Question
from voiceguide.voice_commands import VoiceCommand

CLOCK = [0, 60, 900, 1800, 2700, 3300, 43_200, 46_800, 75_600, 76_500, 77_100, 77_400, 78_000, 86_340, 86_399]
LEFT = [None, -1, 0, 5, 12, 19.9, 20, 31, 44.9, 45, 60, 89, 91, 118, 590, 600, 3600, 5000]
DAYS = [(2026, 11, 10), (2026, 11, 11), (2026, 11, 9), (2026, 11, 14), (2026, 11, 16), (2026, 11, 17), (2026, 11, 1),
        (2026, 11, 23), (2026, 12, 12), (2027, 1, 2)]  # fmt: skip
MORE = {
    "clock_time": [clock_time(seconds) for seconds in CLOCK],
    "how_long": [how_long(left) for left in LEFT],
    "you_said": [you_said("Anna", "I miss you."), you_said("Ben", "{first} never * listens")],
    "spoken_day": [f"{date(*day)}: {spoken_day(date(*day), date(2026, 11, 10))}" for day in DAYS],
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
