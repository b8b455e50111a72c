"""Sound files: read what a user names, write recordings durably; sound in another rate or tempo."""

from __future__ import annotations

import io
import math
import os
import struct
import wave
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceguide.durable import FILE_MODE, open_reading
from voiceguide.errors import RecordError, SoundFileError
from voiceguide.lock import SUFFIX, read_file
from voiceguide.sound import SAMPLE_BYTES, Sound

if TYPE_CHECKING:
    import av.filter

SPEEDS = (0.5, 3.0)
"""Slowest and fastest tempo ``stretch`` gives."""

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
"""Everything in a WAV file before its samples."""

LONGEST = 3600
"""Seconds of a sound file that is read; a few megabytes of FLAC can hold days of silence."""
_MOST_SAMPLES = LONGEST * 48_000
_RATES = (1_000, 768_000)
_CHANNELS = 32
_MOST_PACKED = 50
"""Samples to which a byte of MP3 may unpack: 576 of silence take 24 bytes at 8 kbit/s."""

_BLOCK = 1 << 16
"""Samples decoded or converted at a time, so that long files take no more memory than their result."""


@contextmanager
def _explained(doing: str, path: Path) -> Iterator[None]:
    """Turn an OSError inside into a SoundFileError."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise SoundFileError(f"Cannot {doing} the sound file {str(path)!r} ({why}): choose another.") from error


def read_sound(path: Path, rate: int | None = None) -> Sound:
    """Read a WAV, FLAC, OGG or MP3 file of any rate, its channels averaged; one of a locked session, too.

    ``rate`` is the wanted samples a second; None keeps the file's own. Raises SoundFileError when the file is
    missing, no sound file, longer than an hour, or holds no sound. What its header promises is not believed.
    """
    import soundfile

    with _explained("read", path):
        if not path.is_file():
            raise SoundFileError(f"There is no sound file {str(path)!r}: check the name.")
        if path.suffix == SUFFIX:
            source: Path | io.BytesIO = Memory(_unsealed(path))
        else:
            source = path
            with path.open("rb"):
                pass  # libsndfile says "System error" for a missing permission; this says what it is
    try:
        with soundfile.SoundFile(source) as file:
            if not _RATES[0] <= file.samplerate <= _RATES[1] or file.channels > _CHANNELS:
                raise ValueError("nobody records so")
            frames = b"".join(_read_blocks(file, path))
            sound = Sound(frames, file.samplerate)
    except (RuntimeError, TypeError, ValueError) as error:
        raise SoundFileError(
            f"The file {str(path)!r} is not a sound file that can be read: use WAV, FLAC, OGG or MP3."
        ) from error
    if not frames:
        raise SoundFileError(f"The sound file {str(path)!r} holds no sound: record it again.")
    return sound if rate is None else resample(sound, rate)


class Memory(io.BytesIO):
    """A file in memory for libsndfile, which in a damaged one seeks before its beginning; a disk's would stay there."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go there, or stay. Nothing may be raised in a callback from C: it would be printed."""
        with suppress(ValueError):
            return super().seek(offset, whence)
        return self.tell()


def _unsealed(path: Path) -> bytes:
    """A locked recording. Raises SoundFileError when it is damaged or nobody gave the passphrase, and OSError."""
    try:
        return read_file(path)
    except RecordError as error:
        raise SoundFileError(str(error)) from error


def _read_blocks(file: Any, path: Path) -> Iterator[bytes]:
    """An open file's samples as 16-bit mono. Raises SoundFileError beyond an hour."""
    size = _BLOCK
    if file.format == "MP3":  # between two reads the decoder is made to seek, and loses what it builds upon
        size = min(file.frames, path.stat().st_size * _MOST_PACKED + _BLOCK)
    count, most = 0, min(LONGEST * file.samplerate, _MOST_SAMPLES)
    while len(block := file.read(size, dtype="float32", always_2d=True)):
        count += len(block)
        if count > most:
            raise SoundFileError(
                f"The sound file {str(path)!r} is too long: cut it into parts of less than an hour, of 48000 samples a "
                "second at most."
            )
        yield _to_mono(block)


def _to_mono(block: object) -> bytes:
    """One block of shape (samples, channels), -1 to 1, as 16-bit mono. Floats may lie outside or be no number."""
    import numpy as np

    with np.errstate(all="ignore"):  # which would print warnings
        mono = np.nan_to_num(np.asarray(block).mean(axis=1), posinf=1.0, neginf=-1.0)
        return bytes(np.clip(np.rint(mono * 32768), -32768, 32767).astype("<i2").data)


def read_wav(path: Path) -> Sound:
    """Read a 16-bit mono WAV file of our own with the standard library alone, which loads nothing heavy.

    Raises SoundFileError when it is missing, torn or something else.
    """
    try:
        with open_reading(path) as file, wave.open(file) as wav:
            promised, kind = wav.getnframes(), (wav.getnchannels(), wav.getsampwidth())
            there = os.fstat(file.fileno()).st_size // (kind[0] * kind[1])
            sound = Sound(wav.readframes(min(promised, there)), wav.getframerate())
    except (OSError, EOFError, RuntimeError, wave.Error) as error:  # of a broken chunk it says only RuntimeError()
        raise SoundFileError(f"Cannot read the sound file {str(path)!r} ({error}): check it.") from error
    if kind != (1, SAMPLE_BYTES) or sound.rate <= 0 or len(sound.frames) != promised * SAMPLE_BYTES:
        raise SoundFileError(f"The sound file {str(path)!r} is torn or not 16-bit mono: make it again.")
    return sound


def wav_bytes(sound: Sound) -> bytes:
    """The sound as a WAV file's content."""
    return _wav_header(len(sound.frames), sound.rate) + sound.frames


def _wav_header(size: int, rate: int) -> bytes:
    """What stands before ``size`` bytes of 16-bit mono samples; the format can count no further than 4 GiB."""
    size = min(size, 0xFFFFFFFF - _HEADER.size)
    form = (16, 1, 1, rate, rate * SAMPLE_BYTES, SAMPLE_BYTES, 8 * SAMPLE_BYTES)
    return _HEADER.pack(b"RIFF", size + _HEADER.size - 8, b"WAVE", b"fmt ", *form, b"data", size)


def flac_bytes(sound: Sound) -> bytes:
    """The sound as a FLAC file's content."""
    import numpy as np
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, np.frombuffer(sound.frames, "<i2"), sound.rate, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()


class WavWriter:
    """A 16-bit mono WAV file that grows; its header is right after every write, even if we are killed.

    The wave module cannot be used for it: on a full disk it fails once more, unseen, when it is forgotten.
    """

    def __init__(self, path: Path, rate: int) -> None:
        """Create the file, or empty it. Raises SoundFileError."""
        self._path = path
        self._rate = rate
        self._size = 0
        with _explained("write", path):
            # Voices may be in it: its owner's only. A pipe, which nobody may ever read, is not waited for.
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
            new = not path.exists()
            handle = os.open(path, flags, FILE_MODE)
            if new:
                path.chmod(FILE_MODE)
            self._file = os.fdopen(handle, "wb", buffering=0)
        try:
            self.write(b"")
        except SoundFileError:
            self._file.close()
            raise

    def write(self, frames: bytes) -> None:
        """Append samples. Raises SoundFileError."""
        with _explained("write", self._path):
            self._put(_HEADER.size + self._size, frames)
            self._size += len(frames)
            self._put(0, _wav_header(self._size, self._rate))

    def _put(self, place: int, data: bytes) -> None:
        self._file.seek(place)
        while data:  # a nearly full disk takes a part, then says why it takes no more
            data = data[self._file.write(data) :]

    def close(self) -> None:
        """Let the file go; may be called again."""
        self._file.close()


def resample(sound: Sound, rate: int) -> Sound:
    """The same sound at ``rate`` samples a second."""
    if rate == sound.rate or not sound.frames:
        return Sound(sound.frames, rate)
    resampler = Resampler(sound.rate, rate)
    return Sound(resampler.feed(sound.frames) + resampler.rest(), rate)


class Resampler:
    """A stream of samples at another rate, piece by piece."""

    def __init__(self, rate: int, wanted: int) -> None:
        import av

        self._rate = rate
        self._converter = av.AudioResampler(format="s16", layout="mono", rate=wanted)
        self._fed = 0

    def feed(self, frames: bytes) -> bytes:
        """Take the next samples; gives what is ready, which is a little behind."""
        pieces = blocks(Sound(frames, self._rate), self._fed)
        self._fed += len(frames) // SAMPLE_BYTES
        return _joined(frame for piece in pieces for frame in self._converter.resample(piece))

    def rest(self) -> bytes:
        """What is left when nothing more comes."""
        return _joined(self._converter.resample(None))


def stretch(sound: Sound, speed: float) -> Sound:
    """The same sound spoken ``speed`` times as fast, its pitch kept; ``speed`` is limited to SPEEDS."""
    speed = min(max(speed, SPEEDS[0]), SPEEDS[1])
    if speed == 1.0 or not sound.frames:
        return sound
    import av
    import av.filter

    graph = av.filter.Graph()
    nodes = [graph.add_abuffer(sample_rate=sound.rate, format="s16", layout="mono")]
    # Beyond 2.0 one filter drops samples instead of blending them; two in a row do not.
    parts = 2 if speed > 2.0 else 1
    nodes += [graph.add("atempo", f"{speed ** (1 / parts):.6f}") for _ in range(parts)]
    nodes += [graph.add("aformat", "sample_fmts=s16:channel_layouts=mono"), graph.add("abuffersink")]
    graph.link_nodes(*nodes).configure()
    out: list[av.AudioFrame] = []
    for block in (*blocks(sound), None):
        graph.push(block)
        out += pulled(graph)
    frames = _joined(out)
    wanted = SAMPLE_BYTES * math.ceil(len(sound.frames) / SAMPLE_BYTES / speed)
    return Sound(frames[:wanted].ljust(wanted, b"\0"), sound.rate)


def blocks(sound: Sound, first: int = 0) -> Iterator[av.AudioFrame]:
    """The sound as libav's frames, stamped with their place: ``first`` samples came before."""
    from fractions import Fraction

    import av
    import numpy as np

    samples = np.frombuffer(sound.frames, "<i2").reshape(1, -1)
    for start in range(0, samples.shape[1], _BLOCK):
        frame = av.AudioFrame.from_ndarray(samples[:, start : start + _BLOCK].copy(), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = sound.rate, first + start, Fraction(1, sound.rate)
        yield frame


def pulled(graph: av.filter.Graph) -> Iterator[av.AudioFrame]:
    """What a filter graph has ready."""
    import av

    with suppress(av.BlockingIOError, av.EOFError):
        while True:
            frame = graph.pull()
            assert isinstance(frame, av.AudioFrame)
            yield frame


def _joined(frames: Iterable[av.AudioFrame]) -> bytes:
    return b"".join(frame.to_ndarray().astype("<i2").tobytes() for frame in frames)
