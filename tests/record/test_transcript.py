"""Writing the record: modes, torn tails, full disks, striking across crashes."""

from __future__ import annotations

import errno
import os
import resource
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fakes_disk import FakeDisk
from tests.support.records import EVENTS, STEPS, bare_session, header, spoken, write_session
from voiceguide.errors import RecordError
from voiceguide.record import dump, parse
from voiceguide.record.store import FILE
from voiceguide.record.transcript import Transcript, read
from voiceguide.session import events as ev
from voiceguide.sound import silence
from voiceguide.voice_commands import VoiceCommand

# -- round trips -------------------------------------------------------------------------------------------------


def test_what_was_appended_is_read_back(tmp_path: Path) -> None:
    session = read(write_session(tmp_path))
    assert session.events == EVENTS
    assert session.header == header()
    assert session.header.steps == STEPS
    assert (session.ended, session.seconds, session.torn) == ("completed", 24.1, False)


def test_a_session_that_goes_on_is_not_ended(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    transcript = Transcript.open(folder)
    assert (transcript.next_id, transcript.seconds, transcript.recovered) == (6, 24.1, False)
    transcript.append(ev.Resumed(), 30)
    transcript.close()
    assert read(folder).ended is None


texts = st.text(max_size=40)
numbers = st.floats(0, 1e6)
partners = st.sampled_from(("a", "b"))
sounds = st.none() | st.just("audio/0007-a.flac")
commands = st.none() | st.sampled_from(VoiceCommand)
some_events = st.one_of(
    st.builds(ev.PromptEnded, texts, numbers, st.integers(0, 99)),
    st.builds(ev.SoundKept, st.integers(1, 99), partners, st.just("audio/0007-a.flac"), numbers, numbers),
    st.builds(
        ev.Utterance,
        st.integers(1, 99),
        partners,
        texts,
        sounds,
        numbers,
        numbers,
        st.booleans(),
        commands,
        st.integers(0, 9),
        st.integers(0, 99),
    ),
    st.builds(ev.Commanded, st.sampled_from(VoiceCommand)),
    st.builds(ev.Ended, st.sampled_from(("completed", "stopped"))),
    st.sampled_from((ev.Begun(), ev.SpeechStarted(), ev.SpeechDropped(), ev.TimePassed(), ev.MicrophoneLost())),
)


@given(some_events)
def test_every_event_survives_its_line(event: ev.Event) -> None:
    data = dump({"t": 1.5, **ev.to_fields(event)})
    assert data.count(b"\n") == 1
    assert ev.from_fields(parse(data)) == event


def test_unknown_fields_and_types_are_kept(tmp_path: Path) -> None:
    folder = write_session(tmp_path, head=header(more={"mood": "calm"}))
    with (folder / FILE).open("a") as file:
        file.write('{"t": 25, "type": "weather", "sky": "blue"}\n')
    transcript = Transcript.open(folder)
    transcript.strike([1])
    transcript.close()
    session = read(folder)
    assert session.header.more == {"mood": "calm"}
    assert {"t": 25, "type": "weather", "sky": "blue"} in session.lines


def test_half_characters_of_a_broken_terminal_are_kept(tmp_path: Path) -> None:
    folder = write_session(tmp_path, ((1.0, ev.Utterance(1, "a", "broken \udc80 line\u2028here")),))
    assert read(folder).utterances[0].answer == "broken \udc80 line\u2028here"


# -- modes and places --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_only_the_owner_can_read(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        transcript = Transcript.create(tmp_path, header())
        name = transcript.keep_sound("a", silence(0.1, 16_000))
        transcript.append(ev.SoundKept(1, "a", name, 0, 0.1), 1)
        transcript.append(ev.Utterance(1, "a", "hello", name, 0, 0.1), 1)
        transcript.strike([1])
        name = transcript.keep_sound("b", silence(0.1, 16_000))
    finally:
        os.umask(before)
    transcript.close()
    folder = transcript.folder
    assert name == "audio/0002-b.flac"
    modes = {path: stat.S_IMODE((folder / path).stat().st_mode) for path in (".", "audio", FILE, name)}
    assert modes == {".": 0o700, "audio": 0o700, FILE: 0o600, name: 0o600}


@pytest.mark.parametrize("id_", ["../escape", "/etc", "", ".", "..", "a/b", "a\n", "x" * 101, "Ä", "a\0b", "CON:"])
def test_a_hostile_id_is_refused(tmp_path: Path, id_: str) -> None:
    with pytest.raises(RecordError, match="cannot be a session's id"):
        Transcript.create(tmp_path / "sessions", header(id_))
    assert list(tmp_path.iterdir()) == []


def test_a_second_session_of_the_same_id_is_refused(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    was = spoken(folder)
    with pytest.raises(RecordError, match="already"):
        Transcript.create(tmp_path, header())
    assert spoken(folder) == was


def test_a_session_goes_on_in_one_place_only(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    first = Transcript.open(folder)
    with pytest.raises(RecordError, match="another voiceguide"):
        Transcript.open(folder)
    first.close()
    Transcript.open(folder).close()


# -- torn tails --------------------------------------------------------------------------------------------------


def test_torn_at_every_byte_a_prefix_is_recovered(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    whole, data = read(folder), spoken(folder)
    first = data.index(b"\n")
    for cut in range(len(data) + 1):
        (folder / FILE).write_bytes(data[:cut])
        if cut < first:
            with pytest.raises(RecordError):
                read(folder)
            continue
        session = read(folder)
        assert session.lines == whole.lines[: len(session.lines)]
        complete = data[:cut].count(b"\n") - 1
        assert len(session.lines) in (complete, complete + 1)
        assert session.torn == (data[:cut][session.size :] != b"")
        if cut % 23 == 0 or data[cut - 1 : cut + 1] in (b"}\n", b"\n{"):  # syncing is slow: not at every byte
            transcript = Transcript.open(folder)
            assert transcript.recovered == session.torn
            transcript.append(ev.Resumed(), 99)
            transcript.close()
            assert read(folder).lines == (*session.lines, {"t": 99, **ev.to_fields(ev.Resumed())})


def test_unwritten_blocks_after_a_power_cut_are_a_torn_tail(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    with (folder / FILE).open("ab") as file:
        file.write(bytes(500))
    assert read(folder).torn
    assert read(folder).events == EVENTS
    Transcript.open(folder).close()
    assert not read(folder).torn


def test_a_sound_written_just_before_a_crash_is_adopted(tmp_path: Path) -> None:
    folder = write_session(tmp_path, EVENTS[:-1])
    transcript = Transcript.open(folder)
    name = transcript.keep_sound("b", silence(0.5, 16_000))
    transcript.close()  # and dies before the line is appended
    (folder / "audio/0007-a.flac").write_bytes(b"torn")
    (folder / "audio/.0007-a.flac.part").write_bytes(b"torn")
    reopened = Transcript.open(folder)
    reopened.close()
    assert read(folder).lost_sounds == (ev.SoundKept(6, "b", name, 24.0, 0.5, 3),)
    assert reopened.next_id == 7
    assert not list((folder / "audio").glob("*.part"))


# -- disks that refuse -------------------------------------------------------------------------------------------


def test_a_disk_that_takes_half_a_line_leaves_the_record_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_session(tmp_path, EVENTS[:4])
    was = spoken(folder)
    transcript = Transcript.open(folder)
    real, taken = os.write, 0

    def half(handle: int, data: bytes) -> int:
        nonlocal taken
        taken += 1
        if taken > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(RecordError, match="disk is full"):
            transcript.append(ev.Begun(), 5)
    assert spoken(folder) == was
    transcript.append(ev.Resumed(), 6)
    transcript.close()
    assert read(folder).events == (*EVENTS[:4], (6.0, ev.Resumed()))


def test_a_failed_undoing_is_made_good_before_the_next_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_session(tmp_path, EVENTS[:4])
    transcript = Transcript.open(folder)

    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        patch.setattr(os, "ftruncate", refuse)
        with pytest.raises(RecordError, match="Input/output error"):
            transcript.append(ev.TimePassed(), 5)
    transcript.append(ev.Resumed(), 6)
    transcript.close()
    assert read(folder).events == (*EVENTS[:4], (6.0, ev.Resumed()))


FULL = """
import resource, signal, sys
from pathlib import Path
from voiceguide.errors import RecordError
from voiceguide.session.events import PromptEnded
from voiceguide.record.transcript import Transcript
transcript = Transcript.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    transcript.append(PromptEnded("x" * 1000), 50)
except RecordError as error:
    print(error)
"""


def test_a_real_limit_of_the_system_leaves_the_record_whole(tmp_path: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    folder = write_session(tmp_path)
    was = spoken(folder)
    run = [sys.executable, "-c", FULL, str(folder), str(len(was) + 300)]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert "may not grow further" in done.stdout
    assert spoken(folder) == was


def test_beginning_fails_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash or a full disk while a session is begun leaves no half of one in the list."""
    fail_at, said = 0, set[str]()
    while True:
        fail_at += 1
        folder = tmp_path / str(fail_at)
        folder.mkdir()
        with FakeDisk(fail_at, OSError(errno.ENOSPC, "full")).mounted(monkeypatch):
            try:
                Transcript.create(folder, header()).close()
                break
            except RecordError as error:
                said.add(str(error))
        for made in folder.glob("[!.]*"):
            read(made)
    assert fail_at > 8
    assert all("disk is full" in sentence for sentence in said)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError):
        Transcript.create(tmp_path / "file", header())
    with pytest.raises(RecordError, match="not there"):
        Transcript.open(tmp_path / "absent")


def test_a_closed_transcript_says_so(tmp_path: Path) -> None:
    transcript = Transcript.open(bare_session(tmp_path, "x"))
    transcript.close()
    transcript.close()
    with pytest.raises(RecordError, match="closed"):
        transcript.append(ev.Begun(), 1)


def test_endless_patience_is_kept_in_the_header_and_checked(tmp_path: Path) -> None:
    steps = (replace(STEPS[0], endless=True), *STEPS[1:])
    folder = write_session(tmp_path, head=header(steps=steps))
    assert read(folder).header.steps == steps
    written = (folder / FILE).read_text("utf-8")
    (folder / FILE).write_text(
        written.replace('"endless": true', '"endless": "no"').replace('"endless":true', '"endless":1')
    )
    with pytest.raises(RecordError, match="endless is neither true nor false"):
        read(folder)
    older = written.replace('"endless": true, ', "").replace('"endless":true,', "")
    older = older.replace('"endless": false, ', "").replace('"endless":false,', "")
    (folder / FILE).write_text(older)
    assert read(folder).header.steps == STEPS
