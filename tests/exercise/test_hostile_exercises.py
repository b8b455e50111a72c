"""Exercise files of any content: each is an exercise or one sentence, within moments and little memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from tests.support.command import SHORT
from tests.support.exercise_text import head
from tests.support.hostile import assert_harmless, commanded, examples, mutated, outcome, texts, values
from voiceguide.exercise import Exercise
from voiceguide.exercise.advice import advice
from voiceguide.exercise.file import check_fragment, is_fragment, parse
from voiceguide.exercise.length import usual_seconds
from voiceguide.paths import shipped_exercise_files
from voiceguide.record.header import Header
from voiceguide.session import Session
from voiceguide.session.walk import walk

SHIPPED = {name: path.read_bytes() for name, path in shipped_exercise_files().items()}
FIELDS = ("id", "title", "theme", "minutes", "for", "why", "grounding", "steps", "fragment")
STEP_FIELDS = (
    *("say", "floor", "mirror", "ask", "decide", "choose", "more", "hold", "agree", "review", "swap", "repeat"),
    *("include", "partner", "seconds", "patience", "example", "check", "missed", "again", "no", "meanwhile", "yes"),
    *("options", "name", "words", "steps", "breath"),
)
NAMES = ("Ann", "Bo")


def used(text: str, **own: str) -> None:
    """Read an exercise, which may include fragments of its ``own``, and do with it whatever is done with one."""
    fragments = {name: data.decode() for name, data in SHIPPED.items()} | own
    outcome(lambda: is_fragment(text, "x.toml"))
    outcome(lambda: check_fragment(text, "x.toml", fragments.get))
    exercise = outcome(lambda: parse(text, "x.toml", fragments.get))
    if exercise is not None:
        outcome(lambda: live(exercise))


def live(exercise: Exercise) -> None:
    """Measure it, criticise it, store it, walk through it and run it."""
    steps = exercise.bind(NAMES)
    assert steps
    for step in steps:
        assert 0 <= step.then <= len(steps)
        assert step.otherwise is None or 0 <= step.otherwise <= len(steps)
        assert "{" not in step.prompt
    assert 0 <= usual_seconds(steps) < 1e9
    for line in [*advice(exercise), *itertools.islice(walk(steps, NAMES), 10_000)]:
        assert_harmless(line)
    started = datetime(2026, 11, 22).isoformat()
    header = Header("x", exercise.id, exercise.title, NAMES, False, started, steps)
    assert Header.from_fields(header.to_fields(), Path("x")).steps == steps
    assert Session(steps, NAMES).steps == steps


# -- text --------------------------------------------------------------------------------------------------------


@examples(2)
@given(
    st.one_of(st.text(max_size=200), texts, st.binary(max_size=200).map(lambda data: data.decode("utf-8", "replace")))
)
def test_any_text(text: str) -> None:
    used(text)


@examples()
@given(st.sampled_from(sorted(SHIPPED)).flatmap(lambda name: mutated(SHIPPED[name])))
def test_one_of_ours_with_other_bytes(data: bytes) -> None:
    used(data.decode("utf-8", "replace"))


DEEP = {
    "tables": "\n".join("[" + ".".join("a" * depth) + "]" for depth in range(1, 400)),
    "dotted keys": ".".join(["a"] * 900) + " = 1",
    "arrays": "x = " + "[" * 900 + "]" * 900,
    "inline tables": "x = " + "{a=" * 600 + "1" + "}" * 600,
    "a long number": "minutes = " + "9" * 1_900,
    "a long exponent": "minutes = 1e999999999",
    "a long hexadecimal": "minutes = 0x" + "f" * 1_900,
    "a leap of years": "minutes = 9999-12-31T23:59:59.999999999+23:59",
    "not a number": "minutes = nan",
    "escapes": 'title = "' + "\\U0010FFFF" * 150 + '"',
    "a lone half": 'title = "\\ud800"',
    "quotes": '"""' * 600,
    "many keys": "\n".join(f"k{number} = 1" for number in range(9_000)),
    "many tables": "[[steps]]\n" * 9_000,
    "carriage returns": "\r" * 90_000,
    "comments": "# x\n" * 24_000,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP.keys())
def test_deep_long_and_many(text: str) -> None:
    used(text)
    used(head("A short one") + "\n" + text)


# -- fields ------------------------------------------------------------------------------------------------------


def toml(value: Any) -> str:
    """A value as TOML; what it has no word for is left as text."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{toml(str(key))} = {toml(each)}" for key, each in value.items()) + "}"
    shown = str(value).encode("utf-8", "replace").decode()
    escaped = (f"\\U{ord(char):08x}" if char in '"\\' or not char.isprintable() else char for char in shown)
    return '"' + "".join(escaped) + '"'


@examples(2)
@given(st.sampled_from(FIELDS), values)
def test_a_field_of_any_type(name: str, value: Any) -> None:
    lines = [line for line in SHORT.splitlines() if not line.startswith(f"{name} =")]
    if name == "steps":
        del lines[lines.index("[[steps]]") :]
    used("\n".join([f"{name} = {toml(value)}", *lines]))


steps: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(STEP_FIELDS),
    st.one_of(
        values,
        st.sampled_from(
            ["first", "second", "speaker", "listener", "each", "both", "endless", "{first}, {other}?", "Hi."]
        ),
        st.sampled_from([True, 0, 1, 3, 60, 1e9, [4, 6], [0, 1e9], ["yes"], "floor-and-mirror", "own"]),
    ),
    max_size=4,
)
nested = st.recursive(
    steps,
    lambda inner: st.builds(
        lambda outer, key, within: outer | {key: within},
        steps,
        st.sampled_from(["steps", "meanwhile", "yes", "no", "options"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


@examples(0.5)
@given(st.lists(nested, min_size=1, max_size=4))
def test_steps_of_any_fields(made: list[dict[str, Any]]) -> None:
    used(f"{head('A short one')}steps = {toml(made)}\n", own=f"fragment = true\nsteps = {toml(made)}\n")


def within(step: str, times: int, opening: str) -> str:
    """``step`` in so many steps, one in the other."""
    return "{" + opening + ", steps = [" + (within(step, times - 1, opening) if times else step) + "]}"


@pytest.mark.parametrize("opening", ["repeat = 20", "repeat = 1e9", "swap = true", 'more = "?", partner = "first"'])
def test_what_multiplies_is_stopped(opening: str) -> None:
    for depth in (3, 10, 60):
        inside = within('{say = "Hi."}', depth, opening).replace("[", "[\n")
        used(f"{head('A short one')}steps = [\n{inside}\n]\n")


def test_fragments_that_include_each_other_are_stopped() -> None:
    def laughing(id_: str) -> str:
        """Each includes the next ten times over; the last includes the first."""
        number = int(id_.removeprefix("f"))
        return "fragment = true\n" + f'[[steps]]\ninclude = "f{(number + 1) % 9}"\n' * 10

    fragments = {f"f{number}": laughing(f"f{number}") for number in range(9)}
    endless = {**fragments, "f8": 'fragment = true\n[[steps]]\nsay = "Hi."\n'}
    text = head("A short one") + '\n[[steps]]\ninclude = "f0"\n'
    for known in (fragments, endless, {"f0": 'fragment = true\n[[steps]]\ninclude = "f0"\n'}):
        assert outcome(partial(parse, text, "x.toml", known.get)) is None
        outcome(partial(check_fragment, known["f0"], "f0.toml", known.get))


# -- commands ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An exercise of the user's own, of which the environment knows."""
    home = tmp_path_factory.mktemp("home")
    (home / "config" / "exercises").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOICEGUIDE_HOME", str(home))
        yield home / "config" / "exercises" / "a-short-one.toml"


COMMANDS = ["", "--json", "show a-short-one", "show a-short-one --json", "check FILE", "try FILE"]
OF_OUR_OWN = (
    mutated(SHORT.encode())
    | st.binary(max_size=50)
    | texts.map(lambda text: SHORT.replace("Thank you", text).encode("utf-8", "replace"))
)


@examples(0.25)
@given(OF_OUR_OWN, st.sampled_from(COMMANDS))
@example(b"\x1b]0;x\x07 = 1", "check FILE")
@example(SHORT.replace("Thank you", "\x9b31m").encode(), "try FILE")
@example(SHORT.replace("Thank you", "\x9b31m").encode(), "show a-short-one")
def test_the_commands_on_any_file(file: Path, data: bytes, command: str) -> None:
    file.write_bytes(data)
    commanded("exercises", *command.replace("FILE", str(file)).split())
