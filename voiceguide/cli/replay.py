"""``voiceguide replay``: a saved session, heard again."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any

import click

from voiceguide.cli.options import Sound, sound_options
from voiceguide.cli.stage import Stage, stage
from voiceguide.errors import DeviceError, NotFoundError, RecordError

if TYPE_CHECKING:
    from voiceguide.exercise import Partner
    from voiceguide.hearing.ears import Ears

_LONGEST_GAP = 1.5


@click.command()
@click.argument("session", metavar="[ID]", required=False)
@click.option(
    "--speed",
    type=click.FloatRange(0.5, 3.0),
    default=1.0,
    show_default=True,
    callback=lambda context, parameter, value: _number(value),
    help="1.5 is faster.",
)
@click.option("--partner", metavar="NAME|a|b", help="Only what this partner said.")
@sound_options
def replay(session: str | None, speed: float, partner: str | None, sound: Sound) -> None:
    """Hear a saved session again, by default the newest: your own voices, the guide's words spoken anew.

    Say or press: pause (space), continue (space), next (n), back (b), repeat (r), stop (q). Through loudspeakers
    commands are heard best in a pause; the keys work always.

    \b
    Examples:
      voiceguide replay
      voiceguide replay --partner Anna --speed 1.25
      voiceguide replay 20261122 --speaker evening.wav
    """
    from voiceguide.archive import find
    from voiceguide.events import Begun
    from voiceguide.paths import sessions_dir
    from voiceguide.record import read
    from voiceguide.replay import cap_gaps, items, only_partner
    from voiceguide.replaying import Replaying
    from voiceguide.roles import NoRecord
    from voiceguide.settings import load

    stored = read(find(sessions_dir(), session))
    chosen = items(stored)
    if partner is not None:
        chosen = only_partner(chosen, _partner(partner, stored.header.names))
    header = stored.header
    machine = Replaying(cap_gaps(chosen, _LONGEST_GAP), header.names, speed, header.prompts)
    if not machine.items:
        raise RecordError(f"There is nothing to hear in {header.id}: choose another with `voiceguide sessions`.")
    with contextlib.ExitStack() as stack:
        parts = stack.enter_context(stage(sound, load(), silent_without_device=True))
        parts.screen.title = f"{header.title}, {header.started[:10]}"
        parts.screen.session = machine
        ears = _ears(parts, sound, stack)
        with parts.running(ears, lambda name: _load(name, speed)) as runner:
            runner.run(machine, NoRecord(), Begun())
            if runner.interrupted:
                raise click.exceptions.Exit(130)


def _number(value: float) -> float:
    if math.isnan(value):  # which lies in every range
        raise click.BadParameter("give a number, such as 1.5.")
    return value


def _partner(wanted: str, names: tuple[str, str]) -> Partner:
    if wanted.casefold() in ("a", names[0].casefold()):
        return "a"
    if wanted.casefold() in ("b", names[1].casefold()):
        return "b"
    raise NotFoundError.suggesting("partner", wanted, names, f"this session is of {names[0]} and {names[1]}.")


def _ears(parts: Stage, sound: Sound, stack: contextlib.ExitStack) -> Ears:
    """A microphone for commands where there is one; a replay goes on without."""
    from voiceguide.hearing.ears import QuietEars, VoiceEars
    from voiceguide.hearing.listener import Listener
    from voiceguide.microphone import open_microphone
    from voiceguide.vad import SileroGate

    if not parts.lifelike:
        return QuietEars(parts.recogniser, lifelike=False)
    try:
        microphone = open_microphone(sound.mic)
    except DeviceError:
        return QuietEars(parts.recogniser, lifelike=True)
    stack.callback(microphone.close)
    return VoiceEars(microphone, Listener(SileroGate()), parts.recogniser, parts.settings.choice)


def _load(name: str, speed: float) -> Any:
    from pathlib import Path

    from voiceguide.sound_files import evened, read_sound, stretch

    return stretch(evened(read_sound(Path(name))), speed)
