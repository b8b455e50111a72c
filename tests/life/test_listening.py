"""A guide that waits, through a sound card without hardware and the installed command: called, asked, left alone."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_opening import cached
from tests.session.test_agreements import PROMISE, TEA
from tests.support.command import COMMAND, SHORT, add_exercise, installed
from tests.support.evening import Evening, evening
from tests.support.pulse import Pulse, pulse
from tests.support.records import write_session
from tests.support.spoken import Speak, spoken
from tests.support.terminal import terminal
from tests.support.waiting import within
from voiceguide.holding import FILE, LISTENING, hold
from voiceguide.session import phrases_waiting
from voiceguide.session.effects import Earcon

__all__ = ["pulse", "spoken"]

pytestmark = pytest.mark.full

WAITING = 'Waiting for "hey guide"'


@pytest.fixture
def couple(pulse: Pulse, tmp_path: Path) -> Iterator[Evening]:
    with evening(pulse, tmp_path / "home") as made:
        yield made


def begin(couple: Evening, *options: str) -> None:
    couple.start("listen", "--rate", "300", "--plain", *options)
    couple.until_shown(WAITING)
    couple.wait(1.0)


def waits_again(couple: Evening, times: int) -> None:
    couple.until(lambda: couple.output.count(WAITING) > times, "It does not wait again.")


def test_a_session_begins_and_ends_by_voice_and_it_waits_again(couple: Evening, spoken: Speak) -> None:
    add_exercise(couple.home, SHORT)
    (couple.home / "config" / "names.json").write_text('["Mia", "Zoë"]', "utf-8")
    begin(couple)
    couple.tell(spoken("Hey guide, start a short one."), "Are you Mia and Zoë?")
    couple.answer(spoken("Yes."), "A short one, about")
    couple.answer(spoken("Yes."), "Mia, may I record")
    couple.answer(spoken("Yes."), "Zoë, may I record")
    couple.answer(spoken("Yes."), "The recording is on")
    assert (couple.home / "data" / FILE).exists(), "nobody else may use the folder meanwhile"
    times = couple.output.count(WAITING)
    couple.answer(spoken("Stop."), "We stop here")
    waits_again(couple, times)
    assert couple.saved().ended == "stopped"
    assert not (couple.home / "data" / FILE).exists()
    couple.tell(spoken("Hey guide, continue where we stopped."), "Shall we go on with that?")
    couple.answer(spoken("Yes."), "Welcome back.")
    couple.turn()
    couple.send(signal.SIGTERM)
    assert couple.code() == 130
    assert couple.saved().ended == "stopped"
    assert not (couple.home / "data" / LISTENING).exists()
    print("said again:", ", ".join(couple.misheard) or "nothing")


def test_it_replays_and_tells_what_was_agreed(couple: Evening, spoken: Speak) -> None:
    promise = add_exercise(couple.home, PROMISE, "a-promise")
    typed = ("--keyboard", "--speaker", "none", "--names", "Mia,Zoë")
    installed(couple.home, "start", promise, *typed, given=f"yes\nyes\n{TEA}\n\nyes\na week\n").fine()
    begin(couple)
    before = cached(couple.home)
    couple.tell(spoken("Hey guide, what did we agree?"), "There is one thing you agreed on.")
    couple.until_shown(f"Mia said today. {TEA}")
    waits_again(couple, 1)
    assert cached(couple.home) == before
    assert before
    times = couple.output.count(WAITING)
    couple.tell(spoken("Hey guide, replay our last conversation."), "-- A promise, ")
    waits_again(couple, times)
    couple.tell(spoken("Hey guide, stop listening."), "Shall I stop listening?")
    couple.answer(spoken("Yes."), "Goodbye.")
    assert couple.code() == 0


def test_a_call_alone_is_answered_by_a_sound_and_then_it_listens(couple: Evening, spoken: Speak) -> None:
    begin(couple)
    couple.command("hey guide", spoken("Hey guide."), Earcon.YOUR_TURN)
    couple.tell(spoken("What did we agree?"), "There is no agreement yet.")
    couple.interrupt()
    assert couple.code() == 130


def test_nobody_begins_who_has_not_read_the_page(couple: Evening, spoken: Speak) -> None:
    (couple.home / "data" / "safety-page-shown").unlink()
    begin(couple)
    assert phrases_waiting.read_the_page_first() in couple.output
    couple.tell(spoken("Hey guide, start worry and answer."), f"Guide: {phrases_waiting.read_the_page_first()}")
    waits_again(couple, 1)
    couple.interrupt()
    assert couple.code() == 130
    assert not (couple.home / "data" / "sessions").exists()


def test_it_lets_the_microphone_go_while_another_one_is_used(couple: Evening, spoken: Speak) -> None:
    begin(couple)
    with hold(couple.home / "data", "voiceguide start"):
        couple.until_shown("Another voiceguide is running")
        assert "voiceguide" not in sources(couple)
        couple.say(spoken("Hey guide, what did we agree?"))
        couple.wait(3.0)
        assert "Guide:" not in couple.output
    waits_again(couple, 1)
    couple.tell(spoken("Hey guide, what did we agree?"), "There is no agreement yet.")
    waits_again(couple, 2)
    assert couple.ear.sounds(couple.since), "its loudspeaker is back, too"
    couple.interrupt()
    assert couple.code() == 130


def sources(couple: Evening) -> str:
    """Who records, as the sound server tells it."""
    listed = subprocess.run(["pactl", "list", "source-outputs"], env=couple.pulse.env, capture_output=True, check=True)
    return listed.stdout.decode()


def test_a_microphone_is_waited_for_at_the_beginning_and_when_it_vanishes(couple: Evening, spoken: Speak) -> None:
    couple.unplug_microphone()
    couple.start("listen", "--plain", "--mic", "mic")
    couple.until_shown("There is no microphone 'mic', nor any other. Waiting for 'mic'")
    couple.wait(1.0)
    couple.pulse.plug_microphone()
    couple.until_shown(WAITING)
    couple.unplug_microphone()
    couple.until_shown("The microphone is gone")
    couple.pulse.plug_microphone()
    couple.until_shown("The microphone is back")
    couple.tell(spoken("Hey guide, what did we agree?"), "There is no agreement yet.")
    couple.interrupt()
    assert couple.code() == 130


@pytest.mark.parametrize(
    ("option", "waits"),
    [("--mic", "microphone 'headset', here: mic"), ("--speaker", "loudspeaker 'headset', here: ")],
)
def test_of_a_name_that_fits_nothing_it_tells_at_once_and_what_there_is(
    couple: Evening, option: str, waits: str
) -> None:
    sound = {name: value for name, value in couple.pulse.env.items() if name.startswith(("PULSE", "XDG"))}
    with terminal(couple.home, "listen", option, "headset", rows=24, columns=200, program=COMMAND, **sound) as seen:
        assert seen.finish() == 1, "who sits there can mend it"
        assert f"There is no {waits.split()[0]} 'headset': there are " in seen.written
    couple.start("listen", option, "headset")
    couple.until_shown(f"There is no {waits}")
    assert "Waiting for 'headset'" in couple.output
    assert not couple.ended, "it may be plugged in later"
    couple.interrupt()
    assert couple.code() == 130


def test_a_file_is_no_loudspeaker_for_days(tmp_path: Path) -> None:
    assert "needs a loudspeaker" in installed(tmp_path, "listen", "--speaker", str(tmp_path / "x.wav")).complaint(2)


def test_that_the_page_is_unread_is_told_where_there_is_no_loudspeaker(couple: Evening) -> None:
    (couple.home / "data" / "safety-page-shown").unlink()
    couple.start("listen", "--speaker", "headset")
    couple.until_shown("Waiting for 'headset'")
    assert phrases_waiting.read_the_page_first() in couple.output
    couple.interrupt()
    assert couple.code() == 130


def test_two_do_not_listen_at_once(couple: Evening) -> None:
    begin(couple)
    second = installed(couple.home, "listen", env=couple.pulse.env | {"VOICEGUIDE_HOME": str(couple.home)})
    assert "`voiceguide listen`" in second.complaint()
    couple.interrupt()
    assert couple.code() == 130


def test_what_is_locked_stays_locked_and_it_says_so(couple: Evening, spoken: Speak) -> None:
    write_session(couple.home / "data" / "sessions")
    lock = ("lock", "--sessions", "--passphrase-stdin")
    installed(couple.home, *lock, given="four rare words here\nfour rare words here\n").fine()
    begin(couple)
    assert "What was saved before is locked" in couple.output
    couple.tell(spoken("Hey guide, replay our last conversation."), f"Guide: {phrases_waiting.locked()}")
    couple.interrupt()
    assert couple.code() == 130


def test_on_a_terminal_it_shows_that_it_waits_and_a_panel_while_it_is_asked(couple: Evening, spoken: Speak) -> None:
    sound = {name: value for name, value in couple.pulse.env.items() if name.startswith(("PULSE", "XDG"))}
    with terminal(couple.home, "listen", "--rate", "300", rows=24, columns=120, program=COMMAND, **sound) as seen:
        assert "start floor and mirror" in seen.until(WAITING)
        couple.wait(1.5)
        for _ in range(5):
            couple.say(spoken("Hey guide, stop listening."))
            if within(12.0, lambda: seen.shows("Shall I stop listening?"), 0.05):
                break
        seen.until("Say: yes, no")  # somebody is listened to: now keys count
        assert "not recording" in seen.written
        seen.press("n")
        seen.until(WAITING)
        assert seen.echoes, "nobody waits for a key"
        seen.press("\x03")
        assert seen.finish() == 130
