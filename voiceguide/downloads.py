"""Downloading and removing models: the only part of voiceguide that goes online, and only when told to.

A model comes from the Hugging Face hub (or ``$HF_ENDPOINT``, as for the hub's own programs) with plain GETs: the list
of a fixed revision's files with their sizes and hashes, then each file. ``huggingface_hub``, which faster-whisper
brings, was tried and not taken: since 2.0 it begins a file anew in each run (its part has a random name), it does not
check what arrived against its hash (its issue 3643), and it reads the user's tokens.

A model grows in ``NAME.part`` beside its folder and gets its name when every file is whole. The part of a file bears
the file's hash, so nothing is ever continued with the bytes of another version.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from voiceguide.durable import (
    close_quietly,
    explained,
    lock_folder,
    open_appending,
    remove_tree,
    sync_folder,
    write_new,
)
from voiceguide.errors import EngineError, NotFoundError, RecordError
from voiceguide.paths import private_dir
from voiceguide.weights import SUMS, check_weights, stored_hashes

if TYPE_CHECKING:
    from http.client import HTTPResponse

_HUB = "https://huggingface.co"
_LONGEST_LIST = 1 << 20
_CHUNK = 1 << 18
_PATIENCE = 30.0
"""Seconds without a byte after which the connection is taken for lost."""

_SPARE = 100 * 10**6
"""Bytes of the disk that a download leaves free."""

Tell = Callable[[int, int], None]
"""Is told how many bytes of how many are here."""


@dataclass(frozen=True)
class Download:
    """A model that can be fetched."""

    name: str
    kind: str
    """What people call it: "engine" or "voice"."""
    folder: Path
    """Where its files lie once they are all here and whole; nothing else bears this name."""
    repository: str
    revision: str
    """The commit of the repository that is fetched, whatever comes later."""
    needed: tuple[str, ...]
    """Names of the files without which it is none."""
    wanted: tuple[str, ...] = ()
    """Names of files that are taken where they are listed."""
    under: str = ""
    """The repository's folder that holds them; "" for the topmost."""

    @property
    def growing(self) -> Path:
        """Where it lies while it is not whole."""
        return self.folder.with_name(f"{self.folder.name}.part")

    @property
    def size_here(self) -> int:
        """Bytes of it on the disk, whole or begun."""
        found = 0
        for folder in _folders(self):
            with contextlib.suppress(OSError):  # its names change while a download goes on
                for path in folder.iterdir():
                    with contextlib.suppress(OSError):
                        found += path.lstat().st_size
        return found


class _LostError(Exception):
    """The connection could not be made, or broke; the text says why."""


@dataclass(frozen=True)
class _File:
    """One file of a model, as the hub lists it."""

    name: str
    size: int
    digest: str
    """SHA-256 of a large file (as Git LFS keeps it), git's own SHA-1 of a small one: hexadecimal, so of 64 or 40."""

    def is_whole(self, path: Path) -> bool:
        """Whether ``path`` holds this file. Raises OSError."""
        if path.stat().st_size != self.size:
            return False
        with path.open("rb") as file:
            if len(self.digest) == 64:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.digest
            blob = b"blob %d\0" % self.size + file.read()
        return hashlib.sha1(blob, usedforsecurity=False).hexdigest() == self.digest


def get(model: Download, tell: Tell) -> bool:
    """Download it, or go on with it; False when it was here already and is undamaged.

    Raises EngineError (offline, refused, damaged on its way, no room) and RecordError (the folder cannot be written);
    what has been fetched is kept, and the next call goes on.
    """
    folder = model.folder
    if folder.is_dir():
        with contextlib.suppress(OSError):
            check_weights(folder, stored_hashes(folder))
            return False
    files = _listed(model)
    growing = private_dir(model.growing)
    with _held(growing, model.name), explained("download to", growing):
        if folder.is_dir() and not folder.is_symlink():  # a damaged one: its good files are used
            for path in folder.iterdir():
                path.replace(growing / path.name)
            folder.rmdir()
        have = {file: _fetched(growing, file) for file in files}
        _check_room(model.name, growing, sum(file.size for file in files) - sum(have.values()))
        total = sum(file.size for file in files)
        for file in files:
            others = sum(have.values()) - have[file]
            _fetch(model, file, growing, partial(_tell_all, tell, others, total))
            have[file] = file.size
        _finish(growing, files)
        growing.replace(folder)
        sync_folder(folder.parent)
    return True


def _tell_all(tell: Tell, others: int, total: int, done: int) -> None:
    """Tell of a file's bytes as of all files'."""
    tell(others + done, total)


def remove(model: Download) -> None:
    """Delete it, whole or begun. Raises NotFoundError, RecordError, and EngineError while it is being downloaded."""
    if not _folders(model):
        raise NotFoundError(f"The {model.kind} {model.name} is not downloaded: there is nothing to remove.")
    for folder in _folders(model):
        alone = contextlib.nullcontext() if folder.is_symlink() else _held(folder, model.name)
        with explained("remove", folder), alone:
            remove_tree(folder)


def in_words(size: int) -> str:
    """So many bytes, as people count them."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _folders(model: Download) -> list[Path]:
    return [folder for folder in (model.folder, model.growing) if folder.is_dir()]


@contextlib.contextmanager
def _held(folder: Path, name: str) -> Iterator[None]:
    """No other voiceguide downloads into ``folder`` meanwhile."""
    try:
        lock = lock_folder(folder)
    except RecordError:
        raise EngineError(f"{name} is being downloaded by another voiceguide: wait for that one.") from None
    try:
        yield
    finally:
        close_quietly(lock)


def _check_room(name: str, folder: Path, missing: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < missing + _SPARE:
        raise EngineError(
            f"There is too little room for {name} in {folder.parent}: {in_words(missing + _SPARE)} are needed, "
            f"{in_words(free)} are free. Make room, or set VOICEGUIDE_HOME to a folder on another disk."
        )


# -- files -------------------------------------------------------------------------------------------------------


def _part(folder: Path, file: _File) -> Path:
    return folder / f"{file.name}.{file.digest[:12]}.part"


def _fetched(folder: Path, file: _File) -> int:
    """Bytes of the file that are here; a finished file that is not the listed one is removed. Raises OSError."""
    path = folder / file.name
    if path.exists():
        if file.is_whole(path):
            return file.size
        path.unlink()
    part = _part(folder, file)
    if part.is_symlink() or (part.exists() and not (part.is_file() and part.stat().st_nlink == 1)):
        part.unlink()  # what leads elsewhere is not continued
    return part.stat().st_size if part.exists() else 0


def _fetch(model: Download, file: _File, folder: Path, tell: Callable[[int], None]) -> None:
    """Make the file whole, going on where its part ends. Raises EngineError, OSError."""
    if (folder / file.name).exists():
        return
    within = f"{model.under}/" if model.under else ""
    url = f"{_endpoint()}/{model.repository}/resolve/{model.revision}/{within}{file.name}"
    part = _part(folder, file)
    # Unbuffered: whatever interrupts us, what has come is on its way to the disk.
    with os.fdopen(open_appending(part, create=not part.exists()), "ab", buffering=0) as out:
        while (have := os.fstat(out.fileno()).st_size) < file.size:
            try:
                _take(url, out, have, file.size, tell)
                why = "it ended early"
            except _LostError as error:
                why = str(error)
            if os.fstat(out.fileno()).st_size <= have:  # while there is progress, an interruption is no matter
                raise EngineError(
                    f"The connection to {_endpoint()} was lost ({why}): what was fetched is kept, "
                    "run the same command again when online."
                )
        os.fsync(out.fileno())
    if not file.is_whole(part):
        part.unlink()
        raise EngineError(
            f"{file.name} arrived damaged (its hash is not the listed one) and was removed: "
            "run the same command again, and if that does not help, from another network."
        )
    part.replace(folder / file.name)


def _take(url: str, out: IO[bytes], have: int, size: int, tell: Callable[[int], None]) -> None:
    """Append what the server sends from byte ``have`` on, or begin anew where it sends all. Raises _LostError."""
    with _asked(url, have) as response:
        if have and response.status != 206:
            out.truncate(0)
            have = 0
        while have <= size and (chunk := _read(response.read1, _CHUNK)):
            out.write(chunk)
            have += len(chunk)
            tell(min(have, size))


def _finish(folder: Path, files: list[_File]) -> None:
    """Keep the hashes beside the files, for every later loading, and nothing else. Raises OSError."""
    names = {file.name for file in files}
    for path in folder.iterdir():
        if path.name not in names:
            path.unlink()
    sums = []
    for name in sorted(names):
        with (folder / name).open("rb") as file:
            sums.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {name}\n")
    write_new(folder / SUMS, "".join(sums).encode())
    sync_folder(folder)


# -- the hub -----------------------------------------------------------------------------------------------------


def _endpoint() -> str:
    """The hub's address. Raises EngineError for one that is none."""
    address = os.environ.get("HF_ENDPOINT", "").rstrip("/") or _HUB
    if not re.fullmatch(r"https?://[!-~]+", address):
        raise EngineError(f"HF_ENDPOINT is {address[:60]!r}: it must begin with https://, or be unset.")
    return address


def _listed(model: Download) -> list[_File]:
    """The model's files. Raises EngineError."""
    url = f"{_endpoint()}/api/models/{model.repository}/tree/{model.revision}"
    if model.under:
        url += f"/{model.under}"
    try:
        with _asked(url) as response:
            entries = json.loads(_read(response.read, _LONGEST_LIST))
    except _LostError as error:
        raise EngineError(
            f"There is no connection to {_endpoint()} ({error}): what was fetched before is kept, "
            "run the same command again when online."
        ) from error
    except ValueError:
        entries = None
    files = [file for entry in entries if (file := _file(entry, model))] if isinstance(entries, list) else []
    if not {file.name for file in files}.issuperset(model.needed):
        raise EngineError(f"{_endpoint()} gave no list of the files of {model.repository}: is it the hub? Try later.")
    return files


def _file(entry: Any, model: Download) -> _File | None:
    """A file from the hub's list; None for one that is not wanted, or without size and hash."""
    try:
        large = entry.get("lfs") or entry
        folder, _, name = entry["path"].rpartition("/")
        size, digest = large["size"], large["oid"]
        wanted = folder == model.under and name in (*model.needed, *model.wanted)
        right = wanted and type(size) is int and size >= 0
        return _File(name, size, digest) if right and re.fullmatch("[0-9a-f]{40}|[0-9a-f]{64}", digest) else None
    except (AttributeError, KeyError, TypeError):
        return None


@contextlib.contextmanager
def _asked(url: str, start: int = 0) -> Iterator[HTTPResponse]:
    """The answer to a GET for everything from byte ``start`` on. Raises _LostError, EngineError when refused."""
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    headers = {"User-Agent": "voiceguide"} | ({"Range": f"bytes={start}-"} if start else {})
    try:
        response = urlopen(Request(url, headers=headers), timeout=_PATIENCE)
    except HTTPError as error:
        error.close()
        busy = error.code == 429 or error.code >= 500
        mend = "try again later; what was fetched is kept" if busy else "look for a newer voiceguide"
        raise EngineError(f"The server refused {url} ({error.code} {error.reason}): {mend}.") from error
    except Exception as error:  # HTTPException, URLError, and what odd servers make urllib raise
        why = getattr(error, "reason", None) or error
        raise _LostError(str(getattr(why, "strerror", None) or why)) from error
    with response:
        yield response


def _read(read: Callable[[int], bytes], most: int) -> bytes:
    """The next bytes; none at the end. Raises _LostError."""
    from http.client import HTTPException

    try:
        return read(most)
    except (OSError, HTTPException) as error:
        raise _LostError(str(error) or type(error).__name__) from error
