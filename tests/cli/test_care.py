"""Care before everything: the safety page on a real terminal, the helplines, and what of it reaches the disk."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from tests.support.command import SHORT, add_short, typed, voiceguide
from tests.support.terminal import terminal
from voiceguide import care
from voiceguide.errors import NotFoundError

START = ("start", "a-short-one", "--keyboard", "--speaker", "none")
CLEARED = "\x1b[?1049l"
"""The screen of its own is left: what was on it is gone."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With the short exercise, and nobody who has read the page."""
    add_short(tmp_path)
    (tmp_path / "data" / "safety-page-shown").unlink()
    return tmp_path


def on_disk(home: Path) -> dict[str, bytes]:
    """Every file but the exercise and what can be made again."""
    files = [path for path in home.rglob("*") if path.is_file() and path.suffix != ".toml"]
    return {str(path.relative_to(home)): path.read_bytes() for path in files if "cache" not in path.parts}


def test_each_reads_it_alone_and_only_the_date_is_stored(home: Path) -> None:
    """The only one in the default selection that opens a terminal."""
    today = date.today()
    with terminal(home, *START) as screen:
        assert "\x1b[?1049h" in screen.until("one of you look")
        screen.answer(("q: clear the screen and leave", "\r"))
        page = screen.until("voiceguide helplines")
        assert "afraid of your partner" in page
        assert "0808 2000 247" in page
        screen.answer(("q: clear", "\n"))
        screen.until("Now the other one")
        assert set(on_disk(home)) == {"data/in-use.json"}  # which goes with the program
        screen.press("\n")
        screen.until("afraid of your partner")
        screen.answer(("q: clear", "\n"), ("may I record", "/stop\n/stop\n"))
        assert screen.finish() == 0
    assert on_disk(home) in [{"data/safety-page-shown": f"{day}\n".encode()} for day in (today, date.today())]
    assert "afraid of your partner" not in typed(home, start=START[1:2]).out


@pytest.mark.full
@pytest.mark.parametrize("reader", [1, 2])
@pytest.mark.parametrize("key", ["q", "Q", "\x03"])
def test_one_key_leaves_without_a_trace(home: Path, reader: int, key: str) -> None:
    with terminal(home, *START) as screen:
        for shown in ["one of you look", "afraid of your partner", "Now the other one"][: 2 * reader - 1]:
            screen.until(shown)
            screen.answer(("q: clear", "\n"))
        screen.until("afraid of your partner")
        screen.answer(("q: clear", key))
        assert screen.finish() == 0
        after = screen.written.rpartition(CLEARED)[2]
        assert CLEARED in screen.written
    assert re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\^C|\s", "", after) == ""
    assert on_disk(home) == {}


@pytest.mark.full
def test_it_can_be_read_in_a_small_window(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)

    with terminal(home, *START, rows=10, columns=40) as screen:
        seen = ""
        for _ in range(12):
            seen += screen.until("leave")
            if "voiceguide helplines" in seen:
                break
            screen.press("\n")
    words = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", " ", seen)
    lost = [line for line in care.safety_page().split() if line not in words and "://" not in line]
    assert lost == []


@pytest.mark.full
def test_who_does_an_exercise_alone_reads_it_and_the_other_still_will(home: Path) -> None:
    solo = SHORT.replace('"both"', '"solo"').replace('"second"', '"first"')
    (home / "config/exercises/a-short-one.toml").write_text(solo, "utf-8")
    with terminal(home, *START) as screen:
        for shown in ("a page for you to read", "afraid of your partner"):
            screen.until(shown)
            screen.answer(("q: clear", "\n"))
        screen.answer(("Who is here", "/stop\n/stop\n"))
        screen.finish()
    assert on_disk(home) == {}


def test_off_a_terminal_where_nobody_may_see_it_it_is_printed_and_comes_again(home: Path) -> None:
    first = voiceguide(home, *START, env={"LC_ALL": "de_AT.UTF-8"}).fine().out
    assert first.index("afraid of your partner") < first.index("may I record")
    assert "Austria" in first
    assert "afraid of your partner" in voiceguide(home, *START).fine().out
    assert on_disk(home) == {}


@pytest.mark.full
def test_the_demo_shows_none(home: Path) -> None:
    assert "afraid" not in voiceguide(home, "demo", "a-short-one", "--speaker", "none").fine().out
    assert "data/safety-page-shown" not in on_disk(home)


def test_where_nothing_can_be_stored_that_is_said_before_anybody_reads(home: Path) -> None:
    (home / "data").rmdir()
    (home / "data").write_text("in the way", "utf-8")
    done = voiceguide(home, *START)
    assert "a file stands in its place" in done.complaint()
    assert done.out == ""


# -- helplines ---------------------------------------------------------------------------------------------------


def test_every_country_has_whom_to_call_and_every_line_a_source() -> None:
    known = care.helplines()
    assert len(known.countries) >= 20
    assert date(2026, 1, 1) < known.as_of <= date.today()
    for code, country in known.countries.items():
        assert re.fullmatch(r"[A-Z]{2}", code)
        assert re.fullmatch(r"[0-9]{2,5}( or [0-9]{2,5})*", country.emergency), country
        assert any("abuse" in line.for_ or "violence" in line.for_ for line in country.lines), country
    for country in (*known.countries.values(), known.anywhere):
        for line in country.lines:
            assert line.phone or line.web, line
            assert line.source.startswith("https://"), line
            assert re.fullmatch(r"[0-9 ()+-]*", line.phone), line


def test_the_page_fits_a_terminal_and_says_what_software_cannot() -> None:
    page = care.safety_page()
    assert max(map(len, page.splitlines())) <= 78
    assert "cannot tell whether you are safe" in page


@pytest.mark.parametrize(
    ("value", "code"), [("en_GB.UTF-8", "GB"), ("de_AT", "AT"), ("C.UTF-8", None), ("", None), ("en_XX.UTF-8", None)]
)
def test_the_country_is_the_systems(monkeypatch: pytest.MonkeyPatch, value: str, code: str | None) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", value)
    here = care.helplines().here
    assert (here and here.code) == code


def test_a_country_is_found_by_its_code_and_what_its_people_call_it() -> None:
    called = {
        "GB": ("gb", "United kingdom", " UK "),
        "DE": ("deutschland",),
        "AT": ("Österreich", "osterreich"),
        "ES": ("españa", "ESPANA"),
        "GR": ("Ελλαδα",),
        "JP": ("日本",),
    }
    found = {code: {care.helplines().of(name).code for name in names} for code, names in called.items()}
    assert found == {code: {code} for code in called}
    for wanted, near in (("Irland", "Ireland"), ("Deutchland", "Deutschland")):
        with pytest.raises(NotFoundError, match=f"did you mean {near}"):
            care.helplines().of(wanted)


@pytest.mark.parametrize(
    ("language", "first"), [("en_US.UTF-8", ["United States", "Anywhere"]), ("C.UTF-8", ["Anywhere", "United Kingdom"])]
)
def test_the_own_country_and_anywhere_stand_first(tmp_path: Path, language: str, first: list[str]) -> None:
    out = voiceguide(tmp_path, "helplines", env={"LC_ALL": "", "LC_MESSAGES": "", "LANG": language}).fine().out
    assert [line.split(" (")[0] for line in out.splitlines() if line and line[0] != " "][:2] == first


def test_the_command_lists_them(tmp_path: Path) -> None:
    out = voiceguide(tmp_path, "helplines", "Ireland").fine().out
    assert "Ireland (in danger:" in out
    assert "Germany" not in out
    assert "Germany" in voiceguide(tmp_path, "helplines").fine().out
    found = json.loads(voiceguide(tmp_path, "helplines", "--json", "GB").fine().out)
    assert found["countries"][0]["lines"][0]["source"].startswith("https://")
    assert not (tmp_path / "data").exists()
