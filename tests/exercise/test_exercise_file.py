"""The exercise file format: what it expands to, and what it says about files that cannot be used."""

from __future__ import annotations

import pytest

from tests.support.exercise_text import HEAD, SAY, read, told
from tests.support.golden import assert_golden
from voiceguide.errors import ExerciseError
from voiceguide.exercise.file import is_fragment, kebab, parse
from voiceguide.exercise.writer import MAX_STEPS

MIRROR = """{mirror = "{partner} mirrors {other}", partner = "listener", check = "{partner} checks {other}",
    missed = "{partner} missed {other}", example = "Back"}"""
HOLD = '{hold = "Breathe.", seconds = 25, breath = [4, 6]}'
ON = ', {say = "On."}'
BREATH = 'fragment = true\nid = "breath"\n[[steps]]\nsay = "Breathe, {speaker}."\n'

STEPS = {
    "line breaks become spaces": r'{say = "\nOne\n  two\tthree."}',
    "a floor": '{floor = "{partner}, {other} listens.", partner = "second", seconds = 90, example = "Hi"}',
    "endless patience": '{floor = "Speak.", partner = "first", patience = "endless"}',
    "endless patience and a clock": '{floor = "Speak.", partner = "first", seconds = 90, patience = "endless"}',
    "an ask without a no asks itself again": '{ask = "Ready?", partner = "first"}' + ON,
    "an ask of each, in which a no waits for a yes": """{ask = "Ready, {partner}?", partner = "each",
        no = "Take your time.", again = "Well?"}, {say = "Hello {first}."}""",
    "a mirror goes round until a yes": MIRROR + ON,
    "a mirror has endless patience in all it holds": MIRROR.replace("{mirror", '{patience = "endless", mirror') + ON,
    "what is included": '{include = "breath"}, {include = "breath"}',
    "a swap exchanges roles and examples": """{swap = true, steps = [
        {floor = "{speaker} to {listener}, {first}", partner = "speaker", example = ["one", "two"]},
        {floor = "{partner}", partner = "listener"}]}""",
    "a swap around a mirror": "{swap = true, steps = [" + MIRROR + "]}" + ON,
    "a repeat": '{repeat = 3, steps = [{say = "Breathe."}]}' + ON,
    "a decision goes one of two ways": """{decide = "Now?", partner = "first",
        yes = [{say = "Yes one."}, {say = "Yes two."}], no = [{say = "No."}]}""" + ON,
    "a decision with nothing to do after a no": '{decide = "Now?", partner = "first", yes = [{say = "So."}]}' + ON,
    "a decision with nothing to do after a yes": '{decide = "Now?", partner = "first", no = [{say = "So."}]}' + ON,
    "a choice leads each option its way": """{choose = "How long?", partner = "both", options = [
        {name = "ten", steps = [{say = "Ten."}]},
        {name = "fifteen", words = ["the long one"], steps = [{floor = "Fifteen.", partner = "first"}]}]}""" + ON,
    "more asks and goes round in one place": """{more = "Is there more?", partner = "first", steps = [
        {mirror = "Say it back.", partner = "second", check = "Right?", missed = "What is missing?"}]}""" + ON,
    "meanwhile, in whole breaths": '{ask = "Calm?", partner = "first", meanwhile = [' + HOLD + "]}",
    "meanwhile, and then another question": """{ask = "Calm?", partner = "first", no = "And now?",
        meanwhile = [""" + HOLD + "]}",
    "an agreement is read back until it is right, and dated": """{agree = "What will you do?", partner = "both",
        example = "We will."}""" + ON,
}  # fmt: skip

WRONG_HEADS = {
    "nothing follows": HEAD,
    "no steps": HEAD + "steps = []",
    "steps that are none": HEAD + "steps = 3",
    "minutes that are no number": HEAD.replace("5", "nan") + SAY,
    "minutes that are true": HEAD.replace("5", "true") + SAY,
    "too many minutes": HEAD.replace("5", "0x" + "f" * 1900) + SAY,
    "for all": HEAD.replace("both", "all") + SAY,
    "an id that is not kebab-case": HEAD.replace("a-test", "A test") + SAY,
    "an id of another title": HEAD.replace("a-test", "b-test") + SAY,
    "braces in why": HEAD.replace("Because.", "{first}") + SAY,
    "a misspelt key": HEAD.replace("theme", "teme") + SAY,
    "a fragment": HEAD + "fragment = true\n" + SAY,
}
PARTNER = '{floor = "Hi", partner = '
CHOOSE = '{choose = "How long?", partner = "both", options = [{name = "ten"}'
WRONG_STEPS = [
    "3", "{}", '{sya = "Hi"}', '{say = "Hi", sey = 1}', '{say = "Hi", ask = "Hi"}', r'{"\u001b[2J" = 1}',
    "{say = 3}", '{say = " "}', r'{say = "\u001b[31m"}', r'{say = "\u202e"}', '{say = "{name}"}',
    '{say = "a } b"}', '{say = "{partner}"}', '{say = "{first.x}"}', '{say = "' + "word " * 200 + '"}',
    '{floor = "Hi"}', PARTNER + '["first"]}', PARTNER + '"all"}', '{floor = "{partner}?", partner = "both"}',
    '{say = "Hi"}, ' + PARTNER + '"first", seconds = -1}', PARTNER + '"first", seconds = nan}',
    PARTNER + '"first", seconds = inf}', PARTNER + '"first", patience = 60}',
    '{say = "Hi"}, {ask = "Hi?", partner = "first", patience = "endless"}',
    PARTNER + '"each", example = ["a"]}', PARTNER + '"each", example = ["a", 2]}',
    '{mirror = "Hi", partner = "both"}', '{mirror = "Hi", partner = "listener"}',
    '{hold = "Hi"}', '{hold = "Hi", seconds = 60, breath = [4]}', '{hold = "Hi", seconds = 60, breath = [4, 0]}',
    CHOOSE + "]}", CHOOSE + ', {name = "Ten!"}]}', CHOOSE + ', {name = "?!"}]}', CHOOSE + ', {name = "x", words = 5}]}',
    '{swap = false, steps = [{say = "a"}]}', '{swap = true, steps = [{floor = "a"}]}',
    '{repeat = 1e9, steps = [{say = "a"}]}', '{include = "none"}',
]  # fmt: skip
NO_TOML = {
    "": "test.toml is empty",
    "\n\n": "is empty",
    "a = = 1": "line 1, column 5",
    "\x00\x01PNG": "not valid TOML",
    "a = " + "[\n" * 5000: "nests too deeply",
    "a = " + "[" * 5000: "line 1, has 5004 characters: break it",
    "a = '''" + "x" * 1_000_000: "longer than",
    "a = '''\n" + "x y\n" * 250_000: "longer than",
    "a.a" * 30_000 + " = 1": "line 1",
    HEAD.replace("5", "9" * 5000) + SAY: "line 5",
}


def refused(text: str, **fragments: str) -> str:
    """The sentence in which it is refused."""
    with pytest.raises(ExerciseError) as caught:
        parse(text, "test.toml", fragments.get)
    sentence = str(caught.value)
    assert sentence.isprintable()
    assert len(sentence) < 500
    return sentence


def steps(inline: str) -> str:
    """Steps as TOML; an inline table stands on one line."""
    return "steps = [" + inline.replace("\n", " ") + "]\n"


def test_reads_the_head() -> None:
    exercise = read(SAY)
    assert (exercise.id, exercise.title, exercise.theme, exercise.minutes) == ("a-test", "A test", "trust", 5)
    assert (exercise.for_, exercise.why, exercise.grounding) == ("both", "Because.", "Nothing.")


def test_every_kind_of_step_becomes_what_a_reviewer_read() -> None:
    flat = [f"{what}\n{told(read(steps(each), breath=BREATH).bind(('Anna', 'Ben')))}" for what, each in STEPS.items()]
    assert_golden("steps.txt", "\n".join(flat))


def test_everything_that_is_wrong_is_told_as_a_reviewer_read_it() -> None:
    wrong = WRONG_HEADS | {each[:100]: HEAD + steps(each) for each in WRONG_STEPS}
    assert_golden("refusals.txt", "\n".join(f"{what}\n    {refused(text)}" for what, text in wrong.items()) + "\n")


def test_what_is_no_toml_is_refused_at_its_place() -> None:
    told = [(words, refused(text)) for text, words in NO_TOML.items()]
    assert [each for each in told if each[0] not in each[1]] == []


def test_fragments_are_told_from_exercises_and_may_not_include_each_other() -> None:
    assert [is_fragment(text, "x.toml") for text in (BREATH, HEAD + SAY)] == [True, False]
    one, two = (f'fragment = true\n[[steps]]\ninclude = "{name}"\n' for name in ("two", "one"))
    said = refused(HEAD + steps('{include = "one"}'), one=one, two=two)
    assert said.startswith("two.toml")
    assert "one > two > one" in said


@pytest.mark.parametrize(
    ("depth", "block", "words"),
    [(6, "repeat = 20", f"more than {MAX_STEPS} steps"), (12, "swap = true", "nests deeper")],
)
def test_an_explosion_and_deep_nesting_are_stopped(depth: int, block: str, words: str) -> None:
    assert words in refused(HEAD + steps("{" + f"{block}, steps = [{{" * depth + 'say = "a"' + "}]" * depth + "}"))


def test_kebab() -> None:
    titles = ["Worry and answer", "If-then promise", "Don\u2019t  fix!", "Café", "信頼"]
    assert [*map(kebab, titles)] == ["worry-and-answer", "if-then-promise", "dont-fix", "cafe", ""]
