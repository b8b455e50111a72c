"""A session as files of open formats: one small module a format.

Nothing that was struck reaches any of them: they tell what an ``Edition`` holds, ``zip`` what ``record.read`` gives.
"""

from __future__ import annotations

import importlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from voiceguide.durable import FILE_MODE
from voiceguide.errors import ExportError
from voiceguide.export.edition import Edition

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
    if to != "zip":  # which holds the session, whatever of it is told
        edition.refuse_empty()
    write: Write = importlib.import_module(FORMATS[to]).write
    write(edition, file, to)


def export_to(edition: Edition, to: str, path: Path) -> None:
    """Write a new file that only its owner can read: whole, or not at all. Raises ExportError.

    A file that is there already is left alone.
    """
    refuse_existing(path)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        part = Path(name)
        try:
            part.chmod(FILE_MODE)
            with os.fdopen(handle, "w+b") as file:
                export(edition, to, file)
                file.flush()
                os.fsync(file.fileno())
            _publish(part, path)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    except OSError as error:
        raise ExportError(
            f"Cannot write {str(path)!r} ({error.strerror or error}): name another place with -o."
        ) from error


def _publish(part: Path, path: Path) -> None:
    """Give a finished file its name, which a link never takes from another. Raises ExportError and OSError."""
    try:
        os.link(part, path)
    except FileExistsError:
        refuse_existing(path)
    except OSError:  # USB sticks know no links
        refuse_existing(path)
        part.rename(path)


def refuse_existing(path: Path) -> None:
    """Raise ExportError where a file cannot be written: something is in its place, or its folder is not there."""
    if not path.parent.is_dir():
        raise ExportError(f"Cannot write {str(path)!r} (there is no such folder): make it, or name another with -o.")
    if path.is_symlink() or path.exists():
        raise ExportError(f"{str(path)!r} is there already: move it away, or name another file with -o.")
