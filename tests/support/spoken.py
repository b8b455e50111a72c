"""Words in a voice that is not the guide's, as clips for the microphone. Import the fixture ``spoken`` from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.clips import Clip
from voiceguide.sound import LISTEN_RATE
from voiceguide.sound.files import resample, wav_bytes
from voiceguide.speaking.pyttsx3_engine import COUPLE_VOICES
from voiceguide.worker import Worker

Speak = Callable[[str], Clip]


@pytest.fixture
def spoken(tmp_path: Path) -> Iterator[Speak]:
    """Makes clips of what is to be said, in a voice that is not the guide's."""
    with Worker("voiceguide.speaking.pyttsx3_engine:Pyttsx3", seconds=30) as worker:

        def speak(words: str) -> Clip:
            path = tmp_path / f"{len(list(tmp_path.glob('*.wav')))}.wav"
            sound = worker.submit("synthesize", words, COUPLE_VOICES[1], 150).result()
            path.write_bytes(wav_bytes(resample(sound, LISTEN_RATE)))
            return Clip(path, words)

        yield speak
