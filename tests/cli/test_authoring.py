"""Exercises people write themselves: begun, checked, walked through and run, by the real command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import SHORT, have_read_the_safety_page, installed, of_type, only_session, record, voiceguide

EXERCISES = Path("config") / "exercises"


def written(home: Path, text: str, name: str = "a-short-one") -> str:
    """A file with this text, somewhere; its path."""
    home.mkdir(parents=True, exist_ok=True)
    (home / f"{name}.toml").write_text(text, encoding="utf-8")
    return str(home / f"{name}.toml")


def test_a_new_one_is_a_sound_exercise_without_any_advice(tmp_path: Path) -> None:
    out = voiceguide(tmp_path, "exercises", "new", "Our Sunday's walk").fine().out
    path = tmp_path / EXERCISES / "our-sundays-walk.toml"
    assert str(path) in out
    checked = voiceguide(tmp_path, "exercises", "check", str(path)).fine().out.splitlines()
    assert checked[1:] == [f"See how it runs: voiceguide exercises try {path}"]
    assert checked[0].startswith("Our Sunday's walk can be used: 11 steps, about 5.")
    assert "our-sundays-walk" in voiceguide(tmp_path, "exercises").fine().out


def test_a_new_one_can_be_done_at_once(tmp_path: Path) -> None:
    voiceguide(tmp_path, "exercises", "new", "Our morning").fine()
    have_read_the_safety_page(tmp_path)
    given = (
        "yes\nyes\nyes\nyes\na walk\n\nsoup\n\na talk\n\na talk\n\nyes\nnothing\n\nnothing\n\nyes\ntea\n\nyes\na week\n"
    )
    installed(tmp_path, "start", "our-morning", "--keyboard", "--speaker", "none", given=given).fine()
    assert record(only_session(tmp_path))[-1]["why"] == "completed"
    assert [line["text"] for line in of_type(record(only_session(tmp_path)), "utterance")][-3:] == [
        "tea",
        "yes",
        "a week",
    ]


def test_none_is_written_over(tmp_path: Path) -> None:
    voiceguide(tmp_path, "exercises", "new", "Our morning").fine()
    path = tmp_path / EXERCISES / "our-morning.toml"
    path.write_text("mine", "utf-8")
    assert "already" in voiceguide(tmp_path, "exercises", "new", "our  MORNING").complaint()
    assert path.read_text("utf-8") == "mine"


@pytest.mark.parametrize("title", ["", "!!!", 'Say "yes"', "x" * 70])
def test_a_title_that_makes_no_name_is_refused(tmp_path: Path, title: str) -> None:
    assert "cannot be a title" in voiceguide(tmp_path, "exercises", "new", title).complaint()
    assert not list((tmp_path / EXERCISES).glob("*")) if (tmp_path / EXERCISES).exists() else True


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SHORT.replace("seconds = 60", "seconds = 2"), "steps[1].seconds (step 2) must be a number from 5"),
        (SHORT.replace('theme = "trust"', "theme ="), "line 4"),
        (SHORT.replace("{first}, what", "{frist}, what"), "holds '{frist}'"),
        ("", "is empty"),
    ],
)
def test_check_names_the_place_and_the_mend(tmp_path: Path, text: str, says: str) -> None:
    assert says in voiceguide(tmp_path, "exercises", "check", written(tmp_path, text)).complaint()


def test_check_advises_on_words_time_and_care(tmp_path: Path) -> None:
    text = SHORT.replace("Thank you.", "You should always listen, " + "and be kind to each other " * 15)
    out = voiceguide(tmp_path, "exercises", "check", written(tmp_path, text)).fine().out
    assert "minutes says 1: write" in out
    assert "always and should can press" in out
    assert "cut it in two" in out
    assert "can say pause" in out


def test_check_and_try_where_there_is_no_file(tmp_path: Path) -> None:
    for command in ("check", "try"):
        assert "There is no file" in voiceguide(tmp_path, "exercises", command, "nowhere.toml").complaint()


def test_a_fragment_is_checked_and_not_tried(tmp_path: Path) -> None:
    good = written(tmp_path, 'fragment = true\nid = "us"\n[[steps]]\nsay = "Hello."\n', "us")
    assert "fragment" in voiceguide(tmp_path, "exercises", "check", good).fine().out
    assert "cannot run alone" in voiceguide(tmp_path, "exercises", "try", good).complaint()
    bad = written(tmp_path, 'fragment = true\nid = "us"\n[[steps]]\nsya = "Hello."\n', "us")
    assert "sya" in voiceguide(tmp_path, "exercises", "check", bad).complaint()


def test_try_prints_all_that_would_be_said(tmp_path: Path) -> None:
    out = voiceguide(tmp_path, "exercises", "try", written(tmp_path, SHORT)).fine().out
    assert out.splitlines() == [
        "Guide: Hello, Robin and Kim.",
        "Guide: Robin, what is it?",
        "  Robin (floor, 60 seconds): The red boat is on the long river.",
        "Guide: Kim, what was it?",
        "  Kim (mirror): You said that a boat is on the river.",
        "Guide: Robin, was it that?",
        "  Robin: Yes.",
        "Guide: Thank you.",
    ]


def test_try_takes_the_id_of_one_that_is_there_and_finds_fragments_beside_the_file(tmp_path: Path) -> None:
    assert "Guide: " in voiceguide(tmp_path, "exercises", "try", "weekly-us").fine().out
    written(tmp_path, 'fragment = true\nid = "us"\n[[steps]]\nsay = "Hello from beside."\n', "us")
    out = voiceguide(tmp_path, "exercises", "try", written(tmp_path, SHORT + '[[steps]]\ninclude = "us"\n')).fine().out
    assert out.endswith("Guide: Hello from beside.\n")


def test_none_of_ours_is_replaced_unasked(tmp_path: Path) -> None:
    assert "comes with voiceguide" in voiceguide(tmp_path, "exercises", "new", "Settle").complaint()
    assert "Settle can be used" in voiceguide(tmp_path, "exercises", "check", "settle").fine().out
