"""Words mended by hand: the text and its checks, the times of words, the private folder, what a strike removes."""

from __future__ import annotations

import re
import stat
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fakes_disk import failing_disks
from tests.support.records import EVENTS, header, opened, struck, write_session
from voiceguide.errors import RecordError
from voiceguide.record import BY_HAND, CORRECTING, PAGE, read
from voiceguide.record.correcting import Correction, CorrectionError, Desk, apply, corrections, laid_out, retimed
from voiceguide.record.store import FILE
from voiceguide.record.transcript import Transcript
from voiceguide.refining import refinable
from voiceguide.session.events import Utterance

TEXT = "# a comment\n\n[1] one thing\n[12] and another\n"


# -- the text ----------------------------------------------------------------------------------------------------


def test_the_text_shows_who_speaks_to_what_and_only_words(tmp_path: Path) -> None:
    folder = write_session(tmp_path, (*EVENTS, (30.0, Utterance(6, "b", "a secret", None, 29.0, 1.0, place=3))))
    text = laid_out(struck(folder, [6]))
    body = text[text.index("# Guide:") :]
    assert body == (
        "# Guide: Mia, what worries you?\n# Mia (turn 1, 0:05)\n"
        "[1] I worry about the little house\n[2] and money\n"
        "\n# Guide: Zoë, what did you hear?\n# Zoë (turn 2, 0:18)\n[3] you worry\n"
    )
    assert all(line.startswith("#") for line in text[: text.index("# Guide:")].splitlines() if line)
    assert corrections(text, text) == []


def test_words_cannot_steer_the_editor_or_break_out_of_their_line(tmp_path: Path) -> None:
    folder = write_session(tmp_path, ((1.0, Utterance(1, "a", "one\n[2] two\x1b[2J \udc80", place=2)),))
    text = laid_out(read(folder))
    assert "[1] one [2] two\ufffd[2J \ufffd\n" in text
    assert corrections(text, text) == []


def test_changed_lines_are_found_and_removed_ones_are_not_missed() -> None:
    assert corrections("[12]  and   the other\r\n", TEXT) == [Correction(12, "and another", "and the other")]
    assert corrections("\n# [1] nothing\n", TEXT) == []
    assert corrections("  [1] # a thing\n", TEXT) == [Correction(1, "one thing", "# a thing")]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("[1] one thing\n[13] more", "Line 2 has the number 13, which was not there"),
        ("[1] one\n\n[1] two", "Line 3 has the number 1 once more"),
        ("# yes\n[1] one\nthing", "Line 3 does not begin with its number"),
        ("[x] one", "Line 1 does not begin with its number"),
        ("[1]  \n", "Line 1 has no words left: to remove what was said, use `voiceguide delete`"),
        ("[1] " + "x" * 100_001, "Line 1 has more than 100000 characters"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_the_mend(typed: str, said: str) -> None:
    with pytest.raises(CorrectionError, match=f"^{re.escape(said)}"):
        corrections(typed, TEXT)


# -- times -------------------------------------------------------------------------------------------------------

TIMES = ((0.0, 0.5), (0.6, 1.0), (1.2, 1.8), (2.0, 3.0))


def test_words_that_stay_keep_their_times() -> None:
    the, little, red, house = TIMES
    cases = {
        "the little red house": TIMES,
        "The little, red house.": TIMES,
        "the middle red house": TIMES,
        "the little house": (the, little, house),
        "the brittle old red house": (the, (0.6, 0.8), (0.8, 1.0), red, house),
        "the little house red house": (the, little, (1.0, 1.2), red, house),
        "so the little red house": ((0.0, 0.0), *TIMES),
        "the little red house there": (*TIMES, (3.0, 3.0)),
    }
    assert {new: retimed(["the", "little", "red", "house"], new.split(), TIMES) for new in cases} == cases
    for unknown in ((), TIMES):  # TIMES are those of four words
        assert retimed(["one", "two"], ["one", "three"], unknown) == ()


words = st.lists(st.sampled_from(["a", "b", "c", "A,", "…"]), max_size=9)


@given(words, words)
def test_times_never_run_back_and_there_is_one_for_each_word(old: list[str], new: list[str]) -> None:
    times = tuple((float(at), at + 0.7) for at in range(len(old)))
    made = retimed(old, new, times)
    assert len(made) == (len(new) if old else 0)
    assert all(begin <= end for begin, end in made)
    assert all(before[1] <= after[0] for before, after in pairwise(made))


# -- the record --------------------------------------------------------------------------------------------------


def test_corrections_are_amendments_by_hand_which_no_engine_may_change(tmp_path: Path) -> None:
    timed = Utterance(1, "a", "the little house", "audio/0001-a.flac", 1.0, 2.0, True, times=TIMES[:3], place=2)
    other = Utterance(2, "a", "and so on", "audio/0002-a.flac", place=2)
    folder = write_session(tmp_path, ((1.0, timed), (2.0, other)))
    assert [stored.utterance.id for stored in refinable(read(folder))] == [1, 2]
    wanted = [Correction(1, "the little house", "the little horse"), Correction(2, "something else", "no")]
    assert apply(folder, [*wanted, Correction(9, "gone", "no")]) == ([1], [2, 9])
    session = read(folder)
    first, second = session.utterances
    assert (first.answer, first.times, first.doubtful) == ("the little horse", TIMES[:3], False)
    assert first.amended
    assert (first.amended.by, first.utterance, second.amended) == (BY_HAND, timed, None)
    assert [stored.utterance.id for stored in refinable(session)] == [2]


# -- the desk ----------------------------------------------------------------------------------------------------


def test_the_text_is_private_and_goes_wholly(folder: Path) -> None:
    desk = Desk(read(folder))
    assert desk.path.parent.parent == folder
    assert not desk.goes_on
    assert stat.S_IMODE(desk.path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in desk.path.parent.iterdir()} == {0o600}
    (desk.path.parent / "words.txt~").write_text("a backup")
    with pytest.raises(RecordError, match="in another window"):
        Desk(read(folder))
    desk.clear()
    desk.close()
    assert sorted(path.name for path in folder.iterdir()) == ["audio", FILE]
    wordless = write_session(folder.parent, EVENTS[:4], header("wordless"))
    with pytest.raises(RecordError, match="no words to correct"):
        Desk(read(wordless))
    assert not (wordless / CORRECTING).exists()


def test_what_was_typed_is_gone_on_with_and_what_changed_meanwhile_is_no_correction(folder: Path) -> None:
    desk = Desk(read(folder))
    desk.path.write_text(desk.path.read_text("utf-8").replace("you worry", "you hurry"), "utf-8-sig")
    desk.close()
    apply(folder, [Correction(1, "I worry about the little house", "all better")])
    again = Desk(read(folder))
    assert again.goes_on
    assert again.corrections() == [Correction(3, "you worry", "you hurry")]
    again.path.write_bytes(b"[1] caf\xe9")
    with pytest.raises(CorrectionError, match="not UTF-8"):
        again.corrections()
    again.close()


def test_a_crash_while_it_is_laid_out_leaves_all_of_it_or_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A real crash would let go of it.
    monkeypatch.setattr("voiceguide.record.correcting.lock_folder", lambda folder: None)
    for disk in failing_disks():
        disk.fails(monkeypatch, lambda: Desk(read(folder)).close())
        desk = Desk(read(folder))
        desk.path.write_text(desk.path.read_text("utf-8").replace("house", "boat"), "utf-8")
        assert ["boat" in each.words for each in desk.corrections()] == [True]  # it refuses a line that was not there
        desk.clear()
        desk.close()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    folder, elsewhere = write_session(tmp_path / "sessions"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("words.txt", "before.txt"):
        (elsewhere / name).write_text("[1] not yours\n")
    (folder / CORRECTING).symlink_to(elsewhere)
    desk = Desk(read(folder))
    assert not desk.goes_on
    desk.clear()
    desk.close()
    assert (elsewhere / "words.txt").read_text() == "[1] not yours\n"


# -- striking ----------------------------------------------------------------------------------------------------


def test_a_strike_removes_the_page_and_the_words_laid_out_wherever_it_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for disk in failing_disks():
        folder = write_session(tmp_path / str(disk.fail_at))
        (folder / PAGE).write_text("the little house")
        Desk(read(folder)).close()
        with opened(folder) as transcript:
            disk.fails(monkeypatch, transcript.strike, [1])
        decided = bool(read(folder).struck)
        assert decided or disk.reached
        Transcript.open(folder).close()
        assert [(folder / name).exists() for name in (PAGE, CORRECTING)] == [not decided] * 2, disk.calls
    assert len(disk.calls) > 8
    wanted = [Correction(1, "I worry about the little house", "no"), Correction(3, "you worry", "yes")]
    assert apply(folder, wanted) == ([3], [1])
    Desk(read(folder)).close()
    Transcript.open(folder).close()
    assert (folder / CORRECTING).is_dir()  # what is laid out later stays
