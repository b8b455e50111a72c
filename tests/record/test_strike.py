"""Taking words off the record, across crashes and failing disks."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tests.support.fakes_disk import failing_disks
from tests.support.records import EVENTS, opened, spoken, struck, write_session
from voiceguide.errors import RecordError
from voiceguide.record.store import FILE
from voiceguide.record.transcript import Transcript, read
from voiceguide.session import events as ev
from voiceguide.voice_commands import VoiceCommand

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
