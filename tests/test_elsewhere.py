"""What is asked of a server when, and who hears where it fails."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from voiceguide.elsewhere import Elsewhere
from voiceguide.errors import EngineError
from voiceguide.servers import Server
from voiceguide.sound import LISTEN_RATE, Sound

BEGINNING = Sound(b"", LISTEN_RATE)
GONE = EngineError("It is gone.")


class FakeCalls:
    """Takes calls, and answers them when the test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.futures: list[Future[Any]] = []

    def submit(self, method: str, *args: Any) -> Future[Any]:
        self.asked.append((method, *args))
        self.futures.append(Future())
        return self.futures[-1]

    @property
    def sounds(self) -> list[str]:
        """What it was to recognise."""
        return [sound for method, sound in self.asked if method == "recognize"]

    @property
    def methods(self) -> list[str]:
        return [method for method, *_ in self.asked]


class Pair:
    """A server and this machine, with a clock that stands still."""

    def __init__(self) -> None:
        self.there, self.here, self.now = FakeCalls(), FakeCalls(), 0.0
        self.both = Elsewhere(Server("nas", 1), self.there, self.here, lambda: self.now)
        self.both.allowed, self.both.kept = True, lambda: True

    def hear(self, *sounds: str) -> list[Future[Any]]:
        return [self.both.submit("recognize", sound) for sound in sounds]

    def fails(self, sound: str, error: Exception = GONE) -> Future[Any]:
        (found,) = self.hear(sound)
        self.there.futures[-1].set_exception(error)
        return found


def test_only_what_they_agreed_to_goes_there() -> None:
    pair = Pair()
    pair.both.allowed = False
    pair.hear("before")
    pair.both.allowed = True
    pair.both.submit("spot", "opening", "guide")
    pair.hear("after")
    assert pair.there.asked == [("recognize", "after")]
    pair.there.futures[-1].set_result("words")
    pair.both.kept = lambda: False
    pair.hear("off the record")
    pair.both.kept = lambda: True
    pair.both.forbid()
    pair.hear("later")
    assert pair.there.asked == [("recognize", "after")]
    heard_here = [("recognize", sound) for sound in ("before", "off the record", "later")]
    assert pair.here.asked == [heard_here[0], ("spot", "opening", "guide"), *heard_here[1:]]


@pytest.mark.parametrize("error", [GONE, TypeError("a bug")])
def test_what_it_could_not_hear_this_machine_hears(error: Exception) -> None:
    pair = Pair()
    found = pair.fails("one", error)
    assert pair.both.problem == str(error)
    assert not found.done()
    pair.here.futures[-1].set_result("words")
    assert found.result() == "words"
    pair.hear("two")
    assert pair.here.sounds == ["one", "two"]


def test_it_is_asked_again_after_a_while_that_grows() -> None:
    pair = Pair()
    pair.fails("one")
    pair.now = 21
    pair.fails("two")
    pair.now = 42
    pair.hear("three")
    assert pair.there.sounds == ["one", "two"]
    pair.now = 62
    (found,) = pair.hear("four")
    pair.there.futures[-1].set_result("words")
    assert (found.result(), pair.both.problem) == ("words", "")
    pair.fails("five")
    pair.now = 83
    pair.hear("six")
    assert pair.there.sounds == ["one", "two", "four", "five", "six"]


def test_what_waits_behind_a_sound_is_judged_when_its_turn_comes() -> None:
    pair = Pair()
    pair.hear("one", "two", "three")
    assert pair.there.sounds == ["one"]
    pair.both.kept = lambda: False
    pair.there.futures[0].set_result("words")
    assert pair.here.sounds == ["two", "three"]


def test_what_waits_behind_a_failure_fails_no_second_time() -> None:
    pair = Pair()
    found = pair.hear("one", "two", "three")
    pair.there.futures[0].set_exception(GONE)
    assert pair.here.sounds == ["one", "two", "three"]
    for future in pair.here.futures:
        future.set_result("words")
    assert [future.result(0) for future in found] == ["words"] * 3
    pair.now = 21
    pair.hear("four")
    assert pair.there.sounds == ["one", "four"]


def test_what_is_being_said_goes_there_only_when_what_was_said_might() -> None:
    pair = Pair()
    for allowed, kept in ((False, True), (True, False)):
        pair.both.allowed, pair.both.kept = allowed, lambda kept=kept: kept  # type: ignore[misc]
        pair.both.ahead(BEGINNING)
    assert not pair.there.asked
    pair.both.kept = lambda: True
    pair.hear("words that may be pause")
    pair.both.ahead(BEGINNING)
    pair.there.futures[-1].set_result("words")
    assert pair.there.methods == ["recognize"]
    pair.both.ahead(BEGINNING)
    pair.both.ahead(BEGINNING)
    assert pair.there.methods == ["recognize", "ahead"], "the next one brings it all"
    (found,) = pair.hear("all of it")
    assert len(pair.there.asked) == 2
    pair.there.futures[-1].set_result(None)
    pair.there.futures[-1].set_result("all the words")
    assert found.result() == "all the words"
    assert not pair.here.asked


def test_where_what_is_being_said_does_not_arrive_its_words_are_found_here() -> None:
    pair = Pair()
    pair.both.ahead(BEGINNING)
    (found,) = pair.hear("all of it")
    pair.there.futures[-1].set_exception(GONE)
    assert pair.both.problem == "It is gone."
    pair.here.futures[-1].set_result("words")
    assert found.result() == "words"
    pair.both.ahead(BEGINNING)
    assert pair.there.methods == ["ahead"]


@pytest.mark.parametrize("then", ["it is paused", "the session ends"])
def test_what_was_sent_ahead_and_is_not_to_be_heard_there_is_let_go(then: str) -> None:
    pair = Pair()
    pair.both.ahead(BEGINNING)
    pair.there.futures[-1].set_result(None)
    if then == "it is paused":
        pair.both.kept = lambda: False
        pair.hear("the beginning and more")
        assert pair.here.sounds == ["the beginning and more"]
    else:
        pair.both.forbid()
    assert pair.there.methods == ["ahead", "close"]
    pair.there.futures[-1].set_result(None)
    pair.both.forbid()
    assert len(pair.there.asked) == 2


def test_where_neither_hears_the_failure_is_passed_on() -> None:
    pair = Pair()
    found = pair.fails("one")
    pair.here.futures[-1].set_exception(EngineError("So am I."))
    with pytest.raises(EngineError, match="So am I"):
        found.result()
