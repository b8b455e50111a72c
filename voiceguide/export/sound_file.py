"""A session as a sound file: WAV, FLAC or MP3, mono, tagged, with a chapter for each step.

It is written as it is put together, so that a session of hours takes no more memory than its longest turn.
"""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from voiceguide.cleaning import clean
from voiceguide.errors import ExportError
from voiceguide.export.captions import timestamp
from voiceguide.export.edition import Edition
from voiceguide.sound import SAMPLE_BYTES
from voiceguide.sound.mixer import OUTPUT_RATE

ALBUM = "voiceguide"

_MOST_CHAPTERS = 255
"""What a table of contents in ID3 can hold."""

_ENCODING: dict[str, dict[str, Any]] = {
    # 32 kbit/s, which is plenty for one voice at this rate: 14 MB an hour. Constant, so that every player can seek.
    "mp3": {"subtype": "MPEG_LAYER_III", "bitrate_mode": "CONSTANT", "compression_level": 0.85},
    "flac": {"subtype": "PCM_16"},
    "wav": {"subtype": "PCM_16"},
}


def write(edition: Edition, file: BinaryIO, to: str) -> None:
    """Write it as ``to`` (wav, flac or mp3), of OUTPUT_RATE. Raises ExportError.

    ``file`` can be read and sought, too.
    """
    import soundfile

    kind = {"samplerate": OUTPUT_RATE, "channels": 1, "format": to.upper(), **_ENCODING[to]}
    tags = _tags(edition)
    try:
        with soundfile.SoundFile(_raw(file), "w", closefd=False, **kind) as sound:
            if to == "wav":  # the others are tagged afterwards, with their chapters
                sound.title, sound.artist, sound.album, sound.date = tags.values()
            at = 0
            for placed, heard in edition.sounds():
                start = round(placed.at * OUTPUT_RATE)
                sound.buffer_write(bytes(SAMPLE_BYTES * (start - at)) + heard.frames, dtype="int16")
                at = start + len(heard.frames) // SAMPLE_BYTES
    except soundfile.SoundFileError as error:  # it does not say why
        raise ExportError("The sound cannot be written: is the disk full? Name another place with -o.") from error
    if to == "mp3":
        _tag_mp3(edition, file, tags)
    elif to == "flac":
        _tag_flac(edition, file, tags)


def _raw(file: BinaryIO) -> int | BinaryIO:
    """What soundfile writes into: a real file by its number, since an error of our own write would be swallowed."""
    try:
        return file.fileno()
    except io.UnsupportedOperation:  # it is in memory, where nothing goes wrong
        return file


def _tags(edition: Edition) -> dict[str, str]:
    """Title, artist, album and date, as FLAC calls them."""
    header = edition.session.header
    return {
        "title": clean(header.title),
        "artist": " and ".join(map(clean, header.names)),
        "album": ALBUM,
        "date": header.started[:10],
    }


def _tag_flac(edition: Edition, file: BinaryIO, tags: dict[str, str]) -> None:
    """Vorbis comments; chapters as ``CHAPTER001=00:00:12.345`` and ``CHAPTER001NAME``, which players know."""
    from mutagen.flac import FLAC

    file.seek(0)
    flac = FLAC(file)
    for name, value in tags.items():
        flac[name] = value
    for number, (chapter, at) in enumerate(edition.starts, 1):
        flac[f"CHAPTER{number:03d}"] = timestamp(at)
        flac[f"CHAPTER{number:03d}NAME"] = clean(chapter.title)
    file.seek(0)
    flac.save(file)


def _tag_mp3(edition: Edition, file: BinaryIO, tags: dict[str, str]) -> None:
    """ID3 frames; chapters as the standard's addendum has them."""
    from mutagen.id3 import CHAP, CTOC, ID3, TALB, TDRC, TIT2, TPE1, CTOCFlags

    id3 = ID3()
    for frame in (
        TIT2(encoding=3, text=tags["title"]),
        TPE1(encoding=3, text=tags["artist"]),
        TALB(encoding=3, text=tags["album"]),
        TDRC(encoding=3, text=tags["date"]),
    ):
        id3.add(frame)
    starts = edition.starts[:_MOST_CHAPTERS]
    ends = [at for _, at in starts[1:]] + [edition.seconds]
    names = [f"chp{number}" for number in range(1, len(starts) + 1)]
    id3.add(CTOC(element_id="toc", flags=CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED, child_element_ids=names))
    for name, (chapter, at), end in zip(names, starts, ends, strict=True):
        title = TIT2(encoding=3, text=clean(chapter.title))
        id3.add(CHAP(element_id=name, start_time=round(1000 * at), end_time=round(1000 * end), sub_frames=[title]))
    id3.update_to_v23()  # which more players read
    file.seek(0)
    id3.save(file, v2_version=3)
