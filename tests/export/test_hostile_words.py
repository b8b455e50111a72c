"""Whatever is said, named or titled: what commands print steers no terminal, what they export is no markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
import srt
import webvtt
from hypothesis import example, given

from tests.cli.test_hostile_ids import TAKE_AN_ID
from tests.export.test_page import OURS, Page
from tests.record.test_hostile_records import COMMANDS, ID, say
from tests.support import editions
from tests.support.hostile import TRICKS, assert_harmless, commanded, examples, sessions_in, texts
from tests.support.records import bare_session
from voiceguide.cleaning import clean
from voiceguide.durable import remove_tree
from voiceguide.exercise import Partner
from voiceguide.export.edition import Edition
from voiceguide.record import Session, read
from voiceguide.session.events import Utterance, to_fields

COLOURED = "\x1b[31mred"
LINK = "\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\"


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of sessions for them all, since hypothesis tries a test many times over."""
    with sessions_in(tmp_path_factory.mktemp("home")) as folder:
        yield folder


def put(sessions: Path, said: list[str], names: tuple[str, str], title: str, exercise: str = "x") -> Path:
    """A session in which all that was said; the first words are mended by hand, the others doubtful."""
    remove_tree(sessions / ID)
    lines: list[dict[str, Any]] = []
    for number, words in enumerate(said, 1):
        partner: Partner = "a" if number % 2 else "b"
        told = Utterance(number, partner, words, None, number, 0.5, number > 1, place=2)
        lines.append({"t": 1 + number, **to_fields(told)})
    lines.append({"t": 60, "type": "prompt", "text": said[0], "start": 58, "place": 3})
    lines.append({"t": 70, "type": "amend", "id": 1, "text": said[-1], "by": "by hand"})
    return bare_session(sessions, ID, *lines, names=names, title=title, exercise=exercise)


hostile = st.tuples(st.lists(texts, min_size=1, max_size=4), st.tuples(texts, texts), texts, texts)


@examples(0.5)
@given(hostile, texts)
@example(([COLOURED], (COLOURED, LINK), LINK, "\x9b31m"), COLOURED)
@example((["\x7f"], ("\x7f", "\x85"), "\x7f", "\x7f"), "\x7f")  # which JSON does not escape
@example((["house \u202egnp.exe"], ("A", "B"), "\u200f", "x"), "house")
def test_nothing_that_is_printed_steers_a_terminal(
    sessions: Path, told: tuple[list[str], tuple[str, str], str, str], wanted: str
) -> None:
    put(sessions, *told)
    words = [word for word in re.findall(r"\w+", " ".join(told[0])) if "\0" not in word][:1] or ["house"]
    for args in (
        *COMMANDS,
        ("search", "--", words[0]),
        ("search", "--json", "--", words[0]),
        ("search", "house", "--partner", told[1][0]),
        ("search", "house", "--exercise", wanted),
        ("rename", "--title", told[2]),
        ("export", "--to", "txt", "-o", "-"),
        ("start", "--keyboard", "--resume", wanted),
        ("show", "--", wanted),
    ):
        commanded(*args)


NAMES = [name for name in TRICKS if name.strip() and not {*name} & {"/", "\0", "\ud800"} and len(name.encode()) < 200]
"""What a folder or a file can be called."""


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_or_a_file_of_such_a_name_is_named_harmlessly(sessions: Path, name: str) -> None:
    own = sessions.parent.parent / "config" / "exercises"
    own.mkdir(parents=True, exist_ok=True)
    for path in [*sessions.glob("*"), *own.glob("*")]:
        remove_tree(path)
    bare_session(sessions, ID, {"t": 1, "type": "ended", "why": "completed"})
    part = (sessions / ID).rename(sessions / f"wombat {name}").name[:6]
    (own / f"{name}.toml").write_text("nothing", "utf-8")
    for command in TAKE_AN_ID:
        ends = "--resume" in command
        commanded(*command[:-1], f"--resume={part}") if ends else commanded(*command, "--", part)
    bare = bare_session(sessions, f"wombat {name}")
    (bare / "session.jsonl").write_text("junk", "utf-8")
    for args in (("sessions",), ("sessions", "--json"), ("show", "wombat"), ("delete", "wombat"), ("exercises",)):
        commanded(*args)
    commanded("delete", "wombat", "--yes")
    assert list(sessions.iterdir()) == []


# -- exports -----------------------------------------------------------------------------------------------------


def exported(session: Session, to: str) -> str:
    text = editions.exported(Edition(session, say, ("max", "f3")), to).decode("utf-8")
    assert_harmless(text)
    return text


@examples(1)
@given(hostile)
@example(([*TRICKS], ("<v Anna>", "--> x"), "</title><script>", "---"))
@example((["a house", "a boat"], ("---", "x--"), "--", "x--"))
@example((["-->", "\n\nNOTE x", "1\n00:00:00,000 --> 00:00:01,000\nx"], ("A\n-->", "B"), "-->", "x"))
def test_what_is_exported_is_words(sessions: Path, told: tuple[list[str], tuple[str, str], str, str]) -> None:
    session = read(put(sessions, *told))
    if not any(words.strip() for words in told[0]):
        return
    page = Page(exported(session, "html"))
    assert {tag for tag, _ in page.elements} <= OURS
    assert len(page.of("script")) == 2
    assert [name for _, given in page.elements for name in given if name.startswith("on")] == []
    captions = webvtt.from_string(exported(session, "vtt"))
    subtitles = list(srt.parse(exported(session, "srt")))
    assert all(len(line) <= 32 for subtitle in subtitles for line in subtitle.content.split("\n"))
    assert exported(session, "vtt").count("-->") == len(captions)
    webvtt.from_string(exported(session, "chapters"))
    assert json.loads(exported(session, "json"))["version"] == "1.0.0"
    markdown = exported(session, "md")
    assert [line for line in markdown.splitlines() if line == "---"] == ["---", "---"]
    body = markdown.split("---\n", 2)[2]
    assert not re.search(r"(?<!\\)[<\[`|]", body)
    assert not re.search(r"^\s*(?:[-+>]|\d+[.)])\s", re.sub(r"^## .*$", "", body, flags=re.MULTILINE), re.MULTILINE)


@examples(5)
@given(texts)
@example("\u2028")
@example("\x9b31m\x85")
@example("\ud800\udc00")
def test_clean_words_are_one_harmless_line(text: str) -> None:
    made = clean(text)
    assert_harmless(made)
    assert len(made.splitlines()) <= 1
    assert len(made) == len(text)  # so that places in it are places in the other
    assert clean(made) == made
    made.encode()
