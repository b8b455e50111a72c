"""Stand-ins for the runner's surroundings."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from tests.support.fakes_hearing import FakeMicrophone
from voiceguide.errors import RecordError
from voiceguide.roles import NoRecord
from voiceguide.session.events import Event
from voiceguide.session.floor import Floor
from voiceguide.sound import LISTEN_RATE, Sound
from voiceguide.voice_commands import VoiceCommand

LOUD = (8000).to_bytes(2, "little", signed=True)


def loud(seconds: float) -> bytes:
    """Samples that the fakes take for speech: full alternation, so that no offset is left out."""
    return (LOUD + (-8000).to_bytes(2, "little", signed=True)) * round(seconds * LISTEN_RATE / 2)


def quiet(seconds: float) -> bytes:
    """Samples that they take for silence."""
    return bytes(2 * round(seconds * LISTEN_RATE))


class FakeWorker:
    """An engine called at once, in this process, with a Worker's face."""

    def __init__(self, engine: object) -> None:
        self.engine = engine

    def submit(self, method: str, *args: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(getattr(self.engine, method)(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def close(self) -> None:
        """Nothing runs."""


class FakeRecord(NoRecord):
    """Keeps everything in memory. Failure trigger: ``full`` makes every append fail."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[tuple[float, Event]] = []
        self.sounds: dict[str, Sound] = {}
        self.struck: list[tuple[int, ...]] = []
        self.full = False

    def append(self, event: Event, t: float) -> None:
        if self.full:
            raise RecordError("The fake disk is full; free some space.")
        self.events.append((t, event))
        self.next_id = max(self.next_id, getattr(event, "id", 0) + 1)

    def keep_sound(self, partner: str, sound: Sound) -> str:
        name = f"audio/{self.next_id:04}-{partner}.flac"
        self.sounds[name] = sound
        return name

    def strike(self, ids: tuple[int, ...]) -> None:
        self.struck.append(ids)


class FakeKeys:
    """Presses the queued commands, one a call, as soon as each means something."""

    def __init__(self) -> None:
        self.queued: list[VoiceCommand] = []

    def poll(self, commands: frozenset[VoiceCommand], floor: Floor | None) -> Sequence[VoiceCommand | str]:
        return [self.queued.pop(0)] if self.queued and self.queued[0] in commands else []


class FakeTalker:
    """A watcher that speaks into the microphone whenever it is listened to: one scripted sound a turn."""

    def __init__(self, microphone: FakeMicrophone, sounds: list[bytes]) -> None:
        self.microphone, self.sounds = microphone, sounds
        self.prompts: list[str] = []
        self.events: list[Event] = []
        self.refusals: list[VoiceCommand] = []
        self._listening = False

    def prompt(self, text: str, speaker: str) -> None:
        self.prompts.append(text)

    def took(self, event: Event) -> None:
        self.events.append(event)

    def refused(self, command: VoiceCommand) -> None:
        self.refusals.append(command)

    def refresh(self, now: float, level: float, listening: bool) -> None:
        assert now < 600, f"the session does not end; the guide said {self.prompts}"
        if listening and not self._listening and self.sounds:
            self.microphone.hear(self.sounds.pop(0))
        self._listening = listening
