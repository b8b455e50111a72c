"""What the recognisers share: the level at which they are spoken to, and how much they take at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceguide.sound import LISTEN_RATE, SAMPLE_BYTES, Sound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PEAK = 0.1
_MOST_GAIN = 100.0
"""Every utterance is brought to this peak (full scale is 1), but not amplified more than this: quiet speech at
-45 dBFS is then recognised as well as any."""

_LONGEST = 29 * LISTEN_RATE
"""Samples that the packaged models can take at once."""


def samples_of(sound: Sound) -> NDArray[np.float32]:
    """Its samples at 16 kHz (-1 to 1), levelled; through SpeechRecognition's AudioData, which converts any rate."""
    from speech_recognition import AudioData

    audio = AudioData(sound.frames, sound.rate, SAMPLE_BYTES)
    return levelled(unlevelled(audio.get_raw_data(convert_rate=LISTEN_RATE, convert_width=SAMPLE_BYTES)))


def unlevelled(frames: bytes) -> NDArray[np.float32]:
    """16-bit samples as they are, -1 to 1."""
    import numpy as np

    return np.frombuffer(frames, "<i2").astype(np.float32) / np.float32(2**15)


def levelled(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples (-1 to 1) without offset (DC), with their loudest at PEAK."""
    import numpy as np

    offset, gain = level_of(samples)
    return np.asarray((samples - offset) * gain, np.float32)


def level_of(samples: NDArray[np.float32]) -> tuple[float, float]:
    """(offset, gain) that bring these samples to their level."""
    if not len(samples):
        return 0.0, 1.0
    offset = float(samples.mean())
    loudest = float(abs(samples - offset).max())
    return offset, min(_MOST_GAIN, PEAK / loudest) if loudest else 1.0


def pieces(samples: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """The samples (16 kHz) in pieces that a model can take at once."""
    return [samples[start : start + _LONGEST] for start in range(0, len(samples), _LONGEST)]
