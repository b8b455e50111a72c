"""Sound files as users have them, durable recordings, and sound in another rate or tempo."""

from __future__ import annotations

import stat
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voiceguide.durable import write_whole
from voiceguide.errors import SoundFileError
from voiceguide.sound import Sound
from voiceguide.sound.files import WavWriter, flac_bytes, read_sound, read_wav, resample, stretch, wav_bytes


def tone(seconds: float, rate: int = 22050, hertz: float = 440.0, level: float = 0.5) -> Sound:
    wave_form = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    return Sound((wave_form * 32767).astype("<i2").tobytes(), rate)


def samples(sound: Sound) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.frombuffer(sound.frames, "<i2").astype(np.float64) / 32768


def pitch(sound: Sound) -> float:
    """The strongest frequency in hertz."""
    values = samples(sound)
    spectrum = np.abs(np.fft.rfft(values * np.hanning(len(values))))
    return float(np.fft.rfftfreq(len(values), 1 / sound.rate)[spectrum.argmax()])


def level(sound: Sound) -> float:
    """Root mean square, 1.0 being the largest possible."""
    return float(np.sqrt(np.mean(samples(sound) ** 2)))


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3"])
def test_any_file_is_read_at_the_wanted_rate(tmp_path: Path, kind: str) -> None:
    for rate in (8000, 22050, 44100, 48000):
        path = tmp_path / f"tone.{kind}"
        soundfile.write(path, samples(tone(1.5, rate)), rate)
        sound = read_sound(path, 16_000)
        assert sound.rate == 16_000
        assert sound.seconds == pytest.approx(1.5, abs=0.08), rate  # MP3 pads
        assert pitch(sound) == pytest.approx(440, abs=2), rate
        assert level(sound) == pytest.approx(0.5 / 2**0.5, rel=0.05), rate


def test_channels_are_averaged_and_floats_beyond_the_scale_limited(tmp_path: Path) -> None:
    left, right = samples(tone(1, hertz=300)), samples(tone(1, hertz=2000))
    soundfile.write(tmp_path / "both.wav", np.stack([left, right], axis=1), 22050)
    sound = read_sound(tmp_path / "both.wav")
    assert sound.rate == 22050
    assert np.abs(samples(sound) - (left + right) / 2).max() < 1e-4
    soundfile.write(tmp_path / "loud.wav", np.array([2.0, -2.0, np.nan, 0.5]), 16000, subtype="FLOAT")
    assert np.frombuffer(read_sound(tmp_path / "loud.wav").frames, "<i2").tolist() == [32767, -32768, 0, 16384]


@pytest.mark.parametrize("name", ["no-such.wav", "folder.wav", "empty.wav", "text.wav", "no-samples.wav", "bare.raw"])
def test_what_is_no_sound_file_is_explained(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("These are words.", encoding="utf-8")
    (tmp_path / "no-samples.wav").write_bytes(wav_bytes(Sound(b"", 16000)))
    (tmp_path / "bare.raw").write_bytes(bytes(100))
    with pytest.raises(SoundFileError, match=rf"sound file .*{name}|{name}.* sound") as caught:
        read_sound(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_every_torn_wav_of_ours_is_refused(tmp_path: Path) -> None:
    path, whole = tmp_path / "tone.wav", wav_bytes(tone(0.002))
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(SoundFileError):
            read_wav(path)
    path.write_bytes(whole)
    assert read_wav(path) == tone(0.002)


def test_a_recording_is_whole_private_and_alone(tmp_path: Path) -> None:
    path = tmp_path / "0001-a.flac"
    write_whole(path, flac_bytes(tone(0.5, 16000)))
    assert read_sound(path) == tone(0.5, 16000)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (tmp_path / "taken.flac").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "taken.flac", flac_bytes(tone(0.1)))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["0001-a.flac", "taken.flac"], "a failure leaves nothing"


def test_a_growing_wav_file_is_valid_after_every_write_even_if_the_writer_is_killed_then(tmp_path: Path) -> None:
    path, chunk = tmp_path / "speaker.wav", tone(0.1)
    writer = WavWriter(path, 22050)
    for number in range(1, 4):
        writer.write(chunk.frames)
        assert read_wav(path).frames == chunk.frames * number
    writer.close()
    writer.close()
    with wave.open(str(path)) as wav:
        assert wav.getnframes() == 3 * 2205


@pytest.mark.parametrize("path", ["no-such-folder/speaker.wav", "/dev/full"])
def test_a_wav_file_that_cannot_be_written_is_explained(tmp_path: Path, path: str) -> None:
    if path == "/dev/full" and not Path(path).exists():
        pytest.skip("this system has no /dev/full to play the full disk")
    with pytest.raises(SoundFileError, match="Cannot write the sound file"):
        WavWriter(tmp_path / path, 22050)


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 3.0])
def test_stretching_keeps_the_pitch(speed: float) -> None:
    sound = stretch(tone(3.0), speed)
    assert sound.rate == 22050
    assert sound.seconds == pytest.approx(3.0 / speed, abs=0.001)
    assert pitch(sound) == pytest.approx(440, abs=2)
    assert level(sound) == pytest.approx(0.5 / 2**0.5, rel=0.1)


def test_stretching_is_limited_and_takes_long_and_empty_sounds() -> None:
    assert stretch(tone(1), 99).seconds == pytest.approx(1 / 3, abs=0.001)
    assert stretch(tone(30, hertz=1000), 1.5).seconds == pytest.approx(20, abs=0.001)
    assert stretch(Sound(b"", 16000), 2.0) == Sound(b"", 16000)


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_resampling_keeps_pitch_and_length(rate: int) -> None:
    sound = resample(tone(10.0), rate)
    assert sound.rate == rate
    assert sound.seconds == pytest.approx(10.0, abs=0.005)
    assert pitch(sound) == pytest.approx(440, abs=1)
    assert resample(Sound(b"", 22050), rate) == Sound(b"", rate)


def test_an_mp3_longer_than_a_block_is_read_without_a_gap(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rate = 22050
    seconds = 20
    x = (8000 * np.sin(np.arange(rate * seconds) * 2 * np.pi * 440 / rate)).astype("<i2")
    path = tmp_path / "long.mp3"
    soundfile.write(path, x, rate, format="MP3", bitrate_mode="CONSTANT", compression_level=0.85)
    sound = read_sound(path)
    read = np.frombuffer(sound.frames, "<i2")[rate:-rate].astype(float)
    levels = np.sqrt((read[: len(read) // 441 * 441].reshape(-1, 441) ** 2).mean(axis=1))
    assert levels.min() > 0.9 * levels.max()
    assert capfd.readouterr().err == ""
