"""What every test may use, and the ways to run them.

VOICEGUIDE_QUICK=1 leaves out the tests marked ``slow``. VOICEGUIDE_FULL=1 counts a skipped test as a failure:
where everything is installed, a skip means that something was not tested and nobody noticed.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

from tests.support.command import finished
from tests.support.records import write_session

__all__ = ["finished"]

# No test asserts a wall-clock time, Hypothesis's own included: on a busy machine they fail for nothing.
settings.register_profile("voiceguide", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("voiceguide")

AnyReport = TypeVar("AnyReport", pytest.TestReport, pytest.CollectReport)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own that holds voiceguide's data, config and cache."""
    folder = tmp_path / "home"
    monkeypatch.setenv("VOICEGUIDE_HOME", str(folder))
    return folder


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the slow tests of a quick run: deselected, not skipped, so that both variables can be set."""
    if os.environ.get("VOICEGUIDE_QUICK") == "1":
        slow = [item for item in items if item.get_closest_marker("slow")]
        items[:] = [item for item in items if item not in slow]
        config.hook.pytest_deselected(items=slow)
    # Its minutes pass mostly in waiting: begun first, they cost the other tests little.
    items.sort(key=lambda item: item.path.name != "test_evening.py")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let no test be skipped in a full run."""
    return _judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let no file of tests be skipped in a full run."""
    return _judged((yield))


def _judged(report: AnyReport) -> AnyReport:
    if os.environ.get("VOICEGUIDE_FULL") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"VOICEGUIDE_FULL=1 allows no skips, and this was skipped. {reason}"
    return report


@pytest.fixture
def sessions(home: Path) -> Path:
    """The folder of the home's sessions."""
    return home / "data" / "sessions"


@pytest.fixture
def folder(sessions: Path) -> Path:
    """The one session in the home."""
    return write_session(sessions)
