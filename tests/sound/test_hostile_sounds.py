"""Sound files of any content: each is a sound or one sentence, whatever its header promises."""

from __future__ import annotations

import io
import struct
from functools import partial
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
import soundfile
from hypothesis import given

from tests.record.test_hostile_records import say
from tests.support.editions import tone
from tests.support.hostile import examples, mutated, outcome
from tests.support.records import header, write_session
from voiceguide.couple import read_answers
from voiceguide.export import export
from voiceguide.export.edition import Edition
from voiceguide.record import read
from voiceguide.record.deleting import delete_session
from voiceguide.record.transcript import Transcript
from voiceguide.sound import LISTEN_RATE, Sound
from voiceguide.sound.files import Memory, read_sound, read_wav, resample, stretch
from voiceguide.sound.loudness import evened, loudness
from voiceguide.sound.mixer import OUTPUT_RATE

FORMATS = {
    "pcm.wav": ("WAV", "PCM_16", 16_000),
    "float.wav": ("WAV", "FLOAT", 48_000),
    "ulaw.wav": ("WAV", "ULAW", 8_000),
    "adpcm.wav": ("WAV", "IMA_ADPCM", 22_050),
    "it.flac": ("FLAC", "PCM_16", 16_000),
    "deep.flac": ("FLAC", "PCM_24", 96_000),
    "vorbis.ogg": ("OGG", "VORBIS", 44_100),
    "opus.ogg": ("OGG", "OPUS", 48_000),
    "it.mp3": ("MP3", "MPEG_LAYER_III", 44_100),
    "plain.aiff": ("AIFF", "PCM_16", 16_000),
}


def made(kind: str) -> bytes:
    """A file with a tone."""
    form, subtype, rate = FORMATS[kind]
    file = io.BytesIO()
    soundfile.write(file, np.frombuffer(tone(0.05, rate=rate).frames, "<i2"), rate, format=form, subtype=subtype)
    return file.getvalue()


SOUNDS = {kind: made(kind) for kind in FORMATS}


def used(path: Path) -> None:
    """Read it, and do with the sound whatever is done with one."""
    outcome(partial(read_wav, path))
    outcome(partial(read_sound, path, LISTEN_RATE))
    sound = outcome(partial(read_sound, path))
    if sound is not None:
        outcome(partial(played, sound))


def played(sound: Sound) -> None:
    for speed in (0.5, 1.25, 3.0):
        stretch(sound, speed)
    assert resample(evened(sound, loudness([sound])), OUTPUT_RATE).rate == OUTPUT_RATE


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file with other bytes, mostly in its header."""
    kind = draw(st.sampled_from(sorted(SOUNDS)))
    data = SOUNDS[kind]
    head = draw(st.sampled_from([16, 48, 200, len(data)]))
    return kind, draw(mutated(data[:head])) + data[head:]


@examples(3)
@given(spoilt())
def test_a_sound_of_other_bytes(tmp_path: Path, file: tuple[str, bytes]) -> None:
    kind, data = file
    (tmp_path / kind).write_bytes(data)
    used(tmp_path / kind)


def wav(
    rate: int = 16_000, channels: int = 1, bits: int = 16, size: int = 3200, kind: int = 1, data: int = 3200
) -> bytes:
    """A WAV file whose header says all that, with ``data`` bytes of samples."""
    align = channels * bits // 8
    form = struct.pack("<HHIIHH", kind, channels, rate, rate * align % 2**32, align % 2**16, bits)
    content = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", min(2**32 - 1, size + 36)) + content + b"\x11\x22" * (data // 2)


def flac_promising(samples: int, rate: int = 16_000) -> bytes:
    """A FLAC file whose header says that it has so many samples (up to 2^36) of this rate (up to 2^20)."""
    data = bytearray(SOUNDS["it.flac"])
    channels, bits = 1, 16
    data[18:26] = (rate << 44 | (channels - 1) << 41 | (bits - 1) << 36 | samples).to_bytes(8, "big")
    return bytes(data)


def mp3_promising(frames: int) -> bytes:
    """An MP3 file whose first frame says, in Xing's way, how many there are."""
    data = SOUNDS["it.mp3"]
    frame = bytearray(417)
    frame[:4] = b"\xff\xfb\x90\xc4"  # 44.1 kHz, 128 kbit/s, mono
    frame[21:33] = b"Xing" + (3).to_bytes(4, "big") + frames.to_bytes(4, "big")
    return bytes(frame) + data


LIARS = {
    "promises.wav": wav(size=2**31),
    "most.wav": wav(size=2**32 - 1),
    "slow.wav": wav(rate=1),
    "still.wav": wav(rate=0),
    "fast.wav": wav(rate=2**31 - 1),
    "fastest.wav": wav(rate=2**32 - 1),
    "many.wav": wav(channels=1024),
    "most-many.wav": wav(channels=65_535),
    "bits.wav": wav(bits=64, kind=3),
    "long-and-slow.wav": wav(rate=1, size=2_000_000, data=2_000_000),
    "promises.flac": flac_promising(2**31),
    "most.flac": flac_promising(2**36 - 1),
    "slow.flac": flac_promising(0, rate=1),
    "fast.flac": flac_promising(0, rate=655_350),
    "promises.mp3": mp3_promising(2**31),
    "promises-some.mp3": mp3_promising(2_000_000),
    "empty.wav": b"",
    "riff.wav": b"RIFF",
    "nothing.flac": b"fLaC",
    "tag.mp3": b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(100),
}


@pytest.mark.parametrize("name", LIARS)
def test_a_header_that_lies(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(LIARS[name])
    used(tmp_path / name)
    outcome(partial(read_answers, tmp_path))


@pytest.mark.full
def test_a_sound_that_is_longer_than_any(tmp_path: Path) -> None:
    """Silence packs well: hours of it are a small file, and gigabytes in memory."""
    path = tmp_path / "silence.flac"
    with soundfile.SoundFile(path, "w", 48_000, 1, "PCM_16", format="FLAC") as file:
        for _ in range(175):
            file.write(np.zeros(1_000_000, "<i2"))
    assert path.stat().st_size < 10_000_000
    assert outcome(partial(read_sound, path)) is None


@examples(0.25)
@given(spoilt())
def test_a_session_with_such_a_recording(tmp_path: Path, file: tuple[str, bytes]) -> None:
    """Its words are told, resumed and exported; what cannot be read is spoken instead."""
    if (tmp_path / header().id).exists():
        delete_session(tmp_path / header().id)
    folder = write_session(tmp_path)
    for name in ("0001-a", "0002-a", "0006-b"):
        (folder / f"audio/{name}.flac").write_bytes(file[1])
    outcome(lambda: Transcript.open(folder).close())
    edition = Edition(read(folder), say, ("max", "f3"))
    for to in ("vtt", "wav", "zip"):
        outcome(partial(export, edition, to, io.BytesIO()))


def test_a_recording_in_which_libsndfile_seeks_before_its_beginning(tmp_path: Path) -> None:
    """What a callback from C raises would be printed, with a traceback; here it fails the test."""
    damaged = bytearray(SOUNDS["plain.aiff"])
    damaged[39] = 0
    folder = write_session(tmp_path)
    transcript = Transcript.open(folder)
    number = transcript.next_id
    transcript.close()
    (folder / f"audio/{number:04d}-a.flac").write_bytes(damaged)  # the record does not tell of it, as after a crash
    Transcript.open(folder).close()
    file = Memory(b"abcdef")
    assert (file.seek(2), file.seek(-1), file.seek(-1, 1), file.read()) == (2, 2, 1, b"bcdef")


def test_what_may_be_told_at_all(tmp_path: Path) -> None:
    """The tests above would see nothing if no file could be read."""
    for kind, data in SOUNDS.items():
        (tmp_path / kind).write_bytes(data)
        assert read_sound(tmp_path / kind).seconds == pytest.approx(0.05, abs=0.1)
