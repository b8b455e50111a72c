"""What a session does on the way: the clock of a floor, steering, questions to the guide, off the record."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.support.session_driver import (
    CHECK,
    FAREWELL,
    FLOOR,
    LAST,
    LONG_FLOOR,
    MIRROR,
    PLAIN_ASK,
    STEPS,
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
from voiceguide.session.effects import Earcon, Speak
from voiceguide.session.events import Begun, Resumed, Utterance
from voiceguide.session.patience import UNHURRIED
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand as C

# -- the clock of a floor ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("index", "near"), [(FLOOR, 10), (LONG_FLOOR, 30)])
def test_a_timed_floor_sounds_before_its_end_and_at_it_and_goes_on(index: int, near: int) -> None:
    driver = at_step(index, UNHURRIED)
    opened, seconds = driver.now, STEPS[index].seconds or 0
    assert chimes(driver.wait()) == [Earcon.TIME_NEAR]
    assert driver.now == pytest.approx(opened + seconds - near)
    assert driver.session.time_left(driver.now) == pytest.approx(near)
    assert chimes(driver.wait()) == [Earcon.TIME_UP]
    assert driver.now == pytest.approx(opened + seconds)
    assert driver.session.deadline is None
    assert driver.session.state is State.FLOOR
    assert driver.say("and one more thing") == []
    assert driver.session.time_left(driver.now) == 0.0


def test_more_time_brings_both_sounds_again() -> None:
    driver = at_step(FLOOR, UNHURRIED)
    driver.wait()
    driver.wait()
    assert spoken(driver.say("more time", C.MORE_TIME)) == [phrases.more_time()]
    driver.hear_out()
    left = driver.session.time_left(driver.now)
    assert left is not None
    assert 57 < left <= 60
    assert [*chimes(driver.wait()), *chimes(driver.wait())] == [Earcon.TIME_NEAR, Earcon.TIME_UP]


def test_the_clock_stands_while_the_guide_answers() -> None:
    driver = at_step(FLOOR)
    assert spoken(driver.key(C.HOW_LONG, after=15)) == [phrases.how_long(45)]
    left = driver.session.time_left(driver.now)
    driver.hear_out()
    assert driver.session.time_left(driver.now) == left == 45


@pytest.mark.parametrize("index", [MIRROR, CHECK, LAST])
def test_nothing_about_time_can_be_asked_where_time_does_not_matter(index: int) -> None:
    driver = at_step(index)
    assert not driver.session.commands & {C.HOW_LONG, C.MORE_TIME}
    with pytest.raises(IllegalEventError):
        driver.key(C.HOW_LONG)


@pytest.mark.parametrize("state", [State.GUIDE, State.CLOSING, State.PAUSED])
def test_nothing_about_time_can_be_asked_while_the_clock_stands_or_the_turn_ends(state: State) -> None:
    driver = at_step(FLOOR)
    driver.key({State.GUIDE: C.STOP, State.CLOSING: C.DONE, State.PAUSED: C.PAUSE}[state])
    assert driver.session.state is state
    assert not driver.session.commands & {C.HOW_LONG, C.MORE_TIME}
    driver.take(Resumed())
    assert not driver.session.commands & {C.HOW_LONG, C.MORE_TIME}


# -- steering and asking -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [FLOOR, CHECK, LAST])
def test_repeat_says_the_prompt_again(index: int) -> None:
    driver = at_step(index)
    assert spoken(driver.key(C.REPEAT)) == [STEPS[index].prompt]
    driver.hear_out()
    if index is not LAST:
        assert driver.session.index == index


def test_next_and_back_go_by_places() -> None:
    driver = Driver().begin()
    for index in (FLOOR, MIRROR):
        assert spoken(driver.key(C.NEXT)) == [STEPS[index].prompt]
    assert spoken(driver.key(C.NEXT)) == [STEPS[PLAIN_ASK].prompt], "the mirror's whole loop is one place"
    assert spoken(driver.key(C.BACK)) == [STEPS[MIRROR].prompt]
    assert spoken(driver.key(C.BACK)) == [STEPS[FLOOR].prompt]
    assert spoken(driver.key(C.BACK)) == [STEPS[0].prompt]
    assert spoken(driver.key(C.BACK)) == [STEPS[0].prompt]
    assert spoken(at_step(LAST).key(C.NEXT)) == [FAREWELL]


def test_outside_an_exercise_nothing_can_be_skipped() -> None:
    driver = Driver(new_session((replace(STEPS[0], place=0),))).begin()
    assert not driver.session.commands & {C.NEXT, C.BACK}


@pytest.mark.parametrize("state", [State.GUIDE, State.FLOOR, State.CLOSING, State.GATE, State.PAUSED])
def test_help_names_what_can_be_said_and_leads_nowhere(state: State) -> None:
    driver = in_state(state)
    index, place = driver.session.index, driver.session.place
    (words,) = spoken(driver.key(C.HELP))
    assert words == phrases.help_line(driver.session.commands)
    driver.hear()
    assert (driver.session.index, driver.session.place) == (index, place)
    assert driver.session.state is (State.FLOOR if state is State.CLOSING else state)


def test_what_did_i_say_reads_the_running_turn_or_else_the_last_without_commands() -> None:
    driver = at_step(FLOOR)
    assert spoken(driver.key(C.WHAT_DID_I_SAY)) == [phrases.nothing_said()]
    driver.hear_out()
    driver.say("the house I'm done", C.DONE, at=10)
    driver.wait()
    assert spoken(driver.key(C.WHAT_DID_I_SAY))[0] == phrases.you_said("Mia", "the house")
    driver.hear_out()
    assert driver.session.index == MIRROR
    driver.say("you fear")
    assert spoken(driver.key(C.WHAT_DID_I_SAY))[0] == phrases.you_said("Zoë", "you fear")


def test_what_did_i_say_reads_the_better_words() -> None:
    driver = at_step(FLOOR)
    driver.say("the horse")
    driver.say("and honey I'm done", C.DONE, at=10)
    driver.amend(back=1)
    deadline = driver.session.deadline
    driver.amend()
    assert driver.session.deadline == deadline
    driver.wait()
    assert spoken(driver.key(C.WHAT_DID_I_SAY))[0] == phrases.you_said("Mia", "better 1 better 2")


def test_better_words_bring_nothing_back_that_was_struck() -> None:
    driver = at_step(FLOOR)
    driver.say("the house")
    driver.key(C.OFF_THE_RECORD)
    driver.hear_out()
    driver.say("yes", C.YES)
    driver.hear_out()
    driver.amend(back=1)
    assert spoken(driver.key(C.WHAT_DID_I_SAY)) == [phrases.nothing_said()]


def test_only_words_read_back_are_a_quotation() -> None:
    driver = at_step(FLOOR)
    driver.say("the house")
    for command in (C.WHAT_DID_I_SAY, C.HELP, C.REPEAT):
        (speak,) = [effect for effect in driver.key(command) if isinstance(effect, Speak)]
        assert speak.quoting == (command is C.WHAT_DID_I_SAY)


def test_words_at_a_question_can_be_taken_back_like_any_others() -> None:
    driver = in_state(State.GATE)
    driver.say("well you know")
    assert spoken(driver.key(C.WHAT_DID_I_SAY)) == [phrases.you_said("Mia", "well you know")]
    driver.hear_out()
    said = driver.session._said.last
    driver.say("off the record", C.OFF_THE_RECORD)
    driver.hear_out()
    assert strikes(driver.say("yes", C.YES)) == [tuple(u.id for u in said)]


def test_a_cough_is_not_the_turn_that_is_taken_back_but_lost_words_are() -> None:
    driver = at_step(FLOOR)
    driver.take(Utterance(90, "a", "", place=driver.session.place))
    assert [u.id for u in driver.session._said.last] == [90]  # there is nothing else yet
    driver.say("the house")
    driver.take(Utterance(92, "a", "", doubtful=True, place=driver.session.place))
    assert {90, 92} < {u.id for u in driver.session._said.last}


def test_late_words_belong_to_the_turn_they_were_said_in() -> None:
    driver = at_step(FLOOR)
    driver.say("the house")
    driver.key(C.NEXT)
    assert driver.take(Utterance(9, "a", "and the car", place=2)) == []
    assert "the house and the car" in spoken(driver.key(C.WHAT_DID_I_SAY))[0]


def test_the_guide_speaks_as_it_is_told_from_then_on() -> None:
    driver = at_step(FLOOR)
    ((slower, _),) = adjusted(driver.say("slower", C.SLOWER))
    ((_, louder),) = adjusted(driver.key(C.LOUDER))
    assert slower < 1 < louder
    assert (driver.session.delivery.pace, driver.session.delivery.loudness) == (slower, louder)
    ((faster, _),) = adjusted(driver.key(C.FASTER))
    ((_, quieter),) = adjusted(driver.key(C.QUIETER))
    assert faster > slower
    assert quieter < louder
    for _ in range(30):
        driver.key(C.LOUDER)
        driver.key(C.SLOWER)
    assert (driver.session.delivery.pace, driver.session.delivery.loudness) == (0.6, 2.0)


def test_a_session_begins_with_how_the_guide_is_to_speak_and_goes_on_from_there() -> None:
    driver = Driver()
    assert adjusted(driver.take(Begun(delivery=Delivery(0.87, 0.25)))) == [(0.87, 0.25)]
    driver.hear_out()
    assert adjusted(driver.key(C.QUIETER)) == [(0.87, 0.25)], "quieter must not be louder"
    assert adjusted(driver.key(C.LOUDER)) == [(0.87, 0.312)]
    assert adjusted(driver.key(C.SLOWER)) == [(0.757, 0.312)]


@given(st.floats(0.25, 2.0), st.sampled_from([c for c in C if c not in (C.LOUDER, C.QUIETER)]))
def test_what_does_not_mean_the_loudness_leaves_it_to_the_last_digit(loudness: float, command: C) -> None:
    assert Delivery(loudness=loudness).told(command).loudness == loudness


# -- off the record ----------------------------------------------------------------------------------------------


def test_off_the_record_asks_by_name_and_removes_the_last_turn() -> None:
    driver = at_step(FLOOR)
    driver.say("the secret")
    driver.say("and more of it")
    assert spoken(driver.say("off the record", C.OFF_THE_RECORD)) == [phrases.strike_question("Mia")]
    driver.hear_out()
    floor = driver.session.floor
    assert floor
    assert not floor.kept
    effects = driver.say("yes", C.YES)
    assert strikes(effects) == [(1, 2)]
    assert spoken(effects) == [phrases.struck("Mia")]
    driver.hear_out()
    assert (driver.session.state, driver.session.index) == (State.FLOOR, FLOOR)
    assert spoken(driver.key(C.WHAT_DID_I_SAY)) == [phrases.nothing_said()]


def test_no_or_silence_keeps_the_turn() -> None:
    driver = in_state(State.STRIKING)
    effects = driver.say("no", C.NO)
    driver.hear_out()
    driver.key(C.OFF_THE_RECORD)
    effects += driver.hear_out().wait()
    assert spoken(effects) == [phrases.kept("Mia")] * 2
    assert strikes(driver.effects) == []
    assert "I worry about the house" in spoken(driver.hear_out().key(C.WHAT_DID_I_SAY))[0]


@pytest.mark.parametrize("before", range(3))
def test_silence_ends_the_question_however_often_it_was_asked(before: int) -> None:
    driver = in_state(State.GATE)
    for _ in range(before):
        driver.say("hm")
        driver.hear_out()
    driver.key(C.OFF_THE_RECORD)
    for _ in range(before):
        driver.hear_out().say("hm")
    driver.hear_out().wait()
    assert driver.hear_out().session.state is State.GATE
    assert driver.session.deadline == pytest.approx(driver.now + 20), "and the other question is asked afresh"


def test_in_mid_prompt_the_last_turn_is_the_one_before_and_the_prompt_follows() -> None:
    driver = in_state(State.GUIDE)
    driver.key(C.OFF_THE_RECORD)
    driver.hear_out()
    effects = driver.say("yes", C.YES)
    assert strikes(effects) == [(1,)]
    effects += driver.hear()
    assert spoken(effects) == [phrases.struck("Mia"), STEPS[MIRROR].prompt]


def test_after_a_no_in_mid_prompt_the_prompt_follows() -> None:
    driver = in_state(State.GUIDE)
    driver.key(C.OFF_THE_RECORD)
    driver.hear_out()
    assert spoken([*driver.key(C.NO), *driver.hear()]) == [phrases.kept("Mia"), STEPS[MIRROR].prompt]


def test_the_question_can_be_repeated_and_asks_again_when_it_is_not_understood() -> None:
    driver = in_state(State.STRIKING)
    assert spoken(driver.key(C.REPEAT)) == [phrases.strike_question("Mia")]
    driver.hear_out()
    assert spoken(driver.take(Utterance(9, "a", "maybe", place=2))) == [phrases.strike_question("Mia")]


def test_words_being_read_back_are_not_said_again_once_they_are_struck() -> None:
    driver = in_state(State.GUIDE)
    driver.key(C.WHAT_DID_I_SAY)
    driver.key(C.OFF_THE_RECORD)
    driver.hear_out()
    said = len(driver.effects)
    driver.say("yes", C.YES)
    driver.hear_out()
    assert spoken(driver.effects[said:]) == [phrases.struck("Mia"), STEPS[MIRROR].prompt]


def test_there_may_be_nothing_to_strike() -> None:
    driver = at_step(FLOOR)
    assert spoken(driver.say("off the record", C.OFF_THE_RECORD)) == [phrases.nothing_to_strike()]
    driver.hear_out()
    assert driver.session.state is State.FLOOR
