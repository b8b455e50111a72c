"""What comes into the session: frozen dataclasses. What goes out stands in ``voiceguide.session.effects``.

They are also what the record keeps: ``to_fields``/``from_fields`` turn them into the JSON lines of a transcript
and back, so replaying a record through the same machine gives the same state.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from math import inf
from typing import Any

from voiceguide.exercise import Partner
from voiceguide.session.delivery import AS_IT_COMES, Delivery
from voiceguide.session.patience import UNHURRIED, USUAL, Patience
from voiceguide.voice_commands import VoiceCommand

Times = tuple[tuple[float, float], ...]
"""(from, to) in seconds, for each of something."""


@dataclass(frozen=True)
class Begun:
    """The session begins."""

    patience: Patience = USUAL
    """How long the guide waits until the session is resumed."""
    clock: float | None = None
    """What a clock on the wall shows now, in seconds since midnight; None: nobody knows."""
    delivery: Delivery = AS_IT_COMES
    """How the guide speaks from now on."""


@dataclass(frozen=True)
class PromptEnded:
    """The guide has said its line to the end."""

    text: str = ""
    """The words, for the transcript."""
    start: float = 0.0
    """Seconds since the session's start at which the guide began to say them."""
    place: int = 0
    """The step's place; 0 for lines that belong to no step (help, pauses)."""


@dataclass(frozen=True)
class BargedIn:
    """Somebody speaks while the guide does."""


@dataclass(frozen=True)
class SpeechStarted:
    """Somebody began to speak while the microphone is open to them."""


@dataclass(frozen=True)
class SoundKept:
    """An utterance was cut and lies on disk; its words follow in an Utterance."""

    id: int
    """Number of the utterance in its session, from 1; the file name carries it too."""
    partner: Partner
    audio: str
    """File name relative to the session's folder, e.g. ``audio/0007-a.flac``."""
    start: float
    seconds: float
    place: int = 0


@dataclass(frozen=True)
class Utterance:
    """A stretch of speech with its recognised words, or a typed line."""

    id: int
    """Number of the utterance in its session, from 1; typed lines count too."""
    partner: Partner
    text: str
    """All words heard, command included."""
    audio: str | None = None
    """None for a typed line or when nothing is recorded."""
    start: float = 0.0
    seconds: float = 0.0
    doubtful: bool = False
    """The words are uncertain; the recording is the truth."""
    command: VoiceCommand | None = None
    """The command this utterance is, or ends in."""
    command_at: int = 0
    """Offset in ``text`` (characters) where the command's words begin; what stands before belongs to the answer."""
    place: int = 0
    struck: bool = False
    """Taken off the record: the words and the sound are gone, this is what is left."""
    times: Times = ()
    """When each word of ``text.split()`` was said: (from, to), seconds from the sound's beginning. Empty: unknown."""
    noisy: bool = False
    """Noise drowned some of it; its words are doubtful then."""

    @property
    def answer(self) -> str:
        """The words that belong to the answer."""
        return self.text if self.command is None else self.text[: self.command_at].strip()


@dataclass(frozen=True)
class Amended:
    """Better words for the answer in an utterance; the first ones stay in the record."""

    id: int
    """The utterance's number."""
    text: str
    by: str = ""
    """Who or what found them: a partner's name, or a recogniser's."""
    times: Times = ()
    """As in Utterance, for these words."""
    doubtful: bool = False
    """As in Utterance, for these words."""
    struck: bool = False
    """Taken off the record since."""


@dataclass(frozen=True)
class SpeechDropped:
    """What began as speech held no words (a cough, the dog), or is not for keeping."""

    words: bool = False
    """It held words, which are not for keeping."""


@dataclass(frozen=True)
class Commanded:
    """A command given by key or slash."""

    command: VoiceCommand


@dataclass(frozen=True)
class TimePassed:
    """The session's deadline has come."""


@dataclass(frozen=True)
class MicrophoneLost:
    """The microphone gives no more sound."""


@dataclass(frozen=True)
class MicrophoneFound:
    """A microphone is back."""


@dataclass(frozen=True)
class Resumed:
    """A stored session goes on."""

    patience: Patience = USUAL
    """How long the guide waits from now on."""
    clock: float | None = None
    """As in Begun."""
    delivery: Delivery = AS_IT_COMES
    """As in Begun."""


@dataclass(frozen=True)
class Ended:
    """The session is over."""

    why: str
    """``completed`` or ``stopped``."""


Event = (
    Begun
    | PromptEnded
    | BargedIn
    | SpeechStarted
    | SoundKept
    | Utterance
    | Amended
    | SpeechDropped
    | Commanded
    | TimePassed
    | MicrophoneLost
    | MicrophoneFound
    | Resumed
    | Ended
)

TYPES: dict[str, type[Event]] = {
    "begun": Begun,
    "prompt": PromptEnded,
    "barge_in": BargedIn,
    "speech": SpeechStarted,
    "sound": SoundKept,
    "utterance": Utterance,
    "amend": Amended,
    "dropped": SpeechDropped,
    "command": Commanded,
    "time": TimePassed,
    "microphone_lost": MicrophoneLost,
    "microphone_found": MicrophoneFound,
    "resumed": Resumed,
    "ended": Ended,
}
"""The record's ``type`` of each input."""

_NAMES = {cls: name for name, cls in TYPES.items()}


def to_fields(event: Event) -> dict[str, Any]:
    """The JSON fields of an input, ``type`` first; enums become their text."""
    made = {"type": _NAMES[type(event)], **asdict(event)}
    return {key: str(value) if isinstance(value, StrEnum) else value for key, value in made.items()}


def from_fields(stored: dict[str, Any]) -> Event | None:
    """The input stored in a record's line; None for types this version does not feed to the session.

    Unknown fields are ignored here (the record itself keeps them). Raises ValueError or TypeError for a line
    whose known fields have the wrong shape.
    """
    cls = TYPES.get(str(stored.get("type")))
    if cls is None:
        return None
    known = {f.name: stored[f.name] for f in fields(cls) if f.name in stored}
    if known.get("command") is not None:
        known["command"] = VoiceCommand(known["command"])
    if "times" in known:
        known["times"] = tuple((float(start), float(end)) for start, end in known["times"])
        if not all(0 <= start <= end < inf for start, end in known["times"]):
            raise ValueError("times is out of range")
    if cls in (Begun, Resumed):
        known["patience"] = _patience(known["patience"]) if "patience" in known else UNHURRIED
        known["clock"] = _clock(known.get("clock"))
        known["delivery"] = _delivery(known.get("delivery", {}))
    return cls(**known)


def _clock(stored: object) -> float | None:
    if stored is None:
        return None
    if isinstance(stored, bool) or not isinstance(stored, int | float) or not 0 <= stored <= 86_400:
        raise ValueError("clock is no time of day")
    return float(stored)


def _patience(stored: object) -> Patience:
    if not isinstance(stored, dict):
        raise TypeError("patience is no object")
    known = {f.name: float(stored[f.name]) for f in fields(Patience) if f.name in stored}
    if not all(0 <= seconds < inf for seconds in known.values()):
        raise ValueError("patience is out of range")
    return Patience(**known)


def _delivery(stored: object) -> Delivery:
    if not isinstance(stored, dict):
        raise TypeError("delivery is no object")
    known = {f.name: float(stored[f.name]) for f in fields(Delivery) if f.name in stored}
    if not all(0 < factor < inf for factor in known.values()):
        raise ValueError("delivery is out of range")
    return Delivery(**known)
