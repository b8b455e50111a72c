"""A lock for the tests: made once, since a passphrase costs two seconds, and copied."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest

from voiceguide import lock as module
from voiceguide.lock import Lock

_SECRETS = (b"little house", "Zoë".encode(), b"fLaC")
"""What the sample sessions hold that none but the passphrase may open."""

PASSPHRASE = "maple ribbon softly"


@cache
def _made() -> tuple[Path, list[object]]:
    data = Path(tempfile.mkdtemp(prefix="voiceguide-test-lock-"))
    before = len(module._ring)
    Lock(data).make(PASSPHRASE)
    return data / "lock", list(module._ring[before:])


def locked(data: Path) -> Path:
    """Give the data folder ``data`` a lock; its sessions folder."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copytree(_made()[0], data / "lock")
    (data / "sessions").mkdir(mode=0o700, exist_ok=True)
    return data / "sessions"


def with_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on this is another process, in which the passphrase was given."""
    monkeypatch.setattr(module, "_own", [])
    monkeypatch.setattr(module, "_ring", list(_made()[1]))


def without_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on this is another process, in which nobody gave the passphrase."""
    monkeypatch.setattr(module, "_own", [])
    monkeypatch.setattr(module, "_ring", [])


def plain_bytes(folder: Path) -> list[Path]:
    """The files in which something can be read without the passphrase."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(secret in path.read_bytes() for secret in _SECRETS)
    ]
