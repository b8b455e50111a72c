"""Real engines, each loaded once for all tests of this process."""

from __future__ import annotations

import functools
import importlib

import pytest

from voiceguide.hearing import Recognizer
from voiceguide.hearing.engines import ENGINES, installed


@functools.cache
def engine(name: str) -> Recognizer:
    """The recogniser of this name; skips the test where it is not installed."""
    if name not in installed():
        pytest.skip(f"the engine {name} is not installed: extra {ENGINES[name].extra}")
    module, _, kind = ENGINES[name].factory.partition(":")
    made: Recognizer = getattr(importlib.import_module(module), kind)()
    return made
