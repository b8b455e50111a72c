"""What is exported, read back by parsers that nobody here wrote; and hostile words through every format."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest
import srt
import webvtt
import yaml
from markdown_it import MarkdownIt

from tests.cli.test_cli_sessions import assert_golden
from tests.support.editions import HOSTILE, edition, hostile, sounding
from voiceguide.cleaning import clean
from voiceguide.errors import ExportError
from voiceguide.export import FORMATS, export, export_to
from voiceguide.export.edition import Edition
from voiceguide.record import Session
from voiceguide.record.store import FILE
from voiceguide.record.transcript import Transcript, read

TEXTS = ("md", "txt", "json", "vtt", "chapters", "srt")

PODCAST_JSON = {
    "type": "object",
    "required": ["version", "segments"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "1.0.0"},
        "segments": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["startTime", "body"],
                "additionalProperties": False,
                "properties": {
                    "speaker": {"type": "string"},
                    "startTime": {"type": "number", "minimum": 0},
                    "endTime": {"type": "number", "minimum": 0},
                    "body": {"type": "string"},
                },
            },
        },
    },
}
"""What the published format asks for; it comes without a schema of its own."""


def exported(told: Edition, to: str) -> str:
    file = io.BytesIO()
    export(told, to, file)
    return file.getvalue().decode("utf-8")


def subtitles(text: str) -> list[srt.Subtitle]:
    found = list(srt.parse(text))
    assert srt.compose(found, reindex=False).strip() == text.strip()  # nothing was lost or taken otherwise
    return found


def cues(text: str) -> list[webvtt.Caption]:
    return list(webvtt.from_string(text).captions)


@pytest.mark.parametrize("to", TEXTS)
def test_an_ordinary_session_is_as_it_should_be(tmp_path: Path, to: str) -> None:
    assert_golden(f"export.{to}", exported(edition(sounding(tmp_path)), to))


@pytest.mark.parametrize("to", TEXTS)
def test_a_hostile_session_is_as_it_should_be(tmp_path: Path, to: str) -> None:
    text = exported(edition(hostile(tmp_path)), to)
    assert not {char for char in text if ord(char) < 32 or 0x7F <= ord(char) < 0xA0} - {"\n"}
    assert not set("\u202e\u202c\u2028") & set(text)
    head, _, _ = text.partition("xxx")  # the rest is a million letters long
    assert_golden(f"export-hostile.{to}", head.rstrip() + "\n")


# -- captions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [sounding, hostile])
def test_srt_is_read_back_with_short_lines_and_all_words(tmp_path: Path, make: Callable[[Path], Session]) -> None:
    told = edition(make(tmp_path))
    found = subtitles(exported(told, "srt"))
    assert [each.index for each in found] == list(range(1, len(found) + 1))
    for each in found:
        lines = each.content.split("\n")
        assert len(lines) <= 2
        assert max(map(len, lines)) <= 32
        assert each.start < each.end
    assert all(before.end <= after.start for before, after in pairwise(found))
    if make is sounding:  # a million letters have more captions than milliseconds
        assert found[-1].end.total_seconds() == pytest.approx(told.seconds, abs=0.002)
    heard = "".join("".join(each.content.split()) for each in found)
    for item in told.items[-3:]:
        assert "".join(clean(item.text).replace("<", "‹").replace(">", "›").split()) in heard


def test_srt_names_who_speaks_when_that_changes(tmp_path: Path) -> None:
    text = exported(edition(sounding(tmp_path)), "srt")
    names = [each.content.split(":")[0] for each in subtitles(text) if ":" in each.content]
    assert names == ["Guide", "Mia", "Guide", "Zoë", "Guide"]


@pytest.mark.parametrize("make", [sounding, hostile])
def test_vtt_is_read_back_with_voices_and_all_words(tmp_path: Path, make: Callable[[Path], Session]) -> None:
    told = edition(make(tmp_path))
    found = cues(exported(told, "vtt"))
    assert len(found) >= len(told.items)
    voices = {caption.voice for caption in found}
    assert "Guide" in voices
    assert len(voices) == 3
    heard = "".join("".join(caption.text.split()) for caption in found)
    for item in told.items[-3:]:
        assert "".join(clean(item.text).split())[:5000] in heard.replace("&lt;", "<").replace("&gt;", ">").replace(
            "&amp;", "&"
        )
    assert found[0].start_in_seconds == 0


def test_vtt_and_srt_are_in_time_with_each_other(tmp_path: Path) -> None:
    told = edition(sounding(tmp_path))
    ends = {round(placed.end, 3) for placed in told.placed}
    of_srt = {round(each.end.total_seconds(), 3) for each in subtitles(exported(told, "srt"))}
    of_vtt = {round(float(caption.end_in_seconds), 3) for caption in cues(exported(told, "vtt"))}
    assert ends <= of_srt
    assert {int(end) for end in ends} <= of_vtt


def test_chapters_follow_each_other_to_the_end(tmp_path: Path) -> None:
    told = edition(sounding(tmp_path))
    found = cues(exported(told, "chapters"))
    assert [caption.text for caption in found] == [chapter.title for chapter, _ in told.starts]
    assert [caption.end for caption in found[:-1]] == [caption.start for caption in found[1:]]


# -- texts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [sounding, hostile])
def test_json_is_as_published(tmp_path: Path, make: Callable[[Path], Session]) -> None:
    told = edition(make(tmp_path))
    found = json.loads(exported(told, "json"))
    jsonschema.validate(found, PODCAST_JSON)
    assert [each["body"] for each in found["segments"]] == [clean(item.text) for item in told.items]
    assert [each["startTime"] for each in found["segments"]] == [round(placed.at, 3) for placed in told.placed]


def test_markdown_says_the_words_and_nothing_else(tmp_path: Path) -> None:
    told = edition(hostile(tmp_path))
    text = exported(told, "md")
    _, front, body = text.split("---\n", 2)
    meta = yaml.safe_load(front)
    assert meta["names"] == [clean(name) for name in told.session.header.names]
    assert meta["title"] == clean(told.session.header.title)
    parsed = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(body)
    kinds = {token.type for token in parsed} | {child.type for token in parsed for child in token.children or []}
    expected = {"heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text"}
    expected |= {"em_open", "em_close", "strong_open", "strong_close", "text_special"}
    assert kinds <= expected
    said = ["".join(child.content for child in token.children or []) for token in parsed if token.type == "inline"]
    assert any(" ".join(clean(HOSTILE).split()) in " ".join(line.split()) for line in said)


def test_text_has_short_lines(tmp_path: Path) -> None:
    text = exported(edition(sounding(tmp_path)), "txt")
    assert max(map(len, text.splitlines())) <= 79
    assert "Mia (1, 0:05): I worry about the little house and money (?)" in text


@pytest.mark.parametrize("to", [*TEXTS, "zip"])
def test_struck_turns_never_appear(tmp_path: Path, to: str) -> None:
    session = sounding(tmp_path)
    transcript = Transcript.open(session.folder)
    transcript._append({"t": 25.0, "type": "strike", "ids": [1, 2]})  # decided, and then the power went
    transcript.close()
    assert b"little house" in (session.folder / FILE).read_bytes()
    file = io.BytesIO()
    export(edition(read(session.folder)), to, file)
    assert b"little house" not in file.getvalue()
    if to == "zip":
        with zipfile.ZipFile(file) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            assert [name.rpartition("/")[2] for name in names] == [FILE, "0003-b.flac"]
            assert b"little house" not in archive.read(names[0])


# -- the whole ---------------------------------------------------------------------------------------------------


def test_a_zip_unpacked_is_the_session(tmp_path: Path) -> None:
    session = sounding(tmp_path / "sessions")
    file = io.BytesIO()
    export(edition(session), "zip", file)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "unpacked")
        assert {info.external_attr >> 16 & 0o777 for info in archive.infolist()} == {0o600, 0o700}
    again = read(tmp_path / "unpacked" / session.header.id)
    assert again.header == session.header
    assert again.events == session.events
    for item in edition(session).items:
        if item.audio:
            copy = again.folder / "audio" / item.audio.name
            assert copy.read_bytes() == item.audio.read_bytes()


def test_the_same_session_is_the_same_zip(tmp_path: Path) -> None:
    told = edition(sounding(tmp_path))
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        export(told, "zip", file)
    assert files[0].getvalue() == files[1].getvalue()


# -- files -------------------------------------------------------------------------------------------------------


def test_a_file_is_its_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    told = edition(sounding(tmp_path / "sessions"))
    path = tmp_path / "talk.txt"
    export_to(told, "txt", path)
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    with pytest.raises(ExportError, match="is there already"):
        export_to(told, "md", path)
    assert path.read_bytes() == before
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "elsewhere.txt")
    with pytest.raises(ExportError, match="is there already"):
        export_to(told, "md", link)
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="Cannot write"):
        export_to(edition(sounding(tmp_path)), "txt", tmp_path / "absent" / "talk.txt")


def test_a_file_that_fails_half_way_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = edition(sounding(tmp_path / "sessions"))

    def full(edition: Edition, file: io.BytesIO, to: str) -> None:
        file.write(b"some")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("voiceguide.export.text.write", full)
    with pytest.raises(ExportError, match="No space left"):
        export_to(told, "txt", tmp_path / "talk.txt")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["sessions"]


def test_every_format_has_its_module() -> None:
    assert all(hasattr(__import__(module, fromlist=["write"]), "write") for module in FORMATS.values())
