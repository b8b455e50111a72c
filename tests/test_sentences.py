"""Where the guide goes on after an interruption: at the start of a sentence, in the sound of the real voice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from voiceguide.sound import Sound, silence
from voiceguide.speaking.sentences import sentences, starts
from voiceguide.worker import Worker


@pytest.fixture(scope="module")
def voice() -> Iterator[Worker]:
    with Worker("voiceguide.speaking.pyttsx3_engine:Pyttsx3", seconds=30) as worker:
        yield worker


@pytest.mark.parametrize("rate", [110, 150, 220])
@pytest.mark.parametrize(
    "sentences",
    [
        ("Welcome, Mia and Zoë.", "This takes ten minutes: one worry, one answer.", "Shall we begin?"),
        ("Mia, for one minute say one worry, only one; Zoë listens!", "When you are done, say I'm done."),
        ("Is there anything more?", "Take your time."),
    ],
)
def test_each_sentence_begins_after_the_ones_before_it(voice: Worker, sentences: tuple[str, ...], rate: int) -> None:
    def spoken(count: int) -> Sound:
        sound: Sound = voice.submit("synthesize", " ".join(sentences[:count]), None, rate).result()
        return sound

    found = starts(" ".join(sentences), spoken(len(sentences)))
    assert len(found) == len(sentences)
    assert found[0] == 0.0
    for count, start in enumerate(found[1:], 1):
        alone = spoken(count).seconds  # it ends in a part of the pause that follows within the text
        assert alone - 0.15 < start < alone + 0.7


def test_one_sentence_and_no_sound_have_one_start() -> None:
    assert starts("Well, one.", silence(1.0, 16_000)) == (0.0,)
    assert starts("Two. Sentences.", Sound(b"", 16_000)) == (0.0,)
    assert starts("Two. Sentences.", silence(1.0, 16_000)) == (0.0,)


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
