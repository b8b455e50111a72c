"""What is said before a call is kept nowhere: not a byte is written meanwhile, to no file and not to the screen."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.evening import Evening, evening
from tests.support.pulse import Pulse, pulse
from tests.support.spoken import Speak, spoken

__all__ = ["pulse", "spoken"]

pytestmark = pytest.mark.full

TALK = (
    "My sister never told me about the yellow boat.",
    "I said, the guide knows nothing about the harbour, and neither do you.",
    "We should not stop here, and what did we agree on money?",
)
"""Said in the room, to each other."""

_CALLS = (
    "open,openat,openat2,creat,write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range,rename,renameat,"
    "renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,ftruncate,truncate"
)
_NOWHERE = ("pipe:", "socket:", "UNIX", "TCP", "/dev/null", "anon_inode:", "/memfd:", "/dev/snd")
"""What is written there stays in memory, or goes to the sound system."""


@pytest.fixture
def couple(pulse: Pulse, tmp_path: Path) -> Iterator[Evening]:
    with evening(pulse, tmp_path / "home") as made:
        yield made


def kept(home: Path) -> dict[str, tuple[bytes, int]]:
    """Every file there is, but what the program prints (which the test keeps there): what it holds, when it changed."""
    files = [path for path in home.rglob("*") if path.is_file() and path.name != "output.txt"]
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def written(trace: str) -> list[str]:
    """Calls of a trace that write to a file, open one to be written, or make or change a name."""
    found = []
    for line in trace.splitlines():
        call = re.search(r"\b([a-z0-9]+)\((.*)", line)
        if not call or " = -1 " in line:
            continue
        name, rest = call.groups()
        if name in ("open", "openat", "openat2", "creat"):
            opens = re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND", rest) or name == "creat"
            if opens and not re.search(r'"(/dev/null|/dev/snd/|/dev/shm/pulse|/proc/)', rest):
                found.append(line)
        elif name.startswith(("write", "pwrite")):
            where = re.match(r"\d+<([^>]*)>?", rest)
            if not where or not where[1].startswith(_NOWHERE):
                found.append(line)
        else:
            found.append(line)
    return found


def test_nothing_heard_before_a_call_is_kept_or_written(couple: Evening, spoken: Speak, tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    under = ["strace", "-D", "-f", "-qq", "-y", "-s", "200", "-e", f"trace={_CALLS}", "-o", str(trace)]
    if not shutil.which("strace"):
        pytest.skip("strace is not here, which watches what is written")
    couple.start("listen", "--plain", under=under)
    couple.until_shown('Waiting for "hey guide"')
    couple.say(spoken("This is only for the engine to be loaded, before it counts what is written."))
    couple.wait(8.0)
    before, shown, at = kept(couple.home), couple.output, trace.stat().st_size
    for words in TALK:
        couple.say(spoken(words))
        couple.wait(2.0)
    couple.wait(2.0)
    calls = trace.read_text("utf-8", "replace")[at:]
    assert "write(" in calls, "the trace is empty: nobody watched"
    assert written(calls) == []
    assert couple.output == shown
    assert kept(couple.home) == before
    # It has heard all that: called by its name, it answers.
    couple.tell(spoken("Hey guide, what did we agree?"), "Guide: There is no agreement yet.")
    assert couple.output.startswith(shown)
    told = couple.output[len(shown) :]
    assert not re.search("boat|harbour|money|sister", told + trace.read_text("utf-8", "replace"), re.IGNORECASE)
    couple.interrupt()
    assert couple.code() == 130


def test_what_writes_is_found() -> None:
    """The reading of traces, tried on lines as strace writes them."""
    line = '101 openat(AT_FDCWD</tmp>, "/tmp/x.wav", O_WRONLY|O_CREAT|O_CLOEXEC, 0666) = 3</tmp/x.wav>'
    assert written(line) == [line]
    assert written('101 write(3</tmp/x.wav>, "RIFF", 4) = 4')
    assert written('101 write(1</tmp/home/output.txt>, "You", 3) = 3')
    assert written('101 rename("/tmp/a", "/tmp/b") = 0')
    assert not written('101 write(7<pipe:[123]>, "x", 1) = 1')
    assert not written('101 openat(AT_FDCWD</tmp>, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3</etc/passwd>')
    assert not written('101 openat(AT_FDCWD</tmp>, "/x", O_RDWR) = -1 ENOENT (No such file or directory)')
