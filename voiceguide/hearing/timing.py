"""When words were said: from what an engine tells of them, and from where the listener heard speech."""

from __future__ import annotations

from collections.abc import Sequence

from voiceguide.session.events import Times


def timed(text: str, heard: Sequence[tuple[str, float, float]]) -> Times:
    """The times of ``text``'s words, given everything that was heard in its order: (word, from, to).

    What is not in the text (sounds in brackets, the rounds of a loop) is passed over; empty where words are missing.
    """
    found: list[tuple[float, float]] = []
    rest = iter(heard)
    for word in text.split():
        match = next(((start, end) for other, start, end in rest if word in other), None)
        if match is None:
            return ()
        found.append((round(match[0], 2), round(match[1], 2)))
    return tuple(found)


def settled(times: Times, speech: Times) -> Times:
    """``times`` without the silence in them: each word where most of it lies within one stretch of ``speech``.

    An engine gives a pause to one of the words beside it, and the silence at both ends to the first and the last.
    A word that lies in none of the stretches stays as it is.
    """
    return tuple(_within(word, speech) for word in times)


def _within(word: tuple[float, float], speech: Times) -> tuple[float, float]:
    shared = [(max(word[0], start), min(word[1], end)) for start, end in speech]
    start, end = max(shared, key=lambda part: part[1] - part[0], default=word)
    return (round(start, 2), round(end, 2)) if end > start else word
