"""What holds for all tests of the record."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no disk: what is synced, and when, is seen on a FakeDisk."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)
