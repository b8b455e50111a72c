"""A text falls into sentences, with time between them."""

from __future__ import annotations

import pytest

from voiceguide.sound import Sound, silence
from voiceguide.speaking.sentences import joined, pause_after, sentences


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (" \n", []),
        ("One", ["One"]),
        ("One. Two!  Three?", ["One.", "Two!", "Three?"]),
        ('He said "No." She left.', ['He said "No."', "She left."]),
        ("It takes 2.5 minutes. Begin.", ["It takes 2.5 minutes.", "Begin."]),
        ("Well... yes.", ["Well...", "yes."]),
    ],
)
def test_a_text_falls_into_its_sentences(text: str, found: list[str]) -> None:
    assert sentences(text) == found


def test_a_question_is_followed_by_a_longer_pause_and_slow_speech_by_a_longer_one_too() -> None:
    assert pause_after("Is it?", 150) == 2 * pause_after("It is.", 150) == pause_after('"Is it?"', 150)
    assert pause_after("It is.", 75) == 2 * pause_after("It is.", 150)


def test_sounds_of_any_rate_are_joined_with_their_pauses_between_them() -> None:
    tone = Sound(b"\1\1" * 16_000, 16_000)
    both = joined([(tone, 0.5), (silence(1.0, 22_050), 9.0)])
    assert both.rate == 16_000
    assert both.seconds == pytest.approx(2.5, abs=0.01)
    assert both.frames[: len(tone.frames)] == tone.frames
    assert joined([(tone, 9.0)]) == tone
