"""What comes before an exercise leaves no sound of a name: nobody has agreed to anything yet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.session_driver import Driver, new_session
from tests.support.small_exercise import FAREWELL, NAMES, STEPS
from voiceguide.session import Session, prologue
from voiceguide.session.effects import Speak
from voiceguide.voice_commands import VoiceCommand as C

ASKING: dict[str, Callable[[], Session]] = {
    "who is here": lambda: prologue.attendance(NAMES, together=True),
    "may I record": lambda: prologue.consent(NAMES),
    "may I record the one": lambda: prologue.consent(NAMES, "b"),
    "are you": lambda: prologue.yes_or_no("Are you Mia and Zoë?", NAMES),
    "an exercise after a no": lambda: Session(STEPS, NAMES, farewell=FAREWELL, saved=False),
}
SAID: dict[str, C | None] = {"yes": C.YES, "no": C.NO, "the dog": None, "": None}


@pytest.mark.parametrize("asking", ASKING)
@pytest.mark.parametrize("answer", SAID)
def test_no_sound_of_a_name_is_kept(asking: str, answer: str) -> None:
    driver = Driver(ASKING[asking]()).begin()
    said: list[Speak] = []
    for _ in range(12):
        said += driver.session.upcoming
        if driver.end:
            break
        if driver.line:
            driver.hear()
        elif answer and driver.session.floor:
            command = C.DONE if C.DONE in driver.session.commands else SAID[answer]
            driver.say(answer, command if command in driver.session.commands else None)
        elif driver.session.deadline is not None:
            driver.wait()
    said += [effect for effect in driver.effects if isinstance(effect, Speak)]
    named = [speak for speak in said if any(name.lower() in speak.text.lower() for name in NAMES)]
    assert named
    assert [speak.text for speak in named if not speak.quoting] == []


def test_sentences_that_are_the_same_for_everybody_are_kept() -> None:
    line = Driver(prologue.consent(NAMES)).begin().line
    assert line
    assert not line.quoting


def test_of_what_is_read_out_nothing_is_kept() -> None:
    words = ["There are two things.", "Mia said today. I make tea.", "Zoë said today. I listen."]
    driver = Driver(prologue.reading(words, NAMES)).begin()
    for read in words:
        assert [speak.text for speak in driver.session.upcoming if not speak.quoting and speak.text] == []
        assert driver.line
        assert (driver.line.text, driver.line.quoting) == (read, True)
        driver.hear()


def test_once_both_have_agreed_names_are_made_ahead() -> None:
    (ahead, *_) = Driver(new_session()).begin().session.upcoming
    assert ahead.text == STEPS[1].prompt
