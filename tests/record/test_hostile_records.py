"""Records that nobody should trust: every reader gives a result or one sentence, whatever stands in them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.support import hostile
from tests.support.hostile import assert_harmless, commanded, examples, mutated, outcome, sessions_in, values
from tests.support.records import EVENTS, header, write_session
from voiceguide.durable import remove_tree
from voiceguide.exercise import Step, StepKind
from voiceguide.export import export
from voiceguide.export.edition import Edition
from voiceguide.jumping import found
from voiceguide.record import Session, archive, read
from voiceguide.record.agreements import agreed_in, agreements, due, recalled
from voiceguide.record.correcting import laid_out
from voiceguide.record.deleting import chosen_turns, held, standing_in
from voiceguide.record.replay import cap_gaps, items, turns
from voiceguide.record.searching import Search, Wanted, chosen
from voiceguide.record.store import FILE
from voiceguide.record.transcript import Transcript
from voiceguide.refining import refinable
from voiceguide.session.events import Amended, Utterance
from voiceguide.sound import Sound, silence

ID = "20261122-2147-worry-and-answer-tobiku"
AGREE = Step(StepKind.AGREE, "What will you do, Mia?", 4, 5, partner="a", again="Say it once more.")

HOW = ("field", "field", "numbers", "texts", "step", "drop", "double", "swap", "new", "was")

LEADING_AWAY = ("../../../evil", "/tmp/evil", "..", "", "a/b", "\x1b[31m", "x\n", "~root", "-rf", "A\\b")

COMMANDS = (
    ("sessions",),
    ("sessions", "--json"),
    ("show",),
    ("search", "house"),
    ("search", "house", "--json"),
    ("agreements",),
    ("agreements", "--json"),
    ("export", "--to", "md", "-o", "-"),
    ("delete", "tobiku", "--turns", "1"),
    ("delete", "tobiku"),
    ("correct",),
    ("rename", "--title", "Ours"),
)

Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    """A record that holds something of everything: amended, renamed, struck, an agreement."""
    steps = (*header().steps, AGREE)
    events = (*EVENTS[:-1], (25.0, Utterance(6, "a", "I will call", None, 24.5, 0.4, place=4)), EVENTS[-1])
    folder = write_session(tmp_path_factory.mktemp("sound"), events, header(steps=steps))
    transcript = Transcript.open(folder)
    transcript.append(Amended(1, "I worry about the house", "by hand", ((0.1, 0.2), (0.2, 0.5))), 30.0)
    transcript.rename(("Ann", "Bo"), "By the lake", datetime(2026, 11, 23).astimezone())
    transcript.strike([3])
    transcript.close()
    return [json.loads(line) for line in (folder / FILE).read_bytes().splitlines()]


@st.composite
def spoilt(draw: st.DrawFn, sound: Lines) -> Lines:
    """The record with some fields, steps or lines changed, each still JSON."""
    made: Lines = json.loads(json.dumps(sound))
    for _ in range(draw(st.integers(1, 3))):
        number = draw(st.integers(0, len(made) - 1))
        line = made[number]
        match draw(st.sampled_from(HOW)):
            case "field" | "new" as how:
                names = ("audio", "id", "text", "times", "ids", "t", "type", "command", "patience", "struck", "start")
                line[draw(st.sampled_from([*line] if how == "field" and line else names))] = draw(values)
            case "numbers" | "texts" as how:
                kinds = (str,) if how == "texts" else (int, float)
                if fields := [name for name, value in line.items() if type(value) in kinds]:
                    line[draw(st.sampled_from(fields))] = draw(getattr(hostile, how))
            case "step":
                steps = made[0].get("steps")
                if isinstance(steps, list) and steps and isinstance(steps[0], dict):
                    step = draw(st.sampled_from([each for each in steps if isinstance(each, dict)]))
                    step[draw(st.sampled_from([*step] or ["kind"]))] = draw(values)
            case "was":
                made[0]["was"] = draw(values | st.lists(st.fixed_dictionaries({"names": values, "until": values})))
            case "drop" if len(made) > 1:
                del made[number]
            case "double":
                made.insert(draw(st.integers(0, len(made))), dict(line))
            case "swap":
                other = draw(st.integers(0, len(made) - 1))
                made[number], made[other] = made[other], made[number]
            case _:
                pass
    return made


def stored(lines: Lines) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of sessions for them all, since hypothesis tries a test many times over."""
    with sessions_in(tmp_path_factory.mktemp("home")) as folder:
        yield folder


def put(sessions: Path, record: bytes) -> Path:
    """The session with this record, and nothing else of it."""
    folder = sessions / ID
    remove_tree(folder)
    (folder / "audio").mkdir(parents=True)
    (folder / FILE).write_bytes(record)
    return folder


def say(text: str, voice: str | None, keep: bool) -> Sound:
    """A voice that takes no time."""
    return silence(0.02, 22050)


def read_by_all(sessions: Path, folder: Path) -> None:
    """Let every reader at it."""
    for ends in (True, False):
        listed = archive.sessions(sessions, ends=ends)
        assert [each.id for each in listed] == [ID]
        json.dumps(listed[0].to_fields())
    outcome(lambda: archive.find(sessions))
    outcome(lambda: archive.find(sessions, "tobiku"))
    outcome(lambda: archive.beginner(sessions, ("Ann", "Bo")))
    wanted = Wanted(["house"])
    assert len(list(Search(wanted, chosen(listed)).hits())) < 50
    outcome(lambda: agreements(sessions))
    outcome(lambda: due(sessions, ("Ann", "Bo"), date(2026, 12, 1)))
    outcome(lambda: recalled(sessions, [f"{ID}/4"]))
    outcome(lambda: held(folder))
    session = outcome(lambda: read(folder))
    if session is not None:
        tell(session)


def tell(session: Session) -> None:
    """Let everybody at it who takes a session that was read."""
    told = list(cap_gaps(items(session, everything=True), 1.5))
    known = turns(session)
    outcome(lambda: chosen_turns("1-3", known))
    standing_in(told, [])
    agreed_in(session)
    refinable(session)
    if text := outcome(lambda: laid_out(session)):
        assert_harmless(text)
    for wanted in ("4:12", "step 3", "turn 1", "the house"):
        outcome(partial(found, wanted, told))
    edition = Edition(session, say, ("max", "f3"))
    for to in ("md", "txt", "json", "vtt", "chapters", "srt", "zip"):
        file = io.BytesIO()
        outcome(partial(export, edition, to, file))
        if to != "zip":
            assert_harmless(file.getvalue().decode("utf-8"))


def test_an_id_that_leads_away(sessions: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports are called after it, and a ZIP archive's files lie below it."""
    home = sessions.parent.parent
    (home / "a" / "b" / "c").mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(home / "a" / "b" / "c")
    for id_ in LEADING_AWAY:
        folder = put(sessions, stored([lines[0] | {"id": id_}, *lines[1:]]))
        for to in ("md", "zip"):
            assert "its id is not one that voiceguide gives" in commanded("export", "tobiku", "--to", to).complaint()
        assert not list(home.rglob("*evil*"))
        assert "its id is not one that voiceguide gives" in commanded("sessions").out
        assert folder.exists()


@examples(1.5)
@given(data=st.data())
def test_a_record_of_other_bytes(sessions: Path, lines: Lines, data: st.DataObject) -> None:
    read_by_all(sessions, put(sessions, data.draw(mutated(stored(lines)))))


@examples(2)
@given(data=st.data())
def test_a_record_with_other_fields(sessions: Path, lines: Lines, data: st.DataObject) -> None:
    read_by_all(sessions, put(sessions, stored(data.draw(spoilt(lines)))))


@examples()
@given(data=st.data())
def test_mending_a_record_with_other_fields(sessions: Path, lines: Lines, data: st.DataObject) -> None:
    folder = put(sessions, stored(data.draw(spoilt(lines))))
    (folder / "audio" / "0007-a.flac").write_bytes(b"fLaC and so on")

    def mend() -> None:
        transcript = Transcript.open(folder)
        try:
            transcript.amend(1, "other words", "by hand")
            transcript.rename(("Mia", "Zoë"), "Ours", datetime(2026, 11, 24).astimezone())
            transcript.strike([2])
        finally:
            transcript.close()

    outcome(mend)
    read_by_all(sessions, folder)


@examples(0.5)
@given(data=st.data())
def test_commands_about_such_records(sessions: Path, lines: Lines, data: st.DataObject) -> None:
    put(sessions, stored(data.draw(spoilt(lines))))
    for args in COMMANDS:
        commanded(*args)
