"""Servers in a session: what they are called, which are near, what is sent when, and what happens where they fail."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from tests.command import Done, add_short, only_session, record, voiceguide
from tests.command import Running as Command
from tests.pulse import Pulse, pulse
from tests.wyoming_servers import Running, Sending, hearing_server, relaying, sending_server, speaking_server
from voiceguide.elsewhere import Elsewhere
from voiceguide.errors import EngineError, NotFoundError, VoiceguideError
from voiceguide.hearing.engines import factory
from voiceguide.servers import Server, addresses_of, is_address, is_near, refuse_far, server_of
from voiceguide.sound import LISTEN_RATE, Sound
from voiceguide.speaking.voices import Voices

__all__ = ["hearing_server", "pulse", "sending_server", "speaking_server"]

# -- addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "server", "shown"),
    [
        ("wyoming://nas.local:10300", Server("nas.local", 10300), "wyoming://nas.local:10300"),
        (" WYOMING://NAS:1/ ", Server("nas", 1), "wyoming://nas:1"),
        ("wyoming://10.0.0.2:10200/en_US-joe-medium", Server("10.0.0.2", 10200, "en_US-joe-medium"), None),
        ("wyoming://[fd00::2]:10200/a%20voice", Server("fd00::2", 10200, "a voice"), "wyoming://[fd00::2]:10200"),
    ],
)
def test_an_address_names_a_server_and_perhaps_a_voice(address: str, server: Server, shown: str | None) -> None:
    assert is_address(address)
    assert server_of(address) == server
    assert shown in (None, str(server))


@pytest.mark.parametrize(
    "address",
    ["wyoming:", "wyoming://", "wyoming://nas", "wyoming://nas:0", "wyoming://nas:99999", "wyoming://nas:x",
     "wyoming://:10300", "wyoming://me@nas:1", "wyoming://nas:1?x", "wyoming://nas:1#x", "wyoming://[::1:3", "tcp://nas:1"],
)  # fmt: skip
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(NotFoundError, match="give wyoming://HOST:PORT"):
        server_of(address)


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("127.0.0.1", True), ("::1", True), ("10.1.2.3", True), ("172.16.0.1", True), ("192.168.1.5", True),
        ("169.254.1.1", True), ("fd12::1", True), ("fe80::1%eth0", True), ("::ffff:10.0.0.1", True),
        ("8.8.8.8", False), ("100.64.0.1", False), ("172.32.0.1", False), ("2001:4860::1", False),
        ("::ffff:8.8.8.8", False), ("2001:0:4136::1", False), ("0.0.0.0", False), ("192.0.2.1", False),
    ],
)  # fmt: skip
def test_this_machine_and_its_own_network_are_near(address: str, near: bool) -> None:
    assert is_near(address) is near


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


# -- who hears ---------------------------------------------------------------------------------------------------


class Calls:
    """Takes calls, and answers them when the test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.futures: list[Future[Any]] = []

    def submit(self, method: str, *args: Any) -> Future[Any]:
        self.asked.append((method, *args))
        self.futures.append(Future())
        return self.futures[-1]


class Pair:
    """A server and this machine, with a clock that stands still."""

    def __init__(self) -> None:
        self.there, self.here, self.now = Calls(), Calls(), 0.0
        self.both = Elsewhere(Server("nas", 1), self.there, self.here, lambda: self.now)
        self.both.allowed, self.both.kept = True, lambda: True

    def fails(self, sound: str) -> Future[Any]:
        found = self.both.submit("recognize", sound)
        self.there.futures[-1].set_exception(EngineError("It is gone."))
        return found


def test_only_what_they_agreed_to_goes_there() -> None:
    pair = Pair()
    pair.both.allowed = False
    pair.both.submit("recognize", "before")
    pair.both.allowed = True
    pair.both.submit("spot", "opening", "guide")
    pair.both.submit("recognize", "after")
    assert pair.there.asked == [("recognize", "after")]
    pair.there.futures[-1].set_result("words")
    assert pair.here.asked == [("recognize", "before"), ("spot", "opening", "guide")]
    pair.both.kept = lambda: False
    pair.both.submit("recognize", "off the record")
    pair.both.kept = lambda: True
    assert pair.here.asked[-1] == ("recognize", "off the record")
    pair.both.forbid()
    pair.both.submit("recognize", "later")
    assert pair.here.asked[-1] == ("recognize", "later")


def test_what_it_could_not_hear_this_machine_hears() -> None:
    pair = Pair()
    found = pair.fails("one")
    assert pair.both.problem == "It is gone."
    assert not found.done()
    pair.here.futures[-1].set_result("words")
    assert found.result() == "words"
    pair.both.submit("recognize", "two")
    assert pair.here.asked == [("recognize", "one"), ("recognize", "two")]


def test_it_is_asked_again_after_a_while_that_grows() -> None:
    pair = Pair()
    pair.fails("one")
    pair.now = 21
    pair.fails("two")
    pair.now = 42
    pair.both.submit("recognize", "three")
    assert [sound for _, sound in pair.there.asked] == ["one", "two"]
    pair.now = 62
    found = pair.both.submit("recognize", "four")
    pair.there.futures[-1].set_result("words")
    assert (found.result(), pair.both.problem) == ("words", "")
    pair.fails("five")
    pair.now = 83
    pair.both.submit("recognize", "six")
    assert [sound for _, sound in pair.there.asked] == ["one", "two", "four", "five", "six"]


def test_what_waits_behind_a_sound_is_judged_when_its_turn_comes() -> None:
    pair = Pair()
    pair.both.submit("recognize", "one")
    pair.both.submit("recognize", "two")
    pair.both.submit("recognize", "three")
    assert pair.there.asked == [("recognize", "one")]
    pair.both.kept = lambda: False
    pair.there.futures[0].set_result("words")
    assert pair.here.asked == [("recognize", "two"), ("recognize", "three")]


def test_what_waits_behind_a_failure_fails_no_second_time() -> None:
    pair = Pair()
    waits = [pair.both.submit("recognize", sound) for sound in ("one", "two", "three")]
    pair.there.futures[0].set_exception(EngineError("It is gone."))
    assert [sound for _, sound in pair.here.asked] == ["one", "two", "three"]
    for future, wait in zip(pair.here.futures, waits, strict=True):
        future.set_result("words")
        assert wait.result() == "words"
    pair.now = 21
    pair.both.submit("recognize", "four")
    assert pair.there.asked[-1] == ("recognize", "four")


BEGINNING = Sound(b"", LISTEN_RATE)


def test_what_is_being_said_goes_there_only_when_what_was_said_might() -> None:
    pair = Pair()
    pair.both.allowed, pair.both.kept = False, lambda: True
    pair.both.ahead(BEGINNING)
    pair.both.allowed, pair.both.kept = True, lambda: False
    pair.both.ahead(BEGINNING)
    assert not pair.there.asked
    pair.both.kept = lambda: True
    pair.both.submit("recognize", "words that may be pause")
    pair.both.ahead(BEGINNING)
    pair.there.futures[-1].set_result("words")
    assert [method for method, _ in pair.there.asked] == ["recognize"]
    pair.both.ahead(BEGINNING)
    pair.both.ahead(BEGINNING)
    assert [method for method, _ in pair.there.asked] == ["recognize", "ahead"], "the next one brings it all"
    found = pair.both.submit("recognize", "all of it")
    assert len(pair.there.asked) == 2
    pair.there.futures[-1].set_result(None)
    pair.there.futures[-1].set_result("all the words")
    assert found.result() == "all the words"
    assert not pair.here.asked


def test_where_what_is_being_said_does_not_arrive_its_words_are_found_here() -> None:
    pair = Pair()
    pair.both.ahead(BEGINNING)
    found = pair.both.submit("recognize", "all of it")
    pair.there.futures[-1].set_exception(EngineError("It is gone."))
    assert pair.both.problem == "It is gone."
    pair.here.futures[-1].set_result("words")
    assert found.result() == "words"
    pair.both.ahead(BEGINNING)
    assert [method for method, *_ in pair.there.asked] == ["ahead"]


@pytest.mark.parametrize("then", ["it is paused", "the session ends"])
def test_what_was_sent_ahead_and_is_not_to_be_heard_there_is_let_go(then: str) -> None:
    pair = Pair()
    pair.both.ahead(BEGINNING)
    pair.there.futures[-1].set_result(None)
    if then == "it is paused":
        pair.both.kept = lambda: False
        pair.both.submit("recognize", "the beginning and more")
        assert pair.here.asked == [("recognize", "the beginning and more")]
    else:
        pair.both.forbid()
    assert [method for method, *_ in pair.there.asked] == ["ahead", "close"]
    pair.there.futures[-1].set_result(None)
    pair.both.forbid()
    assert len(pair.there.asked) == 2


def test_whatever_goes_wrong_there_somebody_waits_for_the_words() -> None:
    pair = Pair()
    found = pair.both.submit("recognize", "one")
    pair.there.futures[0].set_exception(TypeError("a bug"))
    pair.here.futures[0].set_result("words")
    assert found.result() == "words"


def test_where_neither_hears_the_failure_is_passed_on_and_an_end_ends_both() -> None:
    pair = Pair()
    found = pair.fails("one")
    pair.here.futures[-1].set_exception(EngineError("So am I."))
    with pytest.raises(EngineError, match="So am I"):
        found.result()
    pair.now = 100
    cancelled = pair.both.submit("recognize", "two")
    pair.there.futures[-1].cancel()
    pair.there.futures[-1].set_running_or_notify_cancel()
    assert cancelled.cancelled()


# -- whole sessions ----------------------------------------------------------------------------------------------


def demo(*options: str) -> list[str]:
    return ["demo", "worry-and-answer", "--names", "Anna,Ben", "--speaker", "none", *options]


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


@pytest.mark.slow
def test_a_whole_session_through_servers(tmp_path: Path, hearing_server: Running, speaking_server: Running) -> None:
    before = hearing_server.said.count("dispatch_handler: ")
    voice = f"{speaking_server.address}/en_US-joe-medium"
    done = voiceguide(tmp_path, *demo("--engine", hearing_server.address, "--voice", voice)).fine()
    assert f"Once you have agreed, what you say goes to {hearing_server.address}" in done.out
    assert "To be understood it also goes to a server on this computer." in done.out
    assert f"go to {speaking_server.address} to be spoken" in done.out
    assert "by itself; nothing is lost" not in done.out
    assert "Saved as" in done.out
    assert record(only_session(tmp_path))[-1]["why"] == "completed"
    heard = hearing_server.said.count("dispatch_handler: ") - before
    # The two yeses to being recorded were heard here.
    assert heard == len([1 for line in record(only_session(tmp_path)) if line.get("type") == "utterance"])


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_server_killed_in_mid_turn_loses_nothing(tmp_path: Path, hearing_server: Running) -> None:
    done = losing(tmp_path, hearing_server, "Ben says back what was heard", Running.kill, "--engine")
    assert "Meanwhile this machine listens by itself; nothing is lost." in done.out
    assert all_heard(tmp_path)


@pytest.mark.slow
def test_a_voice_that_dies_in_mid_session_is_replaced(tmp_path: Path, speaking_server: Running) -> None:
    done = losing(tmp_path, speaking_server, "step 3 of", Running.kill, "--voice")
    assert "Meanwhile another voice speaks." in done.out
    assert "cannot be spoken" not in done.out


@pytest.mark.slow
def test_who_goes_on_with_a_server_is_asked_for_it(tmp_path: Path, hearing_server: Running) -> None:
    with Command(tmp_path, *demo()) as command:
        command.until("step 7 of")
        command.send(signal.SIGTERM)
        command.finish()
    before = hearing_server.said.count("dispatch_handler: ")
    options = ("--resume", "--speaker", "none", "--engine", hearing_server.address)
    out = voiceguide(tmp_path, "demo", *options).fine().out
    for name in ("Anna", "Ben"):
        assert f"{name}, to be understood, what you say goes to a server on this computer tonight." in out
    assert hearing_server.said.count("dispatch_handler: ") > before


@pytest.mark.slow
def test_a_saved_session_is_heard_again_there(tmp_path: Path, hearing_server: Running) -> None:
    voiceguide(tmp_path, *demo("--engine", "moonshine")).fine()
    assert "--allow-remote" in voiceguide(tmp_path, "refine", "--engine", "wyoming://8.8.8.8:1").complaint()
    out = voiceguide(tmp_path, "refine", "--engine", hearing_server.address).fine().out
    assert f"{hearing_server.address} recognised " in out
    assert "already" in voiceguide(tmp_path, "refine", "--engine", hearing_server.address).fine().out


@pytest.mark.slow
def test_one_that_stops_answering_is_left_and_asked_again(tmp_path: Path, hearing_server: Running) -> None:
    done = losing(tmp_path, hearing_server, "Ben says back what was heard", Running.stop_answering, "--engine")
    assert "did not answer within" in done.out
    assert all_heard(tmp_path)


def test_one_that_sends_nonsense_harms_no_session(tmp_path: Path, sending_server: Sending) -> None:
    sending_server.answer = b'{"type": "transcript", "data_length": 99999999999}\n'
    done = voiceguide(tmp_path, *demo("--engine", sending_server.address, "--voice", sending_server.address)).fine()
    assert "Meanwhile this machine listens by itself; nothing is lost." in done.out
    assert "Meanwhile another voice speaks." in done.out
    assert record(only_session(tmp_path))[-1]["why"] == "completed"


@pytest.mark.parametrize("option", ["--engine", "--voice"])
def test_one_that_is_far_away_is_refused(tmp_path: Path, option: str) -> None:
    said = voiceguide(tmp_path, *demo(option, "wyoming://8.8.8.8:10300")).complaint()
    assert "--allow-remote (of start" in said
    assert not (tmp_path / "data" / "sessions").exists()


def test_what_is_no_address_is_said_before_anything_begins(tmp_path: Path) -> None:
    assert "give wyoming://HOST:PORT" in voiceguide(tmp_path, *demo("--engine", "wyoming://nas")).complaint()
    assert "give wyoming://HOST:PORT" in voiceguide(tmp_path, *demo("--voice", "wyoming://nas")).complaint()


@pytest.mark.slow
def test_the_doctor_tries_those_in_the_settings(
    tmp_path: Path, hearing_server: Running, speaking_server: Running
) -> None:
    assert "Servers: none; all is done on this machine" in " ".join(voiceguide(tmp_path, "doctor").out.split())
    voiceguide(tmp_path, "settings", "set", "engine", hearing_server.address).fine()
    voiceguide(tmp_path, "voices", "use", f"{speaking_server.address}/en_US-joe-medium").fine()
    told = " ".join(voiceguide(tmp_path, "doctor").out.split())
    assert f"{hearing_server.address} heard the guide say: The door is open and the light is on." in told
    assert f"{speaking_server.address}/en_US-joe-medium speaks (voice;" in told
    voiceguide(tmp_path, "settings", "set", "engine", "wyoming://127.0.0.1:1").fine()
    assert "[missing] Servers: The server wyoming://127.0.0.1:1 cannot be reached" in " ".join(
        voiceguide(tmp_path, "doctor").out.split()
    )


def test_the_list_of_voices_tells_of_a_servers(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir(mode=0o700)
    (tmp_path / "config" / "settings.toml").write_text('voice = "wyoming://nas:1/joe"\n', "utf-8")
    listed = json.loads(voiceguide(tmp_path, "voices", "--json").fine().out)
    assert [(each["id"], each["state"]) for each in listed if each["uses"]] == [("wyoming://nas:1/joe", "server")]
    assert "On servers:" in voiceguide(tmp_path, "voices").fine().out


def test_the_settings_name_an_engine_or_a_server(tmp_path: Path) -> None:
    assert "did you mean whisper" in voiceguide(tmp_path, "settings", "set", "engine", "wisper").complaint()
    assert "or wyoming://HOST:PORT" in voiceguide(tmp_path, "settings", "set", "engine", "wyoming://nas").complaint()
    voiceguide(tmp_path, "settings", "set", "engine", "moonshine").fine()
    assert "engine: moonshine" in voiceguide(tmp_path, "settings", "show", "engine").fine().out


FAR = "wyoming://8.8.8.8:1"


@pytest.mark.slow
def test_a_far_server_in_the_settings_is_told_and_another_voice_speaks(tmp_path: Path) -> None:
    voiceguide(tmp_path, *demo("--engine", "moonshine")).fine()
    (tmp_path / "config").mkdir(mode=0o700, exist_ok=True)
    (tmp_path / "config" / "settings.toml").write_text(f'voice = "{FAR}/joe"\nvoice_a = "{FAR}"\n', "utf-8")
    exported = voiceguide(tmp_path, "export", "--to", "mp3", "-o", str(tmp_path / "it.mp3")).fine()
    assert exported.err.count("Until then another voice speaks.") == 2
    assert (tmp_path / "it.mp3").stat().st_size > 10_000
    played = voiceguide(tmp_path, "voices", "play", "--speaker", str(tmp_path / "it.wav")).fine()
    assert "beyond your own network" in played.err
    for command in (("settings", "set", "engine"), ("settings", "set", "voice_b"), ("voices", "use")):
        assert "cannot be a setting" in voiceguide(tmp_path, *command, FAR).complaint()


@pytest.mark.parametrize("setting", ["voice", "voice_b", "engine"])
def test_what_is_no_address_in_the_settings_is_told_with_its_place(tmp_path: Path, setting: str) -> None:
    (tmp_path / "config").mkdir(mode=0o700)
    (tmp_path / "config" / "settings.toml").write_text(f'{setting} = "wyoming:nas"\n', "utf-8")
    said = voiceguide(tmp_path, "voices").complaint()
    assert f"settings.toml, line 1, column 1: {setting} is 'wyoming:nas': give it the name of" in said
    assert "or wyoming://HOST:PORT" in said


@pytest.mark.slow
def test_the_doctor_tries_every_one(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir(mode=0o700)
    lines = ('engine = "wyoming://127.0.0.1:1"', 'voice = "wyoming://127.0.0.1:2"', f'voice_a = "{FAR}"')
    (tmp_path / "config" / "settings.toml").write_text("\n".join(lines), "utf-8")
    told = " ".join(voiceguide(tmp_path, "doctor").out.split())
    for part in ("127.0.0.1:1 cannot be reached", "127.0.0.1:2 cannot be reached", "8.8.8.8:1 is at 8.8.8.8, beyond"):
        assert part in told
