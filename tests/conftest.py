"""What every test may use, and which tests run.

Without options the tests marked ``full`` are left out; ``--full`` or VOICEGUIDE_FULL=1 runs them too. VOICEGUIDE_FULL=1
also counts a skipped test as a failure: where everything is installed, a skip means that something was not tested and
nobody noticed.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from tests.support.command import finished
from tests.support.processes import left_running
from tests.support.records import write_session

__all__ = ["finished"]

LIFE = "tests/life/"
LEFT_OUT = pytest.StashKey[int]()
IS_FULL = os.environ.get("VOICEGUIDE_FULL") == "1"

# No test asserts a wall-clock time, Hypothesis's own included: on a busy machine they fail for nothing.
settings.register_profile("full", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("default", settings.get_profile("full"), max_examples=20)

AnyReport = TypeVar("AnyReport", pytest.TestReport, pytest.CollectReport)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--full``."""
    parser.addoption("--full", action="store_true", default=IS_FULL, help="run the tests marked `full`, too")


def pytest_configure(config: pytest.Config) -> None:
    """Let Hypothesis try as many examples as there is time for, before tests ask for more or fewer."""
    settings.load_profile("full" if config.getoption("full") else "default")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only a full run does, and begin with what takes longest.

    Left out are deselected tests, not skipped ones: those would fail with VOICEGUIDE_FULL=1.
    """
    if not config.getoption("full"):
        left_out = [item for item in items if item.get_closest_marker("full")]
        items[:] = [item for item in items if not item.get_closest_marker("full")]
        config.hook.pytest_deselected(items=left_out)
        config.stash[LEFT_OUT] = len(left_out)
        if hasattr(config, "workeroutput"):
            config.workeroutput["left_out"] = len(left_out)
    items.sort(key=lambda item: not item.nodeid.startswith(LIFE))


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Gives a worker a whole file, so that what a file shares is made once, and one worker all that runs in life.

    What runs at the speed of life mostly waits: begun first and one after the other, it costs the other tests little.
    """

    def _split_scope(self, nodeid: str) -> str:
        return LIFE if nodeid.startswith(LIFE) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """Take ours, whatever ``--dist`` says."""
    return Scheduling(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the number of tests left out from a worker of pytest-xdist."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was left out, and how to run it."""
    if left_out := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(
            f"{left_out} tests were left out: sessions at the speed of life, sound cards, browsers, servers, crashes. "
            "Run them, too, with ./scripts/test --full"
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let no test be skipped where VOICEGUIDE_FULL=1."""
    return _judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let no file of tests be skipped where VOICEGUIDE_FULL=1."""
    return _judged((yield))


def _judged(report: AnyReport) -> AnyReport:
    if IS_FULL and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"VOICEGUIDE_FULL=1 allows no skips, and this was skipped. {reason}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_left_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test may leave a process, or a file in the system's temporary folder or the user's home.

    Both folders are the run's own, and go with what libraries and browsers put there. Their paths are short: that of
    a socket holds 107 letters.
    """
    tmp_path_factory.getbasetemp()  # pytest's own, which stays, is made before
    with tempfile.TemporaryDirectory(prefix="vg-") as folder, pytest.MonkeyPatch.context() as patch:
        home, temporary = Path(folder, "home"), Path(folder, "tmp")
        home.mkdir()
        temporary.mkdir()
        patch.setenv("HOME", str(home))
        patch.setenv("TMPDIR", str(temporary))
        patch.setattr(tempfile, "tempdir", str(temporary))
        yield
        left = [*home.rglob("*voiceguide*"), *temporary.glob("*voiceguide*"), *temporary.glob("tmp*")]
        assert left == []
    assert left_running() == []


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own that holds voiceguide's data, config and cache."""
    folder = tmp_path / "home"
    monkeypatch.setenv("VOICEGUIDE_HOME", str(folder))
    return folder


@pytest.fixture
def sessions(home: Path) -> Path:
    """The folder of the home's sessions."""
    return home / "data" / "sessions"


@pytest.fixture
def folder(sessions: Path) -> Path:
    """The one session in the home."""
    return write_session(sessions)
