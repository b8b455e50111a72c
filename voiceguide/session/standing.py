"""Where a session stands: all that it knows, and what others may look at. How it moves is ``voiceguide.session``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from voiceguide.exercise import Partner, Step, StepKind
from voiceguide.session.agreeing import Outcome
from voiceguide.session.barge_in import BargeIn
from voiceguide.session.breathing import Hold
from voiceguide.session.delivery import Delivery
from voiceguide.session.effects import Speak
from voiceguide.session.floor import Floor, Pending
from voiceguide.session.guide import Guide
from voiceguide.session.noise import Noise
from voiceguide.session.patience import UNHURRIED
from voiceguide.session.said import Said
from voiceguide.session.states import TABLE, State, signal_of
from voiceguide.session.turn import Due, Silence, Turn
from voiceguide.voice_commands import VoiceCommand

_WAITING = (State.CLOSING, State.GATE, State.STRIKING, State.BREAK, State.RESTING)  # states that silence leads on from


class Standing:
    """One run of a bound exercise, as it is now.

    ``farewell`` is said after the last step, ``stopped`` after "stop" (each may be empty); ``saved``: it is recorded.
    ``recalled`` are the words of the earlier agreements that its steps recall.
    """

    half_duplex = True

    def __init__(
        self,
        steps: Sequence[Step],
        names: tuple[str, str],
        *,
        farewell: str = "",
        stopped: str = "",
        saved: bool = True,
        recalled: Mapping[str, str] | None = None,
    ) -> None:
        self.steps = tuple(steps)
        self.names = names
        self.state = State.READY
        self.index = 0
        self.answers: dict[int, int] = {}
        """Index of an ASK step -> index of the step its last answer led to."""
        self.agreed: Mapping[int, Outcome] = {}
        """What was agreed so far, or became of earlier agreements, by place."""
        self.delivery = Delivery()
        self.off = False
        """Off the record until somebody says otherwise."""
        self.missing = False
        """The microphone is gone."""
        self._farewell, self._stopped, self._saved = farewell, stopped, saved
        self._recalled = dict(recalled or {})
        self._quoted = ""  # what was said, while it is asked whether it was right
        self.patience = UNHURRIED  # until it begins
        """How long the guide waits now."""
        doing = (StepKind.FLOOR, StepKind.MIRROR, StepKind.AGREE, StepKind.HOLD)
        instructions = frozenset(step.prompt for step in self.steps if step.kind in doing)
        self._guide = Guide(instructions=instructions, unkept=() if saved else names)
        self._said = Said()
        self._asked = False  # the last pause was asked for (and not made by a lost microphone)
        self._pending = Pending()
        self._due: float | None = None  # when the waiting is over, in a state that waits
        self._until = 0.0  # when the break is over, until they have come back from it
        self._clock: float | None = None  # what a clock on the wall shows at 0 of the session's time
        self._tries = 0  # how often the question was asked again
        self._turn = Turn()
        self._hold = Hold()
        self._noise = Noise()
        self._barge_in = BargeIn()

    # -- what others may look at ---------------------------------------------------------------------------------

    @property
    def step(self) -> Step | None:
        """The present step; None after the last."""
        return self.steps[self.index] if self.index < len(self.steps) else None

    @property
    def place(self) -> int:
        """Its place; after the last step 0."""
        return self.step.place if self.step else 0

    @property
    def talking(self) -> bool:
        """The guide's words are on their way."""
        return self.state is State.GUIDE or self._guide.aside

    @property
    def interrupted(self) -> bool:
        """Somebody has spoken while the guide did: it has stopped, and listens."""
        return self._barge_in.active

    @property
    def interruptible(self) -> bool:
        """Whether the guide stops when somebody speaks now."""
        stopped = self._guide.held or self.interrupted or self.state in (State.READY, State.ENDED)
        return self.talking and self._barge_in.trusted and not (stopped or self.missing or self._guide.leaving)

    @property
    def deaf(self) -> bool:
        """It has stopped too often for nothing, and does not do so any more."""
        return not self._barge_in.trusted

    @property
    def floor(self) -> Floor | None:
        """Who is listened to now; None while the guide talks (half-duplex) or the microphone is gone."""
        talks = self.talking and not self.interrupted
        if talks or self.missing or self.state in (State.READY, State.ENDED):
            return None
        step = self.step
        partner: Partner = (step.partner if step else None) or "a"
        choosing = self.state not in (State.FLOOR, State.CLOSING)
        kept = self.state in (State.FLOOR, State.CLOSING, State.GATE) and not self.off
        options = len(step.options) if step and self.state is State.GATE else 0
        return Floor(partner, choosing, kept, self.place, options)

    @property
    def listed(self) -> tuple[str, ...]:
        """The options to be shown as a list, each with its number as its key: they were misunderstood twice."""
        step = self.step
        if step is None or self.state is not State.GATE or self._tries < 2 or len(step.options) < 2:
            return ()
        return tuple(option.name for option in step.options)

    @property
    def commands(self) -> frozenset[VoiceCommand]:
        """What the guide can be told now."""
        legal = {command for command in VoiceCommand if signal_of(command) in TABLE[self.state]}
        if self.state is State.FLOOR and not self._turn.unanswered:
            legal -= {VoiceCommand.YES, VoiceCommand.NO}
        if self._turn.clock.limit is None or self.state is not State.FLOOR:
            legal -= {VoiceCommand.MORE_TIME, VoiceCommand.HOW_LONG}
        if self.state is State.FLOOR:  # there it belongs to the answer
            legal -= {VoiceCommand.UNSURE}
        if self.state is State.GATE and self.step and self.step.options:
            legal -= {VoiceCommand.YES, VoiceCommand.NO}
        if self.place == 0:  # no step of an exercise, such as a question of consent: nothing to skip, nothing is kept
            legal -= {VoiceCommand.NEXT, VoiceCommand.BACK, VoiceCommand.OFF_THE_RECORD, VoiceCommand.BREAK}
        if self.place == 0 or not self._saved:
            legal -= {VoiceCommand.SUSPEND, VoiceCommand.ON_THE_RECORD}
        legal -= {VoiceCommand.SUSPEND if self.off else VoiceCommand.ON_THE_RECORD}
        return frozenset(legal & {VoiceCommand.STOP} if self._guide.leaving else legal)

    @property
    def deadline(self) -> float | None:
        """When the session wants a TimePassed, in its own seconds; None while it does not wait for time.

        While somebody speaks, or words are still being recognised, nothing ends and nobody is asked anything.
        """
        if self.interrupted:
            return None if self._pending.speech else self._barge_in.due
        if self._guide.aside:
            return None
        if self.state is State.FLOOR:
            due = self._next_due
            return self._noise.sooner(due[0] if due else None)
        if self.state is State.HOLD:
            return None if self._pending.speech or not self._hold.due else self._hold.due[0]
        if self.state is State.RESTING and self._hold.due and self._hold.due[1] and not self._pending.speech:
            return self._hold.due[0]
        return self._due if self.state in _WAITING and not self._pending.speech else None

    def caption(self, now: float) -> tuple[str, str]:
        """Nothing recorded is played in a session."""
        return "", ""

    def time_left(self, now: float) -> float | None:
        """Seconds left of a timed floor (never below 0); None where time does not matter."""
        return self._turn.clock.left(now)

    @property
    def silence(self) -> Silence:
        """What it means now that nobody speaks."""
        return self._turn.silence if self.state is State.FLOOR and self.floor else Silence.NONE

    @property
    def upcoming(self) -> tuple[Speak, ...]:
        """What the guide is likely to say next: worth synthesising ahead, though not all of it may be kept."""
        step = self.step
        if step is None:
            return ()
        following = [i for i in (step.then, step.otherwise) if i is not None]
        following += [option.then for option in step.options[1:]]
        ahead = [self.steps[i] if i < len(self.steps) else None for i in following]
        plain = [step for step in ahead if step is None or not (step.quotes or step.recalls)]
        prompts = [(self._farewell, 0) if step is None else (step.prompt, step.place) for step in plain]
        own = [(line, self.place) for line in self._guide.lines[1:]]
        return tuple(self._guide.speak(words, place) for words, place in (*own, *prompts))

    def snapshot(self) -> dict[str, Any]:
        """Everything the machine knows, for comparing two of them."""
        return dict(vars(self))

    @property
    def _next_due(self) -> Due | None:
        """What comes next in an open floor if nothing else happens."""
        return self._turn.next(self.patience, speaking=self._pending.speech > 0)
