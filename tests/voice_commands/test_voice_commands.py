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
from voiceguide.voice_commands.interpreting import EXACT, Interpretation, interpret, interpret_more, interpret_tail
from voiceguide.voice_commands.understanding import understand
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


# -- while a partner has the floor -------------------------------------------------------------------------------

WHOLE = {
    C.DONE: """I'm done. | I\u2019m done | im done | I am done. | Done! | I'm finished | That's all. | that is all |
        Okay, I'm done. | I'm done, thank you. | Yes, I'm done. | I'm done. I'm done. | We're done. |
        we\u2019re done""",
    C.PAUSE: "Pause. | PAUSE | please pause | Pause, please. | can we pause?",
    C.REPEAT: "repeat | Could you repeat that, please? | yes, repeat",
    C.NEXT: "Next. | skip | next please",
    C.BACK: "Go back. | Boc.",
    C.SLOWER: "slower | Solar | slow here | slow",
    C.FASTER: "Faster, please",
    C.LOUDER: "louder | Loud there",
    C.QUIETER: "quieter",
    C.MORE_TIME: "More time, please.",
    C.TAKE_YOUR_TIME: "Take your time, please.",
    C.HOW_LONG: "How long? | How much time is left?",
    C.HELP: "help",
    C.WHAT_DID_I_SAY: "What did I say? | What been I say",
    C.OFF_THE_RECORD: "off the record",
    C.SUSPEND: """Off the record until I say on. | of the record until I say so | off the record from now on |
        Don't record this.""",
    C.STOP: "stop | Stop, stop, stop! | please stop | stop please | stop now",
}
"""Some as recognisers hear them."""
AFTER_WORDS = {
    "That is how I feel. | Guide, I'm done.": C.DONE,
    "I miss you, | hey Guide, how long?": C.HOW_LONG,
    "the guide said so. | Guide, next": C.NEXT,
    "I was going to tell. | Off the record until I say on.": C.SUSPEND,
    "please, go | off the record until I say on": C.SUSPEND,
    "I would like to be | off the record until I say on": C.SUSPEND,
}
TO_THE_GUIDE = {
    "guide, pause": C.PAUSE, "Hey guide, pause.": C.PAUSE, "Pause, guide.": C.PAUSE, "Guys, I'm done.": C.DONE,
    "Okay guide, please stop.": C.STOP, "guide guide stop": C.STOP, "Guide, can you repeat that?": C.REPEAT,
    "Guide, could you pause, please?": C.PAUSE,
}  # fmt: skip
LEFT_ALONE = ["guide, can you stop", "guide, will you skip", "guide, I think I'm done", "guide", "Were done.",
              "right now", "back now", "um, right now",
              "Black.", "Hell.", "Why I do", "I'm gone.", "After the record", "start", "Dump."]  # fmt: skip
"""What ends something wants exact words; and what people would say in an answer is left there."""


def listed(texts: str) -> list[str]:
    return re.split(r"\s*\|\s+", texts)


def test_a_command_said_alone_or_to_the_guide_is_heard_from_its_first_word_on() -> None:
    wanted = {text: told for told, texts in WHOLE.items() for text in listed(texts)} | TO_THE_GUIDE
    assert {text: interpret(text, ANSWER) for text in wanted} == {
        text: Interpretation(told, 0) for text, told in wanted.items()
    }
    assert interpret("... pause", ANSWER) == Interpretation(C.PAUSE, 4)


def test_what_was_said_before_a_command_stays_the_answer() -> None:
    found = {text: interpret(text.replace("| ", ""), ANSWER) for text in AFTER_WORDS}
    assert found == {text: Interpretation(told, text.index("|")) for text, told in AFTER_WORDS.items()}


def test_another_name_for_the_guide() -> None:
    assert interpret("I am tired. Robin, pause", ANSWER, address="Robin") == Interpretation(C.PAUSE, 12)
    assert [interpret(text, ANSWER, address="Robin") for text in ("guide, pause", "guys, pause")] == [None, None]


def test_what_is_no_command_is_left_in_the_answer() -> None:
    assert [text for text in LEFT_ALONE if command(text, ANSWER)] == []
    assert [text for text in LEFT_ALONE if command(text, ALL) and text != "start"] == []
    recorded = ["start recording", "record again", "it was on the record", "come on", "and so on"]
    assert [text for text in recorded if command(text, ANSWER | {C.ON_THE_RECORD})] == []


# -- what is allowed ---------------------------------------------------------------------------------------------


def test_go_on_means_what_the_moment_wants() -> None:
    for word in ("Begin.", "start", "Go on.", "continue", "let's go", "big end", "carry on"):
        meant = [command(word, allowed) for allowed in (GATE, PAUSED, ANSWER)]
        assert meant == [C.YES, C.CONTINUE, None], word
        assert command(word, CONSENT, choosing=True) is None, "no consent, and no wish to remove something"


def test_only_what_is_allowed() -> None:
    for words, meanings in PHRASES.items():
        assert interpret(" ".join(words), ALL - set(meanings)) is None
    assert interpret("stop", frozenset()) is None
    assert interpret("yes", frozenset({C.NO}), choosing=True) is None
    assert interpret("no no", frozenset({C.YES}), choosing=True) is None


def test_every_command_can_be_said_as_shown() -> None:
    assert [command(SPOKEN[each], frozenset({each})) for each in C] == list(C)
    assert [command(f"guide, {SPOKEN[each]}", frozenset({each})) for each in C] == list(C)
    assert phrases_for({C.STOP, C.DONE, C.PAUSE}) == ["I'm done", "pause", "stop"]
    assert phrases_for(set()) == []


# -- yes and no --------------------------------------------------------------------------------------------------

YES = """yes | Yes. | Yes, yes, yes. | yeah | yep | Mm-hm. | Mm-hmm | uh-huh | yes exactly | Yeah, that's right. |
    yes please | oh yes | well, yes | um, yes I am | I do | I do, yes. | I am. | we are | ready | I'm ready |
    that's right | exactly | Yes, you heard it well. | okay | sure | of course | guide, yes | yes, guide"""
NO = """no | No. | No, no, no. | Now. | nope | no not quite | not quite | Not really. | not yet | no, not yet |
    no, you missed it | No, that's not right. | no thank you | I'm not ready | I don't | um, no | no, not ready |
    guide, no"""
NEITHER = """yes but | Yes, but not all of it. | yes and no | no, yes | I don't know | maybe | I think so |
    yes I think | yes, I'm not sure | no problem | no worries | no, go ahead | no, that's fine |
    no, nothing is missing | I am scared | I do not know |
    yes because you are finally listening to me and I | what | why | hmm | well | no because | know |
    yes, if you stop | we are trying | ... | the | no, you got it | yes, wait | almost | no, stop | Thank you."""


def test_yes_and_no_where_they_are_waited_for() -> None:
    for told, texts in ((C.YES, YES), (C.NO, NO), (None, NEITHER)):
        assert [text for text in listed(texts) if command(text, CONSENT, choosing=True) is not told] == []
    assert command("", CONSENT, choosing=True) is None
    loose = ["yes exactly", "no not quite", "yeah you did", "oh yes"]
    assert [text for text in loose if command(text, GATE)] == [], "only where a choice waits"


MORE = {
    C.NO: "No. | Nothing. | No, that's all. | No, no. | Um, no, thank you.",
    C.YES: "Yes. | Yes, there is.",
    C.DONE: "I'm done.",
    None: """Not yet. | Now. | No, he never said that. | Yes, I feel alone. | Nothing is ever enough. | Okay. |
        I don't.""",
}


def test_only_a_bare_yes_or_no_answers_whether_there_is_anything_more() -> None:
    wanted = {text: told for told, texts in MORE.items() for text in listed(texts)}
    found = {text: interpret_more(text, ALL) for text in wanted}
    assert {text: each.command if each else None for text, each in found.items()} == wanted
    assert interpret_more("No.", ALL - {C.YES, C.NO}) is None, "where it was not asked they are answers"
    assert interpret_more("Pause.", ALL - {C.YES, C.NO}) == Interpretation(C.PAUSE, 0)


# -- the end of a sentence ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "whole", "last"),
    [
        ("I thought about it.", "No.", "No."),
        ("I want you to...", "stop.", "Stop."),
        ("I want you to…", "stop.", "Stop."),
        ("I waited.", "Stopped.", "Stop."),
    ],
)
def test_a_no_a_sentence_that_only_halts_and_what_is_not_heard_in_the_whole_end_nothing(
    before: str, whole: str, last: str
) -> None:
    assert interpret_tail(f"{before} {whole}", before, last, ALL) is None


def test_what_ends_something_is_heard_in_the_whole_too() -> None:
    assert interpret_tail("I waited. Stop.", "I waited.", "Stop.", ALL) == Interpretation(C.STOP, 10)


# -- ordinary talk -----------------------------------------------------------------------------------------------

FRAMES = (
    "I want you to {}", "and then I said {} to her", "you told me {} last night", "when you say {} I feel small",
    "{} is what I heard from you", "we were never {} enough", "my mother used to say {}", "I wrote {} on the note",
    "it was {} and I cried",
)  # fmt: skip
SINGLE_COMMANDS = {"pause"}
"""Ordinary words in the list that are commands all the same when said alone."""


def ordinary() -> list[str]:
    """Sentences from the exercises' examples and from people who talk about themselves."""
    found, _ = all_exercises(shipped_exercise_files())
    steps = [step for exercise in found for step in exercise.bind(("Anna", "Ben"))]
    examples = sorted({step.example for step in steps if step.kind in FLOORS} - {""})
    pieces = [piece for example in examples for piece in (example, *re.split(r"[.,;] ?", example)) if piece]
    own = (HERE / "ordinary_sentences.txt").read_text("utf-8").splitlines()
    return pieces + own


def test_ordinary_sentences_stay_in_the_answer_and_end_nothing_even_where_all_is_allowed() -> None:
    sentences = ordinary()
    assert len(sentences) > 200
    sentences += [frame.format(" ".join(words)) for frame in FRAMES for words in PHRASES]
    assert len(sentences) > 1_800
    assert [each for each in sentences if command(each, ANSWER) and each not in SINGLE_COMMANDS] == []
    assert [each for each in sentences if command(each, ALL, choosing=True) in ENDING] == []


def test_real_transcripts_hold_no_command() -> None:
    if not SPEECH.exists():
        pytest.skip("needs the recordings' references beside the checkout (shared/speech)")
    clips = json.loads((SPEECH / "manifest.json").read_text("utf-8"))
    texts = [clip["text"] for clip in clips if clip["text"] and clip["text"].lower() != "stop"]
    words = [word for text in texts for word in [" ".join(text.split()[i : i + 4]) for i in range(0, 400, 4)] if word]
    assert len(texts) > 300
    assert [text for text in texts + words if command(text, ANSWER)] == []


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


# -- a second opinion, which may add little ------------------------------------------------------------------------

NEVER = EXACT | {C.YES, C.NO, C.PAUSE, C.CONTINUE, C.BACK}


@pytest.mark.parametrize("choosing", [False, True])
def test_a_second_opinion_adds_a_command_but_answers_nothing_and_ends_nothing(choosing: bool) -> None:
    added = {each: understand("Down.", SPOKEN[each].capitalize() + ".", ALL, choosing) for each in ALL}
    assert added == {each: None if each in NEVER else Interpretation(each, 0) for each in ALL}
    assert understand("Down.", "", ALL, choosing) is None


def test_only_the_very_phrases_count() -> None:
    told = ["Slow.", "Louder, louder.", "Please repeat.", "Guide, help.", "Help it."]
    assert [text for text in told if understand("House.", text, ALL)] == []


def test_a_command_that_cannot_be_told_now_is_not_added() -> None:
    assert understand("House.", "Louder.", ALL - {C.LOUDER}) is None


def test_the_words_come_first() -> None:
    assert understand("Go back.", "Louder.", ALL) == Interpretation(C.BACK, 0)


def test_yes_answers_a_question_and_not_a_partner() -> None:
    assert understand("Yes, I think that is it", "", ALL, choosing=True) is None
    assert understand("Yes, it was.", "", ALL, choosing=True) == Interpretation(C.YES, 0)
    assert understand("Yes, it was.", "", ALL) is None
    assert understand("Robin, pause", "", ALL, address="Robin") == Interpretation(C.PAUSE, 0)
