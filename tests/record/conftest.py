"""What holds for all tests of the record."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.records import write_session


@pytest.fixture(autouse=True)
def unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no disk: what is synced, and when, is seen on a FakeDisk."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample session, the only one in ``tmp_path``."""
    return write_session(tmp_path)
