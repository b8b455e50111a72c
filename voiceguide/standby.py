"""The other loop: nobody is guided, and the guide waits to be called by its name.

Nothing heard here is recorded, printed or written. What nobody called the guide with is dropped before anybody but the
recogniser has seen it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from voiceguide.hearing import Hypothesis
from voiceguide.hearing.ears import Ears, Found, Heard, Lost, Recognised, Spotted
from voiceguide.hearing.openings import Opening, Openings, Whole
from voiceguide.paths import earcon_file
from voiceguide.runner import GUARD
from voiceguide.session import phrases_waiting
from voiceguide.session.asking import Asked
from voiceguide.session.effects import Earcon
from voiceguide.session.floor import Floor
from voiceguide.sound import Sound
from voiceguide.sound.files import read_wav
from voiceguide.sound.playback import Loudspeaker
from voiceguide.voice_commands.waking import Wake, request_in, wake_in

REQUEST = 8.0
"""Seconds in which somebody who was asked for it says what they would like."""

_FLOOR = Floor("both", choosing=True, kept=False, place=0)
_SOUNDS = (Earcon.YOUR_TURN, Earcon.TIME_UP)


@dataclass(frozen=True)
class Request:
    """Somebody called the guide."""

    text: str
    """Everything they said, its name included."""
    asked: Asked | None
    """What that asks for; None where it is not understood."""


@dataclass
class _Utterance:
    """What is being said after a pause."""

    number: int
    """Counts in the order in which they were said."""
    wake: Wake | None
    """Whether it begins with a call; None while the recogniser looks for one."""
    whole: Sound | None = None
    """All of it, once it has ended."""


class Standby:
    """Waits with ears whose listener is ``openings``.

    ``understand`` reads a request; ``tell`` is told what is waited for, and what becomes of the microphone; people call
    the guide by ``address``.
    """

    def __init__(
        self,
        ears: Ears,
        openings: Openings,
        loudspeaker: Loudspeaker,
        understand: Callable[[str], Asked | None],
        address: str,
        tell: Callable[[str], None],
    ) -> None:
        self._ears, self._openings, self._loudspeaker = ears, openings, loudspeaker
        self._understand, self._address, self._tell = understand, address, tell
        self._earcons = {earcon: read_wav(earcon_file(earcon)) for earcon in _SOUNDS}
        self._tickets, self._numbers = count(), count()
        self._awaited: dict[int, _Utterance] = {}  # by ticket
        self._behind: list[_Utterance] = []  # no calls, but said after what may be one
        self._running: _Utterance | None = None
        self._until = math.inf  # until when a request is waited for; for ever: only for the name
        self._request: Request | None = None

    def wait(self, over: Callable[[], bool], asked: bool = False) -> Request | None:
        """Wait for a request until it is ``over``: then None. ``asked``: the guide has just asked for one."""
        self._request, self._running, self._until = None, None, math.inf
        self._awaited.clear()
        self._behind.clear()
        self._rest_of_the_guide(over)
        self._ears.listen(_FLOOR)
        if asked:
            self._ask()
        else:
            self._tell(phrases_waiting.waiting(self._address))
        ticked = self._ears.now
        while not (self._request or over()):
            self._give_up()
            for heard in self._ears.poll():
                self._hear(heard)
            self._loudspeaker.tick(self._ears.now - ticked)
            ticked = self._ears.now
        self._ears.listen(None)
        return self._request

    def _rest_of_the_guide(self, over: Callable[[], bool]) -> None:
        """Let the guide's last word, and what rings of it in the room, pass unheard."""
        quiet_since = ticked = self._ears.now
        while not over() and self._ears.now - quiet_since < GUARD:
            self._ears.poll()
            self._loudspeaker.tick(self._ears.now - ticked)
            ticked = self._ears.now
            if self._loudspeaker.busy:
                quiet_since = ticked

    @property
    def _asking(self) -> bool:
        return self._until < math.inf

    def _ask(self) -> None:
        self._loudspeaker.play(self._earcons[Earcon.YOUR_TURN])
        self._until = self._ears.now + REQUEST
        self._tell(phrases_waiting.listening_for_a_request())

    def _give_up(self) -> None:
        """Nobody says what they would like: only the name counts again."""
        if self._asking and not self._openings.speaking and not self._awaited and self._ears.now > self._until:
            self._until = math.inf
            self._loudspeaker.play(self._earcons[Earcon.TIME_UP])
            self._tell(phrases_waiting.waiting(self._address))

    def _hear(self, heard: Heard) -> None:
        match heard:
            case Opening(sound, whole):
                self._running = utterance = _Utterance(next(self._numbers), Wake.NO if self._asking else None)
                if whole:
                    self._end(sound)
                if utterance.wake is None:
                    self._await(utterance, lambda ticket: self._ears.spot(ticket, sound, self._address))
            case Whole(sound):
                self._end(sound)
            case Spotted(ticket, wake) if ticket in self._awaited:
                self._judge(self._awaited.pop(ticket), wake)
            case Recognised(ticket, hypothesis) if ticket in self._awaited:
                self._take(hypothesis, self._awaited.pop(ticket).wake or Wake.NO)
                self._look_behind()
            case Lost():
                self._running = None
                self._tell("The microphone is gone; the guide waits for it.")
            case Found():
                self._tell("The microphone is back.")
                self._ears.listen(_FLOOR)

    def _await(self, utterance: _Utterance, begin: Callable[[int], None]) -> None:
        ticket = next(self._tickets)
        self._awaited[ticket] = utterance
        begin(ticket)

    def _judge(self, utterance: _Utterance, wake: Wake) -> None:
        """It is known whether this one begins with a call.

        Utterances are judged and recognised in the order in which they were said. So while the guide asks, this one
        came after the call, however late it is judged; and it may have, while an earlier one that calls is recognised.
        """
        utterance.wake = wake
        if wake or self._asking:
            self._go_on(utterance)
        elif any(other.wake and other.number < utterance.number for other in self._awaited.values()):
            self._behind.append(utterance)
        elif utterance is self._running:
            self._running = None
            self._openings.drop()

    def _look_behind(self) -> None:
        """What may have been a call is known: judge again what was said after it."""
        behind, self._behind = self._behind, []
        for utterance in behind:
            self._judge(utterance, Wake.NO)

    def _end(self, sound: Sound) -> None:
        """The running utterance has ended, and this is all of it."""
        utterance, self._running = self._running, None
        if utterance:
            utterance.whole = sound
            self._go_on(utterance)

    def _go_on(self, utterance: _Utterance) -> None:
        """Recognise all of an utterance that is wanted, once it has ended and was judged."""
        sound = utterance.whole
        if sound and utterance.wake is not None and (utterance.wake or self._asking):
            self._await(utterance, lambda ticket: self._ears.recognise(ticket, sound))

    def _take(self, heard: Hypothesis, wake: Wake) -> None:
        """All words of an utterance are known."""
        wake = max(wake, wake_in(heard.text, self._address))
        words = request_in(heard.text, self._address) if wake else heard.text
        asked = self._understand(words) if words else None
        if not words:
            if wake is Wake.YES or (wake and self._asking):
                self._ask()
        elif wake is Wake.YES or asked or (self._asking and not heard.doubtful):
            self._request = Request(heard.text, asked)
