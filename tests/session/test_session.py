"""How a session goes: turns and their soft ends, mirrors, yes and no."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.session_driver import DONE, NEVER, Driver, at_step, chimes, in_state, new_session, spoken
from tests.support.small_exercise import CHECK, FAREWELL, FLOOR, LAST, MIRROR, MISSED, NAMES, PLAIN_ASK, RICH, STEPS
from voiceguide.exercise import Step, StepKind, course
from voiceguide.library import load_exercise
from voiceguide.session import Session, phrases
from voiceguide.session.effects import Earcon, Silence
from voiceguide.session.events import Commanded, Ended, PromptEnded, SpeechStarted, TimePassed, Utterance
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand as C

# -- the whole way -----------------------------------------------------------------------------------------------


def test_worry_and_answer_goes_from_the_welcome_to_the_farewell_by_voice() -> None:
    steps = load_exercise("worry-and-answer").bind(NAMES)
    driver = Driver(Session(steps, NAMES, farewell=FAREWELL)).begin()
    heard: list[str] = []
    while driver.end is None:
        if driver.line:
            heard.append(driver.line.text)
            driver.hear()
        elif driver.state is State.GATE:
            driver.say("yes", C.YES)
        else:
            assert driver.floor.partner == steps[driver.session.index].partner
            driver.say("I worry about the phone")
            driver.done()
    driver.ended()
    assert heard == [*(steps[index].prompt for index in course(steps)), FAREWELL]
    assert (driver.state, driver.events[-1][1]) == (State.ENDED, Ended("completed"))


def test_the_mirror_comes_again_until_the_speaker_says_yes() -> None:
    driver = at_step(MIRROR)
    for _ in range(3):
        assert driver.floor.partner == "b"
        driver.turn("you worry")
        assert (driver.state, driver.session.index, driver.floor.partner) == (State.GATE, CHECK, "a")
        assert spoken(driver.say("no", C.NO)) == [STEPS[MISSED].prompt]
        driver.hear_out().say("it is the money")
        assert spoken(driver.done().effects)[-1] == STEPS[MIRROR].prompt
        driver.hear_out()
    driver.turn("you worry about the money")
    assert spoken(driver.say("yes", C.YES)) == [STEPS[PLAIN_ASK].prompt]
    assert driver.session.answers == {CHECK: STEPS[CHECK].then}


def test_a_sound_calls_whose_turn_it_is() -> None:
    assert [chimes(at_step(index).effects) for index in (FLOOR, MIRROR, CHECK)] == [[Earcon.YOUR_TURN]] * 3


def test_an_answer_of_many_utterances_is_one_turn() -> None:
    driver = at_step(FLOOR)
    for words in ("I worry", "well", "about the house"):
        assert driver.say(words) == []
        assert driver.state is State.FLOOR
    assert driver.read_back() == phrases.you_said("Mia", "I worry well about the house")


def test_steps_after_each_other_are_prepared_ahead() -> None:
    ahead = [[speak.text for speak in at_step(index).session.upcoming] for index in (CHECK, LAST)]
    assert ahead == [[STEPS[PLAIN_ASK].prompt, STEPS[MISSED].prompt], [FAREWELL]]


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
    driver = Driver(Session(STEPS[:1], NAMES)).begin()
    driver.hear()
    assert (driver.end, driver.session.place) == ("completed", 0)


# -- the soft end ------------------------------------------------------------------------------------------------


def test_done_is_heard_at_once_and_ends_the_turn_after_a_second_and_a_half() -> None:
    driver = at_step(FLOOR)
    assert chimes(driver.say(DONE, C.DONE)) == [Earcon.HEARD]
    assert (driver.state, driver.waits) == (State.CLOSING, 1.5)
    driver.refuse(TimePassed(), after=1.4)
    assert spoken(driver.wait()) == [STEPS[MIRROR].prompt]


def test_words_in_the_soft_end_open_the_turn_again() -> None:
    driver = at_step(FLOOR)
    driver.say("I worry that we are")
    driver.say(DONE, C.DONE)
    driver.speech()
    assert driver.waits == NEVER, "nothing ends while somebody speaks"
    driver.words("being lied to")
    assert (driver.state, driver.session.index) == (State.FLOOR, FLOOR)
    assert driver.read_back() == phrases.you_said("Mia", "I worry that we are being lied to")


def test_a_cough_in_the_soft_end_only_prolongs_it() -> None:
    driver = at_step(FLOOR)
    driver.say(DONE, C.DONE)
    driver.cough()
    driver.say("")
    assert (driver.state, driver.waits) == (State.CLOSING, 1.5)
    driver.wait()
    assert driver.session.index == MIRROR


def test_a_turn_does_not_end_while_words_are_being_recognised() -> None:
    driver = at_step(FLOOR)
    driver.say(DONE, C.DONE)
    driver.speech()
    driver.speech()
    driver.words("")
    assert driver.waits == NEVER
    driver.words("")
    assert driver.waits == 1.5


def test_typed_words_end_with_the_done_key() -> None:
    driver = at_step(FLOOR)
    for id_ in (1, 2):
        driver.take(Utterance(id_, "a", "the house", place=2))
    driver.key(C.DONE)
    assert driver.waits == 1.5
    driver.speech()
    assert driver.waits == NEVER


def test_words_open_the_turn_again_if_they_began_after_the_done_key() -> None:
    driver = at_step(FLOOR)
    driver.speech()
    driver.key(C.DONE, after=0.2)
    driver.words("about the house")
    assert (driver.state, driver.waits) == (State.CLOSING, 1.5)
    driver.speech()
    driver.words("and the car")
    assert driver.state is State.FLOOR
    assert driver.read_back() == phrases.you_said("Mia", "about the house and the car")


def test_the_done_key_silences_an_answer_of_the_guide() -> None:
    driver = at_step(FLOOR)
    driver.say("help", C.HELP)
    assert Silence() in driver.key(C.DONE)
    assert not driver.session.talking
    driver.wait()
    assert driver.session.index == MIRROR


# -- yes or no ---------------------------------------------------------------------------------------------------


def test_what_is_no_answer_is_asked_again_in_other_words_however_often() -> None:
    for index, first, times in ((CHECK, STEPS[CHECK].again, 1_030), (PLAIN_ASK, phrases.unclear(1), 3)):
        driver = at_step(index)
        asked = [spoken(driver.hear_out().say("well you know")) for _ in range(times)]
        assert asked == [[first], *([phrases.unclear(tries)] for tries in range(2, times + 1))]
        assert driver.hear_out().state is State.GATE
        driver.say("yes", C.YES)
        assert driver.session.index == STEPS[index].then


def test_silence_is_nudged_twice_and_then_left_alone() -> None:
    driver = at_step(CHECK)
    for seconds in (20, 40):
        assert driver.waits == seconds
        assert spoken(driver.wait()) == [phrases.still_here()]
        driver.hear_out()
    assert (driver.state, driver.waits) == (State.GATE, NEVER)
    driver.say("no", C.NO)
    assert driver.session.index == MISSED


def test_each_question_is_asked_with_fresh_patience() -> None:
    driver = at_step(CHECK)
    for _ in range(2):
        driver.say("hm")
        driver.hear_out()
    assert driver.waits == NEVER
    assert driver.tell(C.YES).waits == 20


def test_nobody_is_nudged_while_speaking() -> None:
    driver = at_step(CHECK)
    driver.speech()
    assert driver.waits == NEVER
    driver.refuse(TimePassed(), after=60)


# -- what it refuses ---------------------------------------------------------------------------------------------


def test_what_is_illegal_changes_nothing() -> None:
    driver = at_step(FLOOR)
    for event in (Commanded(C.YES), PromptEnded(), Utterance(3, "a", "yes", command=C.YES)):
        driver.refuse(event)


def test_nobody_is_listened_to_while_the_guide_speaks() -> None:
    driver = in_state(State.GUIDE)
    for _ in range(2):
        assert driver.session.floor is None
        driver.refuse(SpeechStarted())
        driver.hear_out().say("help", C.HELP)


@pytest.mark.parametrize("state", [State.FLOOR, State.CLOSING, State.GATE, State.STRIKING, State.PAUSED])
def test_the_floor_tells_how_to_listen(state: State) -> None:
    floor = in_state(state).floor
    assert floor.choosing == (state not in (State.FLOOR, State.CLOSING)), "pauses mean nothing in an answer"
    assert floor.kept == (state not in (State.STRIKING, State.PAUSED))
    assert floor.place == in_state(state).session.place
