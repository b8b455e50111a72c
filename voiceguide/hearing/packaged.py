"""What the engines share: the check of their weights, and the level at which they are spoken to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.durable import open_reading
from voiceguide.sound import LISTEN_RATE, SAMPLE_BYTES, Sound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PEAK = 0.1
_MOST_GAIN = 100.0
"""Every utterance is brought to this peak (full scale is 1), but not amplified more than this: quiet speech at
-45 dBFS is then recognised as well as any."""

SUMS = "SHA256SUMS"
"""The file of hashes beside a downloaded model's weights."""

_LONGEST = 29 * LISTEN_RATE
"""Samples that the packaged models can take at once."""


def check_weights(folder: Path, sha256: Mapping[str, str]) -> None:
    """Raise OSError when the files are not those that were measured, by name. Takes a tenth of a second."""
    for name, expected in sha256.items():
        with open_reading(folder / name) as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != expected:
            raise OSError(f"{folder / name} is damaged or of another version")


def stored_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each file of a downloaded model, as its download left them (in the format of ``sha256sum``).

    Raises OSError when they are not there, or name a file that cannot be the model's.
    """
    with open_reading(folder / SUMS) as file:
        lines = file.read().decode("ascii", "replace").splitlines()
    found = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    if "model.bin" not in found or any(Path(name).name != name for name in found):
        raise OSError(f"{folder / SUMS} is damaged")
    return found


def samples_of(sound: Sound) -> NDArray[np.float32]:
    """Its samples at 16 kHz (-1 to 1), levelled; through SpeechRecognition's AudioData, which converts any rate."""
    import numpy as np
    from speech_recognition import AudioData

    audio = AudioData(sound.frames, sound.rate, SAMPLE_BYTES)
    pcm = audio.get_raw_data(convert_rate=LISTEN_RATE, convert_width=SAMPLE_BYTES)
    return levelled(np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(2**15))


def levelled(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples (-1 to 1) without offset (DC), with their loudest at PEAK."""
    import numpy as np

    if not len(samples):
        return samples
    centred = samples - samples.mean()
    loudest = np.abs(centred).max()
    gain = min(_MOST_GAIN, PEAK / loudest) if loudest else 1.0
    return np.asarray(centred * gain, np.float32)


def pieces(samples: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """The samples (16 kHz) in pieces that a model can take at once."""
    return [samples[start : start + _LONGEST] for start in range(0, len(samples), _LONGEST)]
