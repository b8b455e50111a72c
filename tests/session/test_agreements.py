"""Agreements: what the machine makes of them, how they are found again, and the whole way through the command."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.command import add_exercise, files_holding, installed, record, session_folders, voiceguide
from tests.support.exercise_text import head
from tests.support.session_driver import AGREE, NAMES, RICH, STEPS, Driver, spoken
from voiceguide.exercise import StepKind, course
from voiceguide.record.agreements import agreements, due, recalled
from voiceguide.session import Session, phrases
from voiceguide.session.agreeing import Due, Outcome, with_reviews
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand as C

TEA = "When we are tired, I make tea."
PROMISE = (
    head("A promise")
    + """
[[steps]]
say = "Hello."
[[steps]]
agree = "{first}, what will you do?"
partner = "first"
[[steps]]
say = "Thank you."
"""
)
TYPED = ("--keyboard", "--speaker", "none")


# -- the machine -------------------------------------------------------------------------------------------------


def asked_to_agree(saved: bool = True) -> Driver:
    """As far as the question what they will do."""
    driver = Driver(Session(RICH, NAMES, saved=saved)).begin().hear_out()
    while driver.session.index < AGREE:
        driver.key(C.NEXT)
        driver.hear_out()
    return driver


def told(driver: Driver, words: str) -> Driver:
    """They say it, and hear it read back."""
    driver.say(words)
    driver.say("I'm done", C.DONE)
    driver.wait()
    return driver.hear_out()


def promised() -> Driver:
    """Said, and read back."""
    return told(asked_to_agree(), TEA)


def test_what_was_found_right_is_agreed_for_a_week_until_a_date_is_said() -> None:
    driver = promised()
    assert driver.session.agreed == {}
    driver.say("yes", C.YES)
    assert driver.session.agreed == {7: Outcome(7, "both", TEA, "a week")}
    driver.hear_out()
    driver.say("in two weeks, I would say")
    assert driver.session.agreed[7].again == "two weeks"


def test_what_was_not_right_is_not_agreed_and_what_is_said_then_is() -> None:
    driver = promised()
    driver.say("no", C.NO)
    driver.hear_out()
    assert driver.session.agreed == {}
    told(driver, "When we are tired, I make soup.")
    driver.say("yes", C.YES)
    assert driver.session.agreed[7].words == "When we are tired, I make soup."


def test_an_unclear_answer_does_not_become_the_agreement() -> None:
    driver = promised()
    driver.say("let me think for a moment")
    driver.hear_out()
    assert TEA in spoken(driver.key(C.REPEAT))[0]
    driver.hear_out()
    driver.say("yes", C.YES)
    assert driver.session.agreed[7].words == TEA


def test_what_is_taken_off_the_record_is_not_agreed_any_more() -> None:
    driver = promised()
    driver.say("yes", C.YES)
    driver.hear_out()
    driver.say("off the record", C.OFF_THE_RECORD)
    driver.hear_out()
    driver.say("yes", C.YES)
    assert driver.session.agreed == {}


def test_what_is_agreed_off_the_record_is_said_to_be_between_them() -> None:
    driver = asked_to_agree()
    driver.key(C.SUSPEND)
    driver.hear_out()
    driver.say(TEA)
    driver.say("I'm done", C.DONE)
    assert spoken(driver.wait()) == [phrases.not_agreed()]
    assert spoken(driver.hear()) == [RICH[-1].prompt]
    assert driver.session.agreed == {}


def test_where_nothing_is_saved_no_day_is_asked_for() -> None:
    driver = told(asked_to_agree(saved=False), TEA)
    assert spoken(driver.say("yes", C.YES)) == [RICH[-1].prompt]


@given(st.integers(0, 3), st.booleans())
def test_reviews_lead_on_to_the_same_exercise(count: int, with_review_step: bool) -> None:
    steps = RICH if not with_review_step else (replace(RICH[0], kind=StepKind.REVIEW), *RICH[1:])
    longer = with_reviews(steps, [Due(f"s/{n}", "a") for n in range(count)])
    if not count:
        assert longer == steps
        return
    added = len(longer) - len(steps)
    ways = [way for step in longer for way in (step.then, step.otherwise, *(o.then for o in step.options)) if way]
    assert all(0 < way <= len(longer) for way in ways)
    path = course(longer)
    prompts = [longer[index].prompt for index in path]
    kept = [steps[index].prompt for index in course(steps)][with_review_step:]
    assert prompts[-len(kept) :] == kept
    places = [longer[index].place for index in path]
    assert places == sorted(places)
    assert set(places) == set(range(1, max(places) + 1))
    assert added == (2 if not with_review_step else 0) + 5 * count


def reviewing() -> Driver:
    """As far as the question about an earlier agreement."""
    steps = with_reviews(STEPS, [Due("earlier/3", "b")])
    driver = Driver(Session(steps, NAMES, recalled={"earlier/3": TEA})).begin().hear_out()
    driver.say("yes", C.YES)
    assert driver.line
    assert TEA in driver.line.text
    assert TEA not in driver.line.written
    return driver.hear_out()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("We keep it", "a week"),
        ("let it go", ""),
        ("drop it, please", ""),
        ("the third one", ""),
        ("number one", "a week"),
    ],
)
def test_an_earlier_one_is_kept_or_let_go(answer: str, outcome: str) -> None:
    driver = reviewing()
    driver.say(answer)
    assert driver.session.agreed == {3: Outcome(3, "b", "", outcome, "earlier/3")}


def test_i_do_not_know_keeps_it() -> None:
    driver = reviewing()
    driver.say("I don't know", C.UNSURE)
    assert driver.session.agreed[3].again == "a week"


def test_an_earlier_one_is_changed() -> None:
    driver = reviewing()
    driver.say("change it")
    driver.hear_out()
    told(driver, "I make soup instead.")
    driver.say("yes", C.YES)
    driver.hear_out()
    driver.say("a month")
    assert driver.session.agreed == {3: Outcome(3, "b", "I make soup instead.", "a month", "earlier/3")}


def test_a_no_leaves_them_for_another_time() -> None:
    steps = with_reviews(STEPS, [Due("earlier/3", "b")])
    driver = Driver(Session(steps, NAMES, recalled={"earlier/3": TEA})).begin().hear_out()
    assert spoken(driver.say("no", C.NO)) == [STEPS[0].prompt]
    assert driver.session.agreed == {}
    assert driver.session.state is State.GUIDE


# -- through the command -----------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Path:
    add_exercise(tmp_path, PROMISE, "a-promise")
    return tmp_path


def start(home: Path, *lines: str, exercise: str = "a-promise") -> str:
    given = "".join(f"{line}\n" for line in ("yes", "yes", *lines))
    return installed(home, "start", exercise, "--names", "Mia,Zoe", *TYPED, given=given).fine().out


def listed(home: Path) -> list[tuple[str, str, str]]:
    found = json.loads(voiceguide(home, "agreements", "--json").fine().out)
    return [(each["who"], each["words"], each["again"]) for each in found]


def in_days(days: int, since: date | None = None) -> str:
    return ((since or date.today()) + timedelta(days=days)).isoformat()


def age(home: Path, days: int) -> None:
    """Let every session there is have been so many days earlier."""
    for folder in session_folders(home):
        path = folder / "session.jsonl"
        first, _, rest = path.read_text("utf-8").partition("\n")
        header = json.loads(first)
        started = datetime.fromisoformat(header["started"]) - timedelta(days=days)
        path.write_text(json.dumps(header | {"started": started.isoformat()}) + "\n" + rest, "utf-8")


def test_an_agreement_is_listed_brought_up_on_its_day_and_kept(home: Path) -> None:
    assert "no agreements yet" in voiceguide(home, "agreements").fine().out
    start(home, TEA, "", "yes", "two weeks")
    assert listed(home) == [("Mia", TEA, in_days(14))]
    assert f"Mia: {TEA}" in voiceguide(home, "agreements").fine().out
    assert "its day has come" not in start(home)
    age(home, 14)
    assert "today or overdue" in voiceguide(home, "agreements").fine().out
    out = start(home, "yes", "keep it", "a month")
    assert out.count(f"You agreed on this. {TEA}") == 1
    assert listed(home) == [("Mia", TEA, in_days(30))]
    assert len(files_holding(home / "data", "I make tea")) == 1


@pytest.mark.full
def test_one_is_changed_and_let_go(home: Path) -> None:
    start(home, TEA, "", "yes", "a week")
    age(home, 8)
    start(home, "yes", "change it", "I make soup.", "", "yes", "a week")
    assert listed(home) == [("Mia", "I make soup.", in_days(7))]
    age(home, 8)
    start(home, "yes", "let it go")
    assert listed(home) == []


@pytest.mark.full
def test_weekly_us_looks_at_what_is_due_in_its_own_step(home: Path) -> None:
    start(home, TEA, "", "yes", "a week")
    age(home, 7)
    out = start(home, "yes", "yes", "a coat", "", "a sink", "", "let it go", exercise="weekly-us")
    assert "Shall we look at it before" not in out
    assert out.index("look at what you agreed before") < out.index(f"You agreed on this. {TEA}")
    assert listed(home) == []


@pytest.mark.parametrize("why", ["another couple", "a no to recording", "a demo"])
@pytest.mark.full
def test_it_is_not_brought_up_for_others_or_where_nothing_is_kept(home: Path, why: str) -> None:
    start(home, TEA, "", "yes", "a week")
    age(home, 8)
    names = "Mia,Ben" if why == "another couple" else "Mia,Zoe"
    given = "no\n" if why == "a no to recording" else "yes\nyes\n"
    if why == "a demo":
        out = installed(home, "demo", "a-promise", "--names", names, "--speaker", "none").fine().out
    else:
        out = installed(home, "start", "a-promise", "--names", names, *TYPED, given=given).fine().out
    assert "Hello." in out
    assert "I make tea" not in out
    assert listed(home) == [("Mia", TEA, in_days(-1))]


def test_partners_are_found_by_name_when_they_are_named_the_other_way_round(home: Path) -> None:
    start(home, TEA, "", "yes", "a week")
    age(home, 8)
    sessions = home / "data" / "sessions"
    assert [each.partner for each in due(sessions, ("Zoe", "Mia"), date.today())] == ["b"]
    assert due(sessions, ("Zoe", "Mia"), date.today() - timedelta(days=2)) == []


@pytest.mark.full
def test_a_session_goes_on_in_the_middle_of_a_review(home: Path) -> None:
    start(home, TEA, "", "yes", "a week")
    age(home, 8)
    start(home, "yes")
    out = installed(home, "start", "--resume", *TYPED, given="let it go\n").fine().out
    assert f"You agreed on this. {TEA}" in out
    assert listed(home) == []


def test_what_was_taken_off_the_record_is_in_no_list_and_in_no_file(home: Path) -> None:
    start(home, TEA, "", "/off the record", "yes")
    assert listed(home) == []
    assert files_holding(home, "I make tea") == []


def test_a_broken_session_spoils_no_list(home: Path) -> None:
    start(home, TEA, "", "yes", "a week")
    start(home, "soup", "", "yes", "a week")
    path = session_folders(home)[0] / "session.jsonl"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0], '{"t": 1, "type": "utterance"}', *lines[2:], ""]), "utf-8")
    assert len(listed(home)) == 1
    assert len(agreements(home / "data" / "sessions")) == 1


def test_the_header_tells_whether_anything_can_be_agreed(home: Path) -> None:
    start(home)
    start(home, exercise="open-book")
    agrees = {record(folder)[0]["exercise"]: record(folder)[0]["agrees"] for folder in session_folders(home)}
    assert agrees == {"a-promise": True, "open-book": False}


def test_a_step_that_recalls_is_read_back_from_the_header(home: Path) -> None:
    start(home, TEA, "", "yes", "a week")
    age(home, 8)
    start(home)
    steps = {folder.name: record(folder)[0]["steps"] for folder in session_folders(home)}
    recalls = {name: [step["recalls"] for step in each if step["recalls"]] for name, each in steps.items()}
    (first,) = [name for name, refs in recalls.items() if not refs]
    assert [refs for refs in recalls.values() if refs] == [[f"{first}/2"]]


@pytest.mark.parametrize(
    "ref", ["", "/", "nowhere/3", "../3", "/etc/3", "{name}/\u00b2", "{name}/99", "{name}/" + "9" * 5000]
)
@pytest.mark.full
def test_a_reference_to_nothing_recalls_nothing(home: Path, ref: str) -> None:
    start(home, TEA, "", "yes", "a week")
    sessions = home / "data" / "sessions"
    name = session_folders(home)[0].name
    assert recalled(sessions, [f"{name}/2"]) == {f"{name}/2": TEA}
    assert recalled(sessions, [ref.replace("{name}", name)]) == {}
