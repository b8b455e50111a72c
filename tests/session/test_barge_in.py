"""Somebody speaks while the guide does: it stops, listens, and goes on where it was nothing."""

from __future__ import annotations

import pytest

from tests.support.session_driver import FLOOR, LAST, MIRROR, STEPS, Driver, at_step, in_state, spoken, strikes
from voiceguide.errors import IllegalEventError
from voiceguide.session import phrases
from voiceguide.session.barge_in import LINGER, WAIT
from voiceguide.session.effects import Hush, Silence, Unhush
from voiceguide.session.events import BargedIn, MicrophoneFound, MicrophoneLost, TimePassed, Utterance
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand as C


def test_the_guide_stops_and_listens_and_keeps_nothing() -> None:
    driver = at_step(LAST)
    assert driver.session.interruptible
    assert driver.barge_in() == [Hush()]
    assert (driver.session.state, driver.session.interrupted) == (State.GUIDE, True)
    floor = driver.session.floor
    assert floor
    assert floor.choosing
    assert not floor.kept


def test_where_nothing_is_said_it_goes_on() -> None:
    driver = at_step(LAST)
    driver.barge_in()
    began = driver.now
    assert driver.wait() == [Unhush()]
    assert driver.now - began == pytest.approx(WAIT)
    assert driver.session.floor is None
    assert driver.session.interruptible


def test_it_waits_while_they_speak_and_goes_on_soon_after_what_is_no_command() -> None:
    driver = at_step(LAST)
    driver.barge_in()
    driver.speech()
    driver.rest(30)
    assert driver.session.deadline is None
    driver.words("did you hear the dog")
    assert not [event for _, event in driver.events if isinstance(event, Utterance)], "nothing of it is kept"
    assert driver.session.deadline == driver.now + LINGER
    assert driver.wait() == [Unhush()]


def test_a_command_is_obeyed() -> None:
    driver = at_step(LAST)
    driver.barge_in()
    assert spoken(driver.say("repeat", C.REPEAT)) == [STEPS[LAST].prompt]
    assert not driver.session.interrupted
    driver.barge_in()
    assert driver.say("pause", C.PAUSE) == [Hush()]
    assert driver.session.state is State.PAUSED
    assert driver.say("continue", C.CONTINUE) == [Unhush()]


def test_words_are_an_answer_where_the_guide_was_asking_in_somebodys_floor() -> None:
    driver = at_step(MIRROR)
    driver.wait()
    assert spoken(driver.wait()) == [phrases.anything_more()]
    driver.barge_in()
    floor = driver.session.floor
    assert floor
    assert floor.kept
    assert not floor.choosing
    assert driver.say("and I was afraid") == [Silence()]
    assert (driver.session.state, driver.session.talking) == (State.FLOOR, False)
    said = driver.events[-1][1]
    assert isinstance(said, Utterance)
    assert said.text == "and I was afraid"


def test_a_cough_lets_the_question_be_asked_to_its_end() -> None:
    driver = at_step(MIRROR)
    driver.wait()
    driver.wait()
    driver.barge_in()
    driver.cough()
    assert driver.wait() == [Unhush()]
    assert driver.session.talking
    driver.hear_out()
    assert driver.session.state is State.FLOOR


def test_a_yes_over_the_question_is_one() -> None:
    driver = in_state(State.FLOOR)
    driver.say("off the record", C.OFF_THE_RECORD)
    driver.barge_in()
    driver.say("yes", C.YES)
    driver.hear_out()
    assert strikes(driver.effects) == [(1,)]
    assert driver.session.state is State.FLOOR


def test_a_line_that_was_at_its_end_leads_on_aloud() -> None:
    driver = at_step(FLOOR)
    driver.done()
    driver.barge_in()
    assert driver.hear()[0] == Unhush()
    assert driver.session.state is State.FLOOR


def in_vain(driver: Driver) -> None:
    driver.barge_in()
    driver.wait()


def test_after_three_of_four_in_vain_the_guide_talks_on() -> None:
    driver = at_step(LAST)
    in_vain(driver)
    in_vain(driver)
    assert driver.session.interruptible
    in_vain(driver)
    assert driver.session.deaf
    with pytest.raises(IllegalEventError):
        driver.barge_in()


def test_whoever_means_something_now_and_then_is_always_listened_to() -> None:
    driver = at_step(LAST)
    for _ in range(5):
        in_vain(driver)
        in_vain(driver)
        driver.barge_in()
        driver.say("repeat", C.REPEAT)
        driver.barge_in()
        driver.say("repeat", C.REPEAT)
    assert driver.session.interruptible


def test_people_who_talk_to_each_other_over_it_are_somebody() -> None:
    driver = at_step(LAST)
    for _ in range(5):
        driver.barge_in()
        driver.say("yes, I think so too")
        driver.wait()
    assert driver.session.interruptible


@pytest.mark.parametrize("asked", [True, False])
def test_a_microphone_that_comes_back_in_a_pause_ends_it(asked: bool) -> None:
    driver = in_state(State.FLOOR)
    driver.key(C.PAUSE)
    driver.barge_in()
    driver.take(MicrophoneLost())
    assert (driver.session.interrupted, driver.held) == (False, False)
    if asked:
        driver.take(MicrophoneFound())
        assert not driver.session.interrupted


def test_another_day_it_is_tried_again() -> None:
    driver = at_step(LAST)
    for _ in range(3):
        in_vain(driver)
    driver.ended().resumed()
    assert driver.session.interruptible


@pytest.mark.parametrize("state", [State.FLOOR, State.CLOSING, State.GATE, State.PAUSED, State.ENDED, State.READY])
def test_where_the_guide_is_silent_nobody_interrupts_it(state: State) -> None:
    driver = in_state(state)
    with pytest.raises(IllegalEventError):
        driver.take(BargedIn())


def test_the_farewell_is_not_interrupted() -> None:
    driver = in_state(State.FLOOR)
    driver.say("stop", C.STOP)
    assert not driver.session.interruptible


def test_without_a_microphone_it_is_over() -> None:
    driver = at_step(LAST)
    driver.barge_in()
    assert spoken(driver.take(MicrophoneLost())) == [phrases.microphone_lost()]
    assert not driver.session.interrupted


def test_it_does_not_go_on_too_early() -> None:
    driver = at_step(LAST)
    driver.barge_in()
    with pytest.raises(IllegalEventError):
        driver.take(TimePassed(), after=WAIT / 2)


def test_a_choice_said_over_the_question_is_taken() -> None:
    driver = in_state(State.FLOOR)
    driver.say("break", C.BREAK)
    driver.barge_in()
    driver.say("an hour")
    assert driver.session.state is State.RESTING
    assert not driver.session.interrupted
    assert driver.line is not None
    assert driver.line.text.startswith("We take a break of an hour")
