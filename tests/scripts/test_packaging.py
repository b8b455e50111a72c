"""The built wheel, installed alone in a clean environment, finds all that ships inside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

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


def run(*command: str | Path, cwd: Path) -> str:
    """Run a program in a folder, without the paths and folders of this run, and return what it prints."""
    left_out = ("PYTHONPATH", "VIRTUAL_ENV")
    clean = {key: value for key, value in os.environ.items() if key not in left_out}
    clean["VOICEGUIDE_HOME"] = str(cwd / "home")
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_installed_wheel_finds_everything(tmp_path: Path) -> None:
    """It lies alone in a clean environment, and borrows everything else from the running one."""
    pip, venv = (sys.executable, "-m", "pip"), tmp_path / "venv"
    programs, packages = (Path(sysconfig.get_path(name, vars={"base": str(venv)})) for name in ("scripts", "purelib"))
    run(*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", tmp_path, PROJECT, cwd=tmp_path)
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    install = ("install", "--quiet", "--no-index", "--no-deps", wheel)
    run(*pip, "--python", programs / "python", *install, cwd=tmp_path)
    # Folders named in a .pth file are searched, but .pth files inside them (the editable install's) are not read.
    borrowed = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n", encoding="utf-8")

    found = json.loads(run(programs / "python", "-c", LOOK, cwd=tmp_path))
    files = [found["package"], *found["exercises"].values(), *found["earcons"].values()]
    assert [file for file in files if not Path(file).is_relative_to(packages)] == []
    ours = {file.stem for file in (PROJECT / "voiceguide" / "exercises").glob("*.toml")}
    assert "worry-and-answer" in ours
    assert set(found["exercises"]) == ours
    assert set(found["earcons"]) == set(Earcon)
    assert min(found["peaks"].values()) > 1_000
    assert voiceguide.__version__ in run(programs / "voiceguide", "--version", cwd=tmp_path)
