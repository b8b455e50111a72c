"""What the guide can be told: from a recogniser's hypothesis to a voice command, or to none.

People say "stop", "next" and "done" to each other all the time, so a command counts only where it is the whole
hypothesis (which is cut at every short pause) or is addressed to the guide; and the commands that end or remove
something are taken in exact words only. What is no command belongs to the answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum


class VoiceCommand(StrEnum):
    """Everything a partner can tell the guide, by voice, key or slash."""

    YES = "yes"
    NO = "no"
    UNSURE = "I don't know"
    DONE = "done"
    PAUSE = "pause"
    CONTINUE = "continue"
    REPEAT = "repeat"
    NEXT = "next"
    BACK = "back"
    SLOWER = "slower"
    FASTER = "faster"
    LOUDER = "louder"
    QUIETER = "quieter"
    MORE_TIME = "more time"
    TAKE_YOUR_TIME = "take your time"
    HOW_LONG = "how long"
    HELP = "help"
    WHAT_DID_I_SAY = "what did I say"
    OFF_THE_RECORD = "off the record"
    SUSPEND = "off the record until I say on"
    ON_THE_RECORD = "on the record"
    BREAK = "break"
    STOP = "stop"


@dataclass(frozen=True)
class Interpretation:
    """A command found in a hypothesis."""

    command: VoiceCommand
    at: int
    """Offset in the hypothesis (characters) where the command's words begin; before it stands the answer."""


_C = VoiceCommand


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


SPOKEN: dict[VoiceCommand, str] = {command: command.value for command in _C} | {_C.DONE: "I'm done"}
"""One way to say each command, for help and the screen; every one is understood."""

_SAID: dict[VoiceCommand, str] = {
    _C.YES: """yes; yeah; yep; yup; sure; of course; okay; ok; all right; alright; absolutely; definitely; correct;
        right; exactly; that's right; that is right; that's it; ready; I'm ready; I am ready; we're ready;
        we are ready; I do; I am; we are; we do; you did; it is; please do; go ahead; mm hm; mm hmm;
        mmhm; mmhmm; mhm; uh huh""",
    _C.NO: """no; nope; nah; not yet; not really; not quite; not exactly; not now; not ready; I'm not ready;
        I am not ready; we're not ready; we are not ready; I'm not; I am not; I don't; I do not; I'd rather not;
        no thanks; that's not it; that's not right; that's wrong; rather not""",
    _C.UNSURE: """I don't know; I do not know; don't know; do not know; dunno; I'm not sure; I am not sure; not sure;
        no idea; I have no idea; I can't say; I cannot say; we don't know; we're not sure; hard to say; you choose""",
    _C.DONE: """done; I'm done; I am done; I'm all done; I'm finished; I am finished; finished; that's all; that is all;
        and that's all; so that's all; well that's all; we're done; we are done""",
    _C.PAUSE: "pause; pause here; let's pause; can we pause; could we pause; I need a pause; we need a pause",
    _C.BREAK: """break; a break; take a break; let's take a break; can we take a break; could we take a break;
        I need a break; we need a break; time out; timeout; I need a time out""",
    _C.CONTINUE: "continue; go on; carry on; keep going; resume; let's continue; let's go on; I'm back; we're back",
    _C.REPEAT: """repeat; repeat that; repeat it; repeat the question; say that again; say it again; once more;
        can you repeat that; could you repeat that; can you say that again; could you say that again""",
    _C.NEXT: "next; next step; next one; skip; skip it; skip this; skip this step",
    _C.BACK: "back; go back; one step back; previous; previous step",
    _C.SLOWER: "slower; speak slower; talk slower; more slowly; speak more slowly; slow down; too fast",
    _C.FASTER: "faster; speak faster; talk faster; speed up; too slow",
    _C.LOUDER: "louder; speak louder; speak up; too quiet",
    _C.QUIETER: "quieter; speak quieter; speak more quietly; softer; too loud; not so loud",
    _C.MORE_TIME: "more time; I need more time; give me more time; a little more time",
    _C.TAKE_YOUR_TIME: "take your time",
    _C.HOW_LONG: """how long; how long is left; how long do I have; how much longer; how much time; how much time is
        left; how much time do I have; how much time do I have left""",
    _C.HELP: "help; what are the commands; list the commands",
    _C.WHAT_DID_I_SAY: "what did I say; what have I said; read it back; read that back",
    _C.OFF_THE_RECORD: "off the record; take that off the record",
    _C.SUSPEND: """stay off the record; go off the record; stop recording; don't record this; do not record this;
        don't record that; nothing on the record""",
    _C.ON_THE_RECORD: "on; on the record; back on the record; on the record again; you can record again",
    _C.STOP: "stop; stop the session; stop the exercise; end the session",
}

_BEGIN = "begin; let's begin; start; let's start; go; let's go"
"""With the words for continuing: a yes where the session waits to move on, "continue" where it is paused."""

# What the packaged Whisper tiny.en made of each phrase: espeak-ng said it in eight voices (British, American,
# Scottish, Caribbean; women and men; 125 to 185 words a minute), each with faint and with loud hiss, then in the voices
# of `scripts/bench commands`, which lists what was missed; and six people said yes, no, stop, go and right. Kept is
# what came back, what hardly anybody would say alone in an answer, and whose command does no harm if it is mistaken.
# So not: "time" and "none" (done), "kid" (skip), "mac" and "black" (back), "oh" (pause), "I love you" (how long),
# "hell" (help), "why I do" (quieter), "mmm, mmm" (mm-hm; it may be a no).
_HEARD: dict[VoiceCommand, str] = {
    _C.NO: "now; not great",
    _C.CONTINUE: "go long",
    _C.BACK: "bock; boc",
    _C.SLOWER: "slow; slow air; slow it; slow here; slow her; solar; it's lower",
    _C.FASTER: "fast; fast up",
    _C.LOUDER: "loud; loud good; loud there; loader",
    _C.QUIETER: "quiet; quiet up",
    _C.WHAT_DID_I_SAY: "well did I say; what been I say; what did I said; what did I did",
}
_HEARD_BEGIN = "big end"
_HEARD_ADDRESS = {"guide": frozenset({"guys"})}
"""18 of 48 times; taken only as the first word."""

EXACT = frozenset({_C.DONE, _C.STOP, _C.OFF_THE_RECORD, _C.SUSPEND, _C.ON_THE_RECORD, _C.NEXT})
"""They end or remove something, or decide what is kept: no request around them is unwrapped but plain politeness."""

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

_SENTENCE_ENDS = (".", "!", "?")

_Words = tuple[str, ...]


def _split(text: str) -> list[tuple[str, int]]:
    """Each word, lower case without apostrophes, with its offset; "we're" keeps its own, for "were" ends nothing."""
    straight = re.sub("[\u2018\u2019\u02bc]", "'", text)
    found = [(match[0].lower(), match.start()) for match in re.finditer(r"[^\W_]+(?:'[^\W_]+)*", straight)]
    return [(word if word == "we're" else word.replace("'", ""), at) for word, at in found]


def normalised(text: str) -> _Words:
    """Its words alone, lower case without apostrophes."""
    return tuple(word for word, _ in _split(text))


def _phrases(listed: str) -> list[_Words]:
    return [normalised(phrase) for phrase in listed.split(";")]


_SUSPENDING = _phrases(
    """off the record until I say on; off the record until I say so; off the record until I say it; off the record from
    now on; of the record until I say on; of the record until I say so; of the record from now on; off the record until
    I say"""
)
"""An utterance that ends so means it."""

_CHOICES = frozenset({_C.YES, _C.NO, _C.UNSURE})

_MORE = {
    words: command
    for command, listed in (
        (_C.YES, "yes; yeah; yep; yup; yes there is; there is"),
        (_C.NO, """no; nope; nah; nothing; nothing more; nothing else; no nothing; no nothing more; no nothing else;
            not really; no not really; no more; no thanks; no thank you; there isn't; no there isn't; there is not;
            no there is not; no there's nothing; no there's nothing more; no that's all; no that is all;
            no that's it; that's it; no I'm done; no I am done; no I'm finished; no I am finished"""),
    )
    for words in _phrases(listed)
}  # fmt: skip
"""Answers to "anything more?". Only these: whatever else begins with a yes or a no is a piece of the answer."""


def _build() -> dict[_Words, tuple[VoiceCommand, ...]]:
    table: dict[_Words, tuple[VoiceCommand, ...]] = {}
    for listed in (_SAID, _HEARD):
        for command, phrases in listed.items():
            for words in _phrases(phrases):
                table[words] = (*table.get(words, ()), command)
    for words in _phrases(f"{_SAID[_C.CONTINUE]}; {_HEARD[_C.CONTINUE]}; {_BEGIN}; {_HEARD_BEGIN}"):
        table[words] = (_C.CONTINUE, _C.YES)
    return table


PHRASES = _build()
"""Normalised words -> what they may mean; the first that is allowed wins."""

CONFUSIONS = frozenset(words for listed in (*_HEARD.values(), _HEARD_BEGIN) for words in _phrases(listed))
"""Those of them that nobody says to the guide: the recogniser makes them of commands."""


def phrases_for(allowed: Collection[VoiceCommand]) -> list[str]:
    """One way to say each allowed command, in the order of ``VoiceCommand``."""
    return [SPOKEN[command] for command in VoiceCommand if command in allowed]


def interpret(
    text: str, allowed: Collection[VoiceCommand], choosing: bool = False, address: str = "guide"
) -> Interpretation | None:
    """The command that a hypothesis is, or ends in; None when all of it belongs to the answer.

    ``allowed`` are the commands legal now; ``choosing`` reads yes and no more loosely, for a question that waits
    for them; ``address`` is the one word by which the guide is called.
    """
    found = _split(text)
    words = tuple(word for word, _ in found)
    if not words:
        return None
    for ending in _SUSPENDING if _C.SUSPEND in allowed else ():
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
    found = _split(text)
    words = tuple(word for word, _ in found)
    answer = _MORE.get(_once(_without_politeness(words))) if words else None
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
    words, last = _split(text), [word for word, _ in _split(tail)]
    at = len(text)
    if [word for word, _ in words[-len(last) :]] == last:
        at = words[-len(last)][1]
        before = text[:at]
    elif meant.command in EXACT - {_C.DONE}:  # nothing gives back what they take, as speech does after "I'm done"
        return None
    ended = before.rstrip().endswith(_SENTENCE_ENDS) and not before.rstrip().endswith("..")
    return Interpretation(meant.command, at) if ended else None


def _addressed(words: _Words, call: str) -> tuple[int, _Words]:
    """Index at which the guide is last called, and the words after its name; none if it is not called."""
    heard = _HEARD_ADDRESS.get(call, frozenset())
    for at in range(len(words) - 1, -1, -1):
        opening = all(word in _CALLS or word == call for word in words[:at])
        if words[at] != call and not (opening and words[at] in heard):
            continue
        if at > 0 and words[at - 1] in _THINGS:
            continue
        start = 0 if opening else at
        while start > 0 and words[start - 1] in (call, "hey", "hi"):
            start -= 1
        return start, words[at + 1 :]
    return 0, ()


def _meaning(words: _Words, allowed: Collection[VoiceCommand], addressed: bool = False) -> VoiceCommand | None:
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


def _look_up(words: _Words, allowed: Collection[VoiceCommand]) -> VoiceCommand | None:
    for command in PHRASES.get(words, ()):
        # "Go on" answers a question that leads onward; it is no consent, and no wish to remove something.
        onward = command is not _C.YES or _C.CONTINUE not in PHRASES[words] or _C.NEXT in allowed
        if command in allowed and onward:
            return command
    return None


def _once(words: _Words) -> _Words:
    """ "Yes yes yes" said once."""
    for size in range(1, len(words) // 2 + 1):
        if len(words) % size == 0 and words == words[:size] * (len(words) // size):
            return words[:size]
    return words


def _without_politeness(words: _Words) -> _Words:
    while len(words) > 1 and words[0] in _POLITE_BEFORE:
        words = words[1:]
    if words in _ABOUT_TIME:
        return words
    for polite in _POLITE_AFTER:
        if len(words) > len(polite) and words[-len(polite) :] == polite:
            words = words[: -len(polite)]
    return words


def _choice(words: _Words, allowed: Collection[VoiceCommand]) -> VoiceCommand | None:
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
