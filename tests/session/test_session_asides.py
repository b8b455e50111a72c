"""What a session does on the way: the clock of a floor, steering, questions to the guide, off the record."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.support.session_driver import (
    DONE,
    NEVER,
    Driver,
    adjusted,
    at_step,
    chimes,
    in_state,
    new_session,
    spoken,
    strikes,
)
from tests.support.small_exercise import CHECK, FAREWELL, FLOOR, LAST, LONG_FLOOR, MIRROR, NAMES, PLAIN_ASK, STEPS
from voiceguide.exercise import Option, Step, StepKind
from voiceguide.session import Session, phrases
from voiceguide.session.delivery import Delivery
from voiceguide.session.effects import Earcon, Speak
from voiceguide.session.events import Begun, Commanded, Resumed, Utterance
from voiceguide.session.patience import UNHURRIED
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand as C

# -- the clock of a floor ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("index", "near"), [(FLOOR, 10), (LONG_FLOOR, 30)])
def test_a_timed_floor_sounds_before_its_end_and_at_it_and_goes_on(index: int, near: int) -> None:
    driver = at_step(index, UNHURRIED)
    assert driver.waits == (STEPS[index].seconds or 0) - near
    assert chimes(driver.wait()) == [Earcon.TIME_NEAR]
    assert (driver.left, driver.waits) == (near, near)
    assert chimes(driver.wait()) == [Earcon.TIME_UP]
    assert (driver.state, driver.waits) == (State.FLOOR, NEVER)
    assert driver.say("and one more thing") == []
    assert driver.left == 0
    assert spoken(driver.say("more time", C.MORE_TIME)) == [phrases.more_time()]
    assert driver.hear_out().left == 60
    assert [*chimes(driver.wait()), *chimes(driver.wait())] == [Earcon.TIME_NEAR, Earcon.TIME_UP]


def test_the_clock_stands_while_the_guide_answers() -> None:
    driver = at_step(FLOOR)
    assert spoken(driver.key(C.HOW_LONG, after=15)) == [phrases.how_long(45)]
    assert [driver.left, driver.hear_out().left] == [45, 45]


@pytest.mark.parametrize(
    ("index", "key"),
    [(MIRROR, None), (CHECK, None), (LAST, None), (FLOOR, C.STOP), (FLOOR, C.DONE), (FLOOR, C.PAUSE)],
)
def test_nothing_about_time_can_be_asked_where_it_does_not_matter_or_stands(index: int, key: C | None) -> None:
    driver = at_step(index)
    if key:
        driver.key(key)
    for _ in range(2):
        assert not driver.session.commands & {C.HOW_LONG, C.MORE_TIME}
        driver.refuse(Commanded(C.HOW_LONG))
        driver.take(Resumed())


# -- steering and asking -----------------------------------------------------------------------------------------


def test_repeat_says_the_prompt_again() -> None:
    assert [spoken(at_step(index).key(C.REPEAT)) for index in range(8)] == [[step.prompt] for step in STEPS]
    assert [at_step(index).press(C.REPEAT).session.index for index in (FLOOR, CHECK)] == [FLOOR, CHECK]


def test_next_and_back_go_by_places() -> None:
    driver = Driver().begin()
    way = [(C.NEXT, FLOOR), (C.NEXT, MIRROR), (C.NEXT, PLAIN_ASK), (C.BACK, MIRROR), (C.BACK, FLOOR), (C.BACK, 0)]
    for key, index in [*way, (C.BACK, 0)]:  # the mirror's whole loop is one place
        assert spoken(driver.key(key)) == [STEPS[index].prompt]
    assert spoken(at_step(LAST).key(C.NEXT)) == [FAREWELL]


def test_outside_an_exercise_nothing_can_be_skipped() -> None:
    driver = Driver(new_session((replace(STEPS[0], place=0),))).begin()
    assert not driver.session.commands & {C.NEXT, C.BACK}


@pytest.mark.parametrize("state", [State.GUIDE, State.FLOOR, State.CLOSING, State.GATE, State.PAUSED])
def test_help_names_what_can_be_said_and_leads_nowhere(state: State) -> None:
    driver = in_state(state)
    index, place = driver.session.index, driver.session.place
    assert spoken(driver.key(C.HELP)) == [phrases.help_line(driver.session.commands)]
    driver.hear()
    assert (driver.session.index, driver.session.place) == (index, place)
    assert driver.state is (State.FLOOR if state is State.CLOSING else state)


def test_what_did_i_say_reads_the_running_turn_or_else_the_last_without_commands() -> None:
    driver = at_step(FLOOR)
    assert driver.read_back() == phrases.nothing_said()
    driver.hear_out().say("the house I'm done", C.DONE, at=10)
    driver.wait()
    assert driver.read_back() == phrases.you_said("Mia", "the house")
    assert driver.hear_out().session.index == MIRROR
    driver.say("you fear")
    assert driver.read_back() == phrases.you_said("Zoë", "you fear")


def test_what_did_i_say_reads_the_better_words_but_none_that_were_struck() -> None:
    driver = at_step(FLOOR)
    driver.say("the horse")
    driver.say("and honey I'm done", C.DONE, at=10)
    driver.amend(back=1)
    deadline = driver.session.deadline
    driver.amend()
    assert driver.session.deadline == deadline
    driver.wait()
    assert driver.read_back() == phrases.you_said("Mia", "better 1 better 2")
    driver.hear_out().tell(C.OFF_THE_RECORD, C.YES)
    driver.amend(back=3)
    assert driver.read_back() == phrases.nothing_said()


def test_only_words_read_back_are_a_quotation() -> None:
    driver = at_step(FLOOR)
    driver.say("the house")
    asides = [driver.key(command) for command in (C.WHAT_DID_I_SAY, C.HELP, C.REPEAT)]
    assert [[speak.quoting for speak in effects if isinstance(speak, Speak)] for effects in asides] == [
        [True],
        [False],
        [False],
    ]


def test_late_words_belong_to_the_turn_they_were_said_in() -> None:
    driver = at_step(FLOOR)
    driver.say("the house")
    driver.key(C.NEXT)
    assert driver.take(Utterance(9, "a", "and the car", place=2)) == []
    assert driver.read_back() == phrases.you_said("Mia", "the house and the car")


def test_the_guide_speaks_as_it_is_told_from_then_on() -> None:
    driver = Driver()
    assert adjusted(driver.take(Begun(delivery=Delivery(0.87, 0.25)))) == [(0.87, 0.25)]
    driver.hear_out()
    told = [(C.QUIETER, 0.87, 0.25), (C.LOUDER, 0.87, 0.312), (C.SLOWER, 0.757, 0.312), (C.FASTER, 0.871, 0.312)]
    for command, pace, loudness in [*told, (C.QUIETER, 0.871, 0.25)]:  # at its quietest, quieter must not be louder
        assert adjusted(driver.say(command, command)) == [(pace, loudness)]
        assert driver.hear_out().session.delivery == Delivery(pace, loudness)
    driver.press(*[C.LOUDER, C.SLOWER] * 30)
    assert driver.session.delivery == Delivery(0.6, 2.0)


@given(st.floats(0.25, 2.0), st.sampled_from([c for c in C if c not in (C.LOUDER, C.QUIETER)]))
def test_what_does_not_mean_the_loudness_leaves_it_to_the_last_digit(loudness: float, command: C) -> None:
    assert Delivery(loudness=loudness).told(command).loudness == loudness


# -- off the record ----------------------------------------------------------------------------------------------


def test_off_the_record_asks_by_name_and_removes_the_last_turn() -> None:
    driver = at_step(FLOOR)
    driver.say("the secret")
    driver.say("and more of it")
    assert spoken(driver.say("off the record", C.OFF_THE_RECORD)) == [phrases.strike_question("Mia")]
    assert not driver.hear_out().floor.kept
    effects = driver.say("yes", C.YES)
    assert (strikes(effects), spoken(effects)) == ([(1, 2)], [phrases.struck("Mia")])
    driver.hear_out()
    assert (driver.state, driver.session.index) == (State.FLOOR, FLOOR)
    assert driver.read_back() == phrases.nothing_said()
    assert spoken(driver.hear_out().say("off the record", C.OFF_THE_RECORD)) == [phrases.nothing_to_strike()]
    assert driver.hear_out().state is State.FLOOR


def test_words_at_a_question_can_be_taken_back_like_any_others() -> None:
    driver = in_state(State.GATE)
    driver.say("well you know")
    assert driver.read_back() == phrases.you_said("Mia", "well you know")
    said = driver.hear_out().session._said.last
    driver.tell(C.OFF_THE_RECORD, C.YES)
    assert strikes(driver.effects) == [tuple(u.id for u in said)]


def test_a_cough_is_not_the_turn_that_is_taken_back_but_lost_words_are() -> None:
    driver = at_step(FLOOR)
    driver.take(Utterance(90, "a", "", place=driver.session.place))
    assert [u.id for u in driver.session._said.last] == [90]  # there is nothing else yet
    driver.say("the house")
    driver.take(Utterance(92, "a", "", doubtful=True, place=driver.session.place))
    assert {90, 92} < {u.id for u in driver.session._said.last}


def test_no_or_silence_keeps_the_turn() -> None:
    driver = in_state(State.STRIKING)
    effects = driver.say("no", C.NO)
    driver.hear_out().press(C.OFF_THE_RECORD)
    effects += driver.wait()
    assert (spoken(effects), strikes(driver.effects)) == ([phrases.kept("Mia")] * 2, [])
    assert driver.hear_out().read_back() == phrases.you_said("Mia", "I worry about the house")


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
    assert driver.hear_out().state is State.GATE
    assert driver.waits == 20, "and the other question is asked afresh"


@pytest.mark.parametrize(("asked", "answer"), [(False, C.YES), (False, C.NO), (True, C.YES)])
def test_in_mid_prompt_the_turn_before_is_meant_and_the_prompt_follows(asked: bool, answer: C) -> None:
    driver = in_state(State.GUIDE)
    if asked:
        driver.key(C.WHAT_DID_I_SAY)  # once they are struck, words being read back are not said again
    driver.press(C.OFF_THE_RECORD)
    said = len(driver.effects)
    driver.tell(answer)
    words = phrases.struck("Mia") if answer is C.YES else phrases.kept("Mia")
    assert strikes(driver.effects) == ([(1,)] if answer is C.YES else [])
    assert spoken(driver.effects[said:]) == [words, STEPS[MIRROR].prompt]


def test_the_question_can_be_repeated_and_asks_again_when_it_is_not_understood() -> None:
    driver = in_state(State.STRIKING)
    assert spoken(driver.key(C.REPEAT)) == [phrases.strike_question("Mia")]
    driver.hear_out()
    assert spoken(driver.take(Utterance(9, "a", "maybe", place=2))) == [phrases.strike_question("Mia")]


# -- off the record until somebody says otherwise ------------------------------------------------------------------


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
