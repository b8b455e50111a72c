"""Writing the record: modes, torn tails, full disks, striking across crashes."""

from __future__ import annotations

import errno
import os
import resource
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fakes_disk import failing_disks
from tests.support.records import EVENTS, STEPS, header, opened, spoken, struck, write_session
from voiceguide.errors import RecordError
from voiceguide.record import dump, parse
from voiceguide.record.store import FILE
from voiceguide.record.transcript import Transcript, read
from voiceguide.session import events as ev
from voiceguide.sound import silence
from voiceguide.voice_commands import VoiceCommand

# -- round trips -------------------------------------------------------------------------------------------------


def test_what_was_appended_is_read_back(tmp_path: Path) -> None:
    broken = ev.Utterance(7, "a", "of a broken terminal \udc80 line\u2028here")
    session = read(write_session(tmp_path, ((1.0, broken), *EVENTS)))
    assert session.events == ((1.0, broken), *EVENTS)
    assert session.header == header()
    assert session.header.steps == STEPS
    assert (session.ended, session.seconds, session.torn) == ("completed", 24.1, False)


texts = st.text(max_size=40)
numbers = st.floats(0, 1e6)
ids = st.integers(1, 99)
partners = st.sampled_from(("a", "b"))
sounds = st.none() | st.just("audio/0007-a.flac")
commands = st.none() | st.sampled_from(VoiceCommand)
some_events = st.one_of(
    st.builds(ev.PromptEnded, texts, numbers, ids),
    st.builds(ev.SoundKept, ids, partners, st.just("audio/0007-a.flac"), numbers, numbers),
    st.builds(ev.Utterance, ids, partners, texts, sounds, numbers, numbers, st.booleans(), commands, ids, ids),
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
    session = struck(folder, [1])
    assert session.header.more == {"mood": "calm"}
    assert {"t": 25, "type": "weather", "sky": "blue"} in session.lines


# -- modes and places --------------------------------------------------------------------------------------------


def test_only_the_owner_can_read(tmp_path: Path) -> None:
    for umask in (0o000, 0o077, 0o777):
        before = os.umask(umask)
        try:
            transcript = Transcript.create(tmp_path, header(f"with-{umask}"))
            name = transcript.keep_sound("a", silence(0.1, 16_000))
            transcript.append(ev.Utterance(1, "a", "hello", name, 0, 0.1), 1)
            transcript.strike([1])
            name = transcript.keep_sound("b", silence(0.1, 16_000))
        finally:
            os.umask(before)
        transcript.close()
        modes = {path: stat.S_IMODE((transcript.folder / path).stat().st_mode) for path in (".", "audio", FILE, name)}
        assert modes == {".": 0o700, "audio": 0o700, FILE: 0o600, "audio/0002-b.flac": 0o600}


def test_a_hostile_id_or_one_that_is_there_is_refused(tmp_path: Path) -> None:
    for id_ in ("../escape", "/etc", "", ".", "..", "a/b", "a\n", "x" * 101, "Ä", "a\0b", "CON:"):
        with pytest.raises(RecordError, match="cannot be a session's id"):
            Transcript.create(tmp_path / "sessions", header(id_))
    assert list(tmp_path.iterdir()) == []
    folder = write_session(tmp_path)
    was = spoken(folder)
    with pytest.raises(RecordError, match="already"):
        Transcript.create(tmp_path, header())
    assert spoken(folder) == was


def test_a_session_goes_on_in_one_place_only(folder: Path) -> None:
    with opened(folder) as first:
        assert (first.next_id, first.seconds, first.recovered) == (6, 24.1, False)
        with pytest.raises(RecordError, match="another voiceguide"):
            Transcript.open(folder)
        first.append(ev.Resumed(), 30)
        first.close()
        with pytest.raises(RecordError, match="closed"):
            first.append(ev.Begun(), 31)
    assert read(folder).ended is None
    Transcript.open(folder).close()


# -- torn tails --------------------------------------------------------------------------------------------------


def test_torn_at_every_byte_a_prefix_is_recovered(tmp_path: Path) -> None:
    folder = write_session(tmp_path, EVENTS[3:6], header(steps=STEPS[:1]))
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
        with opened(folder) as transcript:
            assert transcript.recovered == session.torn
            transcript.append(ev.Resumed(), 99)
        assert read(folder).lines == (*session.lines, {"t": 99, **ev.to_fields(ev.Resumed())})


def test_unwritten_blocks_after_a_power_cut_are_a_torn_tail(folder: Path) -> None:
    with (folder / FILE).open("ab") as file:
        file.write(bytes(500))
    assert (read(folder).torn, read(folder).events) == (True, EVENTS)
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
    was, real = spoken(folder), os.write
    halves = iter((1, 0))

    def half(handle: int, data: bytes) -> int:
        if not next(halves):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data[: len(data) // 2])

    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with opened(folder) as transcript:
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", half)
            with pytest.raises(RecordError, match="disk is full"):
                transcript.append(ev.Begun(), 5)
        assert spoken(folder) == was
        transcript.append(ev.Resumed(), 6)
        with monkeypatch.context() as patch:  # neither synced nor undone
            patch.setattr(os, "fsync", refuse)
            patch.setattr(os, "ftruncate", refuse)
            with pytest.raises(RecordError, match="Input/output error"):
                transcript.append(ev.TimePassed(), 7)
        transcript.append(ev.Resumed(), 8)
    assert read(folder).events == (*EVENTS[:4], (6.0, ev.Resumed()), (8.0, ev.Resumed()))


def test_a_real_limit_of_the_system_leaves_the_record_whole(folder: Path) -> None:
    was = spoken(folder)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    with opened(folder) as transcript:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(was) + 300, limit[1]))
        try:
            with pytest.raises(RecordError, match="may not grow further"):
                transcript.append(ev.PromptEnded("x" * 1000), 50)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert spoken(folder) == was


def test_beginning_fails_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk while a session is begun leaves no half of one in the list."""

    def begin(folder: Path) -> None:
        Transcript.create(folder, header()).close()

    for disk in failing_disks(OSError(errno.ENOSPC, "full")):
        folder = tmp_path / str(disk.fail_at)
        folder.mkdir()
        error = disk.fails(monkeypatch, begin, folder)
        assert "disk is full" in str(error) or not disk.reached
        for made in folder.glob("[!.]*"):
            read(made)
    assert len(disk.calls) > 8
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError):
        begin(tmp_path / "file")
    with pytest.raises(RecordError, match="not there"):
        Transcript.open(tmp_path / "absent")


def test_endless_patience_is_kept_in_the_header_and_checked(tmp_path: Path) -> None:
    steps = (replace(STEPS[0], endless=True), *STEPS[1:])
    folder = write_session(tmp_path, head=header(steps=steps))
    assert read(folder).header.steps == steps
    written = (folder / FILE).read_text("utf-8")
    assert written.count('"endless": true') == 1
    (folder / FILE).write_text(written.replace('"endless": true', '"endless": "no"'))
    with pytest.raises(RecordError, match="endless is neither true nor false"):
        read(folder)
    (folder / FILE).write_text(written.replace('"endless": true, ', "").replace('"endless": false, ', ""))
    assert read(folder).header.steps == STEPS


# -- off the record ----------------------------------------------------------------------------------------------

SECRETS = (b"little house", b"money", b"tiny house")


def amended_session(folder: Path) -> Path:
    made = write_session(folder)
    with opened(made) as transcript:
        transcript.amend(1, "I worry about the tiny house", "Mia")
    return made


def test_struck_words_and_sounds_are_gone_and_the_rest_stays(tmp_path: Path) -> None:
    folder = amended_session(tmp_path)
    before = read(folder)
    with opened(folder) as transcript:
        transcript.strike((1, 2))
        transcript.strike((1, 2))
        transcript.append(ev.Utterance(2, "a", "late words", None, 1, 1), 40)
        transcript.append(ev.Amended(1, "better late words", "Whisper", ((0.1, 0.2),) * 3), 41)
        with pytest.raises(RecordError, match="off the record"):
            transcript.amend(1, "again", "Mia")
    data, session = spoken(folder), read(folder)
    assert not [secret for secret in (*SECRETS, b"late words") if secret in data]
    assert sorted(path.name for path in (folder / "audio").iterdir()) == ["0003-b.flac"]
    assert session.struck == {1, 2}
    assert session.lost_sounds == ()
    assert [line["type"] for line in session.lines].count("strike") == 1
    kinds = [type(event) for _, event in session.events[: len(EVENTS)]]
    assert kinds == [type(event) for _, event in EVENTS]
    assert session.utterances[1].utterance.command is VoiceCommand.DONE
    assert session.utterances[2] == before.utterances[2]
    prompts = [event.text for _, event in session.events if isinstance(event, ev.PromptEnded)]
    assert prompts[1] == "Mia, what worries you?"
    assert prompts[3] == "Mia, this is what I heard. … …"


def test_a_strike_that_dies_at_any_step_is_completed_by_the_next_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided = 0
    for disk in failing_disks():
        folder = amended_session(tmp_path / str(disk.fail_at))
        whole = read(folder)
        with opened(folder) as transcript:
            disk.fails(monkeypatch, transcript.strike, (1, 2))
        hidden = read(folder)
        Transcript.open(folder).close()
        mended = read(folder)
        assert not (folder / f"{FILE}.new").exists()
        if hidden.struck:
            decided += 1
            assert {u.answer for u in hidden.utterances[:2]} == {""}
            assert not [secret for secret in SECRETS if secret in spoken(folder)]
            assert sorted(path.name for path in (folder / "audio").iterdir()) == ["0003-b.flac"]
            assert mended.lines == hidden.lines
        else:
            assert mended.lines == whole.lines
    assert decided == len(disk.calls) > 9  # only while the decision itself is not written can it be lost


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO])
def test_every_failure_in_striking_is_one_sentence_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    said = list[BaseException | None]()
    for disk in failing_disks(OSError(code, os.strerror(code))):
        folder = amended_session(tmp_path / str(disk.fail_at))
        with opened(folder) as transcript:
            said.append(disk.fails(monkeypatch, transcript.strike, (1, 2)))
        struck(folder, (1, 2))
        assert not [secret for secret in SECRETS if secret in spoken(folder)]
    assert len(said) > 8
    assert [
        error for error in said if error and not (isinstance(error, RecordError) and str(error)[:7] == "Cannot ")
    ] == []
