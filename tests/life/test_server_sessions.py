"""Whole sessions through servers: real ones on loopback that work, die, stop, or send nonsense."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command import Done, add_short, installed, only_session, record
from tests.support.command import Running as Command
from tests.support.pulse import Pulse, pulse
from tests.support.wyoming_servers import Running, Sending, hearing_server, relaying, sending_server, speaking_server

__all__ = ["hearing_server", "pulse", "sending_server", "speaking_server"]


def demo(*options: str, exercise: str = "worry-and-answer") -> list[str]:
    return ["demo", exercise, "--names", "Anna,Ben", "--speaker", "none", *options]


def losing(home: Path, server: Running, moment: str, lose: Callable[[Running], None], option: str) -> Done:
    """A demo that loses its server at this moment; the server runs again afterwards."""
    with Command(home, *demo(option, server.address)) as command:
        command.until(moment)
        lose(server)
        done = command.finish().fine()
    server.kill()
    server.begin()
    assert record(only_session(home))[-1]["why"] == "completed"
    return done


def all_heard(home: Path) -> bool:
    """Whether every sound that was kept has its words."""
    lines = record(only_session(home))
    kept = {line["id"] for line in lines if line.get("type") == "sound"}
    return len(kept) > 10 and kept == {line["id"] for line in lines if line.get("type") == "utterance" and line["text"]}


@pytest.mark.full
def test_a_whole_session_through_servers(tmp_path: Path, hearing_server: Running, speaking_server: Running) -> None:
    before = hearing_server.said.count("dispatch_handler: ")
    voice = f"{speaking_server.address}/en_US-joe-medium"
    done = installed(tmp_path, *demo("--engine", hearing_server.address, "--voice", voice)).fine()
    assert f"Once you have agreed, what you say goes to {hearing_server.address}" in done.out
    assert "To be understood it also goes to a server on this computer." in done.out
    assert f"go to {speaking_server.address} to be spoken" in done.out
    assert "by itself; nothing is lost" not in done.out
    assert "Saved as" in done.out
    assert record(only_session(tmp_path))[-1]["why"] == "completed"
    heard = hearing_server.said.count("dispatch_handler: ") - before
    # The two yeses to being recorded were heard here.
    assert heard == len([1 for line in record(only_session(tmp_path)) if line.get("type") == "utterance"])


@pytest.mark.full
def test_in_life_a_server_has_most_of_an_answer_before_it_ends(
    tmp_path: Path, hearing_server: Running, pulse: Pulse
) -> None:
    options = ["demo", add_short(tmp_path), "--names", "Anna,Ben", "--engine"]
    sound_card = {"PULSE_SERVER": pulse.env["PULSE_SERVER"]}
    with (
        relaying(hearing_server.port) as relay,
        Command(tmp_path, *options, relay.address, env=sound_card) as command,
    ):
        command.finish().fine()
    longest = max((passed for passed in relay.heard if passed.ended), key=lambda passed: passed.seconds)
    assert longest.seconds > 2
    assert longest.ended - longest.times[0] > longest.seconds / 3
    kept = {line["id"] for line in record(only_session(tmp_path)) if line.get("type") == "sound"}
    assert kept
    assert kept == {line["id"] for line in record(only_session(tmp_path)) if line.get("type") == "utterance"}


@pytest.mark.full
def test_a_server_killed_in_mid_turn_loses_nothing(tmp_path: Path, hearing_server: Running) -> None:
    done = losing(tmp_path, hearing_server, "Ben says back what was heard", Running.kill, "--engine")
    assert "Meanwhile this machine listens by itself; nothing is lost." in done.out
    assert all_heard(tmp_path)


@pytest.mark.full
def test_a_voice_that_dies_in_mid_session_is_replaced(tmp_path: Path, speaking_server: Running) -> None:
    done = losing(tmp_path, speaking_server, "step 3 of", Running.kill, "--voice")
    assert "Meanwhile another voice speaks." in done.out
    assert "cannot be spoken" not in done.out


@pytest.mark.full
def test_who_goes_on_with_a_server_is_asked_for_it(tmp_path: Path, hearing_server: Running) -> None:
    with Command(tmp_path, *demo()) as command:
        command.until("step 7 of")
        command.send(signal.SIGTERM)
        command.finish()
    before = hearing_server.said.count("dispatch_handler: ")
    options = ("--resume", "--speaker", "none", "--engine", hearing_server.address)
    out = installed(tmp_path, "demo", *options).fine().out
    for name in ("Anna", "Ben"):
        assert f"{name}, to be understood, what you say goes to a server on this computer tonight." in out
    assert hearing_server.said.count("dispatch_handler: ") > before


@pytest.mark.full
def test_a_saved_session_is_heard_again_there(tmp_path: Path, hearing_server: Running) -> None:
    installed(tmp_path, *demo("--engine", "moonshine")).fine()
    assert "--allow-remote" in installed(tmp_path, "refine", "--engine", "wyoming://8.8.8.8:1").complaint()
    out = installed(tmp_path, "refine", "--engine", hearing_server.address).fine().out
    assert f"{hearing_server.address} recognised " in out
    assert "already" in installed(tmp_path, "refine", "--engine", hearing_server.address).fine().out


@pytest.mark.full
def test_one_that_stops_answering_is_left_and_asked_again(tmp_path: Path, hearing_server: Running) -> None:
    done = losing(tmp_path, hearing_server, "Ben says back what was heard", Running.stop_answering, "--engine")
    assert "did not answer within" in done.out
    assert all_heard(tmp_path)


@pytest.mark.full
def test_one_that_sends_nonsense_harms_no_session(tmp_path: Path, sending_server: Sending) -> None:
    sending_server.answer = b'{"type": "transcript", "data_length": 99999999999}\n'
    there = sending_server.address
    done = installed(tmp_path, *demo("--engine", there, "--voice", there, exercise=add_short(tmp_path))).fine()
    assert "Meanwhile this machine listens by itself; nothing is lost." in done.out
    assert "Meanwhile another voice speaks." in done.out
    assert record(only_session(tmp_path))[-1]["why"] == "completed"


@pytest.mark.parametrize("option", ["--engine", "--voice"])
def test_one_that_is_far_away_is_refused(tmp_path: Path, option: str) -> None:
    said = installed(tmp_path, *demo(option, "wyoming://8.8.8.8:10300")).complaint()
    assert "send it all the same, with --allow-remote" in said
    assert not (tmp_path / "data" / "sessions").exists()


def test_what_is_no_address_is_said_before_anything_begins(tmp_path: Path) -> None:
    assert "give wyoming://HOST:PORT" in installed(tmp_path, *demo("--engine", "wyoming://nas")).complaint()
    assert "give wyoming://HOST:PORT" in installed(tmp_path, *demo("--voice", "wyoming://nas")).complaint()
