"""Each kind of fault of scripts/soak, a few times: nothing finished is lost, the session goes on or stops kindly.

Those that mostly wait run beside the others; those at life speed one after the other, for a machine that is too busy
loses sound between the devices, which is no loss of ours.
"""

from __future__ import annotations

import importlib
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.support.fakes_runner import loud
from tests.support.records import write_flac, write_session
from voiceguide.record import read
from voiceguide.session.events import Utterance
from voiceguide.sound import FRAME_BYTES, FRAME_SECONDS, LISTEN_RATE, Sound

SCRIPTS = Path(__file__).parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))
kinds = importlib.import_module("soaking.kinds")
tried = importlib.import_module("soaking.tried")
hours = importlib.import_module("soaking.hours")

pytestmark = [pytest.mark.full, pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="it reads /proc")]

TIMES = 10 if os.environ.get("VOICEGUIDE_FULL") == "1" else 2

AT_LIFE_SPEED = ["microphone", "sound-server", "stopped-in-life"]
HANGING = ["recogniser-hang", "voice-hang"]
"""They take minutes and little work."""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[list[Any]]]]:
    seed = int(os.environ.get("VOICEGUIDE_SEED") or random.randrange(1_000_000))

    def soak(name: str) -> list[Any]:
        return list(tried.soak(kinds.KINDS[name][1], TIMES, seed, folders[name], engine="moonshine"))

    print(f"VOICEGUIDE_SEED={seed}")
    folders = {name: tmp_path_factory.mktemp(name) for name in kinds.KINDS}  # here: pytest makes them for one thread
    with ThreadPoolExecutor(1) as alive, ThreadPoolExecutor(len(HANGING)) as hanging, ThreadPoolExecutor(1) as working:
        hands = dict.fromkeys(AT_LIFE_SPEED, alive) | dict.fromkeys(HANGING, hanging)
        yield {name: hands.get(name, working).submit(soak, name) for name in kinds.KINDS}


@pytest.mark.parametrize("name", kinds.KINDS)
def test_a_session_bears_it(outcomes: dict[str, Future[list[Any]]], name: str) -> None:
    try:
        found = outcomes[name].result()
    except tried.UnableError as error:
        pytest.skip(f"{name} cannot be tried here: {error}")
    print("\n" + tried.table({name: found}))
    assert len(found) == TIMES
    assert [each for each in found if not each.fine] == []


# -- the table and the exit code ------------------------------------------------------------------------------------


def soak(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPTS / "soak"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_list_names_every_kind() -> None:
    listed = [line.split()[0] for line in soak("--list").stdout.splitlines()]
    assert listed == [*kinds.KINDS, "hours", "listen"]


def test_the_table_and_the_exit_code() -> None:
    done = soak("kill-rename", "--times", "1", "--seed", "3")
    assert done.stdout.splitlines()[0] == "--seed 3"
    assert done.stdout.splitlines()[2].split() == ["kill-rename", "1", "1", "0", "0", "-"]
    assert done.returncode == 0


def test_a_loss_is_seen(tmp_path: Path) -> None:
    def losing(room: Any, most: int) -> Iterator[Any]:
        yield tried.Tried(True, 2, "Cannot save /home/anna/x: the disk is full.")
        raise AssertionError("Traceback")

    first, second = tried.soak(losing, 2, 1, tmp_path)
    assert (first.fine, second.fine) == (False, False)
    assert second.wrong.startswith("home-1: Traceback (raise ")
    assert tried.table({"x": [first, second]}).splitlines()[1].split()[:5] == ["x", "2", "1", "2", "1"]


# -- hours ----------------------------------------------------------------------------------------------------------


def test_a_frame_keeps_its_number_and_its_sound() -> None:
    frame = loud(FRAME_SECONDS)
    marked = hours.numbered(frame, 337_499) + hours.numbered(frame, 337_500)
    assert hours.numbers(marked) == [337_499, 337_500]
    pairs = zip(memoryview(frame * 2).cast("h"), memoryview(marked).cast("h"), strict=True)
    assert max(abs(a - b) for a, b in pairs) == 1


@pytest.mark.parametrize(
    ("start", "taken", "drift", "gaps"), [(3.2, 100, 0.0, 0), (3.3, 100, 0.1, 0), (3.2, 99, 0.032, 1)]
)
def test_a_drift_and_a_gap_are_seen(tmp_path: Path, start: float, taken: int, drift: float, gaps: int) -> None:
    frames = [hours.numbered(bytes(FRAME_BYTES), number) for number in (taken, *range(101, 110))]
    sound = Sound(b"".join(frames), LISTEN_RATE)
    said = Utterance(1, "a", "hello", "audio/0001-a.flac", start, sound.seconds, place=2)
    folder = write_session(tmp_path, ((5.0, said),))
    write_flac(folder / "audio" / "0001-a.flac", sound)
    found = hours.drift(read(folder))
    assert (found["drift_s"], found["gaps"]) == (pytest.approx(drift, abs=0.001), gaps)


def test_a_minute_of_talk() -> None:
    figures, wrong = hours.measure(1, "moonshine")
    print(figures)
    assert wrong == []
    assert figures["utterances"] > 5
