"""An evening without people: the installed command, a sound card without hardware, and a driver for both partners.

The driver knows only what a couple knows. It hears the loudspeaker, waits for its turn (the short sound, then a
second of silence) and plays recordings of people into the microphone.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tests.support.clips import Clip
from tests.support.command import have_read_the_safety_page
from tests.support.ear import LIMIT, RATE, Ear
from tests.support.pulse import Pulse
from tests.support.waiting import within
from voiceguide.record import Session, read
from voiceguide.session.effects import Earcon

POLITE = 1.0
"""Seconds of silence after which one may speak."""

_ANSWERS = 12.0
"""Seconds without an answer after which something is said again: who did not understand says nothing."""

_TRIES = 5
"""How often something is said that was not understood: a small model hears synthetic voices."""

_STEP = 0.05
"""Seconds between two looks at what was heard or shown."""


@dataclass
class Evening:
    """A couple in a room: what they hear, what they say, and the guide's program."""

    pulse: Pulse
    home: Path
    """The program's VOICEGUIDE_HOME."""
    ear: Ear
    """Hears the loudspeaker."""
    room: Ear
    """Hears what reaches the microphone."""
    since: float = 0.0
    """The end of what was said last."""
    effects: list[tuple[str, float]] = field(default_factory=list)
    """(command, seconds from its end to its effect at the loudspeaker)."""
    misheard: list[str] = field(default_factory=list)
    """Commands that had to be said again."""
    started: float = 0.0
    _guide: subprocess.Popen[bytes] | None = None
    _noise: subprocess.Popen[bytes] | None = None
    _paper: subprocess.Popen[bytes] | None = None
    _speaking: subprocess.Popen[bytes] | None = None
    _nowhere: bool = False

    # -- the program ---------------------------------------------------------------------------------------------

    def start(self, *arguments: str, under: Sequence[str] = (), to_file: bool = False) -> None:
        """Run ``voiceguide`` with these arguments, ``under`` another command.

        It prints ``to_file``, where a guide that waits says little, or else to somebody who reads along.
        """
        program = Path(sys.executable).with_name("voiceguide")
        with contextlib.ExitStack() as stack:
            output: IO[bytes] = stack.enter_context((self.home / "output.txt").open("ab"))
            if not to_file:
                self._paper = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=output)
                assert self._paper.stdin
                output = stack.enter_context(self._paper.stdin)
            self.since = self.started = time.monotonic()
            self._guide = subprocess.Popen(
                [*under, program, *arguments],
                env=self.pulse.env | {"VOICEGUIDE_HOME": str(self.home), "PYTHONFAULTHANDLER": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        """Everything the program printed."""
        return (self.home / "output.txt").read_text("utf-8")

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.send(signal.SIGINT)

    def send(self, number: signal.Signals) -> None:
        """A signal to the program."""
        assert self._guide
        self._guide.send_signal(number)

    @property
    def ended(self) -> bool:
        """The program has."""
        return self._guide is None or self._guide.poll() is not None

    def code(self) -> int:
        """Wait for the program's end; its exit code."""
        assert self._guide
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._guide.wait(LIMIT)
            if self._paper:
                self._paper.wait(LIMIT)
            return code
        raise AssertionError(f"It does not end.\n{self.output[-2000:]}")

    def saved(self) -> Session:
        """The one session on disk."""
        (folder,) = (self.home / "data" / "sessions").glob("[0-9]*")
        return read(folder)

    # -- hearing -------------------------------------------------------------------------------------------------

    def until(self, true: Callable[[], Any], otherwise: str) -> None:
        """Wait for something, as long as the program runs."""

        def over() -> bool:
            return bool(true()) or (self._guide is not None and self._guide.poll() is not None)

        happened = within(LIMIT, over, _STEP) and true()
        assert happened, f"{otherwise}\nExit code {self._guide and self._guide.poll()}\n{self.output[-3000:]}"

    def until_shown(self, text: str) -> None:
        """Wait for words on the screen."""
        self.until(lambda: text in self.output, f"{text!r} was not shown.")

    def turn(self) -> float:
        """Wait for our turn: since we last spoke the short sound was heard, and then a second of silence.

        Gives the time of the short sound.
        """

        def polite() -> bool:
            return self.ear.now - max((end for _, end in self.ear.sounds(self.ear.now - 4)), default=0) >= POLITE

        def ours() -> bool:
            return polite() and self._chimed_last() is not None

        self.until(ours, "Our turn does not come.")
        return self._chimed_last() or 0.0

    def _chimed_last(self) -> float | None:
        """When the sound for our turn began, if it was the last one heard since we spoke."""
        heard = self.ear.sounds(max(self.since, self.ear.now - 6))
        return self.ear.find(Earcon.YOUR_TURN, heard[-1][1] - 0.8) if heard else None

    # -- saying --------------------------------------------------------------------------------------------------

    def say(self, clip: Clip) -> None:
        """Say it to the end."""
        self._speak(clip).wait()
        self._spoken()

    def begin_to_say(self, clip: Clip, seconds: float) -> None:
        """Say so many seconds of it; the rest is still being said."""
        self._speak(clip)
        self.wait(seconds)

    def _speak(self, clip: Clip) -> subprocess.Popen[bytes]:
        if self._speaking:
            self._speaking.wait()
        # Well ahead: a person's voice does not stutter when the machine is busy.
        command = ["paplay", "--latency-msec=300", "--device=mic_feed", str(clip.path)]
        self._speaking = subprocess.Popen(command, env=self.pulse.env, stderr=subprocess.DEVNULL)
        return self._speaking

    def fall_silent(self) -> None:
        """Leave it unsaid."""
        assert self._speaking
        self._speaking.kill()

    def wait(self, seconds: float) -> None:
        """Say nothing for so long."""
        time.sleep(seconds)  # the silence itself is what the guide hears

    def command(self, name: str, clip: Clip, earcon: Earcon | None = None) -> None:
        """Say a command, and again where it was not understood, until it has its effect.

        That is this earcon, or else the guide's voice.
        """
        for _ in range(_TRIES):
            self.say(clip)
            if within(_ANSWERS, lambda: self._effect(earcon) is not None, _STEP):
                self.effects.append((name, (self._effect(earcon) or 0.0) - self.since))
                return
            self.misheard.append(name)
        raise AssertionError(f"{name!r} has no effect.\n{self.output[-3000:]}")

    def tell(self, clip: Clip, wanted: str) -> None:
        """Say it to a guide that waits or replays, again where it was not understood, until it shows ``wanted``."""
        before = self.output.count(wanted)
        for _ in range(_TRIES):
            self.say(clip)
            if within(_ANSWERS, lambda: self.output.count(wanted) > before, _STEP):
                return
            self.misheard.append(clip.text)
        raise AssertionError(f"{clip.text!r} does not lead to {wanted!r}.\n{self.output[-3000:]}")

    def answer(self, clip: Clip, wanted: str, plainly: Clip | None = None) -> None:
        """Say it when it is our turn, ``plainly`` where it was not understood, until the guide shows ``wanted``."""
        before = self.output.count(wanted)
        self.answer_until(clip, lambda: self.output.count(wanted) > before, plainly)

    def answer_until(self, clip: Clip, true: Callable[[], bool], plainly: Clip | None = None) -> None:
        """Say it at each of our turns until something is so."""
        for attempt in range(2 * _TRIES):
            clip = plainly if attempt and plainly else clip
            self.turn()
            self.say(clip)
            self.until(lambda: true() or self._effect(Earcon.YOUR_TURN), f"Nothing comes of {clip.text!r}.")
            if true():
                return
            self.misheard.append(clip.text)
        raise AssertionError(f"{clip.text!r} does not help.\n{self.output[-3000:]}")

    def _effect(self, earcon: Earcon | None) -> float | None:
        """When the guide did something since we spoke."""
        if earcon:
            return self.ear.find(earcon, self.since)
        return next((start for start, _ in self.ear.sounds(self.since)), None)

    def _spoken(self) -> None:
        """The end of the last sound in the room is when we ended."""
        assert within(LIMIT, lambda: self.room.now - self._last_in_room() > 0.1, _STEP), "The room is not quiet."
        self.since = self._last_in_room()

    def _last_in_room(self) -> float:
        return max((end for _, end in self.room.sounds(self.since)), default=float("inf"))

    def talked_over(self) -> float:
        """Seconds in which the guide and a person spoke at once."""
        guide = self.ear.sounds(self.started, gap=0.1)
        people = self.room.sounds(self.started, gap=0.1)
        both = (min(a[1], b[1]) - max(a[0], b[0]) for a in guide for b in people)
        return sum(seconds for seconds in both if seconds > 0)

    # -- the room ------------------------------------------------------------------------------------------------

    def listen(self) -> None:
        """Hear again, after the sound server was gone."""
        self.ear.close()
        self.room.close()
        self.ear, self.room = Ear(self.pulse, "speaker.monitor"), Ear(self.pulse, "mic_feed.monitor")
        self.since = time.monotonic()
        if self._noise:
            self._noise.wait()
            self.hiss()

    def control(self, *arguments: str) -> None:
        """Tell the sound server something, as ``pactl`` does."""
        subprocess.run(["pactl", *arguments], env=self.pulse.env, check=True, capture_output=True)

    def unplug_microphone(self) -> None:
        """Take the microphone away."""
        # When a default source comes or goes, PulseAudio moves those who record the old default one, our ears too.
        if not self._nowhere:
            self.control("load-module", "module-null-sink", "sink_name=nowhere")
            self._nowhere = True
        self.control("set-default-source", "nowhere.monitor")
        self.pulse.unplug_microphone()

    def hiss(self) -> None:
        """Let the microphone hiss a little (-65 dBFS), as every one does: only a muted one gives digital silence."""
        command = ["pacat", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1", "--volume=6500"]
        self._noise = subprocess.Popen(
            [*command, "--device=mic_feed", "/dev/urandom"], env=self.pulse.env, stderr=subprocess.DEVNULL
        )

    def close(self) -> None:
        """Go home."""
        for process in (self._guide, self._paper, self._noise, self._speaking):
            if process:
                process.kill()
                process.wait()
        self.ear.close()
        self.room.close()


@contextlib.contextmanager
def evening(pulse: Pulse, home: Path, hiss: bool = True) -> Iterator[Evening]:
    """A room with a loudspeaker and a microphone."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "output.txt").touch()
    have_read_the_safety_page(home)
    made = Evening(pulse, home, Ear(pulse, "speaker.monitor"), Ear(pulse, "mic_feed.monitor"))
    try:
        if hiss:
            made.hiss()
        yield made
    finally:
        made.close()
