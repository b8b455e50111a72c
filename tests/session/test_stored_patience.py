"""The record tells how long the guide waited and how it spoke, so a session goes on with other settings."""

from __future__ import annotations

import pytest

from tests.support.session_driver import NAMES, Driver, in_state
from voiceguide.session import Session
from voiceguide.session.delivery import AS_IT_COMES, Delivery
from voiceguide.session.events import Begun, Resumed, TimePassed, from_fields, to_fields
from voiceguide.session.patience import UNHURRIED, USUAL, Patience
from voiceguide.session.states import State

QUICK = Patience(soft_end=0.5, still_listening=2.0, anything_more=5.0)


@pytest.mark.parametrize("later", [USUAL, QUICK, UNHURRIED])
@pytest.mark.parametrize("first", [USUAL, QUICK, UNHURRIED])
def test_a_record_goes_on_with_other_settings(first: Patience, later: Patience) -> None:
    driver = in_state(State.READY)
    driver.begin(first)
    driver.hear_out().say("I worry")
    driver.done()
    driver.take(Resumed(later), after=0.0)
    driver.hear_out()
    driver.done()
    again = Session(driver.session.steps, NAMES)
    for t, event in driver.events:
        stored = from_fields(to_fields(event))
        assert stored
        again.handle(stored, t)
    assert again.patience == later
    assert again.index == driver.session.index


def test_records_that_tell_no_patience_are_read_with_none_measured() -> None:
    assert from_fields({"type": "begun"}) == Begun(UNHURRIED)
    assert from_fields({"type": "resumed"}) == Resumed(UNHURRIED)
    driver = Driver().begin(UNHURRIED)
    driver.hear_out().speech()
    driver.wait()
    driver.rest(60)
    assert driver.take(TimePassed()) == [], "the end of a floor's time was told in mid-speech"
    driver.words("about the house")
    assert driver.session.state is State.FLOOR


@pytest.mark.parametrize("patience", [3, None, [], {"soft_end": "long"}, {"soft_end": -1}, {"anything_more": 1e999}])
def test_a_patience_that_is_none_is_refused(patience: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        from_fields({"type": "begun", "patience": patience})


def test_unknown_and_missing_parts_of_a_patience_are_borne() -> None:
    stored = from_fields({"type": "resumed", "patience": {"soft_end": 3, "temper": 1}})
    assert stored == Resumed(Patience(soft_end=3.0))


@pytest.mark.parametrize("delivery", [3, [], None, {"pace": "fast"}, {"loudness": 0}, {"pace": -1}, {"pace": 1e999}])
def test_a_delivery_that_is_none_is_refused(delivery: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        from_fields({"type": "begun", "delivery": delivery})


def test_a_delivery_is_kept_and_older_records_have_the_usual() -> None:
    begun = Begun(delivery=Delivery(0.87, 1.25))
    assert from_fields(to_fields(begun)) == begun
    assert to_fields(begun)["delivery"] == {"pace": 0.87, "loudness": 1.25}
    assert from_fields({"type": "resumed"}) == Resumed(UNHURRIED, delivery=AS_IT_COMES)
    assert from_fields({"type": "resumed", "delivery": {"pace": 2, "tone": 1}}) == Resumed(
        UNHURRIED, delivery=Delivery(2.0)
    )


def test_a_time_that_comes_too_early_in_a_floor_changes_nothing() -> None:
    driver = in_state(State.FLOOR)
    before = driver.session.snapshot()
    assert driver.take(TimePassed()) == []
    assert driver.session.snapshot() == before
