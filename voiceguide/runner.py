"""The one loop: hear, record, act, feed back.

Every input goes the same way: the session takes it, the record keeps it (synced), and only then its effects are
done. So whatever was acted upon can be read again after a crash.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from itertools import count

from voiceguide.errors import EngineError, SoundFileError
from voiceguide.events import (
    Adjust,
    Chime,
    Commanded,
    Earcon,
    Effect,
    End,
    Ended,
    Event,
    Hush,
    MicrophoneFound,
    MicrophoneLost,
    Play,
    PromptEnded,
    Silence,
    SoundKept,
    Speak,
    SpeechDropped,
    SpeechStarted,
    Strike,
    TimePassed,
    Unhush,
    Utterance,
)
from voiceguide.exercise import Partner
from voiceguide.floor import Floor
from voiceguide.hearing import Hypothesis
from voiceguide.hearing.ears import Ears, Found, Heard, Lost, Recognised, Told, Typed
from voiceguide.hearing.listener import Cut, Dropped, Started
from voiceguide.mixer import OUTPUT_RATE
from voiceguide.paths import earcon_file
from voiceguide.playback import Loudspeaker
from voiceguide.roles import Keys, Machine, Record, Watcher
from voiceguide.sound import FRAME_SECONDS, Sound, silence
from voiceguide.sound_files import read_wav
from voiceguide.speaking import Narrator
from voiceguide.voice_commands import VoiceCommand, interpret

GUARD = 0.3
"""Seconds after the guide's last word before anybody is listened to: the room still rings with it."""

_LAST_WORDS = 5.0
"""Seconds that an interrupted session waits for words still being recognised."""

_READING = 15.0
"""Letters a second that people read easily."""


@dataclass
class _Line:
    """What the guide is saying, or is about to."""

    text: str
    place: int
    sound: Future[Sound]
    start: float | None = None


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
    recovered: bool = False
    """A crash took its words: they are kept now, but a command in them is no longer meant."""


class Runner:
    """Runs machines one after the other with the same ears, voice and loudspeaker.

    ``stored`` loads a stored sound by the name a Play effect gives.
    """

    def __init__(
        self,
        ears: Ears,
        narrator: Narrator,
        loudspeaker: Loudspeaker,
        watcher: Watcher,
        keys: Keys,
        stored: Callable[[str], Sound],
    ) -> None:
        self.interrupted = False
        """Set from a signal handler: the session is to end at once, with everything said so far kept."""
        self._ears, self._narrator, self._loudspeaker = ears, narrator, loudspeaker
        self._watcher, self._keys, self._stored = watcher, keys, stored
        self._earcons = {earcon: read_wav(earcon_file(earcon)) for earcon in Earcon}
        self._tickets = count()
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
        self._paused_from = math.inf  # session time from which what was said is not for keeping
        self._floor: Floor | None = None
        self._quiet_since = self._ears.now
        self._why: str | None = None
        self._give_up = math.inf
        self._awaited: dict[int, _Spoken] = {}
        self._pace = self._loudspeaker.volume = 1.0  # the machine's own beginning; the one before may have changed it
        self._take(first)
        for sound in lost:
            self._recover(sound)
        while not self._over():
            self._tick()
        self._take(Ended(self._why or "stopped"))
        return self._why or "stopped"

    def _over(self) -> bool:
        """Nothing is left to do: an end was decided and every word said before is known."""
        if self.interrupted and self._why is None:
            self._why = "stopped"
            self._give_up = self._ears.now + _LAST_WORDS
            self._do(Silence())
            self._stop_listening()
        if self.interrupted and self._ears.now > self._give_up and all(s.audio for s in self._awaited.values()):
            return True  # their sound is kept: the words can be found when the session goes on
        return self._why is not None and not self._awaited

    def _tick(self) -> None:
        for heard in self._ears.poll():
            self._hear(heard)
        self._loudspeaker.tick(self._ears.now - self._ticked)
        self._ticked = self._ears.now
        if self._why is None:
            for command in self._keys.poll(self._machine.commands):
                self._tell(command)
            self._speak_on()
            deadline = self._machine.deadline
            if deadline is not None and self._now >= deadline:
                self._take(TimePassed())
        self._attend()
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
                self._keep(heard)
            case Recognised(ticket, hypothesis):
                self._understand(self._awaited.pop(ticket), hypothesis)
            case Typed(text):
                floor = self._machine.floor
                if floor:
                    spoken = _Spoken(None, floor.partner, floor.choosing, floor.kept, floor.place, None, self._now, 0.0)
                    self._understand(spoken, Hypothesis(text, 1.0, False))
            case Told(command):
                self._tell(command)
            case Lost():
                self._take(MicrophoneLost())
            case Found():
                self._take(MicrophoneFound())

    def _tell(self, command: VoiceCommand) -> None:
        if command in self._machine.commands:
            self._take(Commanded(command))
        else:
            self._watcher.refused(command)

    def _keep(self, cut: Cut) -> None:
        """Sound first: on disk before anybody asks what was said."""
        floor = self._floor
        if floor is None:
            return
        if floor.kept and cut.start - self._zero >= self._paused_from:
            self._take(SpeechDropped())
            return
        start, seconds = round(cut.start - self._zero, 3), round(cut.sound.seconds, 3)
        id = self._record.next_id
        audio = self._record.keep_sound(floor.partner, cut.sound) if floor.kept else None
        if audio:
            self._take(SoundKept(id, floor.partner, audio, start, seconds, floor.place))
        known = id if audio else None
        spoken = _Spoken(known, floor.partner, floor.choosing, floor.kept, floor.place, audio, start, seconds)
        self._await(spoken, cut.sound)

    def _recover(self, sound: SoundKept) -> None:
        spoken = _Spoken(
            sound.id, sound.partner, False, True, sound.place, sound.audio, sound.start, sound.seconds, recovered=True
        )
        try:
            self._await(spoken, self._stored(sound.audio))
        except SoundFileError:  # damaged: nothing can be made of it, and the session goes on without
            self._understand(spoken, Hypothesis("", 0.0, True))

    def _await(self, spoken: _Spoken, sound: Sound) -> None:
        ticket = next(self._tickets)
        self._awaited[ticket] = spoken
        self._ears.recognise(ticket, sound)

    def _understand(self, spoken: _Spoken, hypothesis: Hypothesis) -> None:
        commands = frozenset() if spoken.recovered else self._machine.commands
        found = interpret(hypothesis.text, commands, choosing=spoken.choosing)
        if found is None and not spoken.kept:
            self._take(SpeechDropped())
            return
        # Where nothing is kept, nothing but the command itself may reach the record.
        text = hypothesis.text if spoken.kept or found is None else str(found.command)
        self._take(
            Utterance(
                id=spoken.id or self._record.next_id,
                partner=spoken.partner,
                text=text,
                audio=spoken.audio,
                start=spoken.start,
                seconds=spoken.seconds,
                doubtful=hypothesis.doubtful,
                command=found.command if found else None,
                command_at=found.at if found and spoken.kept else 0,
                place=spoken.place,
            )
        )
        if found and found.command is VoiceCommand.PAUSE:
            self._forget_from(spoken.start + spoken.seconds)

    def _forget_from(self, pause: float) -> None:
        """Somebody has said "pause", which took a moment to understand: what was said since is not kept."""
        self._paused_from = pause - FRAME_SECONDS
        late = [ticket for ticket, spoken in self._awaited.items() if spoken.kept and spoken.start >= self._paused_from]
        for ticket in late:
            spoken = self._awaited[ticket]
            self._awaited[ticket] = replace(spoken, kept=False, id=None, audio=None)
            if spoken.id is not None:
                self._record.strike((spoken.id,))

    # -- effects -------------------------------------------------------------------------------------------------

    def _do(self, effect: Effect) -> None:
        match effect:
            case Speak(text, place, quoting, speaker):
                self._say(_Line(text, place, self._narrator.say(text, self._pace, keep=not quoting)), speaker)
            case Play(audio, text, place, speaker):
                loaded: Future[Sound] = Future()
                try:
                    loaded.set_result(self._stored(audio))
                except SoundFileError:  # a damaged recording: its words are spoken in the guide's voice
                    loaded = self._narrator.say(text, self._pace, keep=False)
                self._say(_Line(text, place, loaded), speaker)
            case Chime(earcon):
                self._loudspeaker.play(self._earcons[earcon])
            case Hush():
                self._held = True
                self._loudspeaker.hold()
            case Unhush():
                self._held = False
                self._loudspeaker.release()
            case Silence():
                self._line, self._held = None, False
                self._loudspeaker.silence()
                self._loudspeaker.release()
            case Strike(ids):
                self._record.strike(ids)
            case Adjust(pace, loudness):
                self._pace, self._loudspeaker.volume = pace, loudness
            case End(why):
                self._why = why
                self._stop_listening()

    def _say(self, line: _Line, speaker: str) -> None:
        self._line = line
        self._watcher.prompt(line.text, speaker)
        for words in self._machine.upcoming:
            self._narrator.prepare(words, self._pace)

    def _speak_on(self) -> None:
        """Begin the line when its sound is ready; tell the session when it has been heard to its end."""
        line = self._line
        if line is None:
            return
        if line.start is None:
            if self._ears.lifelike and not line.sound.done():
                return
            line.start = self._now
            self._loudspeaker.play(self._sound_of(line))
        elif not self._loudspeaker.busy:
            self._line = None
            self._quiet_since = self._ears.now
            self._take(PromptEnded(line.text, line.start, line.place))

    def _sound_of(self, line: _Line) -> Sound:
        try:
            return line.sound.result()
        except EngineError:
            # No voice: the words stand on the screen, and get the time it takes to read them.
            return silence(1.0 + len(line.text) / _READING, OUTPUT_RATE)

    # -- the floor -----------------------------------------------------------------------------------------------

    def _attend(self) -> None:
        """Open the ears for whoever has the floor, once the room is quiet; close them when they have not."""
        wanted = self._machine.floor if self._why is None else None
        if self._floor is not None and wanted != self._floor:
            self._stop_listening()
        quiet = (self._held or not self._loudspeaker.busy) and self._ears.now - self._quiet_since >= GUARD
        if wanted is not None and self._floor is None and (quiet or not self._machine.half_duplex):
            self._floor, self._paused_from = wanted, math.inf
            self._ears.listen(wanted)

    def _stop_listening(self) -> None:
        """What is being said in this moment is cut and kept."""
        cut = self._ears.listen(None)
        if cut:
            self._keep(cut)
        self._floor = None
