"""What is replayed of a record, and the transforms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.records import EVENTS, write_session
from voiceguide.events import PromptEnded, SoundKept, Utterance
from voiceguide.record import read
from voiceguide.replay import cap_gaps, items, only_partner
from voiceguide.transcript import Transcript
from voiceguide.voice_commands import VoiceCommand


def test_items_come_in_the_order_they_were_heard(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    found = list(items(read(folder)))
    assert [(item.name, item.text) for item in found] == [
        ("", "Welcome, Mia and Zoë."),
        ("", "Mia, what worries you?"),
        ("Mia", "I worry about the little house"),
        ("Mia", "and money"),
        ("", "Zoë, what did you hear?"),
        ("", "Mia, this is what I heard. I worry about the little house and money"),
        ("Zoë", "you worry"),
        ("", "Mia, is that right?"),
    ]
    assert [item.gap_before for item in found[:4]] == [0.0, 0.5, 1.0, 2.6]
    assert [item.kind for item in found[:3]] == ["prompt", "prompt", "utterance"]
    assert found[3].audio == folder / "audio/0002-a.flac"
    assert (found[1].seconds, found[3].seconds, found[3].place) == (1.5, 2.0, 2)


def test_what_was_struck_is_not_replayed(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    transcript = Transcript.open(folder)
    transcript.strike([1, 2])
    transcript.close()
    assert [item.name for item in items(read(folder)) if item.partner] == ["Zoë"]


def test_a_sound_without_words_is_replayed_and_words_without_sound_too(tmp_path: Path) -> None:
    folder = write_session(tmp_path, (*EVENTS, (30.0, SoundKept(6, "b", "audio/0006-b.flac", 28.0, 1.0, 3))))
    (folder / "audio/0001-a.flac").unlink()
    found = [item for item in items(read(folder)) if item.partner]
    assert (found[0].audio, found[0].text) == (None, "I worry about the little house")
    assert (found[-1].audio, found[-1].text) == (folder / "audio/0006-b.flac", "")


def test_a_recording_without_words_is_replayed_unless_it_is_a_command(tmp_path: Path) -> None:
    wordless = Utterance(6, "b", "", "audio/0001-a.flac", 28.0, 1.0, True, place=3)
    command = replace(wordless, id=7, text="I'm done", command=VoiceCommand.DONE)
    folder = write_session(tmp_path, (*EVENTS, (30.0, wordless), (31.0, command)))
    assert [(item.text, item.start) for item in items(read(folder))][-1] == ("", 28.0)


def test_amended_words_are_replayed(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    transcript = Transcript.open(folder)
    transcript.amend(2, "and honey", "Mia")
    transcript.close()
    assert "and honey" in [item.text for item in items(read(folder))]


def test_only_one_partner(tmp_path: Path) -> None:
    session = read(write_session(tmp_path))
    assert [item.text for item in only_partner(items(session), "b")] == ["you worry"]


def test_gaps_are_capped_and_nothing_else_changes(tmp_path: Path) -> None:
    session = read(write_session(tmp_path))
    before, after = list(items(session)), list(cap_gaps(items(session), 1.5))
    assert [item.gap_before for item in after] == [min(1.5, item.gap_before) for item in before]
    assert max(item.gap_before for item in before) > 1.5
    assert [item.text for item in after] == [item.text for item in before]


def test_overlapping_times_make_no_negative_gap(tmp_path: Path) -> None:
    events = (
        (9.0, PromptEnded("One.", 1.0, 1)),
        (8.0, PromptEnded("Two.", 2.0, 1)),
        (12.0, PromptEnded("3.", 10.0, 1)),
    )
    assert [item.gap_before for item in items(read(write_session(tmp_path, events)))] == [0.0, 0.0, 1.0]
