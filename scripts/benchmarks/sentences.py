"""Ordinary sentences as text: which of them, or of the pieces that pauses would make, are taken for a command."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.manifest import entries
from benchmarks.shares import share

from voiceguide.library import all_exercises
from voiceguide.paths import shipped_exercise_files
from voiceguide.voice_commands import VoiceCommand
from voiceguide.voice_commands.interpreting import interpret
from voiceguide.voice_commands.vocabulary import CONFUSIONS, PHRASES, normalised

ENDING = frozenset({VoiceCommand.DONE, VoiceCommand.STOP, VoiceCommand.OFF_THE_RECORD, VoiceCommand.NEXT})
"""They end or remove something."""

_ROOT = Path(__file__).resolve().parents[2]
_PIECES = range(2, 8)
"""Words between two pauses."""


def measure(manifest: Path | None) -> dict[str, Any]:
    """Whole sentences, and their pieces; those that are a command's very words are counted apart."""
    whole = sorted(set(_sentences(manifest)))
    return {"whole": taken(whole), "pieces": taken(sorted({piece for one in whole for piece in pieces(one)}))}


def taken(texts: list[str]) -> dict[str, Any]:
    """Every command is allowed that can be given in an answer, which is stricter than any moment of a session."""
    allowed = frozenset(VoiceCommand) - {VoiceCommand.UNSURE}
    found = [(text, meant.command) for text in texts if (meant := interpret(text, allowed))]
    wrong = [(text, command) for text, command in found if not is_phrase(text)]
    return {
        "taken": share(len(wrong), len(texts)),
        "ending_taken": share(sum(command in ENDING for _, command in wrong), len(texts)),
        "very_words": len(found) - len(wrong),
        "very_words_ending": sum(command in ENDING for text, command in found if is_phrase(text)),
        "which": ", ".join(f"{text!r}: {command}" for text, command in wrong),
    }


def is_phrase(text: str) -> bool:
    """Whether it is a command's very words, bare or addressed: said alone, it is a command by design.

    What the recogniser makes of commands is none of them: an ordinary "slow" that is taken is a mistake.
    """
    words = normalised(text)
    called = max((at + 1 for at, word in enumerate(words) if word == "guide"), default=0)
    return words[called:] in PHRASES.keys() - CONFUSIONS


def pieces(sentence: str) -> Iterable[str]:
    """What pauses would cut it into: between marks, and after every so many words."""
    yield from (part.strip() for part in re.split(r"[.,;:!?]+", sentence) if part.strip())
    words = sentence.split()
    for size in _PIECES:
        yield from (" ".join(words[at : at + size]) for at in range(0, len(words), size))


def _sentences(manifest: Path | None) -> Iterable[str]:
    for entry in entries(manifest, ["read", "conversation", "turn"]):
        yield from _cut(entry["text"] or "")
    for exercise in all_exercises(shipped_exercise_files())[0]:
        for step in exercise.bind(("Anna", "Ben")):
            yield from _cut(step.prompt)
            yield from _cut(step.example)
    yield from filter(
        None, (_ROOT / "tests" / "voice_commands" / "ordinary_sentences.txt").read_text("utf-8").splitlines()
    )


def _cut(text: str) -> Iterable[str]:
    return (part.strip() for part in re.split(r"(?<=[.!?])\s+", text) if part.strip())
