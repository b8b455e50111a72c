"""A session under other names and another title: its header, its prompts, what a strike takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.fakes_disk import failing_disks
from tests.support.records import EVENTS, STEPS, header, opened, spoken, struck, write_session
from voiceguide.errors import VoiceguideError
from voiceguide.record import dump, read
from voiceguide.record.renaming import as_called_now, clean_title, exchanged
from voiceguide.record.replay import items, turns
from voiceguide.record.store import FILE
from voiceguide.record.transcript import Transcript
from voiceguide.session.events import PromptEnded, Resumed, Utterance

AT = datetime.fromisoformat("2026-11-25T20:00:00+01:00")


def rename(folder: Path, names: tuple[str, str], title: str = "Worry and answer") -> None:
    with opened(folder) as transcript:
        transcript.rename(names, title, AT)


def test_names_are_exchanged_as_whole_words_both_at_once() -> None:
    assert exchanged("Mia, Miami, Zoë's, Mia.", ("Mia", "Zoë"), ("Zoë", "Mia")) == "Zoë, Miami, Mia's, Zoë."
    assert exchanged("Ann and Ann Lee", ("Ann", "Ann Lee"), ("Bo", "Cy")) == "Bo and Cy"
    assert exchanged("M+ia? A.", ("M+ia", "A."), (r"\1", "B")) == r"\1? B"


def test_a_title_is_checked() -> None:
    for title in ("", "  ", "x" * 81, "a\x1b[2J", "a\u202eb"):
        with pytest.raises(VoiceguideError, match="title"):
            clean_title(title)
    assert clean_title("  Our\tevening ") == "Our evening"


def test_renaming_changes_the_header_and_no_other_byte(tmp_path: Path) -> None:
    head = header(more={"mood": "calm"})
    folder = write_session(tmp_path, head=head)
    first = spoken(folder).partition(b"\n")[0]
    unknown = first.replace(b'"place": 1', b'"later": [1, 2], "place": 1', 1)
    (folder / FILE).write_bytes(spoken(folder).replace(first, unknown, 1))
    before, numbered = spoken(folder), turns(read(folder))
    rename(folder, ("Zoë", "Ben"), "Our evening")
    after = spoken(folder)
    assert after.partition(b"\n")[2] == before.partition(b"\n")[2]
    assert b'"later": [1, 2]' in after
    session = read(folder)
    assert (session.header.names, session.header.title, session.header.id) == (("Zoë", "Ben"), "Our evening", head.id)
    assert [step.prompt for step in session.header.steps][:3] == [
        "Welcome, Zoë and Ben.",
        "Zoë, what worries you?",
        "Ben, what did you hear?",
    ]
    assert session.header.more["mood"] == "calm"
    was = {"names": ["Mia", "Zoë"], "title": "Worry and answer", "at": AT.isoformat(), "until": 24.1}
    (entry,) = session.header.more["was"]
    assert entry.pop("said")[1]["prompt"] == "Mia, what worries you?"
    assert entry == was
    assert turns(session).keys() == numbered.keys()
    told = [item.text for item in items(session) if item.kind == "prompt"]
    assert told[:3] == ["Welcome, Zoë and Ben.", "Zoë, what worries you?", "Ben, what did you hear?"]
    assert {item.text for item in items(session) if item.text} >= session.header.prompts - {"Yes or no?"}


def test_prompts_of_before_and_after_are_shown_with_the_names_of_now(folder: Path) -> None:
    rename(folder, ("Zoë", "Mia"))
    with opened(folder) as transcript:
        transcript.append(Resumed(), 30)
        transcript.append(PromptEnded("Zoë, is that right?", 31, 3), 33)
    rename(folder, ("Ann", "Ben"))
    session = read(folder)
    told = [item.text for item in items(session) if item.kind == "prompt"]
    assert told[-2:] == ["Ann, is that right?"] * 2
    assert len(session.header.more["was"]) == 2
    assert set(told[:2]) < session.header.prompts


@pytest.mark.parametrize("was", [None, "no", [1, {}, {"names": ["a"], "until": 3}, {"names": ["Mia", 1], "until": 9}]])
def test_a_field_of_that_name_which_is_not_ours_does_no_harm(tmp_path: Path, was: object) -> None:
    folder = write_session(tmp_path, head=header(more={"was": was}))
    assert as_called_now("Mia", 1.0, read(folder).header) == "Mia"
    rename(folder, ("Ann", "Ben"))
    assert as_called_now("Mia", 1.0, read(folder).header) == "Ann"


def test_a_strike_after_renaming_blanks_no_more_than_before(tmp_path: Path) -> None:
    said = Utterance(6, "a", "what worries you", None, 26.0, 1.0, place=2)
    folders = [write_session(tmp_path / name, (*EVENTS, (27.0, said))) for name in ("renamed", "plain")]
    rename(folders[0], ("Ann", "Ben"))
    renamed, plain = ([dump(line) for line in struck(folder, [1, 2, 6]).lines] for folder in folders)
    assert renamed == plain
    assert b"Mia, what worries you?" in spoken(folders[0])


def test_a_strike_after_renaming_that_died_hides_no_more_than_before(tmp_path: Path) -> None:
    said = Utterance(1, "a", "what worries you", None, 5.0, 1.0, place=2)
    folder = write_session(tmp_path, (*EVENTS[:3], (6.0, said)))
    rename(folder, ("Ann", "Ben"))
    with (folder / FILE).open("ab") as file:
        file.write(dump({"t": 7, "type": "strike", "ids": [1]}))
    session = read(folder)
    assert session.utterances[0].answer == ""
    assert [item.text for item in items(session)] == ["Welcome, Ann and Ben.", "Ann, what worries you?"]


def test_renaming_that_dies_at_any_step_leaves_one_or_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for disk in failing_disks():
        folder = write_session(tmp_path / str(disk.fail_at))
        with opened(folder) as transcript:
            disk.fails(monkeypatch, transcript.rename, ("Ann", "Ben"), "Our evening", AT)
        Transcript.open(folder).close()
        session = read(folder)
        assert session.events == EVENTS
        assert (session.header.title == "Our evening") == (session.header.names == ("Ann", "Ben"))
        assert sorted(path.name for path in folder.iterdir()) == ["audio", FILE]
        found.append(session.header.title)
    assert found == sorted(found, reverse=True)
    assert (found[0], found[-1]) == ("Worry and answer", "Our evening")


def test_a_renamed_transcript_goes_on_in_the_same_process(folder: Path) -> None:
    with opened(folder) as transcript:
        transcript.rename(("Ann", "Ben"), "Our evening", AT)
        assert transcript.header == read(folder).header
        transcript.append(Resumed(), 30)
        transcript.strike([1])
    assert read(folder).header.names == ("Ann", "Ben")


def test_a_name_that_is_a_word_spoils_nothing_for_good(tmp_path: Path) -> None:
    steps = (*STEPS[:1], replace(STEPS[1], prompt="Mia, tell. You have a minute."), *STEPS[2:])
    folder = write_session(tmp_path, head=header(steps=steps))
    for names in (("You", "Zoë"), ("Robin", "Zoë")):
        rename(folder, names, "Our evening")
    assert read(folder).header.steps[1].prompt == "Robin, tell. You have a minute."
