"""The recognisers by name."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

import pytest

from voiceguide.cli import run
from voiceguide.errors import EngineError, NotFoundError
from voiceguide.hearing import Hypothesis
from voiceguide.hearing.doubt import judged
from voiceguide.hearing.engines import DEFAULT, ENGINES, factory, installed


def test_the_default_is_always_here() -> None:
    assert DEFAULT in installed()
    assert factory(DEFAULT) == (ENGINES[DEFAULT].factory,)


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(NotFoundError, match="'wisper': did you mean whisper"):
        factory("wisper")
    with pytest.raises(NotFoundError, match=r"use one of whisper, moonshine, sphinx, base\.en"):
        factory("")


def test_what_is_not_downloaded_says_how_to(home: Path) -> None:
    assert not home.exists()
    with pytest.raises(EngineError, match=r"small\.en is not here yet: .*`voiceguide engines get small\.en`"):
        factory("small.en")


def test_a_downloaded_model_is_an_engine(home: Path) -> None:
    folder = home / "data" / "engines" / "small.en"
    folder.mkdir(parents=True)
    assert installed()[-1] == "small.en"
    assert factory("small.en") == (ENGINES["whisper"].factory, folder)


@pytest.mark.parametrize("name", ["moonshine", "sphinx"])
@pytest.mark.usefixtures("home")
def test_what_is_missing_says_how_to_install_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda package: None)
    assert installed() == []
    with pytest.raises(EngineError, match=rf"run \S+ -m pip install -e '\S+\[{name}\]'"):
        factory(name)


@pytest.mark.parametrize("name", ["moonshine", "sphinx"])
def test_a_broken_package_says_how_to_install_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, ENGINES[name].package, None)
    module, _, kind = ENGINES[name].factory.partition(":")
    with pytest.raises(EngineError, match=rf"pip install -e '\S+\[{name}\]'"):
        getattr(importlib.import_module(module), kind)()


@pytest.mark.parametrize("command", [["start", "--keyboard"], ["demo"]])
def test_the_commands_take_an_engine(command: list[str], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command, "--speaker", "none", "--engine", "moonshin"]) == 1
    assert "There is no engine 'moonshin': did you mean moonshine" in capsys.readouterr().err


def test_moonshine_doubts_silence_loops_and_haste_and_hears_no_words_in_sounds() -> None:
    assert judged("I felt alone on Sunday.", 2.0) == Hypothesis("I felt alone on Sunday.", 0.9, False)
    for text, seconds in (("You", 2.0), ("and then " * 30, 40.0), ("I was there with you and her.", 0.5)):
        heard = judged(text, seconds)
        assert (heard.text, heard.doubtful) == (text.strip(), True)
    assert {judged(text, 1.0).text for text in ("", "♪♪", "[laughs]", "...")} == {""}
