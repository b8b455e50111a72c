"""What the session wants done: frozen dataclasses. The runner does it; none of it is ever stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Earcon(StrEnum):
    """A short sound with a meaning; the value is its file name in ``audio/``."""

    YOUR_TURN = "your-turn"
    HEARD = "heard"
    """A command was obeyed; after "I'm done" it marks the soft end of the turn."""
    TIME_NEAR = "time-near"
    TIME_UP = "time-up"
    STILL_LISTENING = "still-listening"
    """Nobody has spoken for a while, and nobody has to."""
    BREATHE_IN = "breathe-in"
    BREATHE_OUT = "breathe-out"


@dataclass(frozen=True)
class Speak:
    """Say these words; answered by PromptEnded with the same text and place."""

    text: str
    place: int = 0
    quoting: bool = False
    """They repeat what somebody said, or name somebody who has not agreed: their sound must not be kept."""
    speaker: str = ""
    """Whose words they are; empty for the guide's own."""
    written: str = ""
    """What PromptEnded tells in place of ``text``, where that may not stand in this record; empty: the text."""
    voice: str | None = None
    """Who speaks it; None: the guide."""
    pace: float = 1.0
    """How fast, beside what people asked for: 0.5 takes twice as long."""


@dataclass(frozen=True)
class Play:
    """Play a stored sound (replay); answered by PromptEnded."""

    audio: str
    text: str
    place: int
    speaker: str
    """The name of the one whose words they are."""
    voice: str | None = None
    """Who speaks the words where the sound cannot be read; None: the guide."""


@dataclass(frozen=True)
class Chime:
    """Play an earcon; nothing answers it."""

    earcon: Earcon


@dataclass(frozen=True)
class Hush:
    """Hold the guide's voice where it is."""


@dataclass(frozen=True)
class Unhush:
    """Let the held voice go on, from the start of its sentence."""


@dataclass(frozen=True)
class Silence:
    """Throw away what the guide was saying."""


@dataclass(frozen=True)
class Strike:
    """Remove these utterances' words and sound from the record."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class Adjust:
    """Speak at this pace and loudness from now on."""

    pace: float
    """1.0 is the chosen rate."""
    loudness: float
    """1.0 is full level as synthesised."""


@dataclass(frozen=True)
class End:
    """The session is over; the runner answers with Ended."""

    why: str


Effect = Speak | Play | Chime | Hush | Unhush | Silence | Strike | Adjust | End
