"""Comparing words: normalised as Whisper's authors do it, counted by jiwer."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import quantiles
from typing import Any


def normalise(text: str) -> str:
    """Whisper's English normalisation: no case, punctuation or fillers, one spelling, numbers as digits."""
    from whisper_normalizer.english import EnglishTextNormalizer

    return str(EnglishTextNormalizer()(text))


def compare(references: Sequence[str], hypotheses: Sequence[str]) -> dict[str, Any]:
    """Word error rate over all of them, and the share of the references' words that were kept."""
    import jiwer

    pairs = [(normalise(r), normalise(h)) for r, h in zip(references, hypotheses, strict=True)]
    pairs = [(reference, heard) for reference, heard in pairs if reference]
    counted = jiwer.process_words([r for r, _ in pairs], [h for _, h in pairs])
    words = counted.hits + counted.substitutions + counted.deletions
    return {"words": words, "wer": round(counted.wer, 4), "words_kept": round(1 - counted.deletions / words, 4)}


def percentiles(values: Sequence[float]) -> tuple[float | None, float | None]:
    """The 50th and the 95th; None of nothing."""
    if len(values) < 2:
        return (values[0], values[0]) if values else (None, None)
    cuts = quantiles(values, n=20, method="inclusive")
    return round(cuts[9], 3), round(cuts[18], 3)
