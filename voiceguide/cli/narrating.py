"""Who speaks: the chosen voices, as far as they are here, and what keeps the sound of the guide's sentences."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from voiceguide.cli.options import Sound
from voiceguide.errors import EngineError, FarError, NotFoundError
from voiceguide.lock import Lock
from voiceguide.paths import cache_dir, data_dir
from voiceguide.servers import is_address
from voiceguide.settings import Settings
from voiceguide.speaking import Narrator, voices
from voiceguide.speaking.pyttsx3_engine import COUPLE_VOICES
from voiceguide.worker import Worker

VOICES = {"guide": "voice", "a": "voice_a", "b": "voice_b"}
"""The settings that name a voice, by who speaks with it."""

_SYNTHESIS_SECONDS = 10.0
"""A sentence takes a tenth of one; an engine that takes longer hangs, and the couple waits for it."""


def voice_worker(first: str | None = None, allow_remote: bool = False) -> Worker:
    """The engine that speaks, in a process of its own; the voice ``first`` ("": the default one) is loaded at once."""
    return Worker(voices.FACTORY, first, allow_remote, seconds=_SYNTHESIS_SECONDS)


def known_voice(typed: str) -> str:
    """The id of the voice that somebody typed. Raises NotFoundError, also for one that is not here yet."""
    with voice_worker() as worker:
        known = str(worker.submit("check", typed).result())
        if is_address(known):  # some servers offer voices that they cannot speak with
            worker.submit("synthesize", "One.", known, Settings.rate).result()
        return known


def guides_narrator(speaker: Worker, sound: Sound, settings: Settings, tell: Callable[[str], None]) -> Narrator:
    """What speaks as the guide: as the options want it, else as the settings do, if that voice is ``usable``."""
    voice = sound.voice or usable(speaker, settings.voice, None, tell)
    return narrator_of(speaker, voice, sound.rate or settings.rate)


def of_partners(speaker: Worker, settings: Settings, tell: Callable[[str], None]) -> tuple[str, str]:
    """Who speaks what the two typed: the voices they chose, as far as those are ``usable``."""
    chosen = zip((settings.voice_a, settings.voice_b), COUPLE_VOICES, strict=True)
    a, b = (usable(speaker, wanted, otherwise, tell) or otherwise for wanted, otherwise in chosen)
    return a, b


def usable(speaker: Worker, wanted: str, otherwise: str | None, tell: Callable[[str], None]) -> str | None:
    """The voice ``wanted`` by the settings, or ``otherwise`` where it is none or has gone, which is told.

    Nobody is sent away for it: what was chosen some day may be removed since, and an engine that fails now may speak
    in the next moment; where it does not, the words stand on the screen.
    """
    if not wanted:
        return otherwise
    try:
        return str(speaker.submit("check", wanted).result())
    except (EngineError, FarError, NotFoundError) as error:
        if is_address(wanted) and isinstance(error, EngineError):  # it may answer later; until then that is told
            return wanted
        tell(f"{error} Until then another voice speaks.")
        return otherwise


def narrator_of(speaker: Worker, voice: str | None, rate: int) -> Narrator:
    """What speaks with it, and keeps the sound of the exercises' own sentences: they hold names, so not where all is
    locked."""
    cache = None if Lock(data_dir()).exists else prompts_cache()
    return Narrator(speaker, voices.name(), cache, voice, rate)


def prompts_cache() -> Path:
    """The folder of sentences that were spoken before."""
    return cache_dir() / "prompts"
