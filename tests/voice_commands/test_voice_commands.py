"""What counts as a command, and above all what does not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.library import all_exercises
from voiceguide.paths import shipped_exercise_files
from voiceguide.session.said import FLOORS
from voiceguide.voice_commands import SPOKEN, VoiceCommand, phrases_for
from voiceguide.voice_commands.interpreting import Interpretation, interpret, interpret_more, interpret_tail
from voiceguide.voice_commands.vocabulary import PHRASES

C = VoiceCommand
ALL = frozenset(C)
ANSWER = ALL - {C.YES, C.NO, C.UNSURE, C.CONTINUE, C.ON_THE_RECORD}
"""What can be told while a partner has the floor, on the record."""
GATE = frozenset({C.YES, C.NO, C.PAUSE, C.REPEAT, C.NEXT, C.BACK, C.HELP, C.OFF_THE_RECORD, C.STOP})
CONSENT = frozenset({C.YES, C.NO, C.REPEAT, C.STOP})
PAUSED = frozenset({C.CONTINUE, C.STOP, C.HELP})
ENDING = (C.DONE, C.STOP, C.OFF_THE_RECORD, C.NEXT)
HERE = Path(__file__).parent
SPEECH = HERE.parents[2] / "shared" / "speech"


def command(text: str, allowed: frozenset[VoiceCommand], choosing: bool = False) -> VoiceCommand | None:
    found = interpret(text, allowed, choosing)
    return found.command if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'm done.", C.DONE), ("I\u2019m done", C.DONE), ("im done", C.DONE),
        ("I am done.", C.DONE), ("Done!", C.DONE),
        ("I'm finished", C.DONE), ("That's all.", C.DONE), ("that is all", C.DONE), ("Okay, I'm done.", C.DONE),
        ("I'm done, thank you.", C.DONE), ("Yes, I'm done.", C.DONE), ("I'm done. I'm done.", C.DONE),
        ("Pause.", C.PAUSE), ("PAUSE", C.PAUSE), ("please pause", C.PAUSE), ("Pause, please.", C.PAUSE),
        ("can we pause?", C.PAUSE), ("repeat", C.REPEAT), ("Could you repeat that, please?", C.REPEAT),
        ("yes, repeat", C.REPEAT), ("Next.", C.NEXT), ("skip", C.NEXT), ("next please", C.NEXT), ("Go back.", C.BACK),
        ("slower", C.SLOWER), ("Faster, please", C.FASTER), ("louder", C.LOUDER), ("quieter", C.QUIETER),
        ("More time, please.", C.MORE_TIME), ("How long?", C.HOW_LONG), ("How much time is left?", C.HOW_LONG),
        ("help", C.HELP), ("What did I say?", C.WHAT_DID_I_SAY), ("off the record", C.OFF_THE_RECORD),
        ("stop", C.STOP), ("Stop, stop, stop!", C.STOP), ("please stop", C.STOP), ("stop please", C.STOP),
    ],
)  # fmt: skip
def test_whole_hypotheses(text: str, expected: VoiceCommand) -> None:
    assert interpret(text, ANSWER) == Interpretation(expected, text.index(re.findall(r"\w", text)[0]))


@pytest.mark.parametrize(
    ("text", "expected", "answer"),
    [
        ("guide, pause", C.PAUSE, ""),
        ("Hey guide, pause.", C.PAUSE, ""),
        ("Guys, I'm done.", C.DONE, ""),
        ("Pause, guide.", C.PAUSE, ""),
        ("Okay guide, please stop.", C.STOP, ""),
        ("guide guide stop", C.STOP, ""),
        ("Guide, can you repeat that?", C.REPEAT, ""),
        ("Guide, could you pause, please?", C.PAUSE, ""),
        ("That is how I feel. Guide, I'm done.", C.DONE, "That is how I feel."),
        ("I miss you, hey Guide, how long?", C.HOW_LONG, "I miss you,"),
        ("the guide said so. Guide, next", C.NEXT, "the guide said so."),
    ],
)
def test_addressed_to_the_guide(text: str, expected: VoiceCommand, answer: str) -> None:
    found = interpret(text, ANSWER)
    assert found
    assert (found.command, text[: found.at].strip()) == (expected, answer)


def test_another_name_for_the_guide() -> None:
    assert interpret("I am tired. Robin, pause", ANSWER, address="Robin") == Interpretation(C.PAUSE, 12)
    assert interpret("guide, pause", ANSWER, address="Robin") is None
    assert interpret("guys, pause", ANSWER, address="Robin") is None


@pytest.mark.parametrize("text", ["guide, can you stop", "guide, will you skip", "guide, I think I'm done", "guide"])
def test_the_commands_that_end_something_want_exact_words(text: str) -> None:
    assert interpret(text, ANSWER) is None


@pytest.mark.parametrize("word", ["Begin.", "start", "Go on.", "continue", "let's go", "big end", "carry on"])
def test_go_on_means_what_the_moment_wants(word: str) -> None:
    assert command(word, GATE) is C.YES
    assert command(word, PAUSED) is C.CONTINUE
    assert command(word, ANSWER) is None
    assert command(word, CONSENT, choosing=True) is None  # no consent, and no wish to remove something


def test_only_what_is_allowed() -> None:
    for words, meanings in PHRASES.items():
        assert interpret(" ".join(words), ALL - set(meanings)) is None
    assert interpret("stop", frozenset()) is None
    assert interpret("yes", frozenset({C.NO}), choosing=True) is None
    assert interpret("no no", frozenset({C.YES}), choosing=True) is None


@pytest.mark.parametrize(
    "text",
    ["yes", "Yes.", "Yes, yes, yes.", "yeah", "yep", "Mm-hm.", "Mm-hmm", "uh-huh", "yes exactly", "Yeah, that's right.",
     "yes please", "oh yes", "well, yes", "um, yes I am", "I do", "I do, yes.", "I am.", "we are", "ready", "I'm ready",
     "that's right", "exactly", "Yes, you heard it well.", "okay", "sure", "of course", "guide, yes", "yes, guide"],
)  # fmt: skip
def test_yes(text: str) -> None:
    assert command(text, CONSENT, choosing=True) is C.YES


@pytest.mark.parametrize(
    "text",
    ["no", "No.", "No, no, no.", "Now.", "nope", "no not quite", "not quite", "Not really.", "not yet", "no, not yet",
     "no, you missed it", "No, that's not right.", "no thank you", "I'm not ready", "I don't", "um, no",
     "no, not ready", "guide, no"],
)  # fmt: skip
def test_no(text: str) -> None:
    assert command(text, CONSENT, choosing=True) is C.NO


@pytest.mark.parametrize(
    "text",
    ["yes but", "Yes, but not all of it.", "yes and no", "no, yes", "I don't know", "maybe", "I think so",
     "yes I think",
     "yes, I'm not sure", "no problem", "no worries", "no, go ahead", "no, that's fine", "no, nothing is missing",
     "I am scared", "I do not know", "yes because you are finally listening to me and I", "what", "why", "hmm", "well",
     "no because", "know", "yes, if you stop", "we are trying", "", "...", "the", "no, you got it",
     "yes, wait", "almost", "no, stop", "Thank you."],
)  # fmt: skip
def test_neither_yes_nor_no(text: str) -> None:
    assert command(text, CONSENT, choosing=True) is None


@pytest.mark.parametrize("text", ["yes exactly", "no not quite", "yeah you did", "oh yes"])
def test_loose_answers_only_where_a_choice_waits(text: str) -> None:
    assert command(text, GATE, choosing=False) is None


FRAMES = (
    "I want you to {}", "and then I said {} to her", "you told me {} last night", "when you say {} I feel small",
    "{} is what I heard from you", "we were never {} enough", "my mother used to say {}", "I wrote {} on the note",
    "it was {} and I cried",
)  # fmt: skip


def ordinary() -> list[str]:
    """Sentences from the exercises' examples and from people who talk about themselves."""
    found, _ = all_exercises(shipped_exercise_files())
    steps = [step for exercise in found for step in exercise.bind(("Anna", "Ben"))]
    examples = sorted({step.example for step in steps if step.kind in FLOORS} - {""})
    pieces = [piece for example in examples for piece in (example, *re.split(r"[.,;] ?", example)) if piece]
    own = (HERE / "ordinary_sentences.txt").read_text("utf-8").splitlines()
    return pieces + own


def framed() -> list[str]:
    return [frame.format(" ".join(words)) for frame in FRAMES for words in PHRASES]


@pytest.mark.parametrize("text", ["right now", "back now", "um, right now"])
def test_words_about_time_are_no_polite_commands(text: str) -> None:
    assert command(text, ALL) is None
    assert command("stop now", ALL) is C.STOP


@pytest.mark.parametrize(
    ("heard", "meant"),
    [("Boc.", C.BACK), ("Solar", C.SLOWER), ("slow here", C.SLOWER), ("slow", C.SLOWER), ("Loud there", C.LOUDER),
     ("What been I say", C.WHAT_DID_I_SAY)],
)  # fmt: skip
def test_what_the_recogniser_makes_of_commands_is_understood(heard: str, meant: VoiceCommand) -> None:
    assert command(heard, ANSWER) is meant


@pytest.mark.parametrize("heard", ["Black.", "Hell.", "Why I do", "I'm gone.", "After the record", "start", "Dump."])
def test_what_people_would_say_in_an_answer_is_left_there(heard: str) -> None:
    assert command(heard, ANSWER) is None


SINGLE_COMMANDS = {"pause"}
"""Ordinary words in the list that are commands all the same when said alone."""


def test_ordinary_sentences_stay_in_the_answer() -> None:
    sentences = ordinary() + framed()
    assert len(ordinary()) > 200
    assert len(sentences) > 1_800
    taken = [s for s in sentences if command(s, ANSWER) and s not in SINGLE_COMMANDS]
    assert taken == []


def test_ordinary_sentences_end_nothing_even_where_all_is_allowed() -> None:
    assert [s for s in ordinary() + framed() if command(s, ALL, choosing=True) in ENDING] == []


def test_real_transcripts_hold_no_command() -> None:
    if not SPEECH.exists():
        pytest.skip("needs the recordings' references beside the checkout (shared/speech)")
    clips = json.loads((SPEECH / "manifest.json").read_text("utf-8"))
    texts = [clip["text"] for clip in clips if clip["text"] and clip["text"].lower() != "stop"]
    words = [word for text in texts for word in [" ".join(text.split()[i : i + 4]) for i in range(0, 400, 4)] if word]
    assert len(texts) > 300
    assert [text for text in texts + words if command(text, ANSWER)] == []


@pytest.mark.parametrize("each", C)
def test_every_command_can_be_said_as_shown(each: VoiceCommand) -> None:
    assert command(SPOKEN[each], frozenset({each})) is each
    assert command(f"guide, {SPOKEN[each]}", frozenset({each})) is each


def test_phrases_for() -> None:
    assert phrases_for({C.STOP, C.DONE, C.PAUSE}) == ["I'm done", "pause", "stop"]
    assert phrases_for(set()) == []


@given(st.text(), st.sets(st.sampled_from(list(C))), st.booleans())
def test_any_text_gives_an_allowed_command_or_none(text: str, allowed: set[VoiceCommand], choosing: bool) -> None:
    found = interpret(text, allowed, choosing)
    if found:
        assert found.command in allowed
        assert 0 <= found.at < len(text)


@given(
    st.lists(st.sampled_from(sorted({w for words in PHRASES for w in words} | {"guide", "but", "over"})), max_size=7)
)
def test_over_is_never_a_command(words: list[str]) -> None:
    if "over" in words:
        found = interpret(" ".join(words), ANSWER)
        assert found is None or "over" in " ".join(words)[: found.at]


# -- "is there anything more?" -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("No.", VoiceCommand.NO),
        ("Nothing.", VoiceCommand.NO),
        ("No, that's all.", VoiceCommand.NO),
        ("No, no.", VoiceCommand.NO),
        ("Um, no, thank you.", VoiceCommand.NO),
        ("Yes.", VoiceCommand.YES),
        ("Yes, there is.", VoiceCommand.YES),
        ("I'm done.", VoiceCommand.DONE),
        ("Not yet.", None),
        ("Now.", None),
        ("No, he never said that.", None),
        ("Yes, I feel alone.", None),
        ("Nothing is ever enough.", None),
        ("Okay.", None),
        ("I don't.", None),
    ],
)
def test_only_a_bare_yes_or_no_answers_anything_more(text: str, command: VoiceCommand | None) -> None:
    found = interpret_more(text, set(VoiceCommand))
    assert (found and found.command) == command


def test_where_anything_more_was_not_asked_yes_and_no_are_answers() -> None:
    allowed = set(VoiceCommand) - {VoiceCommand.YES, VoiceCommand.NO}
    assert interpret_more("No.", allowed) is None
    assert interpret_more("Pause.", allowed) is not None


def test_a_no_at_the_end_of_a_sentence_ends_nothing() -> None:
    assert interpret_tail("I thought about it. No.", "I thought about it.", "No.", set(VoiceCommand)) is None


def test_take_your_time_is_a_command_of_its_own() -> None:
    found = interpret("Take your time, please.", set(VoiceCommand))
    assert found is not None
    assert found.command is VoiceCommand.TAKE_YOUR_TIME


@pytest.mark.parametrize("pause", ["...", "…"])
def test_a_sentence_that_only_halts_runs_on(pause: str) -> None:
    text = f"I want you to{pause} stop."
    assert interpret_tail(text, f"I want you to{pause}", "Stop.", set(VoiceCommand)) is None


def test_what_ends_or_removes_something_must_be_heard_in_the_whole_too() -> None:
    assert interpret_tail("I waited. Stopped.", "I waited.", "Stop.", set(VoiceCommand)) is None
    found = interpret_tail("I waited. Stop.", "I waited.", "Stop.", set(VoiceCommand))
    assert found is not None
    assert found.command is VoiceCommand.STOP


@pytest.mark.parametrize(("text", "meant"), [("We're done.", True), ("we\u2019re done", True), ("Were done.", False)])
def test_the_dishes_were_done_ends_nothing(text: str, meant: bool) -> None:
    assert (interpret(text, set(VoiceCommand)) is not None) is meant


@pytest.mark.parametrize(
    "text",
    ["Off the record until I say on.", "of the record until I say so", "please, go off the record until I say on",
     "off the record from now on", "I would like to be off the record until I say on", "Don't record this."],
)  # fmt: skip
def test_the_wish_that_nothing_be_kept_is_heard_in_many_forms(text: str) -> None:
    found = interpret(text, ANSWER)
    assert found is not None
    assert found.command is C.SUSPEND


def test_what_was_said_before_the_wish_stays_the_answer() -> None:
    text = "I was going to tell. Off the record until I say on."
    assert interpret(text, ANSWER) == Interpretation(C.SUSPEND, text.index("Off"))


@pytest.mark.parametrize("text", ["start recording", "record again", "it was on the record", "come on", "and so on"])
def test_nothing_but_the_words_themselves_puts_it_on_the_record(text: str) -> None:
    assert interpret(text, ANSWER | {C.ON_THE_RECORD}) is None
