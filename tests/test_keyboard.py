"""``start --keyboard``: sessions that are typed, and what of them reaches the disk."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.command import (
    SHORT,
    Running,
    add_short,
    files_holding,
    header,
    of_type,
    only_session,
    record,
    session_folders,
    typed,
    voiceguide,
)
from voiceguide.voice_commands import VoiceCommand

CONSENT = ("yes", "yes")
SECRET = "my purple wombat"
RESUME = ("--resume",)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    add_short(tmp_path)
    return tmp_path


def answers(home: Path) -> list[tuple[str, str]]:
    """Who said what, commands left out."""
    said = of_type(record(only_session(home)), "utterance")
    return [(line["partner"], line["text"]) for line in said if not line.get("command")]


def commands(home: Path) -> list[str]:
    lines = of_type(record(only_session(home)), "utterance", "command")
    return [line["command"] for line in lines if line.get("command")]


def prompts(home: Path) -> list[str]:
    return [line["text"] for line in of_type(record(only_session(home)), "prompt")]


def ending(home: Path) -> str:
    return str(record(only_session(home))[-1].get("why"))


def test_one_letter_answers_a_question_and_a_question_mark_asks_for_help(home: Path) -> None:
    typed(home, "y", "y", "y", "?", "", "a red boat", "", "n", "N", "", "", "Y")
    assert answers(home) == [("a", "y"), ("b", "a red boat"), ("a", "N")]
    assert any(said.startswith("You can say") for said in prompts(home))
    assert ending(home) == "completed"


def test_a_finished_session_is_not_resumed(home: Path) -> None:
    typed(home, *CONSENT, "one", "", "two", "", "yes")
    before = (only_session(home) / "session.jsonl").read_bytes()
    assert "is finished" in typed(home, start=RESUME).out
    assert (only_session(home) / "session.jsonl").read_bytes() == before


def test_a_missed_part_is_said_and_mirrored_until_yes(home: Path) -> None:
    typed(home, *CONSENT, "a boat", "", "a goat", "", "no", "no, a boat", "", "a boat", "", "yes")
    assert answers(home) == [("a", "a boat"), ("b", "a goat"), ("a", "no, a boat"), ("b", "a boat")]
    assert prompts(home).count("Zoe, what was it?") == 2
    assert ending(home) == "completed"


@pytest.mark.parametrize("refusal", [("no",), ("yes", "no")], ids=["the first", "the second"])
def test_after_a_no_nothing_is_kept(home: Path, refusal: tuple[str, ...]) -> None:
    done = typed(home, *refusal, SECRET, "/what did I say", "", SECRET, "", "yes")
    assert f"Mia: {SECRET}" in done.out
    assert "step 4 of 4" in done.out
    assert "Nothing was recorded." in done.out
    assert session_folders(home) == []
    assert files_holding(home, SECRET) == []
    kept = {path.relative_to(home).parts[:2] for path in home.rglob("*") if path.is_file()}
    own = {("config", "exercises"), ("config", "names.json"), ("data", "safety-page-shown")}
    assert kept <= {*own, ("cache", "prompts")}


@pytest.mark.full
def test_before_both_have_agreed_nothing_is_on_disk(home: Path) -> None:
    with Running(home, "start", "a-short-one", "--keyboard", "--speaker", "none") as command:
        command.until("First partner answers yes or no")
        command.say(SECRET)
        command.until(SECRET)
        command.say("yes")
        command.until("Second partner answers yes or no")
        assert not (home / "data" / "sessions").exists()
        assert files_holding(home, SECRET) == []
        command.say("yes")
        command.until("step 1 of 4")
        assert files_holding(home, SECRET) == []
        assert of_type(record(only_session(home)), "utterance") == []
        command.end_input()
        command.finish().fine()


def test_consent_is_asked_again_until_it_is_clear(home: Path) -> None:
    assert "Is it yes or no?" in typed(home, "maybe", "let me see", "yes", "go on", "yes").out
    assert len(session_folders(home)) == 1


def test_who_does_not_know_is_not_recorded(home: Path) -> None:
    typed(home, "yes", "I don't know", SECRET)
    assert session_folders(home) == []
    assert files_holding(home, SECRET) == []


def test_slash_commands(home: Path) -> None:
    lines = ("one", "/what did I say", "/pause", "/continue", "/repeat", "/help", "/next", "/back", "/stop")
    done = typed(home, "/next", *CONSENT, *lines)
    given = [line.removeprefix("/") for line in lines if line.startswith("/")]
    assert [command for command in commands(home) if command in given] == given
    told = ("'next' means nothing here", "this is what I heard. one", "We pause.", "We go on.", "You can say")
    assert [words for words in (*told, "We stop here.") if words not in done.out] == []
    assert ending(home) == "stopped"


def test_next_and_back_change_the_step(home: Path) -> None:
    done = typed(home, *CONSENT, "one", "/next", "/next", "/back", "/stop")
    steps = [line.partition(", ")[2] for line in done.out.splitlines() if line.startswith("-- ")]
    assert steps == [f"step {place} of 4 --" for place in (1, 2, 3, 4, 3)]


def test_an_unknown_command_is_said_to_be_one(home: Path) -> None:
    unknown = ("/fly", "/", "/ ", "/stop now or never", "/\x1b[31m")
    out = typed(home, *CONSENT, *unknown, "one", "", "two", "", "yes").out
    listed = ", ".join(f"/{command}" for command in VoiceCommand)
    told = re.findall(r"\(There is no command (/.*?)\. There are: (.*)\.\)", out)
    assert told == [(name, listed) for name in ("/fly", "/", "/", "/stop now or never", "/�[31m")]
    assert "\x1b" not in out
    assert ending(home) == "completed"


def test_the_input_ends_it_saved_and_resume_goes_on_at_the_very_step(home: Path) -> None:
    out = typed(home, *CONSENT, "a boat", "", "a go").out
    assert ending(home) == "stopped"
    assert f"voiceguide start --resume {only_session(home).name}" in out
    out = typed(home, "at", "", "yes", start=RESUME).out
    assert "Welcome back. We were at step 3." in out
    assert "step 1 of 4" not in out
    assert "step 2 of 4" not in out
    assert answers(home) == [("a", "a boat"), ("b", "a go"), ("b", "at")]
    assert ending(home) == "completed"


def test_a_session_can_be_stopped_and_resumed_at_every_line(home: Path) -> None:
    typed(home, *CONSENT)
    for line in ("one", "", "two", "", "no", "three", "", "four", "", "yes"):
        typed(home, line, start=RESUME)
    assert [text for _, text in answers(home)] == ["one", "two", "three", "four"]
    assert ending(home) == "completed"


def test_long_and_strange_lines_are_kept_as_typed(home: Path) -> None:
    strange = "wörds — “quoted” \u202e & <b> 中文 🙂"
    long = "so " * 20_000 + "be it"
    typed(home, *CONSENT, strange, long, "", "two", "", "yes")
    assert answers(home)[:2] == [("a", strange), ("a", long)]
    assert ending(home) == "completed"


def test_bytes_that_are_no_text_do_no_harm(home: Path) -> None:
    given = b"yes\nyes\n\xff\xfe\x00\x07boat\n\n\xc3(\n\nyes\n"
    done = voiceguide(home, "start", "a-short-one", "--keyboard", "--speaker", "none", given=given).fine()
    assert "\x07" not in done.out
    assert ending(home) == "completed"


def test_names_are_remembered(home: Path) -> None:
    start = ("a-short-one",)
    assert "Mia, may I record" in typed(home, start=(*start, "--names", "Mia,Zoë")).out
    assert "Mia, may I record" in typed(home, start=start).out
    (home / "config" / "names.json").write_text('["\\u001b[2J", 5]', "utf-8")
    assert "First partner, may I record" in typed(home, start=start).out


# -- off the record, in a pause, in a break, alone ---------------------------------------------------------------


def test_what_is_typed_in_a_pause_is_not_kept(home: Path) -> None:
    typed(home, *CONSENT, "one", "/pause", SECRET, "/continue", "", "/stop")
    assert files_holding(home, SECRET) == []
    assert answers(home) == [("a", "one")]


@pytest.mark.parametrize("agreed", [True, False], ids=["yes", "no"])
def test_off_the_record_removes_the_words_everywhere(home: Path, agreed: bool) -> None:
    lines = (SECRET, "/what did I say", "/off the record", "yes" if agreed else "no", "a boat", "", "/stop")
    done = typed(home, *CONSENT, *lines)
    assert "Mia, shall I remove your last turn" in done.out
    assert bool(files_holding(home, SECRET)) is not agreed
    assert ("It is gone, Mia" in done.out) is agreed
    assert "a boat" in {text for _, text in answers(home)}
    assert (SECRET in voiceguide(home, "show").fine().out) is not agreed


def test_off_the_record_takes_an_ended_turn(home: Path) -> None:
    typed(home, *CONSENT, SECRET, "", "/off the record", "yes", "a boat", "", "yes")
    assert files_holding(home, SECRET) == []
    assert ending(home) == "completed"


def test_off_the_record_until_i_say_on_suspends_it(home: Path) -> None:
    suspend = "off the record until I say on"
    out = typed(home, *CONSENT, "the boat", suspend, SECRET, SECRET, "on the record", "is red", "").out
    assert "From now on nothing is kept" in out
    assert files_holding(home, SECRET) == []
    assert [text for _, text in answers(home) if "record" not in text] == ["the boat", "is red"]
    assert "recording is on" in out


def test_suspended_it_stays_suspended_over_steps_and_another_day(home: Path) -> None:
    typed(home, *CONSENT, "off the record until I say on", SECRET, "", f"so {SECRET}")
    assert "still off the record" in typed(home, f"still {SECRET}", "", "yes", start=RESUME).out
    assert ending(home) == "completed"
    assert files_holding(home, SECRET) == []


def test_nothing_said_in_a_break_is_kept_and_on_return_it_asks_whether_both_are_calm(home: Path) -> None:
    breaks = ("break", f"an hour, {SECRET}", SECRET, "continue", SECRET, "yes")
    out = typed(home, *CONSENT, "the boat", *breaks, "is red", "").out
    assert "We take a break of an hour, until about" in out
    assert out.index("We take a break") < out.index("Are you both calm enough") < out.index("Mia: is red")
    assert files_holding(home, SECRET) == []
    assert {"the boat", "60 minutes", "is red"} <= {line["text"] for line in said(home)}


def test_who_is_alone_keeps_nothing_unless_they_ask_for_it(home: Path) -> None:
    solo = SHORT.replace('"both"', '"solo"').replace('"second"', '"first"').replace("and {second}", "")
    path = home / "config/exercises/a-short-one.toml"
    path.write_text(solo.replace("mirror =", "floor =").split("check =")[0] + '[[steps]]\nsay = "Bye."\n', "utf-8")
    out = typed(home, "Zoe", "no", SECRET, "").out
    assert "This is for you alone" in out
    assert f"Zoe: {SECRET}" in out
    assert session_folders(home) == []
    assert files_holding(home, SECRET) == []
    typed(home, "Zoe", "yes", "the boat", "")
    assert header(home)["first"] is None
    assert said(home)[0]["partner"] == "b"


def said(home: Path) -> list[dict[str, object]]:
    return of_type(record(only_session(home)), "utterance")


def test_who_goes_first_changes_from_session_to_session(home: Path) -> None:
    shown = [typed(home, *CONSENT, "the boat", "").out for _ in range(3)]
    assert [("Guide: Mia, what is it?" in out, "Guide: Zoe, what is it?" in out) for out in shown] == [
        (True, False), (False, True), (True, False),
    ]  # fmt: skip
    # To the millisecond: two short evenings can begin in one second, and the newer one must be told from the other.
    begun = sorted((record(folder)[0] for folder in session_folders(home)), key=lambda each: str(each["started"]))
    assert [each["started"] for each in begun if not re.search(r"\.\d{3}[+-]", each["started"])] == []
    assert [each["first"] for each in begun] == ["a", "b", "a"]
