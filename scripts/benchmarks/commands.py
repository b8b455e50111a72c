"""Spoken commands: those obeyed, those that nobody gave, and the seconds from a command's end to its effect.

Each sound goes through the product's listener, the engine in its process and ``understand``; delays are measured in the
runner itself, in audio time. Shares have their 95 % interval. A command counts as obeyed where one utterance of it
means it within three seconds; ``taken`` are utterances and texts that mean none and were taken for one.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import delays, sentences, spoken
from benchmarks.manifest import entries, sound_of
from benchmarks.shares import share
from benchmarks.spoken import Said
from benchmarks.words import normalise

from voiceguide.hearing import Hypothesis
from voiceguide.hearing.engines import DEFAULT, ENGINES, installed
from voiceguide.hearing.listener import Cut, Listener
from voiceguide.session.endpointing import ANSWER, CHOICE, Endpointing
from voiceguide.sound import FRAME_BYTES, FRAME_SECONDS, LISTEN_RATE, SAMPLE_BYTES, Sound, silence
from voiceguide.sound.vad import SileroGate
from voiceguide.voice_commands import VoiceCommand
from voiceguide.voice_commands.understanding import understand
from voiceguide.worker import Worker

_SLOW = {"sphinx": 8}
"""Of an engine that takes longer than the speech itself only every so many sounds are tried."""

_EVERY = {"20 dB": 2, "5 dB": 2}
"""Conditions in which only every so many phrases (half the voices) are tried: they take minutes."""

_PEOPLE_IN = ("quiet", "10 dB")
"""Conditions for people's words, of which there may be many."""

_ANSWERING = frozenset(VoiceCommand) - {
    VoiceCommand.YES,
    VoiceCommand.NO,
    VoiceCommand.CONTINUE,
    VoiceCommand.UNSURE,
    VoiceCommand.ON_THE_RECORD,
}
"""What can be told while a partner has the floor."""
_CHOOSING = frozenset({*sentences.ENDING, VoiceCommand.YES, VoiceCommand.NO, VoiceCommand.PAUSE, VoiceCommand.REPEAT,
                       VoiceCommand.BACK, VoiceCommand.HELP, VoiceCommand.UNSURE}) - {VoiceCommand.DONE}  # fmt: skip
"""And where a question waits."""
_PAUSED = frozenset({VoiceCommand.CONTINUE, VoiceCommand.STOP, VoiceCommand.HELP})

_AROUND = silence(1.0, LISTEN_RATE).frames

_Heard = list[tuple[Said, list[Sound]]]
"""What was said, with the utterances that the listener made of it."""


def measure(runs: int, manifest: Path | None = None) -> dict[str, Any]:
    """Texts, then every engine that is installed and packaged."""
    figures: dict[str, Any] = {"text": sentences.measure(manifest)}
    people, noise = spoken.words(manifest), spoken.noises(manifest)
    with Worker("voiceguide.speaking.pyttsx3_engine:Pyttsx3", seconds=20) as voice:
        phrases = spoken.phrases(voice)
        conditions = {name: above for name, above in spoken.CONDITIONS.items() if noise or above is None}
        rooms = {name: _listened(phrases, noise, above, _EVERY.get(name, 1)) for name, above in conditions.items()}
        humans = (
            {name: _listened(people, noise, above) for name, above in conditions.items() if name in _PEOPLE_IN}
            if people
            else {}
        )
        ordinary = [
            (str(entry["text"] or ""), cut)
            for entry in entries(manifest, ["read", "conversation", "turn"])
            for cut in utterances(_AROUND + sound_of(entry).frames + _AROUND, ANSWER)
        ]
        second = phrases[list(spoken.SPOKEN).index(VoiceCommand.DONE) * len(spoken.VOICES)].sound.frames
        for name in [name for name in ENGINES if name in installed()]:
            step = _SLOW.get(name, 1)
            with Worker(ENGINES[name].factory, seconds=60) as recogniser:
                figures[name] = {
                    "phrases": {room: _phrases(heard[::step], recogniser) for room, heard in rooms.items()},
                    "people": {room: _people(heard[::step], recogniser) for room, heard in humans.items()},
                    "ordinary": _ordinary(ordinary[::step], recogniser),
                    "command_1s_decoding_s": _decoding(second, recogniser, runs),
                }
                if name == DEFAULT:  # it takes minutes, and differs by the decoding alone
                    figures[name]["delay"] = delays.measure(phrases, voice, recogniser)
    return figures


def _listened(said: list[Said], noise: list[Any], above: float | None, every: int = 1) -> _Heard:
    return [
        (one, utterances(frames, ANSWER if one.command in _ANSWERING else CHOICE))
        for one, frames in islice(spoken.in_room(said, noise, above), 0, None, every)
    ]


def utterances(frames: bytes, endpointing: Endpointing) -> list[Sound]:
    """What the product's listener cuts these samples into; what never ends is none."""
    listener = Listener(SileroGate())
    listener.open(endpointing)
    found: list[Sound] = []
    for index, start in enumerate(range(0, len(frames) - FRAME_BYTES + 1, FRAME_BYTES), 1):
        heard = listener.feed(frames[start : start + FRAME_BYTES], index * FRAME_SECONDS)
        found += [cut.sound for cut in heard if isinstance(cut, Cut)]
    return found


def meanings(sounds: Iterable[Sound], command: VoiceCommand | None, recogniser: Worker) -> list[tuple[str, str]]:
    """Text and command ("" for none) of each, heard where ``command`` can be told."""
    found = []
    for sound in sounds:
        heard: Hypothesis = recogniser.submit("recognize", sound).result()
        allowed, choosing = _moment(command)
        meant = understand(heard.text, heard.told, allowed, choosing)
        found.append((heard.text, str(meant.command) if meant else ""))
    return found


def _moment(command: VoiceCommand | None) -> tuple[frozenset[VoiceCommand], bool]:
    """The commands allowed, and whether a question waits, at a moment for this one; None: at a question."""
    if command is VoiceCommand.CONTINUE:
        return _PAUSED, False
    if command is VoiceCommand.ON_THE_RECORD:
        return _ANSWERING | {command}, False
    if command in _ANSWERING:
        return _ANSWERING, False
    return _CHOOSING, True


def _phrases(heard: _Heard, recogniser: Worker) -> dict[str, Any]:
    """The share obeyed, over all and command by command; and what was heard where it was not."""
    obeyed: dict[str, list[bool]] = defaultdict(list)
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for said, sounds in heard:
        found = meanings(sounds, said.command, recogniser)
        good = any(meant == said.command for _, meant in found)
        obeyed[str(said.command)].append(good)
        wrong.update(f"{said.command}: {text}" for text, meant in found if meant and meant != said.command)
        if not good:
            missed[f"{said.command}: " + (" | ".join(text for text, _ in found) if found else "(no utterance)")] += 1
    every = [good for each in obeyed.values() for good in each]
    return {
        "overall": share(sum(every), len(every)),
        "ending": _share_of(obeyed, sentences.ENDING),
        "others": _share_of(obeyed, set(VoiceCommand) - sentences.ENDING),
        "by_command": {command: share(sum(each), len(each)) for command, each in obeyed.items()},
        "taken_for_another": _list(wrong),
        "missed": _list(missed),
    }


def _share_of(obeyed: dict[str, list[bool]], commands: Collection[VoiceCommand]) -> dict[str, Any]:
    good = [one for command in commands for one in obeyed.get(command, ())]
    return share(sum(good), len(good))


def _people(heard: _Heard, recogniser: Worker) -> dict[str, Any]:
    """Of people's words: commands obeyed at a question, and words without a meaning taken for a command."""
    commands = [pair for pair in heard if pair[0].command]
    others = [pair for pair in heard if not pair[0].command]
    wrong: Counter[str] = Counter()
    ending = 0
    for said, sounds in others:
        # In an answer; at a question, where "o" may be taken for a no, the guide would ask nothing less.
        for text, meant in meanings(sounds, VoiceCommand.DONE, recogniser):
            wrong.update([f"{said.text} ({text}): {meant}"] if meant else [])
            ending += meant in sentences.ENDING
    return {
        **{key: value for key, value in _phrases(commands, recogniser).items() if key != "taken_for_another"},
        "others_taken": share(sum(wrong.values()), len(others)),
        "others_ending_taken": share(ending, len(others)),
        "which": _list(wrong),
    }


def _ordinary(heard: list[tuple[str, Sound]], recogniser: Worker) -> dict[str, Any]:
    """Utterances of people who tell or read something: taken in an answer, and where every command is allowed.

    What the reference holds in these very words was said, and is a command by design: counted apart.
    """
    counts: Counter[str] = Counter()
    which: Counter[str] = Counter()
    for reference, sound in heard:
        hypothesis: Hypothesis = recogniser.submit("recognize", sound).result()
        for moment, allowed in (("answer", _ANSWERING), ("everything", frozenset(VoiceCommand))):
            if not (meant := understand(hypothesis.text, hypothesis.told, allowed)):
                continue
            if sentences.is_phrase(hypothesis.text) and _holds(reference, hypothesis.text):
                counts[f"{moment}_very_words"] += 1
                continue
            counts[moment] += 1
            counts[f"{moment}_ending"] += meant.command in sentences.ENDING
            which[f"{moment}: {hypothesis.text} ({meant.command})"] += 1
    return {
        "taken_in_answer": share(counts["answer"], len(heard)),
        "ending_taken_in_answer": share(counts["answer_ending"], len(heard)),
        "taken_everything_allowed": share(counts["everything"], len(heard)),
        "ending_taken_everything_allowed": share(counts["everything_ending"], len(heard)),
        "very_words": {moment: counts[f"{moment}_very_words"] for moment in ("answer", "everything")},
        "which": _list(which),
    }


def _holds(reference: str, text: str) -> bool:
    return f" {normalise(text)} " in f" {normalise(reference)} "


def _decoding(frames: bytes, recogniser: Worker, runs: int) -> float:
    """Median seconds to the words of one second of sound."""
    second = Sound(frames[: LISTEN_RATE * SAMPLE_BYTES].ljust(LISTEN_RATE * SAMPLE_BYTES, b"\0"), LISTEN_RATE)
    took = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        recogniser.submit("recognize", second).result()
        took.append(time.perf_counter() - began)
    return round(median(took[1:]), 3)


def _list(counted: Counter[str]) -> str:
    return "; ".join(f"{count} x {what}" for what, count in counted.most_common())
