"""Which of several options somebody means."""

from __future__ import annotations

from collections.abc import Sequence

from voiceguide.exercise import Option
from voiceguide.voice_commands.vocabulary import normalised

_GIVING_UP = frozenset(
    normalised(words)
    for words in (
        "never mind", "nevermind", "forget it", "no thanks", "no thank you", "cancel", "cancel that", "cancel it",
    )
)  # fmt: skip


def gives_up(text: str) -> bool:
    """Whether these words take back that anything is wanted."""
    return normalised(text) in _GIVING_UP


_ORDINALS = (
    ("one", "first"),
    ("two", "second"),
    ("three", "third"),
    ("four", "fourth"),
    ("five", "fifth"),
    ("six", "sixth"),
)
_BESIDE = frozenset(normalised("the number option one please a I take would like I'd let us let's it is um uh well"))
"""May stand beside a number that is meant to choose."""


def chosen(text: str, options: Sequence[Option]) -> Option | None:
    """The one option these words name, by its words or by its number; None when none, or more than one, is meant."""
    words = in_words(text)
    found = [option for option in options if any(holds(words, in_words(said)) for said in (option.name, *option.words))]
    if len(found) > 1:  # "two weeks" holds the words of nothing longer
        longest = max(len(normalised(option.name)) for option in found)
        found = [option for option in found if len(normalised(option.name)) == longest]
    if len(found) == 1:
        return found[0]
    if found:
        return None
    numbered = [
        option
        for option, ordinals in zip(options, _ORDINALS, strict=False)
        if any(word in ordinals and set(words) - {word} <= _BESIDE for word in words)
    ]
    # "The second one" holds two numbers: "one" counts only alone.
    return numbered[-1] if numbered else None


_ONES = normalised(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = normalised("twenty thirty forty fifty sixty seventy eighty ninety")


def in_words(text: str) -> tuple[str, ...]:
    """Its words; numbers below a hundred, which recognisers write in digits, are spelt out."""
    return tuple(part for word in normalised(text) for part in _spelt_out(word))


def number_in(words: Sequence[str]) -> int | None:
    """The number that these words end in, as ``in_words`` gives it; None where they end in none."""
    if not words:
        return None
    if words[-1].isascii() and words[-1].isdigit() and len(words[-1]) < 5:
        return int(words[-1])
    if words[-1] in _TENS:
        return 10 * (_TENS.index(words[-1]) + 2)
    if words[-1] not in _ONES:
        return None
    ones = _ONES.index(words[-1])
    tens = number_in(words[:-1][-1:]) if len(words) > 1 and words[-2] in _TENS and 0 < ones < 10 else 0
    return (tens or 0) + ones


def _spelt_out(word: str) -> list[str]:
    if not (word.isascii() and word.isdigit()) or int(word) > 99:
        return [word]
    number = int(word)
    if number < len(_ONES):
        return [_ONES[number]]
    return [_TENS[number // 10 - 2]] + ([_ONES[number % 10]] if number % 10 else [])


def holds(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    """Whether the words of ``part`` stand in ``words``, one after the other."""
    return any(words[at : at + len(part)] == part for at in range(len(words) - len(part) + 1))


_STEM = 5
"""Letters in common from which two words are forms of one."""


def kin(said: str, own: str) -> bool:
    """One word, or forms of one: "apologise", "apology"."""
    return said == own or (len(said) >= _STEM and said[:_STEM] == own[:_STEM])
