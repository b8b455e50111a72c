"""What every loudspeaker does, rendered or real; the real one plays to a private PulseAudio."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.sound.test_sound_files import level, pitch, samples, tone
from tests.support.pulse import Pulse, pulse
from voiceguide.errors import DeviceError, NotFoundError, SoundFileError
from voiceguide.sound import Sound
from voiceguide.sound.files import read_sound
from voiceguide.sound.playback import (
    DeviceLoudspeaker,
    FileLoudspeaker,
    Loudspeaker,
    SilentLoudspeaker,
    loudspeaker_names,
    open_loudspeaker,
)

__all__ = ["pulse"]

PATIENCE = 30.0


@pytest.fixture(params=["silent", "file", pytest.param("device", marks=pytest.mark.full)])
def loudspeaker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Loudspeaker]:
    if request.param == "device":
        request.getfixturevalue("pulse")
    name, kind = {
        "silent": ("none", SilentLoudspeaker),
        "file": (str(tmp_path / "Heard.WAV"), FileLoudspeaker),
        "device": (None, DeviceLoudspeaker),
    }[request.param]
    made = open_loudspeaker(name)
    assert isinstance(made, kind)
    yield made
    made.close()


def pass_until(loudspeaker: Loudspeaker, reached: Callable[[], bool]) -> float:
    """Let audio time pass until something is so; gives the seconds ticked."""
    ticked, end = 0.0, time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end, "it never happened"
        loudspeaker.tick(0.01)
        ticked += 0.01
        if isinstance(loudspeaker, DeviceLoudspeaker):
            time.sleep(0.01)  # a device plays at its own pace, whatever is ticked
    return ticked


def test_it_is_busy_until_all_is_heard_at_any_volume(loudspeaker: Loudspeaker) -> None:
    assert loudspeaker.volume == 1.0
    loudspeaker.volume = 1.5
    assert loudspeaker.volume == 1.5
    loudspeaker.play(Sound(b"", 16000))
    assert not loudspeaker.busy, "nothing to play is nothing to wait for"
    loudspeaker.play(tone(0.2))
    loudspeaker.play(tone(0.1, rate=16000))
    assert loudspeaker.busy
    assert pass_until(loudspeaker, lambda: not loudspeaker.busy) > 0.29


def test_held_it_stays_busy_and_released_it_goes_on(loudspeaker: Loudspeaker) -> None:
    loudspeaker.play(tone(0.1))
    loudspeaker.hold()
    loudspeaker.hold()
    ticks = iter(range(40))
    pass_until(loudspeaker, lambda: next(ticks, None) is None)
    assert loudspeaker.busy
    loudspeaker.release()
    pass_until(loudspeaker, lambda: not loudspeaker.busy)


def test_silence_drops_everything_and_closing_is_final(loudspeaker: Loudspeaker) -> None:
    loudspeaker.silence()
    loudspeaker.release()
    assert not loudspeaker.busy
    loudspeaker.play(tone(50))
    loudspeaker.play(tone(50))
    loudspeaker.silence()
    assert pass_until(loudspeaker, lambda: not loudspeaker.busy) < 10
    loudspeaker.play(tone(5))
    assert loudspeaker.busy
    loudspeaker.close()
    loudspeaker.close()


# -- rendered --


def test_a_file_holds_what_would_have_been_heard_in_audio_time(tmp_path: Path) -> None:
    loudspeaker = FileLoudspeaker(tmp_path / "heard.wav")
    for _ in range(50):
        loudspeaker.tick(0.01)
    loudspeaker.play(tone(1.0))
    for _ in range(47):
        loudspeaker.tick(0.032)
    loudspeaker.close()
    heard = read_sound(tmp_path / "heard.wav")
    assert heard.seconds == pytest.approx(0.5 + 47 * 0.032, abs=0.0001)
    assert samples(heard)[11025 : 2 * 11025 + 11025] == pytest.approx(samples(tone(1.0)))
    assert not samples(heard)[:11025].any()
    assert not samples(heard)[3 * 11025 :].any()


def test_a_file_in_no_folder_is_explained(tmp_path: Path) -> None:
    with pytest.raises(SoundFileError, match="Cannot write the sound file"):
        open_loudspeaker(str(tmp_path / "no-such" / "heard.wav"))


# -- real --


@pytest.mark.full
def test_devices_are_found_by_part_of_their_name(pulse: Pulse) -> None:
    assert loudspeaker_names() == ["speaker", "mic_feed"]
    open_loudspeaker("SPEAK").close()
    with pytest.raises(NotFoundError, match="There is no loudspeaker 'speeker': did you mean speaker"):
        open_loudspeaker("speeker")
    with pytest.raises(NotFoundError, match="speaker or mic_feed"):
        open_loudspeaker("e")


def test_without_a_sound_card_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("voiceguide.sound.playback.sound_devices", lambda kind: [])
    assert loudspeaker_names() == []
    with pytest.raises(DeviceError, match="There is no loudspeaker"):
        open_loudspeaker(None)


@pytest.mark.full
def test_what_is_played_arrives_unchanged(pulse: Pulse, tmp_path: Path) -> None:
    loudspeaker = DeviceLoudspeaker(None)
    recording = pulse.record_speaker(tmp_path / "heard.wav")
    loudspeaker.play(tone(1.0))
    pass_until(loudspeaker, lambda: not loudspeaker.busy)
    recording.wait(0.3)
    heard = read_sound(recording.stop())
    loudspeaker.close()
    blocks = samples(heard)[: len(heard.frames) // 960 * 480].reshape(-1, 480)  # 10 ms each
    levels = np.sqrt(np.mean(blocks**2, axis=1))
    wanted = level(tone(1.0))
    # A busy machine stutters: there may be gaps, but all of it is heard, and as loud as it was.
    assert np.sum(samples(heard) ** 2) / wanted**2 / heard.rate == pytest.approx(1.0, abs=0.1)
    assert np.median(levels[levels > 0.05]) == pytest.approx(wanted, rel=0.05)
    assert pitch(heard) == pytest.approx(440, abs=2)


@pytest.mark.full
def test_holding_is_heard_soon_and_nothing_clicks(pulse: Pulse, tmp_path: Path) -> None:
    loudspeaker = DeviceLoudspeaker(None)
    recording = pulse.record_speaker(tmp_path / "heard.wav")
    loudspeaker.play(tone(60))
    recording.wait(1.0)
    loudspeaker.hold()
    decided = recording.seconds
    recording.wait(1.0)
    heard = read_sound(recording.stop())
    loudspeaker.close()
    values = samples(heard)
    last = np.flatnonzero(np.abs(values) > 0.05)[-1]
    assert last / heard.rate - decided < 0.6
    ending = values[last - heard.rate // 20 :]
    assert np.abs(np.diff(ending)).max() < 1.2 * 0.5 * 2 * np.pi * 440 / heard.rate


@pytest.mark.full
@pytest.mark.parametrize("disaster", ["kill", "freeze"])
def test_a_sound_server_that_is_gone_hangs_nothing(pulse: Pulse, tmp_path: Path, disaster: str) -> None:
    loudspeaker = DeviceLoudspeaker(None)
    loudspeaker.play(tone(300))
    pass_until(loudspeaker, lambda: loudspeaker._mixer._at > 0)
    getattr(pulse, disaster)()
    pass_until(loudspeaker, lambda: loudspeaker.lost)
    assert not loudspeaker.busy
    loudspeaker.play(tone(300))
    pass_until(loudspeaker, lambda: loudspeaker.lost)
    assert not loudspeaker.busy
    if disaster == "freeze":
        with pytest.raises(DeviceError, match="does not answer"):
            DeviceLoudspeaker(None)
        pulse.kill()
    loudspeaker.close()


@pytest.mark.full
def test_a_sound_server_that_is_back_is_used_again(pulse: Pulse, tmp_path: Path) -> None:
    loudspeaker = DeviceLoudspeaker(None)
    pulse.kill()
    pass_until(loudspeaker, lambda: loudspeaker.lost)
    pulse.start()
    recording = pulse.record_speaker(tmp_path / "heard.wav")
    loudspeaker.play(tone(0.5))
    assert loudspeaker.busy
    pass_until(loudspeaker, lambda: not loudspeaker.busy)
    assert not loudspeaker.lost
    recording.wait(0.3)
    loudspeaker.close()
    heard = read_sound(recording.stop())
    assert np.count_nonzero(np.abs(samples(heard)) > 0.1) > 0.3 * heard.rate
