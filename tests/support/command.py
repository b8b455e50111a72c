"""Runs ``voiceguide`` with a folder of its own: in this process, or the installed command as a user does."""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from unittest.mock import patch

import pytest

from tests.support.exercise_text import head
from tests.support.fakes_speaking import FakeVoiceWorker
from voiceguide import lock
from voiceguide.cli import run

_SCRIPT = Path(sys.executable).with_name("voiceguide")
COMMAND = [str(_SCRIPT)] if _SCRIPT.exists() else [sys.executable, "-m", "voiceguide"]

PATIENCE = 240.0
"""Seconds after which a command is taken to hang; far beyond what any takes."""

SHORT = (
    head("A short one")
    + """
[[steps]]
say = "Hello, {first} and {second}."
[[steps]]
floor = "{first}, what is it?"
partner = "first"
seconds = 60
example = "The red boat is on the long river."
[[steps]]
mirror = "{second}, what was it?"
partner = "second"
check = "{first}, was it that?"
missed = "{first}, what is missing?"
example = "You said that a boat is on the river."
[[steps]]
say = "Thank you."
"""
)
"""An exercise with one of each kind of step, for what need not be tried at full length."""


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    def complaint(self, code: int = 1) -> str:
        """The one sentence of an error; fails unless it ended with ``code`` and said exactly one."""
        assert self.code == code, f"exit {self.code}\n{self.out[-2000:]}\n{self.err}"
        said = [line for line in self.err.splitlines() if line.startswith(("voiceguide: ", "Error: "))]
        assert len(said) == 1, self.err
        sentence = said[0].partition(": ")[2]
        assert sentence.endswith((".", "?", "!")) or code == 2, sentence  # Click ends its sentences otherwise
        return sentence

    def fine(self) -> Done:
        """This, if it ended well."""
        assert self.code == 0, f"exit {self.code}\n{self.out[-2000:]}\n{self.err}"
        return self


def environment(home: Path, **more: str) -> dict[str, str]:
    """What the command sees: ``home`` as its only folder, no sound card of this machine, ``more``."""
    quiet = {"VOICEGUIDE_HOME": str(home), "PYTHONUNBUFFERED": "", "PULSE_SERVER": "none", "VOICEGUIDE_DEBUG": ""}
    return {**os.environ, **quiet, **more}


def spoken(args: Sequence[str]) -> list[str]:
    """The arguments with the system's voice where something is spoken, unless the test itself names a voice.

    A session with the natural one takes three times the work, and there are hundreds here. It speaks in the evenings
    at life speed, and in the tests of voices.
    """
    speaks = args[:1] in (("start",), ("demo",), ("replay",)) and "--voice" not in args
    return [*args, "--voice", "en-us"] if speaks and sys.platform == "linux" else list(args)


_SESSIONS = {"start", "listen", "demo", "replay"}
"""Commands that speak and listen: with real engines and signals they get a process."""


def voiceguide(home: Path, *args: str, given: str | bytes = "", env: dict[str, str] | None = None) -> Done:
    """Run a command to its end with ``given`` as its input: in a process only where it hears or speaks.

    A typed session with ``--speaker none`` runs in this process, too, with a FakeVoiceWorker. Who tests something of
    the process, of the real voice or of signals calls ``installed``.
    """
    typed = args[:1] == ("start",) and {"--keyboard", "none"} <= {*args}
    run_it = installed if _SESSIONS.intersection(args[:1]) and not typed else in_process
    return run_it(home, *args, given=given, env=env)


def typed(home: Path, *lines: str, start: Sequence[str] = ("a-short-one", "--names", "Mia,Zoe")) -> Done:
    """A session with these lines typed ahead; it stops where they end."""
    given = "".join(f"{line}\n" for line in lines)
    return voiceguide(home, "start", *start, "--keyboard", "--speaker", "none", given=given).fine()


def in_process(home: Path, *args: str, given: str | bytes = "", env: dict[str, str] | None = None) -> Done:
    """Run a command in this process as if it were a new one."""
    with (
        patch.dict(os.environ, environment(home, **(env or {})), clear=True),
        patch.multiple(lock, _own=[], _ring=[]),  # a new process holds no key
        patch("voiceguide.cli.stage.Worker", FakeVoiceWorker) if "--keyboard" in args else contextlib.nullcontext(),
        patch("voiceguide.cli.narrating.Worker", FakeVoiceWorker) if "--keyboard" in args else contextlib.nullcontext(),
    ):
        return called(*args, given=given)


def called(*args: str, given: str | bytes = "", colours: bool = False) -> Done:
    """Run a command in this process and this environment.

    With ``colours`` the output is that for a terminal, except that it is not paged.
    """
    fed = given.encode("utf-8", "replace") if isinstance(given, str) else given
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", errors="surrogateescape") for _ in range(2))
    # Click takes escape sequences out of what goes to no terminal: here it must not, or nobody would see them.
    with (
        _typed(fed) as stdin,
        patch.multiple(sys, stdout=out, stderr=err, stdin=stdin),
        patch("click.utils.should_strip_ansi", lambda *_: not colours),
    ):
        code = run([*args])
        for thread in threading.enumerate():
            if thread.name == "lines":  # it reads standard input to its end, which must not be the next command's
                thread.join(PATIENCE)
        out.flush()
        err.flush()
    return _done(code, out.buffer.getvalue(), err.buffer.getvalue())


@contextlib.contextmanager
def _typed(given: bytes) -> Iterator[io.TextIOWrapper]:
    """Standard input that holds ``given``; its descriptor, too, since a passphrase is read from there."""
    kept = os.dup(0)
    try:
        with tempfile.TemporaryFile() as file:
            file.write(given)
            file.seek(0)
            os.dup2(file.fileno(), 0)
        with open(0, encoding="utf-8", closefd=False) as stdin:
            yield stdin
    finally:
        os.dup2(kept, 0)
        os.close(kept)


def installed(
    home: Path,
    *args: str,
    given: str | bytes = "",
    env: dict[str, str] | None = None,
    under: Sequence[str] = (),
    as_typed: bool = False,
    **more: Any,
) -> Done:
    """Run the installed command to its end with ``given`` as its input, ``under`` another command.

    ``as_typed`` leaves the arguments as they are, without the voice that tests usually speak with.
    """
    args = args if as_typed else tuple(spoken(args))
    fed = given.encode() if isinstance(given, str) else given
    more = {"input": fed, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    if "stdin" in more:
        del more["input"]
    ended = subprocess.run([*under, *COMMAND, *args], env=environment(home, **(env or {})), timeout=PATIENCE, **more)
    return _done(ended.returncode, ended.stdout or b"", ended.stderr or b"")


def _done(code: int, out: bytes, err: bytes) -> Done:
    """No end may hold a traceback."""
    done = Done(code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))
    assert "Traceback" not in done.out + done.err, done.out + done.err
    return done


class Running:
    """A command that runs while the test looks on."""

    def __init__(
        self, home: Path, *args: str, env: dict[str, str] | None = None, under: Sequence[str] = (), **more: Any
    ) -> None:
        more = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
        self.process = subprocess.Popen([*under, *COMMAND, *spoken(args)], env=environment(home, **(env or {})), **more)
        self.seen: list[str] = []
        """The lines it printed, as far as ``line`` has taken them."""
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._errors: list[bytes] = []
        self._readers = [threading.Thread(target=self._read), threading.Thread(target=self._read_errors)]
        for reader in self._readers:
            reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line.decode("utf-8", "replace").rstrip("\n"))
        self._lines.put(None)

    def _read_errors(self) -> None:
        assert self.process.stderr
        self._errors += self.process.stderr

    def line(self) -> str | None:
        """Its next line; None at the end, and ever after."""
        line = self._lines.get(timeout=PATIENCE)
        if line is not None:
            self.seen.append(line)
        else:
            self._lines.put(None)  # for whoever asks once more
        return line

    def until(self, wanted: str | Callable[[str], bool]) -> str:
        """The next line that holds ``wanted``."""
        while (line := self.line()) is not None:
            if wanted(line) if callable(wanted) else wanted in line:
                return line
        raise AssertionError(f"{wanted!r} never came:\n" + "\n".join(self.seen) + self.errors)

    @property
    def errors(self) -> str:
        """What it wrote to standard error so far."""
        return b"".join(self._errors).decode("utf-8", "replace")

    def say(self, *lines: str) -> None:
        """Type lines."""
        assert self.process.stdin
        self.process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        self.process.stdin.flush()

    def end_input(self) -> None:
        """Type no more."""
        assert self.process.stdin
        self.process.stdin.close()

    def send(self, number: signal.Signals) -> None:
        """A signal to it alone."""
        self.process.send_signal(number)

    def finish(self) -> Done:
        """Its end."""
        self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        while self.line() is not None:
            pass
        return _done(self.process.returncode, "\n".join(self.seen).encode(), b"".join(self._errors))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream and not stream.closed:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def obey_permissions() -> None:
    """Let permissions bind root, too: without CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH. Others need no such thing.

    For ``preexec_fn``.
    """
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


def have_read_the_safety_page(home: Path) -> None:
    """Both of them, before."""
    (home / "data").mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / "data" / "safety-page-shown").write_text("2026-11-01\n", encoding="utf-8")


def add_exercise(home: Path, text: str, id: str = "a-short-one") -> str:
    """Give ``home`` an exercise, and people who have read the safety page; its id."""
    have_read_the_safety_page(home)
    folder = home / "config" / "exercises"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{id}.toml").write_text(text, encoding="utf-8")
    return id


def add_short(home: Path) -> str:
    """Give ``home`` the short exercise; its id."""
    return add_exercise(home, SHORT)


def session_folders(home: Path) -> list[Path]:
    """The sessions there are, the oldest first."""
    return sorted((home / "data" / "sessions").glob("[!.]*"))


def only_session(home: Path) -> Path:
    """The folder of the one session there is."""
    (folder,) = session_folders(home)
    return folder


def record(folder: Path) -> list[dict[str, Any]]:
    """The whole lines of a session's record, the header first."""
    whole = (folder / "session.jsonl").read_bytes().split(b"\n")[:-1]
    return [json.loads(line) for line in whole]


def header(home: Path) -> dict[str, Any]:
    """What the record of the one session there is begins with."""
    return record(only_session(home))[0]


def of_type(lines: Sequence[dict[str, Any]], *types: str) -> list[dict[str, Any]]:
    """The lines of these types."""
    return [line for line in lines if line.get("type") in types]


def files_holding(home: Path, words: str) -> list[Path]:
    """Every file below ``home`` that holds these words."""
    found = []
    for path in home.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # renamed in this moment: the prompts' cache is being written
            found += [path] if path.is_file() and words.encode() in path.read_bytes() else []
    return found


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one demo in it, done to its end by Mia and Zoë; for reading only.

    Beside it, ``home.wav`` is its sound and ``home.txt`` what it printed.
    """
    home = tmp_path_factory.mktemp("demo") / "home"
    sound = home.with_suffix(".wav")
    done = installed(home, "demo", "--names", "Mia,Zoë", "--speaker", str(sound))
    sound.with_suffix(".txt").write_text(done.fine().out, encoding="utf-8")
    return home
