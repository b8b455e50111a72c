"""How a session is interrupted and goes on: pauses, a lost microphone, stop, another day, breaks."""

from __future__ import annotations

import pytest

from tests.support.session_driver import DONE, NEVER, Driver, adjusted, at_step, chimes, in_state, spoken, strikes
from tests.support.small_exercise import CHECK, FAREWELL, FLOOR, LAST, MIRROR, STEPS, STOPPED
from voiceguide.session import phrases
from voiceguide.session.breaks import length_of
from voiceguide.session.delivery import Delivery
from voiceguide.session.effects import Earcon, Hush, Silence, Unhush
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
from voiceguide.session.patience import USUAL
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand as C

LISTENING = [State.FLOOR, State.CLOSING, State.GATE, State.STRIKING]
RUNNING = [State.GUIDE, *LISTENING, State.PAUSED]
WORRY = phrases.you_said("Mia", "I worry about the house")

# -- pauses ------------------------------------------------------------------------------------------------------


def test_in_mid_prompt_the_voice_is_held_and_released() -> None:
    driver = at_step(LAST)
    assert driver.key(C.PAUSE) == [Hush()]
    assert (driver.waits, driver.floor.kept) == (NEVER, False)
    assert driver.say("continue", C.CONTINUE) == [Unhush()]
    assert spoken(driver.hear()) == [FAREWELL]


@pytest.mark.parametrize("state", LISTENING)
def test_a_pause_is_said_and_going_on_is_said(state: State) -> None:
    driver = in_state(state)
    index = driver.session.index
    assert spoken(driver.say("pause", C.PAUSE)) == [phrases.paused()]
    driver.hear_out().cough()
    assert (driver.state, driver.waits) == (State.PAUSED, NEVER)
    assert spoken(driver.say("continue", C.CONTINUE)) == [phrases.going_on()]
    driver.hear_out()
    opened = State.GATE if state is State.GATE else State.FLOOR
    assert (driver.state, driver.session.index) == (opened, index)


def test_after_a_pause_the_turn_has_its_words_and_its_time() -> None:
    driver = at_step(FLOOR)
    driver.say("I worry")
    driver.key(C.PAUSE)
    left = driver.left
    driver.hear_out().rest(300)
    assert driver.press(C.CONTINUE).left == left
    driver.say("about the house")
    assert driver.read_back() == WORRY


def test_the_pause_of_somebody_who_is_quicker_than_the_guide() -> None:
    driver = at_step(FLOOR)
    driver.key(C.PAUSE)
    assert Silence() in driver.key(C.CONTINUE)
    assert driver.key(C.PAUSE) == [Hush()]
    assert driver.press(C.CONTINUE).state is State.FLOOR


def test_a_pause_that_comes_with_the_last_word_finds_the_line_said() -> None:
    driver = in_state(State.GUIDE)
    driver.key(C.PAUSE)
    assert driver.take(PromptEnded(STEPS[MIRROR].prompt, driver.now, 3), after=0.0) == []
    assert driver.state is State.PAUSED
    assert spoken(driver.key(C.CONTINUE)) == [phrases.going_on()]
    assert spoken(driver.hear()) == [], "the prompt is not said again"
    assert driver.floor


def test_a_question_in_a_pause_is_answered_and_the_prompt_is_said_afresh() -> None:
    driver = at_step(LAST)
    driver.key(C.PAUSE)
    assert spoken(driver.say("help", C.HELP)) == [phrases.help_line(driver.session.commands)]
    assert driver.hear_out().state is State.PAUSED
    driver.say("continue", C.CONTINUE)
    assert spoken(driver.hear()) == [STEPS[LAST].prompt]


# -- the microphone ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.GUIDE, *LISTENING])
def test_a_lost_microphone_pauses_and_a_found_one_goes_on(state: State) -> None:
    driver = in_state(state)
    index = driver.session.index
    assert spoken(driver.take(MicrophoneLost())) == [phrases.microphone_lost()]
    said = len(driver.effects)
    assert driver.hear_out().state is State.PAUSED
    assert chimes(driver.effects[said:]) == [], "nobody is called to speak to nothing"
    assert (driver.session.floor, driver.session.deadline) == (None, None)
    assert spoken(driver.key(C.CONTINUE)) == [phrases.microphone_lost()], "going on is refused with a word"
    assert driver.hear_out().state is State.PAUSED
    assert spoken(driver.take(MicrophoneFound())) == [phrases.microphone_found()]
    assert spoken(driver.hear()) == ([STEPS[MIRROR].prompt] if state is State.GUIDE else [])
    driver.hear_out()
    assert (driver.session.index, driver.floor.place) == (index, driver.session.place)


def test_a_pause_that_was_asked_for_outlasts_the_microphone() -> None:
    driver = in_state(State.PAUSED)
    assert driver.take(MicrophoneLost()) == []
    assert spoken(driver.key(C.CONTINUE)) == [phrases.microphone_lost()]
    assert driver.hear_out().state is State.PAUSED
    assert spoken(driver.take(MicrophoneFound())) == [phrases.microphone_found()]
    assert driver.hear_out().state is State.PAUSED
    assert spoken(driver.say("continue", C.CONTINUE)) == [phrases.going_on()]


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
    assert driver.line
    driver.hear()
    assert (driver.end, strikes(driver.effects)) == ("stopped", [])
    assert driver.ended().state is State.ENDED


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
    driver.refuse(Ended("stopped"))


def test_words_that_were_said_before_the_end_may_come_after_it() -> None:
    driver = at_step(FLOOR)
    driver.take(Ended("stopped"))
    assert driver.take(Utterance(1, "a", "the house", place=2)) == []
    driver.take(Resumed())
    assert driver.read_back() == phrases.you_said("Mia", "the house")


# -- another day -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [*RUNNING, State.ENDED])
def test_a_session_goes_on_at_the_very_step(state: State) -> None:
    driver = in_state(state)
    index, had_words = driver.session.index, state not in (State.GUIDE, State.GATE)
    assert spoken(driver.take(Resumed(), after=0.0)) == [phrases.welcome_back(STEPS[index].place, had_words)]
    assert spoken(driver.hear()) == [STEPS[index].prompt]
    driver.hear()
    assert (driver.state, driver.session.index) == (State.GATE if state is State.GATE else State.FLOOR, index)
    if had_words:
        assert driver.read_back() == WORRY


def test_a_session_that_had_not_begun_begins() -> None:
    driver = in_state(State.READY)
    assert driver.session.commands == frozenset()
    for event in (SpeechStarted(), MicrophoneLost(), PromptEnded(), Utterance(1, "a", "hello")):
        driver.refuse(event)
    assert spoken(driver.take(Resumed())) == [STEPS[0].prompt]
    driver.refuse(Begun())


def test_what_was_said_in_mid_sentence_does_not_hold_up_another_day() -> None:
    driver = at_step(FLOOR)
    driver.speech()
    driver.take(Resumed())
    driver.hear_out().say(DONE, C.DONE)
    assert driver.waits == 1.5


def test_the_time_spent_counts_and_the_guide_speaks_as_it_is_to_now() -> None:
    driver = at_step(FLOOR)
    driver.key(C.SLOWER, after=20)
    assert adjusted(driver.take(Resumed(delivery=Delivery(0.9, 1.5)), after=500)) == [(0.9, 1.5)]
    assert driver.hear_out().left == 40


def test_a_question_is_nudged_again_another_day() -> None:
    driver = at_step(CHECK)
    for _ in range(2):
        driver.wait()
        driver.hear_out()
    assert driver.waits == NEVER
    driver.take(Resumed())
    assert driver.hear_out().waits == 20


def test_a_pause_and_a_lost_microphone_do_not_outlast_the_day() -> None:
    driver = in_state(State.PAUSED)
    driver.take(MicrophoneLost())
    driver.take(Resumed())
    assert driver.hear_out().state is State.FLOOR
    driver.take(MicrophoneLost())
    driver.take(MicrophoneFound())
    assert driver.hear_out().state is State.FLOOR


@pytest.mark.parametrize("interrupted", [True, False])
def test_an_interrupted_farewell_is_said_again_and_what_is_completed_cannot_be_resumed(interrupted: bool) -> None:
    driver = at_step(LAST)
    driver.hear()
    if interrupted:
        driver.take(Ended("stopped"))
    assert spoken(driver.take(Resumed())) == [FAREWELL]
    driver.hear()
    assert driver.end == "completed"
    driver.ended().refuse(Resumed())


# -- breaks --------------------------------------------------------------------------------------------------------

DAY = 24 * 60
MINUTES = {
    20: ["Twenty minutes.", "20 minutes, please.", "five minutes"],
    30: ["Let's say half an hour", "thirty"],
    45: ["45 minutes", "forty five minutes"],
    60: ["an hour"],
    90: ["An hour and a half.", "90"],
    100: ["100 minutes"],
    120: ["two hours", "120 minutes"],
    180: ["a few hours"],
    DAY: ["until tomorrow", "Fifty hours"],
}
NO_TIME = ["", "yes", "I don't know", "one moment", "one", "I am so tired of this", "minutes"]


def test_people_say_how_long_and_what_is_kept_of_it_means_the_same() -> None:
    texts = [text for each in MINUTES.values() for text in each]
    wanted = {text: minutes * 60 for minutes, each in MINUTES.items() for text in each}
    assert {text: length_of(text) for text in texts} == wanted
    asking = in_state(State.BREAK).session
    assert {text: length_of(asking.choice(text) or "") for text in texts} == wanted
    assert [text for text in NO_TIME if length_of(text)] == []


def on_break(words: str = "an hour") -> Driver:
    driver = in_state(State.BREAK)
    driver.say(words)
    return driver.hear_out()


def test_a_break_says_when_it_ends_and_keeps_nothing() -> None:
    driver = Driver()
    driver.take(Begun(USUAL, clock=20 * 3600.0))
    driver.hear_out().press(C.NEXT).tell(C.BREAK)
    assert spoken(driver.say("I can't bear it, an hour and a half, please")) == [phrases.on_a_break(5400.0, 77_400.0)]
    assert driver.utterances[-1].text == "90 minutes", "how long is kept, and nothing said around it"
    driver.hear_out()
    assert not driver.floor.kept
    driver.say("and then a secret")
    assert driver.state is State.RESTING


def test_it_ends_by_itself_with_the_calm_check_and_the_step_is_said_again() -> None:
    driver = on_break()
    began = driver.now
    for _ in range(12):
        assert spoken(driver.wait()) == []
    assert spoken(driver.wait()) == [phrases.calm_question()]
    assert 3590 < driver.now - began <= 3600
    driver.hear_out()
    assert spoken(driver.say("yes", C.YES)) == [phrases.going_on()]
    assert spoken(driver.hear()) == [STEPS[FLOOR].prompt]
    assert chimes(driver.hear())
    assert driver.state is State.FLOOR


def test_who_is_not_calm_rests_on() -> None:
    driver = in_state(State.CALM)
    assert "20 minutes" in spoken(driver.say("no", C.NO))[0]
    assert driver.hear_out().state is State.RESTING
    for _ in range(12):
        driver.wait()
    assert 1100 < driver.waits <= 1200


def test_a_no_to_the_question_goes_on() -> None:
    driver = in_state(State.BREAK)
    assert spoken(driver.say("no", C.NO)) == [phrases.going_on()]
    assert driver.hear_out().state is State.FLOOR


def test_silence_means_the_shortest_break() -> None:
    driver = in_state(State.BREAK)
    assert spoken(driver.wait()) == [phrases.on_a_break(1200.0, None)]
    assert driver.state is State.RESTING


def test_a_break_outlasts_the_program() -> None:
    assert on_break("until tomorrow").ended().resumed().state is State.CALM


def test_stop_ends_a_break_and_saves() -> None:
    assert on_break().tell(C.STOP).end == "stopped"


def test_a_breath_is_offered_for_a_minute_and_then_it_is_quiet() -> None:
    driver = on_break()
    begun, heard = driver.now, []
    while driver.waits < 100:
        heard += chimes(driver.wait())
    assert heard == [Earcon.BREATHE_IN, Earcon.BREATHE_OUT] * 6
    assert driver.now - begun < 60
    assert driver.now + driver.waits - begun > 3500
    assert driver.state is State.RESTING


def test_a_question_in_a_break_does_not_end_the_breaths() -> None:
    driver = on_break()
    assert chimes(driver.wait()) == [Earcon.BREATHE_IN]
    driver.say("help", C.HELP)
    assert driver.session.deadline is None
    driver.hear_out()
    assert chimes(driver.wait()) == [Earcon.BREATHE_IN]
