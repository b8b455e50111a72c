"""Completion in a shell: the script is what the shell takes, and what it offers is what there is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.command import COMMAND, environment, installed, voiceguide
from tests.support.records import write_session

SHELLS = ["bash", "zsh", "fish"]


def offered(home: Path, line: str) -> list[str]:
    """What is offered where the line ends, as a shell asks for it."""
    words = line.split(" ")
    asked = {"_VOICEGUIDE_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = installed(home, env=asked).fine()
    assert done.err == ""
    return [each.partition(",")[2] for each in done.out.split()]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_takes_the_script(shell: str, tmp_path: Path) -> None:
    script = voiceguide(tmp_path, "completion", shell).fine().out
    assert "_VOICEGUIDE_COMPLETE" in script
    if shell == "bash":
        file = tmp_path / "script"
        file.write_text(script, "utf-8")
        subprocess.run(["bash", "-n", file], check=True)


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_a_command(tmp_path: Path) -> None:
    script = voiceguide(tmp_path, "completion", "bash").fine().out
    called = f"COMP_WORDS=(voiceguide hel); COMP_CWORD=1; {_function(script)} voiceguide; echo ${{COMPREPLY[@]}}"
    env = environment(tmp_path)
    env["PATH"] = f"{Path(COMMAND[0]).parent}:{env['PATH']}"
    done = subprocess.run(["bash", "-c", f"{script}\n{called}"], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["helplines"]


def _function(script: str) -> str:
    return next(line.partition("(")[0] for line in script.splitlines() if line.startswith("_voiceguide"))


@pytest.mark.full
def test_what_is_offered_is_what_there_is(tmp_path: Path) -> None:
    folder = write_session(tmp_path / "data" / "sessions")
    assert offered(tmp_path, "voiceguide sho") == ["show"]
    assert offered(tmp_path, "voiceguide start wor") == ["worry-and-answer"]
    assert offered(tmp_path, "voiceguide replay ") == [folder.name]
    assert offered(tmp_path, "voiceguide show 1999") == []
    assert offered(tmp_path, "voiceguide start --resume ") == [folder.name]
    assert offered(tmp_path, "voiceguide refine --engine moon") == ["moonshine"]
    assert offered(tmp_path, "voiceguide start --voice j") == ["joe"]
    assert offered(tmp_path, "voiceguide voices get k") == ["kristin"]
    assert offered(tmp_path, "voiceguide settings set still") == ["still_listening"]
    assert offered(tmp_path, "voiceguide settings reset rate lou") == ["loudness"]
    assert "--keyboard" in offered(tmp_path, "voiceguide start --k")


def test_where_nothing_can_be_known_nothing_is_offered(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sessions").symlink_to(tmp_path)
    assert offered(tmp_path, "voiceguide replay ") == []
