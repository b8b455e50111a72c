"""The recognisers by name: what makes each, how to install what is missing, and which models can be downloaded.

Knowing them loads nothing. Downloading is the business of ``voiceguide.downloads``.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voiceguide.downloads import Download
from voiceguide.errors import EngineError, NotFoundError
from voiceguide.paths import engines_dir, pip_install
from voiceguide.servers import is_address, missing_package, server_of

_WHISPER = "voiceguide.hearing.whisper:Whisper"


@dataclass(frozen=True)
class Engine:
    """How to come by a recogniser that is a Python package."""

    title: str
    factory: str
    """``module:class``, as a Worker takes it; the class is called without arguments."""
    package: str
    """The module it cannot do without."""
    extra: str
    """What of voiceguide brings it; empty: it comes with it."""


@dataclass(frozen=True)
class Model:
    """A Whisper model, converted for faster-whisper, on the Hugging Face hub; understands English only."""

    title: str
    repository: str
    revision: str
    """The commit of the repository that is fetched, whatever comes later."""
    parameters: int
    """Millions. The packaged tiny.en has 39: more of them hear better, take longer and need more memory."""
    size: int
    """Bytes to download, and on the disk."""


DEFAULT = "whisper"

ENGINES = {
    "whisper": Engine("Whisper tiny.en", _WHISPER, "faster_whisper", ""),
    "moonshine": Engine("Moonshine tiny-en", "voiceguide.hearing.moonshine:Moonshine", "moonshine_voice", "moonshine"),
    "sphinx": Engine("PocketSphinx", "voiceguide.hearing.sphinx:Sphinx", "pocketsphinx", "sphinx"),
}

MODELS = {
    "base.en": Model(
        "Whisper base.en",
        "Systran/faster-whisper-base.en",
        "3d3d5dee26484f91867d81cb899cfcf72b96be6c",
        parameters=74,
        size=147_769_510,
    ),
    "distil-small.en": Model(
        "Distil-Whisper small.en",
        "Systran/faster-distil-whisper-small.en",
        "ef77d90526ccd62cde3808ee70626a01e5cf83e4",
        parameters=166,
        size=335_542_354,
    ),
    "small.en": Model(
        "Whisper small.en",
        "Systran/faster-whisper-small.en",
        "d1d751a5f8271d482d14ca55d9e2deeebbae577f",
        parameters=244,
        size=486_098_798,
    ),
    "distil-medium.en": Model(
        "Distil-Whisper medium.en",
        "Systran/faster-distil-whisper-medium.en",
        "80ddfce281f77766d8943d63109199fc8145dfa5",
        parameters=394,
        size=792_060_626,
    ),
    "medium.en": Model(
        "Whisper medium.en",
        "Systran/faster-whisper-medium.en",
        "a29b04bd15381511a9af671baec01072039215e3",
        parameters=769,
        size=1_530_457_748,
    ),
}


def installed() -> list[str]:
    """The names of the engines that can be used here, downloaded models included."""
    packaged = [name for name, engine in ENGINES.items() if importlib.util.find_spec(engine.package)]
    return packaged + [name for name in MODELS if model_folder(name).is_dir()]


def is_engine(by: str) -> bool:
    """Whether words found ``by`` this name were recognised: it is an engine's, or what the engine calls itself."""
    titles = [engine.title for engine in ENGINES.values()] + [model.title for model in MODELS.values()]
    return by in ENGINES or by in MODELS or is_address(by) or by.lower() in map(str.lower, titles)


def model_folder(name: str) -> Path:
    """Where that model lies once it is downloaded; only whole ones bear this name."""
    return engines_dir() / name


def download(name: str) -> Download:
    """What ``voiceguide.downloads`` is told to fetch for it. Raises NotFoundError for what is no download."""
    if name in ENGINES:
        how = "is installed" if name in installed() else f"comes with {pip_install(ENGINES[name].extra)}"
        raise NotFoundError(f"The engine {name} is a package, no download: it {how}.")
    if name not in MODELS:
        advice = f"English models can be downloaded: {', '.join(MODELS)}."
        raise NotFoundError.suggesting("engine to download", name, MODELS, advice)
    model = MODELS[name]
    return Download(
        name,
        "engine",
        model_folder(name),
        model.repository,
        model.revision,
        needed=("config.json", "model.bin", "tokenizer.json"),
        wanted=("preprocessor_config.json", "vocabulary.json", "vocabulary.txt"),
    )


def check(name: str) -> str:
    """An engine's name, or a server's address, as it was typed. Raises NotFoundError for what is neither."""
    if is_address(name):
        if server_of(name).voice:
            raise NotFoundError(f"{name[:80]!r} names a voice: for an engine give wyoming://HOST:PORT alone.")
    elif name not in ENGINES and name not in MODELS:
        known = [*ENGINES, *MODELS]
        raise NotFoundError.suggesting("engine", name, known, f"use one of {', '.join(known)}, or wyoming://HOST:PORT.")
    return name


def factory(name: str, allow_remote: bool = False) -> tuple[Any, ...]:
    """What makes the engine of that name, or at that address: a Worker's ``factory`` and the arguments to it.

    Raises NotFoundError for an unknown name, EngineError when the engine is not here.
    """
    if is_address(check(name)):
        if importlib.util.find_spec("wyoming") is None:
            raise missing_package()
        return "voiceguide.wyoming.recognizer:WyomingRecognizer", name, allow_remote
    if name in MODELS:
        if name not in installed():
            raise EngineError(f"The engine {name} is not here yet: download it with `voiceguide engines get {name}`.")
        return _WHISPER, model_folder(name)
    if name not in installed():
        raise EngineError(f"The engine {name} is not installed: run {pip_install(ENGINES[name].extra)}.")
    return (ENGINES[name].factory,)
