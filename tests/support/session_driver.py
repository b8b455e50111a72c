"""Driving a session as the runner does, without sound and without a clock."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from math import ceil, inf

import pytest

from tests.support.small_exercise import FAREWELL, NAMES, RICH, STEPS, STOPPED
from voiceguide.errors import IllegalEventError
from voiceguide.exercise import Step, StepKind
from voiceguide.session import Session, phrases
from voiceguide.session.effects import Adjust, Chime, Earcon, Effect, End, Hush, Silence, Speak, Strike, Unhush
from voiceguide.session.events import (
    Amended,
    BargedIn,
    Begun,
    Commanded,
    Ended,
    Event,
    PromptEnded,
    Resumed,
    SoundKept,
    SpeechDropped,
    SpeechStarted,
    TimePassed,
    Utterance,
)
from voiceguide.session.floor import Floor
from voiceguide.session.patience import USUAL, Patience
from voiceguide.session.states import State
from voiceguide.voice_commands import SPOKEN
from voiceguide.voice_commands import VoiceCommand as C

DONE = "I'm done"
NEVER = inf


@dataclass
class Spoken:
    """A stretch of speech on its way to its words."""

    floor: Floor
    start: float
    seconds: float = 0.0
    """0 until it is cut."""
    id: int = 0
    audio: str | None = None


class Driver:
    """Feeds a session only what a well-behaved runner can, and does the effects it can do without a device."""

    def __init__(self, session: Session | None = None, now: float = 0.0, next_id: int = 1) -> None:
        self.session = session or new_session()
        self.now = now
        self.events: list[tuple[float, Event]] = []
        """What the record would hold."""
        self.effects: list[Effect] = []
        """Everything the session wanted so far."""
        self.line: Speak | None = None
        """What the guide is saying, or is about to."""
        self.held = False
        self.end: str | None = None
        """Why, once the session has asked for its end."""
        self.awaited: list[Spoken] = []
        """Speech whose words are not known yet, in the order it began."""
        self.next_id = next_id
        self.questions = 0
        """How often "anything more?" was asked in this turn."""

    @property
    def state(self) -> State:
        """The session's."""
        return self.session.state

    @property
    def floor(self) -> Floor:
        """How the session listens now; it must listen."""
        assert self.session.floor
        return self.session.floor

    @property
    def waits(self) -> float:
        """The seconds until the session's own deadline; NEVER without one."""
        return NEVER if self.session.deadline is None else round(self.session.deadline - self.now, 3)

    @property
    def left(self) -> float:
        """The seconds left of the floor; it must be timed."""
        left = self.session.time_left(self.now)
        assert left is not None
        return round(left, 3)

    @property
    def utterances(self) -> list[Utterance]:
        """Those the record would hold."""
        return [event for _, event in self.events if isinstance(event, Utterance)]

    # -- inputs --------------------------------------------------------------------------------------------------

    def take(self, event: Event, after: float = 1.0) -> list[Effect]:
        """Feed ``event`` so many seconds after the one before."""
        now = round(self.now + after, 3)
        index = self.session.index
        known = self.session._pending.speech  # sounds that a crash left over hold nothing up
        effects = self.session.handle(event, now)
        if self.session.index != index or getattr(event, "command", None) in (C.NEXT, C.BACK):
            self.questions = 0
        self.questions += spoken(effects).count(phrases.anything_more())
        if isinstance(event, TimePassed) and known:
            assert all(isinstance(effect, Chime) for effect in effects), "somebody speaks, or is being understood"
        self.now = now
        self.events.append((now, event))
        for effect in effects:
            self._do(effect)
        self.effects += effects
        return effects

    def begin(self, patience: Patience = USUAL) -> Driver:
        """Begin; the first prompt is on its way."""
        self.take(Begun(patience))
        return self

    def hear(self) -> list[Effect]:
        """Let the guide say its present line to the end."""
        assert self.line
        line, self.line = self.line, None
        return self.take(PromptEnded(line.text, self.now, line.place), after=2.0)

    def hear_out(self) -> Driver:
        """Let the guide say all it has to say now."""
        while self.line and not self.held:
            self.hear()
        return self

    def say(self, text: str, command: C | None = None, at: int = 0, noisy: bool = False) -> list[Effect]:
        """Whoever has the floor says it; its words are known before anything else happens."""
        self.speech()
        return self.words(text, command, at, noisy)

    def speech(self) -> list[Effect]:
        """Somebody begins to speak."""
        floor = self.session.floor
        effects = self.take(SpeechStarted())
        assert floor
        self.awaited.append(Spoken(floor, self.now))
        return effects

    def cut(self) -> list[Effect]:
        """The first stretch of speech that is not cut yet is cut; its sound is kept if it may be."""
        spoken = next(spoken for spoken in self.awaited if not spoken.seconds)
        spoken.seconds = 0.9
        if not spoken.floor.kept:
            return []
        spoken.id, self.next_id = self.next_id, self.next_id + 1
        spoken.audio = f"audio/{spoken.id:04d}-{spoken.floor.partner}.flac"
        kept = SoundKept(
            spoken.id, spoken.floor.partner, spoken.audio, spoken.start, spoken.seconds, spoken.floor.place
        )
        return self.take(kept, after=0.5)

    def words(self, text: str, command: C | None = None, at: int = 0, noisy: bool = False) -> list[Effect]:
        """What was said first is recognised; where nothing is kept, words that are no command go nowhere."""
        if not self.awaited[0].seconds:
            self.cut()
        spoken = self.awaited.pop(0)
        chosen = None if command or spoken.floor.kept else self.session.choice(text)
        if command is None and not spoken.floor.kept and chosen is None:
            return self.take(SpeechDropped(words=bool(text)), after=0.5)
        if not spoken.id:
            spoken.id, self.next_id = self.next_id, self.next_id + 1
        utterance = Utterance(
            id=spoken.id,
            partner=spoken.floor.partner,
            text=text if spoken.floor.kept else chosen or str(command),
            audio=spoken.audio,
            start=spoken.start,
            seconds=spoken.seconds,
            doubtful=noisy,
            noisy=noisy,
            command=command,
            command_at=at if spoken.floor.kept else 0,
            place=spoken.floor.place,
        )
        return self.take(utterance, after=0.5)

    def tell(self, *commands: C) -> Driver:
        """Commands by voice, each answer heard out."""
        for command in commands:
            self.say(SPOKEN[command], command)
            self.hear_out()
        return self

    def press(self, *commands: C) -> Driver:
        """Commands by key, each answer heard out."""
        for command in commands:
            self.key(command)
            self.hear_out()
        return self

    def turn(self, words: str) -> Driver:
        """A whole turn; what the guide says then is heard out."""
        self.say(words)
        return self.done().hear_out()

    def read_back(self) -> str:
        """What the guide says first when somebody asks what they said."""
        return spoken(self.key(C.WHAT_DID_I_SAY))[0]

    def refuse(self, event: Event, after: float = 1.0) -> None:
        """The session takes no such event now, and stays as it was."""
        before = deepcopy(self.session.snapshot())
        with pytest.raises(IllegalEventError, match=f"cannot take {type(event).__name__} while it is "):
            self.take(event, after)
        assert self.session.snapshot() == before

    def amend(self, back: int = 0) -> list[Effect]:
        """Better words are found for what was said last, or so many utterances before it."""
        said = self.utterances[-1 - back]
        return self.take(Amended(said.id, f"better {said.id}", "Whisper", ((0.1, 0.4), (0.4, 0.8))), after=0.1)

    def cough(self) -> list[Effect]:
        """A sound that holds no words."""
        self.speech()
        self.awaited.pop()
        return self.take(SpeechDropped(), after=0.5)

    def barge_in(self) -> list[Effect]:
        """Somebody speaks while the guide does."""
        return self.take(BargedIn(), after=0.5)

    def key(self, command: C, after: float = 1.0) -> list[Effect]:
        """A command by key."""
        return self.take(Commanded(command), after)

    def rest(self, seconds: float) -> None:
        """So much time passes."""
        self.now = round(self.now + seconds, 3)

    def wait(self) -> list[Effect]:
        """Nothing happens until the session's own deadline."""
        deadline = self.session.deadline
        assert deadline is not None
        # The record keeps milliseconds; none may be missing.
        return self.take(TimePassed(), after=max(0.0, ceil(deadline * 1000) / 1000 - self.now))

    def ended(self, why: str = "stopped") -> Driver:
        """The runner ends what the session wants ended, or what ``why`` says, once all words are known."""
        while self.awaited:
            self.words("and the last of it")
        self.take(Ended(self.end or why), after=0.0)
        self.line = None
        return self

    def resumed(self) -> Driver:
        """Another runner goes on with the session; what nobody has cut is lost."""
        self.line, self.held, self.end, self.awaited = None, False, None, []
        self.take(Resumed(), after=0.0)
        return self

    def done(self) -> Driver:
        """I'm done; nobody speaks in the soft end; the next step begins."""
        self.say(DONE, C.DONE)
        self.wait()
        return self

    # -- effects -------------------------------------------------------------------------------------------------

    def _do(self, effect: Effect) -> None:
        match effect:
            case Speak():
                self.line = effect
            case Silence():
                self.line, self.held = None, False
            case Hush():
                assert self.line
                self.held = True
            case Unhush():
                self.held = False
            case End(why):
                self.end = why


def new_session(steps: tuple[Step, ...] = STEPS) -> Session:
    """A session of the small exercise that has not begun."""
    return Session(steps, NAMES, farewell=FAREWELL, stopped=STOPPED)


def at_step(index: int, patience: Patience = USUAL, steps: tuple[Step, ...] = STEPS) -> Driver:
    """A session whose exercise has come to this step, its prompt said (or, for SAY, being said)."""
    # A SAY step ahead of the others leads there.
    leading = replace(steps[0], then=index)
    driver = Driver(new_session((leading, *steps[1:]))).begin(patience)
    driver.hear()
    return driver if steps[index].kind is StepKind.SAY else driver.hear_out()


def in_state(state: State, driver: Driver | None = None) -> Driver:
    """A session in that state, some words said, the guide silent except in GUIDE."""
    driver = driver or Driver(new_session(RICH if state is State.HOLD else STEPS))
    if state is State.READY:
        return driver
    if state in (State.RESTING, State.CALM):
        in_state(State.BREAK, driver).say("an hour")
        driver.hear_out()
        return driver.tell(C.CONTINUE) if state is State.CALM else driver
    driver.begin().hear_out().say("I worry about the house")
    match state:
        case State.GUIDE:
            driver.done()
        case State.CLOSING:
            driver.say(DONE, C.DONE)
        case State.HOLD:
            while driver.state is not State.HOLD:
                driver.press(C.NEXT)
        case State.GATE:
            driver.done().hear_out().turn("you worry")
        case State.STRIKING:
            driver.tell(C.OFF_THE_RECORD)
        case State.PAUSED:
            driver.tell(C.PAUSE)
        case State.BREAK:
            driver.tell(C.BREAK)
        case State.ENDED:
            driver.tell(C.STOP).ended()
    assert driver.state is state
    return driver


def spoken(effects: Sequence[Effect]) -> list[str]:
    """What the guide is to say."""
    return [effect.text for effect in effects if isinstance(effect, Speak)]


def chimes(effects: Sequence[Effect]) -> list[Earcon]:
    """The earcons to be played."""
    return [effect.earcon for effect in effects if isinstance(effect, Chime)]


def strikes(effects: list[Effect]) -> list[tuple[int, ...]]:
    """The ids to be struck."""
    return [effect.ids for effect in effects if isinstance(effect, Strike)]


def adjusted(effects: list[Effect]) -> list[tuple[float, float]]:
    """Pace and loudness as told."""
    return [(effect.pace, effect.loudness) for effect in effects if isinstance(effect, Adjust)]
