"""``start --keyboard``: a whole session typed, through the real command with the real voice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.command import (
    Done,
    Running,
    add_short,
    files_holding,
    installed,
    of_type,
    only_session,
    record,
    session_folders,
    voiceguide,
)

CONSENT = ("yes", "yes")
SECRET = "my purple wombat"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    add_short(home)
    return home


def typed(home: Path, *lines: str, resume: bool = False) -> Done:
    """A session with these lines typed ahead; it stops where they end."""
    what = ["--resume"] if resume else ["a-short-one", "--names", "Mia,Zoe"]
    return installed(home, "start", *what, "--keyboard", "--speaker", "none", given="".join(f"{s}\n" for s in lines))


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


def test_a_whole_exercise(home: Path) -> None:
    done = typed(home, *CONSENT, "the boat is red", "", "a red boat", "", "yes").fine()
    assert answers(home) == [("a", "the boat is red"), ("b", "a red boat")]
    assert ending(home) == "completed"
    assert "Mia: the boat is red" in done.out
    assert "step 4 of 4" in done.out
    assert f"voiceguide replay {only_session(home).name}" in done.out
    header = record(only_session(home))[0]
    assert header["names"] == ["Mia", "Zoe"]
    assert header["simulated"] is False
    shown = voiceguide(home, "show").fine().out
    assert re.search(r"^Mia \(\d+, 0:\d\d\): the boat is red", shown, re.M)
    assert "\nCompleted; " in shown


def test_one_letter_answers_a_question_and_a_question_mark_asks_for_help(home: Path) -> None:
    typed(home, "y", "y", "y", "?", "", "a red boat", "", "n", "N", "", "", "Y").fine()
    assert answers(home) == [("a", "y"), ("b", "a red boat"), ("a", "N")]
    assert any(said.startswith("You can say") for said in prompts(home))
    assert ending(home) == "completed"


def test_a_finished_session_is_not_resumed(home: Path) -> None:
    typed(home, *CONSENT, "one", "", "two", "", "yes")
    before = (only_session(home) / "session.jsonl").read_bytes()
    assert "is finished" in typed(home, resume=True).fine().out
    assert (only_session(home) / "session.jsonl").read_bytes() == before


def test_a_missed_part_is_said_and_mirrored_until_yes(home: Path) -> None:
    lines = ("a boat", "", "a goat", "", "no", "no, a boat", "", "a boat", "", "yes")
    typed(home, *CONSENT, *lines).fine()
    assert answers(home) == [("a", "a boat"), ("b", "a goat"), ("a", "no, a boat"), ("b", "a boat")]
    assert prompts(home).count("Zoe, what was it?") == 2
    assert ending(home) == "completed"


@pytest.mark.parametrize("refusal", [("no",), ("yes", "no")], ids=["the first", "the second"])
def test_after_a_no_nothing_is_kept(home: Path, refusal: tuple[str, ...]) -> None:
    done = typed(home, *refusal, SECRET, "/what did I say", "", SECRET, "", "yes").fine()
    assert f"Mia: {SECRET}" in done.out
    assert "step 4 of 4" in done.out
    assert "Nothing was recorded." in done.out
    assert session_folders(home) == []
    assert files_holding(home, SECRET) == []
    kept = {path.relative_to(home).parts[:2] for path in home.rglob("*") if path.is_file()}
    own = {("config", "exercises"), ("config", "names.json"), ("data", "safety-page-shown")}
    assert kept <= {*own, ("cache", "prompts")}


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
    done = typed(home, "maybe", "let me see", "yes", "go on", "yes").fine()
    assert "Is it yes or no?" in done.out
    assert len(session_folders(home)) == 1


def test_who_does_not_know_is_not_recorded(home: Path) -> None:
    typed(home, "yes", "I don't know", SECRET).fine()
    assert session_folders(home) == []
    assert files_holding(home, SECRET) == []


def test_slash_commands(home: Path) -> None:
    lines = ("one", "/what did I say", "/pause", "/continue", "/repeat", "/help", "/next", "/back", "/stop")
    done = typed(home, *CONSENT, *lines).fine()
    given = [line.removeprefix("/") for line in lines if line.startswith("/")]
    assert [command for command in commands(home) if command in given] == given
    for words in ("this is what I heard. one", "We pause.", "We go on.", "You can say", "We stop here."):
        assert f"{words}" in done.out
    assert ending(home) == "stopped"


def test_next_and_back_change_the_step(home: Path) -> None:
    done = typed(home, *CONSENT, "one", "/next", "/next", "/back", "/stop").fine()
    steps = [line.partition(", ")[2] for line in done.out.splitlines() if line.startswith("-- ")]
    assert steps == [f"step {place} of 4 --" for place in (1, 2, 3, 4, 3)]


def test_what_is_typed_in_a_pause_is_not_kept(home: Path) -> None:
    typed(home, *CONSENT, "one", "/pause", SECRET, "/continue", "", "/stop").fine()
    assert files_holding(home, SECRET) == []
    assert answers(home) == [("a", "one")]


@pytest.mark.parametrize("agreed", [True, False], ids=["yes", "no"])
@pytest.mark.full
def test_off_the_record_removes_the_words_everywhere(home: Path, agreed: bool) -> None:
    lines = (SECRET, "/what did I say", "/off the record", "yes" if agreed else "no", "a boat", "", "/stop")
    done = typed(home, *CONSENT, *lines).fine()
    assert "Mia, shall I remove your last turn" in done.out
    assert bool(files_holding(home, SECRET)) is not agreed
    assert ("It is gone, Mia" in done.out) is agreed
    assert "a boat" in {text for _, text in answers(home)}
    assert (SECRET in voiceguide(home, "show").fine().out) is not agreed


def test_off_the_record_takes_an_ended_turn(home: Path) -> None:
    typed(home, *CONSENT, SECRET, "", "/off the record", "yes", "a boat", "", "yes").fine()
    assert files_holding(home, SECRET) == []
    assert ending(home) == "completed"


@pytest.mark.parametrize("known", ["/fly", "/", "/ ", "/stop now or never", "/\x1b[31m"])
@pytest.mark.full
def test_an_unknown_command_is_said_to_be_one(home: Path, known: str) -> None:
    done = typed(home, *CONSENT, known, "one", "", "two", "", "yes").fine()
    assert "There is no command" in done.out
    assert "/what did I say" in done.out
    assert "\x1b" not in done.out
    assert ending(home) == "completed"


def test_a_command_that_means_nothing_here_is_said_to(home: Path) -> None:
    done = typed(home, "/next", *CONSENT, "/stop").fine()
    assert "'next' means nothing here" in done.out


def test_the_end_of_the_input_stops_and_saves(home: Path) -> None:
    done = typed(home, *CONSENT, "a boat", "", "a go").fine()
    assert ending(home) == "stopped"
    assert f"voiceguide start --resume {only_session(home).name}" in done.out


def test_resume_goes_on_at_the_very_step(home: Path) -> None:
    typed(home, *CONSENT, "a boat", "", "a go")
    done = typed(home, "at", "", "yes", resume=True).fine()
    assert "Welcome back. We were at step 3." in done.out
    assert "step 1 of 4" not in done.out
    assert "step 2 of 4" not in done.out
    assert answers(home) == [("a", "a boat"), ("b", "a go"), ("b", "at")]
    assert ending(home) == "completed"
    assert len(session_folders(home)) == 1


@pytest.mark.full
def test_a_session_can_be_stopped_and_resumed_at_every_line(home: Path) -> None:
    for line in ("one", "", "two", "", "no", "three", "", "four", "", "yes"):
        begun = bool(session_folders(home))
        typed(home, *(() if begun else CONSENT), line, resume=begun).fine()
    assert [text for _, text in answers(home)] == ["one", "two", "three", "four"]
    assert ending(home) == "completed"


@pytest.mark.full
def test_long_and_strange_lines_are_kept_as_typed(home: Path) -> None:
    strange = "wörds — “quoted” \u202e & <b> 中文 🙂"
    long = "so " * 20_000 + "be it"
    typed(home, *CONSENT, strange, long, "", "two", "", "yes").fine()
    assert answers(home)[:2] == [("a", strange), ("a", long)]
    assert ending(home) == "completed"


def test_bytes_that_are_no_text_do_no_harm(home: Path) -> None:
    given = b"yes\nyes\n\xff\xfe\x00\x07boat\n\n\xc3(\n\nyes\n"
    done = installed(home, "start", "a-short-one", "--keyboard", "--speaker", "none", given=given).fine()
    assert "\x07" not in done.out
    assert ending(home) == "completed"
