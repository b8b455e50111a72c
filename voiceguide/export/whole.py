"""A session whole, as it is stored unless locked, in a ZIP archive: its record and its recordings.

Unpacked into the sessions folder it is a session again.
"""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from voiceguide.durable import explained
from voiceguide.export.edition import Edition
from voiceguide.lock import read_file
from voiceguide.record import dump
from voiceguide.record.store import FILE, sound_file

_MODE = 0o600 << 16
_FOLDER_MODE = 0o40700 << 16 | 0x10
_WHEN = (1980, 1, 1, 0, 0, 0)
"""An archive of the same session is the same file, byte for byte; when it was is in the record."""


def write(edition: Edition, file: BinaryIO, to: str) -> None:
    """Write it. Raises RecordError when a recording cannot be read."""
    session = edition.session
    lines = [dump(session.header.to_fields()), *map(dump, session.lines)]
    names = {line.get("audio") for line in session.lines if not line.get("struck")}
    with zipfile.ZipFile(file, "w") as archive:
        for folder in ("", "audio/"):
            entry = zipfile.ZipInfo(f"{session.header.id}/{folder}", _WHEN)
            entry.external_attr = _FOLDER_MODE
            archive.writestr(entry, b"")
        _add(archive, f"{session.header.id}/{FILE}", b"".join(lines), zipfile.ZIP_DEFLATED)
        for name in sorted(filter(None, names)):
            path = sound_file(session.folder, name)
            with explained("read", path):
                if path.is_file():
                    _add(archive, f"{session.header.id}/{name}", read_file(path), zipfile.ZIP_STORED)


def _add(archive: zipfile.ZipFile, name: str, data: bytes, how: int) -> None:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.external_attr, entry.compress_type = _MODE, how
    archive.writestr(entry, data)
