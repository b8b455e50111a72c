"""How a session waits: silences, the one question, resting, "take your time", the end of a floor's time."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.support.session_driver import DONE, NEVER, Driver, at_step, chimes, in_state, spoken
from tests.support.small_exercise import FLOOR, LONG_FLOOR, MIRROR, NAMES, STEPS
from voiceguide.session import Session, phrases
from voiceguide.session.delivery import AS_IT_COMES, Delivery
from voiceguide.session.effects import Chime, Earcon, Silence, Speak
from voiceguide.session.events import (
    Begun,
    MicrophoneFound,
    MicrophoneLost,
    Resumed,
    SoundKept,
    TimePassed,
    Utterance,
    from_fields,
    to_fields,
)
from voiceguide.session.patience import LONGEST, UNHURRIED, USUAL, Patience
from voiceguide.session.states import State
from voiceguide.session.turn import Silence as Resting
from voiceguide.voice_commands import VoiceCommand as C

QUICK = Patience(soft_end=0.5, still_listening=2.0, anything_more=5.0)
MORE = phrases.anything_more()
STILL, NEAR, UP = Earcon.STILL_LISTENING, Earcon.TIME_NEAR, Earcon.TIME_UP


def asked(driver: Driver) -> Driver:
    """The question was asked, and the microphone is open again."""
    while MORE not in spoken(driver.wait()):
        pass
    return driver.hear_out()


def left_alone(driver: Driver) -> list[str]:
    """All that is heard while nobody speaks, until the session waits for nothing; not that the microphone is open."""
    before = len(driver.effects)
    for _ in range(9):
        driver.hear_out()
        if driver.waits == NEVER:
            heard = [effect for effect in driver.effects[before:] if isinstance(effect, Chime | Speak)]
            told = [effect.earcon if isinstance(effect, Chime) else effect.text for effect in heard]
            return [each for each in told if each != Earcon.YOUR_TURN]
        driver.wait()
    raise AssertionError("it never rests")


# -- silence -----------------------------------------------------------------------------------------------------


def test_a_long_silence_brings_a_soft_sound_then_one_question_then_nothing() -> None:
    driver = at_step(MIRROR)
    assert driver.waits == 8
    assert chimes(driver.wait()) == [STILL]
    assert (driver.waits, driver.session.silence) == (22, Resting.STILL_LISTENING)
    assert spoken(driver.wait()) == [MORE]
    assert driver.session.floor is None, "nobody is listened to while the guide asks"
    driver.hear_out()
    assert driver.floor
    assert (driver.state, driver.waits, driver.session.silence) == (State.FLOOR, NEVER, Resting.RESTING)
    driver.rest(10_000)
    assert driver.take(TimePassed()) == []


def test_silence_is_counted_from_the_last_word_that_is_understood() -> None:
    driver = at_step(MIRROR)
    driver.rest(7)
    driver.speech()
    assert driver.waits == NEVER, "somebody speaks"
    driver.cut()
    assert driver.waits == NEVER, "the words are not known yet"
    driver.words("you worry")
    assert driver.waits == 8


def test_after_words_a_silence_has_its_sound_again_but_no_second_question() -> None:
    driver = asked(at_step(MIRROR))
    driver.say("about the house")
    assert driver.session.silence is Resting.NONE
    assert left_alone(driver) == [STILL]


def test_a_cough_makes_the_guide_wait_and_brings_no_second_sound() -> None:
    driver = at_step(MIRROR)
    driver.wait()
    driver.cough()
    driver.say("")
    assert driver.waits == 30
    asked(driver).cough()
    assert driver.waits == NEVER, "nobody has said a word: it rests on"


@pytest.mark.parametrize("key", [C.HELP, C.REPEAT, C.SLOWER])
def test_a_key_ends_the_rest(key: C) -> None:
    driver = asked(at_step(MIRROR))
    driver.key(key)
    assert left_alone(driver)[-1] is STILL


def test_after_doubtful_words_the_sound_does_not_come_again() -> None:
    driver = at_step(LONG_FLOOR)
    assert chimes(driver.wait()) == [STILL]
    driver.say("made of noise", noisy=True)
    assert spoken(driver.wait()) == [MORE]


def test_a_pause_and_a_lost_microphone_are_no_silence() -> None:
    driver = at_step(MIRROR)
    driver.wait()
    driver.take(MicrophoneLost())
    assert driver.hear_out().waits == NEVER
    driver.take(MicrophoneFound())
    assert driver.hear_out().waits == 30


def test_each_turn_has_its_own_question() -> None:
    driver = asked(at_step(FLOOR)).done().hear_out()
    assert driver.session.index == MIRROR
    assert left_alone(driver) == [STILL, MORE]


@pytest.mark.parametrize(
    ("patience", "heard"),
    [
        (replace(USUAL, still_listening=0.0), [MORE]),
        (replace(USUAL, anything_more=0.0), [STILL]),
        (UNHURRIED, []),
        (replace(USUAL, still_listening=60.0), [MORE]),
    ],
)
def test_zero_is_never_and_the_question_is_the_last(patience: Patience, heard: list[str]) -> None:
    assert left_alone(at_step(MIRROR, patience)) == heard


def test_endless_patience_makes_no_sound_and_asks_nothing() -> None:
    steps = (replace(STEPS[MIRROR], then=1, endless=True), replace(STEPS[FLOOR], then=2, endless=True))
    driver = Driver(Session(steps, NAMES)).begin().hear_out()
    assert driver.waits == NEVER
    assert left_alone(driver.done()) == [NEAR, UP], "time is another thing"


# -- the answer to the question ----------------------------------------------------------------------------------


def test_a_no_ends_the_turn_softly() -> None:
    driver = at_step(MIRROR)
    driver.say("you worry")
    asked(driver)
    assert chimes(driver.say("no", C.NO)) == [Earcon.HEARD]
    assert (driver.state, driver.waits) == (State.CLOSING, 1.5)
    driver.say("well, about the house")
    assert driver.state is State.FLOOR
    assert driver.read_back() == phrases.you_said("Zoë", "you worry well, about the house"), "the no is no part of it"


def test_yes_and_no_are_answers_only_while_the_question_waits() -> None:
    driver = at_step(MIRROR)
    assert not driver.session.commands & {C.YES, C.NO}
    assert asked(driver).session.commands >= {C.YES, C.NO}
    assert driver.say("yes", C.YES) == []
    assert driver.state is State.FLOOR
    assert not driver.session.commands & {C.YES, C.NO}, "the question is answered"
    driver.say("the house")
    assert driver.read_back() == phrases.you_said("Zoë", "the house"), "the yes is no part of it"
    driver = asked(at_step(MIRROR))
    driver.say("it is the house")
    assert not driver.session.commands & {C.YES, C.NO}


@pytest.mark.parametrize(("key", "state"), [(C.NO, State.CLOSING), (C.YES, State.FLOOR)])
def test_a_key_answers_while_the_guide_still_asks(key: C, state: State) -> None:
    driver = at_step(MIRROR)
    driver.wait()
    driver.wait()
    assert driver.session.talking
    assert Silence() in driver.key(key)
    assert driver.state is state
    assert driver.floor, "the microphone is open"


# -- the end of the time -----------------------------------------------------------------------------------------


def test_the_end_of_the_time_sounds_at_the_next_pause_and_then_the_guide_asks_once() -> None:
    driver = at_step(FLOOR)
    driver.speech()
    assert chimes(driver.wait()) == [NEAR], "a gentle sound may come while somebody speaks"
    assert driver.waits == NEVER
    driver.rest(30)
    driver.cut()
    assert driver.waits == NEVER, "never while words are being recognised"
    driver.words("about the house")
    assert chimes(driver.wait()) == [UP]
    assert (driver.state, driver.waits) == (State.FLOOR, 8)
    assert spoken(driver.wait()) == [MORE]
    assert left_alone(driver) == []


def test_after_the_end_of_the_time_a_silence_begins_anew() -> None:
    driver = at_step(FLOOR)
    opened = driver.now
    driver.speech()
    driver.wait()
    driver.rest(5)
    driver.words("about the house")
    assert chimes(driver.wait()) == [UP]
    assert (driver.now - opened, driver.waits) == (60, 8)


def test_the_end_of_the_time_brings_no_second_question() -> None:
    assert left_alone(asked(at_step(FLOOR))) == [NEAR, UP]


def test_more_time_after_the_end_is_a_whole_minute_and_sounds_again() -> None:
    driver = at_step(FLOOR)
    for _ in range(20):
        driver.say("and so on")
        driver.rest(10)
    assert driver.press(C.MORE_TIME).left == 60
    assert left_alone(driver) == [STILL, NEAR, MORE, UP]


# -- take your time ----------------------------------------------------------------------------------------------


def test_take_your_time_doubles_for_the_session_and_not_without_end() -> None:
    driver = at_step(MIRROR)
    assert spoken(driver.say("take your time", C.TAKE_YOUR_TIME)) == [phrases.take_your_time()]
    assert driver.hear_out().waits == 16
    driver.wait()
    driver.wait()
    driver.hear_out().say(DONE, C.DONE)
    assert driver.waits == 3
    driver.wait()
    driver.press(*[C.TAKE_YOUR_TIME] * 5)
    assert driver.session.patience == USUAL.doubled().doubled() == LONGEST


def test_another_day_brings_its_own_waits_and_they_double_from_there() -> None:
    """What was told before is in them, where it was remembered: it must not count twice."""
    driver = at_step(MIRROR)
    driver.key(C.TAKE_YOUR_TIME)
    driver.take(Resumed(QUICK))
    assert driver.hear_out().waits == 2
    assert driver.press(C.TAKE_YOUR_TIME).waits == 4


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
    assert driver.left == 239


# -- what the record tells of it ---------------------------------------------------------------------------------


@pytest.mark.parametrize("later", [USUAL, QUICK, UNHURRIED])
@pytest.mark.parametrize("first", [USUAL, QUICK, UNHURRIED])
def test_a_record_goes_on_with_other_settings(first: Patience, later: Patience) -> None:
    driver = in_state(State.READY).begin(first).hear_out()
    driver.say("I worry")
    driver.done().take(Resumed(later), after=0.0)
    driver.hear_out().done()
    again = Session(driver.session.steps, NAMES)
    for t, event in driver.events:
        stored = from_fields(to_fields(event))
        assert stored
        again.handle(stored, t)
    assert (again.patience, again.index) == (later, driver.session.index)


def test_a_time_that_comes_too_early_in_a_floor_changes_nothing() -> None:
    driver = in_state(State.FLOOR)
    before = driver.session.snapshot()
    assert driver.take(TimePassed()) == []
    assert driver.session.snapshot() == before


def test_a_record_that_tells_no_patience_is_read_with_none_measured() -> None:
    driver = Driver().begin(UNHURRIED).hear_out()
    driver.speech()
    driver.wait()
    driver.rest(60)
    assert driver.take(TimePassed()) == [], "the end of a floor's time was told in mid-speech"
    driver.words("about the house")
    assert driver.state is State.FLOOR


def test_of_an_older_record_and_of_a_newer_one_what_is_known_is_read() -> None:
    begun = Begun(delivery=Delivery(0.87, 1.25))
    assert to_fields(begun)["delivery"] == {"pace": 0.87, "loudness": 1.25}
    assert from_fields(to_fields(begun)) == begun
    assert from_fields({"type": "begun"}) == Begun(UNHURRIED)
    assert from_fields({"type": "resumed"}) == Resumed(UNHURRIED, delivery=AS_IT_COMES)
    patience, delivery = {"soft_end": 3, "temper": 1}, {"pace": 2, "tone": 1}
    assert from_fields({"type": "resumed", "patience": patience}) == Resumed(Patience(soft_end=3.0))
    assert from_fields({"type": "resumed", "delivery": delivery}) == Resumed(UNHURRIED, delivery=Delivery(2.0))


WRONG = [{"soft_end": "long", "pace": "fast"}, {"soft_end": -1, "pace": -1}, {"anything_more": 1e999, "loudness": 0}]


@pytest.mark.parametrize("name", ["patience", "delivery"])
@pytest.mark.parametrize("value", [3, None, [], *WRONG, {"still_listening": 1e999, "pace": 1e999}])
def test_what_is_no_patience_and_no_delivery_is_refused(name: str, value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        from_fields({"type": "begun", name: value})


# -- re-opened turns ---------------------------------------------------------------------------------------------


def test_words_after_done_that_are_known_late_open_the_turn_again() -> None:
    driver = at_step(MIRROR)
    driver.speech()
    driver.cut()
    driver.speech()  # they speak on before anybody knows that the first was "I'm done"
    assert chimes(driver.words(DONE, C.DONE)) == [Earcon.HEARD]
    assert driver.waits == NEVER
    driver.cut()
    driver.rest(20)
    assert driver.waits == NEVER, "the words come late"
    driver.words("being lied to")
    assert (driver.state, driver.session.index) == (State.FLOOR, MIRROR)
    assert driver.read_back() == phrases.you_said("Zoë", "being lied to")


@pytest.mark.parametrize("command", [C.DONE, C.PAUSE, C.HELP, C.NEXT])
def test_the_sound_of_every_command_is_kept_with_the_turn(command: C) -> None:
    driver = at_step(MIRROR)
    place = driver.session.place
    driver.say(str(command), command)
    kept, said = (event for _, event in driver.events[-2:])
    assert isinstance(kept, SoundKept)
    assert isinstance(said, Utterance)
    assert (kept.audio, kept.partner, kept.place) == (said.audio, "b", place)
