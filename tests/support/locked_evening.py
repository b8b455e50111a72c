"""A home under a lock and a session typed in it. Import the fixture ``home`` from here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import add_short, voiceguide
from tests.support.locks import PASSPHRASE, locked

GIVEN = f"{PASSPHRASE}\n"
WORDS = "the yellow boat in the harbour"
ANSWERS = f"yes\nyes\n{WORDS}\n\na boat\n\nyes\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home under a lock, with the short exercise and no session."""
    locked(tmp_path / "data")
    add_short(tmp_path)
    return tmp_path


def typed(home: Path, *more: str, given: str = ANSWERS) -> str:
    """A session typed to its end; what was shown."""
    command = ("start", "a-short-one", "--keyboard", "--speaker", "none", "--names", "Marlene,Zoë", *more)
    return voiceguide(home, *command, given=given).fine().out
