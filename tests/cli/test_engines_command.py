"""The command ``engines``, as it is installed, with a hub on this machine in place of the true one."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import Running, add_short, installed, of_type, only_session, record, voiceguide
from tests.support.engine_server import Hub, packaged_files, serving
from voiceguide.hearing.engines import ENGINES, MODELS


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub that has the packaged tiny.en and says it were base.en."""
    with serving(Hub(packaged_files())) as hub:
        yield hub


def env(hub: Hub) -> dict[str, str]:
    return {"HF_ENDPOINT": hub.address, "no_proxy": "*"}


def listed(home: Path, name: str) -> dict[str, object]:
    found = json.loads(voiceguide(home, "engines", "--json").fine().out)
    assert [engine["id"] for engine in found] == [*ENGINES, *MODELS]
    (engine,) = (engine for engine in found if engine["id"] == name)
    assert isinstance(engine, dict)
    return engine


def test_the_list_tells_what_is_here_and_how_to_get_the_rest(tmp_path: Path) -> None:
    shown = voiceguide(tmp_path, "engines").fine().out
    here, missing = shown.split("Not here:")
    assert "whisper " in here
    assert "the default" in here
    assert "small.en          Whisper small.en          244 million parameters, 486 MB" in missing
    assert listed(tmp_path, "whisper")["default"] is True
    assert listed(tmp_path, "small.en")["get"] == "voiceguide engines get small.en"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.full
def test_an_engine_is_downloaded_and_recognises(tmp_path: Path, hub: Hub) -> None:
    add_short(tmp_path)
    shown = voiceguide(tmp_path, "engines", "get", "base.en", env=env(hub)).fine().out.splitlines()
    assert shown[-2] == "base.en: 78 MB of 78 MB (100 %)"
    assert 3 < len(shown) < 15
    assert shown[-1].startswith("Use it with: voiceguide start --engine base.en")
    engine = listed(tmp_path, "base.en")
    assert (engine["state"], engine["get"]) == ("downloaded", "")
    asked = len(hub.asked)
    installed(tmp_path, "demo", "a-short-one", "--speaker", "none", "--engine", "base.en", env=env(hub)).fine()
    heard = " ".join(line["text"] for line in of_type(record(only_session(tmp_path)), "utterance"))
    assert "boat" in heard
    assert len(hub.asked) == asked  # nothing goes online but the download
    again = voiceguide(tmp_path, "engines", "get", "base.en", env=env(hub)).fine().out
    assert "here already" in again
    kept = voiceguide(tmp_path, "engines", "remove", "base.en", given="n\n").fine()
    assert "Nothing was removed" in kept.out
    voiceguide(tmp_path, "engines", "remove", "base.en", "--yes").fine()
    assert listed(tmp_path, "base.en")["state"] == "downloadable"
    gone = installed(tmp_path, "demo", "a-short-one", "--speaker", "none", "--engine", "base.en")
    assert "`voiceguide engines get base.en`" in gone.complaint()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.full
def test_an_interrupted_download_goes_on(tmp_path: Path, hub: Hub, number: signal.Signals) -> None:
    hub.holds_after = 30_000_000
    with Running(tmp_path, "engines", "get", "base.en", env=env(hub)) as command:
        command.until("(30 %)")
        assert hub.holding.wait(30)
        command.send(number)
        if number == signal.SIGINT:
            sentence = command.finish().complaint(130)
            assert sentence == "Interrupted: what was fetched is kept, `voiceguide engines get base.en` goes on."
        else:
            assert command.process.wait() != 0
    hub.go_on.set()
    hub.holds_after = None
    assert listed(tmp_path, "base.en")["state"] == "begun"
    assert "fetched" in voiceguide(tmp_path, "engines").out
    voiceguide(tmp_path, "engines", "get", "base.en", env=env(hub)).fine()
    begun = hub.ranges("model.bin")[1]
    assert begun is not None
    assert 20_000_000 < int(begun.removeprefix("bytes=").removesuffix("-")) <= 30_000_000


def test_offline_is_explained(tmp_path: Path) -> None:
    offline = {"HF_ENDPOINT": "http://127.0.0.1:9", "no_proxy": "*"}
    sentence = voiceguide(tmp_path, "engines", "get", "base.en", env=offline).complaint()
    assert sentence.startswith("There is no connection to http://127.0.0.1:9 (")
    assert sentence.endswith("what was fetched before is kept, run the same command again when online.")
