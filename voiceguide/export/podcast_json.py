"""The transcript format of the Podcasting 2.0 namespace, version 1.0.0.

Source: https://github.com/Podcastindex-org/podcast-namespace/blob/main/transcripts/transcripts.md
"""

from __future__ import annotations

import json
from typing import BinaryIO

from voiceguide.cleaning import clean
from voiceguide.export.edition import Edition


def write(edition: Edition, file: BinaryIO, to: str) -> None:
    """Write it as UTF-8: a segment for each utterance and each of the guide's prompts."""
    segments = [
        {
            "speaker": clean(placed.item.name) or "Guide",
            "startTime": round(placed.at, 3),
            "endTime": round(placed.end, 3),
            "body": clean(placed.item.text),
        }
        for placed in edition.placed
        if placed.item.text
    ]
    made = json.dumps({"version": "1.0.0", "segments": segments}, ensure_ascii=False, indent=2)
    file.write((made + "\n").encode("utf-8", "replace"))
