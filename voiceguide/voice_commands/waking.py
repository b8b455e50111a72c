"""The wake phrase: "hey guide", at the beginning of an utterance that follows a pause.

What a recogniser makes of it is often something else ("hey guys"), and that is also said in everyday talk. So engines
tell how sure they are: what is only likely counts where a request follows that the guide understands.
"""

from __future__ import annotations

from enum import IntEnum

from voiceguide.voice_commands.vocabulary import PHRASES, normalised


class Wake(IntEnum):
    """Whether an utterance begins with a call; ordered."""

    NO = 0
    MAYBE = 1
    """It counts where a request follows."""
    YES = 2
    """It counts alone."""


GREETINGS = ("hey", "hi", "hello", "okay", "ok")
"""What stands before the guide's name."""

RIVALS = {"guide": ("guys", "guy", "god")}
"""Name -> what is heard in its place, and said in everyday talk, too."""

_BEFORE = frozenset(normalised("um uh oh well so please yes yeah"))
_ALIKE = frozenset(normalised("a he hay high ha heh eh"))
"""What recognisers make of a greeting."""

_EVERYDAY = frozenset(
    normalised(
        "the and but for nor not you your yours our ours they them their she her his him its that this these those "
        "there here what who how why when where which are was were will can could have has had did does let now then"
    )
)
"""So common in talk that a guide called so would be called all day."""

_NEAR = 4
"""Words from the beginning among which a name stands that was called."""

_HEARD = {"guide": frozenset((*RIVALS["guide"], *normalised("gide kite guard guided guides died die knight night")))}
"""What they make of a name after one."""


def can_be_called(name: str) -> bool:
    """Whether a guide of this name, a word in lower case, can be called, and is not called by mere talk."""
    return len(name) > 2 and name not in {*GREETINGS, *_BEFORE, *_ALIKE, *_EVERYDAY} and (name,) not in PHRASES


def wake_in(text: str, name: str) -> Wake:
    """Whether a hypothesis begins with a call of this name."""
    words, greeted = _begun(text)
    if words[:1] == (name.lower(),):
        return Wake.YES if greeted is Wake.YES else Wake.MAYBE
    return Wake.MAYBE if greeted and words[:1] and words[0] in _HEARD.get(name.lower(), ()) else Wake.NO


def request_in(text: str, name: str) -> str:
    """The words after the call, in the text of an utterance that began with one, however that was found out.

    Empty where nothing is asked for. Where its name is not found near the beginning, all words but a greeting.
    """
    words = normalised(text)
    for at in range(min(_NEAR, len(words))):
        if words[at] == name.lower():
            return " ".join(words[at + 1 :])
    rest, greeted = _begun(text)
    heard = greeted and rest[:1] and rest[0] in _HEARD.get(name.lower(), ())
    return " ".join(rest[1:] if heard else rest)


def _begun(text: str) -> tuple[tuple[str, ...], Wake]:
    """The words from where the name must stand, and whether a greeting stands before it."""
    words = normalised(text)
    while words and words[0] in _BEFORE:
        words = words[1:]
    count = 0
    while count < 2 and words[count : count + 1] and words[count] in GREETINGS:
        count += 1
    if not count and len(words) > 1 and words[0] in _ALIKE:
        return words[1:], Wake.MAYBE
    return words[count:], Wake.YES if count else Wake.NO
