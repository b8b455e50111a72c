"""Recognising a stored session again: which utterances another engine may be asked about, and what it changes.

Its words become amendments: the first ones stay in the record. What was taken off it stays off, what a person
corrected stays corrected, and what was a command stays one: the session went on accordingly.
"""

from __future__ import annotations

import re

from voiceguide.hearing import Hypothesis
from voiceguide.hearing.engines import is_engine
from voiceguide.hearing.passages import BY
from voiceguide.record import Session, StoredUtterance
from voiceguide.session.events import Amended, Utterance
from voiceguide.voice_commands.interpreting import interpret


def open_to(session: Session, engine: str) -> list[StoredUtterance]:
    """The utterances whose words ``engine`` may amend, and has not amended last."""
    return [stored for stored in refinable(session) if stored.amended is None or stored.amended.by != engine]


def refinable(session: Session) -> list[StoredUtterance]:
    """The utterances whose words an engine may amend: spoken and kept, more than a command, not mended by a person."""
    return [
        stored
        for stored in session.utterances
        if stored.utterance.audio
        and not stored.utterance.struck
        and (stored.utterance.command is None or stored.utterance.answer)
        and (stored.amended is None or stored.amended.by == BY or is_engine(stored.amended.by))
    ]


def amendment(stored: StoredUtterance, heard: Hypothesis, engine: str) -> Amended:
    """What ``engine`` makes of the utterance.

    The words stay where it hears none, or no command in what ended in one: the command's words are no part of the
    answer, so without knowing where they begin there is no better answer.
    """
    said = stored.utterance
    end = len(heard.text) if said.command is None else _command_at(heard.text, said)
    answer = heard.text[:end].strip() if end is not None else ""
    if not answer:
        return Amended(said.id, stored.answer, engine, stored.times, stored.doubtful)
    return Amended(said.id, answer, engine, heard.times[: len(answer.split())], heard.doubtful or said.noisy)


def _command_at(text: str, said: Utterance) -> int | None:
    """Where the words of the utterance's command begin at the end of ``text``."""
    if said.command is None:
        return None
    for word in re.finditer(r"\S+", text):
        meant = interpret(text[word.start() :], {said.command})
        if meant and meant.at == 0:
            return word.start()
    return None
