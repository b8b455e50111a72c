"""The command ``voices``, as it is installed, with a hub on this machine in place of the true one."""

from __future__ import annotations

import json
import wave
from array import array
from pathlib import Path

import pytest

from tests.speaking.test_voices import joes_files_as
from tests.support.command import add_short, installed, voiceguide
from tests.support.engine_server import Hub, serving
from voiceguide.speaking import piper_engine


def seconds(path: Path) -> float:
    with wave.open(str(path)) as sound:
        return float(sound.getnframes() / sound.getframerate())


def test_the_list_tells_who_speaks_here_and_who_can_be_had(tmp_path: Path) -> None:
    shown = voiceguide(tmp_path, "voices").fine().out
    here, _, rest = shown.partition("Natural voices, not here:")
    missing, _, system = rest.partition("Voices of the system, here:")
    assert "joe" in here
    assert "en-gb-scotland" in system
    assert len(shown.splitlines()) <= 23  # all of it on a small terminal
    assert "kristin   Kristin, American, a woman's voice  public domain  64 MB" in missing
    listed = json.loads(voiceguide(tmp_path, "voices", "--json").fine().out)
    assert {voice["state"] for voice in listed} == {"natural", "system", "missing"}
    assert [voice["id"] for voice in listed if voice["uses"]] == ["joe"]
    assert next(voice for voice in listed if voice["id"] == "cori")["get"].endswith("`voiceguide voices get cori`")
    assert list(tmp_path.iterdir()) == []


def test_a_voice_is_heard(tmp_path: Path) -> None:
    file = tmp_path / "hello.wav"
    voiceguide(tmp_path, "voices", "play", "--speaker", str(file)).fine()
    assert 4 < seconds(file) < 12
    other = tmp_path / "other.wav"
    voiceguide(tmp_path, "voices", "play", "en-us+f3", "--text", "Hi.", "--rate", "100", "--speaker", str(other)).fine()
    assert 0.2 < seconds(other) < 2
    assert not (tmp_path / "cache").exists()  # a try is not kept


def test_a_voice_is_heard_as_loud_as_the_guide_will_be(tmp_path: Path) -> None:
    def peak(name: str) -> int:
        file = tmp_path / name
        voiceguide(tmp_path, "voices", "play", "en-us", "--text", "Hello.", "--speaker", str(file)).fine()
        with wave.open(str(file)) as sound:
            loudest: int = max(map(abs, array("h", sound.readframes(sound.getnframes()))))
            return loudest

    before = peak("before.wav")
    voiceguide(tmp_path, "settings", "set", "loudness", "0.5").fine()
    assert peak("after.wav") == pytest.approx(before / 2, rel=0.05)


@pytest.mark.full
def test_a_voice_is_downloaded_speaks_and_goes(tmp_path: Path) -> None:
    with serving(Hub(joes_files_as("kristin"), piper_engine.download("kristin"))) as hub:
        env = {"HF_ENDPOINT": hub.address, "no_proxy": "*"}
        shown = voiceguide(tmp_path, "voices", "get", "kristin", env=env).fine().out.splitlines()
        asked = len(hub.asked)
        assert "kristin: 63 MB of 63 MB (100 %)" in shown
        assert shown[-1].startswith("Hear it with: voiceguide voices play kristin")
        file = tmp_path / "hello.wav"
        voiceguide(tmp_path, "voices", "play", "kristin", "--speaker", str(file), env=env).fine()
        assert seconds(file) > 4
        assert "here already" in voiceguide(tmp_path, "voices", "get", "kristin", env=env).fine().out
        assert len(hub.asked) == asked  # nothing goes online but the download
    assert "Nothing was removed" in voiceguide(tmp_path, "voices", "remove", "kristin", given="n\n").fine().out
    voiceguide(tmp_path, "voices", "remove", "kristin", "--yes").fine()
    assert "voices get kristin" in voiceguide(tmp_path, "voices", "play", "kristin").complaint()


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["play", "jo"], "did you mean joe"),
        (["play", "--speaker", "nobody.wav/x.wav"], "nobody.wav"),
    ],
)
def test_what_cannot_be_done_is_explained(tmp_path: Path, args: list[str], why: str) -> None:
    assert why in voiceguide(tmp_path, "voices", *args).complaint()


def test_offline_is_explained(tmp_path: Path) -> None:
    offline = {"HF_ENDPOINT": "http://127.0.0.1:9", "no_proxy": "*"}
    sentence = voiceguide(tmp_path, "voices", "get", "kristin", env=offline).complaint()
    assert sentence.startswith("There is no connection to http://127.0.0.1:9 (")


def test_a_voice_is_chosen_and_speaks_from_then_on(tmp_path: Path) -> None:
    told = voiceguide(tmp_path, "voices", "use", "en-gb-scotland").fine().out
    assert told == (
        "From the next session on the guide speaks with en-gb-scotland; back: voiceguide settings reset voice\n"
    )
    voiceguide(tmp_path, "voices", "use", "en-us+f3", "--for", "b").fine()
    listed = json.loads(voiceguide(tmp_path, "voices", "--json").fine().out)
    used = {voice["id"]: voice["uses"] for voice in listed if voice["uses"]}
    assert used == {"en-gb-scotland": ["guide"], "en-us": ["b"]}  # a variant of that one
    chosen, joe = tmp_path / "chosen.wav", tmp_path / "joe.wav"
    voiceguide(tmp_path, "voices", "play", "--speaker", str(chosen)).fine()
    voiceguide(tmp_path, "voices", "play", "joe", "--speaker", str(joe)).fine()
    assert chosen.read_bytes() != joe.read_bytes()
    assert "did you mean" in voiceguide(tmp_path, "voices", "use", "jo").complaint()
    assert "en-gb-scotland" in voiceguide(tmp_path, "settings", "show", "voice").fine().out


@pytest.mark.full
def test_a_natural_voice_is_chosen_in_every_way(tmp_path: Path) -> None:
    assert "speaks with joe;" in voiceguide(tmp_path, "voices", "use", "JOE").fine().out
    listed = json.loads(voiceguide(tmp_path, "voices", "--json").fine().out)
    assert {voice["id"]: voice["uses"] for voice in listed if voice["uses"]} == {"joe": ["guide"]}
    add_short(tmp_path)
    for how in (["--voice", "joe"], []):  # named, and as set
        done = installed(tmp_path, "demo", "a-short-one", *how, "--speaker", "none", as_typed=True).fine()
        assert "another voice" not in done.out + done.err
    voiceguide(tmp_path, "voices", "use", "joe", "--for", "b").fine()
    assert "another voice" not in installed(tmp_path, "replay", "--speaker", "none", as_typed=True).fine().out
    assert "is joe already" in voiceguide(tmp_path, "settings", "set", "voice", "joe").fine().out


def test_a_voice_that_is_not_there_is_not_set(tmp_path: Path) -> None:
    assert "did you mean" in voiceguide(tmp_path, "settings", "set", "voice", "jo").complaint()
    assert "voices get kristin" in voiceguide(tmp_path, "settings", "set", "voice-a", "kristin").complaint()
    assert not (tmp_path / "config" / "settings.toml").exists()


@pytest.mark.full
def test_a_chosen_voice_that_has_gone_sends_nobody_away(tmp_path: Path) -> None:
    add_short(tmp_path)
    for name in ("voice", "voice_a"):
        settings = tmp_path / "config" / "settings.toml"  # somebody removed it since
        settings.write_text((settings.read_text() if settings.exists() else "") + f'{name} = "kristin"\n')
    gone = "The voice kristin is not here yet: download it with `voiceguide voices get kristin`. Until then another"
    shown = installed(tmp_path, "demo", "a-short-one", "--speaker", "none", as_typed=True).fine().out
    assert f"({gone} voice speaks.)" in shown
    assert "Saved as" in shown
    assert gone in installed(tmp_path, "replay", "--speaker", "none").fine().out
    assert gone in voiceguide(tmp_path, "export", "--to", "flac", "-o", str(tmp_path / "it.flac")).fine().err


def test_a_sample_is_no_book(tmp_path: Path) -> None:
    said = voiceguide(tmp_path, "voices", "play", "--text", "word " * 900, "--speaker", str(tmp_path / "it.wav"))
    assert "A sample of 4500 letters is too long" in said.complaint()
    assert not (tmp_path / "it.wav").exists()
    done = voiceguide(tmp_path, "voices", "play", "--text", "Good evening.", "--speaker", str(tmp_path / "it.wav"))
    assert done.fine().out == f"Written: {tmp_path / 'it.wav'}\n"
