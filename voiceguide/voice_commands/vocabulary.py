"""The words of the commands: what people say, and what recognisers make of it."""

from __future__ import annotations

import re

from voiceguide.voice_commands import VoiceCommand

_C = VoiceCommand

Words = tuple[str, ...]
"""Lower case, without apostrophes."""

SENTENCE_ENDS = (".", "!", "?")


def split(text: str) -> list[tuple[str, int]]:
    """Each word, lower case without apostrophes, with its offset; "we're" keeps its own, for "were" ends nothing."""
    straight = re.sub("[\u2018\u2019\u02bc]", "'", text)
    found = [(match[0].lower(), match.start()) for match in re.finditer(r"[^\W_]+(?:'[^\W_]+)*", straight)]
    return [(word if word == "we're" else word.replace("'", ""), at) for word, at in found]


def normalised(text: str) -> Words:
    """Its words alone, lower case without apostrophes."""
    return tuple(word for word, _ in split(text))


def _phrases(listed: str) -> list[Words]:
    return [normalised(phrase) for phrase in listed.split(";")]


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
HEARD_ADDRESS = {"guide": frozenset({"guys"})}
"""18 of 48 times; taken only as the first word."""

SUSPENDING = _phrases(
    """off the record until I say on; off the record until I say so; off the record until I say it; off the record from
    now on; of the record until I say on; of the record until I say so; of the record from now on; off the record until
    I say"""
)
"""An utterance that ends so means it."""

MORE = {
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


def _build() -> dict[Words, tuple[VoiceCommand, ...]]:
    table: dict[Words, tuple[VoiceCommand, ...]] = {}
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
