"""What people see while a session runs, line by line; ``voiceguide.cli.live_screen`` has it with a panel."""

from __future__ import annotations

import contextlib
import shutil
import sys

from voiceguide.cli.options import DEFAULT_NAMES
from voiceguide.cli.plain import clean, say
from voiceguide.cli.shown import Shown
from voiceguide.exercise import Option, Partner, StepKind, name_of
from voiceguide.session.events import (
    Ended,
    Event,
    MicrophoneFound,
    MicrophoneLost,
    SpeechDropped,
    SpeechStarted,
    TimePassed,
    Utterance,
)
from voiceguide.session.states import State
from voiceguide.session.turn import Silence
from voiceguide.voice_commands import SPOKEN, VoiceCommand, phrases_for

_ANYBODY = "You"
"""Whoever calls a guide that waits, or answers before it knows names: which of the two it is, nobody knows."""

_SILENCES = {
    Silence.STILL_LISTENING: "Still listening; there is no hurry.",
    Silence.RESTING: "Resting, until somebody speaks or presses a key.",
}

_C = VoiceCommand
_NAMED_FIRST = (
    _C.DONE, _C.YES, _C.NO, _C.UNSURE, _C.CONTINUE, _C.ON_THE_RECORD, _C.PAUSE, _C.REPEAT, _C.TAKE_YOUR_TIME,
    _C.OFF_THE_RECORD, _C.STOP, _C.HELP,
)  # fmt: skip
"""What the screen names of all that can be said, where "help" tells the rest: nobody reads a list of twenty now."""

_DOES = {
    StepKind.MIRROR: ("says back what was heard", "say back what was heard"),
    StepKind.AGREE: ("says what is to be", "say what is to be"),
}
"""What whoever has the floor does in it: one of them, both."""


class PlainScreen:
    """One line for each thing that happens: for pipes, simple terminals and ``--plain``."""

    def __init__(self, typed: bool = False) -> None:
        self.session: Shown | None = None
        """What is shown now; set for each machine that is run."""
        self.title = ""
        self.recording = False
        self._typed = typed
        self._hinted = ""  # what was told last
        self._place = 0
        self._listening = False
        self._silence = Silence.NONE
        self._listed: tuple[str, ...] = ()
        self._deaf: Shown | None = None  # whose deafness was told

    def anew(self) -> None:
        """Another evening begins: nothing of the one before holds any more."""
        self.title, self.recording = "", False
        self._place, self._listed = 0, ()

    # -- as a watcher --------------------------------------------------------------------------------------------

    def prompt(self, text: str, speaker: str) -> None:
        """The guide's words, or recorded ones."""
        self._heading()
        self.line(speaker or "Guide", text or "(a recording without words)")

    def took(self, event: Event) -> None:
        """What was said, and what happened to the microphone."""
        match event:
            case Utterance():
                self._utterance(event)
            case MicrophoneLost():
                self.notice("The microphone is gone. Everything so far is saved; the session waits for it.")
            case MicrophoneFound():
                self.notice("The microphone is back.")
            case TimePassed() if self.session and self.session.deaf and self._deaf is not self.session:
                self._deaf = self.session
                self.notice(
                    "The guide has stopped too often without anybody saying something to it, so from now on it speaks "
                    "on. Keys still stop it."
                )
            case SpeechStarted() | SpeechDropped() | Ended():
                pass

    def refused(self, command: VoiceCommand) -> None:
        """A command was typed that has no meaning now."""
        commands = self.session.commands if self.session else frozenset()
        if command is VoiceCommand.DONE and self.session and self.session.state is State.GATE:
            names = [option.name for option in self._options()] or ["yes", "no", "I don't know"]
            self.notice(f"Please answer with one of these: {', '.join(names)}.")
            return
        self.notice(f"{command.value!r} means nothing here. Possible now: {', '.join(phrases_for(commands))}.")

    def refresh(self, now: float, level: float, listening: bool) -> None:
        """Tell once, in words, that somebody is listened to."""
        if listening and not self._listening and self.session and self.session.state not in (None, State.PAUSED):
            self.notice(self.turn_line(now))
        self._listening = listening
        self._list()
        silence = self.session.silence if self.session and listening else Silence.NONE
        if silence and silence is not self._silence:
            self.notice(_SILENCES[silence])
        self._silence = silence

    def _list(self) -> None:
        """Show once what can be chosen, where it was misunderstood twice."""
        listed = self.session.listed if self.session else ()
        if listed and listed != self._listed:
            for number, name in enumerate(listed, 1):
                self.notice(f"{number}  {name}")
        self._listed = listed

    # -- lines ---------------------------------------------------------------------------------------------------

    def line(self, who: str, text: str) -> None:
        """A line that stays: who, and the words."""
        _print(f"{clean(who)}: {clean(text)}")

    def called(self, text: str) -> None:
        """Somebody has called the guide, with these words."""
        self.line(_ANYBODY, text)

    def notice(self, text: str) -> None:
        """A line that stays, not spoken by anybody."""
        _print(f"  ({clean(text)})")

    def whereabouts(self, text: str) -> None:
        """Where a session is kept, by its id, which tells the exercise and the time."""
        self.notice(text)

    def heading(self, text: str) -> None:
        """The line above a step."""
        _print(f"\n-- {clean(text)} --")

    def turn_line(self, now: float) -> str:
        """Whose turn it is, how long it lasts, and what can be said or typed, where that has changed."""
        session = self.session
        if session is None:
            return ""
        left = self.time_left(now)
        time_left = "" if left is None else f", {clock(left)} left"
        hint, before = self.hint(), self._hinted
        self._hinted = hint
        return f"{self.whose_turn()}{time_left}." + (f" {hint}" if hint != before else "")

    def time_left(self, now: float) -> float | None:
        """Seconds left of a timed floor; None while nobody has one."""
        session = self.session
        return session.time_left(now) if session and session.state in (State.FLOOR, State.CLOSING) else None

    def whose_turn(self) -> str:
        """Whose turn it is, in words."""
        session = self.session
        if session is None:
            return ""
        if session.interrupted:
            return "The guide has stopped for you"
        step = session.step
        name = _called(step.partner, session.names) if step and step.partner else "Either of you"
        several = step is not None and step.partner == "both"
        match session.state:
            case State.FLOOR | State.CLOSING:
                does = _DOES.get(step.kind if step else StepKind.FLOOR, ("has the floor", "have the floor"))
                return f"{name} {does[several]}"
            case State.GATE:
                chooses = ("chooses", "choose") if step and step.options else ("answers yes or no", "answer yes or no")
                return f"{name} {chooses[several]}"
            case State.HOLD:
                return "A quiet moment"
            case State.STRIKING:
                return "To be removed, yes or no"
            case State.BREAK:
                return "A break, and how long"
            case State.RESTING:
                return "A break; nothing is recorded"
            case State.CALM:
                return "Calm enough to go on, yes or no"
            case State.PAUSED:
                return "No microphone: paused" if session.missing else "Paused"
            case None:
                return "Playing"
        return "The guide speaks"

    def hint(self) -> str:
        """What can be said, typed or pressed now."""
        session = self.session
        if session is None:
            return ""
        if self._typed:
            ends = "; an empty line means: I'm done" if VoiceCommand.DONE in session.commands else ""
            names = [option.name for option in self._options()]
            if len(names) > 1:
                return f"Type one of these and press Enter: {', '.join(names)}. Commands begin with / (/help)."
            return f"Type {''.join(f'{name} ' for name in names)}and press Enter{ends}. Commands begin with / (/help)."
        names = [option.name for option in self._options()]
        places = ["go to step four"] if session.floor and session.floor.moves else []
        sayable = phrases_for(session.commands)
        if VoiceCommand.HELP in session.commands:
            sayable = [SPOKEN[command] for command in _NAMED_FIRST if command in session.commands]
            sayable[-1] += " (for all that can be said)"
        return f"Say: {', '.join([*names, *sayable, *places])}."

    def _options(self) -> tuple[Option, ...]:
        """What can be chosen now."""
        session = self.session
        return session.step.options if session and session.step and session.state is State.GATE else ()

    def _heading(self) -> None:
        session = self.session
        step = session.step if session else None
        if session is None or step is None or step.place in (0, self._place):
            return
        self._place = step.place
        self.heading(f"{self.title}, step {step.place} of {session.steps[-1].place}")

    def _utterance(self, said: Utterance) -> None:
        floor = self.session.floor if self.session else None
        if floor and floor.moves:  # a replay listens for commands, whoever says them
            self.notice(str(said.command or said.text))
            return
        name = _called(said.partner, self.session.names) if self.session else said.partner
        if said.answer:
            self.line(name, said.answer + (" (?)" if said.doubtful else ""))
        elif not said.text and said.audio:
            self.notice(f"{name}: no words were made out; the sound is kept.")
        if said.command:
            self.notice(f"{name}: {said.command.value}")


def _called(partner: Partner, names: tuple[str, str]) -> str:
    return _ANYBODY if partner == "both" and names == DEFAULT_NAMES else name_of(partner, names)


def _print(text: str) -> None:
    with contextlib.suppress(OSError):  # whoever read the lines has gone: the session goes on, and is saved
        say(text, hang=2)


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds: ``1:05``."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def is_terminal() -> bool:
    """Whether people look at a terminal that can show a panel."""
    return sys.stdout.isatty() and sys.stdin.isatty() and shutil.get_terminal_size().columns >= 40
