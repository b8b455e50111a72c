"""``voiceguide voices``: who can speak here, and who can be had."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import click

from voiceguide.cli.completion import offering, voice_names
from voiceguide.cli.narrating import VOICES, known_voice
from voiceguide.cli.numbers import Whole
from voiceguide.cli.plain import clean, say, say_json, show_paged, warn
from voiceguide.errors import VoiceguideError
from voiceguide.servers import is_address, kept_near
from voiceguide.settings import FASTEST, SLOWEST

_TOLD = {"guide": "the guide's", "a": "partner a's", "b": "partner b's"}

_SAMPLE = "Hello. This is how I would speak with the two of you. Shall we begin? There is no hurry."


_LONGEST = 1000
"""Letters of a sample; a session's longest prompt has half of that."""


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects with id, title, state, uses …")
@click.pass_context
def voices(context: click.Context, as_json: bool) -> None:
    """List the voices, hear one, pick one, download another.

    The guide speaks with one of them; two others read what was typed when a session is replayed or exported.

    \b
    Examples:
      voiceguide voices
      voiceguide voices play en-gb
      voiceguide voices use en-gb-scotland
      voiceguide voices use en-us+f3 --for a
      voiceguide voices get kristin
    """
    if context.invoked_subcommand:
        return
    found = list(_voices())
    if as_json:
        say_json(found)
        return
    blocks = {heading: [voice for voice in found if voice["state"] == state] for heading, state in _HEADINGS.items()}
    lines = [_block(heading, rows) for heading, rows in blocks.items() if rows]
    if any(voice["id"] == "en-us" for voice in found):
        lines.append("  Each of these also takes a variant: en-us+f3, en-us+m3, en-us+whisper.")
    served = [voice for voice in found if voice["state"] == "server"]
    if served:
        lines.append(_block("On servers:", served))
    lines += ["", "Hear one:     voiceguide voices play NAME", "Choose one:   voiceguide voices use NAME"]
    if any(voice["state"] == "missing" for voice in found):
        lines.append("Download one: voiceguide voices get NAME")
    show_paged(lines)


_HEADINGS = {
    "Natural voices, here:": "natural",
    "Natural voices, not here:": "missing",
    "Voices of the system, here:": "system",
}


@voices.command()
@click.argument("name", required=False, shell_complete=offering(voice_names))
@click.option("--text", default=_SAMPLE, help="What is said.")
@click.option("--speaker", metavar="NAME|FILE.wav", help="Loudspeaker to use; FILE.wav writes the sound there.")
@click.option(
    "--rate",
    type=Whole(SLOWEST, FASTEST),
    metavar="WORDS",
    help="Words a minute; by default as the settings say.",
)
def play(name: str | None, text: str, speaker: str | None, rate: int | None) -> None:
    """Hear a voice, by default the guide's.

    \b
    Examples:
      voiceguide voices play
      voiceguide voices play en-us+f3 --text "Good evening."
    """
    from voiceguide.cli.narrating import usable, voice_worker
    from voiceguide.settings import load
    from voiceguide.sound.playback import open_loudspeaker

    if len(text) > _LONGEST:
        raise VoiceguideError(f"A sample of {len(text)} letters is too long: give --text {_LONGEST} at most.")
    settings = load()
    with contextlib.ExitStack() as stack:
        worker = stack.enter_context(voice_worker(name or settings.voice))
        chosen = name or usable(worker, settings.voice, None, warn)
        spoken = worker.submit("synthesize", text, chosen, rate or settings.rate).result()
        loudspeaker = open_loudspeaker(speaker)
        stack.callback(loudspeaker.close)
        loudspeaker.volume = settings.loudness
        loudspeaker.play(spoken)
        while loudspeaker.busy:
            # a rendered loudspeaker is given the time, a device takes it
            loudspeaker.tick(0.1)
            if loudspeaker.latency:
                _wait()
    if speaker and speaker.lower().endswith(".wav"):
        say(f"Written: {clean(speaker)}")


def _wait() -> None:
    import time

    time.sleep(0.05)  # the device plays in its own thread


@voices.command(short_help="Let the guide speak with it, or read what you typed.")
@click.argument("name", shell_complete=offering(voice_names))
@click.option(
    "--for",
    "who",
    type=click.Choice(list(VOICES)),
    default="guide",
    show_default=True,
    help="Whose voice it shall be: the guide's, or that of what the first (a) or the second of you (b) typed.",
)
def use(name: str, who: str) -> None:
    """Let the guide speak with this voice from now on; or let it read what one of you typed.

    It is kept in the settings: `voiceguide settings reset voice` takes it back.

    \b
    Examples:
      voiceguide voices use en-gb-scotland
      voiceguide voices use en-us+f3 --for a
    """
    from voiceguide import settings

    with kept_near():
        name = known_voice(settings.from_typed(VOICES[who], name))
    settings.change({VOICES[who]: name})
    speaks = "the guide speaks" if who == "guide" else f"what partner {who} typed is spoken"
    say(f"From the next session on {speaks} with {name}; back: voiceguide settings reset {VOICES[who]}")


@voices.command(short_help="Download a natural voice, or go on with a download.")
@click.argument("name", shell_complete=offering(voice_names))
def get(name: str) -> None:
    """Download a natural voice, or go on where a download was interrupted.

    Only this command and `voiceguide engines get` go online. It fetches the voice's files from huggingface.co (or from
    the address in HF_ENDPOINT), checks them, and sends nothing but the requests for them.

    \b
    Example:
      voiceguide voices get kristin
    """
    from voiceguide.cli.fetching import fetch
    from voiceguide.errors import EngineError
    from voiceguide.speaking import piper_engine

    model = piper_engine.download(name)
    if not piper_engine.runs():  # 60 MB that nothing here could speak with
        raise EngineError(f"The voice {name} needs Piper, which is not here: {piper_engine.how_to_get(name)}.")
    fetch(model, f"voiceguide voices get {name}")
    say(f"Hear it with: voiceguide voices play {name}, and let the guide speak with it: voiceguide voices use {name}")


@voices.command()
@click.argument("name", shell_complete=offering(voice_names))
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Remove a downloaded voice, or what an interrupted download left.

    \b
    Example:
      voiceguide voices remove kristin
    """
    from voiceguide.cli.fetching import let_go
    from voiceguide.speaking.piper_engine import download

    let_go(download(name), yes)


def _voices() -> Iterator[dict[str, Any]]:
    """Every voice with what it is: natural or the system's, here or to be had."""
    from voiceguide.cli.narrating import voice_worker
    from voiceguide.settings import load
    from voiceguide.speaking import piper_engine

    settings = load()
    with voice_worker() as worker:
        here = worker.submit("voices").result()
    for voice in here:
        natural = piper_engine.VOICES.get(voice.id)
        uses = [who for who, setting in VOICES.items() if voice.id == getattr(settings, setting).partition("+")[0]]
        if voice is here[0] and not settings.voice:
            uses.append("guide")
        known = {"id": voice.id, "title": voice.name, "language": voice.language, "uses": uses}
        yield known | {
            "state": "natural" if natural else "system",
            "licence": natural.licence if natural else "",
            "get": "",
        }
    if is_address(settings.voice):
        about = {"title": "a server's voice", "language": "", "uses": ["guide"], "state": "server", "licence": ""}
        yield {"id": settings.voice, **about, "get": ""}
    for name, natural in piper_engine.VOICES.items():
        if name not in [voice.id for voice in here]:
            yield {
                "id": name,
                "title": natural.title,
                "language": natural.language,
                "uses": [],
                "state": "missing",
                "licence": natural.licence,
                "get": piper_engine.how_to_get(name),
                "bytes": natural.size,
            }


def _block(heading: str, found: list[dict[str, Any]]) -> str:
    """A part of the list, aligned."""
    from voiceguide.downloads import in_words

    about = [in_words(voice["bytes"]) if voice.get("bytes") else "" for voice in found]
    uses = [", ".join(_TOLD[who] for who in voice["uses"]) for voice in found]
    cells = [
        (voice["id"], voice["title"], voice["licence"], size or use)
        for voice, size, use in zip(found, about, uses, strict=True)
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    rows = ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    return "\n".join([heading, *(row.rstrip() for row in rows)])
