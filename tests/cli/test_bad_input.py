"""Bad input of every kind: one clear sentence, the right exit code, nothing begun."""

from __future__ import annotations

import json
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
    typed,
    voiceguide,
)
from tests.support.hostile import assert_harmless
from tests.support.records import bare_session, header, write_session
from voiceguide.record.transcript import read

SESSION = "20261122-2147-worry-and-answer-tobiku"
TYPED = ("--keyboard", "--speaker", "none")
SILENT = ("--speaker", "none")


# -- names and numbers on the command line -----------------------------------------------------------------------

NOT_THERE: list[tuple[tuple[str, ...], str]] = [
    (("demo", "worry-and-anser"), "did you mean worry-and-answer?"),
    (("start", "worry"), "did you mean worry-and-answer?"),
    (("exercises", "show", "worry"), "did you mean worry-and-answer?"),
    (("exercises", "show", "../../x"), ""),
    (("exercises", "check", "x" * 5_000), ""),
    (("demo", "x" * 10_000), "see `voiceguide exercises`"),
    (("demo", "\x1b[31m../../etc/passwd\n"), "There is no exercise"),
    (("show", "x" * 10_000), "There is no session"),
    (("replay", "nothing"), "There is no session"),
    (("show",), "no saved session"),
    (("demo", "--resume"), "no simulated session"),
    (("demo", "--resume=x\ny"), ""),
    (("start", "--resume", "nothing", *TYPED), "There is no session"),
    (("start", "--keyboard", "--resume=../x"), ""),
    (("demo", *SILENT, "--voice", "en-uss"), "did you mean en-us"),
    (("demo", *SILENT, "--voice", "en-us+nobody"), "There is no voice"),
    (("demo", "--speaker", "kitchen radio"), "There is no loudspeaker"),
    (("demo", "--speaker", "/nowhere/at/all.wav"), "/nowhere/at/all.wav"),
    (("start", "--mic", "kitchen radio", *SILENT), "There is no microphone"),
    (("demo", *SILENT, "--engine", "wisper"), "did you mean whisper?"),
    (("demo", "--names", "Anna,anna"), "choose two names"),
    (("demo", "--names", "Anna,"), "A name is empty"),
    (("demo", "--names", "An\x1b[2Jna,Ben"), "cannot be seen"),
    (("demo", "--names", "An\u202ena,Ben"), "cannot be seen"),
    (("demo", "--names", "A" * 10_000 + ",Ben"), "10000 letters"),
    (("demo", "--answers", "/nowhere"), "There is no folder '/nowhere'"),
    (("engines", "get", "base"), "did you mean base.en"),
    (("engines", "get", "moonshine"), "is a package"),
    (("engines", "remove", "small.en"), "nothing to remove"),
    (("engines", "remove", "smal.en", "--yes"), "did you mean small.en"),
    (("engines", "remove", "../../data"), ""),
    (("voices", "get", "kristn"), "did you mean kristin"),
    (("voices", "get", "joe"), "is a package, no download"),
    (("voices", "remove", "cori"), "nothing to remove"),
    (("helplines", "\x1b[31m"), ""),
    (("helplines", "Atlantis"), "There is no list of helplines for"),
]
WRONG_USAGE: list[tuple[tuple[str, ...], str]] = [
    (("strat",), "did you mean start?"),
    (("start", "--rate", "900"), "900 is not in the range 80 to 300"),
    (("demo", "--names", "Anna"), "two names"),
    (("demo", "--names", "A,B,C"), "two names"),
    (("demo", "--rate", "fast"), "--rate"),
    (("demo", "--rate", "5000"), "--rate"),
    (("replay", "--speed", "0"), "--speed"),
    (("replay", "--speed", "nan"), "--speed"),
    (("demo", "--loud"), "--loud"),
    (("show", "one", "two"), "two"),
    (("exercises", "shwo"), "shwo"),
    (("delete", "--yes"), "Missing argument 'ID'"),
    (("completion", "csh"), "bash"),
]


def test_what_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    found = []
    for args, holds in NOT_THERE:
        done = in_process(tmp_path, *args)
        sentence = done.complaint()
        assert_harmless(done.err)
        good = holds in sentence and "inside voiceguide" not in sentence and len(sentence) < 400
        if not (good and sentence.isprintable() and done.out == ""):
            found.append((args, done))
    assert found == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_wrong_usage_is_said_in_a_sentence(tmp_path: Path) -> None:
    told = [(args, holds, in_process(tmp_path, *args).complaint(code=2)) for args, holds in WRONG_USAGE]
    assert [each for each in told if each[1] not in each[2]] == []


def test_beside_a_session_nothing_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    bare_session(tmp_path / "data" / "sessions", "x-tobiku")
    before = sorted(tmp_path.rglob("*"))
    commands: list[tuple[str, ...]] = [
        ("show", "../../../etc/passwd"),
        ("export", "..", "--to", "md"),
        ("export", "tobiku", "--to", "md", "-o", "x" * 5_000),
        ("delete", "/", "--yes"),
        ("delete", "*", "--yes"),
        ("rename", "\udcff", "--title", "x"),
        ("correct", "t\u03bfbiku"),
    ]
    for args in commands:
        done = in_process(tmp_path, *args, env={"EDITOR": "true"})
        assert "inside voiceguide" not in done.complaint(), args
        assert_harmless(done.err)
    assert sorted(tmp_path.rglob("*")) == before


def test_answers_without_a_sound(tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    folder.mkdir()
    demo = ("demo", "--answers", str(folder))
    assert "holds no sound files" in in_process(tmp_path, *demo).complaint()
    (folder / "1.wav").write_bytes(b"RIFF and so on" * 99)
    assert "1.wav" in in_process(tmp_path, *demo).complaint()
    (folder / "1.wav").unlink()
    (folder / "1.mp3").mkdir()
    assert "1.mp3" in in_process(tmp_path, *demo).complaint()
    assert session_folders(tmp_path) == []


# -- exercises of the user ---------------------------------------------------------------------------------------


def test_a_hostile_exercise_file(tmp_path: Path) -> None:
    file = tmp_path / "config" / "exercises" / "broken.toml"
    file.parent.mkdir(parents=True)
    for content in (
        b"",
        b"\xff\xfe\x00junk",
        b"id = ",
        b"a = 1\n" * 40_000,
        b'id = "broken"\ntitle = "Broken"\n',
        b"x = " + b"[" * 1500,
        b"x = 'y'\x00",
    ):
        file.write_bytes(content)
        listed = voiceguide(tmp_path, "exercises").fine()
        assert "worry-and-answer" in listed.out, content[:20]
        assert "broken.toml" in listed.err, content[:20]
        for args in (("exercises", "show", "broken"), ("demo", "broken", *SILENT), ("start", "broken", *TYPED)):
            assert "broken.toml" in in_process(tmp_path, *args).complaint(), (content[:20], args)


# -- records -----------------------------------------------------------------------------------------------------


def test_a_record_that_cannot_be_used(tmp_path: Path) -> None:
    file = bare_session(tmp_path / "data" / "sessions", SESSION) / "session.jsonl"
    fields = header().to_fields()
    for content, holds in (
        (b"", "empty"),
        (bytes(range(255, -1, -1)) * 20 + b"\n" + bytes(5000), "session.jsonl"),
        (json.dumps(fields | {"version": 99}).encode() + b"\n", "newer voiceguide"),
        (json.dumps(fields).encode() + b"\nnonsense\n{}\n", "line 2"),
        (b"[" * 100_000, "session.jsonl"),
    ):
        file.write_bytes(content)
        assert "tobiku" in voiceguide(tmp_path, "sessions").fine().out, content[:20]
        json.loads(voiceguide(tmp_path, "sessions", "--json").fine().out)
        for args in (("show", "tobiku"), ("replay", "tobiku"), ("start", "--resume", "tobiku", *TYPED)):
            assert holds in in_process(tmp_path, *args).complaint(), (content[:20], args)
        assert file.read_bytes() == content


def test_a_torn_record_is_shown_and_resumed(tmp_path: Path) -> None:
    add_short(tmp_path)
    typed(tmp_path, "yes", "yes", "a boat", "", "second")
    path = only_session(tmp_path) / "session.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    assert "torn" in voiceguide(tmp_path, "show").fine().out
    assert "torn by a crash" in typed(tmp_path, "", "yes", start=("--resume",)).out
    stored = read(path.parent)
    assert (stored.torn, stored.ended) == (False, "completed")
    assert [one.answer for one in stored.utterances if one.answer] == ["a boat", "second"]


def test_a_record_that_was_changed_is_not_resumed(tmp_path: Path) -> None:
    folder = write_session(tmp_path / "data" / "sessions")
    whole = (folder / "session.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "session.jsonl").write_bytes(b"".join([*whole[:2], *whole[5:-1]]))
    assert "cannot go on" in in_process(tmp_path, "start", "--resume", *TYPED).complaint()


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


@pytest.mark.full
@pytest.mark.parametrize("command", ["exercises show worry-and-answer", "sessions", "demo a-short-one --speaker none"])
def test_a_reader_that_has_seen_enough(tmp_path: Path, command: str) -> None:
    add_short(tmp_path)
    _, out, err = shell(tmp_path, f"voiceguide {command} | head -1")
    assert (len(out.splitlines()), err) == (1, "")
    if command.startswith("demo"):
        assert read(only_session(tmp_path)).ended == "completed", "it goes on when nobody reads its lines"


@pytest.mark.full
@pytest.mark.parametrize("command", ["exercises", "sessions", "--help", "start a-short-one --keyboard --speaker none"])
def test_output_that_cannot_be_written(tmp_path: Path, command: str) -> None:
    add_short(tmp_path)
    code, _, err = shell(tmp_path, f"voiceguide {command} </dev/null >/dev/full")
    assert code == 1
    assert err == "voiceguide: The output cannot be written (No space left on device): send it elsewhere.\n"


@pytest.mark.full
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["exercises", "start a-short-one --keyboard --speaker none"])
def test_closed_streams(tmp_path: Path, command: str, closed: str) -> None:
    add_short(tmp_path)
    code, out, err = shell(tmp_path, f"voiceguide {command} </dev/null {closed}")
    assert (code, err) == (0, "")
    assert bool(out) is (">&-" not in closed.split())


POOR: list[dict[str, str]] = [
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "iso-8859-1"},
    {"LC_ALL": "C"},
    {"NO_COLOR": "1"},
    {"TERM": "dumb"},
    {"TERM": ""},
]


@pytest.mark.full
@pytest.mark.parametrize("env", POOR, ids=str)
def test_poor_terminals(tmp_path: Path, env: dict[str, str]) -> None:
    add_short(tmp_path)
    words = "a bøat — ☃"
    given = f"yes\nyes\n{words}\n\ntwo\n\nyes\n"
    start = ("start", "a-short-one", "--names", "Zoë,Bjørn", *TYPED)
    assert "\x1b" not in installed(tmp_path, *start, given=given, env=env).fine().out
    assert of_type(record(only_session(tmp_path)), "utterance")[0]["text"] == words
    commands: list[tuple[str, ...]] = [("show",), ("sessions",), ("sessions", "--json"), ("exercises",)]
    for command in (*commands, ("replay", *SILENT)):
        assert "\x1b" not in voiceguide(tmp_path, *command, env=env).fine().out, command
    assert "10000 letters" in installed(tmp_path, "demo", "--names", "Ø" * 10_000 + ",B", env=env).complaint()
