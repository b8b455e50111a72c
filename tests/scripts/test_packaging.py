"""The built wheel, installed alone in a clean environment, finds all that ships inside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

import voiceguide
from voiceguide.session.effects import Earcon

pytestmark = pytest.mark.full

PROJECT = Path(voiceguide.__file__).parent.parent

LOOK = """
import json, miniaudio, voiceguide
from voiceguide import paths
from voiceguide.session.effects import Earcon

sounds = {earcon: paths.earcon_file(earcon) for earcon in Earcon}
print(json.dumps({
    "package": voiceguide.__file__,
    "exercises": {name: str(file) for name, file in paths.exercise_files().items()},
    "earcons": {name: str(file) for name, file in sounds.items()},
    "peaks": {name: max(map(abs, miniaudio.decode_file(str(file)).samples)) for name, file in sounds.items()},
}))
"""


class Installed:
    """A clean environment that holds the wheel, and borrows everything else from the running one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.venv = folder / "venv"
        run(
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            folder,
            PROJECT,
        )
        run(sys.executable, "-m", "venv", "--without-pip", self.venv)
        (wheel,) = folder.glob("*.whl")
        pip = (sys.executable, "-m", "pip", "--python", self.program("python"))
        run(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel)
        # Folders named in a .pth file are searched, but .pth files inside them (the editable install's) are not read.
        borrowed = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
        (self.packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n", encoding="utf-8")

    @property
    def packages(self) -> Path:
        return Path(sysconfig.get_path("purelib", vars={"base": str(self.venv)}))

    def program(self, name: str) -> Path:
        return Path(sysconfig.get_path("scripts", vars={"base": str(self.venv)})) / name

    def look(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(run(self.program("python"), "-c", LOOK, cwd=self.folder))
        return found


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a program without the paths and folders of this run, and return what it prints."""
    left_out = ("PYTHONPATH", "VIRTUAL_ENV")
    clean = {key: value for key, value in os.environ.items() if key not in left_out}
    if cwd:
        clean["VOICEGUIDE_HOME"] = str(cwd / "home")
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def found(installed: Installed) -> dict[str, Any]:
    return installed.look()


def test_the_wheel_is_what_runs(installed: Installed, found: dict[str, Any]) -> None:
    assert Path(found["package"]).is_relative_to(installed.packages)


def test_every_exercise_ships(installed: Installed, found: dict[str, Any]) -> None:
    ours = {file.stem for file in (PROJECT / "voiceguide" / "exercises").glob("*.toml")}
    assert "worry-and-answer" in ours
    assert set(found["exercises"]) == ours
    assert all(Path(file).is_relative_to(installed.packages) for file in found["exercises"].values())


def test_every_earcon_ships_and_sounds(installed: Installed, found: dict[str, Any]) -> None:
    assert set(found["earcons"]) == set(Earcon)
    assert all(Path(file).is_relative_to(installed.packages) for file in found["earcons"].values())
    assert all(peak > 1_000 for peak in found["peaks"].values())


def test_the_program_knows_its_version(installed: Installed) -> None:
    out = run(installed.program("voiceguide"), "--version", cwd=installed.folder)
    assert voiceguide.__version__ in out
