"""The turn-taking machine: who has the floor, what the guide says, what happens next.

Sans-IO, after python-hyper/h11: no sound, no clock, no threads. The runner feeds inputs (``handle(event, now)``)
and does the effects that come back; ``deadline`` says when it wants a TimePassed. The same inputs at the same
times give the same state, so resuming a stored session is feeding its record and throwing the effects away.
"""

from __future__ import annotations

from voiceguide import asides, phrases
from voiceguide.barge_in import BargeIn
from voiceguide.errors import IllegalEventError
from voiceguide.events import (
    Adjust,
    Amended,
    BargedIn,
    Begun,
    Chime,
    Commanded,
    Earcon,
    Effect,
    Ended,
    Event,
    Hush,
    MicrophoneFound,
    MicrophoneLost,
    PromptEnded,
    Resumed,
    SpeechDropped,
    SpeechStarted,
    Strike,
    TimePassed,
    Unhush,
    Utterance,
)
from voiceguide.exercise import Partner, StepKind, neighbour
from voiceguide.floor import FloorClock, Pending
from voiceguide.patience import MOST_DOUBLINGS
from voiceguide.said import FLOORS
from voiceguide.standing import Standing
from voiceguide.states import TABLE, Signal, State, signal_of
from voiceguide.turn import Turn
from voiceguide.voice_commands import VoiceCommand

_NUDGES = 2  # a question is asked again this often before the guide waits in silence


class Session(Standing):
    """One run of a bound exercise: ``handle`` moves it on."""

    # -- the machine ---------------------------------------------------------------------------------------------

    def handle(self, event: Event, now: float) -> list[Effect]:
        """Take an input at ``now`` (seconds since the session's start) and say what to do.

        Raises IllegalEventError, having changed nothing, where the table has no such arrow.
        """
        signal = self._signal(event, now)
        if signal is None or signal not in TABLE[self.state]:
            raise IllegalEventError(f"The session cannot take {type(event).__name__} while it is {self.state.value!r}.")
        before, self.state = self.state, TABLE[self.state][signal]
        self._pending = self._pending.after(event)
        self._noise = self._noise.after(event, now, bool(self._pending.speech))
        if isinstance(event, MicrophoneLost | MicrophoneFound):
            self.missing = isinstance(event, MicrophoneLost)
        if isinstance(event, Begun | Resumed):
            self._patience = event.patience
        if isinstance(event, Utterance):
            self._said.add(event, self.step)
        if isinstance(event, Amended):
            self._said.amend(event)
            return []  # nobody has said anything: nothing that waits has to wait longer
        interrupted = self.interrupted
        effects = self._act(signal, event, before, now)
        if interrupted:
            effects = self._after_barge_in(signal, event, effects, now)
        listening = self.floor is not None and self.state in (State.FLOOR, State.CLOSING)
        quiet = listening and self.state is State.FLOOR and not self._pending.speech
        self._turn = self._turn.after(event, listening, quiet, now)
        return effects

    def _signal(self, event: Event, now: float) -> Signal | None:
        """What the event means here; None where it is illegal whatever the state's row says."""
        match event:
            case Begun():
                return Signal.BEGIN
            case Resumed():
                return None if self.state is State.ENDED and self._guide.leaving == "completed" else Signal.RESUME
            case Ended():
                return Signal.END
            case SpeechStarted():
                return Signal.SPEECH if self.floor else None
            case BargedIn():
                return Signal.NOTED if self.interruptible else None
            case TimePassed() if self.deadline is not None and now >= self.deadline:
                return Signal.NOTED if self.interrupted else Signal.TIME
            case TimePassed():
                # Earlier records tell of it where nothing is due any more: in mid-speech, after doubtful words.
                return Signal.NOTED if self.state is State.FLOOR and not self.interrupted else None
            case MicrophoneLost():
                return Signal.NOTED if self._guide.leaving or self.state is State.PAUSED else Signal.LOST
            case MicrophoneFound() if self.state is State.PAUSED:
                return Signal.ASIDE if self._asked else Signal.FOUND
            case PromptEnded() if not self._guide.held:
                return self._prompt_signal()
            case Commanded(command) | Utterance(command=VoiceCommand() as command):
                if command not in self.commands:
                    return None
                return Signal.ASIDE if self._in_vain(command) else signal_of(command)
            case Utterance(text="", struck=False):
                return Signal.NOTED
            case Utterance() if self.state is State.CLOSING and self._pending.early:
                return Signal.NOTED
            case Utterance() if self.state in (State.FLOOR, State.CLOSING):
                return Signal.WORDS
            case Utterance() if self.state in (State.GATE, State.STRIKING):
                return Signal.UNCLEAR
        return Signal.NOTED

    def _in_vain(self, command: VoiceCommand) -> bool:
        """There is nothing to go on to, or to remove: the guide says so instead."""
        if command is VoiceCommand.OFF_THE_RECORD:
            return not self._said.last
        return command is VoiceCommand.CONTINUE and self.missing

    def _prompt_signal(self) -> Signal | None:
        if self._guide.aside:
            return Signal.ASIDE_ENDED
        if self.state is not State.GUIDE:
            return None
        if len(self._guide.lines) > 1 or self._guide.leaving or self.step is None:
            return Signal.NEXT_LINE
        if self.step.kind in FLOORS:
            return Signal.FLOOR_OPENS
        return Signal.GATE_OPENS if self.step.kind is StepKind.ASK else Signal.NEXT_STEP

    def _act(self, signal: Signal, event: Event, before: State, now: float) -> list[Effect]:
        match signal:
            case Signal.BEGIN:
                return self._enter(0)
            case Signal.RESUME:
                return self._resume(before)
            case Signal.END if isinstance(event, Ended):
                self._guide.aside = self._guide.held = False
                self._guide.leaving = event.why
            case Signal.NEXT_LINE:
                return self._guide.next_line(self.place)
            case Signal.NEXT_STEP:
                return self._enter(self.step.then if self.step else self.index)
            case Signal.FLOOR_OPENS | Signal.GATE_OPENS | Signal.ASIDE_ENDED:
                return self._open(now)
            case Signal.NOTED if isinstance(event, BargedIn):
                self._barge_in = self._barge_in.began(now)
                return [Hush()]
            case Signal.NOTED if isinstance(event, PromptEnded):
                self._guide.said_held()
            case Signal.NOTED if self.state is State.CLOSING:
                self._due = now + self.patience.soft_end
            case Signal.UNCLEAR if self.state is State.GATE and self._noise.explains(now):
                return self._say_it_is_loud(phrases.loud_question(), now)
            case Signal.UNCLEAR | Signal.STRIKE:
                self._tries += signal is Signal.UNCLEAR
                return self._guide.say_aside(self._asked_again(), self.place)
            case Signal.TIME:
                return self._time(before, now)
            case Signal.YES if self.state is State.FLOOR:  # there is more, and the floor is theirs
                return [*self._guide.hush(), *self._open(now)] if self._guide.aside else []
            case Signal.DONE | Signal.NO if self.state is State.CLOSING:
                self._due = now + self.patience.soft_end
                return [*(self._guide.hush() if self._guide.aside else []), Chime(Earcon.HEARD)]
            case Signal.YES | Signal.NO:
                return self._decide(signal is Signal.YES, before)
            case Signal.PAUSE | Signal.LOST:
                return self._pause(signal is Signal.PAUSE, before)
            case Signal.CONTINUE | Signal.FOUND:
                return self._go_on(signal is Signal.FOUND)
            case Signal.REPEAT:
                return self._again()
            case Signal.NEXT | Signal.BACK:
                return self._enter(neighbour(self.steps, self.place, forward=signal is Signal.NEXT))
            case Signal.STOP:
                return self._stop()
            case Signal.ASIDE:
                return self._answer(event, now)
        return []

    # -- what the signals do -------------------------------------------------------------------------------------

    def _enter(self, index: int) -> list[Effect]:
        """Begin a step, or take leave after the last."""
        self._said.close()
        self.index, self._tries = index, 0
        if self.step is None:
            self._turn = Turn()
            return self._guide.leave("completed", self._farewell, 0)
        self._turn = Turn(FloorClock(self.step.seconds), self.step.endless)
        return self._guide.say(self.step.prompt, place=self.place)

    def _resume(self, before: State) -> list[Effect]:
        if before is State.READY:
            return self._enter(0)
        self._pending, self._tries, self.missing, self._guide.leaving = Pending(), 0, False, None
        self._turn, self._barge_in = self._turn.resumed(), BargeIn()
        if self.step is None:
            return self._guide.leave("completed", self._farewell, 0)
        welcome = phrases.welcome_back(self.place, bool(self._said.turn))
        spoken = self._guide.say(welcome, self.step.prompt, place=self.place)
        return [Adjust(self.delivery.pace, self.delivery.loudness), *spoken]

    def _open(self, now: float) -> list[Effect]:
        """The guide is silent: whoever the state belongs to may speak."""
        self._guide.aside = False
        if self.state in (State.FLOOR, State.GATE):
            self._guide.lines = ()
        if self.state is State.FLOOR:
            self._turn = self._turn.opened(now)
        elif self.state is State.STRIKING:  # silence must end it, for it keeps everything else waiting
            self._due = now + self._patience.nudge
        elif self.state is State.GATE:
            self._due = now + self._patience.nudge * 2**self._tries if self._tries < _NUDGES else None
        return [Chime(Earcon.YOUR_TURN)] if self.floor else []

    def _after_barge_in(self, signal: Signal, event: Event, effects: list[Effect], now: float) -> list[Effect]:
        """What this event, with ``effects``, makes of an interruption that was going on."""
        command = event.command if isinstance(event, Commanded | Utterance) else None
        if command or signal in (Signal.END, Signal.RESUME):
            self._barge_in = self._barge_in.over(True if command else None)
        elif isinstance(event, MicrophoneLost | MicrophoneFound):
            self._barge_in = self._barge_in.over()
            return effects or [Unhush()]
        elif signal in (Signal.WORDS, Signal.UNCLEAR):  # they answer what the guide was asking
            self._barge_in = self._barge_in.over(True)
            if signal is Signal.WORDS:
                self._turn = self._turn.opened(now)
                return [*self._guide.hush(), *effects]
        elif isinstance(event, PromptEnded | TimePassed):  # it was at its end anyway, or goes on
            self._barge_in = self._barge_in.over(None if isinstance(event, PromptEnded) else self._barge_in.spoken)
            return [Unhush(), *effects]
        elif isinstance(event, SpeechDropped | Utterance):
            self._barge_in = self._barge_in.lingering(now, isinstance(event, SpeechDropped) and event.words)
        return effects

    def _time(self, before: State, now: float) -> list[Effect]:
        if before is State.FLOOR and self._noise.is_due(now):
            return self._say_it_is_loud(phrases.loud(), now)
        if before is State.FLOOR and (due := self._next_due):
            self._turn = self._turn.passed(due, now)
            return [Chime(due[1])] if due[1] else self._guide.say_aside(phrases.anything_more(), self.place)
        if before is State.CLOSING:
            return self._enter(self.step.then if self.step else self.index)
        if before is State.STRIKING:
            return self._decide(False, before)
        self._tries += 1
        return self._guide.say_aside(phrases.still_here(), self.place)

    def _say_it_is_loud(self, words: str, now: float) -> list[Effect]:
        self._noise = self._noise.said(now)
        return self._guide.say_aside(words, self.place)

    def _decide(self, yes: bool, before: State) -> list[Effect]:
        if before is State.GATE and self.step:
            self.answers[self.index] = yes
            return self._enter(self.step.then if yes or self.step.otherwise is None else self.step.otherwise)
        self._tries = 0
        name = self._name(self._said.last[-1].partner)
        if not yes:
            return self._guide.say(phrases.kept(name), *self._guide.lines, place=self.place)
        self._guide.forget_quotation()
        strike = Strike(self._said.strike())
        return [strike, *self._guide.say(phrases.struck(name), *self._guide.lines, place=self.place)]

    def _pause(self, asked: bool, before: State) -> list[Effect]:
        self._asked = asked
        if asked and before is State.GUIDE:
            self._guide.held = True
            return [Hush()]
        words = phrases.paused() if asked else phrases.microphone_lost()
        return self._guide.say_aside(words, self.place)

    def _go_on(self, found: bool) -> list[Effect]:
        if self._guide.held:
            self._guide.held = False
            return [Unhush()]
        words = phrases.microphone_found() if found else phrases.going_on()
        return self._guide.say(words, *self._guide.lines, place=self.place)

    def _again(self) -> list[Effect]:
        if self.state is State.GUIDE:
            return self._guide.say(*self._guide.lines, place=self.place)
        prompt = self.step.prompt if self.step and self.state is not State.STRIKING else self._asked_again()
        return self._guide.say_aside(prompt, self.place)

    def _stop(self) -> list[Effect]:
        if self._guide.leaving:  # told twice: at once
            return self._guide.leave(self._guide.leaving, "", self.place)
        return self._guide.leave("stopped", self._stopped, self.place)

    def _answer(self, event: Event, now: float) -> list[Effect]:
        """Answer a question to the guide, where it stands."""
        command = event.command if isinstance(event, Commanded | Utterance) else None
        if command is VoiceCommand.TAKE_YOUR_TIME:
            self._doublings = min(MOST_DOUBLINGS, self._doublings + 1)
        if command in (VoiceCommand.MORE_TIME, VoiceCommand.TAKE_YOUR_TIME) and self.state is State.FLOOR:
            self._turn = self._turn.extended(self.patience.more, now)
        words = phrases.microphone_found()
        if command:
            self.delivery = self.delivery.told(command)
            words = asides.answer(command, self.commands, self.time_left(now), self._said.last, self.names)
            if command is VoiceCommand.WHAT_DID_I_SAY:
                self._guide.quotation = words
        adjust = Adjust(self.delivery.pace, self.delivery.loudness)
        if self.state is State.GUIDE:
            return [adjust, *self._guide.say(words, *self._guide.lines, place=self.place)]
        return [adjust, *self._guide.say_aside(words, self.place)]

    def _asked_again(self) -> str:
        """The open question in other words."""
        if self.state is State.STRIKING:
            return phrases.strike_question(self._name(self._said.last[-1].partner))
        again = self.step.again if self.step and self._tries < _NUDGES else ""
        return again or phrases.unclear(self._tries)

    def _name(self, partner: Partner) -> str:
        return self.names["ab".index(partner)]
