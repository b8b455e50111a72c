"""The recognisers by name: what makes each, and how to install what is missing."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

from voiceguide.errors import EngineError, NotFoundError


@dataclass(frozen=True)
class Engine:
    """How to come by one recogniser; knowing it loads nothing."""

    factory: str
    """``module:class``, as a Worker takes it; the class is called without arguments."""
    package: str
    """The module it cannot do without."""
    install: str
    """What pip is told to install."""


DEFAULT = "whisper"

ENGINES = {
    "whisper": Engine("voiceguide.hearing.whisper:Whisper", "faster_whisper", "voiceguide"),
    "moonshine": Engine("voiceguide.hearing.moonshine:Moonshine", "moonshine_voice", "voiceguide[moonshine]"),
    "sphinx": Engine("voiceguide.hearing.sphinx:Sphinx", "pocketsphinx", "voiceguide[sphinx]"),
}


def installed() -> list[str]:
    """The names of the engines that can be used here."""
    return [name for name, engine in ENGINES.items() if importlib.util.find_spec(engine.package)]


def factory(name: str) -> str:
    """What makes the engine of that name, for a Worker.

    Raises NotFoundError for an unknown name, EngineError when the engine is not installed.
    """
    engine = ENGINES.get(name)
    if engine is None:
        raise NotFoundError.suggesting("engine", name, ENGINES, f"use one of {', '.join(ENGINES)}.")
    if name not in installed():
        raise EngineError(f"The engine {name} is not installed: run pip install '{engine.install}'.")
    return engine.factory
