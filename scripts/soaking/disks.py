"""Disks that fill up in mid-utterance, and folders that can no longer be written to."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from soaking.demos import sittings
from soaking.tried import Room, Tried, UnableError
from tests.support.command import Running, add_short, obey_permissions, only_session, session_folders

_SIZE = 64 << 20


def full_disk(room: Room, most: int) -> Iterator[Tried]:
    """The disk is full from some moment on but for a few bytes; later there is room again."""
    with _small_disk(room.home) as home:
        add_short(home)
        yield from sittings(replace(room, home=home), most, partial(_fill, left=room.chance.choice([0, 300, 9_000])))


def _fill(command: Running, home: Path, left: int) -> str:
    filler = home / "filler"
    with filler.open("wb", buffering=0) as file:
        with suppress(OSError):
            while file.write(bytes(1 << 16)):
                pass
        os.ftruncate(file.fileno(), file.tell() - left)
    message = _end(command)
    filler.unlink()
    return message


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own at ``folder``, for who goes there by the path this gives: /proc leads into its namespace."""
    folder.mkdir(exist_ok=True, parents=True)
    script = 'mount -t tmpfs -o size="$1",mode=700 none "$2" && echo mounted && exec cat'
    for flags in ("-m", "-rm"):  # as root, as anybody
        command = ["unshare", flags, "sh", "-c", script, "sh", str(_SIZE), str(folder)]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet) as holder:
            assert holder.stdin
            assert holder.stdout
            if holder.stdout.readline() == b"mounted\n":
                yield Path(f"/proc/{holder.pid}/root{folder}")
                return
    raise UnableError("neither `unshare -m` nor `unshare -rm` may mount a small disk.")


def read_only(room: Room, most: int) -> Iterator[Tried]:
    """The folder of the recordings may no longer be written to; later it may."""
    yield from sittings(room, most, _closed, preexec_fn=obey_permissions)


def _closed(command: Running, home: Path) -> str:
    if not session_folders(home):
        return _end(command)
    audio = only_session(home) / "audio"
    audio.chmod(0o500)
    message = _end(command)
    audio.chmod(0o700)
    return message


def _end(command: Running) -> str:
    """Its end, by itself: a sentence that tells how to go on, or a good end where nothing more was to be written."""
    command.process.wait(240)
    done = command.finish()
    if done.code == 0:
        return ""
    sentence = done.complaint()
    assert "--resume" in sentence, sentence
    return sentence
