"""Puts the real parts together for one run of the program, and takes them apart again."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from voiceguide.cli.discreet import DiscreetScreen, is_kept
from voiceguide.cli.live_screen import LiveScreen
from voiceguide.cli.narrating import guides_narrator, voice_worker
from voiceguide.cli.options import Sound
from voiceguide.cli.screen import PlainScreen, is_terminal
from voiceguide.cli.whereabouts import Whereabouts, speaking
from voiceguide.elsewhere import Elsewhere
from voiceguide.errors import DeviceError, EngineError
from voiceguide.hearing import engines
from voiceguide.servers import is_address, refuse_far, server_of
from voiceguide.session.events import Event
from voiceguide.settings import Settings
from voiceguide.speaking import Narrator
from voiceguide.voice_commands import VoiceCommand
from voiceguide.worker import Calls, Worker

if TYPE_CHECKING:
    from voiceguide.hearing.ears import Ears
    from voiceguide.roles import Keys, Watcher
    from voiceguide.runner import Runner
    from voiceguide.sound.playback import Loudspeaker

_RECOGNITION_SECONDS = 30.0
"""An utterance takes a third of one with the packaged model, several with the largest that can be downloaded."""


@dataclass
class Stage:
    """The parts of one run."""

    voice: Worker
    recogniser: Calls
    narrator: Narrator
    loudspeaker: Loudspeaker
    lifelike: bool
    """The loudspeaker is a device; otherwise its sound is rendered, faster than life."""
    screen: PlainScreen
    typed: bool
    settings: Settings
    elsewhere: Elsewhere | None
    """The recogniser, where a server is asked."""
    unattended: bool
    """It runs for days: nobody may be there any more, so what nobody answers is stopped after a while."""

    @contextlib.contextmanager
    def running(self, ears: Ears, stored: Callable[[str], Any], others: tuple[Watcher, ...] = ()) -> Iterator[Runner]:
        """A runner on this stage, with keys and panel where there is a terminal; signals end it in good order."""
        from voiceguide.deserted import Deserted
        from voiceguide.keyboard import NoKeys, single_keys
        from voiceguide.runner import Runner

        with contextlib.ExitStack() as stack:
            keys: Keys = NoKeys() if self.typed or not sys.stdin.isatty() else stack.enter_context(single_keys())
            if self.unattended:
                keys = left = Deserted(keys)
                others = (*others, left)
            if isinstance(self.screen, LiveScreen):
                stack.enter_context(self.screen.running())
            watcher = _Watchers((self.screen, Whereabouts(self), *others))
            runner = Runner(ears, self.narrator, self.loudspeaker, watcher, keys, stored, self.settings.address)
            stack.enter_context(ending_on_signals(runner))
            yield runner


@contextlib.contextmanager
def stage(
    sound: Sound,
    settings: Settings,
    typed: bool = False,
    silent_without_device: bool = False,
    unattended: bool = False,
) -> Iterator[Stage]:
    """Set up engines, loudspeaker and screen; the engines load in the background.

    Raises NotFoundError or DeviceError when the loudspeaker cannot be had (with ``silent_without_device`` a machine
    without a sound card renders in silence instead), NotFoundError or EngineError when the recogniser cannot be had.
    """
    engine = sound.engine_of(settings)
    recognition = engines.factory(engine, sound.allow_remote)
    speaks = sound.voice or settings.voice
    for name in (engine, speaks):
        if is_address(name):
            refuse_far(name, sound.allow_remote)
    with contextlib.ExitStack() as stack:
        voice = stack.enter_context(voice_worker(speaks, sound.allow_remote))
        if sound.voice is not None:  # an unknown one is said before anything begins
            try:
                voice.submit("check", sound.voice).result()
            except EngineError:
                if not is_address(sound.voice):  # a server may answer later
                    raise
        there = stack.enter_context(Worker(*recognition, seconds=_RECOGNITION_SECONDS))
        elsewhere = None
        if is_address(engine):
            here = stack.enter_context(Worker(*engines.factory(engines.DEFAULT), seconds=_RECOGNITION_SECONDS))
            elsewhere = Elsewhere(server_of(engine), there, here)
        screen = _screen(sound.plain, typed, unattended)
        if is_address(speaks):
            screen.notice(speaking(server_of(speaks)))
        narrator = guides_narrator(voice, sound, settings, screen.notice)
        loudspeaker = _loudspeaker(sound.speaker, silent_without_device, screen)
        stack.callback(loudspeaker.close)
        from voiceguide.sound.playback import DeviceLoudspeaker

        lifelike = isinstance(loudspeaker, DeviceLoudspeaker)
        recogniser = elsewhere or there
        yield Stage(voice, recogniser, narrator, loudspeaker, lifelike, screen, typed, settings, elsewhere, unattended)


def _screen(plain: bool, typed: bool, unattended: bool) -> PlainScreen:
    if is_kept(unattended):
        return DiscreetScreen(typed)
    return PlainScreen(typed) if plain or typed or not is_terminal() else LiveScreen()


def _loudspeaker(name: str | None, silent_without_device: bool, screen: PlainScreen) -> Loudspeaker:
    from voiceguide.sound.playback import open_loudspeaker

    try:
        return open_loudspeaker(name)
    except DeviceError as error:
        if not silent_without_device or name is not None:
            raise
        screen.notice(f"{error} Going on without sound; the words are shown.")
        return open_loudspeaker("none")


@dataclass(frozen=True)
class _Watchers:
    """Several that look on."""

    all: tuple[Watcher, ...]

    def prompt(self, text: str, speaker: str) -> None:
        for one in self.all:
            one.prompt(text, speaker)

    def took(self, event: Event) -> None:
        for one in self.all:
            one.took(event)

    def refused(self, command: VoiceCommand) -> None:
        for one in self.all:
            one.refused(command)

    def refresh(self, now: float, level: float, listening: bool) -> None:
        for one in self.all:
            one.refresh(now, level, listening)


class Interruptible(Protocol):
    """What looks now and then whether it is to end."""

    interrupted: bool


@contextlib.contextmanager
def ending_on_signals(runs: Interruptible) -> Iterator[None]:
    """The first Ctrl-C, a closed terminal or a polite kill ends what runs in good order, a second Ctrl-C at once."""

    def end(number: int, frame: object) -> None:
        if runs.interrupted and number == signal.SIGINT:
            raise KeyboardInterrupt
        runs.interrupted = True

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    before = {number: signal.signal(number, end) for name in names if (number := getattr(signal, name, None))}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stored_in(folder: Path | None) -> Callable[[str], Any]:
    """Loads a session's sounds by the names in its record."""

    def load(name: str) -> Any:
        from voiceguide.record.store import sound_file
        from voiceguide.sound.files import read_sound

        return read_sound(sound_file(folder or Path(), name))

    return load
