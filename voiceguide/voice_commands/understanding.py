"""What an utterance means to the guide: by its words, or else by a second opinion.

A recogniser that is told the commands finds "louder" where one that is not hears "wow, that one"; but it finds
commands in other words, too. So the words stay what was heard without. A second opinion may only add a command, where
it is sure and heard one of the very phrases it was told; and none that answers a question, ends or removes something,
leaves the step, or begins or ends a pause, in which nothing is kept.
"""

from __future__ import annotations

from collections.abc import Collection

from voiceguide.voice_commands import SPOKEN, VoiceCommand
from voiceguide.voice_commands.interpreting import EXACT, Interpretation, interpret, interpret_more
from voiceguide.voice_commands.vocabulary import normalised

_C = VoiceCommand

_ADDED = {
    normalised(phrase): command
    for command, phrase in SPOKEN.items()
    if command not in EXACT | {_C.YES, _C.NO, _C.PAUSE, _C.CONTINUE, _C.BACK}
}


def understand(
    text: str, told: str, allowed: Collection[VoiceCommand], choosing: bool = False, address: str = "guide"
) -> Interpretation | None:
    """The command that an utterance is, or ends in; None when all of it belongs to the answer.

    ``told`` is what an engine that was told the commands heard and is sure of, empty for nothing; the rest is as in
    ``interpret``. A second opinion is on the whole utterance.
    """
    if choosing:
        found = interpret(text, allowed, choosing=True, address=address)
    else:
        found = interpret_more(text, allowed, address=address)
    added = _ADDED.get(normalised(told))
    return found or (Interpretation(added, 0) if added and added in allowed else None)
