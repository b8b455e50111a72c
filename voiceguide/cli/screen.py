"""What people see while a session runs: lines that stay, and below them (on a terminal) a panel that lives."""

from __future__ import annotations

import contextlib
import shutil
import sys
import textwrap
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from voiceguide.cli.plain import clean, say
from voiceguide.cli.shown import Shown
from voiceguide.events import (
    Ended,
    Event,
    MicrophoneFound,
    MicrophoneLost,
    SpeechDropped,
    SpeechStarted,
    TimePassed,
    Utterance,
)
from voiceguide.exercise import Option, StepKind, name_of
from voiceguide.keyboard import ARROW_KEYS, key_names
from voiceguide.states import State
from voiceguide.turn import Silence
from voiceguide.voice_commands import SPOKEN, VoiceCommand, phrases_for

if TYPE_CHECKING:
    from rich.live import Live
    from rich.panel import Panel

CALLER = "You"
"""Whoever calls a guide that waits: which of the two it is, nobody knows."""

_REFRESH = 0.125
_QUIETEST = -60.0
_METER = 20
_CAPTION = 60
"""Letters of what is being replayed that are shown before and after the word that is heard."""


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

    def notice(self, text: str) -> None:
        """A line that stays, not spoken by anybody."""
        _print(f"  ({clean(text)})")

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
        name = name_of(step.partner, session.names) if step and step.partner else "Either of you"
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
            listed = ", ".join(option.name for option in self._options())
            return f"Type {listed and listed + ' '}and press Enter{ends}. Commands begin with / (/help)."
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
        name = name_of(said.partner, self.session.names) if self.session else said.partner
        if said.answer:
            self.line(name, said.answer + (" (?)" if said.doubtful else ""))
        elif not said.text and said.audio:
            self.notice(f"{name}: no words were made out; the sound is kept.")
        if said.command:
            self.notice(f"{name}: {said.command.value}")


class LiveScreen(PlainScreen):
    """The same lines, with colours, above a panel that shows turn, step, time left, level and commands."""

    def __init__(self) -> None:
        super().__init__()
        from rich.console import Console

        self._console = Console(highlight=False, markup=False, emoji=False)
        self._live: Live | None = None
        self._drawn = 0.0

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Show the panel meanwhile."""
        from rich.live import Live

        with Live(console=self._console, auto_refresh=False, transient=True) as self._live:
            yield
        self._live = None

    def line(self, who: str, text: str) -> None:
        """People's names bright, the guide's dimmed; the words of both as people set their terminal."""
        from rich.text import Text

        self._print(Text.assemble((f"{clean(who)}: ", "dim" if who == "Guide" else "bold"), clean(text)))

    def notice(self, text: str) -> None:
        """In italics."""
        from rich.text import Text

        self._print(Text(f"  {clean(text)}", style="italic cyan"))

    def heading(self, text: str) -> None:
        """With room above, quietly: the panel tells the step, too."""
        from rich.text import Text

        self._print(Text(f"\n{clean(text)}", style="dim"))

    def _print(self, text: object) -> None:
        with contextlib.suppress(OSError):  # the terminal was closed: the session is saved all the same
            self._console.print(text)

    def refresh(self, now: float, level: float, listening: bool) -> None:
        """Draw the panel, a few times a second."""
        self._list()
        if self._live is None or time.monotonic() - self._drawn < _REFRESH:
            return
        self._drawn = time.monotonic()
        with contextlib.suppress(OSError):
            self._live.update(self._panel(now, level, listening), refresh=True)

    def _panel(self, now: float, level: float, listening: bool) -> Panel:
        from rich.panel import Panel
        from rich.text import Text

        session = self.session
        floor = session.floor if session else None
        body = Text()
        left = self.time_left(now)
        body.append(self.whose_turn(), "bold")
        if left is not None:
            body.append(f"   {clock(left)} left", "yellow" if left < 10 else "")
        silence = session.silence if session else Silence.NONE
        heard = "  " + (silence or "listening") if listening else ""
        if session:
            said, coming = map(clean, session.caption(now))
            if said or coming:
                before = said if len(said) <= _CAPTION else said[-_CAPTION:].partition(" ")[2]
                body.append(f"\n{before} ", "bold")
                body.append(coming[:_CAPTION], "dim")
        body.append("\n" + self._meter(level) + heard, "green" if listening else "dim")
        if session:
            body.append("\n" + (self.hint() if listening else " "))
            keys = ", ".join(f"{key} {command.value}" for key, command in key_names(session.commands))
            arrows = f", {ARROW_KEYS}" if floor and floor.moves else ""
            body.append(f"\nKeys: {keys}{arrows}.", "dim")
        step = session.step if session else None
        title = self.title
        if session and step and step.place:
            title += f" - step {step.place} of {session.steps[-1].place}"
        kept = self.recording and not (session and session.off) and (floor is None or floor.kept)
        state = Text(f"{self._dot} recording", "bold red") if kept else Text("not recording", "dim")
        return Panel(body, title=clean(title), subtitle=state, title_align="left", subtitle_align="right")

    @property
    def _dot(self) -> str:
        return "●" if self._draws else "*"

    @property
    def _draws(self) -> bool:
        """Whether the terminal shows more than ASCII."""
        return self._console.encoding.lower().startswith("utf")

    def _meter(self, level: float) -> str:
        full = round(_METER * min(1.0, max(0.0, 1 - level / _QUIETEST)))
        block, empty = ("█", "░") if self._draws else ("#", ".")
        return block * full + empty * (_METER - full)


def _print(text: str) -> None:
    with contextlib.suppress(OSError):  # whoever read the lines has gone: the session goes on, and is saved
        say("\n".join(map(_wrapped, text.split("\n"))) if sys.stdout.isatty() else text)


def _wrapped(line: str) -> str:
    """The line as it fits a terminal, which itself would break it in mid-word."""
    return textwrap.fill(line, max(20, shutil.get_terminal_size().columns - 1), subsequent_indent="  ")


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds: ``1:05``."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def is_terminal() -> bool:
    """Whether people look at a terminal that can show a panel."""
    return sys.stdout.isatty() and sys.stdin.isatty() and shutil.get_terminal_size().columns >= 40
