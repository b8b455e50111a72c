"""What is replayed of a record, and the transforms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.support.records import EVENTS, STEPS, header, opened, struck, write_session
from voiceguide.exercise import Step, StepKind
from voiceguide.record import BY_HAND, read
from voiceguide.record.replay import cap_gaps, chapters, gist, items, only_partner, turns, with_prompts
from voiceguide.session.events import PromptEnded, SoundKept, Utterance
from voiceguide.voice_commands import VoiceCommand


def test_items_come_in_the_order_they_were_heard(folder: Path) -> None:
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


def test_long_gaps_shrink_keep_their_order_and_nothing_else_changes(tmp_path: Path) -> None:
    (some,) = list(items(read(write_session(tmp_path))))[:1]
    before = [replace(some, gap_before=gap) for gap in (0.0, 0.4, 1.5, 1.6, 4.0, 20.0, 1800.0)]
    after = [item.gap_before for item in cap_gaps(before, 1.5)]
    assert after[:3] == [0.0, 0.4, 1.5]
    assert after == sorted(after)
    assert 1.5 < after[3] < after[4] < 2.0 < after[5] < after[6] <= 3.0
    assert [replace(item, gap_before=0.0) for item in cap_gaps(before, 1.5)] == [replace(some, gap_before=0.0)] * 7


def test_overlapping_times_make_no_negative_gap(tmp_path: Path) -> None:
    spans = ((1.0, 9.0), (2.0, 8.0), (10.0, 12.0))
    events = tuple((end, PromptEnded("One.", start, 1)) for start, end in spans)
    assert [item.gap_before for item in items(read(write_session(tmp_path, events)))] == [0.0, 0.0, 1.0]


def test_turns_are_numbered_as_the_floor_was_held(tmp_path: Path) -> None:
    session = read(write_session(tmp_path))
    assert [(item.turn, item.id) for item in items(session) if item.turn] == [(1, 1), (1, 2), (2, 3)]
    assert {turn: [item.id for item in said] for turn, said in turns(session).items()} == {1: [1, 2], 2: [3, 4], 3: [5]}


def test_a_struck_turn_keeps_its_number_and_tells_nothing(tmp_path: Path) -> None:
    session = struck(write_session(tmp_path), [1, 2])
    assert [(item.turn, item.name) for item in items(session) if item.partner] == [(2, "Zoë")]
    assert [(item.struck, item.text) for item in turns(session)[1]] == [(True, ""), (True, "")]


def test_an_aside_of_the_guide_does_not_end_a_turn(tmp_path: Path) -> None:
    aside = (9.5, PromptEnded("Is there anything more?", 9.0, 2))
    again = (9.5, PromptEnded("Mia, what worries you?", 9.0, 2))
    for more, numbers in ((aside, [1, 1, 2]), (again, [1, 2, 3])):
        session = read(write_session(tmp_path / str(numbers), (*EVENTS, more)))
        assert [item.turn for item in items(session) if item.turn] == numbers


def test_a_correction_by_hand_stands_beside_what_was_heard(folder: Path) -> None:
    with opened(folder) as transcript:
        transcript.amend(1, "I worry about the little mouse", BY_HAND)
        transcript.amend(3, "you worried", "base.en")
    found = {item.id: item for item in items(read(folder)) if item.id}
    assert (found[1].text, found[1].first) == ("I worry about the little mouse", "I worry about the little house")
    assert (found[3].text, found[3].first) == ("you worried", "")
    assert found[2].doubtful


def test_the_gist_of_a_prompt() -> None:
    short = {
        "Mia, what worries you? You have a minute.": "Mia, what worries you?",
        "Think of a friend. This friend was there. What did they see?": "What did they see?",
        "Welcome, Mia. This is Settle.": "Welcome, Mia.",
        "No end": "No end",
        "": "",
    }
    assert {prompt: gist(prompt) for prompt in short} == short


def test_prompts_are_shortened_or_left_out_and_so_is_a_partner(tmp_path: Path) -> None:
    session = read(write_session(tmp_path))
    assert [item.text for item in only_partner(items(session), "b")] == ["you worry"]
    short = [item.text for item in with_prompts(items(session), "short")]
    assert "Mia, this is what I heard." in short
    assert "I worry about the little house" in short
    assert [item.kind for item in with_prompts(items(session), "none")] == ["utterance"] * 3
    assert list(with_prompts(items(session), "full")) == list(items(session))


def test_chapters_are_called_after_what_the_guide_says() -> None:
    long = Step(StepKind.SAY, "word " * 40, 4, 5)
    titles = [chapter.title for chapter in chapters(header(steps=(*STEPS, long))).values()]
    assert titles[:3] == ["Welcome, Mia and Zoë.", "Mia, what worries you?", "Zoë, what did you hear?"]
    assert len(titles) == 4
    assert titles[3].endswith("word…")
    assert len(titles[3]) <= 60
