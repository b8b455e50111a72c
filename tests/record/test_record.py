"""Reading records nobody should trust: each broken one is one clear sentence."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.records import bare_session, header, write_session
from voiceguide.errors import NewerRecordError, RecordError
from voiceguide.record import read
from voiceguide.record.store import FILE, MAX_LINE
from voiceguide.record.transcript import new_id
from voiceguide.session.events import Amended

HEADER = json.dumps(header().to_fields()).encode()
FINE = b'{"t": 1, "type": "begun"}\n'
SPOKEN = {"t": 1, "type": "utterance", "id": 1, "partner": "a", "text": "x"}


def stored(folder: Path, content: bytes) -> Path:
    made = folder / "session"
    made.mkdir(parents=True)
    (made / FILE).write_bytes(content)
    return made


def with_line(**changed: Any) -> bytes:
    return HEADER + b"\n" + json.dumps(SPOKEN | changed).encode() + b"\n" + FINE


def with_header(**changed: Any) -> bytes:
    return json.dumps(header().to_fields() | changed).encode() + b"\n"


STEP = header().to_fields()["steps"][0]

BAD = {
    "nothing": b"",
    "an empty line": b"\n",
    "binary junk": bytes(range(256)) * 40,
    "not JSON": b"dear diary\n",
    "a list": b"[]\n",
    "another format": b'{"version": 2, "width": 80}\n',
    "no header": FINE * 3,
    "half a header": HEADER[:100],
    "a huge line": b"x" * (MAX_LINE + 2),
    "a huge line inside": HEADER + b"\n" + b" " * (MAX_LINE + 2) + b"\n",
    "no newline and huge": HEADER + b"\n" + bytes(MAX_LINE + 2),
    "deep nesting": HEADER + b"\n" + b"[" * 200_000 + b"\n" + FINE,
    "deep nesting in the header": b'{"a":' * 100_000 + b"\n",
    "doubled keys": HEADER + b'\n{"t": 1, "t": 2, "type": "begun"}\n',
    "NaN": HEADER + b'\n{"t": NaN, "type": "begun"}\n',
    "infinity": HEADER + b'\n{"t": 1e999, "type": "begun"}\n',
    "a number of 5,000 digits": HEADER + b'\n{"t": ' + b"9" * 5000 + b', "type": "begun"}\n',
    "a number of 400 digits": HEADER + b'\n{"t": ' + b"9" * 400 + b', "type": "begun"}\n',
    "bad UTF-8": HEADER + b'\n{"t": 1, "type": "beg\xff"}\n' + FINE,
    "a broken line": HEADER + b'\n{"t": 1, "ty\n' + FINE,
    "no t": HEADER + b'\n{"type": "begun"}\n',
    "no type": HEADER + b'\n{"t": 1}\n',
    "a type that is a list": with_line(type=["utterance"]),
    "an id that is text": with_line(id="1"),
    "an id that is a list": with_line(id=[1]),
    "an id that is true": with_line(id=True),
    "text that is a number": with_line(text=5),
    "a third partner": with_line(partner="c"),
    "a partner that is a list": with_line(partner=["a"]),
    "an unknown command": with_line(command="explode"),
    "an ending for no reason": HEADER + b'\n{"t": 1, "type": "ended", "why": "bored"}\n',
    "an utterance without partner": HEADER + b'\n{"t": 1, "type": "utterance", "id": 1}\n',
    "words at no time": HEADER + b'\n{"t": 1, "type": "amend", "id": 1, "text": "x", "times": [[0.5]]}\n',
    "words at a time without end": HEADER
    + b'\n{"t": 1, "type": "amend", "id": 1, "text": "x", "times": [[0, 1e999]]}\n',
    "an amendment of nothing": HEADER + b'\n{"t": 1, "type": "amend", "text": "x"}\n',
    "a strike of nothing": HEADER + b'\n{"t": 1, "type": "strike"}\n',
    "a version that is text": with_header(version="1"),
    "version 0": with_header(version=0),
    "one name": with_header(names=["Mia"]),
    "names that are numbers": with_header(names=[1, 2]),
    "simulated perhaps": with_header(simulated="perhaps"),
    "no steps": with_header(steps=[]),
    "steps that are text": with_header(steps=["say"]),
    "a step that leads outside": with_header(steps=[STEP | {"then": 9}]),
    "a step that leads back before the start": with_header(steps=[STEP | {"then": -1}]),
    "a step that stands nowhere": with_header(steps=[STEP | {"place": None, "then": 1}]),
    "a step that leads nowhere": with_header(steps=[STEP | {"then": None}]),
    "a step of an unknown kind": with_header(steps=[STEP | {"kind": "dance"}]),
    "a floor of nobody": with_header(steps=[STEP | {"kind": "floor", "then": 1}]),
    "a question without a no": with_header(steps=[STEP | {"kind": "ask", "partner": "a", "then": 1}]),
    "endless seconds": with_header(steps=[STEP | {"seconds": 1e99, "then": 1}]),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_a_bad_record_is_one_clear_sentence(tmp_path: Path, content: bytes) -> None:
    folder = stored(tmp_path, content)
    with pytest.raises(RecordError) as caught:
        read(folder)
    said = str(caught.value)
    assert str(folder) in said
    assert "\n" not in said
    assert len(said) < len(str(folder)) + 300
    assert said.endswith(".")


def test_a_broken_line_and_a_newer_record_are_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"session\.jsonl, line 2 cannot be read \(text has the wrong shape\)"):
        read(stored(tmp_path / "broken", with_line(text=5)))
    with pytest.raises(NewerRecordError, match=r"record version 2, this one reads up to 1.*update voiceguide"):
        read(stored(tmp_path / "newer", with_header(version=2, steps="in another shape")))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for make in (Path.mkdir, os.mkfifo):
        folder = tmp_path / make.__name__
        folder.mkdir()
        make(folder / FILE)
        with pytest.raises(RecordError, match="is not a file"):
            read(folder)
    with pytest.raises(RecordError, match="not there"):
        read(tmp_path / "absent")


OUTSIDE = (
    "../../etc/passwd",
    "/etc/passwd",
    "audio/../../x.flac",
    "audio/.hidden.flac",
    "audio/a/b.flac",
    "x.flac",
    "audio\\..\\x.flac",
    "C:x.flac",
    "audio/0001-a.flac\n",
    "audio/" + "x" * 300 + ".flac",
    "audio/a\0.flac",
)


@pytest.mark.parametrize("kind", ["utterance", "sound"])
def test_a_sound_outside_the_folder_is_refused(tmp_path: Path, kind: str) -> None:
    for number, audio in enumerate(OUTSIDE):
        line = SPOKEN | {"type": kind, "audio": audio, "start": 0, "seconds": 1}
        with pytest.raises(RecordError, match="outside its own folder"):
            read(bare_session(tmp_path, str(number), line))


def test_a_sound_or_a_folder_of_sounds_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret").write_text("x")
    folder = write_session(tmp_path)
    (folder / "audio/0003-b.flac").unlink()
    (folder / "audio/0003-b.flac").symlink_to(tmp_path / "elsewhere" / "secret")
    other = bare_session(tmp_path, "x")
    (other / "audio").symlink_to(tmp_path / "elsewhere")
    for each in (folder, other):
        with pytest.raises(RecordError, match="do not trust"):
            read(each)


def test_an_amendment_stands_beside_the_first_words_and_a_strike_hides_all(tmp_path: Path) -> None:
    amend = {"t": 2, "type": "amend", "id": 1, "text": "y", "by": "Mia"}
    (told,) = read(bare_session(tmp_path, "x", SPOKEN, amend, amend | {"text": "z"})).utterances
    assert (told.answer, told.amended, told.utterance.text) == ("z", Amended(1, "z", "Mia"), "x")
    secret = bare_session(tmp_path, "y", SPOKEN | {"text": "secret"}, amend, {"t": 2, "type": "strike", "ids": [1]})
    assert "secret" not in repr(read(secret))  # also where the strike was not completed


def test_words_keep_their_times(tmp_path: Path) -> None:
    times = {"times": [[0.8, 1.21], [2, 2.1], [2.1, 2.5]]}
    said = SPOKEN | {"text": "money I'm done", "command": "done", "command_at": 6} | times
    (told,) = read(bare_session(tmp_path, "x", said)).utterances
    assert told.times == ((0.8, 1.21),)
    better = {"t": 2, "type": "amend", "id": 1, "text": "my money", "times": [[0.7, 0.8], [0.8, 1.2]]}
    (told,) = read(bare_session(tmp_path, "y", said, better)).utterances
    assert told.times == ((0.7, 0.8), (0.8, 1.2))


def test_sounds_without_words_are_found(tmp_path: Path) -> None:
    sound = {"t": 1, "type": "sound", "partner": "a", "audio": "audio/0001-a.flac", "start": 0, "seconds": 1}
    session = read(bare_session(tmp_path, "x", sound | {"id": 1}, SPOKEN, sound | {"id": 2}))
    assert [lost.id for lost in session.lost_sounds] == [2]


def test_ids_sort_by_time_and_are_safe() -> None:
    for exercise in ("worry-and-answer", "../../Etc Passwd", "\x1b[31m", "Ä" * 500, ""):
        made = new_id(exercise, datetime(2026, 11, 22, 21, 47, 59))
        assert re.fullmatch(r"20261122-2147-[a-z0-9-]+-[a-z]{6}", made)
        assert len(made) <= 100
        assert new_id(exercise, datetime(2026, 11, 22, 9, 5)) < made
