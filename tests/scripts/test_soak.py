"""Each kind of fault of scripts/soak, twice: nothing finished is lost, the session goes on or stops kindly.

Those that mostly wait run beside the others; those at life speed one after the other, for a machine that is too busy
loses sound between the devices, which is no loss of ours.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.support.records import write_flac, write_session
from voiceguide.record import read
from voiceguide.session.events import Utterance
from voiceguide.sound import FRAME_BYTES, LISTEN_RATE, Sound

SCRIPTS = Path(__file__).parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))
kinds = importlib.import_module("soaking.kinds")
tried = importlib.import_module("soaking.tried")
hours = importlib.import_module("soaking.hours")

pytestmark = [pytest.mark.full, pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="it reads /proc")]

AT_LIFE_SPEED = ["microphone", "sound-server", "stopped-in-life"]
HANGING = ["recogniser-hang", "voice-hang"]
"""They take minutes and little work."""


@pytest.fixture(scope="module")
def outcomes() -> Iterator[dict[str, Future[subprocess.CompletedProcess[str]]]]:
    def soak(name: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(SCRIPTS / "soak"), name, "--times", "2", "--engine", "moonshine"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    with ThreadPoolExecutor(1) as alive, ThreadPoolExecutor(len(HANGING)) as hanging, ThreadPoolExecutor(1) as working:
        hands = dict.fromkeys(AT_LIFE_SPEED, alive) | dict.fromkeys(HANGING, hanging)
        yield {name: hands.get(name, working).submit(soak, name) for name in kinds.KINDS}


@pytest.mark.parametrize("name", kinds.KINDS)
def test_a_session_bears_it(outcomes: dict[str, Future[subprocess.CompletedProcess[str]]], name: str) -> None:
    done = outcomes[name].result()
    print(done.stdout, done.stderr)
    if "cannot be tried here" in done.stdout:
        pytest.skip(done.stdout)
    rows = [line.split()[:5] for line in done.stdout.splitlines() if line.startswith(name)]
    assert (done.returncode, rows) == (0, [[name, "2", "2", "0", "0"]])


def test_a_loss_is_seen(tmp_path: Path) -> None:
    def losing(room: Any, most: int) -> Iterator[Any]:
        yield tried.Tried(True, 2, "Cannot save /home/anna/x: the disk is full.")
        raise AssertionError("Traceback")

    first, second = tried.soak(losing, 2, 1, tmp_path)
    assert (first.fine, second.fine) == (False, False)
    assert second.wrong.startswith("home-1: Traceback (raise ")
    assert tried.table({"x": [first, second]}).splitlines()[1].split()[:5] == ["x", "2", "1", "2", "1"]


def test_the_script_lists_every_kind() -> None:
    done = subprocess.run([SCRIPTS / "soak", "--list"], capture_output=True, text=True, check=True)
    assert [line.split()[0] for line in done.stdout.splitlines()] == [*kinds.KINDS, "hours", "listen"]


@pytest.mark.parametrize(
    ("start", "taken", "drift", "gaps"), [(3.2, 100, 0.0, 0), (3.3, 100, 0.1, 0), (3.2, 99, 0.032, 1)]
)
def test_a_drift_and_a_gap_are_seen(tmp_path: Path, start: float, taken: int, drift: float, gaps: int) -> None:
    frames = [hours.numbered(bytes(FRAME_BYTES), number) for number in (taken, *range(101, 110))]
    sound = Sound(b"".join(frames), LISTEN_RATE)
    folder = write_session(tmp_path, ((5.0, Utterance(1, "a", "hello", "audio/0001-a.flac", start, sound.seconds)),))
    write_flac(folder / "audio" / "0001-a.flac", sound)
    found = hours.drift(read(folder))
    assert (found["drift_s"], found["gaps"]) == (pytest.approx(drift, abs=0.001), gaps)


def test_a_minute_of_talk() -> None:
    figures, wrong = hours.measure(1, "moonshine")
    print(figures)
    assert wrong == []
    assert figures["utterances"] > 5
