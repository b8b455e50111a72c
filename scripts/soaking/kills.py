"""``kill -9`` at random moments: of sessions, and of every command that changes a stored one.

A command that shall be killed, too: write a ``Command`` for it and put that into ``KILLED``.
"""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from soaking.demos import SILENT, sittings
from soaking.kept import State, lines_of, missing, sounds, state, wait
from soaking.tried import Chain, Room, Tried
from tests.support.command import (
    Running,
    add_short,
    files_holding,
    installed,
    only_session,
    session_folders,
)
from tests.support.locks import PASSPHRASE, locked
from tests.support.processes import children
from voiceguide import lock
from voiceguide.record import read
from voiceguide.record.replay import turns

# -- sessions ----------------------------------------------------------------------------------------------------


def kill(command: Running, home: Path) -> str:
    """As the system does when memory runs out; the engines' processes end by themselves."""
    command.send(signal.SIGSTOP)  # so that no child is born while we count them
    orphans = children(command.process.pid)
    command.send(signal.SIGKILL)
    command.process.wait()
    wait(lambda: not any(Path(f"/proc/{pid}").exists() for pid in orphans), "an engine stays behind")
    return ""


def typed_session(room: Room, most: int) -> Iterator[Tried]:
    """A session for real: the next start tells of the interruption, and --resume comes to the end."""
    typed = ("--keyboard", *SILENT)
    with Running(room.home, "start", room.exercise, *typed) as command:
        command.say("yes", "yes", "a red boat", "")
        if room.chance.random() < 0.5:
            command.say("a boat")
        command.until("ecording is on")
        time.sleep(room.chance.uniform(0.0, 2.0))  # any moment of what is left of it
        before = state(room.home)
        kill(command, room.home)
    if not session_folders(room.home):
        return  # nobody had said yes to a recording yet
    folder = only_session(room.home)
    told = installed(room.home, "start", room.exercise, *typed, given="no\n\n\nyes\n").fine().out
    (message,) = [line.strip(" ()") for line in told.splitlines() if "was interrupted" in line]
    assert f"voiceguide start --resume {folder.name}" in message
    installed(room.home, "start", "--resume", *typed, given="a boat\n\na boat\n\nyes\nyes\n").fine()
    assert read(folder).ended == "completed"
    yield Tried(True, missing(before, state(room.home)), message)


# -- commands ----------------------------------------------------------------------------------------------------


class Command(ABC):
    """What is killed, with a session that is there already."""

    given = ""
    """What is typed into it."""

    @abstractmethod
    def args(self, home: Path) -> list[str]:
        """Its arguments; may prepare what it needs."""

    def env(self, home: Path) -> Mapping[str, str]:
        """More environment."""
        return {}

    @abstractmethod
    def verify(self, home: Path, before: State) -> int:
        """Do it again, fail unless all is as if it had been done once; gives how many utterances are lost."""


class Refine(Command):
    """Every utterance stays, its first words and its sound; in the end the other engine has heard all of them."""

    def args(self, home: Path) -> list[str]:
        return ["refine", "--engine", "moonshine"]

    def verify(self, home: Path, before: State) -> int:
        installed(home, *self.args(home)).fine()
        assert "already" in installed(home, *self.args(home)).fine().out
        return missing(before, state(home))


class Correct(Command):
    """What was typed, and saved, is in the record in the end; the first words stay beside it."""

    def args(self, home: Path) -> list[str]:
        return ["correct"]

    def env(self, home: Path) -> Mapping[str, str]:
        """An editor that is slow enough not to be taken for one with a window of its own."""
        editor = home / "editor"
        editor.write_text("sleep 1.1; sed -i 's/river/sea/' \"$1\"\n", encoding="utf-8")
        return {"EDITOR": f"sh {shlex.quote(str(editor))}", "VISUAL": ""}

    def verify(self, home: Path, before: State) -> int:
        installed(home, "correct", env=dict(self.env(home))).fine()
        answers = [one.answer for one in read(only_session(home)).utterances]
        assert "sea" in " ".join(answers), answers
        assert "river" not in " ".join(answers), answers
        assert not list(only_session(home).glob(".*")), "words that were laid out stay behind"
        return missing(before, state(home))


class Rename(Command):
    """The names are the old ones or the new ones, never in between."""

    def args(self, home: Path) -> list[str]:
        return ["rename", "--names", "Mia,Zoë", "--title", "By the lake"]

    def verify(self, home: Path, before: State) -> int:
        header = read(only_session(home)).header
        assert (header.names, header.title) in ((("Robin", "Kim"), "A short one"), (("Mia", "Zoë"), "By the lake"))
        installed(home, *self.args(home)).fine()
        assert read(only_session(home)).header.names == ("Mia", "Zoë")
        return missing(before, state(home))


class Delete(Command):
    """The session is whole or gone; deleted again, nothing is left of it."""

    def args(self, home: Path) -> list[str]:
        return ["delete", "a-short-one", "--yes"]

    def verify(self, home: Path, before: State) -> int:
        lost = missing(before, state(home)) if session_folders(home) else 0
        done = installed(home, *self.args(home))
        assert done.code == 0 or "There is no session" in done.complaint()
        left = list((home / "data" / "sessions").iterdir())
        assert not left, left
        return lost


class DeleteTurns(Command):
    """The other turns stay; deleted again, its words are nowhere."""

    def args(self, home: Path) -> list[str]:
        return ["delete", "a-short-one", "--turns", "1", "--yes"]

    def verify(self, home: Path, before: State) -> int:
        done = installed(home, *self.args(home))
        assert done.code == 0 or "already" in done.complaint()
        gone = {item.id for item in turns(read(only_session(home)))[1]}
        left = [line.get("text") for line in lines_of(home)]  # the header has the exercise's own example of an answer
        assert not [before[number] for number in gone if before[number] in left and before[number] != "I'm done."]
        assert not [path for path in sounds(home) if int(path.name[:4]) in gone], "recordings stay behind"
        stay = {number: words for number, words in before.items() if number not in gone}
        assert len(stay) > 1 <= len(gone)
        return missing(stay, state(home))


class Lock(Command):
    """What was saved is plain or locked, and whole; locked again, no word can be read without the key."""

    given = f"{PASSPHRASE}\n"

    def args(self, home: Path) -> list[str]:
        if not (home / "data" / "lock").exists():
            _lock(home)
        return ["lock", "--sessions", "--passphrase-stdin"]

    def verify(self, home: Path, before: State) -> int:
        lost = missing(before, state(home))
        installed(home, *self.args(home), given=self.given).fine()
        assert not files_holding(home / "data", "boat")
        assert not [*(home / "data").rglob("*.flac")]
        return lost + missing(before, state(home))


def under_lock(room: Room, most: int) -> Iterator[Tried]:
    """A simulated session whose every word is encrypted, which is then resumed; none can be read without the key."""
    _lock(room.home)
    yield from sittings(room, most, strike=_kill_unread)


def _lock(home: Path) -> None:
    """Lock it, with the key at hand here: we look at what is saved."""
    locked(home / "data")
    lock.Lock(home / "data").unlock(PASSPHRASE)


def _kill_unread(command: Running, home: Path) -> str:
    kill(command, home)
    assert not files_holding(home / "data", "boat")
    return ""


def changing(command: Command, room: Room, most: int) -> Iterator[Tried]:
    """The command on the copy of a demo's session, killed once; nothing where it had ended before."""
    shutil.copytree(_a_session(room) / "data", room.home / "data", dirs_exist_ok=True)
    before = state(room.home)
    calls = _calls(command, room) if room.chance.random() < _BY_CALL else []
    under = _killing_at(calls, room.chance.randrange(len(calls))) if calls else []
    with Running(room.home, *command.args(room.home), env=dict(command.env(room.home)), under=under) as running:
        running.say(*command.given.splitlines())
        if not under:
            time.sleep(room.chance.uniform(0.0, 1.5))  # any moment of it, the interpreter's own start included
            kill(running, room.home)
        killed = running.process.wait() == -signal.SIGKILL
        assert killed or running.finish().fine()
    if killed:
        yield Tried(True, command.verify(room.home, before))


def _a_session(room: Room) -> Path:
    """A home with one finished demo, made once for all."""
    home = room.home.parent / "pattern"
    if not home.exists():
        add_short(home)
        installed(home, "demo", room.exercise, *SILENT, "--engine", room.engine).fine()
    return home


_BY_CALL = 0.8
"""Share of the kills that come with a call to the system which changes the disk; a clock hardly hits these."""

_CALLS = "write,fsync,ftruncate,mkdir,rmdir,rename,unlink,unlinkat"

_Calls = list[str]
_calls_of: dict[type[Command], _Calls] = {}


def _calls(command: Command, room: Room) -> _Calls:
    """The names of these calls, in the order in which the command makes them; none known without strace."""
    kind = type(command)
    if kind not in _calls_of:
        home, log = room.home.parent / f"counted {kind.__name__}", room.home.parent / f"{kind.__name__}.calls"
        shutil.copytree(_a_session(room), home)
        under = ["strace", "-qq", "-o", str(log), "-e", f"trace={_CALLS}"]
        if (
            shutil.which("strace")
            and subprocess.run([*under, "true"], capture_output=True, check=False).returncode == 0
        ):
            installed(home, *command.args(home), env=dict(command.env(home)), under=under, given=command.given).fine()
            lines = log.read_text("utf-8", "replace").splitlines()
            _calls_of[kind] = [line.partition("(")[0] for line in lines if line[0].isalpha()]
        else:
            _calls_of[kind] = []
    return _calls_of[kind]


def _killing_at(calls: _Calls, number: int) -> list[str]:
    """What kills the command when it is about to make the one with this number."""
    name = calls[number]
    inject = f"inject={name}:signal=KILL:when={calls[: number + 1].count(name)}"
    return ["strace", "-qq", "-o", "/dev/null", "-e", f"trace={name}", "-e", inject]


KILLED: dict[str, tuple[str, Chain]] = {
    "demo": ("a simulated session, which is then resumed", partial(sittings, strike=kill)),
    "locked": (str(under_lock.__doc__), under_lock),
    "start": ("a typed session; the next start tells of it", typed_session),
    "lock": (str(Lock.__doc__), partial(changing, Lock())),
    "refine": (str(Refine.__doc__), partial(changing, Refine())),
    "correct": (str(Correct.__doc__), partial(changing, Correct())),
    "rename": (str(Rename.__doc__), partial(changing, Rename())),
    "delete": (str(Delete.__doc__), partial(changing, Delete())),
    "delete-turns": (str(DeleteTurns.__doc__), partial(changing, DeleteTurns())),
}
