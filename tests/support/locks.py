"""A lock for the tests, which opens at once: its private key's file asks for little work. A real one takes seconds."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from pyrage.x25519 import Identity

from voiceguide import lock as module

_SECRETS = (b"little house", "Zoë".encode(), b"fLaC")
"""What the sample sessions hold that none but the passphrase may open."""

PASSPHRASE = "maple ribbon softly"

_PRIVATE = "AGE-SECRET-KEY-1KZ5M4LYCRFPTDAVL3YQV3WR46R35LXYHZRHDA3XJJ9U8D57HNZUQAHWMC2"
_PUBLIC = "age13er6lk67qu02q0ua0l6pqfml8e2jdtk6qr0y3d7qtz2mz23v3dyspd4k25"
_PRIVATE_FILE = base64.b64decode(
    b"YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBPdFpnd3dqcVdtYW9UaXJYaHY2YUtBIDQKTnI1d3FrbWI2NVZlUWNrV0JRQUdB"
    b"d3BnNHVyZjJOM2tyb3o2bVNuTXI3dwotLS0gckFyTkMrYjFsckY1ZDQ3SFRaZEVNZnY4MWFkQ0k3dFBxV1h3bys0d3NUQQoArqCmpqgV"
    b"/WBM1jGwm6m/rItwK0TZQX8l5HTXCtkY+PFNt71Fb8YrI+NTvsOAxRa+VkTGQm7dIwlispYXDsEItsb7HdCmVfDWd+EIgsQOk3Y/2s/u"
    b"cf5ktarYlXH8gWD5doE3SALZuaOGCg=="
)
"""_PRIVATE under PASSPHRASE, as age writes it; scrypt's work factor is 4 here, where age takes 18 or so."""


def locked(data: Path) -> Path:
    """Give the data folder ``data`` the lock; its sessions folder."""
    for folder in (data, data / "lock", data / "sessions"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, content in (("recipient.txt", f"{_PUBLIC}\n".encode()), ("identity.age", _PRIVATE_FILE)):
        path = data / "lock" / name
        path.write_bytes(content)
        path.chmod(0o600)
    return data / "sessions"


def with_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on this is another process, in which the passphrase was given."""
    monkeypatch.setattr(module, "_own", [])
    monkeypatch.setattr(module, "_ring", [Identity.from_str(_PRIVATE)])


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
