"""From a recogniser's hypothesis to a voice command, or to none.

People say "stop", "next" and "done" to each other all the time, so a command counts only where it is the whole
hypothesis (which is cut at every short pause) or is addressed to the guide; and the commands that end or remove
something are taken in exact words only. What is no command belongs to the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from voiceguide.voice_commands import VoiceCommand
from voiceguide.voice_commands.vocabulary import HEARD_ADDRESS, MORE, PHRASES, SENTENCE_ENDS, SUSPENDING, Words, split

_C = VoiceCommand


@dataclass(frozen=True)
class Interpretation:
    """A command found in a hypothesis."""

    command: VoiceCommand
    at: int
    """Offset in the hypothesis (characters) where the command's words begin; before it stands the answer."""


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


EXACT = frozenset({_C.DONE, _C.STOP, _C.OFF_THE_RECORD, _C.SUSPEND, _C.ON_THE_RECORD, _C.NEXT})
"""They end or remove something, or decide what is kept: no request around them is unwrapped but plain politeness."""

_CHOICES = frozenset({_C.YES, _C.NO, _C.UNSURE})

_POLITE_BEFORE = _set("please okay ok um uh er erm hm hmm")
_POLITE_AFTER = (("please",), ("now",), ("thanks",), ("thank", "you"))
_CALLS = _set("hey hi okay ok so um uh please")
_ABOUT_TIME = frozenset({("right", "now"), ("back", "now")})
"""Ordinary words, and no politeness: "I need you right now", cut at a pause."""
_AGREED_FIRST = frozenset({_C.DONE, _C.CONTINUE, _C.REPEAT})
"""Commands that may follow a yes: "yes, continue"."""
_REQUESTS = (("can", "you"), ("could", "you"), ("would", "you"), ("will", "you"))
_THINGS = _set("a an the my your our his her their its this that any no to as and of tour")
"""After these "guide" is a thing or a verb, nobody is called."""

_SURE_YES = _set("yes yeah yep yup")
_SURE_NO = _set("no nope nah")
_NEGATIONS = _SURE_NO | _set(
    """not never dont didnt doesnt isnt wasnt arent werent cant cannot couldnt wont wouldnt havent hasnt aint wrong"""
)
_HEDGES = _set(
    """but maybe perhaps almost mostly partly kind sort if unless except however although though think guess suppose
    probably whatever know why what when how who because stop pause wait hold again repeat help nothing"""
)
"""They leave a yes or a no open, or want something else."""
_NO_AS_YES = _set(
    """problem worries doubt wonder question kidding need more complaints ready fine right good great perfect go ahead
    okay ok true exactly correct begin start continue sure did got heard understood"""
)
"""After a no, and without "not", they take it back: "no, go ahead"."""
_FILLERS = _set("um uh er erm oh ah well hm hmm so and")
_CHOICE_WORDS = 6
"""A yes or a no of more words is an explanation: asked again."""


def interpret(
    text: str, allowed: Collection[VoiceCommand], choosing: bool = False, address: str = "guide"
) -> Interpretation | None:
    """The command that a hypothesis is, or ends in; None when all of it belongs to the answer.

    ``allowed`` are the commands legal now; ``choosing`` reads yes and no more loosely, for a question that waits
    for them; ``address`` is the one word by which the guide is called.
    """
    found = split(text)
    words = tuple(word for word, _ in found)
    if not words:
        return None
    for ending in SUSPENDING if _C.SUSPEND in allowed else ():
        if words[-len(ending) :] == ending:  # a secret kept by mistake is worse than words to be said again
            return Interpretation(_C.SUSPEND, found[len(words) - len(ending)][1])
    call = address.lower()
    whole = words[:-1] if len(words) > 1 and words[-1] == call and words[-2] not in _THINGS else words
    command = _meaning(whole, allowed) or (_choice(whole, allowed) if choosing else None)
    if command:
        return Interpretation(command, found[0][1])
    start, rest = _addressed(words, call)
    command = _meaning(rest, allowed, addressed=True)
    if command is None and choosing and start == 0:
        command = _choice(rest, allowed)
    return Interpretation(command, found[start][1]) if command else None


def interpret_more(text: str, allowed: Collection[VoiceCommand], address: str = "guide") -> Interpretation | None:
    """As ``interpret``, in an answer, while "anything more?" waits for a yes, a no, or more of the answer."""
    found = split(text)
    words = tuple(word for word, _ in found)
    answer = MORE.get(_once(_without_politeness(words))) if words else None
    if answer and answer in allowed:
        return Interpretation(answer, found[0][1])
    return interpret(text, set(allowed) - _CHOICES, address=address)


def interpret_tail(
    text: str, before: str, tail: str, allowed: Collection[VoiceCommand], address: str = "guide"
) -> Interpretation | None:
    """The command that the last words are, said after a pause too short to end the utterance; None when there is none.

    ``tail`` is what was heard of them alone, ``text`` of the whole utterance, where they may be lost: then the offset
    is the length of ``text``, and ``before`` is what of it was said before them (empty: unknown). Where a sentence
    runs on into them ("I want you to ... stop") they belong to the answer; and what ends or removes something must
    stand in ``text``, too.
    """
    meant = interpret(tail, set(allowed) - _CHOICES, address=address)
    if meant is None or meant.at > 0:
        return None
    words, last = split(text), [word for word, _ in split(tail)]
    at = len(text)
    if [word for word, _ in words[-len(last) :]] == last:
        at = words[-len(last)][1]
        before = text[:at]
    elif meant.command in EXACT - {_C.DONE}:  # nothing gives back what they take, as speech does after "I'm done"
        return None
    ended = before.rstrip().endswith(SENTENCE_ENDS) and not before.rstrip().endswith("..")
    return Interpretation(meant.command, at) if ended else None


def _addressed(words: Words, call: str) -> tuple[int, Words]:
    """Index at which the guide is last called, and the words after its name; none if it is not called."""
    heard = HEARD_ADDRESS.get(call, frozenset())
    calls = next((at for at, word in enumerate(words) if word not in _CALLS and word != call), len(words))
    for at in range(len(words) - 1, -1, -1):
        opening = at <= calls
        if words[at] != call and not (opening and words[at] in heard):
            continue
        if at > 0 and words[at - 1] in _THINGS:
            continue
        start = 0 if opening else at
        while start > 0 and words[start - 1] in (call, "hey", "hi"):
            start -= 1
        return start, words[at + 1 :]
    return 0, ()


def _meaning(words: Words, allowed: Collection[VoiceCommand], addressed: bool = False) -> VoiceCommand | None:
    """The command that these words are, politeness aside."""
    words = _once(words)
    if found := _look_up(words, allowed):
        return found
    bare = _without_politeness(words)
    if found := _look_up(_once(bare), allowed):
        return found
    if bare[:1] and bare[0] in _SURE_YES:
        return _look_up(_without_politeness(bare[1:]), _AGREED_FIRST & set(allowed))
    if addressed and bare[:2] in _REQUESTS:
        return _look_up(_without_politeness(bare[2:]), set(allowed) - EXACT)
    return None


def _look_up(words: Words, allowed: Collection[VoiceCommand]) -> VoiceCommand | None:
    for command in PHRASES.get(words, ()):
        # "Go on" answers a question that leads onward; it is no consent, and no wish to remove something.
        onward = command is not _C.YES or _C.CONTINUE not in PHRASES[words] or _C.NEXT in allowed
        if command in allowed and onward:
            return command
    return None


def _once(words: Words) -> Words:
    """ "Yes yes yes" said once."""
    for size in range(1, len(words) // 2 + 1):
        if len(words) % size == 0 and words == words[:size] * (len(words) // size):
            return words[:size]
    return words


def _without_politeness(words: Words) -> Words:
    while len(words) > 1 and words[0] in _POLITE_BEFORE:
        words = words[1:]
    if words in _ABOUT_TIME:
        return words
    for polite in _POLITE_AFTER:
        if len(words) > len(polite) and words[-len(polite) :] == polite:
            words = words[: -len(polite)]
    return words


def _choice(words: Words, allowed: Collection[VoiceCommand]) -> VoiceCommand | None:
    """A yes or no with a few words around it that do not take it back."""
    while words and words[0] in _FILLERS:
        words = words[1:]
    words = _once(words)
    if not words or len(words) > _CHOICE_WORDS or _HEDGES.intersection(words):
        return _look_up(words, set(allowed) & {_C.YES, _C.NO})
    negative = _NEGATIONS.intersection(words)
    if (words[0] in _SURE_YES or words[-1] in _SURE_YES) and not negative:
        return _C.YES if _C.YES in allowed else None
    if words[0] in _SURE_NO and not _SURE_YES.intersection(words):
        taken_back = _NO_AS_YES.intersection(words) and not _negated(words[1:])
        return _C.NO if _C.NO in allowed and not taken_back else None
    return _look_up(words, set(allowed) & {_C.YES, _C.NO})


def _negated(words: Sequence[str]) -> bool:
    return bool(_NEGATIONS.intersection(words))
