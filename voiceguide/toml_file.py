"""A TOML file that people write and voiceguide changes: read with care, its comments and their order kept."""

from __future__ import annotations

import errno
import os
import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from voiceguide.durable import alone_in, explained, open_reading, write_whole
from voiceguide.errors import SettingsError
from voiceguide.paths import private_dir

_LONGEST_FILE = 100_000
"""Bytes; hundreds of times what there is to set."""

_LONGEST_LINE = 1_000
"""With the length of a line of dotted keys, the TOML reader's memory grows with its square."""

_MOST_PLACES = 5
"""Lines that are tried for a name's place: each costs as much as reading the file."""


def read(path: Path) -> str:
    """The file's text; empty where there is none. Raises SettingsError, with the place, for what is no text."""
    try:
        with open_reading(path) as file:
            stored = file.read(_LONGEST_FILE + 1)
        if len(stored) > _LONGEST_FILE:
            raise ValueError(f"it has more than {_LONGEST_FILE} bytes")
        return stored.decode("utf-8-sig")  # editors on Windows put a mark there that nobody sees
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}): make it readable, or remove it.") from error
    except UnicodeDecodeError as error:
        before = stored[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise _broken(path, f"a letter that is not UTF-8 (at line {line}, column {column})") from error
    except ValueError as error:
        raise _broken(path, str(error)) from error


def parsed(text: str, path: Path) -> dict[str, Any]:
    """What the text says. Raises SettingsError, with the place in ``path``, where it is no TOML."""
    try:
        for number, line in enumerate(text.split("\n"), 1):
            if len(line) > _LONGEST_LINE:
                raise ValueError(f"more than {_LONGEST_LINE} characters in one line (at line {number}, column 1)")
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError among them; it tells line and column
        raise _broken(path, "nested too deeply" if isinstance(error, RecursionError) else str(error)) from error


def place_of(text: str, name: str) -> str:
    """Where ``name`` stands in a text that is TOML, as ", line 3, column 1"; empty where that is not told easily."""
    key = re.compile(rf"[ \t]*(?:\[\[?[ \t]*)?([\"']?){re.escape(name)}\1[ \t]*[=.\]]")
    lines = text.split("\n")
    found = [(at, line) for at, line in enumerate(lines) if key.match(line)]
    for at, line in found[:_MOST_PLACES]:
        try:
            tomllib.loads("\n".join(lines[:at]))
        except (ValueError, RecursionError):  # it stands inside of a text of many lines
            continue
        return f", line {at + 1}, column {len(line) - len(line.lstrip()) + 1}"
    return ""


def changed(text: str, path: Path, new: Mapping[str, str | float], gone: Collection[str] = ()) -> str:
    """The text with these values, and without the names in ``gone``; all else stays as it is written.

    Raises SettingsError where the text is no TOML, or is written in a way that cannot be changed safely.
    """
    import tomlkit  # only here: nothing but a change needs it

    wanted = {name: value for name, value in parsed(text, path).items() if name not in gone} | dict(new)
    try:
        document = tomlkit.parse(text if text.endswith("\n") or not text else f"{text}\n")
        for name in gone:
            document.pop(name, None)
        for name, value in new.items():
            document[name] = value
        made = tomlkit.dumps(document)
        if _compared(tomllib.loads(made)) != _compared(wanted):
            raise ValueError("the result would say something else")
    except Exception as error:  # whatever it stumbles over in people's own writing, the file stays as it is
        raise SettingsError(
            f"{path} cannot be changed without harm to what else is in it: change it by hand."
        ) from error
    return made


def _compared(values: Mapping[str, Any]) -> dict[str, str]:
    """The values so that they can be compared, those that are no number (NaN) among them."""
    return {name: repr(value) for name, value in values.items()}


def change(path: Path, new: Mapping[str, str | float], gone: Collection[str] = ()) -> None:
    """Change the file so, as ``changed`` would; who else changes it in this moment loses nothing.

    Raises SettingsError as ``read`` and ``changed`` do, RecordError as ``write`` does; then it stays as it is.
    """
    private_dir(path.parent)
    with explained("change", path), alone_in(path.parent):
        write(path, changed(read(path), path, new, gone))


def write(path: Path, text: str) -> None:
    """Put the text there, privately, whole or not at all. Raises RecordError, also for a link, which may be planted."""
    private_dir(path.parent)
    with explained("change", path):
        if path.is_symlink():
            raise OSError(errno.ELOOP, "a link")
        if path.exists() and not os.access(path, os.W_OK):  # it could be replaced, but nobody wants it changed
            raise OSError(errno.EACCES, "no permission")
        write_whole(path, text.encode())


def _broken(path: Path, why: str) -> SettingsError:
    return SettingsError(f"{path} is no TOML ({why[:200]}): mend that place, or remove the file.")
