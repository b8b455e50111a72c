"""How a session goes: turns and their soft ends, mirrors, yes and no."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest

from tests.support.session_driver import (
    CHECK,
    DONE,
    FAREWELL,
    FLOOR,
    LAST,
    MIRROR,
    MISSED,
    PLAIN_ASK,
    RICH,
    STEPS,
    Driver,
    at_step,
    chimes,
    in_state,
    new_session,
    spoken,
)
from voiceguide.errors import IllegalEventError
from voiceguide.exercise import Step, StepKind
from voiceguide.library import load_exercise
from voiceguide.session import Session, phrases
from voiceguide.session.effects import Earcon, Silence
from voiceguide.session.events import Commanded, Ended, PromptEnded, SpeechStarted, TimePassed, Utterance
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand as C

# -- the whole way -----------------------------------------------------------------------------------------------


def test_worry_and_answer_goes_from_the_welcome_to_the_farewell_by_voice() -> None:
    steps = load_exercise("worry-and-answer").bind(("Anna", "Ben"))
    driver = Driver(Session(steps, ("Anna", "Ben"), farewell=FAREWELL)).begin()
    heard: list[str] = []
    while driver.end is None:
        session = driver.session
        if driver.line:
            heard.append(driver.line.text)
            driver.hear()
        elif session.state is State.GATE:
            driver.say("yes", C.YES)
        else:
            assert session.state is State.FLOOR
            floor = session.floor
            assert floor
            assert floor.partner == (session.step.partner if session.step else None)
            driver.say("I worry about the phone")
            driver.done()
    driver.ended()
    said_with_all_yes, index = [], 0
    while index < len(steps):
        said_with_all_yes.append(steps[index].prompt)
        index = steps[index].then
    assert heard == [*said_with_all_yes, FAREWELL]
    assert driver.session.state is State.ENDED
    assert driver.events[-1][1] == Ended("completed")


def test_the_mirror_comes_again_until_the_speaker_says_yes() -> None:
    driver = at_step(MIRROR)
    for _ in range(3):
        assert driver.session.floor
        assert driver.session.floor.partner == "b"
        driver.say("you worry")
        driver.done().hear_out()
        floor = driver.session.floor
        assert floor
        assert (driver.session.state, driver.session.index, floor.partner) == (State.GATE, CHECK, "a")
        assert spoken(driver.say("no", C.NO)) == [STEPS[MISSED].prompt]
        driver.hear_out()
        driver.say("it is the money")
        assert spoken(driver.done().effects)[-1] == STEPS[MIRROR].prompt
        driver.hear_out()
    driver.say("you worry about the money")
    driver.done().hear_out()
    assert spoken(driver.say("yes", C.YES)) == [STEPS[PLAIN_ASK].prompt]
    assert driver.session.answers == {CHECK: STEPS[CHECK].then}


@pytest.mark.parametrize("index", [FLOOR, MIRROR, CHECK])
def test_a_sound_calls_whose_turn_it_is(index: int) -> None:
    assert chimes(at_step(index).effects) == [Earcon.YOUR_TURN]


def test_an_answer_of_many_utterances_is_one_turn() -> None:
    driver = at_step(FLOOR)
    for words in ("I worry", "well", "about the house"):
        assert driver.say(words) == []
        assert driver.session.state is State.FLOOR
    assert "I worry well about the house" in spoken(driver.key(C.WHAT_DID_I_SAY))[0]


def test_steps_after_each_other_are_prepared_ahead() -> None:
    driver = at_step(CHECK)
    assert upcoming(driver) == [STEPS[PLAIN_ASK].prompt, STEPS[MISSED].prompt]
    assert upcoming(at_step(LAST)) == [FAREWELL]


def upcoming(driver: Driver) -> list[str]:
    return [speak.text for speak in driver.session.upcoming]


@pytest.mark.parametrize("step", RICH, ids=lambda step: f"{step.place} {step.kind}")
def test_what_tells_somebody_what_to_do_is_spoken_more_slowly(step: Step) -> None:
    # A SAY step before it says it ahead, then it is said.
    steps = (Step(StepKind.SAY, "Welcome.", 1, 1), replace(step, place=2, then=2, quotes=False, options=()))
    driver = Driver(new_session(steps)).begin()
    (ahead, *_) = driver.session.upcoming
    driver.hear()
    assert driver.line == ahead == replace(ahead, text=step.prompt)
    does = step.kind in (StepKind.FLOOR, StepKind.MIRROR, StepKind.HOLD, StepKind.AGREE)
    assert (ahead.pace < 1) == does


def test_after_the_last_step_a_session_without_a_farewell_ends_at_once() -> None:
    driver = Driver(Session(STEPS[:1], ("Mia", "Zoë"))).begin()
    driver.hear()
    assert driver.end == "completed"
    assert driver.session.place == 0


# -- the soft end ------------------------------------------------------------------------------------------------


def test_done_is_heard_at_once_and_ends_the_turn_after_a_second_and_a_half() -> None:
    driver = at_step(FLOOR)
    assert chimes(driver.say(DONE, C.DONE)) == [Earcon.HEARD]
    assert driver.session.state is State.CLOSING
    assert driver.session.deadline == pytest.approx(driver.now + 1.5)
    with pytest.raises(IllegalEventError):
        driver.take(TimePassed(), after=1.4)
    assert spoken(driver.wait()) == [STEPS[MIRROR].prompt]


def test_words_in_the_soft_end_open_the_turn_again() -> None:
    driver = at_step(FLOOR)
    driver.say("I worry that we are", None)
    driver.say(DONE, C.DONE)
    driver.speech()
    assert driver.session.deadline is None, "nothing ends while somebody speaks"
    driver.words("being lied to")
    assert driver.session.state is State.FLOOR
    assert driver.session.index == FLOOR
    assert "I worry that we are being lied to" in spoken(driver.key(C.WHAT_DID_I_SAY))[0]


def test_a_cough_in_the_soft_end_only_prolongs_it() -> None:
    driver = at_step(FLOOR)
    driver.say(DONE, C.DONE)
    driver.cough()
    driver.say("")
    assert driver.session.state is State.CLOSING
    assert driver.session.deadline == pytest.approx(driver.now + 1.5)
    driver.wait()
    assert driver.session.index == MIRROR


def test_a_turn_does_not_end_while_words_are_being_recognised() -> None:
    driver = at_step(FLOOR)
    driver.say(DONE, C.DONE)
    driver.speech()
    driver.speech()
    driver.words("")
    assert driver.session.deadline is None
    driver.words("")
    assert driver.session.deadline is not None


def test_typed_words_end_with_the_done_key() -> None:
    driver = at_step(FLOOR)
    for id_ in (1, 2):
        driver.take(Utterance(id_, "a", "the house", place=2))
    driver.key(C.DONE)
    assert driver.session.deadline is not None
    driver.speech()
    assert driver.session.deadline is None


def test_words_said_before_the_done_key_do_not_open_the_turn_again() -> None:
    driver = at_step(FLOOR)
    driver.speech()
    driver.key(C.DONE, after=0.2)
    driver.words("about the house")
    assert driver.session.state is State.CLOSING
    driver.wait()
    assert "about the house" in spoken(driver.key(C.WHAT_DID_I_SAY))[0]


def test_words_begun_after_the_done_key_open_the_turn_again() -> None:
    driver = at_step(FLOOR)
    driver.speech()
    driver.key(C.DONE, after=0.2)
    driver.speech()
    driver.words("about the house")
    driver.words("and the car")
    assert driver.session.state is State.FLOOR


def test_the_done_key_silences_an_answer_of_the_guide() -> None:
    driver = at_step(FLOOR)
    driver.say("help", C.HELP)
    assert Silence() in driver.key(C.DONE)
    assert not driver.session.talking
    driver.wait()
    assert driver.session.index == MIRROR


# -- yes or no ---------------------------------------------------------------------------------------------------


def test_what_is_no_answer_is_asked_again_in_other_words() -> None:
    own = at_step(CHECK)
    asked = [spoken(own.say("well you know"))[0], *spoken(own.hear_out().say("maybe"))]
    assert asked == [STEPS[CHECK].again, phrases.unclear(2)]
    plain = at_step(PLAIN_ASK)
    asked = [spoken(plain.say("well you know"))[0], *spoken(plain.hear_out().say("maybe"))]
    assert asked == [phrases.unclear(1), phrases.unclear(2)]
    assert plain.hear_out().session.state is State.GATE
    assert plain.say("yes", C.YES)


def test_silence_is_nudged_twice_and_then_left_alone() -> None:
    driver = at_step(CHECK)
    opened = driver.now
    assert spoken(driver.wait()) == [phrases.still_here()]
    assert driver.now == pytest.approx(opened + 20)
    opened = driver.hear_out().now
    assert spoken(driver.wait()) == [phrases.still_here()]
    assert driver.now == pytest.approx(opened + 40)
    driver.hear_out()
    assert driver.session.deadline is None
    assert driver.session.state is State.GATE
    driver.say("no", C.NO)
    assert driver.session.index == MISSED


def test_each_question_is_asked_with_fresh_patience() -> None:
    driver = at_step(CHECK)
    for _ in range(2):
        driver.say("hm")
        driver.hear_out()
    assert driver.session.deadline is None
    driver.say("yes", C.YES)
    assert driver.hear_out().session.deadline == pytest.approx(driver.now + 20)


def test_nobody_is_nudged_while_speaking() -> None:
    driver = at_step(CHECK)
    driver.speech()
    assert driver.session.deadline is None
    with pytest.raises(IllegalEventError):
        driver.take(TimePassed(), after=60)


def test_a_thousand_unclear_answers_are_borne() -> None:
    driver = at_step(CHECK)
    for _ in range(1200):
        driver.say("hm")
        driver.hear_out()
    assert driver.session.state is State.GATE


# -- what it refuses ---------------------------------------------------------------------------------------------


def test_what_is_illegal_changes_nothing() -> None:
    driver = at_step(FLOOR)
    known = deepcopy(driver.session.snapshot())
    for event in (Commanded(C.YES), PromptEnded(), Utterance(3, "a", "yes", command=C.YES)):
        with pytest.raises(IllegalEventError, match="partner has the floor"):
            driver.session.handle(event, driver.now)
    assert driver.session.snapshot() == known


def test_nobody_is_listened_to_while_the_guide_speaks() -> None:
    driver = in_state(State.GUIDE)
    assert driver.session.floor is None
    with pytest.raises(IllegalEventError):
        driver.take(SpeechStarted())
    driver.hear_out()
    assert driver.session.floor
    driver.say("help", C.HELP)
    assert driver.session.floor is None
    with pytest.raises(IllegalEventError):
        driver.take(SpeechStarted())


@pytest.mark.parametrize("state", [State.FLOOR, State.CLOSING, State.GATE, State.STRIKING, State.PAUSED])
def test_the_floor_tells_how_to_listen(state: State) -> None:
    driver = in_state(state)
    floor = driver.session.floor
    assert floor
    assert floor.choosing == (state not in (State.FLOOR, State.CLOSING)), "pauses mean nothing in an answer"
    assert floor.kept == (state not in (State.STRIKING, State.PAUSED, State.BREAK))
    assert floor.place == driver.session.place
