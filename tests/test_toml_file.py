"""People's own TOML, changed: what is set is read again, comments and order survive, nothing is ever destroyed."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import assume, example, given

from tests.cli.test_hostile_files import SETTINGS
from tests.support.hostile import commanded, examples, mutated, outcome, texts
from voiceguide import settings as known
from voiceguide import toml_file
from voiceguide.errors import SettingsError
from voiceguide.settings import ABOUT, FILE, Settings, load

HERE = Path(FILE)

number = st.floats(-1000, 1000).map(repr) | st.integers(-10, 700).map(str)
typed = st.fixed_dictionaries(
    {
        name: number if about.number else st.text(max_size=12) | st.sampled_from(["never", "always", "otto"])
        for name, about in ABOUT.items()
    }
)
"""Something typed for every setting; some of it can be used."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of which the environment knows."""
    home = tmp_path_factory.mktemp("home")
    (home / "config").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOICEGUIDE_HOME", str(home))
        yield home


def usable(text: dict[str, str]) -> dict[str, Any]:
    """The values that what was typed stands for, where it stands for one."""
    found = {name: outcome(lambda name=name, said=said: known.from_typed(name, said)) for name, said in text.items()}  # type: ignore[misc]  # mypy infers no lambda with defaults
    return {name: value for name, value in found.items() if value is not None}


comments = st.text(st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="\x7f"), max_size=20)
lines = st.lists(
    st.one_of(
        comments.map(lambda words: f"# {words}"),
        st.just(""),
        st.tuples(st.sampled_from(list(ABOUT)), comments).map(
            lambda pair: f"{pair[0]} = {written(getattr(Settings, pair[0]))}  # {pair[1]}"
        ),
    ),
    max_size=12,
    unique_by=lambda line: line.partition(" = ")[0] if " = " in line and not line.startswith("#") else object(),
)
"""A file as people write it: comments, blank lines, settings with a comment behind them."""


def written(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


@examples(3)
@given(lines, typed, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_is_set_is_read_again(home: Path, before: list[str], said: dict[str, str], end: str, last: bool) -> None:
    (home / "config" / FILE).write_bytes((end.join(before) + end * last).encode())
    values = usable(said)
    held = known.own()
    known.change(values)
    assert known.own() == held | values
    assert load() == Settings(**(held | values))
    known.change({}, list(values))
    assert known.own() == {name: value for name, value in held.items() if name not in values}


@examples(3)
@given(lines, st.data())
def test_comments_and_order_survive(before: list[str], data: st.DataObject) -> None:
    named = [line.partition(" = ")[0] for line in before if " = " in line and not line.startswith("#")]
    assume(named)
    name, gone = data.draw(st.sampled_from(named)), data.draw(st.sampled_from(named))
    text = "".join(f"{line}\n" for line in before)
    changed = toml_file.changed(text, HERE, {name: 77}).splitlines()
    assert len(changed) == len(text.splitlines())
    for old, new in zip(text.splitlines(), changed, strict=True):
        if old.startswith(f"{name} = "):
            assert new.startswith(f"{name} = 77")
            assert new.endswith(old.partition("  # ")[2])
        else:
            assert new == old
    left = toml_file.changed(text, HERE, {}, [gone])
    assert left == "".join(f"{line}\n" for line in before if not line.startswith(f"{gone} = "))


@examples(3)
@given(
    mutated(SETTINGS)
    | st.binary(max_size=60)
    | texts.map(lambda text: text.encode("utf-8", "replace"))
    | texts.map(lambda text: f'rate = 120  # {text}\n"{text}" = 1\n'.encode("utf-8", "replace"))
)
@example(b"[rate]\nx = 1\n[loudness]\n")
@example(b"rate.x = 1\nrate.y = 2\n")
@example(b"[[rate]]\n[[rate]]\nx = nan")
@example(b'voice = """\nrate = 3\n"""\nrate = 4')
@example(b"soft_end = nan")
@example(b"x = " + b"[" * 20_000)
@example(b"a." * 400 + b"a = 1")
def test_whatever_the_file_holds_a_command_ends_well_or_leaves_it(home: Path, data: bytes) -> None:
    file = home / "config" / FILE
    for args in (
        [],
        ["--json"],
        ["show", "rate"],
        ["set", "rate", "135"],
        ["reset", "rate"],
        ["reset", "--all", "--yes"],
    ):
        file.write_bytes(data)
        done = commanded("settings", *args)
        if done.code:
            assert file.read_bytes() == data
        elif args[:1] == ["set"]:
            assert tomllib.loads(file.read_text("utf-8"))["rate"] == 135
        elif args[:1] == ["reset"]:
            assert "rate" not in tomllib.loads(file.read_text("utf-8"))
        else:
            assert file.read_bytes() == data


@examples()
@given(st.sampled_from(list(ABOUT)) | texts, texts)
def test_whatever_is_typed(home: Path, name: str, value: str) -> None:
    (home / "config" / FILE).write_bytes(SETTINGS)
    if "\0" not in name + value:  # no system hands that on
        for args in (["set", name, value], ["show", name], ["reset", name]):
            commanded("settings", *args)
    load()


def test_what_would_say_something_else_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tomlkit.dumps", lambda document: "rate = 1\nloudness = 1\n")
    with pytest.raises(SettingsError, match="cannot be changed without harm to what else is in it"):
        toml_file.changed("pause = 1", HERE, {"rate": 1})


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("rate = 1", ", line 1, column 1"),
        ("# rate = 2\n\n  rate = 1", ", line 3, column 3"),
        ("[rate]\nx = 1", ", line 1, column 1"),
        ("'rate'.x = 1", ", line 1, column 1"),
        ('voice = """\nrate = 3\n"""\nrate = 4', ", line 4, column 1"),
        ('"r\\u0061te" = 1', ""),
    ],
)
def test_a_name_is_found_where_it_stands(text: str, place: str) -> None:
    tomllib.loads(text)
    assert toml_file.place_of(text, "rate") == place


def test_letters_of_another_encoding_are_told_with_their_place(home: Path) -> None:
    (home / "config" / FILE).write_bytes('# fine\naddress = "zoë"'.encode("latin-1"))
    with pytest.raises(SettingsError, match=r"not UTF-8 \(at line 2, column 14\)"):
        load()


def test_many_who_change_it_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.toml"
    code = (
        "import sys\nfrom pathlib import Path\nfrom voiceguide.toml_file import change\n"
        "for number in range(20):\n    change(Path(sys.argv[1]), {f'{sys.argv[2]}_{number}': number})"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in "abcd"]
    assert [writer.wait() for writer in writers] == [0] * 4
    kept = toml_file.parsed(toml_file.read(path), path)
    assert sorted(kept) == sorted(f"{name}_{number}" for name in "abcd" for number in range(20))
    assert [each.name for each in path.parent.iterdir()] == ["settings.toml"]
