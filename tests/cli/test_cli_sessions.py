"""The commands ``sessions`` and ``show``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.command import installed
from tests.support.records import EVENTS, bare_session, header, write_session
from voiceguide.cli.plain import clean
from voiceguide.cli.sessions import sessions, show
from voiceguide.errors import NotFoundError
from voiceguide.record import BY_HAND
from voiceguide.record.store import FILE
from voiceguide.record.transcript import Transcript
from voiceguide.session.events import Ended, SoundKept, Utterance

GOLDEN = Path(__file__).parents[1] / "golden"
SIMULATED = "20261121-0900-worry-and-answer-demodo"


@pytest.fixture
def saved(sessions: Path) -> Path:
    return sessions


def output(*args: str) -> str:
    command = {"sessions": sessions, "show": show}[args[0]]
    return CliRunner().invoke(command, list(args[1:]), catch_exceptions=False).output


def assert_golden(name: str, text: str) -> None:
    """Compare with ``tests/golden/<name>``; GOLDEN_UPDATE=1 writes it anew."""
    path = GOLDEN / name
    if os.environ.get("GOLDEN_UPDATE") == "1":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def eventful(saved: Path) -> Path:
    """Struck, amended, doubtful, without words, torn, hostile: everything a transcript can hold."""
    events = (
        *EVENTS[:-1],
        (26.0, Utterance(6, "b", "<b>\x1b]0;owned\x07 & --> \u202egnp", None, 25.0, 1.0, doubtful=True, place=3)),
        (28.0, SoundKept(7, "b", "audio/0007-b.flac", 27.0, 1.0, 3)),
        (40.0, Ended("stopped")),
    )
    folder = write_session(saved, events)
    transcript = Transcript.open(folder)
    transcript.strike([1])
    transcript.amend(3, "you worry a lot", BY_HAND)
    transcript.close()
    with (folder / FILE).open("ab") as file:
        file.write(b'{"t": 41, "ty')
    return folder


def test_show_prints_a_readable_transcript(saved: Path) -> None:
    write_session(saved)
    assert_golden("show.txt", output("show"))


def test_show_marks_everything_that_happened_to_words(saved: Path) -> None:
    eventful(saved)
    assert_golden("show-eventful.txt", output("show", "tobiku"))


def test_stored_words_cannot_steer_the_terminal(saved: Path) -> None:
    write_session(saved, head=header(names=("\x1b[2J\x1b]52;c;eA==\x07", "B\r\n\x9b31m"), title="\x1b[31mred"))
    for command in ("show", "sessions"):
        printed = output(command)
        assert not {char for char in printed if ord(char) < 32 or 0x7F <= ord(char) < 0xA0} - {"\n"}


def test_the_list_says_what_is_there(saved: Path) -> None:
    write_session(saved)
    bare_session(saved, "20261120-1000-worry-and-answer-moruka", started="2026-11-20T10:00:00+01:00")
    bare_session(saved, SIMULATED, simulated=True)
    bare_session(saved, "broken", version=2)
    assert_golden("sessions.txt", output("sessions").replace(str(saved), "SESSIONS"))


def test_the_list_as_json(saved: Path) -> None:
    folder = write_session(saved)
    (listed,) = json.loads(output("sessions", "--json"))
    assert listed == {
        "id": folder.name,
        "folder": str(folder),
        "exercise": "worry-and-answer",
        "title": "Worry and answer",
        "names": ["Mia", "Zoë"],
        "started": "2026-11-22T21:47:05.250000+01:00",
        "first": None,
        "agrees": False,
        "seconds": 24.1,
        "state": "completed",
        "simulated": False,
        "problem": None,
        "locked": False,
    }


@pytest.mark.usefixtures("saved")
def test_no_sessions_is_said_kindly() -> None:
    assert "voiceguide start" in output("sessions")
    assert json.loads(output("sessions", "--json")) == []
    with pytest.raises(NotFoundError, match="voiceguide start"):
        output("show")


@pytest.mark.full
def test_a_pipe_of_any_encoding_gets_plain_text(home: Path, saved: Path) -> None:
    folder = write_session(saved)
    for encoding in ("ascii", "latin-1", "utf-8"):
        for args in (("show", folder.name), ("sessions",), ("sessions", "--json")):
            printed = installed(home, *args, env={"PYTHONIOENCODING": encoding}).fine().out
            assert "\x1b" not in printed, (encoding, args)
            assert "Mia" in printed, (encoding, args)


def test_colours_are_left_out_when_asked(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_session(saved)
    runner = CliRunner()
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1mMia (1, 0:05): \x1b[0m" in runner.invoke(show, color=True).output
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in runner.invoke(show, color=True).output


def test_cleaning() -> None:
    stored = {"a\tb\nc": "a b c", "\x1b[31m": "�[31m", "\u202ex": "�x", "\udc80": "�", "Zoë 👩‍🚀": "Zoë 👩‍🚀"}
    assert {text: clean(text) for text in stored} == stored
