"""SubRip captions, as the podcast namespace asks for: two lines of 32 characters, a name where the speaker changes."""

from __future__ import annotations

from typing import BinaryIO

from voiceguide.export.captions import captions, timestamp
from voiceguide.export.edition import Edition


def write(edition: Edition, file: BinaryIO, to: str) -> None:
    """Write it as UTF-8."""
    for number, caption in enumerate(captions(edition, named=True), 1):
        # Tags are no part of the format, but players take them: a typed "<b>" must stay what it is.
        words = "\n".join(line.replace("<", "‹").replace(">", "›") for line in caption.lines)
        times = f"{timestamp(caption.start, ',')} --> {timestamp(caption.end, ',')}"
        file.write(f"{number}\n{times}\n{words}\n\n".encode("utf-8", "replace"))
