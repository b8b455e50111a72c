"""``voiceguide replay``: a saved session, heard again."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceguide import INTERRUPTED
from voiceguide.cli.narrating import of_partners
from voiceguide.cli.numbers import Number
from voiceguide.cli.options import (
    Sound,
    partner_of,
    partner_option,
    prompts_of,
    prompts_option,
    session_argument,
    sound_options,
)
from voiceguide.cli.stage import Stage, stage
from voiceguide.cli.unlocking import passphrase_option, unlock
from voiceguide.errors import DeviceError, NotFoundError

if TYPE_CHECKING:
    from voiceguide.exercise import Partner
    from voiceguide.export.edition import Edition, Say
    from voiceguide.hearing.ears import Ears
    from voiceguide.record import Session as Stored
    from voiceguide.record.replay import Item, Prompts
    from voiceguide.record.transcript import Header


@click.command()
@session_argument
@click.option(
    "--speed",
    type=Number(0.5, 3.0),
    default=1.0,
    show_default=True,
    callback=lambda context, parameter, value: _number(value),
    metavar="NUMBER",
    help="How fast; 1.5 is half as fast again, at the same pitch.",
)
@click.option(
    "--from", "start", metavar="PLACE", help="Where to begin: a time (4:12), `step 3`, `turn 7`, or words said there."
)
@partner_option
@prompts_option
@passphrase_option
@sound_options
def replay(
    session_id: str | None,
    speed: float,
    start: str | None,
    partner: str | None,
    prompts: str,
    passphrase_stdin: bool,
    sound: Sound,
) -> None:
    """Hear a saved session again, by default the newest: your own voices, the guide's words spoken anew.

    Say or press: pause (space), continue (space), next turn (n), the turn before (b), repeat (r), slower, faster,
    louder, quieter, stop (q). Or say "go to step four", "go to turn seven", "go to minute ten", "go to the apology",
    "back fifteen seconds", "forward a minute"; the arrow keys go 15 seconds (left, right) or a step (up, down).
    Through loudspeakers commands are heard best in a pause; the keys work always. What was typed is spoken in two
    voices.

    \b
    Examples:
      voiceguide replay
      voiceguide replay --partner Anna --speed 1.25
      voiceguide replay --from "the apology" --prompts short
      voiceguide replay 20261122 --from 4:12
    """
    from voiceguide.paths import sessions_dir
    from voiceguide.record import read
    from voiceguide.record.archive import find
    from voiceguide.settings import load
    from voiceguide.speaking import whole

    unlock(passphrase_stdin, session_id)
    stored = read(find(sessions_dir(), session_id))
    with contextlib.ExitStack() as stack:

        def say(text: str, voice: str | None, keep: bool) -> Any:
            return whole(parts.narrator.say(text, 1.0, keep, voice))

        only = None if partner is None else partner_of(partner, stored.header.names)
        edition = edition_of(stored, say, only, prompts_of(prompts))
        begin = _start(start, edition.items)
        parts = stack.enter_context(stage(sound, load(), silent_without_device=True))
        play(parts, _ears(parts, sound, stack), stored.header, edition, speed, begin)


def edition_of(stored: Stored, say: Say, only: Partner | None = None, prompts: Prompts = "full") -> Edition:
    """What is played of a session. Raises RecordError where there is nothing to hear."""
    from voiceguide.export.edition import Edition
    from voiceguide.speaking.pyttsx3_engine import COUPLE_VOICES

    edition = Edition(stored, say, COUPLE_VOICES, only, prompts)
    edition.refuse_empty()
    return edition


def play(parts: Stage, ears: Ears, header: Header, edition: Edition, speed: float = 1.0, begin: int = 0) -> None:
    """Play an edition from its item ``begin`` on, and obey what is told meanwhile."""
    from voiceguide.replaying import Replaying
    from voiceguide.roles import NoRecord
    from voiceguide.session.events import Begun
    from voiceguide.sound.files import stretch

    loudness = parts.settings.loudness
    spoken_by = of_partners(parts.voice, parts.settings, parts.screen.notice)
    machine = Replaying(edition.items, header.names, speed, header.prompts, header.steps, spoken_by, begin, loudness)
    parts.screen.anew()
    parts.screen.title = f"{header.title}, {header.started[:10]}"
    parts.screen.session = machine

    def recorded(name: str) -> Any:
        return stretch(edition.recording(Path(name)), machine.speed)

    with parts.running(ears, recorded) as runner:
        runner.run(machine, NoRecord(), Begun())
        if runner.interrupted:
            raise click.exceptions.Exit(INTERRUPTED)


def _start(wanted: str | None, told: Sequence[Item]) -> int:
    """The index of the item to begin with. Raises NotFoundError."""
    from voiceguide.jumping import found
    from voiceguide.record.story import clock

    at = 0 if wanted is None else found(wanted, told)
    if at is None:
        ends = clock(max((item.start + item.seconds for item in told), default=0.0))
        raise NotFoundError(
            f"Nothing in this session is at {str(wanted)[:60]!r}: give a time up to {ends}, `step 3`, `turn 7`, or "
            "words that were said; `voiceguide show` has them."
        )
    return at


def _number(value: float) -> float:
    if math.isnan(value):  # which lies in every range
        raise click.BadParameter("give a number, such as 1.5.")
    return value


def _ears(parts: Stage, sound: Sound, stack: contextlib.ExitStack) -> Ears:
    """A microphone for commands where there is one; a replay goes on without."""
    from voiceguide.hearing.ears import QuietEars, VoiceEars
    from voiceguide.hearing.listener import Listener
    from voiceguide.sound.microphone import open_microphone
    from voiceguide.sound.vad import SileroGate

    if not parts.lifelike:
        return QuietEars(parts.recogniser, lifelike=False)
    try:
        microphone = open_microphone(sound.mic)
    except DeviceError:
        return QuietEars(parts.recogniser, lifelike=True)
    stack.callback(microphone.close)
    return VoiceEars(microphone, Listener(SileroGate()), parts.recogniser, parts.settings.choice)
