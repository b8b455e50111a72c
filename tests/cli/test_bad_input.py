"""Bad input of every kind: one clear sentence, the right exit code, nothing begun."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.support.command import (
    COMMAND,
    PATIENCE,
    add_short,
    environment,
    in_process,
    installed,
    of_type,
    only_session,
    record,
    session_folders,
    voiceguide,
)
from tests.support.records import bare_session, header, write_session
from voiceguide.record.transcript import read

SESSION = "20261122-2147-worry-and-answer-tobiku"
TYPED = ("--keyboard", "--speaker", "none")


# -- names and numbers on the command line -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "holds"),
    [
        (["demo", "worry-and-anser"], "did you mean worry-and-answer?"),
        (["start", "worry"], "did you mean worry-and-answer?"),
        (["exercises", "show", "worry"], "did you mean worry-and-answer?"),
        (["demo", "x" * 10_000], "see `voiceguide exercises`"),
        (["demo", "\x1b[31m../../etc/passwd\n"], "There is no exercise"),
        (["show", "x" * 10_000], "There is no session"),
        (["replay", "nothing"], "There is no session"),
        (["show"], "no saved session"),
        (["demo", "--resume"], "no simulated session"),
        (["start", "--resume", "nothing", *TYPED], "There is no session"),
        (["demo", "--speaker", "none", "--voice", "en-uss"], "did you mean en-us"),
        (["demo", "--speaker", "none", "--voice", "en-us+nobody"], "There is no voice"),
        (["demo", "--speaker", "kitchen radio"], "There is no loudspeaker"),
        (["demo", "--speaker", "/nowhere/at/all.wav"], "/nowhere/at/all.wav"),
        (["start", "--mic", "kitchen radio", "--speaker", "none"], "There is no microphone"),
        (["demo", "--speaker", "none", "--engine", "wisper"], "did you mean whisper?"),
        (["demo", "--names", "Anna,anna"], "choose two names"),
        (["demo", "--names", "Anna,"], "A name is empty"),
        (["demo", "--names", "An\x1b[2Jna,Ben"], "cannot be seen"),
        (["demo", "--names", "An\u202ena,Ben"], "cannot be seen"),
        (["demo", "--names", "A" * 10_000 + ",Ben"], "10000 letters"),
        (["demo", "--answers", "/nowhere"], "There is no folder '/nowhere'"),
    ],
)
@pytest.mark.full
def test_what_is_not_there_is_said_in_a_sentence(tmp_path: Path, args: list[str], holds: str) -> None:
    done = in_process(tmp_path, *args)
    sentence = done.complaint()
    assert holds in sentence
    assert len(sentence) < 400
    assert sentence.isprintable()
    assert done.out == ""
    assert session_folders(tmp_path) == []


@pytest.mark.parametrize(
    ("args", "holds"),
    [
        (["strat"], "did you mean start?"),
        (["demo", "--names", "Anna"], "two names"),
        (["demo", "--names", "A,B,C"], "two names"),
        (["demo", "--rate", "fast"], "--rate"),
        (["demo", "--rate", "5000"], "--rate"),
        (["replay", "--speed", "0"], "--speed"),
        (["replay", "--speed", "nan"], "--speed"),
        (["demo", "--loud"], "--loud"),
        (["show", "one", "two"], "two"),
        (["exercises", "shwo"], "shwo"),
    ],
)
@pytest.mark.full
def test_wrong_usage_is_said_in_a_sentence(tmp_path: Path, args: list[str], holds: str) -> None:
    assert holds in in_process(tmp_path, *args).complaint(code=2)


def test_answers_without_a_sound(tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    folder.mkdir()
    assert "holds no sound files" in installed(tmp_path, "demo", "--answers", str(folder)).complaint()
    (folder / "1.wav").write_bytes(b"RIFF and so on" * 99)
    assert "1.wav" in installed(tmp_path, "demo", "--answers", str(folder)).complaint()
    (folder / "1.wav").unlink()
    (folder / "1.mp3").mkdir()
    assert "1.mp3" in installed(tmp_path, "demo", "--answers", str(folder)).complaint()
    assert session_folders(tmp_path) == []


# -- exercises of the user ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00junk",
        b"id = ",
        b"a = 1\n" * 40_000,
        b'id = "broken"\ntitle = "Broken"\n',
        b"x = " + b"[" * 1500,
        b"x = 'y'\x00",
    ],
    ids=["empty", "binary", "torn", "long", "incomplete", "deep", "null"],
)
@pytest.mark.full
def test_a_hostile_exercise_file(tmp_path: Path, content: bytes) -> None:
    exercises = tmp_path / "config" / "exercises"
    exercises.mkdir(parents=True)
    (exercises / "broken.toml").write_bytes(content)
    listed = voiceguide(tmp_path, "exercises").fine()
    assert "worry-and-answer" in listed.out
    assert "broken.toml" in listed.err
    for args in (["exercises", "show", "broken"], ["demo", "broken", "--speaker", "none"], ["start", "broken", *TYPED]):
        assert "broken.toml" in in_process(tmp_path, *args).complaint()


# -- records -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "holds"),
    [
        (b"", "empty"),
        (os.urandom(5000) + b"\n" + bytes(5000), "session.jsonl"),
        (json.dumps(header().to_fields() | {"version": 99}).encode() + b"\n", "newer voiceguide"),
        (json.dumps(header().to_fields()).encode() + b"\nnonsense\n{}\n", "line 2"),
        (b"[" * 100_000, "session.jsonl"),
    ],
    ids=["empty", "junk", "newer", "broken", "deep"],
)
@pytest.mark.full
def test_a_record_that_cannot_be_used(tmp_path: Path, content: bytes, holds: str) -> None:
    folder = bare_session(tmp_path / "data" / "sessions", SESSION)
    (folder / "session.jsonl").write_bytes(content)
    assert SESSION.rpartition("-")[2] in voiceguide(tmp_path, "sessions").fine().out
    json.loads(voiceguide(tmp_path, "sessions", "--json").fine().out)
    for args in (["show", "tobiku"], ["replay", "tobiku"], ["start", "--resume", "tobiku", *TYPED]):
        assert holds in in_process(tmp_path, *args).complaint()
    assert (folder / "session.jsonl").read_bytes() == content


def test_a_torn_record_is_shown_and_resumed(tmp_path: Path) -> None:
    add_short(tmp_path)
    installed(tmp_path, "start", "a-short-one", *TYPED, given="yes\nyes\na boat\n\nsecond\n").fine()
    path = only_session(tmp_path) / "session.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    assert "torn" in voiceguide(tmp_path, "show").fine().out
    done = installed(tmp_path, "start", "--resume", *TYPED, given="\nyes\n").fine()
    assert "torn by a crash" in done.out
    stored = read(path.parent)
    assert (stored.torn, stored.ended) == (False, "completed")
    assert [one.answer for one in stored.utterances if one.answer] == ["a boat", "second"]


def test_a_record_that_was_changed_is_not_resumed(tmp_path: Path) -> None:
    folder = write_session(tmp_path / "data" / "sessions")
    whole = (folder / "session.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "session.jsonl").write_bytes(b"".join([*whole[:2], *whole[5:-1]]))
    assert "cannot go on" in installed(tmp_path, "start", "--resume", *TYPED).complaint()


# -- streams and encodings ---------------------------------------------------------------------------------------


def shell(home: Path, line: str) -> tuple[int, str, str]:
    """Run a line of shell, in which ``voiceguide`` is the command: its exit code, standard output and error."""
    script = f'voiceguide() {{ {shlex.join(COMMAND)} "$@"; }}; {line}'
    ended = subprocess.run(
        ["bash", "-c", script], env=environment(home), capture_output=True, text=True, timeout=PATIENCE
    )
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "Exception ignored" not in ended.stderr
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.parametrize("command", ["exercises show worry-and-answer", "sessions", "demo a-short-one --speaker none"])
@pytest.mark.full
def test_a_reader_that_has_seen_enough(tmp_path: Path, command: str) -> None:
    add_short(tmp_path)
    _, out, err = shell(tmp_path, f"voiceguide {command} | head -1")
    assert len(out.splitlines()) == 1
    assert err == ""


@pytest.mark.full
def test_a_session_goes_on_when_nobody_reads_its_lines(tmp_path: Path) -> None:
    add_short(tmp_path)
    shell(tmp_path, "voiceguide demo a-short-one --speaker none | head -1")
    assert read(only_session(tmp_path)).ended == "completed"


@pytest.mark.parametrize("command", ["exercises", "sessions", "--help", "start a-short-one --keyboard --speaker none"])
@pytest.mark.full
def test_output_that_cannot_be_written(tmp_path: Path, command: str) -> None:
    add_short(tmp_path)
    code, _, err = shell(tmp_path, f"voiceguide {command} </dev/null >/dev/full")
    assert code == 1
    assert err == "voiceguide: The output cannot be written (No space left on device): send it elsewhere.\n"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["exercises", "start a-short-one --keyboard --speaker none"])
@pytest.mark.full
def test_closed_streams(tmp_path: Path, command: str, closed: str) -> None:
    add_short(tmp_path)
    code, out, err = shell(tmp_path, f"voiceguide {command} </dev/null {closed}")
    assert (code, err) == (0, "")
    assert bool(out) is (">&-" not in closed.split())


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "iso-8859-1"},
        {"LC_ALL": "C"},
        {"NO_COLOR": "1"},
        {"TERM": "dumb"},
        {"TERM": ""},
    ],
    ids=lambda env: " ".join(f"{name}={value}" for name, value in env.items()),
)
@pytest.mark.full
def test_poor_terminals(tmp_path: Path, env: dict[str, str]) -> None:
    add_short(tmp_path)
    words = "a bøat — ☃"
    given = f"yes\nyes\n{words}\n\ntwo\n\nyes\n"
    args = ["start", "a-short-one", "--names", "Zoë,Bjørn", *TYPED]
    done = voiceguide(tmp_path, *args, given=given, env=env).fine()
    assert "\x1b" not in done.out
    assert of_type(record(only_session(tmp_path)), "utterance")[0]["text"] == words
    for command in (["show"], ["sessions"], ["sessions", "--json"], ["exercises"], ["replay", "--speaker", "none"]):
        shown = voiceguide(tmp_path, *command, env=env).fine()
        assert "\x1b" not in shown.out
    assert "10000 letters" in installed(tmp_path, "demo", "--names", "Ø" * 10_000 + ",B", env=env).complaint()
