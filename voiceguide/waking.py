"""The wake phrase: which utterances call the guide while it waits.

It counts only at the beginning of an utterance, which follows a pause. What a recogniser makes of "hey guide" is often
something else ("hey guy"), and that is also said in everyday talk: so it counts only where a request follows that
nobody says in passing. The very words count alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from voiceguide.voice_commands import normalised


@dataclass(frozen=True)
class Call:
    """An utterance that calls the guide."""

    request: str
    """The words after its name; empty where nothing follows."""
    sure: bool
    """The very words were heard. Otherwise what is asked must be as sure."""


_BEFORE = frozenset(normalised("um uh oh well so please yes yeah"))
_GREETINGS = frozenset(normalised("hey hi hello okay ok"))
_LIKE_A_GREETING = frozenset(normalised("a he hay high i ha heh hate they the hey's eh"))
_HEARD = {"guide": frozenset(normalised("guy guys god gide kite guard guided guides died die"))}
"""What recognisers make of a name."""
_RUN_TOGETHER = {"guide": frozenset(normalised("heyguide haiga higuide"))}


def called(text: str, address: str = "guide") -> Call | None:
    """Whether a hypothesis calls the guide, whose name is ``address``, and what for; None when it does not."""
    words = normalised(text)
    while words and words[0] in _BEFORE:
        words = words[1:]
    greetings = 0
    while greetings < 2 and words[greetings : greetings + 1] and words[greetings] in _GREETINGS:
        greetings += 1
    name = address.lower()
    if greetings and words[greetings : greetings + 1] == (name,):
        return Call(" ".join(words[greetings + 1 :]), sure=True)
    if words[:1] and words[0] in _RUN_TOGETHER.get(name, ()):
        return Call(" ".join(words[1:]), sure=False)
    greetings = greetings or int(words[:1] != () and words[0] in _LIKE_A_GREETING)
    heard = words[greetings : greetings + 1]
    if heard and (heard[0] == name or (greetings and heard[0] in _HEARD.get(name, ()))):
        return Call(" ".join(words[greetings + 1 :]), sure=False)
    return None
