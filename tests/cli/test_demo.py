"""``demo``: the whole pipeline with a simulated couple, through the installed command with the real engines."""

from __future__ import annotations

import re
import wave
from array import array
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.command import (
    add_short,
    header,
    in_process,
    installed,
    of_type,
    only_session,
    record,
    session_folders,
)
from voiceguide.exercise import StepKind
from voiceguide.record.transcript import read
from voiceguide.sound.files import resample
from voiceguide.worker import Worker

pytestmark = pytest.mark.full

FIRST = "The green lamp stands beside the kitchen window"
SECOND = "My brother bought seven yellow apples on Monday"


def test_it_ends_completed_with_everything_said_on_disk(finished: Path) -> None:
    folder = only_session(finished)
    stored = read(folder)
    assert (stored.ended, stored.torn, stored.lost_sounds) == ("completed", False, ())
    taken = {step.place for step in stored.header.steps if step.kind in (StepKind.FLOOR, StepKind.MIRROR)}
    answered = {one.utterance.place for one in stored.utterances if one.answer and one.utterance.audio}
    assert taken <= answered
    for one in stored.utterances:
        if one.utterance.audio:
            samples, rate = soundfile.read(folder / one.utterance.audio)
            assert rate == 16_000
            assert len(samples) / rate == pytest.approx(one.utterance.seconds, abs=0.01)
    for step in stored.header.steps:
        if step.place in taken and step.example:
            said = [one.answer for one in stored.utterances if one.utterance.place == step.place]
            assert shared(step.example, " ".join(said)) > 0.6
    paths = (finished / "data", *(finished / "data").rglob("*"))
    assert [path for path in paths if path.stat().st_mode & 0o777 != (0o700 if path.is_dir() else 0o600)] == []


def test_the_record_tells_what_other_programs_rely_on(finished: Path) -> None:
    first, *lines = record(only_session(finished))
    known = {name: first[name] for name in ("format", "version", "id", "exercise", "names", "simulated")}
    assert known == {
        "format": "voiceguide-session",
        "version": 1,
        "id": only_session(finished).name,
        "exercise": "worry-and-answer",
        "names": ["Mia", "Zoë"],
        "simulated": True,
    }
    for line in of_type(lines, "utterance"):
        assert line["partner"] in ("a", "b")
        assert {"audio", "start", "seconds", "text", "doubtful"} <= set(line)
    assert lines[-1] | {"t": 0} == {"t": 0, "type": "ended", "why": "completed"}


def test_the_names_are_spoken_and_shown(finished: Path) -> None:
    shown = finished.with_suffix(".txt").read_text("utf-8")
    assert "Guide: Mia, are you ready to begin?" in shown
    assert "Zoë has the floor" in shown
    assert "Robin" not in shown


def test_the_rendered_sound_is_as_long_as_the_session(finished: Path) -> None:
    with wave.open(str(finished.with_suffix(".wav"))) as wav:
        seconds = wav.getnframes() / wav.getframerate()
        samples = array("h", wav.readframes(wav.getnframes()))
    asking = 60  # at most, for consent, before the record's time begins
    assert read(only_session(finished)).seconds < seconds < read(only_session(finished)).seconds + asking
    assert max(samples) > 3_000


def test_a_finished_one_is_not_resumed_and_is_nobodys_real_session(finished: Path) -> None:
    before = (only_session(finished) / "session.jsonl").read_bytes()
    done = installed(finished, "demo", "--resume", "--speaker", "none").fine()
    assert f"The session {only_session(finished).name} is finished" in done.out
    assert (only_session(finished) / "session.jsonl").read_bytes() == before
    assert "Simulated:" in in_process(finished, "sessions").fine().out
    assert "no saved session" in installed(finished, "start", "--resume", "--keyboard").complaint()


@pytest.mark.parametrize("given", [2, 1], ids=["enough", "too few"])
def test_answers_from_a_folder(tmp_path: Path, given: int) -> None:
    folder = tmp_path / "answers"
    folder.mkdir()
    with Worker("voiceguide.speaking.pyttsx3_engine:Pyttsx3", seconds=30) as voice:
        if given == 2:
            second = resample(voice.submit("synthesize", SECOND, "en-us", 150).result(), 8_000)
            soundfile.write(folder / "2.FLAC", np.frombuffer(second.frames, "<i2"), 8_000)
        first = resample(voice.submit("synthesize", FIRST, "en-us+max", 150).result(), 44_100)
    stereo = np.repeat(np.frombuffer(first.frames, "<i2"), 2).reshape(-1, 2)
    soundfile.write(folder / "1.wav", stereo, 44_100)
    (folder / "3.txt").write_text("Not a sound.")
    (folder / "notes").mkdir()
    installed(tmp_path, "demo", add_short(tmp_path), "--speaker", "none", "--answers", str(folder)).fine()
    stored = read(only_session(tmp_path))
    assert stored.ended == "completed"
    said = {each: " ".join(one.answer for one in stored.utterances if one.utterance.partner == each) for each in "ab"}
    assert shared(FIRST, said["a"]) > 0.6
    if given == 2:
        assert shared(SECOND, said["b"]) > 0.5
    else:  # one voice's words, which are understood more or less: enough to tell that it is the example
        assert shared("You said that a boat is on the river", said["b"]) > 0.3


def test_without_a_sound_card_it_goes_on_in_silence(tmp_path: Path) -> None:
    done = installed(tmp_path, "demo", add_short(tmp_path)).fine()
    assert "Going on without sound" in done.out
    assert read(only_session(tmp_path)).ended == "completed"


def test_start_without_a_microphone_and_a_terminal_is_the_demo(tmp_path: Path) -> None:
    done = installed(tmp_path, "start", add_short(tmp_path), "--names", "Mia,Zoe").fine()
    assert "There is no microphone" in done.err
    assert "this is the demo" in done.err
    assert (header(tmp_path)["simulated"], header(tmp_path)["names"]) == (True, ["Mia", "Zoe"])


def test_the_newest_of_several_is_resumed_and_an_id_chooses(tmp_path: Path) -> None:
    exercise = add_short(tmp_path)
    for _ in range(2):
        installed(tmp_path, "demo", exercise, "--speaker", "none").fine()
    first, second = sorted(session_folders(tmp_path), key=lambda folder: folder.stat().st_mtime)
    assert second.name in installed(tmp_path, "demo", "--resume").fine().out
    part = first.name.rpartition("-")[2]
    assert first.name in installed(tmp_path, "demo", "--resume", part).fine().out
    assert "2 sessions match" in installed(tmp_path, "demo", "--resume", "short").complaint()


def shared(expected: str, said: str) -> float:
    """How many of the expected words were heard, 0 to 1."""
    wanted, heard = (set(re.findall(r"[a-z']+", words.lower())) for words in (expected, said))
    return len(wanted & heard) / len(wanted)
