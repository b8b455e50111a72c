"""How a session waits: silences, the one question, resting, "take your time", the end of a floor's time."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.support.session_driver import (
    DONE,
    FLOOR,
    LONG_FLOOR,
    MIRROR,
    NAMES,
    STEPS,
    Driver,
    at_step,
    chimes,
    spoken,
)
from voiceguide.session import Session, phrases
from voiceguide.session.effects import Earcon, Effect, Silence
from voiceguide.session.events import MicrophoneFound, MicrophoneLost, Resumed, SoundKept, TimePassed, Utterance
from voiceguide.session.patience import LONGEST, UNHURRIED, USUAL, Patience
from voiceguide.session.states import State
from voiceguide.session.turn import Silence as Resting
from voiceguide.voice_commands import VoiceCommand as C

QUICK = Patience(soft_end=0.5, still_listening=2.0, anything_more=5.0)


def asked(driver: Driver) -> Driver:
    """The question was asked, and the microphone is open again."""
    while phrases.anything_more() not in spoken(driver.wait()):
        pass
    return driver.hear_out()


def in_this(driver: Driver, state: State) -> bool:
    """Whether the session is in that state."""
    return driver.session.state is state


def left_alone(driver: Driver, most: int = 9) -> list[Effect]:
    """All that comes while nobody speaks, until the session waits for nothing."""
    before = len(driver.effects)
    for _ in range(most):
        driver.hear_out()
        if driver.session.deadline is None:
            return driver.effects[before:]
        driver.wait()
    raise AssertionError("it never rests")


# -- silence -----------------------------------------------------------------------------------------------------


def test_a_long_silence_brings_a_soft_sound_then_one_question_then_nothing() -> None:
    driver = at_step(MIRROR)
    opened = driver.now
    assert driver.wait() != []
    assert (driver.now - opened, chimes(driver.effects[-1:])) == (8.0, [Earcon.STILL_LISTENING])
    assert driver.session.silence is Resting.STILL_LISTENING
    assert spoken(driver.wait()) == [phrases.anything_more()]
    assert driver.now - opened == 30.0
    assert driver.session.floor is None, "nobody is listened to while the guide asks"
    driver.hear_out()
    assert driver.session.floor
    assert (driver.session.state, driver.session.deadline) == (State.FLOOR, None)
    assert driver.session.silence is Resting.RESTING
    driver.rest(10_000)
    assert driver.take(TimePassed()) == []


def test_silence_is_counted_from_the_last_word_that_is_understood() -> None:
    driver = at_step(MIRROR)
    driver.rest(7)
    driver.speech()
    assert driver.session.deadline is None, "somebody speaks"
    driver.cut()
    assert driver.session.deadline is None, "the words are not known yet"
    driver.words("you worry")
    assert driver.session.deadline == driver.now + 8


def test_after_words_a_silence_has_its_sound_again_but_no_second_question() -> None:
    driver = asked(at_step(MIRROR))
    driver.say("about the house")
    assert driver.session.silence is Resting.NONE
    later = left_alone(driver)
    assert (chimes(later), spoken(later)) == ([Earcon.STILL_LISTENING], [])


def test_a_cough_makes_the_guide_wait_and_brings_no_second_sound() -> None:
    driver = at_step(MIRROR)
    driver.wait()
    driver.cough()
    driver.say("")
    assert driver.session.deadline == driver.now + 30
    rested = asked(driver)
    rested.cough()
    assert rested.session.deadline is None, "nobody has said a word: it rests on"


@pytest.mark.parametrize("key", [C.HELP, C.REPEAT, C.SLOWER])
def test_a_key_ends_the_rest(key: C) -> None:
    driver = asked(at_step(MIRROR))
    driver.key(key)
    assert chimes(left_alone(driver))[-1] is Earcon.STILL_LISTENING


def test_after_doubtful_words_the_sound_does_not_come_again() -> None:
    driver = at_step(LONG_FLOOR)
    assert chimes(driver.wait()) == [Earcon.STILL_LISTENING]
    driver.say("made of noise", noisy=True)
    assert spoken(driver.wait()) == [phrases.anything_more()]


def test_a_pause_and_a_lost_microphone_are_no_silence() -> None:
    driver = at_step(MIRROR)
    driver.wait()
    driver.take(MicrophoneLost())
    driver.hear_out()
    assert driver.session.deadline is None
    driver.take(MicrophoneFound())
    assert driver.hear_out().session.deadline == driver.now + 30


def test_each_turn_has_its_own_question() -> None:
    driver = asked(at_step(FLOOR))
    driver.done().hear_out()
    assert driver.session.index == MIRROR
    assert spoken(left_alone(driver)) == [phrases.anything_more()]


@pytest.mark.parametrize(
    ("patience", "effects"),
    [
        (replace(USUAL, still_listening=0.0), [phrases.anything_more()]),
        (replace(USUAL, anything_more=0.0), [Earcon.STILL_LISTENING]),
        (UNHURRIED, []),
        (replace(USUAL, still_listening=60.0), [phrases.anything_more()]),
    ],
)
def test_zero_is_never_and_the_question_is_the_last(patience: Patience, effects: list[str]) -> None:
    driver = at_step(MIRROR, patience)
    later = [effect for effect in left_alone(driver) if chimes([effect]) != [Earcon.YOUR_TURN]]
    assert [*chimes(later), *spoken(later)] == effects


def test_endless_patience_makes_no_sound_and_asks_nothing() -> None:
    steps = (replace(STEPS[MIRROR], then=1, endless=True), replace(STEPS[FLOOR], then=2, endless=True))
    driver = Driver(Session(steps, NAMES)).begin().hear_out()
    assert driver.session.deadline is None
    driver.done().hear_out()
    later = left_alone(driver)
    assert (chimes(later), spoken(later)) == ([Earcon.TIME_NEAR, Earcon.TIME_UP], []), "time is another thing"


# -- the answer to the question ----------------------------------------------------------------------------------


def test_a_no_ends_the_turn_softly() -> None:
    driver = at_step(MIRROR)
    driver.say("you worry")
    asked(driver)
    assert chimes(driver.say("no", C.NO)) == [Earcon.HEARD]
    assert driver.session.deadline == driver.now + 1.5
    assert in_this(driver, State.CLOSING)
    driver.say("well, about the house")
    assert in_this(driver, State.FLOOR)
    assert "you worry well, about the house" in spoken(driver.key(C.WHAT_DID_I_SAY))[0], "the no is no part of it"


def test_a_yes_leaves_the_floor_and_is_no_part_of_the_answer() -> None:
    driver = asked(at_step(MIRROR))
    assert driver.say("yes", C.YES) == []
    assert driver.session.state is State.FLOOR
    assert not driver.session.commands & {C.YES, C.NO}, "the question is answered"
    driver.say("the house")
    assert phrases.you_said("Zoë", "the house") in spoken(driver.key(C.WHAT_DID_I_SAY))


def test_before_the_question_and_after_more_words_yes_and_no_are_answers() -> None:
    driver = at_step(MIRROR)
    assert not driver.session.commands & {C.YES, C.NO}
    asked(driver)
    assert driver.session.commands >= {C.YES, C.NO}
    driver.say("it is the house")
    assert not driver.session.commands & {C.YES, C.NO}


@pytest.mark.parametrize(("key", "state"), [(C.NO, State.CLOSING), (C.YES, State.FLOOR)])
def test_a_key_answers_while_the_guide_still_asks(key: C, state: State) -> None:
    driver = at_step(MIRROR)
    driver.wait()
    driver.wait()
    assert driver.session.talking
    assert Silence() in driver.key(key)
    assert driver.session.state is state
    assert driver.session.floor, "the microphone is open"


# -- the end of the time -----------------------------------------------------------------------------------------


def test_the_end_of_the_time_sounds_at_the_next_pause_and_then_the_guide_asks_once() -> None:
    driver = at_step(FLOOR)
    driver.speech()
    assert chimes(driver.wait()) == [Earcon.TIME_NEAR], "a gentle sound may come while somebody speaks"
    assert driver.session.deadline is None
    driver.rest(30)
    driver.cut()
    assert driver.session.deadline is None, "never while words are being recognised"
    driver.words("about the house")
    up = driver.wait()
    assert (chimes(up), driver.session.state) == ([Earcon.TIME_UP], State.FLOOR)
    assert driver.session.deadline == driver.now + 8
    assert spoken(driver.wait()) == [phrases.anything_more()]
    assert spoken(left_alone(driver)) == []


def test_after_the_end_of_the_time_a_silence_begins_anew() -> None:
    driver = at_step(FLOOR)
    opened = driver.now
    driver.speech()
    driver.wait()
    driver.rest(5)
    driver.words("about the house")
    assert chimes(driver.wait()) == [Earcon.TIME_UP]
    assert (driver.now - opened, driver.session.deadline) == (60, driver.now + 8)


def test_the_end_of_the_time_brings_no_second_question() -> None:
    driver = asked(at_step(FLOOR))
    later = left_alone(driver)
    assert (chimes(later), spoken(later)) == ([Earcon.TIME_NEAR, Earcon.TIME_UP], [])


def test_more_time_after_the_end_is_a_whole_minute_and_sounds_again() -> None:
    driver = at_step(FLOOR)
    for _ in range(20):
        driver.say("and so on")
        driver.rest(10)
    driver.key(C.MORE_TIME)
    driver.hear_out()
    assert driver.session.time_left(driver.now) == 60
    assert {Earcon.TIME_NEAR, Earcon.TIME_UP} <= set(chimes(left_alone(driver)))


# -- take your time ----------------------------------------------------------------------------------------------


def test_take_your_time_doubles_for_the_session_and_not_without_end() -> None:
    driver = at_step(MIRROR)
    assert spoken(driver.say("take your time", C.TAKE_YOUR_TIME)) == [phrases.take_your_time()]
    driver.hear_out()
    assert driver.session.deadline == driver.now + 16
    driver.wait()
    driver.wait()
    driver.hear_out().say(DONE, C.DONE)
    assert driver.session.deadline == driver.now + 3
    driver.wait()
    for _ in range(5):
        driver.key(C.TAKE_YOUR_TIME)
    assert driver.session.patience == USUAL.doubled().doubled() == LONGEST


def test_another_day_brings_its_own_waits_and_they_double_from_there() -> None:
    """What was told before is in them, where it was remembered: it must not count twice."""
    driver = at_step(MIRROR)
    driver.key(C.TAKE_YOUR_TIME)
    driver.take(Resumed(QUICK))
    driver.hear_out()
    assert driver.session.deadline == driver.now + 2
    driver.key(C.TAKE_YOUR_TIME)
    driver.hear_out()
    assert driver.session.deadline == driver.now + 4


seconds = st.floats(0, 600)


@given(seconds, seconds, seconds, st.integers(1, 12))
def test_waits_double_up_to_a_longest_and_never_shrink(soft: float, still: float, more: float, times: int) -> None:
    waits = before = Patience(soft, still_listening=still, anything_more=more)
    for _ in range(times):
        waits = waits.doubled()
    for name in ("soft_end", "still_listening", "anything_more"):
        was, now, longest = (getattr(each, name) for each in (before, waits, LONGEST))
        assert was <= now <= max(was, longest)
        assert now == was * 2**times or now >= longest
    assert (waits.nudge, waits.more) == (before.nudge, before.more)


def test_on_a_timed_floor_it_adds_a_minute_too() -> None:
    driver = at_step(LONG_FLOOR)
    driver.key(C.TAKE_YOUR_TIME)
    driver.hear_out()
    left = driver.session.time_left(driver.now)
    assert left is not None
    assert left > 230


# -- re-opened turns ---------------------------------------------------------------------------------------------


def test_words_after_done_that_are_known_late_open_the_turn_again() -> None:
    driver = at_step(MIRROR)
    driver.speech()
    driver.cut()
    driver.speech()  # they speak on before anybody knows that the first was "I'm done"
    assert chimes(driver.words(DONE, C.DONE)) == [Earcon.HEARD]
    assert driver.session.deadline is None
    driver.cut()
    driver.rest(20)
    assert driver.session.deadline is None, "the words come late"
    driver.words("being lied to")
    assert (driver.session.state, driver.session.index) == (State.FLOOR, MIRROR)
    assert "being lied to" in spoken(driver.key(C.WHAT_DID_I_SAY))[0]


@pytest.mark.parametrize("command", [C.DONE, C.PAUSE, C.HELP, C.NEXT])
def test_the_sound_of_every_command_is_kept_with_the_turn(command: C) -> None:
    driver = at_step(MIRROR)
    place = driver.session.place
    driver.say(str(command), command)
    kept, said = (event for _, event in driver.events[-2:])
    assert isinstance(kept, SoundKept)
    assert isinstance(said, Utterance)
    assert (kept.audio, kept.partner, kept.place) == (said.audio, "b", place)
