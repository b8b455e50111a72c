"""What every microphone does, real or fake; the real one listens to a private PulseAudio."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sound.test_sound_files import tone
from tests.support.fakes_hearing import FakeMicrophone
from tests.support.pulse import Pulse, pulse
from tests.support.waiting import within
from voiceguide.errors import DeviceError, NotFoundError
from voiceguide.sound import FRAME_BYTES, FRAME_SECONDS, LISTEN_RATE, Sound
from voiceguide.sound.files import wav_bytes
from voiceguide.sound.microphone import Microphone, check_level, microphone_names, open_microphone
from voiceguide.sound.vad import dbfs

__all__ = ["pulse"]

PATIENCE = 30.0
"""Seconds after which a test gives up; nothing waits this long unless it fails."""


@dataclass
class Bench:
    """A microphone and the hands that handle it."""

    microphone: Microphone
    say: Callable[[Sound], object]
    unplug: Callable[[], object]
    plug_in: Callable[[], object]

    def frames(self, count: int) -> list[bytes]:
        """So many frames."""
        heard: list[bytes] = []
        end = time.monotonic() + PATIENCE
        while len(heard) < count:
            assert time.monotonic() < end, "the microphone gives nothing"
            frame = self.microphone.read(0.1)
            heard += [frame] if frame else []
        return heard

    def hear(self, sound: Sound) -> list[bytes]:
        """Frames from before until after this sound."""
        if not isinstance(self.microphone, FakeMicrophone):
            self.frames(1)  # a real one needs a moment before it hears the room
        self.say(sound)
        return self.frames(round((sound.seconds + 0.5) / FRAME_SECONDS))


def until(true: Callable[[], bool]) -> None:
    assert within(PATIENCE, true), "it never happened"


@pytest.fixture(params=["fake", pytest.param("device", marks=pytest.mark.full)])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    if request.param == "fake":
        fake = FakeMicrophone()
        silence = bytes(20 * FRAME_BYTES)
        fake.hear(silence)

        def plug_in() -> None:
            fake.plugged_in = True

        yield Bench(fake, lambda sound: fake.hear(sound.frames + silence), fake.vanish, plug_in)
        return
    server: Pulse = request.getfixturevalue("pulse")

    def say(sound: Sound) -> None:
        path = tmp_path / "said.wav"
        path.write_bytes(wav_bytes(sound))
        server.play_into_microphone(path)

    microphone = open_microphone(None)
    yield Bench(microphone, say, server.unplug_microphone, server.plug_microphone)
    microphone.close()


def test_it_hears_what_is_said_and_drops_nothing(bench: Bench) -> None:
    frames = bench.hear(tone(2, rate=LISTEN_RATE))
    assert all(len(frame) == FRAME_BYTES for frame in frames)
    loud = [n for n, frame in enumerate(frames) if dbfs(frame) > -30]
    assert len(loud) * FRAME_SECONDS == pytest.approx(2, abs=0.15)
    assert loud == list(range(loud[0], loud[-1] + 1)), "no frame is missing"
    assert bench.microphone.overruns == 0
    assert not bench.microphone.lost


def test_it_vanishes_and_comes_back(bench: Bench) -> None:
    bench.frames(1)
    bench.unplug()
    until(lambda: bench.microphone.lost)
    assert not bench.microphone.reopen()
    assert bench.microphone.lost
    assert bench.microphone.read(0) is None
    bench.plug_in()
    assert bench.microphone.reopen()
    assert not bench.microphone.lost
    assert any(dbfs(frame) > -30 for frame in bench.hear(tone(0.5, rate=LISTEN_RATE)))


def test_what_was_not_read_is_dropped_by_reopening_and_closed_it_gives_nothing(bench: Bench) -> None:
    bench.frames(1)
    bench.say(tone(0.5, rate=LISTEN_RATE))
    assert bench.microphone.reopen()
    bench.say(Sound(bytes(LISTEN_RATE), LISTEN_RATE))
    assert check_level(bench.frames(15)) == "silent"
    bench.microphone.close()
    bench.microphone.close()
    assert bench.microphone.read(0) is None


@pytest.mark.full
def test_a_killed_sound_server_is_noticed_and_its_return_too(pulse: Pulse) -> None:
    microphone = open_microphone("mic")
    until(lambda: microphone.read(0.1) is not None)
    pulse.kill()
    until(lambda: microphone.lost)
    assert not microphone.reopen()
    assert microphone_names() == []
    with pytest.raises(DeviceError, match="There is no microphone"):
        open_microphone(None)
    pulse.start()
    assert microphone.reopen()
    until(lambda: microphone.read(0.1) is not None)
    assert not microphone.lost
    microphone.close()


@pytest.mark.full
def test_a_frozen_sound_server_hangs_nothing(pulse: Pulse) -> None:
    microphone = open_microphone(None)
    until(lambda: microphone.read(0.1) is not None)
    pulse.freeze()
    until(lambda: microphone.lost)
    assert not microphone.reopen()
    assert not microphone.reopen()
    with pytest.raises(DeviceError, match="does not answer"):
        open_microphone(None)
    pulse.kill()
    pulse.start()
    until(microphone.reopen)
    until(lambda: microphone.read(0.1) is not None)
    microphone.close()


@pytest.mark.full
def test_a_microphone_is_found_by_its_name_and_a_loudspeakers_monitor_is_none(pulse: Pulse) -> None:
    for name in ("mic", "MIC", "mi"):
        microphone = open_microphone(name)
        assert microphone.read(PATIENCE)
        microphone.close()
    for unknown, why in (("mick", "did you mean mic"), ("a thunderstorm", "there are mic"), ("", "microphone")):
        with pytest.raises(NotFoundError, match=why):
            open_microphone(unknown)
    assert microphone_names() == ["mic"]
    pulse.unplug_microphone()  # the monitors are all there is now: the guide would hear itself
    assert microphone_names() == []
    with pytest.raises(DeviceError):
        open_microphone(None)
