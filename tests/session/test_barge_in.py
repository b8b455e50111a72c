"""Somebody speaks while the guide does: it stops, listens, and goes on where it was nothing."""

from __future__ import annotations

import pytest

from tests.support.session_driver import NEVER, Driver, at_step, in_state, spoken, strikes
from tests.support.small_exercise import FLOOR, LAST, MIRROR, STEPS
from voiceguide.session import phrases
from voiceguide.session.barge_in import LINGER, WAIT
from voiceguide.session.effects import Hush, Silence, Unhush
from voiceguide.session.events import BargedIn, MicrophoneFound, MicrophoneLost, TimePassed
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand as C


def interrupted(driver: Driver) -> Driver:
    """Somebody has begun to speak over the guide."""
    driver.barge_in()
    return driver


def asking() -> Driver:
    """The guide asks whether there is anything more, in the mirror's floor."""
    driver = at_step(MIRROR)
    driver.wait()
    assert spoken(driver.wait()) == [phrases.anything_more()]
    return driver


def in_vain(driver: Driver, times: int) -> Driver:
    """So often it was nobody."""
    for _ in range(times):
        interrupted(driver).wait()
    return driver


def test_the_guide_stops_and_listens_and_goes_on_where_nothing_is_said() -> None:
    driver = at_step(LAST)
    assert driver.session.interruptible
    assert driver.barge_in() == [Hush()]
    assert (driver.state, driver.session.interrupted, driver.waits) == (State.GUIDE, True, WAIT)
    assert (driver.floor.choosing, driver.floor.kept) == (True, False)
    driver.refuse(TimePassed(), after=WAIT / 2)
    assert driver.wait() == [Unhush()]
    assert driver.session.floor is None
    assert driver.session.interruptible


def test_it_waits_while_they_speak_and_goes_on_soon_after_what_is_no_command() -> None:
    driver = interrupted(at_step(LAST))
    driver.speech()
    driver.rest(30)
    assert driver.waits == NEVER
    driver.words("did you hear the dog")
    assert driver.utterances == [], "nothing of it is kept"
    assert driver.waits == LINGER
    assert driver.wait() == [Unhush()]


def test_a_command_is_obeyed() -> None:
    driver = interrupted(at_step(LAST))
    assert spoken(driver.say("repeat", C.REPEAT)) == [STEPS[LAST].prompt]
    assert not driver.session.interrupted
    assert interrupted(driver).say("pause", C.PAUSE) == [Hush()]
    assert driver.state is State.PAUSED
    assert driver.say("continue", C.CONTINUE) == [Unhush()]


def test_words_are_an_answer_where_the_guide_was_asking_in_somebodys_floor() -> None:
    driver = interrupted(asking())
    assert (driver.floor.kept, driver.floor.choosing) == (True, False)
    assert driver.say("and I was afraid") == [Silence()]
    assert (driver.state, driver.session.talking) == (State.FLOOR, False)
    assert driver.utterances[-1].text == "and I was afraid"


def test_a_cough_lets_the_question_be_asked_to_its_end() -> None:
    driver = interrupted(asking())
    driver.cough()
    assert driver.wait() == [Unhush()]
    assert driver.session.talking
    assert driver.hear_out().state is State.FLOOR


def test_a_yes_over_the_question_is_one() -> None:
    driver = in_state(State.FLOOR)
    driver.say("off the record", C.OFF_THE_RECORD)
    interrupted(driver).tell(C.YES)
    assert (strikes(driver.effects), driver.state) == ([(1,)], State.FLOOR)


def test_a_choice_said_over_the_question_is_taken() -> None:
    driver = in_state(State.FLOOR)
    driver.say("break", C.BREAK)
    assert spoken(interrupted(driver).say("an hour")) == [phrases.on_a_break(3600.0, None)]
    assert (driver.state, driver.session.interrupted) == (State.RESTING, False)


def test_a_line_that_was_at_its_end_leads_on_aloud() -> None:
    driver = interrupted(at_step(FLOOR).done())
    assert driver.hear()[0] == Unhush()
    assert driver.state is State.FLOOR


def test_after_three_of_four_in_vain_the_guide_talks_on_until_another_day() -> None:
    driver = in_vain(at_step(LAST), 2)
    assert driver.session.interruptible
    assert in_vain(driver, 1).session.deaf
    driver.refuse(BargedIn())
    assert driver.ended().resumed().session.interruptible


def test_whoever_means_something_now_and_then_is_always_listened_to() -> None:
    driver = at_step(LAST)
    for _ in range(5):
        in_vain(driver, 2)
        for _ in range(2):
            interrupted(driver).say("repeat", C.REPEAT)
    assert driver.session.interruptible


def test_people_who_talk_to_each_other_over_it_are_somebody() -> None:
    driver = at_step(LAST)
    for _ in range(5):
        interrupted(driver).say("yes, I think so too")
        driver.wait()
    assert driver.session.interruptible


@pytest.mark.parametrize("found", [True, False])
def test_a_microphone_that_is_lost_or_comes_back_ends_an_interruption_in_a_pause(found: bool) -> None:
    driver = in_state(State.FLOOR)
    driver.key(C.PAUSE)
    interrupted(driver).take(MicrophoneLost())
    if found:
        driver.take(MicrophoneFound())
    assert (driver.session.interrupted, driver.held) == (False, False)


def test_without_a_microphone_it_is_over() -> None:
    driver = interrupted(at_step(LAST))
    assert spoken(driver.take(MicrophoneLost())) == [phrases.microphone_lost()]
    assert not driver.session.interrupted


@pytest.mark.parametrize("state", [State.FLOOR, State.CLOSING, State.GATE, State.PAUSED, State.ENDED, State.READY])
def test_where_the_guide_is_silent_nobody_interrupts_it(state: State) -> None:
    in_state(state).refuse(BargedIn())


def test_the_farewell_is_not_interrupted() -> None:
    driver = in_state(State.FLOOR)
    driver.say("stop", C.STOP)
    assert not driver.session.interruptible
