"""Options that several commands share, and what they mean."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from voiceguide.cli.completion import engine_names, offering, session_ids, voice_names
from voiceguide.cli.numbers import Whole
from voiceguide.exercise import PARTNERS, Partner, clean_names
from voiceguide.settings import FASTEST, SLOWEST, Settings

if TYPE_CHECKING:
    from voiceguide.record.replay import Prompts

_Command = TypeVar("_Command", bound=Callable[..., Any])

DEFAULT_EXERCISE = "worry-and-answer"

_LONGEST_NAMES = 10_000
"""Bytes of the file that holds them."""

DEFAULT_NAMES = ("First partner", "Second partner")


@dataclass(frozen=True)
class Sound:
    """Which devices and voice to use."""

    mic: str | None
    speaker: str | None
    voice: str | None
    rate: int | None
    """Words a minute; None: as the settings say."""
    engine: str | None
    """What recognises; None: as the settings say."""
    plain: bool
    allow_remote: bool = False
    """Servers may be beyond this machine and its own network."""

    def engine_of(self, settings: Settings) -> str:
        """What recognises: as asked for this once, else as the settings say."""
        return settings.engine if self.engine is None else self.engine


def sound_options(command: _Command) -> _Command:
    """--mic, --speaker, --voice, --rate, --engine, --allow-remote, --plain; given to the command as ``sound``."""
    options = [
        click.option(
            "--mic", metavar="NAME", help="Microphone to use, or a unique part of its name; by default the system's."
        ),
        click.option(
            "--speaker",
            metavar="NAME|FILE.wav|none",
            help="Loudspeaker to use, by default the system's; FILE.wav writes the sound there, none is silent: both "
            "run faster than life.",
        ),
        click.option(
            "--voice",
            metavar="NAME|wyoming://HOST:PORT[/VOICE]",
            help="The guide's voice, this once: `voiceguide voices` lists what is here; or a server's.",
            shell_complete=offering(voice_names),
        ),
        click.option(
            "--rate",
            type=Whole(SLOWEST, FASTEST),
            metavar="WORDS",
            help="Words a minute, this once; by default as the settings say.",
        ),
        click.option(
            "--engine",
            metavar="NAME|wyoming://HOST:PORT",
            help="What recognises your words, this once: `voiceguide engines` lists what is here; or a server.",
            shell_complete=offering(engine_names),
        ),
        allow_remote_option,
        click.option("--plain", is_flag=True, help="No colours, no live display; the default off a terminal."),
    ]

    @click.pass_context
    def gathered(context: click.Context, /, *args: Any, **values: Any) -> Any:
        given = {each.name: values.pop(each.name) for each in fields(Sound)}
        return context.invoke(command, *args, sound=Sound(**given), **values)

    gathered.__doc__, gathered.__name__ = command.__doc__, command.__name__
    gathered.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]  # where click itself keeps them
    for option in reversed(options):
        gathered = option(gathered)
    return gathered  # type: ignore[return-value]  # the same command with other parameters


def allow_remote_option(command: _Command) -> _Command:
    """--allow-remote; given as ``allow_remote``."""
    return click.option(
        "--allow-remote",
        is_flag=True,
        help="Let servers be beyond this machine and its own network, where nothing protects what you say.",
    )(command)


def names_option(command: _Command) -> _Command:
    """--names A,B; given as ``names``: a pair, or None."""
    return click.option(
        "--names", metavar="A,B", callback=_pair, help="First names of the two of you, e.g. --names Anna,Ben."
    )(command)


def session_argument(command: _Command) -> _Command:
    """[ID]; given as ``session_id``: as typed, or None for the newest."""
    return click.argument("session_id", metavar="[ID]", required=False, shell_complete=offering(session_ids))(command)


def resume_option(command: _Command) -> _Command:
    """--resume [ID]; given as ``resume``: None, "" for the newest, or (part of) an id."""
    return click.option(
        "--resume",
        metavar="[ID]",
        is_flag=False,
        flag_value="",
        help="Go on with a session, by default the newest.",
        shell_complete=offering(session_ids),
    )(command)


def partner_option(command: _Command) -> _Command:
    """--partner NAME; given as ``partner``: as typed, or None."""
    return click.option("--partner", metavar="NAME|a|b", help="Only what this partner said.")(command)


def prompts_option(command: _Command) -> _Command:
    """--prompts full|short|none; given as ``prompts``."""
    return click.option(
        "--prompts",
        type=click.Choice(["full", "short", "none"]),
        default="full",
        show_default=True,
        help="The guide's own words: all, each one's main sentence, or none.",
    )(command)


def prompts_of(typed: str) -> Prompts:
    """What ``prompts_option`` gave, as the record's side calls it."""
    from voiceguide.record.replay import PROMPTS

    return next(each for each in PROMPTS if each == typed)


def _pair(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, str] | None:
    if value is None:
        return None
    parts = value.split(",")
    if len(parts) != 2:
        raise click.BadParameter("give two names with a comma between them, such as Anna,Ben.")
    return clean_names((parts[0], parts[1]))


def names_file() -> Path:
    """Where the names of last time stand."""
    from voiceguide.paths import config_dir

    return config_dir() / "names.json"


def remembered_names() -> tuple[str, str]:
    """The names of last time, or neutral ones; where all is locked, those of the newest session that can be read."""
    from voiceguide.durable import open_reading
    from voiceguide.lock import Lock
    from voiceguide.paths import data_dir

    if Lock(data_dir()).exists:
        return _names_of_the_newest()
    try:
        with open_reading(names_file(), follow=False) as file:
            a, b = json.loads(file.read(_LONGEST_NAMES))
        return clean_names((a, b))
    except Exception:
        # Whatever is wrong with that file, the session can begin: names can be given by --names.
        return DEFAULT_NAMES


def _names_of_the_newest() -> tuple[str, str]:
    from voiceguide.paths import sessions_dir
    from voiceguide.record.archive import newest_first

    real = (s.names for s in newest_first(sessions_dir()) if not s.problem and not s.simulated)
    # An evening that began without the passphrase knew nobody's name.
    return next((names for names in real if set(names) != set(DEFAULT_NAMES)), DEFAULT_NAMES)


def remember_names(names: tuple[str, str]) -> None:
    """Keep the names for next time, unless all is locked; not being able to is no reason to stop."""
    import contextlib

    from voiceguide.durable import write_new
    from voiceguide.errors import RecordError
    from voiceguide.lock import Lock
    from voiceguide.paths import data_dir, private_dir

    if Lock(data_dir()).exists:
        return
    with contextlib.suppress(OSError, RecordError):
        path = names_file()
        private_dir(path.parent)
        write_new(path, json.dumps(names).encode())


def find_session(resume: str | None, simulated: bool) -> Path | None:
    """The session to go on with; None when none was asked for.

    Raises NotFoundError, and UnsealedError for one that would go on in plain though there is a lock.
    """
    from voiceguide.errors import UnsealedError
    from voiceguide.paths import sessions_dir
    from voiceguide.record.archive import find
    from voiceguide.record.store import is_sealed, lock_of

    if resume is None:
        return None
    folder = find(sessions_dir(), resume or None, simulated=simulated)
    if lock_of(sessions_dir()).exists and not is_sealed(folder):
        raise UnsealedError(
            f"{folder.name} was begun before there was a lock, so what you say would not be encrypted: lock it with "
            "`voiceguide lock --sessions`, then go on."
        )
    return folder


def is_finished(folder: Path) -> bool:
    """Whether the session came to its end; says so. Raises RecordError when it cannot be read."""
    from voiceguide.cli.plain import clean, say
    from voiceguide.record import read

    if read(folder).ended != "completed":
        return False
    name = clean(folder.name)
    say(f"The session {name} is finished; hear it with: voiceguide replay {name}")
    return True


def partner_of(wanted: str, names: tuple[str, str]) -> Partner:
    """Whom a name, or a or b, means. Raises NotFoundError with near names."""
    from voiceguide.errors import NotFoundError
    from voiceguide.record.searching import folded

    typed = folded(wanted.strip())[0]
    by_name = [partner for partner, name in zip("ab", names, strict=True) if folded(name)[0] == typed]
    for partner in PARTNERS:  # a name that is one of the letters is a name
        if partner in (by_name or [typed]) and partner != "both":
            return partner
    raise NotFoundError.suggesting("partner", wanted, names, f"this session is of {names[0]} and {names[1]}.")
