"""A sitting hands pace, loudness and patience from machine to machine, and to the next evening."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.support.exercise_text import SAY, read
from tests.support.session_driver import Driver
from tests.test_elsewhere import FakeCalls
from voiceguide.cli.sitting import Sitting
from voiceguide.elsewhere import Elsewhere
from voiceguide.errors import RecordError
from voiceguide.paths import sessions_dir
from voiceguide.roles import Record
from voiceguide.servers import Server
from voiceguide.session import Session
from voiceguide.session.delivery import AS_IT_COMES, Delivery
from voiceguide.session.events import Begun, Resumed
from voiceguide.session.patience import UNHURRIED, USUAL
from voiceguide.session.states import State
from voiceguide.settings import Settings, change, load, settings_file
from voiceguide.voice_commands import VoiceCommand as C

EXERCISE = read(SAY + '[[steps]]\nfloor = "{first}?"\npartner = "first"\n')


class CrashError(Exception):
    """The program is killed."""


class FakeRunner:
    """Runs machines without sound: each is told its list of ``given`` first, then goes its way.

    Failure trigger: ``crashes`` ends it where the given commands of the last machine are told.
    """

    interrupted = False

    def __init__(self, given: list[list[C]], crashes: bool = False) -> None:
        self.given, self.crashes = given, crashes
        self.firsts: list[Begun | Resumed] = []
        self.answers = C.YES
        self.look: Callable[[], Any] = bool
        self.seen: list[Any] = []
        """What ``look`` saw whenever a partner had the floor."""

    def run(self, machine: Session, record: Record, first: Begun | Resumed, at: float = 0.0, lost: Any = ()) -> str:
        self.firsts.append(first)
        driver = Driver(machine, now=at)
        driver.take(first)
        for command in self.given.pop(0):
            driver.key(command)
        crashed = self.crashes and not self.given
        while driver.end is None and not crashed:
            driver.hear_out()
            if machine.state is State.GATE:
                driver.key(self.answers)
            elif machine.state is State.FLOOR:
                self.seen.append(self.look())
                driver.key(C.DONE)
                driver.wait()
        if not crashed:
            driver.hear_out().ended()
        for now, event in driver.events:
            record.append(event, now)
        if crashed:
            raise CrashError
        return str(driver.end)


class FakeStage:
    """Holds a FakeRunner, and keeps what the screen is told."""

    def __init__(self, runner: FakeRunner, typed: bool = False) -> None:
        self.typed, self.settings, self._runner = typed, load(), runner
        self.told: list[str] = []
        self.elsewhere: Elsewhere | None = None
        self.screen = SimpleNamespace(notice=self.told.append, whereabouts=self.told.append, anew=lambda: None)

    @contextmanager
    def running(self, *_: Any) -> Iterator[FakeRunner]:
        yield self._runner


@pytest.fixture(autouse=True)
def folder(home: Path) -> None:
    """Nothing is set when an evening begins."""


def evening(
    *given: list[C], resume: bool = False, crashes: bool = False, typed: bool = False, couple: Any = None
) -> tuple[list[Begun | Resumed], str]:
    """What the machines of an evening began with, and what the screen was told of it."""
    runner = FakeRunner([*given], crashes)
    stage = FakeStage(runner, typed)
    sitting = Sitting(cast(Any, stage), cast(Any, None), couple)
    try:
        if resume:
            sitting.resume(next(sessions_dir().iterdir()))
        else:
            sitting.begin(EXERCISE, ("Mia", "Zoë"))
    except CrashError:
        stage.told.append("crashed")
    return runner.firsts, "\n".join(stage.told)


def test_what_is_told_at_the_first_question_holds_in_the_exercise_and_the_next_evening() -> None:
    (consent, exercise), told = evening([C.LOUDER], [C.SLOWER, C.TAKE_YOUR_TIME])
    assert (consent.delivery, consent.patience) == (AS_IT_COMES, USUAL)
    assert (exercise.delivery, exercise.patience) == (Delivery(1.0, 1.25), USUAL)
    assert "Remembered for the next time: rate 130 words a minute, loudness 1.25, still_listening 16 seconds" in told
    (consent, exercise), told = evening([], [])
    assert consent.delivery == exercise.delivery == Delivery(1.0, 1.25)
    assert consent.patience == exercise.patience == USUAL.doubled()
    assert load().rate == 130
    assert "Remembered" not in told


@pytest.mark.parametrize(
    ("answer", "told", "seen"),
    [
        (C.YES, [], (True, True)),
        (C.YES, [C.SUSPEND], (True, False)),
        (C.NO, [], (False, True)),
    ],
)
def test_a_server_hears_only_what_both_agreed_to_while_it_is_kept(
    answer: C, told: list[C], seen: tuple[bool, bool]
) -> None:
    runner = FakeRunner([[], told])
    runner.answers = answer
    stage = FakeStage(runner)
    there = FakeCalls()
    stage.elsewhere = elsewhere = Elsewhere(Server("nas", 1), there, FakeCalls())
    runner.look = lambda: (elsewhere.allowed, elsewhere.kept())
    Sitting(cast(Any, stage), cast(Any, None)).begin(EXERCISE, ("Mia", "Zoë"))
    assert runner.seen == [seen]
    assert not elsewhere.allowed
    assert there.asked == [("check",)], "whether it is there, which needs nobody's word"
    assert ("From now on what you say goes to wyoming://nas:1" in " ".join(stage.told)) is seen[0]


def test_nothing_told_nothing_written() -> None:
    _, told = evening([], [])
    assert "Remembered" not in told
    assert not settings_file().exists()


def test_a_simulated_couple_is_not_remembered() -> None:
    firsts, told = evening([C.LOUDER], [C.SLOWER], couple=SimpleNamespace(session=None))
    assert firsts[1].delivery == Delivery(1.0, 1.25)
    assert "Remembered" not in told
    assert not settings_file().exists()


def test_typing_knows_no_patience_and_remembers_none() -> None:
    firsts, told = evening([C.TAKE_YOUR_TIME], [C.LOUDER], typed=True)
    assert [first.patience for first in firsts] == [UNHURRIED, UNHURRIED]
    assert load() == Settings(loudness=1.25)
    assert "loudness 1.25. Change it back with: voiceguide settings reset loudness" in told


def test_a_session_that_goes_on_does_not_count_what_is_remembered_twice() -> None:
    evening([], [C.SLOWER, C.LOUDER, C.TAKE_YOUR_TIME, C.STOP])
    before = load()
    (resumed,), told = evening([C.STOP], resume=True)
    assert (resumed.delivery, resumed.patience) == (Delivery(1.0, 1.25), USUAL.doubled())
    assert "Remembered" not in told
    assert load() == before
    (resumed,), told = evening([C.LOUDER, C.STOP], resume=True)
    assert resumed.delivery == Delivery(1.0, 1.25)
    assert (
        "Remembered for the next time: loudness 1.56. Change it back with: voiceguide settings set loudness 1.25"
        in told
    )
    assert load() == replace(before, loudness=1.56)


def test_after_a_crash_it_goes_on_as_it_was_told_and_remembers_that() -> None:
    _, told = evening([], [C.SLOWER, C.LOUDER, C.TAKE_YOUR_TIME], crashes=True)
    assert told == "crashed"
    assert not settings_file().exists()
    (resumed,), told = evening([], resume=True)
    assert (resumed.delivery, resumed.patience) == (Delivery(0.87, 1.25), USUAL.doubled())
    assert load().rate == 130
    assert load().loudness == 1.25
    assert load().patience == USUAL.doubled()


def test_what_is_set_after_a_crash_holds_unless_it_was_told_otherwise() -> None:
    evening([], [C.SLOWER], crashes=True)
    change({"loudness": 1.5})
    (resumed,), _ = evening([], resume=True)
    assert resumed.delivery == Delivery(0.87, 1.5)


def test_the_evening_ends_well_where_nothing_can_be_remembered() -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().symlink_to(settings_file().with_name("absent"))
    _, told = evening([C.LOUDER], [])
    assert "Saved as" in told
    assert "is not remembered for the next time. Cannot change" in told


def test_a_session_that_does_not_fit_is_let_go_again() -> None:
    evening([], [C.LOUDER], crashes=True)
    record = next(sessions_dir().iterdir()) / "session.jsonl"
    lines = record.read_text().splitlines()
    begun = next(line for line in map(json.loads, lines[1:]) if line["type"] == "begun")
    record.write_text("\n".join([*lines, json.dumps({**begun, "t": json.loads(lines[-1])["t"]}), ""]))
    for _ in range(2):  # the second time, it would be going on in another voiceguide
        with pytest.raises(RecordError, match="does not fit this voiceguide"):
            evening([], resume=True)
