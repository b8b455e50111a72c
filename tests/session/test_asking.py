"""What is asked of a guide that waits, in the words of people and of recognisers."""

from __future__ import annotations

import re

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

WAYS = {
    Asking.SESSION: "start; What can we do?; let's talk; begin a session please",
    Asking.REPLAY: """replay our last conversation; replay the last one; can you play it again;
        we want to hear our last conversation""",
    Asking.AGREEMENTS: "What did we agree?; what are our agreements; what did we agree on last week",
    Asking.RESUME: "continue where we stopped; let's go on where we left off; go on",
    Asking.HELP: "help; what can you do",
    Asking.LEAVE: "stop listening; Goodbye.; please stop listening now; stop losing",
    Asking.NOTHING: "never mind; no thanks; cancel",
}
EXERCISES = {
    "floor-and-mirror": "start floor and mirror; the mirror one please",
    "if-then-promise": "if then promise",
    "weekly-us": "weekly us",
    "where-trust-lives": "something about trust",
}
NEITHER = ["", "the neighbour painted the fence", "do you like fish", "more", "you are late"]


def meant(text: str) -> Asking | None:
    found = asked(text, EVERY)
    return found.what if found else None


def named(text: str) -> str | None:
    found = asked(text, EVERY)
    return found.wish.exercise.id if found and found.wish.exercise else None


def test_what_is_asked_is_understood_and_nothing_else() -> None:
    wanted = {text: what for what, texts in WAYS.items() for text in re.split(r";\s+", texts)}
    assert {text: meant(text) for text in wanted} == wanted
    assert [text for text in phrases_waiting.offered() if not meant(text)] == [], "what the screen offers"
    assert [text for text in NEITHER if meant(text)] == []


def test_an_exercise_is_named() -> None:
    wanted = {text: id_ for id_, texts in EXERCISES.items() for text in re.split(r";\s+", texts)}
    assert {text: named(text) for text in wanted} == wanted


def test_a_time_leads_to_exercises_that_fit() -> None:
    found = asked("we have ten minutes", EVERY)
    assert found
    assert {each.minutes for each in found.wish.among[:2]} == {10}


@given(st.lists(st.sampled_from(WORDS), max_size=6))
def test_whatever_is_said_is_understood_or_not(words: list[str]) -> None:
    assert meant(" ".join(words)) in (None, *Asking)


def test_start_alone_offers_everything() -> None:
    assert asked("start", EVERY) == Asked(Asking.SESSION, Wish())
