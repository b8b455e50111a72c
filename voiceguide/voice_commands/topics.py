"""Everyday words for what an exercise is about: who has had a fight does not ask for "After the argument"."""

from __future__ import annotations

from collections.abc import Mapping

from voiceguide.voice_commands.choosing import holds, in_words

_TOPICS: Mapping[str, str] = {
    "after-the-argument": "fight; fights; fighting; fought; row; quarrel; quarrelled; argued; argue; arguing; fell out",
    "whole-apology": "sorry; forgive; forgiveness; forgiven; my fault; hurt you; hurt him; hurt her; hurt me",
    "where-trust-lives": "cheated; cheating; affair; lied; lies; lying; betrayed; betrayal",
    "open-book": "secret; secrets",
    "settle": "calm; calm down; breathe; breath; breathing; upset; panic; settle down",
    "eight-minute-ear": "stress; stressed; stressful; bad day; hard day",
    "worry-and-answer": "worried; anxious; anxiety; jealous; jealousy; insecure",
    "limits-and-rituals": "boundary; boundaries; rules",
    "if-then-promise": "habit; habits",
    "the-wish-beneath": "dream; dreams",
}
"""Id of an exercise -> words and phrases that lead to it."""


def topics_in(text: str) -> set[str]:
    """Ids of the exercises to which these words lead; whole words only."""
    words = in_words(text)
    return {id for id, listed in _TOPICS.items() if any(holds(words, in_words(each)) for each in listed.split(";"))}
