"""scripts/start: what it sets up, when it does so again, and what it says when it cannot."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(sys.platform == "win32", reason="the scripts are for a POSIX shell"),
]

PROJECT = Path(__file__).parents[2]

FAKE_PYTHON = """#!/bin/sh
# Does what the scripts ask of Python, venv and pip, in no time, and notes it down.
case "$*" in
    *version_info*) exit "${FAKE_OLD:-0}" ;;
    *ensurepip*) exit "${FAKE_NO_VENV:-0}" ;;
    *base_prefix*) echo "${FAKE_VERSION:-3.11.0} /usr" ;;
    *--version*) echo "Python 3.11.0" ;;
    *'-m venv'*)
        echo venv >>"$FAKE_LOG"
        for folder in "$@"; do :; done
        rm -rf "$folder"
        mkdir -p "$folder/bin"
        cp "$0" "$folder/bin/python"
        : >"$folder/pyvenv.cfg"
        ;;
    *'-m pip'*)
        echo "pip $*" >>"$FAKE_LOG"
        [ -z "${FAKE_KILL:-}" ] || kill -9 "$PPID"
        [ -z "${FAKE_OFFLINE:-}" ] || { echo "no such host" >&2; exit 1; }
        printf '#!/bin/sh\\nprintf "<%%s>" "$@"\\nexit 3\\n' >"${0%/*}/voiceguide"
        chmod +x "${0%/*}/voiceguide"
        ;;
esac
"""


class Checkout:
    """A checkout in a folder with spaces, with a fake Python as the only one in reach."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "my check out"
        self.log = folder / "log"
        self.programs = folder / "programs"
        self.python = self.programs / "python3"
        shutil.copytree(PROJECT / "scripts", self.folder / "scripts")
        shutil.copy(PROJECT / "pyproject.toml", self.folder)
        self.programs.mkdir()
        for name in ("cat", "chmod", "cksum", "cp", "dirname", "ln", "ls", "mkdir", "rm", "sh", "tr"):
            (self.programs / name).symlink_to(str(shutil.which(name)))
        self.python.write_text(FAKE_PYTHON, encoding="utf-8")
        self.python.chmod(0o755)

    def start(self, *arguments: str, script: str = "start", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run scripts/start from another folder."""
        plain = {"PATH": str(self.programs), "FAKE_LOG": str(self.log)}
        command: list[str | Path] = [self.folder / "scripts" / script, *arguments]
        return subprocess.run(command, env=plain | variables, cwd="/", capture_output=True, text=True, check=False)

    def sets_up_anew(self) -> None:
        """It starts after everything was made and installed again."""
        assert self.start().returncode == 3
        assert self.done() == ["venv", "pip", "pip"]

    def done(self) -> list[str]:
        """What was made and installed since the last look."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [line.split(" ", 1)[0] for line in lines]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def ready(checkout: Checkout) -> Checkout:
    """A checkout that was started once."""
    checkout.sets_up_anew()
    return checkout


def test_the_first_run_installs_and_later_ones_only_what_changed(checkout: Checkout) -> None:
    run = checkout.start("--names", "Anna Lena,Ben")
    assert (run.stdout, run.returncode) == ("<start><--names><Anna Lena,Ben>", 3)
    assert "needs the network" in run.stderr
    log = checkout.log.read_text(encoding="utf-8")
    assert "--require-hashes --requirement" in log
    assert f"--no-build-isolation --editable {checkout.folder}" in log
    assert checkout.done() == ["venv", "pip", "pip"]
    run = checkout.start()
    assert (run.stdout, run.stderr, checkout.done()) == ("<start>", "", [])
    with (checkout.folder / "scripts" / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("# changed\n")
    checkout.start()
    assert checkout.done() == ["pip", "pip"]
    checkout.start(script="check")  # adds what the tests need to the same environment
    assert checkout.done() == ["pip", "pip"]
    checkout.start()
    assert checkout.done() == []


def test_it_becomes_a_command_where_a_link_does_it(checkout: Checkout, tmp_path: Path) -> None:
    programs = tmp_path / "home" / ".local" / "bin"
    where = {"HOME": str(tmp_path / "home"), "PATH": f"{checkout.programs}:{programs}"}
    told = f"`voiceguide` is a command, such as `voiceguide replay` (a link in {programs})."
    assert told in checkout.start(**where).stderr
    assert (programs / "voiceguide").resolve() == checkout.folder / ".venv" / "bin" / "voiceguide"
    assert checkout.start(**where).stderr == ""


def test_elsewhere_it_is_told_once_where_the_command_is(checkout: Checkout, tmp_path: Path) -> None:
    told = f"the command `voiceguide` that is spoken of everywhere is {checkout.folder}/.venv/bin/voiceguide."
    assert told in checkout.start(HOME=str(tmp_path / "home")).stderr
    assert not (tmp_path / "home").exists()
    assert checkout.start(HOME=str(tmp_path / "home")).stderr == ""


def test_what_lies_there_already_is_left(checkout: Checkout, tmp_path: Path) -> None:
    programs = tmp_path / "home" / ".local" / "bin"
    programs.mkdir(parents=True)
    (programs / "voiceguide").write_text("somebody else's, and no program")
    run = checkout.start(HOME=str(tmp_path / "home"), PATH=f"{checkout.programs}:{programs}")
    assert run.returncode == 3
    assert "spoken of everywhere" in run.stderr
    assert (programs / "voiceguide").read_text() == "somebody else's, and no program"


def test_what_was_interrupted_or_moved_is_set_up_anew(checkout: Checkout) -> None:
    assert checkout.start(FAKE_KILL="1").returncode == -9
    checkout.done()
    checkout.sets_up_anew()
    checkout.folder = checkout.folder.rename(checkout.folder.with_name("moved"))
    checkout.sets_up_anew()


def test_another_python_means_a_new_environment(ready: Checkout) -> None:
    ready.start(FAKE_VERSION="3.12.0")
    assert ready.done() == ["venv", "pip", "pip"]
    other = ready.programs / "python4"
    other.write_text(FAKE_PYTHON.replace("3.11.0", "4.0.0"), encoding="utf-8")
    other.chmod(0o755)
    ready.start(VOICEGUIDE_PYTHON="python4")
    assert ready.done() == ["venv", "pip", "pip"]


def test_without_a_network_the_reason_is_said_and_nothing_is_lost(ready: Checkout) -> None:
    lock = ready.folder / "scripts" / "requirements.lock"
    before = lock.read_bytes()
    lock.write_bytes(before + b"# newer\n")
    run = ready.start(FAKE_OFFLINE="1")
    assert run.returncode == 1
    assert "no such host" in run.stderr
    assert "run this again" in run.stderr
    lock.write_bytes(before)
    ready.done()
    assert ready.start(FAKE_OFFLINE="1").returncode == 3
    assert ready.done() == []


def test_what_will_not_do_is_said(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "us.jpg").touch()
    for name, value, sentence in (
        ("FAKE_OLD", "1", "no Python 3.11 or newer was found"),
        ("FAKE_NO_VENV", "1", "python3 cannot make virtual environments: install its venv module"),
        ("VOICEGUIDE_PYTHON", "no such", "VOICEGUIDE_PYTHON names 'no such', which is no Python 3.11 or newer"),
        ("VOICEGUIDE_VENV", str(tmp_path / "photos"), "name another folder in VOICEGUIDE_VENV"),
    ):
        run = checkout.start(**{name: value})
        assert run.returncode == 1
        assert sentence in run.stderr
        assert checkout.done() == []
    assert [file.name for file in (tmp_path / "photos").iterdir()] == ["us.jpg"], "nobody's folder is emptied"
