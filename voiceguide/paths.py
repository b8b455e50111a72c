"""Where things lie: the user's folders, and the exercises and earcons that ship with the package.

No other module looks for packaged files or user folders. Nothing is created on import; the environment is read
at each call.
"""

from __future__ import annotations

import os
import shlex
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal

from voiceguide.errors import RecordError, SoundFileError

_PACKAGE = Path(__file__).resolve().parent


def data_dir() -> Path:
    """The folder of what the couple made: ``$VOICEGUIDE_HOME/data``, or the system's place for user data."""
    return _folder("data")


def config_dir() -> Path:
    """The folder of settings and own exercises: ``$VOICEGUIDE_HOME/config``, or the system's place for them."""
    return _folder("config")


def cache_dir() -> Path:
    """The folder of what can be made again: ``$VOICEGUIDE_HOME/cache``, or the system's place for caches."""
    return _folder("cache")


def sessions_dir() -> Path:
    """The folder that holds one folder for each session. Raises RecordError when a link stands there."""
    return _no_link(data_dir() / "sessions")


def engines_dir() -> Path:
    """The folder that holds one folder for each downloaded recogniser. Raises RecordError when a link stands there."""
    return _no_link(data_dir() / "engines")


def voices_dir() -> Path:
    """The folder that holds one folder for each downloaded voice. Raises RecordError when a link stands there."""
    return _no_link(data_dir() / "voices")


def pip_install(extra: str) -> str:
    """The command that installs an extra, or with "" voiceguide itself, beside what runs: ``pip`` may be another."""
    checkout, added = _PACKAGE.parent, f"[{extra}]" if extra else ""
    here = (checkout / "pyproject.toml").is_file()
    what = ["-e", f"{checkout}{added}"] if here else [f"voiceguide{added}"]
    return shlex.join([sys.executable, "-m", "pip", "install", *what])


def memory_dir() -> Path | None:
    """A folder of this user's alone that is never on a disk; None where the system has none (not Linux)."""
    if sys.platform != "linux":
        return None
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    for parent in ([Path(runtime)] if runtime else []) + [Path("/dev/shm")]:
        folder = parent / f"voiceguide-{os.getuid()}"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            told = folder.lstat()
        except OSError:
            continue
        # anybody may have made it in a folder that belongs to all
        private = stat.S_ISDIR(told.st_mode) and told.st_uid == os.getuid() and not told.st_mode & 0o077
        if private and _in_memory(folder.resolve()):
            return folder
    return None


def _in_memory(folder: Path) -> bool:
    """Whether the file system that holds it lives in memory."""
    kinds: dict[Path, str] = {}
    with suppress(OSError):
        for line in Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines():
            before, _, after = line.partition(" - ")
            kinds[Path(before.split()[4])] = after.split()[0]
    return next((kinds[above] for above in (folder, *folder.parents) if above in kinds), "") in ("tmpfs", "ramfs")


def private_dir(path: Path) -> Path:
    """Make a folder that only its owner can enter, and return it.

    Parents that are missing are made the same way. One that exists is closed to others when it is voiceguide's own and
    this user's, else left as it is. Raises RecordError when that is not possible, or a link leads away.
    """
    roots = (data_dir(), config_dir(), cache_dir())
    ours = [folder for folder in (path, *path.parents) if any(folder.is_relative_to(root) for root in roots)]
    for folder in ours:
        if folder not in roots:  # a whole folder may lie elsewhere, if people want that
            _no_link(folder)
    try:
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)  # a strict umask can take even the owner's bits away
        if not path.is_dir():
            raise NotADirectoryError(None, "a file stands in its place")
        for folder in ours:
            _close(folder)
    except OSError as error:
        raise RecordError(
            f"The folder {str(path)!r} cannot be made ({error.strerror}): make the folder above it writable, "
            "or set VOICEGUIDE_HOME to a folder that is."
        ) from error
    return path


def _no_link(folder: Path) -> Path:
    """``folder``, unless it is a link: whoever planted it decides where the private things go."""
    if folder.is_symlink():
        raise RecordError(
            f"{folder} is a link, which voiceguide does not follow: put the folder itself there, or set "
            "VOICEGUIDE_HOME to a folder on the other disk."
        )
    return folder


def _close(folder: Path) -> None:
    """Shut others out of this user's own folder. Raises OSError."""
    if sys.platform != "win32":
        found = folder.stat()
        if found.st_uid == os.geteuid() and found.st_mode & 0o077:
            folder.chmod(0o700)


def exercise_files() -> dict[str, Path]:
    """Every exercise's file by the file's stem: ours, and the user's, which replace ours of the same name."""
    return shipped_exercise_files() | {file.stem: file for file in sorted(own_exercises_dir().glob("*.toml"))}


def shipped_exercise_files() -> dict[str, Path]:
    """The files of the exercises that come with voiceguide, by stem; fragments are among them."""
    return {file.stem: file for file in sorted((_PACKAGE / "exercises").glob("*.toml"))}


def packaged_file(name: str) -> Path:
    """A file that comes with voiceguide, beside its modules."""
    return _PACKAGE / name


def own_exercises_dir() -> Path:
    """The folder of the exercises people wrote themselves."""
    return config_dir() / "exercises"


def earcon_file(name: str) -> Path:
    """The WAV file of an earcon, e.g. ``your-turn``. Raises SoundFileError when it is not there.

    The wheel carries the sounds inside the package; an editable install finds them in the checkout beside it.
    """
    for folder in (_PACKAGE / "audio", _PACKAGE.parent / "audio"):
        file = folder / f"{name}.wav"
        if file.is_file():
            return file
    raise SoundFileError(f"The sound {name}.wav is missing from the installation: install voiceguide again.")


def _folder(kind: Literal["data", "config", "cache"]) -> Path:
    home = os.environ.get("VOICEGUIDE_HOME")
    if home:
        return Path(home).expanduser().absolute() / kind
    from platformdirs import PlatformDirs  # 30 ms that asking for help need not take

    system = PlatformDirs("voiceguide", appauthor=False)
    return {"data": system.user_data_path, "config": system.user_config_path, "cache": system.user_cache_path}[kind]
