"""Steps beside floors and yes or no: time that is held, choices, agreements, turns of both."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.session_driver import NEVER, Driver, at_step, chimes, spoken, strikes
from tests.support.small_exercise import AGREE, ANEW, HOLD, NAMES, RICH, RIGHT, WHEN
from voiceguide.exercise import Step, StepKind, course, neighbour
from voiceguide.session import phrases
from voiceguide.session.effects import Earcon, Speak
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand as C

IN, OUT = Earcon.BREATHE_IN, Earcon.BREATHE_OUT


def at(index: int) -> Driver:
    return at_step(index, steps=RICH)


# -- holds -------------------------------------------------------------------------------------------------------


def test_breaths_sound_in_their_time_and_then_it_goes_on() -> None:
    driver = at(HOLD)
    began = driver.now
    heard = []
    while driver.state is State.HOLD:
        effects = driver.wait()
        heard += [(round(driver.now - began), *chimes(effects))]
    assert heard == [(0, IN), (4, OUT), (10, IN), (14, OUT), (20,)]
    assert driver.session.index == AGREE


def test_silence_is_silent() -> None:
    driver = at_step(HOLD, steps=(*RICH[:HOLD], replace(RICH[HOLD], breath=None), *RICH[HOLD + 1 :]))
    assert driver.waits == 20
    assert not chimes(driver.wait())
    assert driver.session.index == AGREE


def test_a_pause_stops_the_breaths_and_then_they_begin_anew_for_what_is_left() -> None:
    driver = at(HOLD)
    for _ in range(2):
        driver.wait()
    driver.say("pause", C.PAUSE)
    assert driver.waits == NEVER
    driver.rest(300)
    driver.hear_out().tell(C.CONTINUE)
    assert [chimes(driver.wait()) for _ in range(3)] == [[IN], [OUT], []]
    assert driver.session.index == AGREE


@pytest.mark.parametrize("command", [C.DONE, C.NEXT])
def test_it_can_be_ended(command: C) -> None:
    driver = at(HOLD)
    driver.key(command)
    assert driver.session.index == AGREE


def test_nothing_said_in_it_is_kept_and_help_is_answered() -> None:
    driver = at(HOLD)
    driver.wait()
    assert not driver.floor.kept
    driver.say("I am so tired")
    assert spoken(driver.key(C.HELP)) == [phrases.help_line(driver.session.commands)]
    assert driver.hear_out().state is State.HOLD
    assert chimes(driver.wait()) == [IN]


# -- choices -----------------------------------------------------------------------------------------------------


def test_a_choice_leads_where_it_says() -> None:
    driver = at(WHEN)
    assert spoken(driver.say("in a fortnight")) == [RICH[-1].prompt]
    assert driver.session.answers[WHEN] == 12


def test_a_choice_is_asked_again_in_other_words_and_knows_no_yes() -> None:
    driver = at(WHEN)
    assert not {C.YES, C.NO} & driver.session.commands
    asked = [spoken(driver.hear_out().say(words)) for words in ("well", "hm, I wonder")]
    assert asked == [[phrases.unclear(tries, ["a week", "two weeks"])] for tries in (1, 2)]
    assert driver.session.index == WHEN


def test_i_do_not_know_takes_the_first_way() -> None:
    assert at(WHEN).tell(C.UNSURE).session.index == 13


def test_a_choice_is_no_turn_that_could_be_struck() -> None:
    driver = at(AGREE).turn("we will walk").tell(C.YES)
    driver.say("a week")
    driver.press(C.OFF_THE_RECORD, C.YES)
    assert [len(ids) for ids in strikes(driver.effects)] == [1]


# -- agreements --------------------------------------------------------------------------------------------------


def test_an_agreement_is_read_back_and_dated() -> None:
    driver = at(AGREE)
    assert driver.floor.partner == "both"
    driver.say("We will walk on Sunday.")
    (said,) = [effect for effect in driver.done().effects[-2:] if isinstance(effect, Speak)]
    assert (said.text, said.quoting) == ("I heard this. We will walk on Sunday. Is that right?", True)
    assert driver.hear_out().tell(C.YES).session.index == WHEN


def test_what_is_not_right_is_said_anew_and_read_back() -> None:
    driver = at(AGREE).turn("we will talk")
    assert spoken(driver.say("no", C.NO)) == [RICH[ANEW].prompt]
    driver.hear_out().say("we will walk")
    assert spoken(driver.done().effects)[-1] == "I heard this. we will walk. Is that right?"
    assert driver.session.index == RIGHT


def test_who_has_nothing_to_agree_goes_on() -> None:
    driver = at(AGREE).press(C.DONE)
    driver.wait()
    assert driver.session.index == 12


def test_a_struck_agreement_is_not_read_back_again() -> None:
    driver = at(AGREE).turn("a secret")
    assert spoken(driver.key(C.OFF_THE_RECORD)) == [phrases.strike_question(" and ".join(NAMES))]
    driver.hear_out().press(C.YES)
    assert driver.session.index == RIGHT
    assert spoken(driver.key(C.REPEAT)) == [RICH[RIGHT].prompt]


# -- the way -----------------------------------------------------------------------------------------------------

FORK = (
    Step(StepKind.ASK, "Left or right?", 1, 1, otherwise=3, partner="a"),
    Step(StepKind.SAY, "Left.", 2, 2),
    Step(StepKind.SAY, "Left still.", 3, 4),
    Step(StepKind.SAY, "Right.", 2, 4),
    Step(StepKind.ASK, "More?", 4, 5, otherwise=7, partner="a"),
    Step(StepKind.SAY, "More.", 4, 6),
    Step(StepKind.SAY, "More still.", 4, 4),
    Step(StepKind.SAY, "The end.", 5, 8),
)


def test_the_usual_course_takes_first_ways_and_goes_round_once() -> None:
    assert course(FORK) == [0, 1, 2, 4, 5, 6, 7]
    assert course(FORK, {0: 3, 4: 7}) == [0, 3, 4, 7]
    assert course(RICH, {3: 4})[:6] == [0, 1, 2, 3, 4, 5], "it leads on after a no that goes round"


def test_next_and_back_follow_the_way_that_was_taken() -> None:
    assert [neighbour(FORK, place, True) for place in (2, 4, 5)] == [2, 7, 8]
    assert [neighbour(FORK, place, False) for place in (4, 1)] == [2, 0]
    assert (neighbour(FORK, 2, True, {0: 3}), neighbour(FORK, 4, False, {0: 3})) == (4, 3)
