"""How loud a sound is to people (EBU R 128), and recordings brought to one loudness."""

from __future__ import annotations

from collections.abc import Sequence

from voiceguide.sound import SAMPLE_BYTES, Sound
from voiceguide.sound.files import blocks, pulled

LEVEL = -21.0
"""LUFS of whatever is replayed or exported: the guide's own voice as it is synthesised; measured."""

_MOST_GAIN_DB = 30.0
_PEAK_DB = -1.5
_MOST_BENT_DB = 6.0
"""So far a limiter may bend the highest peaks: speech has few of them, and only a bark or a slap stands out more."""

_FADE_MS = 20
"""At each end of a recording, where its quiet lead and tail are: nothing clicks, no breath is cut."""

_SHORTEST = 0.4
"""Seconds that the measure needs at least; a shorter sound is measured as if it went on."""

_SILENT = -70.0
"""What the measure gives where there is nothing to hear."""


def loudness(sounds: Sequence[Sound]) -> float:
    """Integrated loudness in LUFS of sounds of one rate, one after the other; -70 where they are silent.

    Source: EBU R 128 and ITU-R BS.1770, as libav's ``ebur128`` measures; pauses are gated out there.
    """
    frames = b"".join(sound.frames for sound in sounds)
    if not frames:
        return _SILENT
    import av.filter

    rate = sounds[0].rate
    while len(frames) < _SHORTEST * rate * SAMPLE_BYTES:
        frames += frames
    graph = av.filter.Graph()
    nodes = [
        graph.add_abuffer(sample_rate=rate, format="s16", layout="mono"),
        graph.add("ebur128", "metadata=1"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    found = _SILENT
    for block in (*blocks(Sound(frames, rate)), None):
        graph.push(block)
        for frame in pulled(graph):
            found = float(frame.metadata.get("lavfi.r128.I", found))
    return max(_SILENT, found)


def evened(sound: Sound, measured: float | None = None) -> Sound:
    """A recording or a spoken sentence at LEVEL, never clipped, its ends faded so that nothing clicks.

    ``measured`` is the loudness of its whole turn, which becomes louder as one: what was whispered in it stays softer
    than what was cried out. None: it stands alone.
    """
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydub misses ffmpeg, which only reading other formats would need
        from pydub import AudioSegment

    segment = AudioSegment(sound.frames, sample_width=SAMPLE_BYTES, frame_rate=sound.rate, channels=1)
    measured = loudness([sound]) if measured is None else measured
    if measured <= _SILENT or segment.rms == 0:
        return sound
    room = _PEAK_DB - segment.max_dBFS
    gain = min(LEVEL - measured, room + _MOST_BENT_DB, _MOST_GAIN_DB)
    if gain > room:
        limited = _limited(sound, gain)
        segment = AudioSegment(limited, sample_width=SAMPLE_BYTES, frame_rate=sound.rate, channels=1)
    else:
        segment = segment.apply_gain(gain)
    faded = segment.fade_in(_FADE_MS).fade_out(_FADE_MS).raw_data
    size = len(sound.frames)  # pydub cuts to whole milliseconds
    return Sound(faded[:size].ljust(size, b"\0"), sound.rate)


def _limited(sound: Sound, gain: float) -> bytes:
    """Its frames ``gain`` dB louder, with its few highest peaks bent down to _PEAK_DB by libav's limiter."""
    import av.filter

    graph = av.filter.Graph()
    nodes = [
        graph.add_abuffer(sample_rate=sound.rate, format="s16", layout="mono"),
        graph.add("volume", f"{gain}dB:precision=float"),
        graph.add("alimiter", f"limit={10 ** (_PEAK_DB / 20)}:attack=5:release=50:level=0:latency=1"),
        graph.add("aformat", "sample_fmts=s16"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    frames = bytearray()
    for block in (*blocks(sound), None):
        graph.push(block)
        for frame in pulled(graph):
            frames += frame.to_ndarray().tobytes()
    return bytes(frames)
