"""A session as files of open formats: one small module a format.

Nothing that was struck reaches any of them: they tell what an ``Edition`` holds, ``zip`` what ``record.read`` gives.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from voiceguide.edition import Edition
from voiceguide.errors import ExportError

FORMATS = {
    "md": "voiceguide.export.markdown",
    "html": "voiceguide.export.page",
    "txt": "voiceguide.export.text",
    "json": "voiceguide.export.podcast_json",
    "vtt": "voiceguide.export.vtt",
    "chapters": "voiceguide.export.vtt",
    "srt": "voiceguide.export.srt",
    "wav": "voiceguide.export.sound_file",
    "flac": "voiceguide.export.sound_file",
    "mp3": "voiceguide.export.sound_file",
    "zip": "voiceguide.export.whole",
}
"""Format -> the module whose ``write(edition, file, to)`` writes it."""

Write = Callable[[Edition, BinaryIO, str], None]


def export(edition: Edition, to: str, file: BinaryIO) -> None:
    """Write ``edition`` in the format ``to`` (one of FORMATS) into ``file``. Raises VoiceguideError or OSError."""
    write: Write = importlib.import_module(FORMATS[to]).write
    write(edition, file, to)


def export_to(edition: Edition, to: str, path: Path) -> None:
    """Write a new file that only its owner can read: whole, or not at all. Raises ExportError.

    A file that is there already is left alone.
    """
    if path.is_symlink() or path.exists():
        raise ExportError(f"{str(path)!r} is there already: move it away, or name another file with -o.")
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with os.fdopen(handle, "w+b") as file:
                export(edition, to, file)
            part.rename(path)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    except OSError as error:
        raise ExportError(
            f"Cannot write {str(path)!r} ({error.strerror or error}): name another place with -o."
        ) from error
