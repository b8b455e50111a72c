"""A session as plain text: to read, in an editor or on paper."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from voiceguide.export.edition import Edition
from voiceguide.record.story import heading, paragraph, story
from voiceguide.session.phrases import DOUBT, DOUBT_MEANS


def write(edition: Edition, file: BinaryIO, to: str) -> None:
    """Write it as UTF-8."""
    header = edition.session.header
    # What was misheard and mended, and how the guide was told what to do, stays at home.
    told = [replace(item, command="", first="") for item in edition.items]
    lines = [*heading(edition.session, edition.session.seconds), *story(told, header)]
    if any(item.doubtful for item in edition.items):
        lines += ["", paragraph(f"{DOUBT} means: {DOUBT_MEANS}")]
    file.write(("\n".join(lines) + "\n").encode("utf-8", "replace"))
