"""Steps beside floors and yes or no: time that is held, choices, agreements, turns of both."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.session_driver import (
    AGREE,
    ANEW,
    DONE,
    HOLD,
    NAMES,
    RICH,
    RIGHT,
    WHEN,
    Driver,
    at_step,
    chimes,
    spoken,
    strikes,
)
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
    assert driver.session.state is State.HOLD
    began = driver.now
    heard = []
    while driver.session.state is State.HOLD:
        effects = driver.wait()
        heard += [(round(driver.now - began), *chimes(effects))]
    assert heard == [(0, IN), (4, OUT), (10, IN), (14, OUT), (20,)]
    assert driver.session.index == AGREE


def test_silence_is_silent() -> None:
    steps = (*RICH[:HOLD], replace(RICH[HOLD], breath=None), *RICH[HOLD + 1 :])
    driver = at_step(HOLD, steps=steps)
    effects = driver.wait()
    assert not chimes(effects)
    assert driver.session.index == AGREE


def test_a_pause_stops_the_breaths_and_then_they_begin_anew_for_what_is_left() -> None:
    driver = at(HOLD)
    for _ in range(2):
        driver.wait()
    driver.say("pause", C.PAUSE)
    assert driver.session.deadline is None
    driver.rest(300)
    driver.hear_out().say("continue", C.CONTINUE)
    driver.hear_out()
    assert driver.session.state is State.HOLD
    assert chimes(driver.wait()) == [IN]
    assert chimes(driver.wait()) == [OUT]
    driver.wait()
    assert driver.session.index == AGREE


@pytest.mark.parametrize("command", [C.DONE, C.NEXT])
def test_it_can_be_ended(command: C) -> None:
    driver = at(HOLD)
    driver.key(command)
    assert driver.session.index == AGREE


def test_nothing_said_in_it_is_kept() -> None:
    driver = at(HOLD)
    assert driver.session.floor is not None
    assert not driver.session.floor.kept
    driver.say("I am so tired")
    assert driver.session.state is State.HOLD


def test_help_in_it_is_answered_and_it_goes_on() -> None:
    driver = at(HOLD)
    driver.wait()
    assert spoken(driver.key(C.HELP))
    driver.hear_out()
    assert driver.session.state is State.HOLD
    assert chimes(driver.wait()) == [IN]


# -- choices -----------------------------------------------------------------------------------------------------


def test_a_choice_leads_where_it_says() -> None:
    driver = at(WHEN)
    effects = driver.say("in a fortnight")
    assert spoken(effects) == [RICH[-1].prompt]
    assert driver.session.answers[WHEN] == 12


def test_a_choice_is_asked_again_in_other_words_and_knows_no_yes() -> None:
    driver = at(WHEN)
    assert not {C.YES, C.NO} & driver.session.commands
    first, second = (spoken(driver.hear_out().say(words)) for words in ("well", "hm, I wonder"))
    assert first != second
    assert all("a week or two weeks" in words[0].lower() for words in (first, second))
    assert driver.session.index == WHEN


def test_i_do_not_know_takes_the_first_way() -> None:
    driver = at(WHEN)
    driver.say("I don't know", C.UNSURE)
    assert driver.session.index == 12


def test_a_choice_is_no_turn_that_could_be_struck() -> None:
    driver = at(AGREE)
    driver.say("we will walk")
    driver.done().hear_out().say("yes", C.YES)
    driver.hear_out().say("a week")
    driver.key(C.OFF_THE_RECORD)
    driver.hear_out()
    ids = strikes(driver.key(C.YES))
    assert len(ids) == 1
    assert len(ids[0]) == 1


# -- agreements --------------------------------------------------------------------------------------------------


def test_an_agreement_is_read_back_and_dated() -> None:
    driver = at(AGREE)
    driver.say("We will walk on Sunday.")
    effects = driver.done().effects
    (said,) = [e for e in effects[-2:] if isinstance(e, Speak)]
    assert said.text == "I heard this. We will walk on Sunday. Is that right?"
    assert said.quoting
    driver.hear_out().say("yes", C.YES)
    assert driver.session.index == WHEN


def test_what_is_not_right_is_said_anew_and_read_back() -> None:
    driver = at(AGREE)
    driver.say("we will talk")
    driver.done().hear_out()
    assert spoken(driver.say("no", C.NO)) == [RICH[ANEW].prompt]
    driver.hear_out().say("we will walk")
    driver.done()
    assert driver.session.index == RIGHT
    assert driver.line
    assert "walk" in driver.line.text
    assert "talk" not in driver.line.text


def test_who_has_nothing_to_agree_goes_on() -> None:
    driver = at(AGREE)
    driver.key(C.DONE)
    driver.wait()
    assert driver.session.index == 12


def test_a_struck_agreement_is_not_read_back_again() -> None:
    driver = at(AGREE)
    driver.say("a secret")
    driver.done().hear_out()
    driver.key(C.OFF_THE_RECORD)
    driver.hear_out().key(C.YES)
    driver.hear_out()
    assert driver.session.index == RIGHT
    assert spoken(driver.key(C.REPEAT)) == [RICH[RIGHT].prompt]


def test_a_turn_of_both_is_addressed_to_both() -> None:
    driver = at(AGREE)
    assert driver.session.floor is not None
    assert driver.session.floor.partner == "both"
    driver.say("we will walk")
    driver.say(DONE, C.DONE)
    driver.wait()
    driver.hear_out()
    assert spoken(driver.key(C.OFF_THE_RECORD)) == [phrases.strike_question(" and ".join(NAMES))]


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


def test_next_and_back_follow_the_way_that_was_taken() -> None:
    assert neighbour(FORK, 2, True) == 2
    assert neighbour(FORK, 2, True, {0: 3}) == 4
    assert neighbour(FORK, 4, False, {0: 3}) == 3
    assert neighbour(FORK, 4, False) == 2
    assert neighbour(FORK, 4, True) == 7
    assert neighbour(FORK, 5, True) == 8
    assert neighbour(FORK, 1, False) == 0


def test_the_way_leads_on_after_a_no_that_goes_round() -> None:
    assert course(RICH, {3: 4})[:6] == [0, 1, 2, 3, 4, 5]
