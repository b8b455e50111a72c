"""``start`` without an exercise: who is here, and what would they like? Typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command import (
    Done,
    files_holding,
    have_read_the_safety_page,
    header,
    record,
    session_folders,
    typed,
)

CONSENT = ("yes", "yes")
MIA_AND_ZOE = ("--names", "Mia,Zoe")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    have_read_the_safety_page(tmp_path)
    return tmp_path


def start(home: Path, *lines: str, options: tuple[str, ...] = ()) -> Done:
    return typed(home, *lines, start=options)


def begun(home: Path) -> tuple[str, list[str]]:
    """Exercise and names of the one session there is."""
    return header(home)["exercise"], header(home)["names"]


def test_names_are_asked_and_confirmed_and_offered_the_next_time(home: Path) -> None:
    start(home, "I'm Anna", "Ben", "yes", "worry and answer", "yes", *CONSENT)
    assert begun(home) == ("worry-and-answer", ["Anna", "Ben"])
    assert "Are you Anna and Ben?" in start(home, "yes", "whole apology", "yes", *CONSENT).out
    assert [record(folder)[0]["names"] for folder in session_folders(home)] == [["Anna", "Ben"]] * 2


def test_who_is_not_known_yet_is_called_you(home: Path) -> None:
    out = start(home, "Anna", "Ben", "yes", "worry and answer", "yes", *CONSENT).out
    assert "  (You choose. Type your first name" in out
    assert "You: Anna\n" in out
    assert "partner" not in out.split("Anna and Ben, is that right?")[0].split("Guide:", 1)[1]
    assert "Anna and Ben: worry and answer" in out


def test_an_empty_line_at_a_question_is_told_what_answers_it(home: Path) -> None:
    out = start(home, "Anna", "Ben", "", "yes", "", "settle", "yes", *CONSENT).out
    assert "(Please answer with one of these: yes, no, I don't know.)" in out
    assert "(Please answer with one of these: Settle, A friend of both, " in out
    assert "Type one of these and press Enter: Settle, A friend of both, " in out


ASKED = {
    "both names at once, and the wrong ones first": (
        ("we are Hannah and Ben", "no", "Anna and Ben", "yes", "open book", "yes"), (), (),
        ("open-book", ["Anna", "Ben"]),
    ),
    "two names that sound the same are asked again": (
        ("Kim", "kim", "Kim and Robin", "yes", "open book", "yes"), (), ("Your names sound alike",),
        ("open-book", ["Kim", "Robin"]),
    ),
    "misunderstood it asks differently and then shows a list": (
        ("the dog", "did you feed the dog", "3", "yes"), MIA_AND_ZOE,
        ("I did not get that", "I still did not get it", "(1  Settle)", "(3  "),
        ("whole-apology", ["Mia", "Zoe"]),
    ),
    "help names what can be chosen": (
        ("help", "the dog", "the cat", "we had a fight", "yes"), MIA_AND_ZOE,
        ("You can say a title, a theme such as trust, something short, half an hour, more, or cancel.",
         "type a number and press Enter"),
        ("after-the-argument", ["Mia", "Zoe"]),
    ),
    "more, and a no to what was chosen": (
        ("more", "more", "something short", "settle", "no", "half an hour", "the first", "yes"), MIA_AND_ZOE,
        ("What would you like to do?",), ("after-the-argument", ["Mia", "Zoe"]),
    ),
}  # fmt: skip
"""What is typed before consent, the options, what is shown then in this order, and what begins."""


@pytest.mark.parametrize("case", ASKED)
def test_names_and_an_exercise_are_asked_until_they_are_understood(home: Path, case: str) -> None:
    lines, options, shown, expected = ASKED[case]
    out = start(home, *lines, *CONSENT, options=options).out
    places = [out.find(words) for words in shown]
    assert places == sorted(places)
    assert -1 not in places
    assert out.count("What would you like to do?") == 1
    assert begun(home) == expected
    if not options:
        assert json.loads((home / "config" / "names.json").read_text("utf-8")) == expected[1]


def test_others_than_last_time(home: Path) -> None:
    start(home, "Anna and Ben", "yes", "settle")
    start(home, "no", "Kim", "Robin", "yes", "open book", "yes", *CONSENT)
    assert begun(home) == ("open-book", ["Kim", "Robin"])


def test_every_question_can_be_answered_i_do_not_know(home: Path) -> None:
    out = start(home, "I don't know", "I don't know", "yes", *["yes"] * 4).out
    assert "I call you first partner and second partner" in out
    assert "Settle, about five minutes" in out
    assert "Who is here for this" in out


def test_after_the_last_page_comes_the_first(home: Path) -> None:
    out = start(home, *["more"] * 4, "what next", "yes", "first partner", "yes", options=MIA_AND_ZOE).out
    assert out.count("What would you like to do?") == 2


def test_stop_ends_it_with_nothing_kept(home: Path) -> None:
    for lines in (("/stop",), ("Anna", "stop"), ("Anna and Ben", "yes", "stop"), ("Anna",), ()):
        assert "Nothing was recorded" in start(home, *lines).out
    assert session_folders(home) == []


@pytest.mark.parametrize("before", [(), ("yes",), ("yes", "settle"), ("no",), ("no", "Kim")], ids=" ".join)
def test_at_every_question_they_can_say_that_they_want_nothing(home: Path, before: tuple[str, ...]) -> None:
    (home / "config").mkdir()
    (home / "config" / "names.json").write_text('["Anna", "Ben"]', "utf-8")
    for words in ("never mind", "No thanks.", "cancel"):
        out = start(home, *before, words, "yes", "yes").out
        assert out.endswith("(Nothing was recorded.)\n"), words
        assert "did not" not in out, words
        assert "may I record" not in out, words


def test_what_was_done_least_is_offered_first_and_demos_do_not_count(home: Path) -> None:
    assert "do? Settle for five minutes" in start(home, options=MIA_AND_ZOE).out
    start(home, "Mia", "yes", options=("settle", *MIA_AND_ZOE))
    offered = "do? Whole apology for ten minutes, Worry and answer for ten,"
    assert offered in start(home, options=MIA_AND_ZOE).out


def test_nothing_said_before_consent_reaches_the_disk(home: Path) -> None:
    start(home, "Anna", "Ben", "yes", "a purple wombat", "open book", "yes", "the purple wombat", "no", "purple wombat")
    assert session_folders(home) == []
    assert files_holding(home, "wombat") == []


def test_who_is_alone_says_so(home: Path) -> None:
    out = start(home, "Anna", "just me", "yes", "unsent letter", "yes", "Anna", "no").out
    assert "Anna and Your partner, is that right?" in out
    assert "This is for you alone" in out
    assert not (home / "config" / "names.json").exists()


def cached(home: Path) -> set[Path]:
    """The sounds that are kept."""
    return {path for path in (home / "cache").rglob("*") if path.is_file()}


def test_no_sound_is_kept_of_names_that_were_not_confirmed(home: Path) -> None:
    start(home, "Hannah", "Ben", "no", "stop")
    before = cached(home)
    out = start(home, "Wilhelmina", "Konstantin", "no", "stop").out
    assert "Wilhelmina and Konstantin, is that right?" in out
    assert cached(home) == before
    assert before


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (("worry and answer", "yes", "yes", "no", "yes", "yes"), "{0}, which worry would you like {1} to know?"),
        (("worry and answer", "yes", "no", "yes", "yes"), "{0}, which worry would you like {1} to know?"),
        (("settle", "yes", "the dog", "both", "yes", "no"), "Who is here for this, {0}, {1} or both of you?"),
    ],
    ids=["the second says no", "the first says no", "who is here"],
)
def test_no_sound_is_kept_of_the_names_of_who_has_not_agreed(home: Path, lines: tuple[str, ...], shown: str) -> None:
    start(home, *lines, options=("--names", "Hannah,Ben"))
    before = cached(home)
    out = start(home, *lines, options=("--names", "Wilhelmina,Konstantin")).out
    assert shown.format("Wilhelmina", "Konstantin") in out
    assert cached(home) == before
    start(home, "worry and answer", "yes", *CONSENT, options=("--names", "Wilhelmina,Konstantin"))
    assert cached(home) > before, "once both have agreed, the exercise is"
