"""What they would like to do: exercises offered four at a time, and what people say to that."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voiceguide.exercise import Exercise, Option
from voiceguide.session.breaks import seconds_in
from voiceguide.voice_commands.choosing import chosen, holds, in_words, kin
from voiceguide.voice_commands.topics import topics_in
from voiceguide.voice_commands.vocabulary import normalised

PAGE = 4
"""Titles that can be heard and kept in mind at once."""

_FUZZY = 0.72
"""Likeness from which words are a misheard title: nothing begins before it was confirmed."""

_SHORT = frozenset(normalised("short shorter shortest quick quicker brief small tired"))
_LONG = frozenset(normalised("long longer longest deep deeper big"))
_MORE = frozenset(normalised("more other others another else different no none nothing neither next further"))
_ANY = frozenset(normalised("next choose decide suggest suggestion recommend surprise any anything whatever"))
_ALSO = {
    "honesty": ("honest", "truth"),
    "patience": ("patient", "listening"),
    "accountability": ("accountable", "responsibility", "responsible"),
    "self-healing": ("healing", "heal", "alone", "myself"),
    "reassurance": ("reassure", "safe", "safety"),
    "shared future": ("future", "plans"),
}
"""Theme -> other words for it."""
_ORDINALS = ("first", "second", "third", "fourth", "last")
_PLAIN = frozenset(
    normalised(
        "a an the and of or both us we our where it is that s to for with what then if hour hours minute minutes"
    )
)


def suggested(exercises: Sequence[Exercise], visits: Mapping[str, int]) -> list[Exercise]:
    """In the order in which they are offered: those of the theme least visited first, and short ones first.

    ``visits`` counts sessions by the exercise's id.
    """
    themes: dict[str, int] = {}
    for each in exercises:
        themes[each.theme] = themes.get(each.theme, 0) + visits.get(each.id, 0)
    return sorted(exercises, key=lambda each: (themes[each.theme], visits.get(each.id, 0), each.minutes, each.title))


@dataclass(frozen=True)
class Wish:
    """What somebody would like."""

    exercise: Exercise | None = None
    """This one."""
    among: tuple[Exercise, ...] = ()
    """Or one of these, the likeliest first; empty with no ``exercise``: others than those just offered."""


def wish(text: str, page: Sequence[Exercise], every: Sequence[Exercise]) -> Wish | None:
    """What these words ask for, where ``page`` was offered; None when that is not understood.

    ``every`` exercise stands in the order in which it is suggested.
    """
    words = in_words(text)
    named = [each for each in every if holds(words, in_words(each.title))]
    if named:  # "Settle down" holds "Settle", too
        return Wish(max(named, key=lambda each: len(in_words(each.title))))
    if seconds := seconds_in(words):
        return Wish(among=tuple(sorted(every, key=lambda each: abs(each.minutes * 60 - seconds))))
    numbered = chosen(text, [Option(each.title) for each in page])
    if numbered:
        return Wish(next(each for each in page if each.title == numbered.name))
    # Where nothing was offered, somebody talks who may not mean us.
    if page and (about := [each for each in every if each.id in topics_in(text)]):
        return Wish(about[0]) if len(about) == 1 else Wish(among=tuple(about))
    said = set(words)
    ordinals = [at for at, word in enumerate(_ORDINALS) if word in said]
    if page and len(ordinals) == 1 and (ordinals[0] < len(page) or "last" in said):
        return Wish(page[-1 if "last" in said else ordinals[0]])
    begun = [each for each in every if len(words) > 1 and in_words(each.title)[: len(words)] == words]
    if len(begun) == 1:
        return Wish(begun[0])
    if said & _SHORT:
        return Wish(among=tuple(sorted(every, key=lambda each: each.minutes)))
    if said & _LONG:
        return Wish(among=tuple(sorted(every, key=lambda each: -each.minutes)))
    if of_theme := [each for each in every if _is_theme(each.theme, words)]:
        return Wish(of_theme[0]) if len(of_theme) == 1 else Wish(among=tuple(of_theme))
    telling = said - _PLAIN
    like = [each for each in every if any(kin(word, own) for word in telling for own in _telling(each.title))]
    if len(like) == 1:
        return Wish(like[0])
    if said & _ANY and words != ("next",):
        return Wish(every[0])
    if said & _MORE:
        return Wish()
    near = difflib.get_close_matches(" ".join(words), [" ".join(in_words(each.title)) for each in every], 1, _FUZZY)
    alike = [each for each in every if " ".join(in_words(each.title)) in near]
    return Wish(alike[0]) if len(alike) == 1 else None


def _is_theme(theme: str, words: tuple[str, ...]) -> bool:
    return holds(words, in_words(theme)) or any(holds(words, (also,)) for also in _ALSO.get(theme, ()))


def _telling(title: str) -> set[str]:
    return set(in_words(title)) - _PLAIN
