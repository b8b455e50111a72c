"""How the guide talks: each sentence is a breath of plain, kind words, and each is as a reviewer read it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import date

from tests.support.exercise_text import told
from tests.support.golden import assert_golden
from tests.support.small_exercise import NAMES as MIA_AND_ZOE
from tests.support.small_exercise import STEPS
from voiceguide.exercise.advice import PRESSING
from voiceguide.library import all_exercises
from voiceguide.paths import shipped_exercise_files
from voiceguide.session import Session, phrases, phrases_before, phrases_waiting, prologue
from voiceguide.session.agreeing import Due, with_reviews
from voiceguide.session.effects import Speak
from voiceguide.session.events import Begun, Commanded
from voiceguide.session.question import Question
from voiceguide.voice_commands import VoiceCommand as C

AT_ONCE = set(C) - {C.ON_THE_RECORD, C.UNSURE, C.CONTINUE}
"""More than these can never be told at once."""

NAMES = ("Anna", "Ben")

LEFT = [None, -1, 0, 5, 12, 19.9, 20, 31, 44.9, 45, 60, 89, 91, 118, 590, 600, 3600, 5000]
ALONE = {
    phrases_before: """names_alike without_names offer_again offer_help consent_refused microphone_silent
        microphone_clipping microphone_dead""",
    phrases: """microphone_lost microphone_found paused going_on still_on_a_break calm_question is_that_right
        say_it_anew look_again_when not_agreed keep_change_or_let_go say_what_changes loud loud_question
        more_time anything_more take_your_time nothing_said nothing_to_strike off_from_now_on on_the_record""",
    phrases_waiting: """can_be_asked not_understood read_the_page_first locked not_locked_yet in_use failed
        nothing_to_replay nothing_to_resume left_alone shall_i_leave goodbye no_agreements""",
}
"""What is said in one way only."""

SAMPLES: dict[str, list[str]] = {
    **{name: [getattr(module, name)()] for module, names in ALONE.items() for name in names.split()},
    "are_you": [phrases_before.are_you(("Anna", "Ben"))],
    "name_of_one": [phrases_before.name_of_one(attempt) for attempt in (0, 1, 2)],
    "name_of_other": [phrases_before.name_of_other("Anna")],
    "names_again": [*phrases_before.names_again()],
    "names_right": [phrases_before.names_right(("Anna", "Ben"))],
    "offer": [
        phrases_before.offer(offered, first)
        for offered in ([("Weekly us", 40)], [("Quiet quarter-hours", 65), *[("After the argument", 30)] * 3])
        for first in (True, False)
    ],
    "offer_by_key": [phrases_before.offer_by_key(typed) for typed in (False, True)],
    "shall_we": [phrases_before.shall_we("Weekly us", 40)],
    "consent_intro": [phrases_before.consent_intro(server) for server in ("", "a server on this computer")],
    "may_go_there": [phrases_before.may_go_there("Anna", "the computer nas.local")],
    "consent_question": [phrases_before.consent_question("Anna")],
    "consent_given": [phrases_before.consent_given(), phrases_before.consent_given(alone=True)],
    "welcome_back": [
        phrases.welcome_back(7, True),
        phrases.welcome_back(7, False),
        phrases.welcome_back(7, False, off=True),
    ],
    "unclear": [phrases.unclear(tries, options) for tries in (1, 2, 9) for options in ((), phrases.LOOK_AGAIN)],
    "still_here": [phrases.still_here(), phrases.still_here(phrases.LOOK_AGAIN)],
    "break_question": [phrases.break_question(), phrases.break_question(again=True)],
    "on_a_break": [
        phrases.on_a_break(seconds, back) for seconds in (1200.0, 3600.0, 5400.0, 86400.0) for back in (None, 75_600.0)
    ],
    "clock_time": [f"It is {phrases.clock_time(seconds)}." for seconds in range(0, 86_400, 300)],
    "who_is_here": [phrases_before.who_is_here(("Anna", "Ben", phrases_before.TOGETHER))],
    "alone_intro": [phrases_before.alone_intro(server) for server in ("", "the computer nas.local")],
    "alone_question": [phrases_before.alone_question("Anna")],
    "agreed_on": [phrases.agreed_on("When we are tired, I will make tea", phrases.is_that_right())],
    "agreements_are_due": [phrases.agreements_are_due(1), phrases.agreements_are_due(3)],
    "look_at_them_now": [phrases.look_at_them_now(1), phrases.look_at_them_now(3)],
    "agreed_before": [phrases.agreed_before(words, phrases.keep_change_or_let_go()) for words in ("I make tea", "")],
    "help_line": [
        phrases.help_line(AT_ONCE),
        phrases.help_line({C.STOP}),
        phrases.help_line({C.HELP, C.DONE, C.PAUSE, C.STOP}),
    ],
    "how_long": [phrases.how_long(left) for left in LEFT],
    "you_said": [phrases.you_said("Anna", "I miss you.")],
    "acknowledged": [phrases.acknowledged(command) for command in (C.SLOWER, C.FASTER, C.LOUDER, C.QUIETER)],
    "strike_question": [phrases.strike_question("Anna")],
    "struck": [phrases.struck("Anna")],
    "kept": [phrases.kept("Anna")],
    "stopped": [phrases.stopped(True), phrases.stopped(False)],
    "shall_we_go_on": [phrases_waiting.shall_we_go_on("Weekly us", "on Monday")],
    "your_agreements": [phrases_waiting.your_agreements(count) for count in (1, 2, 11)],
    "agreement": [
        phrases_waiting.agreement("Anna", "When we are tired, I make tea", date(2026, 11, 3), again, date(2026, 11, 10))
        for again in (date(2026, 11, 10), date(2026, 11, 11), date(2026, 12, 3), date(2027, 1, 22))
    ],
    "farewell": [phrases.farewell(True), phrases.farewell(False)],
}

BLAME = " ".join(["wrong failed", *PRESSING])
JARGON = """validate attachment regulate trigger boundary communicate dynamic process facilitate vulnerable intimacy
    utterance hypothesis endpoint transcript"""
GUSHING = "amazing wonderful fantastic awesome perfect incredible beautiful"
GENDER = "he she him her his hers"
BANNED = frozenset(f"{BLAME} {JARGON} {GUSHING} {GENDER}".split())


def prompts() -> Iterator[tuple[str, str]]:
    for exercise in all_exercises(shipped_exercise_files())[0]:
        for number, step in enumerate(exercise.bind(NAMES)):
            yield f"{exercise.id} {number}", step.prompt
            if step.again:
                yield f"{exercise.id} {number} again", step.again
    for name, said in SAMPLES.items():
        for words in said:
            yield name, words


def test_every_phrase_is_looked_at() -> None:
    public = {
        name
        for module in (phrases, phrases_before, phrases_waiting)
        for name, made in vars(module).items()
        if inspect.isfunction(made) and made.__module__ == module.__name__ and name[0] != "_"
    } - {"listed", "offered", "spoken_day", "waiting", "listening_for_a_request"}
    assert set(SAMPLES) == public


def is_one_breath_of_plain_words(words: str) -> bool:
    """At most three short sentences, none of them shouted, and nothing that is not to be said aloud."""
    sentences = [sentence for sentence in re.split(r"(?<=[.?!])\s+", words) if sentence]
    return (
        1 <= len(sentences) <= 3
        and all(sentence[-1] in ".?" and len(sentence.split()) <= 22 for sentence in sentences)
        and not BANNED.intersection(re.findall(r"[a-z_]+", words.lower()))
        and not re.search(r"[{}_<>*#\n]|None|  ", words)
        and words[0].isupper()
        and len(words) <= 240
    )


def test_everything_is_one_breath_of_plain_words() -> None:
    said = list(prompts())
    assert len(said) > 1_000
    assert [(where, words) for where, words in said if not is_one_breath_of_plain_words(words)] == []


def test_what_is_no_breath_of_plain_words_is_found() -> None:
    bad = ["", "Shout!", "no capital.", "No end", "It is None.", "It is  wide.", "You {first}.", "It is your fault."]
    bad += ["One. Two. Three. Four.", f"{'Long ' * 23}.", f"{'Longlonglonglong ' * 15}."]
    assert [words for words in bad if is_one_breath_of_plain_words(words)] == []


# -- word for word ------------------------------------------------------------------------------------------------

CLOCK = [0, 60, 900, 1800, 2700, 3300, 43_200, 46_800, 75_600, 76_500, 77_100, 77_400, 78_000, 86_340, 86_399]
DAYS = [(2026, 11, 10), (2026, 11, 11), (2026, 11, 9), (2026, 11, 14), (2026, 11, 16), (2026, 11, 17), (2026, 11, 1),
        (2026, 11, 23), (2026, 12, 12), (2027, 1, 2)]  # fmt: skip
MORE = {
    "clock_time": [phrases.clock_time(seconds) for seconds in CLOCK],
    "you_said": [phrases.you_said("Anna", "I miss you."), phrases.you_said("Ben", "{first} never * listens")],
    "spoken_day": [f"{date(*day)}: {phrases_waiting.spoken_day(date(*day), date(2026, 11, 10))}" for day in DAYS],
    "waiting": [phrases_waiting.waiting("hey guide")],
    "listening_for_a_request": [phrases_waiting.listening_for_a_request()],
}
QUESTIONS = {
    "an announcement": prologue.announcement(["One.", "Two."], MIA_AND_ZOE),
    "what is read aloud": prologue.reading(["Mia said this."], MIA_AND_ZOE),
    "who is here, of three": prologue.attendance(MIA_AND_ZOE, together=True),
    "who is here, of two": prologue.attendance(MIA_AND_ZOE, together=False),
    "may I record both": prologue.consent(MIA_AND_ZOE),
    "may I record one": prologue.consent(MIA_AND_ZOE, "b"),
    "may it go to a server": prologue.consent(MIA_AND_ZOE, server="the computer nas.local"),
    "may it go there from one": prologue.consent(MIA_AND_ZOE, "a", "the computer nas.local"),
    "yes or no": prologue.yes_or_no("Are you Mia and Zoë?", MIA_AND_ZOE),
    "yes or no from one": prologue.yes_or_no("Mia?", MIA_AND_ZOE, "a"),
    "a question": Question("Which one?", str, MIA_AND_ZOE, phrases.LOOK_AGAIN, ["One of these?"]),
}
DUE = [Due("20261101-2000-one-abcdef/3", "a"), Due("20261101-2000-one-abcdef/9", "both")]


def after_a_stop(session: Session) -> list[str]:
    """What the guide says then."""
    session.handle(Begun(), 0.0)
    effects = session.handle(Commanded(C.STOP), 1.0)
    return [effect.text for effect in effects if isinstance(effect, Speak)]


def test_every_phrase_is_as_a_reviewer_read_it() -> None:
    said = [line for name, texts in {**SAMPLES, **MORE}.items() for line in (name, *(f"    {text}" for text in texts))]
    assert_golden("phrases.txt", "\n".join(said) + "\n")


def test_every_question_before_an_exercise_is_as_a_reviewer_read_it() -> None:
    asked = [f"{name}\n{told(each.steps)}    stop: {after_a_stop(each)}\n" for name, each in QUESTIONS.items()]
    assert_golden("questions.txt", "\n".join(asked))


def test_every_step_in_which_agreements_are_looked_at_is_as_a_reviewer_read_it() -> None:
    assert_golden("reviews.txt", told(with_reviews(STEPS, DUE[:1])) + "\n" + told(with_reviews(STEPS, DUE)))
