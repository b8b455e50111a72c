"""``voiceguide doctor``: what works here, what does not, and how to mend it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable

import click

from voiceguide.cli.plain import clean, say
from voiceguide.errors import VoiceguideError

_PHRASE = "The door is open and the light is on."
_ROOM = 200 * 2**20


@click.command()
def doctor() -> None:
    """Tell what works here, what does not, and how to mend it. Plays and records nothing.

    \b
    Example:
      voiceguide doctor
    """
    checks: list[tuple[str, bool, Callable[[], str]]] = [
        ("Python", True, _python),
        ("Saved sessions", True, _folder),
        ("Lock", True, _lock),
        ("Settings", True, _settings),
        ("The guide's voice", True, _voice),
        ("Recognition", True, _recognition),
        ("Speaking over the guide", False, _barge_in),
        ("Servers", False, _servers),
        ("Exercises", True, _exercises),
        ("Microphones", False, _microphones),
        ("Loudspeakers", False, _loudspeakers),
        ("Terminal", False, _terminal),
    ]
    failed, begin = False, "voiceguide start"
    for name, needed, check in checks:
        try:
            say(f"[ok]      {name}: {clean(check())}", hang=10)
        except VoiceguideError as error:
            failed = failed or needed
            if check is _microphones:
                begin += " --keyboard"
            mark = "[broken] " if needed else "[missing]"
            say(f"{mark} {name}: {clean(str(error))}", hang=10)
    if failed:
        say("\nMend what is [broken], and run `voiceguide doctor` again.")
        raise click.exceptions.Exit(1)
    say(f"\nAll that is needed works here. Begin with: {begin}")


def _python() -> str:
    return f"{sys.version.split()[0]} on {sys.platform}"


def _folder() -> str:
    from voiceguide.errors import RecordError
    from voiceguide.paths import private_dir, sessions_dir

    folder = private_dir(sessions_dir())
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise RecordError(
            f"{folder} cannot be written to ({error.strerror}): make it your own, or set VOICEGUIDE_HOME to another."
        ) from error
    if free < _ROOM:
        raise RecordError(f"{folder} has only {free // 2**20} MB free: an evening needs up to {_ROOM // 2**20} MB.")
    return f"{folder}, {free / 2**30:.0f} GB free"


def _lock() -> str:
    from voiceguide.paths import sessions_dir
    from voiceguide.record.converting import unsealed
    from voiceguide.record.store import lock_of

    lock = lock_of(sessions_dir())
    if not lock.exists:
        return "none; `voiceguide lock` encrypts what is said from then on"
    lock.check()
    count = len(unsealed(sessions_dir()))
    if not count:
        return "what is said is encrypted"
    return f"what is said is encrypted; not yet {count} saved before, which `voiceguide lock --sessions` locks, too"


def _settings() -> str:
    from voiceguide.settings import own, settings_file

    yours = own()
    told = f"yours: {', '.join(yours)}" if yours else "all as they come"
    return f"{told}; `voiceguide settings` explains and changes them ({settings_file()})"


def _voice() -> str:
    from voiceguide.speaking import voices
    from voiceguide.worker import Worker

    with Worker(voices.FACTORY, seconds=20) as worker:
        found = worker.submit("voices").result()
        spoken = worker.submit("synthesize", _PHRASE, None, 150).result()
    return f"{found[0].id} speaks, one of {len(found)} ({voices.name()}; {spoken.seconds:.1f} s spoken)"


def _recognition() -> str:
    """The guide's own voice, recognised: both engines and everything between them."""
    from voiceguide.errors import EngineError
    from voiceguide.hearing import engines
    from voiceguide.speaking import voices
    from voiceguide.worker import Worker

    with (
        Worker(voices.FACTORY, seconds=20) as voice,
        Worker(*engines.factory(engines.DEFAULT), seconds=60) as recogniser,
    ):
        heard = recogniser.submit("recognize", voice.submit("synthesize", _PHRASE, None, 150).result()).result()
    if not heard.text:
        raise EngineError("The recogniser made out no words: install voiceguide again.")
    return f"{engines.DEFAULT} heard the guide say: {heard.text} (engines here: {', '.join(engines.installed())})"


def _barge_in() -> str:
    from voiceguide.errors import SettingsError
    from voiceguide.hearing.echo import EchoCanceller
    from voiceguide.settings import load

    try:
        wanted = load().barge_in
    except SettingsError:  # told above
        return "as the settings say, once they are mended"
    if wanted != "always":
        return f"{wanted}, as barge_in in the settings says"
    EchoCanceller()
    return "the guide stops, its echo cancelled"


def _servers() -> str:
    """Those in the settings: what each is there for, tried."""
    from voiceguide.errors import EngineError, SettingsError, VoiceguideError
    from voiceguide.hearing import engines
    from voiceguide.servers import is_address
    from voiceguide.settings import Settings, load
    from voiceguide.sound import Sound
    from voiceguide.speaking import voices
    from voiceguide.worker import Worker

    try:
        settings = load()
    except SettingsError:  # told above
        settings = Settings()
    named = {name: getattr(settings, name) for name in ("engine", "voice")}
    named = {name: address for name, address in named.items() if is_address(address)}
    if not named:
        return "none; all is done on this machine"

    def tried(name: str, address: str) -> str:
        spoken: Sound = voice.submit("synthesize", _PHRASE, None if name == "engine" else address, 150).result()
        if name != "engine":
            return f"{name}: {address} speaks ({spoken.seconds:.1f} s spoken)"
        with Worker(*engines.factory(address), seconds=60) as recogniser:
            recogniser.submit("check").result()
            heard = recogniser.submit("recognize", spoken).result().text
        if not heard:
            raise EngineError(f"{address} answers, but made out no words: is it for English?")
        return f"{name}: {address} heard the guide say: {heard}"

    told, wrong = [], []
    with Worker(voices.FACTORY, seconds=20) as voice:
        for name, address in named.items():
            try:
                told.append(tried(name, address))
            except VoiceguideError as error:
                wrong.append(f"{name}: {error}")
    if wrong:
        raise EngineError("; ".join([*wrong, *told]))
    return "; ".join(told)


def _exercises() -> str:
    from voiceguide.library import all_exercises

    found, wrong = all_exercises()
    if wrong:
        raise wrong[0]
    return f"{len(found)} can be used; `voiceguide exercises` lists them"


def _microphones() -> str:
    from voiceguide.errors import DeviceError
    from voiceguide.sound.microphone import microphone_names

    names = microphone_names()
    if not names:
        raise DeviceError("none found: plug one in, or type with `voiceguide start --keyboard`.")
    return ", ".join(names)


def _loudspeakers() -> str:
    from voiceguide.errors import DeviceError
    from voiceguide.sound.playback import loudspeaker_names

    names = loudspeaker_names()
    if not names:
        raise DeviceError("none found: without one the guide's words are shown on the screen only.")
    return ", ".join(names)


def _terminal() -> str:
    from voiceguide.cli.screen import is_terminal

    kind = "live display" if is_terminal() else "plain lines"
    return f"{kind}, encoding {sys.stdout.encoding}"
