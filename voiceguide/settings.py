"""What people may set: ``settings.toml`` in the config folder, every line of it optional.

The shape follows wyoming-satellite's ``settings.py``: one frozen dataclass, in which each field tells what it means.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from voiceguide import toml_file
from voiceguide.errors import NotFoundError, SettingsError
from voiceguide.hearing.engines import DEFAULT
from voiceguide.paths import config_dir
from voiceguide.servers import is_address, server_of
from voiceguide.session.delivery import LOUDEST, QUIETEST
from voiceguide.session.endpointing import CHOICE, Endpointing
from voiceguide.session.patience import Patience
from voiceguide.voice_commands.waking import can_be_called

FILE = "settings.toml"

BARGE_IN = ("never", "headphones", "always")
"""With ``headphones`` the microphone does not hear the guide, so no echo has to be taken out of what it hears."""

SLOWEST, FASTEST = 80, 300
"""Words a minute."""

_LONGEST = 600.0
"""Seconds; whoever wants to wait longer says "take your time", or chooses an endless step."""

_LONGEST_NAME = 100


@dataclass(frozen=True)
class About:
    """What is to be known of a setting."""

    means: str
    """One sentence, for people."""
    wanted: str
    """Which values it takes, to go on "give it"."""
    taken: Callable[[object], Any]
    """The value that one in a file stands for; None: it is wrong."""
    example: str
    """A value, as typed."""
    unit: str = ""
    number: bool = True
    """What is typed is a number, not a text."""

    def typed(self, text: str) -> Any:
        """The value that typed text stands for; None: it is wrong."""
        return self.taken(_number(text) if self.number else text)


def _setting(
    default: Any, means: str, wanted: str, taken: Callable[[object], Any], example: str, unit: str = ""
) -> Any:
    number = not isinstance(default, str)
    return field(default=default, metadata={"about": About(means, wanted, taken, example, unit, number)})


def _within(least: float, most: float) -> Callable[[object], float | None]:
    def taken(value: object) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if least <= value <= most else None  # also for what is no number

    return taken


def _seconds(default: float, means: str, example: str, least: float = 0, most: float = _LONGEST) -> Any:
    wanted = f"a number of seconds from {least:g} to {most:g}"
    return _setting(default, means, wanted, _within(least, most), example, "seconds")


def _rate(value: object) -> int | None:
    words = _within(SLOWEST, FASTEST)(value)
    return int(words) if words is not None and words.is_integer() else None


def _word(value: object) -> str | None:
    if not isinstance(value, str) or not value.strip().isalpha() or len(value.strip()) > 20:
        return None
    word = value.strip().lower()
    return word if can_be_called(word) else None  # who says "stop" wants to stop, and calls nobody


def _barge_in(value: object) -> str | None:
    return value if isinstance(value, str) and value in BARGE_IN else None


def _voice_name(value: object) -> str | None:
    """Whether there is such a voice is found where it is to speak."""
    if not isinstance(value, str) or not value.isprintable() or len(value.strip()) > _LONGEST_NAME:
        return None
    try:
        if is_address(value):
            server_of(value)
    except NotFoundError:
        return None
    return value.strip()


def _engine_name(value: object) -> str | None:
    """Whether it is here is found where it is to hear."""
    return _voice_name(value) or None


def _own_voice_name(value: object) -> str | None:
    name = _voice_name(value)
    return None if name and is_address(name) else name


def _own_voice(means: str) -> Any:
    wanted = f"the name of a voice of this machine (at most {_LONGEST_NAME} characters; no server gets what you type)"
    return _setting("", means, wanted, _own_voice_name, "en-gb-scotland")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What holds for every session of this couple; ABOUT tells of each field what it means."""

    voice: str = _setting(
        "",
        "The voice in which the guide speaks: one of `voiceguide voices`, or a server's, wyoming://HOST:PORT[/VOICE].",
        f"the name of a voice (at most {_LONGEST_NAME} characters), or wyoming://HOST:PORT[/VOICE]",
        _voice_name,
        "en-gb-scotland",
    )
    voice_a: str = _own_voice("The voice that speaks in a replay what the first of you typed.")
    voice_b: str = _own_voice("The voice that speaks in a replay what the second of you typed.")
    engine: str = _setting(
        DEFAULT,
        "What recognises your words: one of `voiceguide engines`, or a server, wyoming://HOST:PORT.",
        f"the name of an engine (at most {_LONGEST_NAME} characters), or wyoming://HOST:PORT",
        _engine_name,
        "moonshine",
    )
    rate: int = _setting(
        150,
        'How fast the guide speaks; "slower" and "faster", said in a session, change it.',
        f"a whole number of words a minute from {SLOWEST} to {FASTEST}",
        _rate,
        "135",
        "words a minute",
    )
    loudness: float = _setting(
        1.0,
        'How loud the guide speaks, 1 being the usual; "louder" and "quieter", said in a session, change it.',
        f"a number from {QUIETEST:g} to {LOUDEST:g}",
        _within(QUIETEST, LOUDEST),
        "1.25",
    )
    address: str = _setting(
        "guide",
        'The one word by which you call the guide, as in "guide, pause".',
        "one word of 3 to 20 letters that is no command, no greeting and no everyday word, such as guide",
        _word,
        "otto",
    )
    still_listening: float = _seconds(
        Patience.still_listening,
        "How long you can be silent in an answer until a faint sound tells that the guide listens on; 0: never.",
        "12",
    )
    anything_more: float = _seconds(
        Patience.anything_more,
        "How long you can be silent in an answer until the guide asks once whether there is more; 0: never.",
        "60",
    )
    soft_end: float = _seconds(
        Patience.soft_end, 'How long you can still speak on after "I\'m done", and have your turn back.', "2.5"
    )
    pause: float = _seconds(
        CHOICE.pause, "The silence that ends a command, or the answer to a yes-or-no question.", "0.8", 0.3, 3
    )
    barge_in: str = _setting(
        "always",
        "Whether the guide stops when you speak over it: always, never, or headphones, where both of you wear some.",
        "never, headphones or always",
        _barge_in,
        "headphones",
    )

    @property
    def patience(self) -> Patience:
        """How long the session waits."""
        return Patience(self.soft_end, still_listening=self.still_listening, anything_more=self.anything_more)

    @property
    def choice(self) -> Endpointing:
        """When a command or the answer to a yes-or-no question has ended."""
        return replace(CHOICE, pause=self.pause)


ABOUT: Mapping[str, About] = {each.name: each.metadata["about"] for each in fields(Settings)}
"""Of every setting, by its name."""


def settings_file() -> Path:
    """Where the settings stand."""
    return config_dir() / FILE


def load() -> Settings:
    """The settings of this user; what the file does not name is as it comes.

    Raises SettingsError, with the place and the mend, for a file that cannot be used.
    """
    return Settings(**own())


def own() -> dict[str, Any]:
    """The settings that the file names, in its order. Raises SettingsError as ``load`` does."""
    path = settings_file()
    text = toml_file.read(path)
    return {name: _checked(name, value, path, text) for name, value in toml_file.parsed(text, path).items()}


def stored() -> dict[str, Any]:
    """What the file says, right or wrong. Raises SettingsError only where it is no TOML."""
    return toml_file.parsed(toml_file.read(settings_file()), settings_file())


def about(name: str) -> About:
    """What is to be known of a setting. Raises NotFoundError, with near names."""
    if name not in ABOUT:
        raise NotFoundError.suggesting("setting", name, ABOUT, f"there are {', '.join(ABOUT)}.")
    return ABOUT[name]


def from_typed(name: str, text: str) -> Any:
    """The value that ``text`` stands for. Raises NotFoundError for the name, SettingsError for the value."""
    known = about(name)
    if name in ("engine", "voice") and is_address(text):
        server_of(text)  # its own words on what an address is
    if (value := known.typed(text)) is None:
        raise SettingsError(
            f"{name} cannot be {_quoted(text)}: give it {known.wanted}; for one: "
            f"`voiceguide settings set {name} {known.example}`."
        )
    return value


def change(new: Mapping[str, Any], gone: Collection[str] = ()) -> None:
    """Write these values into the file, and take the names in ``gone`` out; all else in it stays as it is.

    Raises SettingsError for a file that is no TOML, which stays as it is, and RecordError where nothing can be written.
    """
    path = settings_file()
    plain = {
        name: int(value) if isinstance(value, float) and value.is_integer() else value for name, value in new.items()
    }
    toml_file.change(path, plain, gone)


def _checked(name: str, value: Any, path: Path, text: str) -> Any:
    try:
        known = about(name)
    except NotFoundError as error:
        raise SettingsError(f"{path}{toml_file.place_of(text, name)}: {error}") from error
    if (good := known.taken(value)) is None:
        quotes = "" if known.number else ", in quotes"
        raise SettingsError(
            f"{path}{toml_file.place_of(text, name)}: {name} is {_quoted(value)}: give it {known.wanted}{quotes}; "
            f"`voiceguide settings reset {name}` goes without."
        )
    return good


def _quoted(value: Any) -> str:
    """Recognisable and harmless, whatever it is."""
    return repr(str(value)[:40])


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
