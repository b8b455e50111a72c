"""The scribe: turns cuts into utterances.

The sound is on the disk before anybody asks what was said; then its words are awaited, and the command in them is
found. While nobody speaks, what was said before is recognised once more in longer passages.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from voiceguide.errors import SoundFileError
from voiceguide.exercise import Partner
from voiceguide.hearing import Hypothesis
from voiceguide.hearing.doubt import is_drowned
from voiceguide.hearing.ears import UNHEARD, Ears, Recognised
from voiceguide.hearing.listener import Cut
from voiceguide.hearing.passages import BY, Part, Passage, Passages
from voiceguide.hearing.timing import settled
from voiceguide.roles import Machine, Record
from voiceguide.session.events import Amended, Event, SoundKept, SpeechDropped, Times, Utterance
from voiceguide.session.floor import Floor
from voiceguide.sound import FRAME_SECONDS, SAMPLE_BYTES, Sound
from voiceguide.voice_commands import VoiceCommand
from voiceguide.voice_commands.interpreting import interpret_tail
from voiceguide.voice_commands.understanding import understand

_TAIL_PAUSE = 0.25
"""Seconds of quiet before the last words of an utterance from which they are heard by themselves, too."""

_TAIL = 2.2
"""Seconds from the middle of that pause to the end; no command takes longer to say."""


_FAILURES = 3
"""An engine that fails so often on one utterance will not do better."""

_MOST_LOST = 1
"""Words that an utterance may have fewer when its last ones are replaced by its tail."""

_Tail = tuple[float, Hypothesis]
"""Where the last words of an utterance begin in its sound, and what was heard of them alone."""


@dataclass(frozen=True)
class _Spoken:
    """An utterance whose words are awaited."""

    id: int | None
    """None where its sound is not kept."""
    partner: Partner
    choosing: bool
    kept: bool
    place: int
    audio: str | None
    start: float
    seconds: float
    speech: Times = ()
    """Where its sound is speech; unknown after a crash."""
    snr: float | None = None
    """As in Cut; unknown after a crash."""
    recovered: bool = False
    """A crash took its words: they are kept now, but a command in them is no longer meant."""
    failed: int = 0
    """How often the engine failed on it."""


class Scribe:
    """Works for one run of a machine.

    ``take`` is given every event that comes of it; ``stored`` loads a kept sound by its name; ``zero`` is the ears'
    time at which the session's own begins; ``tickets`` numbers what the ears recognise, over all runs; the
    guide is called by ``address``.
    """

    def __init__(
        self,
        ears: Ears,
        machine: Machine,
        record: Record,
        take: Callable[[Event], None],
        stored: Callable[[str], Sound],
        zero: float,
        tickets: Iterator[int],
        address: str,
    ) -> None:
        self._ears, self._machine, self._record, self._take = ears, machine, record, take
        self._stored, self._zero = stored, zero
        self._tickets = tickets
        self._address = address
        self._awaited: dict[int, _Spoken] = {}
        self._tail_of: dict[int, tuple[int, float]] = {}  # ticket of a tail -> its utterance's, and where it begins
        self._tails: dict[int, _Tail] = {}  # ticket of an utterance -> its tail
        self._passages = Passages()
        self._again: tuple[int, Passage] | None = None  # ticket of what is being recognised once more
        self._unheard: list[_Spoken] = []  # whose words the engine did not find, for it failed
        self._late: tuple[int, _Spoken] | None = None  # ticket of one of them that is being recognised again
        self._paused_from = math.inf  # session time from which what was said is not for keeping

    @property
    def awaits(self) -> bool:
        """Somebody's words are not known yet."""
        return bool(self._awaited)

    @property
    def awaits_unkept(self) -> bool:
        """Among them some whose sound is not kept: once let go, they are lost."""
        return any(not spoken.audio for spoken in self._awaited.values())

    # -- sound ---------------------------------------------------------------------------------------------------

    def floor_opens(self) -> None:
        """What is said from now on may be kept."""
        self._paused_from = math.inf

    def keep(self, cut: Cut, floor: Floor) -> None:
        """Take an utterance: sound first, on disk before anybody asks what was said."""
        if floor.kept and cut.start - self._zero >= self._paused_from:
            self._take(SpeechDropped())
            return
        start, seconds = round(cut.start - self._zero, 3), round(cut.sound.seconds, 3)
        id = self._record.next_id
        audio = self._record.keep_sound(floor.partner, cut.sound) if floor.kept else None
        if audio:
            self._take(SoundKept(id, floor.partner, audio, start, seconds, floor.place))
        known = id if audio else None
        self._await(
            _Spoken(
                known,
                floor.partner,
                floor.choosing,
                floor.kept,
                floor.place,
                audio,
                start,
                seconds,
                cut.speech,
                cut.snr,
            ),
            cut.sound,
        )

    def recover(self, sound: SoundKept) -> None:
        """Recognise a kept sound whose words a crash took."""
        spoken = _Spoken(
            sound.id, sound.partner, False, True, sound.place, sound.audio, sound.start, sound.seconds, recovered=True
        )
        try:
            self._await(spoken, self._stored(sound.audio))
        except SoundFileError:  # damaged: nothing can be made of it, and the session goes on without
            self._understand(spoken, Hypothesis("", 0.0, True))

    def read(self, text: str, floor: Floor, now: float) -> None:
        """Take a typed line."""
        spoken = _Spoken(None, floor.partner, floor.choosing, floor.kept, floor.place, None, now, 0.0)
        self._understand(spoken, Hypothesis(text, 1.0, False))

    # -- words ---------------------------------------------------------------------------------------------------

    def hear(self, recognised: Recognised) -> None:
        """Take what was recognised."""
        ticket, heard = recognised.ticket, recognised.hypothesis
        if ticket in self._tail_of:
            whole, at = self._tail_of.pop(ticket)
            self._tails[whole] = at, heard
        elif ticket in self._awaited:
            spoken = self._awaited.pop(ticket)
            self._understand(spoken, heard, self._tails.pop(ticket, None))
            self._try_again(spoken, heard)
        elif self._late and ticket == self._late[0]:
            spoken, self._late = self._late[1], None
            self._understand_late(spoken, heard)
            self._try_again(spoken, heard)
        elif self._again and ticket == self._again[0]:
            passage, self._again = self._again[1], None
            for better in self._passages.amendments(passage, heard):
                self._take(better)

    def _await(self, spoken: _Spoken, sound: Sound) -> None:
        ticket = next(self._tickets)
        at = None if spoken.choosing else _tail(spoken.speech, sound.seconds)
        if at is not None:
            tail = next(self._tickets)
            self._tail_of[tail] = ticket, at
            self._ears.recognise(tail, Sound(sound.frames[round(at * sound.rate) * SAMPLE_BYTES :], sound.rate))
        self._awaited[ticket] = spoken
        self._ears.recognise(ticket, sound)

    def _understand(self, spoken: _Spoken, heard: Hypothesis, tail: _Tail | None = None) -> None:
        commands = frozenset() if spoken.recovered else self._machine.commands
        heard = replace(heard, times=settled(heard.times, spoken.speech))
        found = understand(heard.text, heard.told, commands, spoken.choosing, self._address)
        if found is None and tail and not tail[1].doubtful:
            at, alone = tail
            before = " ".join(heard.text.split()[: _count_before(heard, at)])
            found = interpret_tail(heard.text, before, alone.text, commands, address=self._address)
            if found and found.at == len(heard.text):
                whole, heard = heard, _with_tail(heard, at, alone)
                found = replace(found, at=len(heard.text) - len(alone.text))
                if len(whole.text.split()) - len(heard.text.split()) > _MOST_LOST:  # it was no word that got lost
                    found, heard = None, whole
        noisy = is_drowned(heard, spoken.snr)
        chosen = self._machine.choice(heard.text) if found is None and not spoken.kept else None
        if found is None and not spoken.kept and chosen is None:
            self._take(SpeechDropped(words=bool(heard.text) and not heard.doubtful))
            return
        said = Utterance(
            id=spoken.id or self._record.next_id,
            partner=spoken.partner,
            # Where nothing is kept, nothing but the command or the choice itself may reach the record.
            text=heard.text if spoken.kept else chosen or str(found and found.command),
            audio=spoken.audio,
            start=spoken.start,
            seconds=spoken.seconds,
            doubtful=heard.doubtful or noisy,
            noisy=noisy,
            command=found.command if found else None,
            command_at=found.at if found and spoken.kept else 0,
            place=spoken.place,
            times=heard.times if spoken.kept else (),
        )
        self._take(said)
        if not spoken.choosing:
            self._collect(said, spoken.speech, heard.confidence)
        if found and found.command in (VoiceCommand.PAUSE, VoiceCommand.SUSPEND):
            self._forget_from(spoken.start + spoken.seconds)

    def _try_again(self, spoken: _Spoken, heard: Hypothesis) -> None:
        if heard is UNHEARD and spoken.audio and spoken.failed < _FAILURES:
            self._unheard.append(replace(spoken, failed=spoken.failed + 1))

    def _understand_late(self, spoken: _Spoken, heard: Hypothesis) -> None:
        """Words that came when the session had gone on: they are kept, but a command in them is no longer meant."""
        if heard.text and spoken.id is not None:
            self._take(Amended(spoken.id, heard.text, BY, settled(heard.times, spoken.speech), heard.doubtful))

    def _forget_from(self, pause: float) -> None:
        """Nothing is to be kept from this moment on; what was said while that was being understood is struck."""
        self._paused_from = pause - FRAME_SECONDS
        late = [ticket for ticket, spoken in self._awaited.items() if spoken.kept and spoken.start >= self._paused_from]
        for ticket in late:
            spoken = self._awaited[ticket]
            self._awaited[ticket] = replace(spoken, kept=False, id=None, audio=None)
            if spoken.id is not None:
                self._record.strike((spoken.id,))

    # -- better words --------------------------------------------------------------------------------------------

    @property
    def betters(self) -> bool:
        """Something that was said is being recognised once more, or waits for it."""
        busy = self._again is not None or self._late is not None
        return busy or bool(self._unheard) or self._passages.waiting

    def strike(self, ids: Collection[int]) -> None:
        """Better words of these are not wanted any more."""
        self._passages.strike(ids)
        self._unheard = [spoken for spoken in self._unheard if spoken.id not in ids]
        if self._late and self._late[1].id in ids:
            self._late = None

    def rest(self, listening: bool) -> None:
        """Nobody speaks: there is time to hear a passage again.

        Whoever begins to speak now has not said a word, and paused after it, before that is done, or nearly.
        """
        if self._awaited or self._again or self._late:
            return
        while self._unheard:  # its sound is on the disk, and the engine was started anew
            spoken = self._unheard.pop(0)
            try:
                sound = self._stored(spoken.audio or "")
            except SoundFileError:
                continue
            self._late = next(self._tickets), spoken
            self._ears.recognise(self._late[0], sound)
            return
        if not listening:
            self._passages.end_turn()
        while passage := self._passages.next():
            try:
                sound = passage.sound(self._stored)
            except SoundFileError:  # deleted or damaged: the words stay as they are
                continue
            self._again = next(self._tickets), passage
            self._ears.recognise(self._again[0], sound)
            return

    def _collect(self, said: Utterance, speech: Times, confidence: float) -> None:
        """Put an answer whose sound lies on the disk to those that are heard once more, without a command's sound."""
        count = len(said.answer.split())
        if not (count and said.audio and said.times and confidence > 0):
            return
        if said.command and count < len(said.times):
            end = said.times[count][0]
            speech = tuple((first, min(last, end)) for first, last in speech if first < end)
        if speech:
            self._passages.add(Part(said, speech, confidence))


def _tail(speech: Times, seconds: float) -> float | None:
    """Where, in an utterance's sound, its last words begin: after a pause, and short enough to be a command."""
    for (_, before), (after, _) in reversed(list(pairwise(speech))):
        if after - before >= _TAIL_PAUSE:
            at = (before + after) / 2
            return at if seconds - at <= _TAIL else None
    return None


def _count_before(heard: Hypothesis, at: float) -> int:
    """How many of its words begin before ``at`` (seconds); none where the recogniser does not tell."""
    return sum(start < at for start, _ in heard.times)


def _with_tail(heard: Hypothesis, at: float, tail: Hypothesis) -> Hypothesis:
    """What was heard of an utterance, with the words from ``at`` (seconds) on as its tail alone was heard."""
    count = _count_before(heard, at)
    later = tuple((round(at + start, 2), round(at + end, 2)) for start, end in tail.times)
    times = (*heard.times[:count], *later) if later else ()
    return replace(heard, text=" ".join([*heard.text.split()[:count], tail.text]), times=times)
