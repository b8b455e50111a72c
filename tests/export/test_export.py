"""What is exported, read back by parsers that nobody here wrote; and hostile words through every format."""

from __future__ import annotations

import html
import io
import json
import zipfile
from functools import cache
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest
import srt
import webvtt
import yaml
from markdown_it import MarkdownIt

from tests.cli.test_cli_sessions import assert_golden
from tests.support.editions import HOSTILE, edition, exported, sounding
from voiceguide.cleaning import clean
from voiceguide.errors import ExportError
from voiceguide.export import export_to
from voiceguide.export.edition import Edition
from voiceguide.record.store import FILE
from voiceguide.record.transcript import Transcript, read

TEXTS = ("md", "txt", "json", "vtt", "chapters", "srt")


TIME, WORDS = {"type": "number", "minimum": 0}, {"type": "string"}
SEGMENT = {
    "type": "object",
    "required": ["startTime", "body"],
    "additionalProperties": False,
    "properties": {"speaker": WORDS, "startTime": TIME, "endTime": TIME, "body": WORDS},
}
PODCAST_JSON = {
    "type": "object",
    "required": ["version", "segments"],
    "additionalProperties": False,
    "properties": {"version": {"const": "1.0.0"}, "segments": {"type": "array", "items": SEGMENT}},
}
"""What the published format asks for; it comes without a schema of its own."""


@cache
def text(told: Edition, to: str) -> str:
    return exported(told, to).decode("utf-8")


def subtitles(told: Edition) -> list[srt.Subtitle]:
    found = list(srt.parse(text(told, "srt")))
    assert srt.compose(found, reindex=False).strip() == text(told, "srt").strip()  # nothing was lost or changed
    return found


def cues(told: Edition, to: str = "vtt") -> list[webvtt.Caption]:
    return list(webvtt.from_string(text(told, to)).captions)


def letters(words: str) -> str:
    return "".join(words.split())


@pytest.mark.parametrize("to", TEXTS)
def test_a_session_is_as_it_should_be(told: Edition, evil: Edition, to: str) -> None:
    assert_golden(f"export.{to}", text(told, to))
    made = text(evil, to)
    assert not {char for char in made if ord(char) < 32 or 0x7F <= ord(char) < 0xA0} - {"\n"}
    assert not set("\u202e\u202c\u2028") & set(made)
    head, _, _ = made.partition("xxx")  # the rest is very long
    assert_golden(f"export-hostile.{to}", head.rstrip() + "\n")


# -- captions ----------------------------------------------------------------------------------------------------


def test_srt_is_read_back_with_short_lines_and_all_words(either: Edition) -> None:
    found = subtitles(either)
    assert [each.index for each in found] == list(range(1, len(found) + 1))
    lines = [each.content.split("\n") for each in found]
    assert max(map(len, lines)) <= 2
    assert max(len(line) for caption in lines for line in caption) <= 32
    assert all(each.start < each.end for each in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert found[-1].end.total_seconds() == pytest.approx(either.seconds, abs=0.002)
    heard = letters("".join(each.content for each in found))
    assert all(letters(clean(item.text).replace("<", "‹").replace(">", "›")) in heard for item in either.items[-3:])


def test_srt_names_who_speaks_when_that_changes(told: Edition) -> None:
    names = [each.content.split(":")[0] for each in subtitles(told) if ":" in each.content]
    assert names == ["Guide", "Mia", "Guide", "Zoë", "Guide"]


def test_vtt_is_read_back_with_voices_and_all_words(either: Edition) -> None:
    found = cues(either)
    assert len(found) >= len(either.items)
    assert found[0].start_in_seconds == 0
    assert {html.unescape(caption.voice or "") for caption in found} == {
        "Guide",
        *map(clean, either.session.header.names),
    }
    heard = html.unescape(letters("".join(caption.text for caption in found)))
    assert all(letters(clean(item.text)) in heard for item in either.items[-3:])


def test_vtt_and_srt_are_in_time_with_each_other(told: Edition) -> None:
    ends = {round(placed.end, 3) for placed in told.placed}
    assert ends <= {round(each.end.total_seconds(), 3) for each in subtitles(told)}
    assert {int(end) for end in ends} <= {round(float(caption.end_in_seconds), 3) for caption in cues(told)}


def test_chapters_follow_each_other_to_the_end(told: Edition) -> None:
    found = cues(told, "chapters")
    assert [caption.text for caption in found] == [chapter.title for chapter, _ in told.starts]
    assert [caption.end for caption in found[:-1]] == [caption.start for caption in found[1:]]


# -- texts -------------------------------------------------------------------------------------------------------


def test_json_is_as_published(either: Edition) -> None:
    found = json.loads(text(either, "json"))
    jsonschema.validate(found, PODCAST_JSON)
    assert [each["body"] for each in found["segments"]] == [clean(item.text) for item in either.items]
    assert [each["startTime"] for each in found["segments"]] == [round(placed.at, 3) for placed in either.placed]


def test_markdown_says_the_words_and_nothing_else(evil: Edition) -> None:
    _, front, body = text(evil, "md").split("---\n", 2)
    meta = yaml.safe_load(front)
    assert meta["names"] == [clean(name) for name in evil.session.header.names]
    assert meta["title"] == clean(evil.session.header.title)
    parsed = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(body)
    kinds = {token.type for token in parsed} | {child.type for token in parsed for child in token.children or []}
    expected = {"heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text"}
    expected |= {"em_open", "em_close", "strong_open", "strong_close", "text_special"}
    assert kinds <= expected
    said = ["".join(child.content for child in token.children or []) for token in parsed if token.type == "inline"]
    assert any(" ".join(clean(HOSTILE).split()) in " ".join(line.split()) for line in said)


def test_text_has_short_lines(told: Edition) -> None:
    assert max(map(len, text(told, "txt").splitlines())) <= 79


def test_struck_turns_never_appear(tmp_path: Path) -> None:
    session = sounding(tmp_path)
    transcript = Transcript.open(session.folder)
    transcript._append({"t": 25.0, "type": "strike", "ids": [1, 2]})  # decided, and then the power went
    transcript.close()
    assert b"little house" in (session.folder / FILE).read_bytes()
    told = edition(read(session.folder))
    made = {to: exported(told, to) for to in (*TEXTS, "html", "zip")}
    assert [to for to in made if b"little house" in made[to]] == []
    with zipfile.ZipFile(io.BytesIO(made["zip"])) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        assert [name.rpartition("/")[2] for name in names] == [FILE, "0003-b.flac"]
        assert b"little house" not in archive.read(names[0])


def test_a_zip_unpacked_is_the_session(told: Edition, tmp_path: Path) -> None:
    packed = exported(told, "zip")
    assert exported(told, "zip") == packed
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
        assert {info.external_attr >> 16 & 0o777 for info in archive.infolist()} == {0o600, 0o700}
    again = read(tmp_path / told.session.header.id)
    assert again.header == told.session.header
    assert again.events == told.session.events
    sounds = [item.audio for item in told.items if item.audio]
    assert [(again.folder / "audio" / path.name).read_bytes() for path in sounds] == [p.read_bytes() for p in sounds]


# -- files -------------------------------------------------------------------------------------------------------


def test_a_file_is_its_owners_alone_and_never_overwritten(told: Edition, tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    export_to(told, "txt", path)
    assert path.stat().st_mode & 0o777 == 0o600
    (tmp_path / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    for there in (path, tmp_path / "link.txt"):
        with pytest.raises(ExportError, match="is there already"):
            export_to(told, "md", there)
    assert path.read_text("utf-8") == text(told, "txt")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.txt", "talk.txt"]


def test_a_file_that_cannot_be_written_is_said_and_is_not_there(
    told: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ExportError, match="Cannot write"):
        export_to(told, "txt", tmp_path / "absent" / "talk.txt")

    def full(edition: Edition, file: io.BytesIO, to: str) -> None:
        file.write(b"some")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("voiceguide.export.text.write", full)
    with pytest.raises(ExportError, match="No space left"):
        export_to(told, "txt", tmp_path / "talk.txt")
    assert list(tmp_path.iterdir()) == []
