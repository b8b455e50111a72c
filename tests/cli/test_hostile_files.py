"""Settings, remembered names and the note of the safety page: whatever stands in them, a result or one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from tests.exercise.test_hostile_exercises import toml
from tests.support.hostile import assert_harmless, commanded, examples, mutated, outcome, texts, values
from voiceguide import care
from voiceguide.cli.options import remember_names, remembered_names
from voiceguide.exercise import clean_names
from voiceguide.settings import ABOUT, FILE, Settings, load

SETTINGS = b"""\
voice = "en-gb-scotland"
rate = 135
loudness = 1.25
address = "guide"
still_listening = 8
anything_more = 30
soft_end = 1.5
pause = 0.6
barge_in = "always"
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with its folders, of which the environment knows."""
    home = tmp_path_factory.mktemp("home")
    for name in ("config", "data"):
        (home / name).mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOICEGUIDE_HOME", str(home))
        yield home


def loaded(home: Path, data: bytes) -> None:
    (home / "config" / FILE).write_bytes(data)
    found = outcome(load)
    if found is not None:
        assert isinstance(found, Settings)
        assert 0.3 <= found.choice.pause <= 3
        assert isinstance(found.rate, int)
        assert 80 <= found.rate <= 300
        assert 0.25 <= found.loudness <= 2
        assert all(name.isprintable() and len(name) <= 100 for name in (found.voice, found.voice_a, found.voice_b))
        assert 0 <= found.patience.soft_end <= 600


@examples(4)
@given(mutated(SETTINGS) | st.binary(max_size=60) | texts.map(lambda text: text.encode("utf-8", "replace")))
@example(b"pause = " + b"9" * 5_000)
@example(b"x = " + b"[" * 20_000)
@example(b"a." * 20_000 + b"a = 1")
@example(b"pause = 0x" + b"f" * 5_000)
@example(b"\n" * 2_000_000)
def test_settings_of_other_bytes(home: Path, data: bytes) -> None:
    loaded(home, data)


@examples(4)
@given(st.sampled_from(list(ABOUT)) | texts, values)
def test_settings_of_any_type(home: Path, name: str, value: object) -> None:
    key = name if name.isidentifier() and name.isascii() else toml(name)
    loaded(home, f"{key} = {toml(value)}\n".encode("utf-8", "replace"))


@examples(0.5)
@given(mutated(SETTINGS, most=1))
@example(b'address = "\x1b[31m"')
@example(b"\x1b]0;x\x07 = 1")
@example(b'"\\u001b[31m" = 1')
@example(b'address = "\\u202e\\u001b[2J"')
def test_a_command_tells_what_is_wrong_in_the_settings(home: Path, data: bytes) -> None:
    (home / "config" / FILE).write_bytes(data)
    commanded("start", "no-such-exercise", "--keyboard", "--speaker", "none")


@examples(4)
@given(
    st.binary(max_size=200)
    | mutated(b'["Mia", "Zoe"]')
    | values.map(lambda value: toml(value).encode("utf-8", "replace"))
)
@example(b'["\\u001b[31mMia", "Zoe"]')
@example(b'["Mia", "Mia"]')
@example(b"[" * 9_000)
@example(b"9" * 9_000)
@example(b'["' + b"x" * 20_000_000 + b'", "b"]')
def test_names_that_were_remembered(home: Path, data: bytes) -> None:
    (home / "config" / "names.json").write_bytes(data)
    names = remembered_names()
    assert clean_names(names) == names
    assert_harmless(" ".join(names))


@examples(4)
@given(texts, texts)
def test_names_that_are_given(home: Path, a: str, b: str) -> None:
    names = outcome(lambda: clean_names((a, b)))
    if names is None:
        return
    assert_harmless(" ".join(names))
    remember_names(names)
    assert remembered_names() == names


@examples()
@given(st.binary(max_size=100))
def test_any_note_of_the_safety_page(home: Path, data: bytes) -> None:
    (home / "data" / "safety-page-shown").write_bytes(data)
    assert care.page_was_shown()
