"""Off the record until somebody says otherwise: what is kept meanwhile, and that the talk goes on."""

from __future__ import annotations

from dataclasses import replace

from tests.support.session_driver import LONG_FLOOR, MIRROR, NAMES, STEPS, Driver, in_state, spoken
from voiceguide.exercise import Option, Step, StepKind
from voiceguide.session import Session, phrases
from voiceguide.session.events import Utterance
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand as C

LONG = STEPS[LONG_FLOOR]


def off() -> Driver:
    """In an open floor, off the record until somebody says otherwise."""
    driver = in_state(State.FLOOR)
    driver.say("off the record until I say on", C.SUSPEND)
    return driver.hear_out()


def test_off_the_record_until_said_otherwise_nothing_is_kept_and_the_turn_goes_on() -> None:
    driver = off()
    assert driver.session.off
    assert driver.session.state is State.FLOOR
    assert driver.session.floor is not None
    assert not driver.session.floor.kept
    before = len(driver.events)
    driver.say("a secret")
    assert not any("secret" in repr(event) for _, event in driver.events[before:])
    driver.say("I'm done", C.DONE)
    driver.wait()
    driver.hear_out()
    assert driver.session.index == MIRROR
    assert not driver.session.floor.kept
    assert spoken(driver.say("on the record", C.ON_THE_RECORD)) == [phrases.on_the_record()]
    driver.hear_out()
    assert driver.session.floor.kept


def test_off_the_record_words_give_the_floor_back_as_ever() -> None:
    driver = off()
    driver.say("I'm done", C.DONE)
    driver.say("and one more thing")
    assert driver.session.state is State.FLOOR


def test_off_the_record_stays_so_when_the_session_goes_on_another_day() -> None:
    driver = off().ended().resumed()
    assert driver.session.off
    assert "still off the record" in spoken(driver.effects)[-1]


def test_only_one_of_off_and_on_can_be_told() -> None:
    driver = in_state(State.FLOOR)
    assert C.SUSPEND in driver.session.commands
    assert C.ON_THE_RECORD not in driver.session.commands
    assert off().session.commands & {C.SUSPEND, C.ON_THE_RECORD} == {C.ON_THE_RECORD}


def test_where_nothing_is_kept_there_is_nothing_to_suspend_or_remove() -> None:
    driver = Driver(Session(STEPS, NAMES, saved=False)).begin().hear_out()
    driver.say("something")
    assert C.SUSPEND not in driver.session.commands
    assert spoken(driver.say("off the record", C.OFF_THE_RECORD)) == [phrases.nothing_to_strike()]


def test_a_choice_is_understood_off_the_record_and_only_the_choice_is_kept() -> None:
    options = (Option("ten minutes", ("ten",), 1), Option("fifteen minutes", (), 1))
    ask = Step(StepKind.ASK, "How long?", 1, 1, partner="both", options=options)
    driver = Driver(Session((ask, replace(LONG, place=2, then=2)), NAMES)).begin().hear_out()
    driver.say("off the record until I say on", C.SUSPEND)
    driver.hear_out()
    assert spoken(driver.say("something secret")) == [phrases.unclear(1, ["ten minutes", "fifteen minutes"])]
    driver.hear_out()
    driver.say("well, let us take ten, for she is tired")
    assert driver.session.index == 1
    assert [event.text for _, event in driver.events if isinstance(event, Utterance)][-1] == "ten minutes"


def test_how_long_a_break_shall_be_is_kept_and_nothing_said_around_it() -> None:
    driver = in_state(State.BREAK)
    driver.say("I can't bear it, an hour and a half, please")
    driver.hear_out()
    assert driver.session.state is State.RESTING
    assert [event.text for _, event in driver.events if isinstance(event, Utterance)][-1] == "90 minutes"
