"""The wake phrase in text: what recognisers make of a call, and what people say to each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.library import all_exercises
from voiceguide.paths import shipped_exercise_files
from voiceguide.voice_commands.vocabulary import normalised
from voiceguide.voice_commands.waking import GREETINGS, Wake, can_be_called, request_in, wake_in

ORDINARY = (Path(__file__).parent / "ordinary_sentences.txt").read_text("utf-8").splitlines()
PROMPTS = [
    step.prompt
    for exercise in all_exercises(shipped_exercise_files())[0]
    for step in exercise.bind(("Anna", "Ben"))
    if step.prompt
]
"""What is read aloud in a session: a second voiceguide in the room hears it."""

WORDS = sorted({word for line in [*ORDINARY, *PROMPTS] for word in normalised(line)} - {"guide"})


CALLS = {
    Wake.YES: {
        "Hey guide.": "",
        "Hey, Guide, start floor and mirror": "start floor and mirror",
        "Um, hey guide! What did we agree?": "what did we agree",
        "okay hello guide we have ten minutes": "we have ten minutes",
        "Hi guide": "",
    },
    Wake.MAYBE: {
        "Hey guys, replay our last conversation.": "replay our last conversation",
        "A guide start": "start",
        "Guide, start": "start",
        "Hey God": "",
        "A guide said no": "said no",
    },
    Wake.NO: {
        "Hang guide, stop listening": "stop listening",
        "Hey there, guide me home": "me home",
        "The guide said no": "said no",
        "We took a guide in Rome": "in rome",
        "Hey": "",
        "": "",
    },
}


@pytest.mark.parametrize("wake", CALLS)
def test_a_call_and_what_follows_it(wake: Wake) -> None:
    assert {text: wake_in(text, "guide") for text in CALLS[wake]} == dict.fromkeys(CALLS[wake], wake)
    assert {text: request_in(text, "guide") for text in CALLS[wake]} == CALLS[wake]


def test_another_name() -> None:
    assert wake_in("Hey Maria, start", "Maria") is Wake.YES
    assert request_in("Hey Maria, start", "Maria") == "start"
    assert wake_in("Hey guide, start", "maria") is Wake.NO
    assert wake_in("Hey guys, start", "maria") is Wake.NO


def test_ordinary_sentences_do_not_wake() -> None:
    assert len([*ORDINARY, *PROMPTS]) > 700
    assert [line for line in [*ORDINARY, *PROMPTS] if wake_in(line, "guide") is not Wake.NO] == []


@given(st.lists(st.sampled_from(WORDS), max_size=8), st.sampled_from(["", ", ", " "]))
def test_without_its_name_after_a_greeting_nothing_is_surely_a_call(words: list[str], between: str) -> None:
    text = (between or " ").join(words)
    assert wake_in(text, "guide") is not Wake.YES


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), st.sampled_from(GREETINGS))
def test_a_name_in_the_midst_of_a_sentence_is_no_call(words: list[str], greeting: str) -> None:
    text = " ".join(["when", "then", *words, greeting, "guide"])
    assert wake_in(text, "guide") is Wake.NO


@given(st.text(max_size=80))
def test_any_text_can_be_asked(text: str) -> None:
    assert wake_in(text, "guide") in Wake
    assert isinstance(request_in(text, "guide"), str)


def test_a_name_that_can_be_given_is_recognised() -> None:
    for name in ("guide", "otto", "kim", "nova"):
        assert can_be_called(name)
        assert wake_in(f"Hey {name}, start", name) is Wake.YES


def test_what_stands_before_a_name_or_everywhere_is_none() -> None:
    assert [name for name in (*GREETINGS, "to", "the", "you", "so", "well", "stop", "yes") if can_be_called(name)] == []
