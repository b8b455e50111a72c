"""What reaches the disk, and what does not, by the rules of care: through the real command, typed, every file read.

What a no to recording and "off the record" leave, and what comes before consent, is in ``test_keyboard``.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.command import (
    SHORT,
    Done,
    add_short,
    files_holding,
    installed,
    of_type,
    only_session,
    record,
    session_folders,
)

SECRET = "my purple wombat"
TYPED = ("--keyboard", "--speaker", "none", "--names", "Mia,Zoe")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    add_short(tmp_path)
    return tmp_path


def start(home: Path, *lines: str, exercise: str = "a-short-one") -> Done:
    return installed(home, "start", exercise, *TYPED, given="".join(f"{line}\n" for line in lines)).fine()


def texts(home: Path) -> list[str]:
    return [line["text"] for line in of_type(record(only_session(home)), "utterance")]


def test_off_the_record_until_i_say_on_suspends_it(home: Path) -> None:
    out = start(
        home, "yes", "yes", "the boat", "off the record until I say on", SECRET, SECRET, "on the record", "is red", ""
    ).out
    assert "From now on nothing is kept" in out
    assert files_holding(home, SECRET) == []
    assert [text for text in texts(home) if "record" not in text] == ["the boat", "is red"]
    assert "recording is on" in out


def test_suspended_it_stays_suspended_over_steps_and_another_day(home: Path) -> None:
    start(home, "yes", "yes", "off the record until I say on", SECRET, "", f"so {SECRET}")
    lines = [f"still {SECRET}", "", "yes"]
    given = "".join(f"{line}\n" for line in lines)
    out = installed(home, "start", "--resume", *TYPED[:3], given=given).fine().out
    assert "still off the record" in out
    assert record(only_session(home))[-1]["why"] == "completed"
    assert files_holding(home, SECRET) == []


def test_nothing_said_in_a_break_is_kept_and_on_return_it_asks_whether_both_are_calm(home: Path) -> None:
    out = start(
        home, "yes", "yes", "the boat", "break", f"an hour, {SECRET}", SECRET, "continue", SECRET, "yes", "is red", ""
    ).out
    assert "We take a break of an hour, until about" in out
    assert out.index("We take a break") < out.index("Are you both calm enough") < out.index("Mia: is red")
    assert files_holding(home, SECRET) == []
    assert {"the boat", "60 minutes", "is red"} <= set(texts(home))


def test_who_is_alone_keeps_nothing_unless_they_ask_for_it(home: Path) -> None:
    solo = SHORT.replace('"both"', '"solo"').replace('"second"', '"first"').replace("and {second}", "")
    path = home / "config/exercises/a-short-one.toml"
    path.write_text(solo.replace("mirror =", "floor =").split("check =")[0] + '[[steps]]\nsay = "Bye."\n', "utf-8")
    out = start(home, "Zoe", "no", SECRET, "").out
    assert "This is for you alone" in out
    assert f"Zoe: {SECRET}" in out
    assert session_folders(home) == []
    assert files_holding(home, SECRET) == []
    start(home, "Zoe", "yes", "the boat", "")
    assert record(only_session(home))[0]["first"] is None
    assert of_type(record(only_session(home)), "utterance")[0]["partner"] == "b"


@pytest.mark.full
def test_who_goes_first_changes_from_session_to_session(home: Path) -> None:
    first = []
    for _ in range(3):
        out = start(home, "yes", "yes", "the boat", "").out
        first.append("Mia" if "Guide: Mia, what is it?" in out else "Zoe")
    assert first in (["Mia", "Zoe", "Mia"], ["Zoe", "Mia", "Zoe"])
    # To the millisecond: two short evenings can begin in one second, and the newer one must be told from the other.
    assert all(re.search(r"\.\d{3}[+-]", record(folder)[0]["started"]) for folder in session_folders(home))
    assert [record(folder)[0]["first"] for folder in session_folders(home)].count("b") in (1, 2)
