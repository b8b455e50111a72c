"""What people see: plain lines, and a panel that fits 80x24."""

from __future__ import annotations

import io
from typing import Any

import pytest

from voiceguide.cli.live_screen import LiveScreen
from voiceguide.cli.screen import PlainScreen, clock
from voiceguide.exercise import Step, StepKind
from voiceguide.session import Session
from voiceguide.session.events import BargedIn, Begun, Commanded, MicrophoneLost, PromptEnded, TimePassed, Utterance
from voiceguide.voice_commands import VoiceCommand

FLOOR = Step(StepKind.FLOOR, "Anna, speak.", 1, 1, partner="a", seconds=60.0)
MIRROR = Step(StepKind.MIRROR, "Anna, say it back.", 1, 1, partner="a")
ASK = Step(StepKind.ASK, "Ben, ready?", 1, 1, otherwise=0, partner="b")


def session_at(step: Step) -> Session:
    session = Session([step], ("Anna", "Ben"))
    session.handle(Begun(), 0.0)
    session.handle(PromptEnded(), 1.0)
    return session


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (FLOOR, ["Anna has the floor", "0:55 left", "I'm done"]),
        (MIRROR, ["Anna says back what was heard", "I'm done"]),
        (ASK, ["Ben answers yes or no", "Say: yes, no"]),
    ],
)
def test_whose_turn_it_is_and_what_can_be_said(
    step: Step, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    screen = PlainScreen()
    screen.session = session_at(step)
    for _ in range(3):
        screen.refresh(6.0, -40.0, listening=True)
    out = capsys.readouterr().out
    for word in words:
        assert out.count(word) == 1, out


@pytest.mark.parametrize(
    ("step", "hint"),
    [
        (FLOOR, "I'm done, pause, repeat, take your time, off the record, stop, help (for all that can be said)."),
        (ASK, "yes, no, I don't know, pause, repeat, take your time, off the record, stop, help (for all"),
    ],
)
def test_what_matters_is_named_and_help_tells_the_rest(step: Step, hint: str) -> None:
    screen = PlainScreen()
    screen.session = session_at(step)
    assert screen.hint().startswith(f"Say: {hint}")


@pytest.mark.parametrize(("step", "ends"), [(FLOOR, True), (ASK, False)])
def test_an_empty_line_is_spoken_of_where_it_means_something(step: Step, ends: bool) -> None:
    screen = PlainScreen(typed=True)
    screen.session = session_at(step)
    assert ("empty line means: I'm done" in screen.hint()) is ends


def test_the_guide_is_seen_to_have_stopped_and_deafness_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    screen = PlainScreen()
    session = Session([FLOOR], ("Anna", "Ben"))
    screen.session = session
    session.handle(Begun(), 0.0)
    for at in (1.0, 10.0, 20.0):
        session.handle(BargedIn(), at)
        assert screen.whose_turn() == "The guide has stopped for you"
        session.handle(TimePassed(), at + 5)
        screen.took(TimePassed())
    screen.took(TimePassed())
    assert screen.whose_turn() == "The guide speaks"
    assert capsys.readouterr().out.count("from now on it speaks on") == 1


def test_a_step_has_one_heading_however_much_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    screen = PlainScreen()
    screen.title, screen.session = "Worry and answer", session_at(FLOOR)
    screen.prompt("Anna, speak.", "")
    screen.prompt("There is no hurry.", "")
    assert capsys.readouterr().out.count("step 1 of 1") == 1


def test_answers_doubts_and_commands_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    screen = PlainScreen()
    screen.session = session_at(FLOOR)
    screen.took(Utterance(1, "a", "I worry."))
    screen.took(Utterance(2, "a", "I wary.", doubtful=True))
    screen.took(Utterance(3, "a", "And that is it. Guide, I'm done.", command=VoiceCommand.DONE, command_at=16))
    screen.took(Utterance(4, "a", "", audio="audio/0004-a.flac"))
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["Anna: I worry.", "Anna: I wary. (?)"]
    assert lines[2:4] == ["Anna: And that is it.", "  (Anna: done)"]
    assert "no words" in lines[4]


def test_a_lost_microphone_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    screen = PlainScreen()
    screen.session = session_at(FLOOR)
    screen.took(MicrophoneLost())
    assert "microphone is gone" in capsys.readouterr().out


def test_words_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    PlainScreen().line("An\x1bna", "\x1b[2J\x1b]0;owned\x07 hello")
    assert "\x1b" not in capsys.readouterr().out


def panel(screen: LiveScreen, width: int, encoding: str = "utf-8") -> list[str]:
    from rich.console import Console

    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    screen._console = Console(file=file, width=width, force_terminal=True, color_system=None)
    screen._console.print(screen._panel(6.0, -30.0, True))
    file.flush()
    written: Any = file.buffer
    return str(written.getvalue().decode(encoding)).splitlines()


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("step", [FLOOR, ASK])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_panel_fits(width: int, step: Step, encoding: str) -> None:
    screen = LiveScreen()
    screen.title, screen.session = "Worry and answer", session_at(step)
    lines = panel(screen, width, encoding)
    assert max(map(len, lines)) <= width
    assert len(lines) <= 14
    assert "step 1 of 1" in lines[0]
    assert "listening" in "".join(lines)


def test_the_panel_says_when_nothing_is_recorded() -> None:
    screen = LiveScreen()
    screen.session = session_at(FLOOR)
    assert "not recording" in panel(screen, 80)[-1]
    screen.recording = True
    assert "not recording" not in panel(screen, 80)[-1]


def test_silence_is_shown_once_for_what_it_means(capsys: pytest.CaptureFixture[str]) -> None:
    screen, live = PlainScreen(), LiveScreen()
    screen.session = live.session = session = session_at(MIRROR)
    for now, shown in ((9.0, "still listening"), (31.0, "")):
        session.handle(TimePassed(), now)
        for _ in range(3):
            screen.refresh(now, -60.0, listening=session.floor is not None)
        assert shown in "".join(panel(live, 80))
    session.handle(PromptEnded(), 33.0)
    for _ in range(3):
        screen.refresh(33.0, -60.0, listening=True)
    assert "resting" in "".join(panel(live, 80))
    out = capsys.readouterr().out
    assert out.count("Still listening; there is no hurry.") == 1
    assert out.count("Resting, until somebody speaks") == 1


def test_a_pause_is_shown() -> None:
    screen = LiveScreen()
    session = session_at(FLOOR)
    session.handle(Commanded(VoiceCommand.PAUSE), 2.0)
    screen.session = session
    assert "Paused" in "".join(panel(screen, 80))


def test_minutes_and_seconds() -> None:
    assert [clock(0), clock(59.9), clock(65)] == ["0:00", "0:59", "1:05"]


def test_lines_break_between_words_on_a_terminal_and_not_in_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "Anna, which worry would you like Ben to know? You have about a minute."
    PlainScreen().line("Guide", words)
    assert capsys.readouterr().out == f"Guide: {words}\n"
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    PlainScreen().line("Guide", words)
    PlainScreen().heading("A short one")
    *lines, empty, heading = capsys.readouterr().out.splitlines()
    assert " ".join(line.strip() for line in lines) == f"Guide: {words}"
    assert len(lines) == 2
    assert max(map(len, lines)) < 40
    assert (empty, heading) == ("", "-- A short one --")
