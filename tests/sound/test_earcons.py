"""The earcons: what is committed is what the script makes, and it startles nobody."""

from __future__ import annotations

import array
import math
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.support.room import in_room
from voiceguide.hearing.listener import Cut, Listener, Started
from voiceguide.paths import earcon_file
from voiceguide.session.effects import Earcon
from voiceguide.session.endpointing import ANSWER
from voiceguide.sound import FRAME_BYTES, FRAME_SECONDS, LISTEN_RATE, Sound
from voiceguide.sound.files import resample
from voiceguide.sound.vad import SileroGate

SCRIPT = Path(__file__).parents[2] / "scripts" / "make_earcons"


def samples(file: Path) -> array.array[int]:
    with wave.open(str(file)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (22_050, 1, 2)
        return array.array("h", sound.readframes(sound.getnframes()))


@pytest.mark.full
def test_committed_sounds_are_what_the_script_makes(tmp_path: Path) -> None:
    made = subprocess.run([sys.executable, "-W", "error", SCRIPT, tmp_path], capture_output=True, text=True, check=True)
    assert made.stderr == ""
    assert {file.stem for file in tmp_path.iterdir()} == set(Earcon)
    for file in tmp_path.iterdir():
        assert file.read_bytes() == earcon_file(file.stem).read_bytes(), f"run {SCRIPT.name} again"


@pytest.mark.parametrize("earcon", Earcon)
def test_an_earcon_is_short_soft_and_without_clicks(earcon: Earcon) -> None:
    sound = samples(earcon_file(earcon))
    peak = max(map(abs, sound))
    breath = earcon in (Earcon.BREATHE_IN, Earcon.BREATHE_OUT)  # they last as long as the breath they lead
    assert (2.5 if breath else 0.15) <= len(sound) / 22_050 <= (4.0 if breath else 0.6)
    level = -22 if earcon is Earcon.STILL_LISTENING else -20 if breath else -14
    assert level - 0.5 <= 20 * math.log10(peak / 32_768) <= level + 0.5
    assert sound[0] == sound[-1] == 0
    assert max(map(abs, sound[: 22_050 // 100])) < peak / 2, "the first 10 ms are already loud"
    # A click is a corner: no tone of these pitches bends by more than a tenth of its peak within two samples.
    around = [0, 0, *sound, 0, 0]
    assert max(abs(a - 2 * b + c) for a, b, c in zip(around, around[1:], around[2:], strict=False)) < peak / 8


def test_earcons_differ() -> None:
    assert len({earcon_file(earcon).read_bytes() for earcon in Earcon}) == len(Earcon)


def as_heard(earcon: Earcon, ringing: float, chance: np.random.Generator) -> bytes:
    """It, as a microphone hears it in a hissing room that rings for so many seconds (to a thousandth).

    The longer it rings, the louder; at 1 s the ringing is as strong as what comes straight from the loudspeaker.
    """
    dry = np.frombuffer(resample(Sound(earcon_file(earcon).read_bytes()[44:], 22_050), LISTEN_RATE).frames, "<i2")
    padded = np.pad(dry.astype(float), (2 * LISTEN_RATE, 3 * LISTEN_RATE))
    heard = in_room(padded, max(ringing, 0.01), 0.03, chance) + chance.standard_normal(len(padded)) * 8
    return np.clip(heard, -32_768, 32_767).astype("<i2").tobytes()


@pytest.mark.full
@pytest.mark.parametrize("ringing", [0.0, 0.3, 0.6, 1.0])
@pytest.mark.parametrize("earcon", Earcon)
def test_the_guide_does_not_take_its_own_earcon_for_speech(earcon: Earcon, ringing: float) -> None:
    listener = Listener(SileroGate())
    listener.open(ANSWER)
    frames = as_heard(earcon, ringing, np.random.default_rng(14))
    heard = [
        found
        for number, at in enumerate(range(0, len(frames) - FRAME_BYTES, FRAME_BYTES))
        for found in listener.feed(frames[at : at + FRAME_BYTES], number * FRAME_SECONDS)
    ]
    assert not [found for found in heard if isinstance(found, Started | Cut)]
