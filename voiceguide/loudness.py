"""How loud a sound is to people (EBU R 128), and recordings brought to one loudness."""

from __future__ import annotations

from collections.abc import Sequence

from voiceguide.sound import SAMPLE_BYTES, Sound
from voiceguide.sound_files import blocks, pulled

LEVEL = -21.0
"""LUFS of whatever is replayed or exported: the guide's own voice as it is synthesised; measured."""

_MOST_GAIN_DB = 30.0
_PEAK_DB = -1.5
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
    """A recording at LEVEL, never clipped, its ends faded so that nothing clicks.

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
    gain = min(LEVEL - measured, _PEAK_DB - segment.max_dBFS, _MOST_GAIN_DB)
    faded = segment.apply_gain(gain).fade_in(_FADE_MS).fade_out(_FADE_MS).raw_data
    size = len(sound.frames)  # pydub cuts to whole milliseconds
    return Sound(faded[:size].ljust(size, b"\0"), sound.rate)
