"""Agreements: what the machine makes of them, how they are found again, and the whole way through the command."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.command import Done, add_exercise, files_holding, installed, record, session_folders, voiceguide
from tests.support.exercise_text import head
from tests.support.session_driver import Driver, spoken
from tests.support.small_exercise import AGREE, NAMES, RICH, STEPS
from voiceguide.exercise import StepKind, course
from voiceguide.record.agreements import agreements, due, recalled
from voiceguide.session import Session, phrases
from voiceguide.session.agreeing import Due, Outcome, with_reviews
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand as C

TEA = "When we are tired, I make tea."
SOUP = "When we are tired, I make soup."
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

# -- the machine -------------------------------------------------------------------------------------------------


def asked_to_agree(saved: bool = True) -> Driver:
    """As far as the question what they will do."""
    driver = Driver(Session(RICH, NAMES, saved=saved)).begin().hear_out()
    while driver.session.index < AGREE:
        driver.press(C.NEXT)
    return driver


def promised() -> Driver:
    """Said, and read back."""
    return asked_to_agree().turn(TEA)


def test_what_was_found_right_is_agreed_for_a_week_until_a_date_is_said() -> None:
    driver = promised()
    assert driver.session.agreed == {}
    assert driver.tell(C.YES).session.agreed == {7: Outcome(7, "both", TEA, "a week")}
    driver.say("in two weeks, I would say")
    assert driver.session.agreed == {7: Outcome(7, "both", TEA, "two weeks")}
    assert promised().tell(C.YES, C.OFF_THE_RECORD, C.YES).session.agreed == {}


def test_what_was_not_right_is_not_agreed_and_what_is_said_then_is() -> None:
    driver = promised().tell(C.NO)
    assert driver.session.agreed == {}
    assert driver.turn(SOUP).tell(C.YES).session.agreed == {7: Outcome(7, "both", SOUP, "a week")}


def test_an_unclear_answer_does_not_become_the_agreement() -> None:
    driver = promised()
    driver.say("let me think for a moment")
    assert TEA in spoken(driver.hear_out().key(C.REPEAT))[0]
    assert driver.hear_out().tell(C.YES).session.agreed[7].words == TEA


def test_what_is_agreed_off_the_record_is_said_to_be_between_them() -> None:
    driver = asked_to_agree().press(C.SUSPEND)
    driver.say(TEA)
    assert spoken(driver.done().effects)[-1] == phrases.not_agreed()
    assert spoken(driver.hear()) == [RICH[-1].prompt]
    assert driver.session.agreed == {}


def test_where_nothing_is_saved_no_day_is_asked_for() -> None:
    driver = asked_to_agree(saved=False).turn(TEA)
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


def due_today() -> Driver:
    """They are asked whether they look at an earlier agreement."""
    steps = with_reviews(STEPS, [Due("earlier/3", "b")])
    return Driver(Session(steps, NAMES, recalled={"earlier/3": TEA})).begin().hear_out()


def reviewing() -> Driver:
    """They are asked what becomes of it."""
    driver = due_today()
    driver.say("yes", C.YES)
    assert driver.line
    assert (TEA in driver.line.text, TEA in driver.line.written) == (True, False)
    return driver.hear_out()


@pytest.mark.parametrize(
    ("answer", "again"),
    [
        ("We keep it", "a week"),
        ("number one", "a week"),
        ("let it go", ""),
        ("drop it, please", ""),
        ("the third one", ""),
    ],
)
def test_an_earlier_one_is_kept_or_let_go(answer: str, again: str) -> None:
    driver = reviewing()
    driver.say(answer)
    assert driver.session.agreed == {3: Outcome(3, "b", "", again, "earlier/3")}


def test_i_do_not_know_keeps_it() -> None:
    assert reviewing().tell(C.UNSURE).session.agreed == {3: Outcome(3, "b", "", "a week", "earlier/3")}


def test_an_earlier_one_is_changed() -> None:
    driver = reviewing()
    driver.say("change it")
    driver.hear_out().turn(SOUP).tell(C.YES).say("a month")
    assert driver.session.agreed == {3: Outcome(3, "b", SOUP, "a month", "earlier/3")}


def test_a_no_leaves_them_for_another_time() -> None:
    driver = due_today()
    assert spoken(driver.say("no", C.NO)) == [STEPS[0].prompt]
    assert (driver.state, driver.session.agreed) == (State.GUIDE, {})


# -- through the command -----------------------------------------------------------------------------------------


def start(home: Path, *lines: str, exercise: str = "a-promise", names: str = "Mia,Zoe") -> str:
    """A session with these lines typed after a yes from each; what it printed."""
    given = "".join(f"{line}\n" for line in ("yes", "yes", *lines))
    arguments = (exercise, "--names", names, "--keyboard", "--speaker", "none")
    return voiceguide(home, "start", *arguments, given=given).fine().out


def listed(home: Path) -> list[tuple[str, str, int]]:
    """Who agreed on what, and in how many days after it was made it is looked at again."""
    found = json.loads(voiceguide(home, "agreements", "--json").fine().out)
    days = [datetime.fromisoformat(each["again"]) - datetime.fromisoformat(each["made"]) for each in found]
    return [(each["who"], each["words"], day.days) for each, day in zip(found, days, strict=True)]


def age(home: Path, days: int) -> Path:
    """Let every session there is have been so many days earlier."""
    for folder in session_folders(home):
        path = folder / "session.jsonl"
        first, _, rest = path.read_text("utf-8").partition("\n")
        header = json.loads(first)
        started = datetime.fromisoformat(header["started"]) - timedelta(days=days)
        path.write_text(json.dumps(header | {"started": started.isoformat()}) + "\n" + rest, "utf-8")
    return home


@pytest.fixture(scope="module")
def agreed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which Mia has agreed on tea a moment ago; for reading only."""
    home = tmp_path_factory.mktemp("agreed") / "home"
    add_exercise(home, PROMISE, "a-promise")
    assert "no agreements yet" in voiceguide(home, "agreements").fine().out
    start(home, TEA, "", "yes", "a week")
    return home


@pytest.fixture
def home(agreed: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(agreed, tmp_path / "home")


def test_an_agreement_is_listed_brought_up_on_its_day_and_kept(home: Path) -> None:
    assert listed(home) == [("Mia", TEA, 7)]
    assert f"Mia: {TEA}" in voiceguide(home, "agreements").fine().out
    assert "its day has come" not in start(age(home, 5))
    assert "today or overdue" in voiceguide(age(home, 3), "agreements").fine().out
    out = start(home, "yes", "keep it", "a month")
    assert out.count(f"You agreed on this. {TEA}") == 1
    assert listed(home) in ([("Mia", TEA, 8 + 30)], [("Mia", TEA, 9 + 30)]), "it may be midnight"
    assert len(files_holding(home / "data", "I make tea")) == 1


def test_one_is_changed_and_let_go(home: Path) -> None:
    start(age(home, 8), "yes", "change it", SOUP, "", "yes", "a week")
    assert listed(home) == [("Mia", SOUP, 7)]
    start(age(home, 8), "yes", "let it go")
    assert listed(home) == []


def test_weekly_us_looks_at_what_is_due_in_its_own_step(home: Path) -> None:
    out = start(age(home, 8), "yes", "yes", "a coat", "", "a sink", "", "let it go", exercise="weekly-us")
    assert "Shall we look at it before" not in out
    assert out.index("look at what you agreed before") < out.index(f"You agreed on this. {TEA}")
    assert listed(home) == []


def test_it_is_not_brought_up_for_others_or_where_nothing_is_kept(home: Path) -> None:
    age(home, 8)
    unkept = partial(voiceguide, home, "start", "a-promise", "--names", "Mia,Zoe", "--keyboard", "--speaker", "none")
    for out in (start(home, names="Mia,Ben"), unkept(given="no\n").fine().out):
        assert ("Hello." in out, "I make tea" in out) == (True, False)
    assert listed(home) == [("Mia", TEA, 7)]


@pytest.mark.full
def test_it_is_not_brought_up_in_a_demo(home: Path) -> None:
    done: Done = installed(age(home, 8), "demo", "a-promise", "--names", "Mia,Zoe", "--speaker", "none").fine()
    assert ("Hello." in done.out, "I make tea" in done.out) == (True, False)
    assert listed(home) == [("Mia", TEA, 7)]


def test_partners_are_found_by_name_when_they_are_named_the_other_way_round(home: Path) -> None:
    sessions = home / "data" / "sessions"
    (agreement,) = agreements(sessions)
    assert [each.partner for each in due(sessions, ("Zoe", "Mia"), agreement.again)] == ["b"]
    assert due(sessions, ("Zoe", "Mia"), agreement.again - timedelta(days=1)) == []


def test_a_session_goes_on_in_the_middle_of_a_review(home: Path) -> None:
    start(age(home, 8), "yes")
    out = voiceguide(home, "start", "--resume", "--keyboard", "--speaker", "none", given="let it go\n").fine().out
    assert f"You agreed on this. {TEA}" in out
    assert listed(home) == []


def test_what_was_taken_off_the_record_is_in_no_list_and_in_no_file(home: Path) -> None:
    start(home, SOUP, "", "/off the record", "yes")
    assert listed(home) == [("Mia", TEA, 7)]
    assert files_holding(home, "I make soup") == []


def test_a_broken_session_spoils_no_list(home: Path) -> None:
    start(home, SOUP, "", "yes", "a week")
    path = next(folder for folder in session_folders(home) if files_holding(folder, SOUP)) / "session.jsonl"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0], '{"t": 1, "type": "utterance"}', *lines[2:], ""]), "utf-8")
    assert listed(home) == [("Mia", TEA, 7)]


def test_the_header_tells_what_can_be_agreed_and_what_is_recalled(home: Path) -> None:
    (first,) = session_folders(home)
    start(home, exercise="open-book")
    start(age(home, 8))
    told = {}
    for header in (record(folder)[0] for folder in session_folders(home) if folder != first):
        told[header["exercise"]] = (header["agrees"], [step["recalls"] for step in header["steps"] if step["recalls"]])
    assert told == {"open-book": (False, []), "a-promise": (True, [f"{first.name}/2"])}


def test_a_reference_to_nothing_recalls_nothing(agreed: Path) -> None:
    sessions, name = agreed / "data" / "sessions", session_folders(agreed)[0].name
    wrong = ["", "/", "nowhere/3", "../3", "/etc/3", f"{name}/\u00b2", f"{name}/99", f"{name}/" + "9" * 5000]
    assert recalled(sessions, [*wrong, f"{name}/2", *wrong]) == {f"{name}/2": TEA}
