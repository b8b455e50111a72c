"""The quick and the full way to run the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

def test_quick():
    pass

@pytest.mark.slow
def test_slow():
    pass

@pytest.mark.skipif(True, reason="no loudspeaker here")
def test_marked():
    pass

def test_skips_itself():
    pytest.skip("no microphone here")

@pytest.mark.xfail(reason="a known fault")
def test_known_fault():
    raise AssertionError
"""

SKIPPED_FILE = """
import pytest

pytest.importorskip("no_such_engine")
"""


def run(folder: Path, **variables: str) -> str:
    root = Path(__file__).parent
    shutil.copy(root / "conftest.py", folder)
    shutil.copy(root.parent / "pyproject.toml", folder)
    (folder / "test_some.py").write_text(TESTS, encoding="utf-8")
    (folder / "test_skipped_file.py").write_text(SKIPPED_FILE, encoding="utf-8")
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("VOICEGUIDE_", "PYTEST_"))}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "--continue-on-collection-errors",
        ".",
    ]
    done = subprocess.run(command, cwd=folder, env=plain | variables, capture_output=True, text=True, check=False)
    return done.stdout


@pytest.mark.parametrize("quick", ["", "1"])
@pytest.mark.slow
def test_skips_are_named_and_harmless(tmp_path: Path, quick: str) -> None:
    out = run(tmp_path, VOICEGUIDE_QUICK=quick)
    expected = "1 passed, 3 skipped, 1 deselected, 1 xfailed" if quick else "2 passed, 3 skipped, 1 xfailed"
    assert expected in out
    for reason in ("no loudspeaker here", "no microphone here", "no_such_engine"):
        assert reason in out


@pytest.mark.parametrize("quick", ["", "1"])
@pytest.mark.slow
def test_a_full_run_allows_no_skips(tmp_path: Path, quick: str) -> None:
    out = run(tmp_path, VOICEGUIDE_QUICK=quick, VOICEGUIDE_FULL="1")
    assert (
        "1 failed, 1 passed, 1 deselected, 1 xfailed, 2 errors" if quick else "1 failed, 2 passed, 1 xfailed, 2 errors"
    ) in out
    for reason in ("no loudspeaker here", "no microphone here", "no_such_engine"):
        assert "allows no skips, and this was skipped. " in out
        assert reason in out
