"""The one loop: hear, record, act, feed back.

Every input goes the same way: the session takes it, the record keeps it (synced), and only then its effects are
done. So whatever was acted upon can be read again after a crash.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count

from voiceguide.errors import EngineError, SoundFileError
from voiceguide.hearing.ears import Ears, Found, Heard, Interrupted, Lost, Recognised, Told, Typed
from voiceguide.hearing.listener import Cut, Dropped, Started
from voiceguide.paths import earcon_file
from voiceguide.roles import Keys, Machine, Record, Watcher
from voiceguide.scribe import Scribe
from voiceguide.session.effects import Adjust, Chime, Earcon, Effect, End, Hush, Play, Silence, Speak, Strike, Unhush
from voiceguide.session.events import (
    BargedIn,
    Commanded,
    Ended,
    Event,
    MicrophoneFound,
    MicrophoneLost,
    PromptEnded,
    SoundKept,
    SpeechDropped,
    SpeechStarted,
    TimePassed,
)
from voiceguide.session.floor import Floor
from voiceguide.sound import Sound, silence
from voiceguide.sound.files import read_wav
from voiceguide.sound.playback import Loudspeaker
from voiceguide.speaking import Narrator, Sentence, unspoken
from voiceguide.voice_commands import VoiceCommand

GUARD = 0.3
"""Seconds after the guide's last word before anybody is listened to: the room still rings with it."""

_LAST_WORDS = 5.0
"""Seconds that an ended session waits: for better words, and an interrupted one for words still being recognised."""


@dataclass
class _Line:
    """What the guide is saying, or is about to."""

    text: str
    place: int
    rest: deque[Sentence]
    """What the loudspeaker was not given yet."""
    spoken: bool = True
    """It goes on with the sentence in which it was held; a recording goes on where it was."""
    start: float | None = None
    written: str = ""
    """Recorded in place of ``text``."""


class Runner:
    """Runs machines one after the other with the same ears, voice and loudspeaker.

    ``stored`` loads a stored sound by the name a Play effect gives; people call the guide by ``address``.
    """

    def __init__(
        self,
        ears: Ears,
        narrator: Narrator,
        loudspeaker: Loudspeaker,
        watcher: Watcher,
        keys: Keys,
        stored: Callable[[str], Sound],
        address: str = "guide",
    ) -> None:
        self.interrupted = False
        """Set from a signal handler: the session is to end at once, with everything said so far kept."""
        self._ears, self._narrator, self._loudspeaker = ears, narrator, loudspeaker
        self._watcher, self._keys, self._stored = watcher, keys, stored
        self._address = address
        self._earcons = {earcon: read_wav(earcon_file(earcon)) for earcon in Earcon}
        self._tickets = count()
        self._pace = 1.0
        self._ticked = ears.now

    def run(
        self,
        machine: Machine,
        record: Record,
        first: Event,
        at: float = 0.0,
        lost: Iterable[SoundKept] = (),
    ) -> str:
        """Run ``machine`` from ``first`` at ``at`` seconds of its own time until it ends; gives why.

        ``lost`` are stored sounds whose words a crash took: they are recognised again.
        Raises RecordError when the record cannot be written; everything before is kept.
        """
        self._machine, self._record = machine, record
        self._zero = self._ears.now - at
        self._line: _Line | None = None
        self._held = False
        self._floor: Floor | None = None
        self._speaking = False
        self._quiet_since = self._ears.now
        self._why: str | None = None
        self._give_up = math.inf
        self._hurried = False
        self._scribe = Scribe(
            self._ears, machine, record, self._take, self._stored, self._zero, self._tickets, self._address
        )
        self._take(first)
        for sound in lost:
            self._scribe.recover(sound)
        while not self._over():
            self._tick()
        self._take(Ended(self._why or "stopped"))
        return self._why or "stopped"

    def _over(self) -> bool:
        """Nothing is left to do: an end was decided and every word said before is known."""
        if self.interrupted and not self._hurried:
            self._hurried = True
            self._do(Silence())
            self._do(End(self._why or "stopped"))
        if self._why is None:
            return False
        late = self._ears.now > self._give_up
        if self._scribe.awaits:  # where their sound is kept, the words can be found when the session goes on
            return self.interrupted and late and not self._scribe.awaits_unkept
        return self.interrupted or late or not self._scribe.betters

    def _tick(self) -> None:
        for heard in self._ears.poll():
            if isinstance(heard, Started | Cut | Dropped):
                self._speaking = isinstance(heard, Started)
            self._hear(heard)
        self._loudspeaker.tick(self._ears.now - self._ticked)
        self._ticked = self._ears.now
        if self._why is None:
            floor = self._machine.floor
            for pressed in self._keys.poll(self._machine.commands, floor):
                if isinstance(pressed, VoiceCommand):
                    self._tell(pressed)
                elif floor:
                    self._scribe.read(pressed, floor, self._now)
            self._speak_on()
            deadline = self._machine.deadline
            if deadline is not None and self._now >= deadline:
                self._take(TimePassed())
        self._attend()
        if not self._speaking:
            self._scribe.rest(listening=self._floor is not None)
        self._watcher.refresh(self._now, self._ears.level, self._floor is not None)

    @property
    def _now(self) -> float:
        """The session's time, rounded as the record keeps it, so that a replay computes with the same numbers."""
        return round(self._ears.now - self._zero, 3)

    # -- inputs --------------------------------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        """Session first, for it may refuse; then the record; then the effects."""
        now = self._now
        effects = self._machine.handle(event, now)
        self._record.append(event, now)
        self._watcher.took(event)
        for effect in effects:
            self._do(effect)

    def _hear(self, heard: Heard) -> None:
        match heard:
            case Started():
                # The floor may have closed in this very tick; what is said is still cut and kept.
                if self._machine.floor:
                    self._take(SpeechStarted())
            case Dropped():
                self._take(SpeechDropped())
            case Cut():
                if self._floor:
                    self._scribe.keep(heard, self._floor)
            case Recognised():
                self._scribe.hear(heard)
            case Typed(text):
                floor = self._machine.floor
                if floor:
                    self._scribe.read(text, floor, self._now)
            case Told(command):
                self._tell(command)
            case Interrupted():
                if self._machine.interruptible:
                    self._take(BargedIn())
            case Lost():
                self._take(MicrophoneLost())
            case Found():
                self._take(MicrophoneFound())

    def _tell(self, command: VoiceCommand) -> None:
        if command in self._machine.commands:
            self._take(Commanded(command))
        else:
            self._watcher.refused(command)

    # -- effects -------------------------------------------------------------------------------------------------

    def _do(self, effect: Effect) -> None:
        match effect:
            case Speak(text, place, quoting, speaker, written, voice, pace):
                said = self._narrator.say(text, self._pace * pace, not quoting, voice)
                self._say(_Line(text, place, deque(said), written=written), speaker)
            case Play(audio, text, place, speaker, voice):
                loaded: Future[Sound] = Future()
                try:
                    loaded.set_result(self._stored(audio))
                    said = [Sentence(text, loaded, 0.0)]
                except SoundFileError:  # a damaged recording: its words are spoken
                    said = self._narrator.say(text, self._pace, False, voice)
                self._say(_Line(text, place, deque(said), spoken=False), speaker)
            case Chime(earcon):
                self._loudspeaker.play(self._earcons[earcon])
            case Hush():
                self._held = True
                self._quiet_since = self._ears.now + self._loudspeaker.latency
                self._loudspeaker.hold()
            case Unhush():
                self._held = False
                line = self._line
                self._loudspeaker.release(again=line is not None and line.spoken and line.start is not None)
            case Silence():
                self._line, self._held = None, False
                self._loudspeaker.silence()
                self._loudspeaker.release()
            case Strike(ids):
                self._record.strike(ids)
                self._scribe.strike(ids)
            case Adjust(pace, loudness):
                self._pace, self._loudspeaker.volume = pace, loudness
            case End(why):
                self._why = why
                self._give_up = self._ears.now + _LAST_WORDS
                self._stop_listening()

    def _say(self, line: _Line, speaker: str) -> None:
        self._line = line
        self._watcher.prompt(line.text, speaker)
        for ahead in self._machine.upcoming:
            self._narrator.say(ahead.text, self._pace * ahead.pace, not ahead.quoting, ahead.voice, ahead=True)

    def _speak_on(self) -> None:
        """Play of the line what is ready; tell the session when it has been heard to its end."""
        line = self._line
        if line is None:
            return
        if line.start is not None and not line.rest and not self._loudspeaker.busy:
            self._line = None
            self._quiet_since = self._ears.now
            self._take(PromptEnded(line.written or line.text, line.start, line.place))
            return
        if line.rest and (line.rest[0].sound.done() or not self._ears.lifelike):
            if line.start is None:
                line.start = self._now
            sentence = line.rest.popleft()
            self._loudspeaker.play(_sound_of(sentence, last=not line.rest))

    # -- the floor -----------------------------------------------------------------------------------------------

    def _attend(self) -> None:
        """Open the ears for whoever has the floor, once the room is quiet; close them when they have not."""
        talking = self._machine.interruptible and self._why is None
        # Also between two sentences, should the second be late: it is still the guide's turn.
        speaking = self._loudspeaker.busy or (self._line is not None and self._line.start is not None)
        self._ears.overhear(talking and not self._held and speaking)
        wanted = self._machine.floor if self._why is None else None
        if self._floor is not None and wanted != self._floor:
            self._stop_listening()
        quiet = (self._held or not self._loudspeaker.busy) and self._ears.now - self._quiet_since >= GUARD
        if wanted is not None and self._floor is None and (quiet or not self._machine.half_duplex):
            self._floor = wanted
            self._scribe.floor_opens()
            self._ears.listen(wanted)

    def _stop_listening(self) -> None:
        """What is being said in this moment is cut and kept."""
        cut = self._ears.listen(None)
        if cut and self._floor:
            self._scribe.keep(cut, self._floor)
        self._floor, self._speaking = None, False


def _sound_of(sentence: Sentence, last: bool) -> Sound:
    try:
        sound = sentence.sound.result()
    except EngineError:
        # No voice: the words stand on the screen, and get the time it takes to read them.
        sound = unspoken(sentence.text)
    return sound if last else Sound(sound.frames + silence(sentence.pause, sound.rate).frames, sound.rate)
