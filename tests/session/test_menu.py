"""What people say when they are asked what they would like to do, and by what names they go."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.support.session_driver import Driver, spoken
from voiceguide.exercise import Exercise
from voiceguide.library import all_exercises
from voiceguide.paths import shipped_exercise_files
from voiceguide.session.menu import PAGE, Wish, suggested, wish
from voiceguide.session.question import Question, names_in
from voiceguide.voice_commands import VoiceCommand as C
from voiceguide.voice_commands.topics import _TOPICS

EVERY = suggested(all_exercises(shipped_exercise_files())[0], {})
PAGE_ONE = EVERY[:PAGE]


def asked(text: str) -> str | list[str] | None:
    found = wish(text, PAGE_ONE, EVERY)
    if found is None:
        return None
    return found.exercise.id if found.exercise else [each.id for each in found.among]


# -- what is suggested -------------------------------------------------------------------------------------------


def test_short_ones_come_first_where_nothing_was_done_yet() -> None:
    assert EVERY[0].id == "settle"
    assert all(a.minutes <= b.minutes for a, b in pairwise(EVERY))


def test_the_theme_least_visited_comes_first_then_the_exercise_least_done() -> None:
    visits = {"settle": 2, "worry-and-answer": 1, "floor-and-mirror": 1, "where-trust-lives": 1, "three-horizons": 1,
              "eight-minute-ear": 1}  # fmt: skip
    offered = suggested(EVERY, visits)
    assert [each.theme for each in offered[:4]] == ["accountability"] * 4
    assert offered[-1].id == "settle"
    assert [each.id for each in offered if each.theme == "honesty"] == ["open-book", "floor-and-mirror"]


# -- what they say -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Worry and answer.", "worry-and-answer"),
        ("um, the, uh, weekly us please", "weekly-us"),
        ("Let's do the apology one", "whole-apology"),
        ("Maybe we should apologize", "whole-apology"),
        ("the letter", "unsent-letter"),
        ("something with a promise", "if-then-promise"),
        ("If then promise", "if-then-promise"),
        ("The mirror thing.", "floor-and-mirror"),
        ("worrying answer", "worry-and-answer"),
        ("wary and answer", "worry-and-answer"),
        ("Sattle", "settle"),
        ("trust", "where-trust-lives"),
        ("reassurance", "worry-and-answer"),
        ("two", PAGE_ONE[1].id),
        ("Number three, please.", PAGE_ONE[2].id),
        ("the second one", PAGE_ONE[1].id),
        ("4", PAGE_ONE[3].id),
        ("What next?", PAGE_ONE[0].id),
        ("You choose.", PAGE_ONE[0].id),
        ("Surprise us.", PAGE_ONE[0].id),
        ("After the argument", "after-the-argument"),
        ("8 minute ear", "eight-minute-ear"),
        ("quiet quarter hours", "quiet-quarter-hours"),
        ("if then", "if-then-promise"),
        ("how about the second?", PAGE_ONE[1].id),
        ("the third one sounds good", PAGE_ONE[2].id),
        ("the last one", PAGE_ONE[3].id),
    ],
)
def test_one_is_named(text: str, id: str) -> None:
    assert asked(text) == id


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("We had a fight.", "after-the-argument"),
        ("we argued last night", "after-the-argument"),
        ("I'm sorry", "whole-apology"),
        ("he lied to me", "where-trust-lives"),
        ("let us calm down", "settle"),
        ("we need to breathe", "settle"),
        ("The children are growing", None),
        ("we tried tomorrow", None),
    ],
)
def test_everyday_words_lead_to_an_exercise_where_one_is_asked_for(text: str, id: str | None) -> None:
    assert asked(text) == id
    assert wish(text, (), EVERY) is None, "nobody asked"


def test_two_topics_offer_two() -> None:
    found = asked("sorry about the fight")
    assert isinstance(found, list)
    assert set(found) == {"after-the-argument", "whole-apology"}


def test_every_topic_leads_to_an_exercise_there_is() -> None:
    assert set(_TOPICS) <= {each.id for each in EVERY}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Something short.", "settle"),
        ("we are so tired", "settle"),
        ("something longer", "quiet-quarter-hours"),
        ("ten minutes", "whole-apology"),
        ("we have half an hour", "after-the-argument"),
        ("about 20 minutes", "eight-minute-ear"),
        ("an hour", "quiet-quarter-hours"),
        ("we have two hours", "quiet-quarter-hours"),
        ("one hour", "quiet-quarter-hours"),
        ("honesty", "open-book"),
        ("Something about the future.", "three-horizons"),
        ("patience", "eight-minute-ear"),
    ],
)
def test_some_are_asked_for(text: str, first: str) -> None:
    found = asked(text)
    assert isinstance(found, list)
    assert found[0] == first


@pytest.mark.parametrize(
    "text", ["more", "Next.", "something else", "None of these.", "Neither.", "No.", "what others are there"]
)
def test_others_are_wanted(text: str) -> None:
    assert wish(text, PAGE_ONE, EVERY) == Wish()


@pytest.mark.parametrize(
    "text", ["", "Did you feed the dog?", "hm", "I had such a day at work", "yes", "can you hear me", "twenty five"]
)
def test_what_asks_for_nothing_is_not_understood(text: str) -> None:
    assert asked(text) is None


def test_each_title_is_understood_as_it_is_and_lower_case() -> None:
    for each in EVERY:
        assert asked(each.title) == asked(each.title.lower() + ".") == each.id


# -- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Anna.", ("Anna",)),
        ("anna", ("Anna",)),
        ("My name is Ben.", ("Ben",)),
        ("Um, I'm Zoë!", ("Zoë",)),
        ("Hello, it's Mary Lou", ("Mary Lou",)),
        ("We are Anna and Ben.", ("Anna", "Ben")),
        ("Anna, and I am Ben", ("Anna", "Ben")),
        ("Our names are Kim and Robin", ("Kim", "Robin")),
        ("O\u2019Neil", ("O'Neil",)),
        ("That's Wei.", ("Wei",)),
        ("My name's Anna", ("Anna",)),
        ("Just call me Al.", ("Al",)),
        ("And Ben", ("Ben",)),
        ("Ben, please.", ("Ben",)),
        ("Ben is here", ("Ben",)),
        ("I am Anna, he is Ben", ("Anna", "Ben")),
        ("I'm Anna and that's Ben", ("Anna", "Ben")),
    ],
)
def test_names_are_heard_in_what_people_say(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Yes.",
        "stop",
        "what do you mean by that",
        "Anna, Ben, and Carl",
        "12",
        "I don't know",
        "...",
        "Hi",
        "stop it",
        "Hello guide",
        "Hi there all",
        "just me",
        "nobody",
    ],
)
def test_what_is_no_name_is_asked_again(text: str) -> None:
    assert names_in(text) is None


# -- the question ------------------------------------------------------------------------------------------------


def question() -> Driver:
    offered = [each.title for each in PAGE_ONE]
    made = Question(
        "Which?", lambda text: wish(text, PAGE_ONE, EVERY), ("A", "B"), offered, ["Differently.", "By key."]
    )
    return Driver(made).begin().hear_out()


def test_it_asks_differently_and_then_shows_a_list_for_a_key() -> None:
    driver = question()
    assert driver.session.listed == ()
    assert spoken(driver.say("did you feed the dog")) == ["Differently."]
    driver.hear_out()
    assert driver.session.listed == ()
    assert spoken(driver.say("the dog")) == ["By key."]
    driver.hear_out()
    assert driver.session.listed == tuple(each.title for each in PAGE_ONE)
    assert driver.session.floor is not None
    assert driver.session.floor.options == PAGE
    driver.say("3")
    assert isinstance(driver.session, Question)
    assert driver.session.answer == Wish(PAGE_ONE[2])


def test_i_do_not_know_is_an_answer() -> None:
    driver = question()
    driver.say("I don't know", C.UNSURE)
    assert isinstance(driver.session, Question)
    assert driver.session.answer is None
    assert driver.end == "completed"


def test_neither_yes_nor_no_nor_next_is_a_command_there() -> None:
    assert not question().session.commands & {C.YES, C.NO, C.NEXT, C.BACK, C.DONE}


def test_exercises_of_their_own_are_found_too() -> None:
    own = Exercise("our-morning", "Our morning", "us two", 5, "both", "", "", ())
    assert wish("our mornings please", [own], [own, *EVERY]) == Wish(own)
