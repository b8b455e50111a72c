"""The README's systemd unit, and what is printed where the journal keeps it."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import COMMAND, SHORT, add_exercise, installed, only_session
from tests.support.evening import Evening, evening
from tests.support.pulse import Pulse, pulse
from tests.support.spoken import Speak, spoken
from voiceguide import INTERRUPTED
from voiceguide.cli import COMMANDS

__all__ = ["pulse", "spoken"]

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def unit() -> str:
    """The unit as it stands in the README."""
    begun = README.index("    [Unit]")
    lines = []
    for line in README[begun:].splitlines():
        if line and not line.startswith("    "):
            break
        lines.append(line)
    return textwrap.dedent("\n".join(lines)).strip() + "\n"


def parsed() -> configparser.ConfigParser:
    read = configparser.ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # systemd tells capitals apart
    read.read_string(unit())
    return read


def test_it_runs_the_command_there_is() -> None:
    program, command = parsed()["Service"]["ExecStart"].split()
    assert program.endswith("/voiceguide")
    assert command == "listen"
    assert command in COMMANDS


def test_it_ends_as_the_command_does_and_is_kept_running() -> None:
    service = parsed()["Service"]
    assert service["SuccessExitStatus"] == str(INTERRUPTED)
    assert service["Restart"] == "on-failure", "whoever says goodbye does not want it back"
    assert int(service["RestartSec"]) >= 5


def test_it_begins_with_the_users_session() -> None:
    assert parsed()["Install"]["WantedBy"] == "default.target"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here, which reads units")
def test_systemd_accepts_it(tmp_path: Path) -> None:
    path = tmp_path / "voiceguide.service"
    program = parsed()["Service"]["ExecStart"].split()[0]
    path.write_text(unit().replace(program, COMMAND[0]), "utf-8")
    command = ["systemd-analyze", "verify", "--user", "--man=no", str(path)]
    env = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def couple(pulse: Pulse, tmp_path: Path) -> Iterator[Evening]:
    with evening(pulse, tmp_path / "home") as made:
        yield made


_JOURNAL = 'JOURNAL_STREAM=$(stat -Lc %d:%i /proc/$$/fd/1) exec "$@"'
"""For a shell: runs a command whose output goes to the journal, as it must think."""


@pytest.mark.skipif(sys.platform != "linux", reason="the journal is systemd's")
def test_the_journal_is_not_told_which_exercise_it_is(tmp_path: Path) -> None:
    exercise = add_exercise(tmp_path, SHORT)
    typed = ("start", exercise, "--keyboard", "--speaker", "none", "--names", "Mia,Zoë")
    out = installed(tmp_path, *typed, given="yes\nyes\n", under=["sh", "-c", _JOURNAL, "sh"]).fine().out
    assert exercise in only_session(tmp_path).name
    for said in (exercise, "replay", "Saved", "Guide:", "Mia", "A short one"):
        assert said not in out
    out = installed(tmp_path, *typed, given="yes\nyes\n").fine().out
    assert f"-{exercise}-" in out, "whoever reads along is told"


@pytest.mark.full
def test_a_file_is_told_nothing_that_anybody_says(couple: Evening, spoken: Speak) -> None:
    exercise = add_exercise(couple.home, SHORT)
    (couple.home / "config" / "names.json").write_text('["Mia", "Zoë"]', "utf-8")
    couple.start("listen", "--rate", "300", to_file=True)
    couple.until_shown('Waiting for "hey guide"')
    couple.wait(1.0)
    couple.tell(spoken("Hey guide, start a short one."), "Called.")
    couple.answer_until(spoken("Yes."), lambda: any((couple.home / "data").glob("sessions/*/session.jsonl")))
    assert exercise in couple.saved().header.id
    couple.answer_until(spoken("Stop."), lambda: couple.output.count('Waiting for "hey guide"') > 1)
    couple.interrupt()
    assert couple.code() == INTERRUPTED
    for said in ("Guide:", "You:", "Mia", "Zoë", "short one", exercise, "start a"):
        assert said not in couple.output, couple.output
