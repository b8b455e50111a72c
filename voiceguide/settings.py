"""What people may set: ``settings.toml`` in the config folder, every line of it optional.

The shape follows wyoming-satellite's ``settings.py``: one frozen dataclass, a docstring under each field.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from voiceguide.durable import open_reading
from voiceguide.endpointing import CHOICE, Endpointing
from voiceguide.errors import NotFoundError, SettingsError
from voiceguide.paths import config_dir
from voiceguide.patience import Patience
from voiceguide.voice_commands import PHRASES

FILE = "settings.toml"

BARGE_IN = ("never", "headphones", "always")
"""With ``headphones`` the microphone does not hear the guide, so no echo has to be taken out of what it hears."""

_LONGEST_FILE = 100_000
"""Bytes; hundreds of times what there is to set."""

_LONGEST_LINE = 1_000

_LONGEST = 600.0
"""Seconds; whoever wants to wait longer says "take your time", or chooses an endless step."""


@dataclass(frozen=True)
class Settings:
    """What holds for every session of this couple."""

    address: str = "guide"
    """The one word by which the guide is called: "guide, pause"."""
    still_listening: float = Patience.still_listening
    """Seconds of silence in an answer after which a soft sound tells that the guide listens on; 0: never."""
    anything_more: float = Patience.anything_more
    """Seconds of silence in an answer after which the guide asks once whether there is more; 0: never."""
    soft_end: float = Patience.soft_end
    """Seconds after "I'm done" in which speech gives the floor back."""
    pause: float = CHOICE.pause
    """Seconds of silence that end a command or the answer to a yes-or-no question."""

    barge_in: str = "always"
    """Whether the guide stops when somebody speaks while it does: one of BARGE_IN."""

    @property
    def patience(self) -> Patience:
        """How long the session waits."""
        return Patience(self.soft_end, still_listening=self.still_listening, anything_more=self.anything_more)

    @property
    def choice(self) -> Endpointing:
        """When a command or the answer to a yes-or-no question has ended."""
        return replace(CHOICE, pause=self.pause)


def settings_file() -> Path:
    """Where the settings stand."""
    return config_dir() / FILE


def load() -> Settings:
    """The settings of this user; what the file does not name is as it comes.

    Raises SettingsError, with the place and the mend, for a file that cannot be used.
    """
    path = settings_file()
    try:
        with open_reading(path) as file:
            stored = file.read(_LONGEST_FILE + 1)
        if len(stored) > _LONGEST_FILE:
            raise ValueError(f"it has more than {_LONGEST_FILE} bytes")
        text = stored.decode("utf-8")
        # With the length of a line of dotted keys, the TOML reader's memory grows with its square.
        if any(len(line) > _LONGEST_LINE for line in text.splitlines()):
            raise ValueError(f"it has a line of more than {_LONGEST_LINE} characters")
        found = tomllib.loads(text)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}): make it readable, or remove it.") from error
    except (ValueError, RecursionError) as error:  # TOMLDecodeError and UnicodeDecodeError among them
        why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise SettingsError(f"{path} is no TOML ({why[:200]}): mend that place, or remove the file.") from error
    return Settings(**{name: _checked(name, value, path) for name, value in found.items()})


def _checked(name: str, value: Any, path: Path) -> Any:
    known = [field.name for field in fields(Settings)]
    if name not in known:
        wrong = NotFoundError.suggesting("setting", name, known, f"there are {', '.join(known)}.")
        raise SettingsError(f"{path}: {wrong}")
    taken, wanted = _KINDS.get(name, (_seconds, f"a number of seconds from 0 to {_LONGEST:g}"))
    if (good := taken(value)) is None:
        raise SettingsError(f"{path}: {name} is {str(value)[:40]!r}: give it {wanted}, or remove the line.")
    return good


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _LONGEST else None  # also for what is no number


def _pause(value: Any) -> float | None:
    seconds = _seconds(value)
    return seconds if seconds is not None and 0.3 <= seconds <= 3 else None


def _word(value: Any) -> str | None:
    if not isinstance(value, str) or not value.strip().isalpha() or not 2 <= len(value.strip()) <= 20:
        return None
    word = value.strip().lower()
    return None if (word,) in PHRASES else word  # who says "stop" wants to stop, and calls nobody


def _barge_in(value: Any) -> str | None:
    return value if value in BARGE_IN else None


_KINDS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "address": (_word, "one word of 2 to 20 letters that is no command, such as guide"),
    "pause": (_pause, "a number of seconds from 0.3 to 3"),
    "barge_in": (_barge_in, "never, headphones or always, in quotes"),
}
"""How to take a setting's value (None: it is wrong), and what is wanted; all others are seconds."""
