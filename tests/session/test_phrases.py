"""How the guide talks: every prompt and every phrase is one breath of plain, kind words."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from voiceguide.exercise.advice import PRESSING
from voiceguide.library import all_exercises
from voiceguide.paths import shipped_exercise_files
from voiceguide.session import phrases, phrases_before, phrases_waiting
from voiceguide.voice_commands import VoiceCommand

AT_ONCE = set(VoiceCommand) - {VoiceCommand.ON_THE_RECORD, VoiceCommand.UNSURE, VoiceCommand.CONTINUE}
"""More than these can never be told at once."""

NAMES = ("Anna", "Ben")

SAMPLES: dict[str, list[str]] = {
    "are_you": [phrases_before.are_you(("Anna", "Ben"))],
    "name_of_one": [phrases_before.name_of_one(attempt) for attempt in (0, 1, 2)],
    "name_of_other": [phrases_before.name_of_other("Anna")],
    "names_again": [*phrases_before.names_again()],
    "names_right": [phrases_before.names_right(("Anna", "Ben"))],
    "names_alike": [phrases_before.names_alike()],
    "without_names": [phrases_before.without_names()],
    "offer": [
        phrases_before.offer(offered, first)
        for offered in ([("Weekly us", 40)], [("Quiet quarter-hours", 65), *[("After the argument", 30)] * 3])
        for first in (True, False)
    ],
    "offer_again": [phrases_before.offer_again()],
    "offer_by_key": [phrases_before.offer_by_key(typed) for typed in (False, True)],
    "offer_help": [phrases_before.offer_help()],
    "shall_we": [phrases_before.shall_we("Weekly us", 40)],
    "consent_intro": [phrases_before.consent_intro(server) for server in ("", "a server on this computer")],
    "may_go_there": [phrases_before.may_go_there("Anna", "the computer nas.local")],
    "consent_question": [phrases_before.consent_question("Anna")],
    "consent_given": [phrases_before.consent_given(), phrases_before.consent_given(alone=True)],
    "consent_refused": [phrases_before.consent_refused()],
    "microphone_silent": [phrases_before.microphone_silent()],
    "microphone_clipping": [phrases_before.microphone_clipping()],
    "microphone_dead": [phrases_before.microphone_dead()],
    "welcome_back": [
        phrases.welcome_back(7, True),
        phrases.welcome_back(7, False),
        phrases.welcome_back(7, False, off=True),
    ],
    "microphone_lost": [phrases.microphone_lost()],
    "microphone_found": [phrases.microphone_found()],
    "paused": [phrases.paused()],
    "going_on": [phrases.going_on()],
    "unclear": [phrases.unclear(tries, options) for tries in (1, 2, 9) for options in ((), phrases.LOOK_AGAIN)],
    "still_here": [phrases.still_here(), phrases.still_here(phrases.LOOK_AGAIN)],
    "break_question": [phrases.break_question(), phrases.break_question(again=True)],
    "on_a_break": [
        phrases.on_a_break(seconds, back) for seconds in (1200.0, 3600.0, 5400.0, 86400.0) for back in (None, 75_600.0)
    ],
    "still_on_a_break": [phrases.still_on_a_break()],
    "calm_question": [phrases.calm_question()],
    "clock_time": [f"It is {phrases.clock_time(seconds)}." for seconds in range(0, 86_400, 300)],
    "who_is_here": [phrases_before.who_is_here(("Anna", "Ben", phrases_before.TOGETHER))],
    "alone_intro": [phrases_before.alone_intro(server) for server in ("", "the computer nas.local")],
    "alone_question": [phrases_before.alone_question("Anna")],
    "agreed_on": [phrases.agreed_on("When we are tired, I will make tea", phrases.is_that_right())],
    "is_that_right": [phrases.is_that_right()],
    "say_it_anew": [phrases.say_it_anew()],
    "look_again_when": [phrases.look_again_when()],
    "not_agreed": [phrases.not_agreed()],
    "agreements_are_due": [phrases.agreements_are_due(1), phrases.agreements_are_due(3)],
    "look_at_them_now": [phrases.look_at_them_now(1), phrases.look_at_them_now(3)],
    "agreed_before": [phrases.agreed_before(words, phrases.keep_change_or_let_go()) for words in ("I make tea", "")],
    "keep_change_or_let_go": [phrases.keep_change_or_let_go()],
    "say_what_changes": [phrases.say_what_changes()],
    "loud": [phrases.loud()],
    "loud_question": [phrases.loud_question()],
    "help_line": [phrases.help_line(AT_ONCE), phrases.help_line({VoiceCommand.STOP})],
    "how_long": [phrases.how_long(left) for left in (None, -1.0, 0.0, 5.0, 30.0, 50.0, 100.0, 590.0, 5000.0)],
    "more_time": [phrases.more_time()],
    "anything_more": [phrases.anything_more()],
    "take_your_time": [phrases.take_your_time()],
    "you_said": [phrases.you_said("Anna", "I miss you.")],
    "nothing_said": [phrases.nothing_said()],
    "acknowledged": [
        phrases.acknowledged(command)
        for command in (VoiceCommand.SLOWER, VoiceCommand.FASTER, VoiceCommand.LOUDER, VoiceCommand.QUIETER)
    ],
    "strike_question": [phrases.strike_question("Anna")],
    "struck": [phrases.struck("Anna")],
    "kept": [phrases.kept("Anna")],
    "nothing_to_strike": [phrases.nothing_to_strike()],
    "off_from_now_on": [phrases.off_from_now_on()],
    "on_the_record": [phrases.on_the_record()],
    "stopped": [phrases.stopped(True), phrases.stopped(False)],
    **{
        made.__name__: [made()]
        for made in (
            phrases_waiting.can_be_asked,
            phrases_waiting.not_understood,
            phrases_waiting.read_the_page_first,
            phrases_waiting.locked,
            phrases_waiting.not_locked_yet,
            phrases_waiting.in_use,
            phrases_waiting.failed,
            phrases_waiting.nothing_to_replay,
            phrases_waiting.nothing_to_resume,
            phrases_waiting.left_alone,
            phrases_waiting.shall_i_leave,
            phrases_waiting.goodbye,
            phrases_waiting.no_agreements,
        )
    },
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


EVERYTHING = list(prompts())


def test_every_phrase_is_looked_at() -> None:
    public = {
        name
        for module in (phrases, phrases_before, phrases_waiting)
        for name, made in vars(module).items()
        if inspect.isfunction(made) and made.__module__ == module.__name__ and name[0] != "_"
    } - {"listed", "offered", "spoken_day", "waiting", "listening_for_a_request"}
    assert set(SAMPLES) == public


def test_every_shipped_exercise_can_be_read(home: Path) -> None:
    found, wrong = all_exercises()
    assert not wrong
    assert "worry-and-answer" in [exercise.id for exercise in found]


@pytest.mark.parametrize(("where", "words"), EVERYTHING, ids=[where for where, _ in EVERYTHING])
def test_is_one_breath_of_plain_words(where: str, words: str) -> None:
    sentences = [sentence for sentence in re.split(r"(?<=[.?!])\s+", words) if sentence]
    assert 1 <= len(sentences) <= 3
    for sentence in sentences:
        assert sentence[-1] in ".?", "a prompt ends a sentence, and does not shout"
        assert len(sentence.split()) <= 22
    assert not BANNED.intersection(re.findall(r"[a-z_]+", words.lower()))
    assert not re.search(r"[{}_<>*#\n]|None|  ", words)
    assert words[0].isupper()
    assert len(words) <= 240


def test_help_names_every_command_but_itself() -> None:
    line = phrases.help_line({VoiceCommand.HELP, VoiceCommand.DONE, VoiceCommand.PAUSE, VoiceCommand.STOP})
    assert line == "You can say I'm done, pause or stop."
    whole = phrases.help_line(AT_ONCE)
    assert all(command.value in whole for command in AT_ONCE - {VoiceCommand.HELP})


@pytest.mark.parametrize(
    ("left", "spoken"),
    [(None, "no time limit"), (0.0, "is up"), (12.0, "a few seconds"), (31.0, "about half a minute"),
     (60.0, "is about a minute"),
     (118.0, "are about two minutes"), (600.0, "are about ten minutes"), (3600.0, "60 minutes")],
)  # fmt: skip
def test_time_left_is_spoken_roughly(left: float | None, spoken: str) -> None:
    assert spoken in phrases.how_long(left)


def test_what_was_said_is_read_back_as_it_is() -> None:
    assert phrases.you_said("Ben", "{first} never * listens") == "Ben, this is what I heard. {first} never * listens"


@pytest.mark.parametrize(
    ("day", "spoken"),
    [((2026, 11, 10), "today"), ((2026, 11, 11), "tomorrow"), ((2026, 11, 9), "yesterday"),
     ((2026, 11, 14), "on Saturday"), ((2026, 11, 17), "on the 17th of November"),
     ((2026, 11, 1), "on the 1st of November"), ((2026, 11, 23), "on the 23rd of November"),
     ((2026, 12, 12), "on the 12th of December"), ((2027, 1, 2), "on the 2nd of January 2027")],
)  # fmt: skip
def test_a_day_is_told_as_one_says_it(day: tuple[int, int, int], spoken: str) -> None:
    assert phrases_waiting.spoken_day(date(*day), date(2026, 11, 10)) == spoken
