"""Time-outs: how long they last, what is kept meanwhile, and the way back."""

from __future__ import annotations

import pytest

from tests.support.session_driver import FLOOR, STEPS, Driver, chimes, in_state, new_session, spoken
from voiceguide.session import phrases
from voiceguide.session.breaks import SHORTEST, length_of
from voiceguide.session.effects import Earcon
from voiceguide.session.events import Begun
from voiceguide.session.patience import USUAL
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand as C


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("Twenty minutes.", 20),
        ("20 minutes, please.", 20),
        ("Let's say half an hour", 30),
        ("an hour", 60),
        ("An hour and a half.", 90),
        ("two hours", 120),
        ("45 minutes", 45),
        ("forty five minutes", 45),
        ("until tomorrow", 24 * 60),
        ("five minutes", 20),
        ("Fifty hours", 24 * 60),
        ("thirty", 30),
        ("120 minutes", 120),
        ("100 minutes", 100),
        ("a few hours", 180),
    ],
)
def test_people_say_how_long(text: str, minutes: int) -> None:
    assert length_of(text) == minutes * 60


@pytest.mark.parametrize("text", ["", "yes", "I don't know", "one moment", "one", "I am so tired of this", "minutes"])
def test_what_names_no_time_is_asked_again(text: str) -> None:
    assert length_of(text) is None


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [(0, "twelve o'clock"), (75_600, "nine o'clock"), (78_000, "twenty to ten"), (77_400, "half past nine"),
     (76_500, "a quarter past nine"), (86_399, "twelve o'clock"), (77_100, "twenty five past nine")],
)  # fmt: skip
def test_a_time_of_day_as_one_says_it(seconds: float, spoken: str) -> None:
    assert phrases.clock_time(seconds) == spoken


def on_break(words: str = "an hour") -> Driver:
    driver = in_state(State.BREAK)
    driver.say(words)
    return driver


def test_a_break_says_when_it_ends_and_keeps_nothing() -> None:
    driver = Driver(new_session())
    driver.take(Begun(USUAL, clock=20 * 3600.0))
    driver.hear_out()
    driver.key(C.NEXT)
    driver.hear_out().say("break", C.BREAK)
    driver.hear_out()
    said = spoken(driver.say("an hour"))
    assert "of an hour, until about nine o'clock" in said[0]
    assert "Nothing is recorded" in said[0]
    driver.hear_out()
    assert driver.session.state is State.RESTING
    assert driver.session.floor is not None
    assert not driver.session.floor.kept
    driver.say("and then a secret")
    assert driver.session.state is State.RESTING


def test_it_ends_by_itself_with_the_calm_check_and_the_step_is_said_again() -> None:
    driver = on_break().hear_out()
    began = driver.now
    for _ in range(12):
        assert spoken(driver.wait()) == []
    assert spoken(driver.wait()) == [phrases.calm_question()]
    assert 3590 < driver.now - began <= 3600
    driver.hear_out()
    assert spoken(driver.say("yes", C.YES)) == [phrases.going_on()]
    assert spoken(driver.hear()) == [STEPS[FLOOR].prompt]
    assert chimes(driver.hear())
    assert driver.session.state is State.FLOOR


def test_who_is_not_calm_rests_on() -> None:
    driver = in_state(State.CALM)
    assert "20 minutes" in spoken(driver.say("no", C.NO))[0]
    driver.hear_out()
    assert driver.session.state is State.RESTING
    assert driver.session.deadline is not None
    assert driver.session.deadline - driver.now <= SHORTEST


def test_a_no_to_the_question_goes_on() -> None:
    driver = in_state(State.BREAK)
    assert spoken(driver.say("no", C.NO)) == [phrases.going_on()]
    driver.hear_out()
    assert driver.session.state is State.FLOOR


def test_silence_means_the_shortest_break() -> None:
    driver = in_state(State.BREAK)
    driver.wait()
    assert driver.session.state is State.RESTING


def test_a_break_outlasts_the_program() -> None:
    driver = on_break("until tomorrow").hear_out().ended().resumed()
    assert driver.session.state is State.CALM


def test_stop_ends_a_break_and_saves() -> None:
    driver = on_break().hear_out()
    driver.say("stop", C.STOP)
    driver.hear_out()
    assert driver.end == "stopped"


def test_a_breath_is_offered_for_a_minute_and_then_it_is_quiet() -> None:
    driver = on_break().hear_out()
    begun, heard = driver.now, []
    while driver.session.deadline is not None and driver.session.deadline < begun + 100:
        heard += chimes(driver.wait())
    assert heard == [Earcon.BREATHE_IN, Earcon.BREATHE_OUT] * 6
    assert driver.now - begun < 60
    assert driver.session.deadline is not None
    assert driver.session.deadline - begun > 3500
    assert driver.session.state is State.RESTING


def test_a_question_in_a_break_does_not_end_the_breaths() -> None:
    driver = on_break().hear_out()
    assert chimes(driver.wait()) == [Earcon.BREATHE_IN]
    driver.say("help", C.HELP)
    assert driver.session.deadline is None
    driver.hear_out()
    assert chimes(driver.wait()) == [Earcon.BREATHE_IN]


@pytest.mark.parametrize("words", ["twenty minutes", "two hours", "a few hours", "100 minutes", "until tomorrow", "90"])
def test_what_is_kept_of_the_answer_means_the_same(words: str) -> None:
    kept = in_state(State.BREAK).session.choice(words)
    assert kept is not None
    assert length_of(kept) == length_of(words)
