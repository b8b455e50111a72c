"""Servers: what they are called, which are near, and what the settings and the lists make of them."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import pytest

from tests.support.command import PATIENCE, voiceguide
from tests.support.records import write_session
from tests.support.waiting import within
from tests.support.wyoming_servers import Running, hearing_server, speaking_server
from voiceguide.errors import EngineError, NotFoundError, VoiceguideError
from voiceguide.hearing.engines import factory
from voiceguide.servers import Server, addresses_of, is_address, is_near, refuse_far, server_of
from voiceguide.speaking.voices import Voices

__all__ = ["hearing_server", "speaking_server"]


ADDRESSES = {
    "wyoming://nas.local:10300": (Server("nas.local", 10300), "wyoming://nas.local:10300"),
    " WYOMING://NAS:1/ ": (Server("nas", 1), "wyoming://nas:1"),
    "wyoming://10.0.0.2:10200/en_US-joe": (Server("10.0.0.2", 10200, "en_US-joe"), "wyoming://10.0.0.2:10200"),
    "wyoming://[fd00::2]:10200/a%20voice": (Server("fd00::2", 10200, "a voice"), "wyoming://[fd00::2]:10200"),
}
"""What somebody types -> the server, and how it is shown."""


def test_an_address_names_a_server_and_perhaps_a_voice() -> None:
    assert {address: (server_of(address), str(server_of(address))) for address in ADDRESSES} == ADDRESSES
    assert all(map(is_address, ADDRESSES))


@pytest.mark.parametrize(
    "address",
    ["wyoming:", "wyoming://", "wyoming://nas", "wyoming://nas:0", "wyoming://nas:99999", "wyoming://nas:x",
     "wyoming://:10300", "wyoming://me@nas:1", "wyoming://nas:1?x", "wyoming://nas:1#x", "wyoming://[::1:3", "tcp://nas:1"],
)  # fmt: skip
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(NotFoundError, match="give wyoming://HOST:PORT"):
        server_of(address)


def test_this_machine_and_its_own_network_are_near() -> None:
    near = [
        "127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.5", "169.254.1.1", "fd12::1", "fe80::1%eth0",
        "::ffff:10.0.0.1",
    ]  # fmt: skip
    far = [
        "8.8.8.8", "100.64.0.1", "172.32.0.1", "2001:4860::1", "::ffff:8.8.8.8", "2001:0:4136::1", "0.0.0.0",
        "192.0.2.1",
    ]  # fmt: skip
    assert [address for address in (*near, *far) if is_near(address)] == near


def test_one_beyond_needs_to_be_allowed() -> None:
    refuse_far("wyoming://8.8.8.8:1", allow_remote=True)
    refuse_far("wyoming://nobody.invalid:1", allow_remote=False)
    with pytest.raises(VoiceguideError, match="--allow-remote"):
        refuse_far("wyoming://8.8.8.8:1", allow_remote=False)


def test_a_network_that_does_not_tell_where_a_name_leads_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    monkeypatch.setattr("voiceguide.servers._LOOK_UP", 0.1)
    monkeypatch.setattr("voiceguide.servers.socket.getaddrinfo", lambda *_, **__: answers.wait())
    with pytest.raises(EngineError, match="does not tell where nas is"):
        addresses_of(Server("nas", 1), False)
    answers.set()


def test_an_engine_has_no_voice() -> None:
    with pytest.raises(NotFoundError, match="names a voice: for an engine give wyoming://HOST:PORT alone"):
        factory("wyoming://nas:1/joe")


def test_without_the_package_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EngineError, match=r"package wyoming, which is not here: run .*\[wyoming\]"):
        factory("wyoming://nas:1")
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "voiceguide.wyoming.synthesizer", None)
    with pytest.raises(EngineError, match=r"package wyoming, which is not here: run .*\[wyoming\]"):
        Voices().check("wyoming://nas:1")


FAR, DEAD = "wyoming://8.8.8.8:1", "wyoming://127.0.0.1:1"

# -- in the settings ---------------------------------------------------------------------------------------------


def settings(home: Path, *lines: str) -> None:
    """Written by hand."""
    (home / "config").mkdir(mode=0o700, exist_ok=True)
    (home / "config" / "settings.toml").write_text("\n".join(lines) + "\n", "utf-8")


@pytest.mark.full
def test_the_doctor_tries_those_in_the_settings(
    tmp_path: Path, hearing_server: Running, speaking_server: Running
) -> None:
    assert "Servers: none; all is done on this machine" in " ".join(voiceguide(tmp_path, "doctor").out.split())
    voiceguide(tmp_path, "settings", "set", "engine", hearing_server.address).fine()
    assert f"a server recognise: {hearing_server.address}" in voiceguide(tmp_path, "engines").fine().out
    # On a busy machine a server may need more time than a couple is let wait: then it is asked again.
    voice = f"{speaking_server.address}/en_US-joe-medium"
    assert within(PATIENCE, lambda: voiceguide(tmp_path, "voices", "use", voice).code == 0)
    heard = f"engine: {hearing_server.address} heard the guide say: The door is open and the light is on."
    speaks = f"voice: {voice} speaks ("

    def is_told() -> bool:
        told = " ".join(voiceguide(tmp_path, "doctor").out.split())
        return heard in told and speaks in told

    assert within(PATIENCE, is_told)
    settings(tmp_path, f'engine = "{DEAD}"', f'voice = "{FAR}"')
    told = " ".join(voiceguide(tmp_path, "doctor").out.split())
    assert "[missing] Servers: engine: The server wyoming://127.0.0.1:1 cannot be reached: " in told
    assert "voice: The server wyoming://8.8.8.8:1 is at 8.8.8.8, beyond your own network" in told


@pytest.mark.full
def test_one_that_cannot_what_it_is_to_do_is_told_at_once(
    tmp_path: Path, hearing_server: Running, speaking_server: Running
) -> None:
    for command in (["settings", "set", "engine"], ["refine", "--engine"]):
        if command[0] == "refine":
            write_session(tmp_path / "data" / "sessions")
        said = voiceguide(tmp_path, *command, speaking_server.address).complaint()
        assert said.endswith("does not recognise speech: it speaks. Is another port meant?")
    assert "has no English voice" in voiceguide(tmp_path, "voices", "use", hearing_server.address).complaint()
    unfit = f"{speaking_server.address}/en_US-ryan-low"  # which wyoming-piper offers, and would have to download
    assert "failed" in voiceguide(tmp_path, "voices", "use", unfit).complaint()
    assert "cannot be reached" in voiceguide(tmp_path, "settings", "set", "engine", DEAD).complaint()


@pytest.mark.full
def test_an_export_says_where_the_guides_sentences_go_and_who_speaks_instead(
    tmp_path: Path, speaking_server: Running
) -> None:
    write_session(tmp_path / "data" / "sessions")

    def told(voice: str) -> str:
        file = tmp_path / "it.mp3"
        file.unlink(missing_ok=True)
        settings(tmp_path, f'voice = "{voice}"')
        said = voiceguide(tmp_path, "export", "--to", "mp3", "-o", str(file)).fine().err
        assert file.stat().st_size > 10_000
        return said

    assert f"your names in them, go to {speaking_server.address}" in told(speaking_server.address)
    assert within(PATIENCE, lambda: "another voice" not in told(speaking_server.address)), "as above"
    dead = "cannot be reached: connection refused. Meanwhile another voice speaks."
    assert told(DEAD).count(dead) == 1
    assert told(f"{FAR}/joe").count("Until then another voice speaks.") == 1


def test_the_list_of_voices_tells_of_a_servers(tmp_path: Path) -> None:
    settings(tmp_path, 'voice = "wyoming://nas:1/joe"')
    listed = json.loads(voiceguide(tmp_path, "voices", "--json").fine().out)
    assert [(each["id"], each["state"]) for each in listed if each["uses"]] == [("wyoming://nas:1/joe", "server")]
    assert "On servers:" in voiceguide(tmp_path, "voices").fine().out


def test_the_settings_name_an_engine_or_a_server(tmp_path: Path) -> None:
    assert "did you mean whisper" in voiceguide(tmp_path, "settings", "set", "engine", "wisper").complaint()
    assert "or wyoming://HOST:PORT" in voiceguide(tmp_path, "settings", "set", "engine", "10.0.0.2:1").complaint()
    said = voiceguide(tmp_path, "settings", "set", "engine", "wyoming://nas").complaint()
    assert "give wyoming://HOST:PORT" in said
    assert "the port is most often 10300" in said
    assert "not here yet" in voiceguide(tmp_path, "settings", "set", "engine", "base.en").complaint()
    voiceguide(tmp_path, "settings", "set", "engine", "moonshine").fine()
    assert "engine: moonshine" in voiceguide(tmp_path, "settings", "show", "engine").fine().out


@pytest.mark.full
def test_where_a_far_server_is_to_speak_another_voice_is_played(tmp_path: Path) -> None:
    settings(tmp_path, f'voice = "{FAR}/joe"')
    played = voiceguide(tmp_path, "voices", "play", "--speaker", str(tmp_path / "it.wav")).fine()
    assert "beyond your own network" in played.err


@pytest.mark.parametrize(
    ("command", "server", "why"),
    [
        ("settings set engine", FAR, "cannot be a setting"),
        ("settings set voice", FAR, "cannot be a setting"),
        ("voices use", FAR, "cannot be a setting"),
        ("settings set voice_b", "wyoming://nas:10200", "no server gets what you type"),
        ("voices use --for b", "wyoming://nas:10200", "no server gets what you type"),
    ],
)
def test_what_no_server_may_do_is_told(tmp_path: Path, command: str, server: str, why: str) -> None:
    assert why in voiceguide(tmp_path, *command.split(), server).complaint()


@pytest.mark.parametrize(
    ("setting", "wanted"), [("voice", "or wyoming:"), ("engine", "or wyoming:"), ("voice_a", "of this")]
)
def test_what_is_no_address_in_the_settings_is_told_with_its_place(tmp_path: Path, setting: str, wanted: str) -> None:
    settings(tmp_path, f'{setting} = "wyoming:nas"')
    said = voiceguide(tmp_path, "voices").complaint()
    assert f"settings.toml, line 1, column 1: {setting} is 'wyoming:nas': give it the name of" in said
    assert wanted in said
