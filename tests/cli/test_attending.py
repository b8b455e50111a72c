"""What a guide that was called says where it cannot do what it was asked for."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.support.records import write_session
from voiceguide.cli.attending import Attending
from voiceguide.cli.options import find_session
from voiceguide.cli.waiting import Waiter
from voiceguide.errors import LockedError
from voiceguide.lock import Lock
from voiceguide.paths import data_dir, sessions_dir
from voiceguide.session import phrases_waiting
from voiceguide.session.asking import Asked, Asking
from voiceguide.standby import Request


def answered(monkeypatch: pytest.MonkeyPatch, act: Any) -> list[str]:
    """What it says to a request that ends in what ``act`` raises."""
    said: list[str] = []
    parts = SimpleNamespace(screen=SimpleNamespace(called=lambda _: None))
    attending = Attending(Waiter(), cast(Any, None), cast(Any, parts), cast(Any, None))
    monkeypatch.setattr(attending, "_do", act)
    monkeypatch.setattr(attending, "_say", lambda *words: said.extend(words))
    attending._answer(Request("hey guide, continue", Asked(Asking.RESUME)), 0)
    return said


def locked(_: Asked) -> None:
    raise LockedError.without_passphrase()


def unsealed(_: Asked) -> None:
    find_session("", simulated=False)


def test_what_is_locked_is_opened_by_the_passphrase(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered(monkeypatch, locked) == [phrases_waiting.locked()]


@pytest.mark.full
def test_what_is_older_than_the_lock_is_to_be_locked(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_session(sessions_dir())
    Lock(data_dir()).make("four rare words here")
    assert answered(monkeypatch, unsealed) == [phrases_waiting.not_locked_yet()]
    assert "voiceguide lock --sessions" in capsys.readouterr().err
