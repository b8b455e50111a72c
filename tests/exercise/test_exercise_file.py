"""The exercise file format: what it expands to, and what it says about files that cannot be used."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.exercise_text import CHOOSE, HEAD, MIRROR, SAY, bound, read
from voiceguide.errors import ExerciseError
from voiceguide.exercise import Step, StepKind
from voiceguide.exercise.file import is_fragment, kebab, parse
from voiceguide.exercise.writer import MAX_STEPS


def refused(text: str, **fragments: str) -> str:
    with pytest.raises(ExerciseError) as caught:
        parse(text, "test.toml", fragments.get)
    sentence = str(caught.value)
    assert sentence.isprintable()
    assert len(sentence) < 500
    return sentence


def test_reads_the_head() -> None:
    exercise = read(SAY)
    assert (exercise.id, exercise.title, exercise.theme, exercise.minutes) == ("a-test", "A test", "trust", 5)
    assert (exercise.for_, exercise.why, exercise.grounding) == ("both", "Because.", "Nothing.")
    assert [step.prompt for step in exercise.bind(("Anna", "Ben"))] == ["Hello Anna."]


def test_line_breaks_become_spaces() -> None:
    assert bound('[[steps]]\nsay = """\nOne\n  two\tthree."""')[0].prompt == "One two three."


def test_floor() -> None:
    (step,) = bound(
        '[[steps]]\nfloor = "{partner}, {other} listens."\npartner = "second"\nseconds = 90\nexample = "Hi"'
    )
    assert step == Step(StepKind.FLOOR, "Ben, Anna listens.", 1, 1, partner="b", seconds=90, example="Hi")


@pytest.mark.parametrize("seconds", ["", "seconds = 90\n"])
def test_a_floor_may_have_endless_patience(seconds: str) -> None:
    (step,) = bound(f'[[steps]]\nfloor = "Speak."\npartner = "first"\n{seconds}patience = "endless"')
    assert step.endless


def test_a_mirror_may_have_endless_patience_in_all_it_holds() -> None:
    mirror = '[[steps]]\nmirror = "Say it."\npartner = "second"\ncheck = "Right?"\nmissed = "What else?"\n'
    assert [step.endless for step in bound(mirror)] == [False, False, False]
    assert [step.endless for step in bound(mirror + 'patience = "endless"')] == [True, False, True]


def test_each_asks_both_and_a_no_waits_for_a_yes() -> None:
    steps = bound(
        '[[steps]]\nask = "Ready, {partner}?"\npartner = "each"\nno = "Take your time."\nagain = "Well?"\n' + SAY
    )
    assert [(s.prompt, s.partner, s.place, s.then, s.otherwise) for s in steps] == [
        ("Ready, Anna?", "a", 1, 2, 1),
        ("Take your time.", "a", 1, 2, 1),
        ("Ready, Ben?", "b", 2, 4, 3),
        ("Take your time.", "b", 2, 4, 3),
        ("Hello Anna.", None, 3, 5, None),
    ]
    assert {s.again for s in steps[:4]} == {"Well?"}


def test_an_ask_without_no_asks_itself_again() -> None:
    assert bound('[[steps]]\nask = "Ready?"\npartner = "first"\n' + SAY)[0].otherwise == 0


def test_mirror_loops_until_yes() -> None:
    mirror, check, missed, after = bound(MIRROR + SAY)
    assert (mirror.kind, mirror.partner, mirror.then, mirror.example) == (StepKind.MIRROR, "b", 1, "Back")
    assert (check.kind, check.partner, check.then, check.otherwise) == (StepKind.ASK, "a", 3, 2)
    assert (missed.kind, missed.partner, missed.then) == (StepKind.FLOOR, "a", 0)
    assert [s.prompt for s in (mirror, check, missed)] == [
        "Ben mirrors Anna",
        "Anna checks Ben",
        "Anna missed Ben",
    ]
    assert [s.place for s in (mirror, check, missed, after)] == [1, 1, 1, 2]


def test_include() -> None:
    fragment = 'fragment = true\nid = "breath"\n[[steps]]\nsay = "Breathe, {speaker}."\n'
    steps = bound('[[steps]]\ninclude = "breath"\n[[steps]]\ninclude = "breath"\n', breath=fragment)
    assert [(s.prompt, s.place) for s in steps] == [("Breathe, Anna.", 1), ("Breathe, Anna.", 2)]
    assert is_fragment(fragment, "breath.toml")
    assert not is_fragment(HEAD + SAY, "test.toml")


def test_include_round_in_a_circle() -> None:
    one, two = (f'fragment = true\n[[steps]]\ninclude = "{name}"\n' for name in ("two", "one"))
    said = refused(HEAD + '[[steps]]\ninclude = "one"\n', one=one, two=two)
    assert "one > two > one" in said
    assert said.startswith("two.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["test.toml is empty"]),
        ("\n\n", ["is empty"]),
        ("a = = 1", ["not valid TOML", "line 1, column 5"]),
        ("\x00\x01PNG", ["not valid TOML"]),
        ("a = " + "[\n" * 5000, ["nests too deeply"]),
        ("a = " + "[" * 5000, ["line 1", "break it"]),
        ("a = '''" + "x" * 1_000_000, ["longer than"]),
        ("a = '''\n" + "x y\n" * 250_000, ["longer than"]),
        ("a.a" * 30_000 + " = 1", ["line 1"]),
        (HEAD, ["steps is missing"]),
        (HEAD + "steps = []", ["[[steps]]"]),
        (HEAD + "steps = 3", ["must be a list"]),
        (HEAD + "steps = [3]", ["steps[0] (step 1) must be a table, not 3"]),
        (HEAD.replace("5", "nan") + SAY, ["minutes must be a number from 1 to 180, not nan"]),
        (HEAD.replace("5", "true") + SAY, ["minutes must be a number"]),
        (HEAD.replace("5", "0x" + "f" * 1900) + SAY, ["minutes must be a number"]),
        (HEAD.replace("5", "9" * 5000) + SAY, ["line 5"]),
        (HEAD.replace("both", "all") + SAY, ["for must be one of both, solo, either, not 'all'"]),
        (HEAD.replace("a-test", "A test") + SAY, ["id must be the title in kebab-case", "'a-test'"]),
        (HEAD.replace("a-test", "b-test") + SAY, ["write 'a-test'"]),
        (HEAD.replace("Because.", "{first}") + SAY, ["why cannot hold braces"]),
        (HEAD.replace("theme", "teme") + SAY, ["teme is not known: write theme"]),
        (HEAD + "fragment = true\n" + SAY, ["makes this a fragment"]),
        (HEAD + SAY + "sey = 1", ["steps[0].sey (step 1) is not known: write say"]),
        (HEAD + '[[steps]]\nsya = "Hi"', ["steps[0].sya (step 1) is not known: write say"]),
        (HEAD + "[[steps]]", ["steps[0] (step 1) does not say what it is"]),
        (HEAD + SAY + 'ask = "Hi"', ["holds say and ask"]),
        (HEAD + "[[steps]]\nsay = 3", ["must be a text in quotes, not 3"]),
        (HEAD + '[[steps]]\nsay = " "', ["steps[0].say (step 1) is empty"]),
        (HEAD + '[[steps]]\nsay = "\\u001b[31m"', ["U+001B"]),
        (HEAD + '[[steps]]\nsay = "\\u202e"', ["U+202E"]),
        (HEAD + '[[steps]]\nsay = "{name}"', ["'{name}'", "{first}"]),
        (HEAD + '[[steps]]\nsay = "a } b"', ["'}'"]),
        (HEAD + '[[steps]]\nsay = "{partner}"', ["'{partner}'"]),
        (HEAD + '[[steps]]\nsay = "{first.x}"', ["'{first.x}'"]),
        (HEAD + "[[steps]]\nsay = '''" + "word \n" * 200 + "'''", ["shorten it to 600"]),
        (HEAD + SAY + "[[steps]]\nfloor = 'a'\npartner = 'first'\nseconds = -1", ["steps[1].seconds (step 2)", "-1"]),
        (HEAD + '[[steps]]\nfloor = "Hi"\npartner = "first"\nseconds = nan', ["steps[0].seconds", "from 5 to 3600"]),
        (
            HEAD + '[[steps]]\nfloor = "Hi"\npartner = "first"\npatience = 60',
            ["steps[0].patience (step 1)", "must be one of endless, not 60"],
        ),
        (HEAD + SAY + '[[steps]]\nask = "Hi?"\npartner = "first"\npatience = "endless"', ["steps[1].patience"]),
        (HEAD + '[[steps]]\nfloor = "Hi"\npartner = "first"\nseconds = inf', ["steps[0].seconds"]),
        (HEAD + '[[steps]]\nfloor = "Hi"\npartner = "all"', ["must be one of first, second", "both, not 'all'"]),
        (HEAD + '[[steps]]\nmirror = "Hi"\npartner = "both"', ["must be one of first, second", "each, not 'both'"]),
        (HEAD + '[[steps]]\nfloor = "{partner}?"\npartner = "both"', ["holds '{partner}'"]),
        (HEAD + '[[steps]]\nhold = "Hush."', ["seconds (step 1) is missing"]),
        (HEAD + '[[steps]]\nhold = "Hush."\nseconds = 60\nbreath = [4]', ["breath (step 1) must be two numbers"]),
        (HEAD + '[[steps]]\nhold = "Hush."\nseconds = 60\nbreath = [4, 0]', ["breath.out (step 1)", "from 4 to 12"]),
        (HEAD + CHOOSE, ["are 1: give two to 6"]),
        (HEAD + CHOOSE + '[[steps.options]]\nname = "Ten!"', ["options (step 1) say the same twice"]),
        (HEAD + CHOOSE + '[[steps.options]]\nname = "?!"', ["holds no word that could be said"]),
        (HEAD + CHOOSE + '[[steps.options]]\nname = "x"\nwords = 5', ["words (step 1) must be a list"]),
        (HEAD + '[[steps]]\nfloor = "Hi"\npartner = ["first"]', ["steps[0].partner"]),
        (HEAD + '[[steps]]\nfloor = "Hi"', ["steps[0].partner (step 1) is missing"]),
        (HEAD + '[[steps]]\nfloor = "Hi"\npartner = "each"\nexample = ["a"]', ["steps[0].example", "list of 1"]),
        (HEAD + '[[steps]]\nfloor = "Hi"\npartner = "each"\nexample = ["a", 2]', ["steps[0].example.1"]),
        (HEAD + '[[steps]]\nmirror = "Hi"\npartner = "listener"', ["steps[0].check"]),
        (HEAD + "[[steps]]\nswap = false\n[[steps.steps]]\nsay='a'", ["steps[0].swap (step 1) must be true"]),
        (HEAD + "[[steps]]\nswap = true\n[[steps.steps]]\nfloor='a'", ["steps[0].steps[0].partner (step 1.1)"]),
        (HEAD + "[[steps]]\nrepeat = 1e9\n[[steps.steps]]\nsay='a'", ["from 2 to 20"]),
        (HEAD + '[[steps]]\ninclude = "none"', ["steps[0].include (step 1) names 'none'"]),
        (HEAD + '[[steps]]\n"\\u001b[2J" = 1', ["is not known"]),
    ],
)  # fmt: skip
def test_says_what_is_wrong_and_where(text: str, words: list[str]) -> None:
    sentence = refused(text)
    assert all(word in sentence for word in words), sentence


def _nested(depth: int, opening: str) -> str:
    lines, path = [HEAD], "steps"
    for _ in range(depth):
        lines.append(f"[[{path}]]\n{opening}")
        path += ".steps"
    return "\n".join([*lines, f"[[{path}]]\nsay = 'a'"])


def test_an_explosion_is_stopped() -> None:
    assert f"more than {MAX_STEPS} steps" in refused(_nested(6, "repeat = 20"))


def test_deep_nesting_is_stopped() -> None:
    assert "nests deeper" in refused(_nested(12, "swap = true"))


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Worry and answer", "worry-and-answer"), ("If-then promise", "if-then-promise"), ("Don\u2019t  fix!", "dont-fix"),
     ("Café", "cafe"), ("信頼", "")],
)  # fmt: skip
def test_kebab(title: str, expected: str) -> None:
    assert kebab(title) == expected


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    "say floor mirror ask swap repeat include partner seconds patience check missed again no example steps odd".split()  # noqa: SIM905 (shorter)
)
known = st.sampled_from(["first", "speaker", "listener", "each", "Hi {first}", "{partner}", "loop", 3, 60.0, True])
tables = st.dictionaries(KEYS, known | values, min_size=1, max_size=5)
steps = st.lists(tables | tables.map(lambda t: {**t, "steps": [{"say": "a"}]}), max_size=4)


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + "".join(f"\\U{ord(c):08x}" for c in value) + '"'
        case list():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{_toml(str(k))} = {_toml(v)}" for k, v in value.items()) + "}"
        case None:
            return "1979-05-27"
    return str(value)


def outcome(text: str, fragment: str | None = None) -> None:
    """An exercise whose jumps are sound, or an ExerciseError: nothing else."""
    try:
        bound_steps = parse(text, "x.toml", lambda _: fragment).bind(("Anna", "Ben"))
    except ExerciseError:
        return
    assert bound_steps
    for step in bound_steps:
        assert 0 <= step.then <= len(bound_steps)
        assert step.otherwise is None or 0 <= step.otherwise < len(bound_steps)
        assert "{" not in step.prompt


@given(steps)
def test_any_steps_are_an_exercise_or_an_error(made: list[dict[str, object]]) -> None:
    outcome(HEAD + f"steps = {_toml(made)}", f"fragment = true\nsteps = {_toml(made)}")


@given(st.dictionaries(st.sampled_from([*tomllib.loads(HEAD + SAY), "fragment", "odd"]), values))
def test_any_head_is_an_error_or_an_exercise(made: dict[str, object]) -> None:
    outcome("\n".join(f"{key} = {_toml(value)}" for key, value in made.items()))


@given(st.text())
def test_any_text_is_an_error(text: str) -> None:
    refused(text)


@given(st.integers(0, len(HEAD + MIRROR + SAY)), st.text(max_size=3))
def test_any_slip_is_an_error_or_an_exercise(at: int, slip: str) -> None:
    whole = HEAD + MIRROR + SAY
    outcome(whole[:at] + slip + whole[at + 1 :])
