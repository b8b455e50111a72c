from __future__ import annotations

import struct

import pytest

from voiceguide.sound import FRAME_BYTES, FRAME_SAMPLES
from voiceguide.sound.microphone import check_level


def frames(*samples: int) -> list[bytes]:
    """Ten frames that repeat these samples."""
    return [struct.pack(f"<{FRAME_SAMPLES}h", *(samples * FRAME_SAMPLES)[:FRAME_SAMPLES])] * 10


@pytest.mark.parametrize(
    ("heard", "trouble"),
    [
        ([], "silent"),
        ([bytes(FRAME_BYTES)] * 10, "silent"),
        (frames(900), "silent"),
        (frames(0, 1, 0, -1), "silent"),
        (frames(6, -5, 2, -9), None),
        (frames(20_000, -20_000), None),
        (frames(*[0] * 100, 32_767, -32_768), "clipping"),
        ([*frames(9, -9) * 9, *frames(*[0] * 511, 32_767)[:1]], None),
    ],
    ids=["no frames", "zeros", "offset", "dither", "hiss", "loud", "clipping", "one click"],
)
def test_check_level(heard: list[bytes], trouble: str | None) -> None:
    assert check_level(heard) == trouble
