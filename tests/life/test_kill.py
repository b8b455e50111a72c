"""``kill -9`` at chosen moments; ``test_soak`` has the random ones."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.support.command import Running, add_short, installed, session_folders
from voiceguide.record import read


def test_killed_before_there_is_a_record_resume_says_that_there_is_none(tmp_path: Path) -> None:
    with Running(tmp_path, "start", "worry-and-answer", "--keyboard", "--speaker", "none") as command:
        command.until("answers yes or no")
        command.send(signal.SIGKILL)
    sentence = installed(tmp_path, "start", "--resume", "--keyboard", "--speaker", "none").complaint()
    assert "no saved session" in sentence


@pytest.mark.parametrize("words", ["recording is on", "step 1 of", "step 2 of"])
@pytest.mark.full
def test_killed_at_the_very_beginning_it_begins_again(tmp_path: Path, words: str) -> None:
    add_short(tmp_path)
    with Running(tmp_path, "start", "a-short-one", "--keyboard", "--speaker", "none") as command:
        command.say("yes", "yes")
        command.until(words)
        command.send(signal.SIGKILL)
    if not session_folders(tmp_path):  # the kill came between the sentence and the first line
        return
    given = "one\n\ntwo\n\nyes\n"
    installed(tmp_path, "start", "--resume", "--keyboard", "--speaker", "none", given=given).fine()
    (folder,) = session_folders(tmp_path)
    assert read(folder).ended == "completed"


@pytest.mark.full
def test_after_a_kill_the_next_start_says_what_happened_and_how_to_go_on(tmp_path: Path) -> None:
    add_short(tmp_path)
    typed = ("--keyboard", "--speaker", "none")
    with Running(tmp_path, "start", "a-short-one", *typed) as command:
        command.say("yes", "yes", "a boat")
        command.until("First partner: a boat")
        elsewhere = installed(tmp_path, "start", "a-short-one", *typed, given="no\n\n\nyes\n").out
        command.send(signal.SIGKILL)
    id_ = session_folders(tmp_path)[0].name
    told = f"A short one, was interrupted. What was said is kept; go on with: voiceguide start --resume {id_}"
    assert "interrupted" not in elsewhere, "it was going on in this moment"
    assert told in installed(tmp_path, "start", "a-short-one", *typed, given="no\n\n\nyes\n").out
    shown = installed(tmp_path, "start", "--resume", *typed, given="\ntwo\n\nyes\n").fine().out
    assert "interrupted" not in shown
    assert "interrupted" not in installed(tmp_path, "start", "a-short-one", *typed, given="no\n\n\nyes\n").out


def test_a_session_cannot_be_resumed_twice_at_once(tmp_path: Path) -> None:
    add_short(tmp_path)
    with Running(tmp_path, "start", "a-short-one", "--keyboard", "--speaker", "none") as command:
        command.say("yes", "yes")
        command.until("First partner has the floor")
        again = installed(tmp_path, "start", "--resume", "--keyboard", "--speaker", "none")
        assert "Another voiceguide (process " in again.complaint()
        command.say("one", "", "two", "", "yes")
        command.finish().fine()
