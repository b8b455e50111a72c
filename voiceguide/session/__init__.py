"""The turn-taking machine: who has the floor, what the guide says, what happens next.

Sans-IO, after python-hyper/h11: no sound, no clock, no threads. The runner feeds inputs (``handle(event, now)``)
and does the effects that come back; ``deadline`` says when it wants a TimePassed. The same inputs at the same
times give the same state, so resuming a stored session is feeding its record and throwing the effects away.
"""

from __future__ import annotations

from voiceguide.errors import IllegalEventError
from voiceguide.exercise import Option, StepKind, neighbour
from voiceguide.session import asides, phrases
from voiceguide.session.agreeing import decided, without
from voiceguide.session.barge_in import BargeIn
from voiceguide.session.breaks import BREATHS, SHORTEST, length_of
from voiceguide.session.breathing import Hold
from voiceguide.session.effects import Adjust, Chime, Earcon, Effect, Hush, Strike, Unhush
from voiceguide.session.events import (
    Amended,
    BargedIn,
    Begun,
    Commanded,
    Ended,
    Event,
    MicrophoneFound,
    MicrophoneLost,
    PromptEnded,
    Resumed,
    SpeechDropped,
    TimePassed,
    Utterance,
)
from voiceguide.session.floor import FloorClock, Pending
from voiceguide.session.states import TABLE, Signal, State
from voiceguide.session.turn import Turn
from voiceguide.session.wording import NUDGES, Wording
from voiceguide.voice_commands import VoiceCommand


class Session(Wording):
    """One run of a bound exercise: ``handle`` moves it on."""

    # -- the machine ---------------------------------------------------------------------------------------------

    def handle(self, event: Event, now: float) -> list[Effect]:
        """Take an input at ``now`` (seconds since the session's start) and say what to do.

        Raises IllegalEventError, having changed nothing, where the table has no such arrow.
        """
        signal = self._signal(event, now)
        if signal is None or signal not in TABLE[self.state]:
            raise IllegalEventError(f"The session cannot take {type(event).__name__} while it is {self.state.value!r}.")
        choice = self._choice(event)
        before, self.state = self.state, TABLE[self.state][signal]
        self._pending = self._pending.after(event)
        self._noise = self._noise.after(event, now, bool(self._pending.speech))
        if isinstance(event, MicrophoneLost | MicrophoneFound):
            self.missing = isinstance(event, MicrophoneLost)
        if isinstance(event, Begun | Resumed):
            self.patience, self.delivery = event.patience, event.delivery
            self._clock = None if event.clock is None else event.clock - now
        if isinstance(event, Utterance) and not choice and before is not State.BREAK:
            self._said.add(event, self.step)
        if isinstance(event, Amended):
            self._said.amend(event)
            return []  # nobody has said anything: nothing that waits has to wait longer
        interrupted = self.interrupted
        effects = self._decide(choice, before) if choice else self._act(signal, event, before, now)
        if interrupted:
            effects = self._after_barge_in(signal, event, effects, now)
        listening = self.floor is not None and self.state in (State.FLOOR, State.CLOSING)
        if self.state not in (State.HOLD, State.RESTING) or self._guide.aside:
            self._hold = self._hold.stopped(now)
        quiet = listening and self.state is State.FLOOR and not self._pending.speech
        self._turn = self._turn.after(event, listening, quiet, now, self.off)
        return effects

    def _act(self, signal: Signal, event: Event, before: State, now: float) -> list[Effect]:
        match signal:
            case Signal.BEGIN:
                return [self._adjust, *self._enter(0)]
            case Signal.RESUME | Signal.RETURN:
                return [self._adjust, *self._resume(before)]
            case Signal.BREAK:
                self._tries = 0
                return self._guide.say_aside(phrases.break_question(), self.place)
            case Signal.CHOSEN if isinstance(event, Utterance):
                return self._rest(length_of(event.text) or SHORTEST, now)
            case Signal.TIME if before is State.BREAK:
                return self._rest(SHORTEST, now)
            case Signal.TIME | Signal.CONTINUE if before is State.RESTING:
                return self._guide.say_aside(phrases.calm_question(), self.place)
            case Signal.NO if before is State.CALM:
                return self._rest(SHORTEST, now)
            case Signal.YES if before is State.CALM:
                self._until = 0.0
                return self._guide.say(phrases.going_on(), self._prompt(), place=self.place)
            case Signal.NO | Signal.CONTINUE if before is State.BREAK:
                return self._guide.say(phrases.going_on(), *(self._guide.lines or (self._prompt(),)), place=self.place)
            case Signal.END if isinstance(event, Ended):
                self._guide.aside = self._guide.held = False
                self._guide.leaving = event.why
            case Signal.NEXT_LINE:
                return self._guide.next_line(self.place)
            case Signal.NEXT_STEP:
                return self._leave_step()
            case Signal.FLOOR_OPENS | Signal.GATE_OPENS | Signal.HOLD_BEGINS | Signal.ASIDE_ENDED:
                return self._open(now)
            case Signal.BREATH if self._hold.due and self._hold.due[1]:
                earcon, self._hold = self._hold.due[1], self._hold.sounded()
                return [Chime(earcon)]
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
            case Signal.DONE if before is State.HOLD:
                return self._leave_step()
            case Signal.YES | Signal.NO:
                return self._decide(signal is Signal.YES, before)
            case Signal.PAUSE | Signal.LOST:
                return self._pause(signal is Signal.PAUSE, before)
            case Signal.CONTINUE | Signal.FOUND:
                return self._go_on(signal is Signal.FOUND)
            case Signal.REPEAT:
                return self._again()
            case Signal.NEXT | Signal.BACK:
                return self._enter(neighbour(self.steps, self.place, signal is Signal.NEXT, self.answers))
            case Signal.STOP:
                return self._stop()
            case Signal.ASIDE:
                return self._answer(event, now)
        return []

    # -- what the signals do -------------------------------------------------------------------------------------

    def _enter(self, index: int) -> list[Effect]:
        """Begin a step, or take leave after the last."""
        self._said.close()
        self.index, self._tries, self._hold = index, 0, Hold()
        self._quoted = self._said.words_at(self.place) if self.step and self.step.quotes else ""
        if self.step is None:
            self._turn = Turn()
            return self._guide.leave("completed", self._farewell, 0)
        if self.step.kind is StepKind.HOLD:
            self._turn, self._hold = Turn(), Hold(self.step.seconds or 0.0, self.step.breath)
        else:
            self._turn = Turn(FloorClock(self.step.seconds), self.step.endless)
        return self._guide.say(self._prompt(), place=self.place)

    def _rest(self, seconds: float, now: float) -> list[Effect]:
        """A break of so many seconds begins: nothing is kept, and then the guide asks whether both are calm."""
        self._tries, self._until, self._hold = 0, now + seconds, Hold(*BREATHS)
        back = None if self._clock is None else (self._clock + self._until) % 86_400
        return self._guide.say_aside(phrases.on_a_break(seconds, back), self.place)

    def _leave_step(self) -> list[Effect]:
        """Go on to what follows the present step."""
        step = self.step
        if step and step.kind is StepKind.AGREE and step.otherwise is not None and not self._said.spoke_at(step.place):
            effects = self._enter(step.otherwise)  # there is nothing to read back
            if self.off and self.step:
                return self._guide.say(phrases.not_agreed(), self._prompt(), place=self.place)
            return effects
        return self._enter(step.then if step else self.index)

    def _resume(self, before: State) -> list[Effect]:
        if before is State.READY:
            return self._enter(0)
        self._pending, self._tries, self.missing, self._guide.leaving = Pending(), 0, False, None
        self._turn, self._barge_in = self._turn.resumed(), BargeIn()
        if self.step is None:
            return self._guide.leave("completed", self._farewell, 0)
        if self.state is State.CALM:
            return self._guide.say_aside(phrases.calm_question(), self.place)
        welcome = phrases.welcome_back(self.place, bool(self._said.turn), self.off)
        return self._guide.say(welcome, self._prompt(), place=self.place)

    def _open(self, now: float) -> list[Effect]:
        """The guide is silent: whoever the state belongs to may speak."""
        self._guide.aside = False
        if self.state in (State.FLOOR, State.GATE, State.HOLD):
            self._guide.lines = ()
        if self.state is State.HOLD:
            self._hold = self._hold.opened(now)
            return []
        if self.state is State.FLOOR:
            self._turn = self._turn.opened(now)
        elif self.state is State.RESTING:
            self._due, self._hold = self._until, self._hold.opened(now)
            return []
        elif self.state in (State.STRIKING, State.BREAK):  # silence must end it, for it keeps everything else waiting
            self._due = now + self.patience.nudge
        elif self.state is State.GATE:
            self._due = now + self.patience.nudge * 2**self._tries if self._tries < NUDGES else None
        return [Chime(Earcon.YOUR_TURN)] if self.floor else []

    def _after_barge_in(self, signal: Signal, event: Event, effects: list[Effect], now: float) -> list[Effect]:
        """What this event, with ``effects``, makes of an interruption that was going on."""
        command = event.command if isinstance(event, Commanded | Utterance) else None
        if command or signal in (Signal.END, Signal.RESUME, Signal.RETURN):
            self._barge_in = self._barge_in.over(True if command else None)
        elif isinstance(event, MicrophoneLost | MicrophoneFound):
            self._barge_in = self._barge_in.over()
            return effects or [Unhush()]
        elif signal in (Signal.WORDS, Signal.UNCLEAR, Signal.CHOSEN):  # they answer what the guide was asking
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
            return self._leave_step()
        if before is State.HOLD:
            return self._leave_step()
        if before is State.STRIKING:
            return self._decide(False, before)
        self._tries += 1
        options = self.step.options if self.step else ()
        return self._guide.say_aside(phrases.still_here([option.name for option in options]), self.place)

    def _say_it_is_loud(self, words: str, now: float) -> list[Effect]:
        self._noise = self._noise.said(now)
        return self._guide.say_aside(words, self.place)

    def _decide(self, answer: bool | Option, before: State) -> list[Effect]:
        """Act on a yes (True), a no, or an option; a question with options takes a no for its first."""
        if before is State.GATE and self.step:
            to = self.step.then if answer or self.step.otherwise is None else self.step.otherwise
            to = answer.then if isinstance(answer, Option) else to
            if self.step.quotes and answer and not self._saved:
                to = self.steps[to].then  # no day is asked for: nothing will come up again
            self.answers[self.index] = to
            self.agreed = decided(self.agreed, self.step, answer, self._quoted)
            return self._enter(to)
        self._tries = 0
        name = self._name(self._said.last[-1].partner)
        if not answer:
            return self._guide.say(phrases.kept(name), *self._asked_on(), place=self.place)
        self._guide.forget_quotations()
        struck = {said.place for said in self._said.last}
        self._quoted = "" if self.place in struck else self._quoted
        self.agreed = without(self.agreed, struck)
        strike = Strike(self._said.strike())
        return [strike, *self._guide.say(phrases.struck(name), *self._asked_on(), place=self.place)]

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
        inside = self.step and self.state not in (State.STRIKING, State.BREAK, State.CALM, State.RESTING)
        prompt = self._prompt() if inside else self._asked_again()
        return self._guide.say_aside(prompt, self.place)

    def _stop(self) -> list[Effect]:
        if self._guide.leaving:  # told twice: at once
            return self._guide.leave(self._guide.leaving, "", self.place)
        return self._guide.leave("stopped", self._stopped, self.place)

    def _answer(self, event: Event, now: float) -> list[Effect]:
        """Answer a question to the guide, where it stands."""
        command = event.command if isinstance(event, Commanded | Utterance) else None
        if command in (VoiceCommand.SUSPEND, VoiceCommand.ON_THE_RECORD):
            self.off = command is VoiceCommand.SUSPEND
        if command is VoiceCommand.TAKE_YOUR_TIME:
            self.patience = self.patience.doubled()
        if command in (VoiceCommand.MORE_TIME, VoiceCommand.TAKE_YOUR_TIME) and self.state is State.FLOOR:
            self._turn = self._turn.extended(self.patience.more, now)
        words = phrases.microphone_found()
        if command:
            self.delivery = self.delivery.told(command)
            asked = (command, self.time_left(now), self._said.last, self.names)
            words = self._help_line() if command is VoiceCommand.HELP else asides.answer(*asked)
            if command is VoiceCommand.WHAT_DID_I_SAY:
                self._guide.quote(words)
        if self.state is State.GUIDE:
            return [self._adjust, *self._guide.say(words, *self._guide.lines, place=self.place)]
        return [self._adjust, *self._guide.say_aside(words, self.place)]

    @property
    def _adjust(self) -> Adjust:
        return Adjust(self.delivery.pace, self.delivery.loudness)
