"""What a recogniser's text tells about itself: sounds that are no words, loops, what is heard in silence, haste."""

from __future__ import annotations

import re
import zlib

from voiceguide.hearing import NOTHING, Hypothesis

_REPETITIVE = 2.4
"""Compression ratio from which Whisper's authors take text for a loop."""

_HASTY = 7.0
"""Words a second that nobody says: the fastest of 122 recorded sentences has 5.2 a second of speech."""

_HASTY_FROM = 4
"""Words from which a rate means something."""

_DROWNED_DB = 9.0
_DROWNED_BELOW = 0.7
"""Signal-to-noise ratio and confidence below which noise has drowned words. Both together hold for none of 53
utterances that are clean or have noise 20 dB below, for 15 % at 10 dB, 70 % at 5 dB and 81 % at 0 dB."""

_SURE, _UNSURE = 0.9, 0.3
"""Confidence in what an engine heard that tells none."""

_BRACKETED = re.compile(r"\[[^\]]*\]?|\([^)]*\)?|\*[^*]*\*|[♪♫]+")

_SILENCE_PHRASES = frozenset(
    {
        "you",
        "thank you",
        "thank you very much",
        "thank you for watching",
        "thanks for watching",
        "please subscribe",
        "bye",
        "bye bye",
        "the end",
        "so",
        "oh",
        "thanks",
    }
)
"""What recognisers trained on films with subtitles (Whisper, Moonshine) hear in silence."""


def words(text: str) -> list[str]:
    """Its words in lower case, without punctuation."""
    return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text.lower())


def without_sounds(text: str) -> str:
    """The text without sounds in brackets ("[laughs]"), which are no words, and without spare spaces."""
    return " ".join(_BRACKETED.sub(" ", text).split())


def is_silence_phrase(text: str) -> bool:
    """Whether the text is one of those that are heard in silence."""
    return " ".join(words(text)) in _SILENCE_PHRASES


def is_repetitive(text: str) -> bool:
    """Whether the text says much the same over and over."""
    data = text.encode()
    return bool(data) and len(data) / len(zlib.compress(data)) > _REPETITIVE


def is_hasty(text: str, seconds: float) -> bool:
    """Whether nobody can have said these words in so short a time."""
    count = len(words(text))
    return count >= _HASTY_FROM and count > _HASTY * seconds


def is_drowned(heard: Hypothesis, snr: float | None) -> bool:
    """Whether noise ``snr`` dB below the speech (None: unknown) has probably made these words wrong."""
    return bool(heard.text) and snr is not None and snr < _DROWNED_DB and heard.confidence < _DROWNED_BELOW


def unlooped(text: str) -> str:
    """The text with a repetition at its end cut back to one round: one to eight words, three times or more.

    Only for text that did not end by itself: people do say "no, no, no, no".
    """
    tokens = text.split()
    plain = [" ".join(words(token)) for token in tokens]
    for unit in range(1, 9):
        length = unit
        while length < len(plain) and plain[-length - 1] == plain[-length - 1 + unit]:
            length += 1
        if length >= 3 * unit:
            return " ".join(tokens[: len(tokens) - length + unit])
    return text


def judged(text: str, seconds: float) -> Hypothesis:
    """What an engine that tells no probabilities heard in so many seconds; sounds in brackets are no words."""
    text = without_sounds(text)
    if not words(text):
        return NOTHING
    doubtful = is_silence_phrase(text) or is_repetitive(text) or is_hasty(text, seconds)
    return Hypothesis(text, _UNSURE if doubtful else _SURE, doubtful)
