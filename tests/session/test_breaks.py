"""Time-outs: how long they last, what is kept meanwhile, and the way back."""

from __future__ import annotations

from tests.support.session_driver import FLOOR, STEPS, Driver, chimes, in_state, spoken
from voiceguide.session import phrases
from voiceguide.session.breaks import length_of
from voiceguide.session.effects import Earcon
from voiceguide.session.events import Begun
from voiceguide.session.patience import USUAL
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand as C

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
