"""Engines in child processes: order, crashes, hangs, errors, and no process left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, wait
from functools import partial
from pathlib import Path

import pytest

from tests.support.waiting import within
from voiceguide import INTERRUPTED
from voiceguide.elsewhere import Elsewhere
from voiceguide.errors import EngineError, NotFoundError
from voiceguide.servers import Server
from voiceguide.speaking import Narrator
from voiceguide.worker import OneByOne, Worker

PATIENCE = 30
"""Seconds after which a test gives up; nothing waits this long unless it fails."""


def gone(pid: int) -> bool:
    """Whether the process ends while we look (a zombie counts as there)."""

    def ended() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False

    return within(PATIENCE, ended)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker("tests.support.worker_engines:Echo", "> ", seconds=PATIENCE) as worker:
        yield worker


def test_calls_are_served_in_order_and_one_that_was_cancelled_is_not_made(worker: Worker, tmp_path: Path) -> None:
    futures = [worker.submit("echo", str(number)) for number in range(20)]
    cancelled = worker.submit("crash_once", str(tmp_path / "marker"))
    was_cancelled = cancelled.cancel()
    done: list[str] = []
    for future in futures:
        future.add_done_callback(lambda future: done.append(future.result()))
    assert worker.submit("echo", "last").result(PATIENCE) == "> last"
    assert done == [f"> {number}" for number in range(20)]
    assert was_cancelled
    assert not (tmp_path / "marker").exists()


def test_what_engines_print_is_not_seen(worker: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    assert worker.submit("echo_noisily", "hm").result(PATIENCE) == "hm"
    assert capfd.readouterr() == ("", "")


def test_errors_pass_and_the_engine_goes_on_as_it_does_after_ctrl_c(worker: Worker) -> None:
    pid = worker.submit("pid").result(PATIENCE)
    with pytest.raises(NotFoundError, match="There is no voice 'zed'"):
        worker.submit("refuse").result(PATIENCE)
    with pytest.raises(EngineError, match=r"Echo\.stumble, ValueError: a bug in an engine"):
        worker.submit("stumble").result(PATIENCE)
    with pytest.raises(Exception, match=r"pickle|local object"):
        worker.submit("echo", lambda: None).result(PATIENCE)
    os.kill(pid, signal.SIGINT)
    assert worker.submit("pid").result(PATIENCE) == pid


@pytest.mark.full
def test_after_one_crash_the_call_is_tried_again_and_after_two_the_next_one_is_served(
    worker: Worker, tmp_path: Path
) -> None:
    assert worker.submit("crash_once", str(tmp_path / "marker")).result(PATIENCE) == "recovered"
    with pytest.raises(EngineError, match="The engine Echo crashed in crash, twice"):
        worker.submit("crash").result(PATIENCE)
    assert worker.submit("echo", "back").result(PATIENCE) == "> back"


@pytest.mark.full
def test_a_hanging_engine_is_killed_and_replaced() -> None:
    with Worker("tests.support.worker_engines:Echo", seconds=0.2, start_seconds=PATIENCE) as worker:
        before = worker.submit("pid").result(PATIENCE)
        with pytest.raises(EngineError, match=r"did not answer within 0\.2 seconds in hang"):
            worker.submit("hang").result(PATIENCE)
        assert worker.submit("pid").result(PATIENCE) != before
        assert gone(before)


@pytest.mark.full
@pytest.mark.parametrize(
    ("factory", "sentence"),
    [
        ("tests.support.worker_engines:CrashesAtStart", "crashed"),
        ("tests.support.worker_engines:HangsAtStart", "did not answer within"),
        ("tests.support.worker_engines:RefusesToStart", "The model is damaged"),
        ("tests.support.worker_engines:Missing", "AttributeError"),
        ("no_such_module:Engine", "ModuleNotFoundError"),
    ],
)
def test_an_engine_that_does_not_start_fails_each_call(factory: str, sentence: str) -> None:
    start_seconds = 1 if "Hangs" in factory else PATIENCE
    with Worker(factory, seconds=PATIENCE, start_seconds=start_seconds) as worker:
        for _ in range(2):
            with pytest.raises(EngineError, match=sentence):
                worker.submit("echo", "hello").result(PATIENCE)


def test_nobody_waits_any_more_for_what_was_closed() -> None:
    """``wait`` goes on waiting for a future that was cancelled and not notified."""
    Worker("tests.support.worker_engines:Echo", seconds=1).close()  # one that never started
    worker = Worker("tests.support.worker_engines:Echo", seconds=PATIENCE)
    pid = worker.submit("pid").result(PATIENCE)
    mouth = Worker("tests.support.fakes_speaking:FakeSynthesizer", seconds=PATIENCE)
    narrator = Narrator(mouth, "fake", None, None, 150)
    both = Elsewhere(Server("nas", 1), worker, worker)
    both.allowed = True
    said = [narrator.say("!hang"), narrator.say("Hello.")]
    calls = [worker.submit("hang"), worker.submit("echo", "never")]
    calls += [both.submit("recognize", "there"), both.submit("spot", "here", "guide")]
    narrator.close()
    worker.close()
    worker.close()
    assert gone(pid)
    said.append(narrator.say("Late."))
    calls += [worker.submit("echo", "late"), both.submit("recognize", "late"), both.submit("spot", "late", "guide")]
    calls += [sentence.sound for sentences in said for sentence in sentences]
    assert wait(calls, PATIENCE).not_done == set()
    assert [future for future in calls if not future.cancelled()] == []


PARENT = """
import sys, threading
from voiceguide.worker import Worker
if __name__ == "__main__":
    worker = Worker("tests.support.worker_engines:Echo", seconds=60)
    print(worker.submit("pid").result(), flush=True)
    if sys.argv[1] == "busy":
        worker.submit("hang")
    if sys.argv[1] != "leave":
        threading.Event().wait()
"""


def parent(tmp_path: Path, how: str) -> tuple[subprocess.Popen[str], int]:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    process = subprocess.Popen(
        [sys.executable, "-W", "error", str(script), how],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    return process, int(process.stdout.readline())


@pytest.mark.full
@pytest.mark.parametrize("how", ["idle", "busy"])
def test_the_child_dies_with_a_killed_parent(tmp_path: Path, how: str) -> None:
    process, pid = parent(tmp_path, how)
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert gone(pid)


@pytest.mark.full
def test_a_program_that_forgets_to_close_leaves_nothing_behind(tmp_path: Path) -> None:
    process, pid = parent(tmp_path, "leave")
    out, complaints = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, complaints) == (0, "", "")
    assert gone(pid)


def test_ctrl_c_while_a_child_is_begun_shows_no_traceback() -> None:
    # What the child is told fills the pipe: it is not told all before it reads, and it reads only once it has begun.
    program = """
import os, signal
from tests.support.processes import children
from voiceguide.__main__ import _leave
from voiceguide.worker import Worker
signal.signal(signal.SIGINT, _leave)
Worker("tests.support.worker_engines:Echo", "x" * 10_000_000, seconds=60).start()
while len(children(os.getpid())) < 2:  # the first is multiprocessing's own
    pass
os.kill(os.getpid(), signal.SIGINT)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == INTERRUPTED
    assert done.stderr == "voiceguide: Interrupted; what was saved before stays saved.\n"


def test_one_thing_begins_when_the_one_before_it_is_done_and_looked_at() -> None:
    turns, happened = OneByOne(), list[str]()
    futures: list[Future[None]] = [Future(), Future()]

    def look(number: int, done: Future[None]) -> None:
        happened.append(f"{number} is looked at")

    def begin(number: int) -> Future[None] | None:
        happened.append(f"{number} begins")
        return futures[number] if number < len(futures) else None

    for number, future in enumerate(futures):
        future.add_done_callback(partial(look, number))
    assert turns.is_idle
    for number in range(4):
        turns.add(partial(begin, number))
    assert happened == ["0 begins"]
    futures[1].set_result(None)
    assert not turns.is_idle
    futures[0].set_result(None)
    order = ["0 begins", "1 is looked at", "0 is looked at", "1 begins", "2 begins", "3 begins"]
    assert happened == order
    assert turns.is_idle
    with pytest.raises(ZeroDivisionError):
        turns.add(lambda: Future() if 1 // 0 else None)
    assert turns.is_idle, "what cannot begin holds nothing up"
