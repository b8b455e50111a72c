"""What the screen reads of the machine that runs."""

from __future__ import annotations

from typing import Protocol

from voiceguide.exercise import Step
from voiceguide.session.floor import Floor
from voiceguide.session.states import State
from voiceguide.session.turn import Silence
from voiceguide.voice_commands import VoiceCommand


class Shown(Protocol):
    """What the screen reads of the machine that runs."""

    names: tuple[str, str]
    missing: bool

    @property
    def off(self) -> bool:
        """Off the record until somebody says otherwise."""
        ...

    @property
    def interrupted(self) -> bool:
        """The guide has stopped because somebody spoke."""
        ...

    @property
    def deaf(self) -> bool:
        """It does not stop any more when somebody speaks."""
        ...

    @property
    def state(self) -> State | None:
        """Where it is; None for a replay that plays."""
        ...

    @property
    def step(self) -> Step | None:
        """The present step."""
        ...

    @property
    def steps(self) -> tuple[Step, ...]:
        """All of them."""
        ...

    @property
    def floor(self) -> Floor | None:
        """Who is listened to."""
        ...

    @property
    def commands(self) -> frozenset[VoiceCommand]:
        """What can be told now."""
        ...

    @property
    def silence(self) -> Silence:
        """What it means that nobody speaks."""
        ...

    @property
    def listed(self) -> tuple[str, ...]:
        """Options to be shown as a list, each with its number as its key."""
        ...

    def time_left(self, now: float) -> float | None:
        """Seconds left of a timed floor."""
        ...

    def caption(self, now: float) -> tuple[str, str]:
        """Of recorded words that are playing, those heard so far and those to come; empty where none are."""
        ...
