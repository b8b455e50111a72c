"""Off the record until somebody says otherwise: what is kept meanwhile, and that the talk goes on."""

from __future__ import annotations

from dataclasses import replace

from tests.support.session_driver import DONE, LONG_FLOOR, MIRROR, NAMES, STEPS, Driver, in_state, spoken
from voiceguide.exercise import Option, Step, StepKind
from voiceguide.session import Session, phrases
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand as C


def off() -> Driver:
    """In an open floor, off the record until somebody says otherwise."""
    return in_state(State.FLOOR).tell(C.SUSPEND)


def test_off_the_record_until_said_otherwise_nothing_is_kept_and_the_turn_goes_on() -> None:
    driver = in_state(State.FLOOR)
    assert driver.session.commands & {C.SUSPEND, C.ON_THE_RECORD} == {C.SUSPEND}
    driver.tell(C.SUSPEND)
    assert driver.session.commands & {C.SUSPEND, C.ON_THE_RECORD} == {C.ON_THE_RECORD}
    assert driver.session.off
    assert (driver.state, driver.floor.kept) == (State.FLOOR, False)
    before = len(driver.events)
    driver.turn("a secret")
    assert not any("secret" in repr(event) for _, event in driver.events[before:])
    assert (driver.session.index, driver.floor.kept) == (MIRROR, False)
    assert spoken(driver.say("on the record", C.ON_THE_RECORD)) == [phrases.on_the_record()]
    assert driver.hear_out().floor.kept


def test_off_the_record_words_give_the_floor_back_as_ever() -> None:
    driver = off()
    driver.say(DONE, C.DONE)
    driver.say("and one more thing")
    assert driver.state is State.FLOOR


def test_off_the_record_stays_so_when_the_session_goes_on_another_day() -> None:
    driver = off().ended().resumed()
    assert driver.session.off
    assert spoken(driver.effects)[-1] == phrases.welcome_back(2, True, off=True)


def test_where_nothing_is_kept_there_is_nothing_to_suspend_or_remove() -> None:
    driver = Driver(Session(STEPS, NAMES, saved=False)).begin().hear_out()
    driver.say("something")
    assert C.SUSPEND not in driver.session.commands
    assert spoken(driver.say("off the record", C.OFF_THE_RECORD)) == [phrases.nothing_to_strike()]


def test_a_choice_is_understood_off_the_record_and_only_the_choice_is_kept() -> None:
    options = (Option("ten minutes", ("ten",), 1), Option("fifteen minutes", (), 1))
    ask = Step(StepKind.ASK, "How long?", 1, 1, partner="both", options=options)
    floor = replace(STEPS[LONG_FLOOR], place=2, then=2)
    driver = Driver(Session((ask, floor), NAMES)).begin().hear_out().tell(C.SUSPEND)
    assert spoken(driver.say("something secret")) == [phrases.unclear(1, ["ten minutes", "fifteen minutes"])]
    driver.hear_out().say("well, let us take ten, for she is tired")
    assert (driver.session.index, driver.utterances[-1].text) == (1, "ten minutes")
