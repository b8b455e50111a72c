"""Sound devices that go away in mid-turn and come back, in sessions at life speed: a sound card without hardware."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator

from soaking.tried import Room, Tried, UnableError
from tests.support.clips import make_clips
from tests.support.evening import Evening, evening
from tests.support.pieces import first, times_kept
from tests.support.pulse import private_pulse
from tests.support.seated import seated
from voiceguide.session import phrases

_SAID = "b worry"
"""What is being said when it happens."""

_MOST = 25
"""Faults in one session, at most."""

Strike = Callable[[Evening, int], None]
"""Lets it happen and pass, for the so-manieth time."""


def in_mid_turn(strike: Strike, room: Room, most: int) -> Iterator[Tried]:
    """One session that is struck again and again while somebody speaks, until somebody says stop."""
    if not all(shutil.which(tool) for tool in ("pulseaudio", "pactl", "pacat", "parec", "paplay")):
        raise UnableError("pulseaudio and its tools are not installed.")
    clips = make_clips(room.home)
    most = min(most, _MOST)
    with private_pulse() as pulse, evening(pulse, room.home) as couple:
        seated(couple)
        for number in range(1, most + 1):
            couple.begin_to_say(clips[_SAID], room.chance.uniform(2.0, 4.0))
            strike(couple, number)
        couple.command("stop", clips["stop"])
        assert couple.code() == 0, couple.output[-2000:]
        assert "Traceback" not in couple.output, couple.output[-4000:]
        saved = couple.saved()
        assert saved.ended == "stopped"
        shown = phrases.microphone_lost() if phrases.microphone_lost() in couple.output else ""
    lost = most - times_kept(first(clips[_SAID]), saved)
    yield from (Tried(True, lost if number == 0 else 0, shown) for number in range(most))


def microphone(couple: Evening, number: int) -> None:
    """The microphone vanishes and returns"""
    couple.unplug_microphone()
    _until_shown(couple, phrases.microphone_lost(), number)
    couple.fall_silent()
    couple.pulse.plug_microphone()
    _go_on(couple, number)


def server(couple: Evening, number: int) -> None:
    """The sound server dies and is started again"""
    couple.pulse.kill()
    _until_shown(couple, phrases.microphone_lost(), number)
    couple.pulse.start()
    couple.listen()
    _go_on(couple, number)


def _go_on(couple: Evening, number: int) -> None:
    _until_shown(couple, phrases.microphone_found(), number)
    couple.since = couple.ear.now
    couple.turn()


def _until_shown(couple: Evening, words: str, times: int) -> None:
    couple.until(lambda: couple.output.count(words) >= times, f"{words!r} was not shown for the {times}. time.")


def stopped(couple: Evening, number: int) -> None:
    """The program stands still, while people and devices do not"""
    couple.send(signal.SIGSTOP)
    couple.wait(2.5)
    couple.send(signal.SIGCONT)
    couple.fall_silent()
    couple.wait(4.0)
