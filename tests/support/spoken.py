"""Words in a voice that is not the guide's, as clips for the microphone. Import the fixture ``spoken`` from here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.clips import Clip, clip
from voiceguide.speaking.pyttsx3_engine import COUPLE_VOICES, Pyttsx3

Speak = Callable[[str], Clip]


@pytest.fixture
def spoken(tmp_path: Path) -> Speak:
    """Makes clips of what is to be said, in a voice that is not the guide's."""

    def speak(words: str) -> Clip:
        path = tmp_path / f"{len(list(tmp_path.glob('*.wav')))}.wav"
        return clip(path, Pyttsx3().synthesize(words, COUPLE_VOICES[1], 150), words)

    return speak
