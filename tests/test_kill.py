"""``kill -9`` at random moments: whatever was said and finished before is there, and the session goes on."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tests.command import PATIENCE, Running, add_short, of_type, record, session_folders, voiceguide
from voiceguide.transcript import read

FULL = os.environ.get("VOICEGUIDE_FULL") == "1"
KILLS = 20 if FULL else 5
EXERCISE = "worry-and-answer" if FULL else "a-short-one"


@pytest.mark.slow
def test_a_demo_killed_at_random_moments_loses_nothing_that_was_finished(tmp_path: Path) -> None:
    seed = int(os.environ.get("VOICEGUIDE_SEED") or random.randrange(1_000_000))
    print(f"VOICEGUIDE_SEED={seed}")
    chance = random.Random(seed)
    kills = 0
    for chain in count(1):
        if kills == KILLS:
            break
        home = tmp_path / f"chain {chain}"
        add_short(home)
        for _ in range(min(5, KILLS - kills)):
            what = moments(chance)
            kept = state(home)
            if not killed(home, what):
                break
            kills += 1
            print(f"kill {kills}: {what.__doc__}, {len(kept)} utterances before, {len(state(home))} after")
            assert_kept(kept, state(home))
        finish(home)


def test_killed_before_there_is_a_record_resume_says_that_there_is_none(tmp_path: Path) -> None:
    with Running(tmp_path, "start", "worry-and-answer", "--keyboard", "--speaker", "none") as command:
        command.until("answers yes or no")
        command.send(signal.SIGKILL)
    sentence = voiceguide(tmp_path, "start", "--resume", "--keyboard", "--speaker", "none").complaint()
    assert "no saved session" in sentence


@pytest.mark.parametrize("words", ["recording is on", "step 1 of", "step 2 of"])
def test_killed_at_the_very_beginning_it_begins_again(tmp_path: Path, words: str) -> None:
    add_short(tmp_path)
    with Running(tmp_path, "start", "a-short-one", "--keyboard", "--speaker", "none") as command:
        command.say("yes", "yes")
        command.until(words)
        command.send(signal.SIGKILL)
    if not session_folders(tmp_path):  # the kill came between the sentence and the first line
        return
    given = "one\n\ntwo\n\nyes\n"
    voiceguide(tmp_path, "start", "--resume", "--keyboard", "--speaker", "none", given=given).fine()
    (folder,) = session_folders(tmp_path)
    assert read(folder).ended == "completed"


def test_after_a_kill_the_next_start_says_what_happened_and_how_to_go_on(tmp_path: Path) -> None:
    add_short(tmp_path)
    typed = ("--keyboard", "--speaker", "none")
    with Running(tmp_path, "start", "a-short-one", *typed) as command:
        command.say("yes", "yes", "a boat")
        command.until("First partner: a boat")
        elsewhere = voiceguide(tmp_path, "start", "a-short-one", *typed, given="no\n\n\nyes\n").out
        command.send(signal.SIGKILL)
    id_ = session_folders(tmp_path)[0].name
    told = f"A short one, was interrupted. What was said is kept; go on with: voiceguide start --resume {id_}"
    assert "interrupted" not in elsewhere, "it was going on in this moment"
    assert told in voiceguide(tmp_path, "start", "a-short-one", *typed, given="no\n\n\nyes\n").out
    shown = voiceguide(tmp_path, "start", "--resume", *typed, given="\ntwo\n\nyes\n").fine().out
    assert "interrupted" not in shown
    assert "interrupted" not in voiceguide(tmp_path, "start", "a-short-one", *typed, given="no\n\n\nyes\n").out


def test_a_session_cannot_be_resumed_twice_at_once(tmp_path: Path) -> None:
    add_short(tmp_path)
    with Running(tmp_path, "start", "a-short-one", "--keyboard", "--speaker", "none") as command:
        command.say("yes", "yes")
        command.until("First partner has the floor")
        again = voiceguide(tmp_path, "start", "--resume", "--keyboard", "--speaker", "none")
        assert "Another voiceguide (process " in again.complaint()
        command.say("one", "", "two", "", "yes")
        command.finish().fine()


# -- moments -----------------------------------------------------------------------------------------------------

Moment = Callable[[Running, Path], None]


def moments(chance: random.Random) -> Moment:
    """One of the ways to choose a moment: by the clock, by what is shown, by what reaches the disk."""
    seconds = chance.uniform(0.0, 6.0)
    lines, later = chance.randrange(1, 12), chance.uniform(0.0, 0.4)
    words = chance.choice(["Guide:", "has the floor", "says back", "answers yes or no", ": done)", ": yes)"])
    kind = chance.choice(["sound", "utterance", "prompt", "speech", "command"])
    files = chance.randrange(1, 4)

    def after_a_while(command: Running, home: Path) -> None:
        time.sleep(seconds)

    def in_the_output(command: Running, home: Path) -> None:
        for _ in range(lines):
            command.line()
        time.sleep(later)

    def at_certain_words(command: Running, home: Path) -> None:
        while (line := command.line()) is not None and words not in line:
            pass
        time.sleep(later)

    def at_a_line_of_the_record(command: Running, home: Path) -> None:
        before = len(of_type(lines_of(home), kind))
        wait(lambda: len(of_type(lines_of(home), kind)) > before or command.process.poll() is not None)

    def while_a_sound_is_written(command: Running, home: Path) -> None:
        before = len(sounds(home))
        wait(lambda: len(sounds(home)) >= before + files or command.process.poll() is not None)

    after_a_while.__doc__ = f"after {seconds:.2f} s"
    in_the_output.__doc__ = f"{later:.2f} s after line {lines}"
    at_certain_words.__doc__ = f"{later:.2f} s after {words!r}"
    at_a_line_of_the_record.__doc__ = f"at a {kind} line"
    while_a_sound_is_written.__doc__ = f"at sound file {files}"
    ways = [after_a_while, in_the_output, at_certain_words, at_a_line_of_the_record, while_a_sound_is_written]
    return chance.choice(ways)


def wait(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it hangs"
        time.sleep(0.002)


# -- what is there -----------------------------------------------------------------------------------------------


def lines_of(home: Path) -> list[dict[str, Any]]:
    return [line for folder in session_folders(home) for line in record(folder)[1:]]


def sounds(home: Path) -> list[Path]:
    """Sound files, half written ones included."""
    return [path for folder in session_folders(home) for path in (folder / "audio").iterdir()]


def state(home: Path) -> dict[int, str]:
    """The finished utterances' words by their number; fails when a sound of the record does not decode."""
    found: dict[int, str] = {}
    for folder in session_folders(home):
        stored = read(folder)
        for _, event in stored.events:
            audio = getattr(event, "audio", None)
            if audio:
                samples, rate = soundfile.read(folder / audio)
                assert (rate, len(samples) > 0) == (16_000, True)
        found |= {one.utterance.id: one.utterance.text for one in stored.utterances}
    return found


def assert_kept(before: dict[int, str], after: dict[int, str]) -> None:
    assert {number: after.get(number) for number in before} == before


# -- killing and finishing ---------------------------------------------------------------------------------------


def killed(home: Path, moment: Moment) -> bool:
    """Kill the demo, or its resumption, at the moment; False when it had ended before."""
    resume = ["--resume"] if session_folders(home) else []
    with Running(home, "demo", *([] if resume else [EXERCISE]), *resume, "--speaker", "none") as command:
        moment(command, home)
        if command.process.poll() is not None:
            command.finish().fine()
            return False
        command.send(signal.SIGSTOP)  # so that no child is born while we count them
        orphans = children(command.process.pid)
        command.send(signal.SIGKILL)
        command.process.wait()
        wait(lambda: not any(Path(f"/proc/{pid}").exists() for pid in orphans))
    return True


def children(pid: int) -> list[int]:
    """The engines' processes; none known where there is no /proc."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def finish(home: Path) -> None:
    """Resume the demo to its end: all that was there stays, sounds that had no words get them."""
    kept = state(home)
    wordless = {line["id"] for line in of_type(lines_of(home), "sound")} - set(kept)
    whole = {path.name for path in sounds(home) if path.suffix == ".flac"}
    done = voiceguide(home, "demo", "--resume", "--speaker", "none")
    if not session_folders(home):
        assert "no simulated session" in done.complaint()
        return
    done.fine()
    (folder,) = session_folders(home)
    assert read(folder).ended == "completed"
    assert_kept(kept, state(home))
    assert wordless <= set(state(home))
    named = {Path(line["audio"]).name for line in of_type(lines_of(home), "sound")}
    assert {path.name for path in sounds(home)} == named
    assert whole <= named
