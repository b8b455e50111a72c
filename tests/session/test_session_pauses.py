"""How a session is interrupted and goes on: pauses, a lost microphone, stop, the end, and going on another day."""

from __future__ import annotations

import pytest

from tests.support.session_driver import (
    CHECK,
    DONE,
    FAREWELL,
    FLOOR,
    LAST,
    MIRROR,
    STEPS,
    STOPPED,
    Driver,
    adjusted,
    at_step,
    chimes,
    in_state,
    new_session,
    spoken,
    strikes,
)
from voiceguide.errors import IllegalEventError
from voiceguide.session import phrases
from voiceguide.session.delivery import Delivery
from voiceguide.session.effects import Hush, Silence, Unhush
from voiceguide.session.events import (
    Begun,
    Ended,
    MicrophoneFound,
    MicrophoneLost,
    PromptEnded,
    Resumed,
    SpeechStarted,
    Utterance,
)
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand as C

LISTENING = [State.FLOOR, State.CLOSING, State.GATE, State.STRIKING]
RUNNING = [State.GUIDE, *LISTENING, State.PAUSED]

# -- pauses ------------------------------------------------------------------------------------------------------


def test_in_mid_prompt_the_voice_is_held_and_released() -> None:
    driver = at_step(LAST)
    assert driver.key(C.PAUSE) == [Hush()]
    assert driver.session.deadline is None
    floor = driver.session.floor
    assert floor
    assert not floor.kept
    assert driver.say("continue", C.CONTINUE) == [Unhush()]
    assert spoken(driver.hear()) == [FAREWELL]


@pytest.mark.parametrize("state", LISTENING)
def test_a_pause_is_said_and_going_on_is_said(state: State) -> None:
    driver = in_state(state)
    index = driver.session.index
    assert spoken(driver.say("pause", C.PAUSE)) == [phrases.paused()]
    driver.hear_out()
    assert (driver.session.state, driver.session.deadline) == (State.PAUSED, None)
    assert spoken(driver.say("continue", C.CONTINUE)) == [phrases.going_on()]
    driver.hear_out()
    opened = State.GATE if state is State.GATE else State.FLOOR
    assert (driver.session.state, driver.session.index) == (opened, index)


def test_after_a_pause_the_turn_has_its_words_and_its_time() -> None:
    driver = at_step(FLOOR)
    driver.say("I worry")
    driver.key(C.PAUSE)
    left = driver.session.time_left(driver.now)
    driver.hear_out().key(C.CONTINUE, after=300)
    driver.hear_out()
    assert driver.session.time_left(driver.now) == left
    driver.say("about the house")
    assert "I worry about the house" in spoken(driver.key(C.WHAT_DID_I_SAY))[0]


def test_the_pause_of_somebody_who_is_quicker_than_the_guide() -> None:
    driver = at_step(FLOOR)
    driver.key(C.PAUSE)
    assert Silence() in driver.key(C.CONTINUE)
    assert Silence() in driver.key(C.PAUSE) or driver.held
    driver.key(C.CONTINUE)
    driver.hear_out()
    assert driver.session.state is State.FLOOR


def test_a_pause_that_comes_with_the_last_word_finds_the_line_said() -> None:
    driver = in_state(State.GUIDE)
    driver.key(C.PAUSE)
    assert driver.take(PromptEnded(STEPS[MIRROR].prompt, driver.now, 3), after=0.0) == []
    assert driver.session.state is State.PAUSED
    assert spoken(driver.key(C.CONTINUE)) == [phrases.going_on()]
    assert spoken(driver.hear()) == [], "the prompt is not said again"
    assert driver.session.floor


def test_a_question_in_a_pause_is_answered_and_the_prompt_is_said_afresh() -> None:
    driver = at_step(LAST)
    driver.key(C.PAUSE)
    assert spoken(driver.say("help", C.HELP)) == [phrases.help_line(driver.session.commands)]
    driver.hear_out()
    assert driver.session.state is State.PAUSED
    driver.say("continue", C.CONTINUE)
    assert spoken(driver.hear()) == [STEPS[LAST].prompt]


def test_talk_in_a_pause_is_nothing_to_the_session() -> None:
    driver = in_state(State.PAUSED)
    driver.cough()
    assert driver.session.state is State.PAUSED
    driver.key(C.CONTINUE)
    assert "I worry about the house" in spoken(driver.key(C.WHAT_DID_I_SAY))[0]


# -- the microphone ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.GUIDE, *LISTENING])
def test_a_lost_microphone_pauses_and_a_found_one_goes_on(state: State) -> None:
    driver = in_state(state)
    index = driver.session.index
    assert spoken(driver.take(MicrophoneLost())) == [phrases.microphone_lost()]
    said = len(driver.effects)
    assert driver.hear_out().session.state is State.PAUSED
    assert chimes(driver.effects[said:]) == [], "nobody is called to speak to nothing"
    assert driver.session.floor is None
    assert driver.session.deadline is None
    assert spoken(driver.take(MicrophoneFound())) == [phrases.microphone_found()]
    driver.hear()
    if state is State.GUIDE:
        assert spoken(driver.effects[-1:]) == [STEPS[MIRROR].prompt]
        driver.hear()
    assert driver.session.index == index
    assert driver.session.floor


def test_a_pause_that_was_asked_for_outlasts_the_microphone() -> None:
    driver = in_state(State.PAUSED)
    assert driver.take(MicrophoneLost()) == []
    assert spoken(driver.key(C.CONTINUE)) == [phrases.microphone_lost()]
    assert driver.hear_out().session.state is State.PAUSED
    assert spoken(driver.take(MicrophoneFound())) == [phrases.microphone_found()]
    assert driver.hear_out().session.state is State.PAUSED
    assert spoken(driver.say("continue", C.CONTINUE)) == [phrases.going_on()]


def test_going_on_without_a_microphone_is_refused_with_a_word() -> None:
    driver = at_step(FLOOR)
    driver.take(MicrophoneLost())
    driver.hear_out()
    assert spoken(driver.key(C.CONTINUE)) == [phrases.microphone_lost()]
    driver.hear_out()
    assert driver.session.state is State.PAUSED
    driver.take(MicrophoneFound())
    assert driver.hear_out().session.state is State.FLOOR


def test_a_microphone_lost_in_the_last_words_delays_nothing() -> None:
    driver = at_step(LAST)
    driver.hear()
    assert driver.take(MicrophoneLost()) == []
    driver.hear()
    assert driver.end == "completed"


# -- the end -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", RUNNING)
def test_stop_says_kind_words_and_ends(state: State) -> None:
    driver = in_state(state)
    assert spoken(driver.key(C.STOP)) == [STOPPED]
    assert driver.session.commands == {C.STOP}
    assert driver.end is None
    driver.hear()
    assert driver.end == "stopped"
    assert driver.ended().session.state is State.ENDED
    assert strikes(driver.effects) == []


@pytest.mark.parametrize("state", RUNNING)
def test_told_to_stop_twice_it_ends_at_once(state: State) -> None:
    driver = in_state(state)
    driver.key(C.STOP)
    driver.key(C.STOP)
    assert (driver.end, driver.line) == ("stopped", None)


def test_told_to_stop_in_the_farewell_the_session_is_completed_all_the_same() -> None:
    driver = at_step(LAST)
    driver.hear()
    driver.key(C.STOP)
    assert driver.end == "completed"


@pytest.mark.parametrize("state", [State.READY, *RUNNING])
def test_it_can_be_ended_from_outside_and_then_waits_for_nothing(state: State) -> None:
    driver = in_state(state)
    driver.take(Ended("stopped"))
    session = driver.session
    assert (session.state, session.floor, session.deadline, session.talking) == (State.ENDED, None, None, False)
    assert session.commands == frozenset()
    with pytest.raises(IllegalEventError):
        driver.take(Ended("stopped"))


def test_words_that_were_said_before_the_end_may_come_after_it() -> None:
    driver = at_step(FLOOR)
    driver.take(Ended("stopped"))
    assert driver.take(Utterance(1, "a", "the house", place=2)) == []
    driver.take(Resumed())
    assert "the house" in spoken(driver.key(C.WHAT_DID_I_SAY))[0]


# -- another day -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [*RUNNING, State.ENDED])
def test_a_session_goes_on_at_the_very_step(state: State) -> None:
    driver = in_state(state)
    index, had_words = driver.session.index, state not in (State.GUIDE, State.GATE)
    effects = driver.take(Resumed(), after=0.0)
    assert spoken(effects) == [phrases.welcome_back(STEPS[index].place, had_words)]
    effects = driver.hear()
    assert spoken(effects) == [STEPS[index].prompt]
    driver.hear()
    assert driver.session.state is (State.GATE if state is State.GATE else State.FLOOR)
    assert driver.session.index == index
    if had_words:
        assert "I worry about the house" in spoken(driver.key(C.WHAT_DID_I_SAY))[0]


def test_a_session_that_had_not_begun_begins() -> None:
    driver = in_state(State.READY)
    assert spoken(driver.take(Resumed())) == [STEPS[0].prompt]
    with pytest.raises(IllegalEventError):
        driver.take(Begun())


def test_what_was_said_in_mid_sentence_does_not_hold_up_another_day() -> None:
    driver = at_step(FLOOR)
    driver.speech()
    driver.take(Resumed())
    driver.hear_out()
    driver.say(DONE, C.DONE)
    assert driver.session.deadline is not None


def test_the_time_spent_counts_and_the_guide_speaks_as_it_is_to_now() -> None:
    driver = at_step(FLOOR)
    driver.key(C.SLOWER, after=20)
    assert adjusted(driver.take(Resumed(delivery=Delivery(0.9, 1.5)), after=500)) == [(0.9, 1.5)]
    driver.hear_out()
    assert driver.session.time_left(driver.now) == 40


def test_a_question_is_nudged_again_another_day() -> None:
    driver = at_step(CHECK)
    for _ in range(2):
        driver.wait()
        driver.hear_out()
    assert driver.session.deadline is None
    driver.take(Resumed())
    driver.hear_out()
    assert driver.session.deadline is not None


def test_a_pause_and_a_lost_microphone_do_not_outlast_the_day() -> None:
    driver = in_state(State.PAUSED)
    driver.take(MicrophoneLost())
    driver.take(Resumed())
    driver.hear_out()
    assert driver.session.floor
    driver.take(MicrophoneLost())
    driver.take(MicrophoneFound())
    assert driver.hear_out().session.state is State.FLOOR


def test_what_is_completed_cannot_be_resumed() -> None:
    driver = at_step(LAST)
    driver.hear_out().ended()
    assert driver.end == "completed"
    with pytest.raises(IllegalEventError):
        driver.take(Resumed())


@pytest.mark.parametrize("interrupted", [True, False])
def test_an_interrupted_farewell_is_said_again(interrupted: bool) -> None:
    driver = at_step(LAST)
    driver.hear()
    if interrupted:
        driver.take(Ended("stopped"))
    assert spoken(driver.take(Resumed())) == [FAREWELL]
    driver.hear()
    assert driver.end == "completed"


def test_before_it_begins_it_takes_nothing_else() -> None:
    driver = Driver(new_session())
    for event in (SpeechStarted(), MicrophoneLost(), PromptEnded(), Utterance(1, "a", "hello")):
        with pytest.raises(IllegalEventError):
            driver.take(event)
    assert driver.session.commands == frozenset()
