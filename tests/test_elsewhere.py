"""What is asked of a server when, and who hears where it fails."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from voiceguide.elsewhere import Elsewhere
from voiceguide.errors import EngineError
from voiceguide.servers import Server
from voiceguide.sound import LISTEN_RATE, Sound


class FakeCalls:
    """Takes calls, and answers them when the test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.futures: list[Future[Any]] = []

    def submit(self, method: str, *args: Any) -> Future[Any]:
        self.asked.append((method, *args))
        self.futures.append(Future())
        return self.futures[-1]


class Pair:
    """A server and this machine, with a clock that stands still."""

    def __init__(self) -> None:
        self.there, self.here, self.now = FakeCalls(), FakeCalls(), 0.0
        self.both = Elsewhere(Server("nas", 1), self.there, self.here, lambda: self.now)
        self.both.allowed, self.both.kept = True, lambda: True

    def fails(self, sound: str) -> Future[Any]:
        found = self.both.submit("recognize", sound)
        self.there.futures[-1].set_exception(EngineError("It is gone."))
        return found


def test_only_what_they_agreed_to_goes_there() -> None:
    pair = Pair()
    pair.both.allowed = False
    pair.both.submit("recognize", "before")
    pair.both.allowed = True
    pair.both.submit("spot", "opening", "guide")
    pair.both.submit("recognize", "after")
    assert pair.there.asked == [("recognize", "after")]
    pair.there.futures[-1].set_result("words")
    assert pair.here.asked == [("recognize", "before"), ("spot", "opening", "guide")]
    pair.both.kept = lambda: False
    pair.both.submit("recognize", "off the record")
    pair.both.kept = lambda: True
    assert pair.here.asked[-1] == ("recognize", "off the record")
    pair.both.forbid()
    pair.both.submit("recognize", "later")
    assert pair.here.asked[-1] == ("recognize", "later")


def test_what_it_could_not_hear_this_machine_hears() -> None:
    pair = Pair()
    found = pair.fails("one")
    assert pair.both.problem == "It is gone."
    assert not found.done()
    pair.here.futures[-1].set_result("words")
    assert found.result() == "words"
    pair.both.submit("recognize", "two")
    assert pair.here.asked == [("recognize", "one"), ("recognize", "two")]


def test_it_is_asked_again_after_a_while_that_grows() -> None:
    pair = Pair()
    pair.fails("one")
    pair.now = 21
    pair.fails("two")
    pair.now = 42
    pair.both.submit("recognize", "three")
    assert [sound for _, sound in pair.there.asked] == ["one", "two"]
    pair.now = 62
    found = pair.both.submit("recognize", "four")
    pair.there.futures[-1].set_result("words")
    assert (found.result(), pair.both.problem) == ("words", "")
    pair.fails("five")
    pair.now = 83
    pair.both.submit("recognize", "six")
    assert [sound for _, sound in pair.there.asked] == ["one", "two", "four", "five", "six"]


def test_what_waits_behind_a_sound_is_judged_when_its_turn_comes() -> None:
    pair = Pair()
    pair.both.submit("recognize", "one")
    pair.both.submit("recognize", "two")
    pair.both.submit("recognize", "three")
    assert pair.there.asked == [("recognize", "one")]
    pair.both.kept = lambda: False
    pair.there.futures[0].set_result("words")
    assert pair.here.asked == [("recognize", "two"), ("recognize", "three")]


def test_what_waits_behind_a_failure_fails_no_second_time() -> None:
    pair = Pair()
    waits = [pair.both.submit("recognize", sound) for sound in ("one", "two", "three")]
    pair.there.futures[0].set_exception(EngineError("It is gone."))
    assert [sound for _, sound in pair.here.asked] == ["one", "two", "three"]
    for future, wait in zip(pair.here.futures, waits, strict=True):
        future.set_result("words")
        assert wait.result() == "words"
    pair.now = 21
    pair.both.submit("recognize", "four")
    assert pair.there.asked[-1] == ("recognize", "four")


BEGINNING = Sound(b"", LISTEN_RATE)


def test_what_is_being_said_goes_there_only_when_what_was_said_might() -> None:
    pair = Pair()
    pair.both.allowed, pair.both.kept = False, lambda: True
    pair.both.ahead(BEGINNING)
    pair.both.allowed, pair.both.kept = True, lambda: False
    pair.both.ahead(BEGINNING)
    assert not pair.there.asked
    pair.both.kept = lambda: True
    pair.both.submit("recognize", "words that may be pause")
    pair.both.ahead(BEGINNING)
    pair.there.futures[-1].set_result("words")
    assert [method for method, _ in pair.there.asked] == ["recognize"]
    pair.both.ahead(BEGINNING)
    pair.both.ahead(BEGINNING)
    assert [method for method, _ in pair.there.asked] == ["recognize", "ahead"], "the next one brings it all"
    found = pair.both.submit("recognize", "all of it")
    assert len(pair.there.asked) == 2
    pair.there.futures[-1].set_result(None)
    pair.there.futures[-1].set_result("all the words")
    assert found.result() == "all the words"
    assert not pair.here.asked


def test_where_what_is_being_said_does_not_arrive_its_words_are_found_here() -> None:
    pair = Pair()
    pair.both.ahead(BEGINNING)
    found = pair.both.submit("recognize", "all of it")
    pair.there.futures[-1].set_exception(EngineError("It is gone."))
    assert pair.both.problem == "It is gone."
    pair.here.futures[-1].set_result("words")
    assert found.result() == "words"
    pair.both.ahead(BEGINNING)
    assert [method for method, *_ in pair.there.asked] == ["ahead"]


@pytest.mark.parametrize("then", ["it is paused", "the session ends"])
def test_what_was_sent_ahead_and_is_not_to_be_heard_there_is_let_go(then: str) -> None:
    pair = Pair()
    pair.both.ahead(BEGINNING)
    pair.there.futures[-1].set_result(None)
    if then == "it is paused":
        pair.both.kept = lambda: False
        pair.both.submit("recognize", "the beginning and more")
        assert pair.here.asked == [("recognize", "the beginning and more")]
    else:
        pair.both.forbid()
    assert [method for method, *_ in pair.there.asked] == ["ahead", "close"]
    pair.there.futures[-1].set_result(None)
    pair.both.forbid()
    assert len(pair.there.asked) == 2


def test_whatever_goes_wrong_there_somebody_waits_for_the_words() -> None:
    pair = Pair()
    found = pair.both.submit("recognize", "one")
    pair.there.futures[0].set_exception(TypeError("a bug"))
    pair.here.futures[0].set_result("words")
    assert found.result() == "words"


def test_where_neither_hears_the_failure_is_passed_on_and_an_end_ends_both() -> None:
    pair = Pair()
    found = pair.fails("one")
    pair.here.futures[-1].set_exception(EngineError("So am I."))
    with pytest.raises(EngineError, match="So am I"):
        found.result()
    pair.now = 100
    cancelled = pair.both.submit("recognize", "two")
    pair.there.futures[-1].cancel()
    pair.there.futures[-1].set_running_or_notify_cancel()
    assert cancelled.cancelled()
