"""What is asked of a guide that waits, in the words of people and of recognisers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.library import all_exercises
from voiceguide.paths import shipped_exercise_files
from voiceguide.session import phrases_waiting
from voiceguide.session.asking import Asked, Asking, asked
from voiceguide.session.menu import Wish, suggested

WORDS = ["first", "second", "last", "next", "more", "any", "one", "two", "hour", "minutes", "short", "long", "no",
         "nothing", "start", "what", "we", "do", "agree", "play"]  # fmt: skip
EVERY = suggested(all_exercises(shipped_exercise_files())[0], {})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("start", Asking.SESSION),
        ("What can we do?", Asking.SESSION),
        ("let's talk", Asking.SESSION),
        ("begin a session please", Asking.SESSION),
        ("replay our last conversation", Asking.REPLAY),
        ("replay the last one", Asking.REPLAY),
        ("can you play it again", Asking.REPLAY),
        ("we want to hear our last conversation", Asking.REPLAY),
        ("What did we agree?", Asking.AGREEMENTS),
        ("what are our agreements", Asking.AGREEMENTS),
        ("what did we agree on last week", Asking.AGREEMENTS),
        ("continue where we stopped", Asking.RESUME),
        ("let's go on where we left off", Asking.RESUME),
        ("go on", Asking.RESUME),
        ("help", Asking.HELP),
        ("what can you do", Asking.HELP),
        ("stop listening", Asking.LEAVE),
        ("Goodbye.", Asking.LEAVE),
        ("please stop listening now", Asking.LEAVE),
        ("stop losing", Asking.LEAVE),
        ("never mind", Asking.NOTHING),
        ("no thanks", Asking.NOTHING),
        ("cancel", Asking.NOTHING),
    ],
)
def test_what_is_asked(text: str, what: Asking) -> None:
    found = asked(text, EVERY)
    assert found is not None
    assert found.what is what


@pytest.mark.parametrize("text", phrases_waiting.offered())
def test_what_the_screen_offers_is_understood(text: str) -> None:
    assert asked(text, EVERY)


@pytest.mark.parametrize(
    ("text", "id"),
    [("start floor and mirror", "floor-and-mirror"), ("if then promise", "if-then-promise"), ("weekly us", "weekly-us"),
     ("something about trust", "where-trust-lives"), ("the mirror one please", "floor-and-mirror")],
)  # fmt: skip
def test_an_exercise_is_named(text: str, id: str) -> None:
    found = asked(text, EVERY)
    assert found
    assert found.wish.exercise
    assert found.wish.exercise.id == id


def test_a_time_leads_to_exercises_that_fit() -> None:
    found = asked("we have ten minutes", EVERY)
    assert found
    assert {each.minutes for each in found.wish.among[:2]} == {10}


@pytest.mark.parametrize("text", ["", "the neighbour painted the fence", "do you like fish", "more", "you are late"])
def test_anything_else_is_not_understood(text: str) -> None:
    assert asked(text, EVERY) is None


@given(st.lists(st.sampled_from(WORDS), max_size=6))
def test_whatever_is_said_is_understood_or_not(words: list[str]) -> None:
    found = asked(" ".join(words), EVERY)
    assert found is None or found.what in Asking


def test_start_alone_offers_everything() -> None:
    assert asked("start", EVERY) == Asked(Asking.SESSION, Wish())
