"""What people ask of a guide, what they would like to do, and by what names they go."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.support.session_driver import Driver, spoken
from voiceguide.exercise import Exercise
from voiceguide.library import all_exercises
from voiceguide.paths import shipped_exercise_files
from voiceguide.session import phrases_waiting
from voiceguide.session.asking import Asked, Asking, asked
from voiceguide.session.menu import PAGE, Wish, suggested, wish
from voiceguide.session.question import Question, names_in
from voiceguide.voice_commands import VoiceCommand as C
from voiceguide.voice_commands.topics import _TOPICS

EVERY = suggested(all_exercises(shipped_exercise_files())[0], {})
PAGE_ONE = EVERY[:PAGE]


def offered(text: str) -> str | list[str] | None:
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

NAMED = {
    "worry-and-answer": ["Worry and answer.", "worrying answer", "wary and answer", "reassurance"],
    "weekly-us": ["um, the, uh, weekly us please"],
    "whole-apology": ["Let's do the apology one", "Maybe we should apologize", "I'm sorry"],
    "unsent-letter": ["the letter"],
    "if-then-promise": ["something with a promise", "If then promise", "if then"],
    "floor-and-mirror": ["The mirror thing."],
    "settle": ["Sattle", "let us calm down", "we need to breathe"],
    "where-trust-lives": ["trust", "he lied to me"],
    "after-the-argument": ["After the argument", "We had a fight.", "we argued last night"],
    "eight-minute-ear": ["8 minute ear"],
    "quiet-quarter-hours": ["quiet quarter hours"],
}
NUMBERED = [
    ["What next?", "You choose.", "Surprise us."],
    ["two", "the second one", "how about the second?"],
    ["Number three, please.", "the third one sounds good"],
    ["4", "the last one"],
]
SOME = {
    "settle": ["Something short.", "we are so tired"],
    "quiet-quarter-hours": ["something longer", "an hour", "we have two hours", "one hour"],
    "whole-apology": ["ten minutes"],
    "after-the-argument": ["we have half an hour"],
    "eight-minute-ear": ["about 20 minutes", "patience"],
    "open-book": ["honesty"],
    "three-horizons": ["Something about the future."],
}
OTHERS = ["more", "Next.", "something else", "None of these.", "Neither.", "No.", "what others are there"]
NOTHING = ["", "Did you feed the dog?", "hm", "I had such a day at work", "yes", "can you hear me", "twenty five",
           "The children are growing", "we tried tomorrow"]  # fmt: skip
EVERYDAY = ["We had a fight.", "we argued last night", "I'm sorry", "he lied to me", "let us calm down",
            "we need to breathe", "The children are growing", "we tried tomorrow"]  # fmt: skip


def test_one_is_named_or_numbered() -> None:
    wanted = {text: id_ for id_, texts in NAMED.items() for text in texts}
    wanted |= {text: PAGE_ONE[number].id for number, texts in enumerate(NUMBERED) for text in texts}
    wanted |= {text: each.id for each in EVERY for text in (each.title, each.title.lower() + ".")}
    assert {text: offered(text) for text in wanted} == wanted


def test_some_are_asked_for_or_others() -> None:
    found = {text: offered(text) for texts in SOME.values() for text in texts}
    assert {text: ids[0] for text, ids in found.items() if isinstance(ids, list)} == {
        text: id_ for id_, texts in SOME.items() for text in texts
    }
    assert {text: wish(text, PAGE_ONE, EVERY) for text in OTHERS} == dict.fromkeys(OTHERS, Wish())


def test_what_asks_for_nothing_is_not_understood() -> None:
    assert {text: offered(text) for text in NOTHING} == dict.fromkeys(NOTHING)


def test_everyday_words_lead_to_an_exercise_only_where_one_is_asked_for() -> None:
    assert {text: wish(text, (), EVERY) for text in EVERYDAY} == dict.fromkeys(EVERYDAY)


def test_two_topics_offer_two_and_every_topic_leads_to_an_exercise_there_is() -> None:
    assert sorted(offered("sorry about the fight") or []) == ["after-the-argument", "whole-apology"]
    assert set(_TOPICS) <= {each.id for each in EVERY}


# -- names -------------------------------------------------------------------------------------------------------

NAMES = {
    ("Anna",): ["Anna.", "anna", "My name's Anna"],
    ("Ben",): ["My name is Ben.", "And Ben", "Ben, please.", "Ben is here"],
    ("Zoë",): ["Um, I'm Zoë!"],
    ("Mary Lou",): ["Hello, it's Mary Lou"],
    ("O'Neil",): ["O\u2019Neil"],
    ("Wei",): ["That's Wei."],
    ("Al",): ["Just call me Al."],
    ("Kim", "Robin"): ["Our names are Kim and Robin"],
    ("Anna", "Ben"): [
        "We are Anna and Ben.",
        "Anna, and I am Ben",
        "I am Anna, he is Ben",
        "I'm Anna and that's Ben",
    ],
}
NO_NAMES = ["", "Yes.", "stop", "what do you mean by that", "Anna, Ben, and Carl", "12", "I don't know", "...", "Hi",
            "stop it", "Hello guide", "Hi there all", "just me", "nobody"]  # fmt: skip


def test_names_are_heard_in_what_people_say() -> None:
    wanted = {text: names for names, texts in NAMES.items() for text in texts}
    assert {text: names_in(text) for text in wanted} == wanted
    assert {text: names_in(text) for text in NO_NAMES} == dict.fromkeys(NO_NAMES)


# -- the question ------------------------------------------------------------------------------------------------


def question() -> Driver:
    offered = [each.title for each in PAGE_ONE]
    again = ["Differently.", "By key."]
    return (
        Driver(Question("Which?", lambda text: wish(text, PAGE_ONE, EVERY), ("A", "B"), offered, again))
        .begin()
        .hear_out()
    )


def test_it_asks_differently_and_then_shows_a_list_for_a_key() -> None:
    driver = question()
    for answer in ("Differently.", "By key."):
        assert driver.session.listed == ()
        assert spoken(driver.say("did you feed the dog")) == [answer]
        driver.hear_out()
    assert driver.session.listed == tuple(each.title for each in PAGE_ONE)
    assert driver.floor.options == PAGE
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


# -- what is asked of a guide that waits ---------------------------------------------------------------------------

WORDS = ["first", "second", "last", "next", "more", "any", "one", "two", "hour", "minutes", "short", "long", "no",
         "nothing", "start", "what", "we", "do", "agree", "play"]  # fmt: skip

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
