"""The pager: how to go on in it is told, and it writes nothing anywhere, whatever key is pressed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.terminal import terminal


def test_in_the_pager_no_key_writes_what_is_shown_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not shutil.which("less"):
        pytest.skip("less, in which long texts are shown, is not here")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("LESS", raising=False)
    monkeypatch.setenv("PAGER", "less")
    kept = tmp_path / "kept.txt"
    with terminal(tmp_path, "helplines") as shown:
        shown.until("space: next page")
        shown.press(f"s{kept}\n")
        shown.press("/Samaritans\n")
        shown.press("q")
        assert shown.finish() == 0
    assert not kept.exists()
    assert not (tmp_path / ".lesshst").exists()
