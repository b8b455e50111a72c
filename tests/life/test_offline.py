"""Without a network, provably: whole evenings where there is none, what the system saw of one, a hook that bites."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.command import add_short, installed

pytestmark = pytest.mark.full

# -- an evening ------------------------------------------------------------------------------------------------------


def evening(home: Path, env: dict[str, str], under: Sequence[str] = ()) -> None:
    """Everything that an evening takes, from the first word to the exported file; each must end well."""

    def run(*args: str, given: str = "", natural: bool = False) -> str:
        return installed(home, *args, given=given, env=env, under=under, as_typed=natural).fine().out

    silent = ("--speaker", "none")
    typed = "yes\nyes\na red boat\n\na boat\n\nyes\n"
    run("start", add_short(home), "--keyboard", *silent, given=typed, natural=True)
    run("demo", "a-short-one", *silent)
    assert "a red boat" in run("search", "boat")
    assert "boat" in run("show", simulated(home))
    run("replay", simulated(home), *silent)
    for format in ("html", "mp3"):
        run("export", simulated(home), "--to", format, "--output", str(home / format))
        assert (home / format).stat().st_size > 10_000


def simulated(home: Path) -> str:
    """The demo's session."""
    return max(home.glob("data/sessions/*/audio/*.flac")).parent.parent.name


NOBODY = {"HF_ENDPOINT": "http://127.0.0.1:9", "no_proxy": "*"}
"""Nobody answers there."""


# -- no network ------------------------------------------------------------------------------------------------------


def without_network() -> list[str]:
    """What runs a command where there is no interface; skips where the system does not allow it."""
    for under in (["unshare", "-n"], ["unshare", "-rn"]):
        if (
            shutil.which("unshare")
            and subprocess.run([*under, "true"], capture_output=True, check=False).returncode == 0
        ):
            return under
    pytest.skip("neither `unshare -n` nor `unshare -rn` works here, so no network can be taken away")


def test_an_evening_where_there_is_no_network(tmp_path: Path) -> None:
    under = without_network()
    shown = subprocess.run([*under, "cat", "/proc/net/dev"], capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^ *(\w+):", shown, re.MULTILINE) in ([], ["lo"])  # and that one is down
    evening(tmp_path, {}, under)


# -- what the system saw ---------------------------------------------------------------------------------------------


def traced(folder: Path) -> list[str]:
    """What runs a command and all its children while what they ask of a network is noted in ``folder``."""
    under = ["strace", "-ff", "-qq", "-e", "trace=network", "-o", str(folder / "trace")]
    if not shutil.which("strace") or subprocess.run([*under, "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace is not installed, or may not trace here")
    return under


def families(folder: Path) -> set[str]:
    """The families of the sockets that were noted."""
    calls = "".join(path.read_text("utf-8", "replace") for path in folder.glob("trace.*"))
    return set(re.findall(r"\b[AP]F_[A-Z0-9]+", calls))


def test_the_system_is_asked_for_no_socket_that_leads_out(tmp_path: Path) -> None:
    home = tmp_path / "home"
    evening(home, {"HOME": str(home)}, traced(tmp_path))
    # A part that wants to report something keeps it first, in a place of its own.
    assert {path.name for path in home.iterdir()} == {"cache", "config", "data", "html", "mp3"}
    assert families(tmp_path) == {"AF_UNIX"}  # the pipes to the engines: so it is seen who asks for one


def test_the_trace_shows_a_socket_that_leads_out(tmp_path: Path) -> None:
    installed(tmp_path / "home", "engines", "get", "base.en", env=NOBODY, under=traced(tmp_path)).complaint()
    assert "AF_INET" in families(tmp_path)


# -- a hook ----------------------------------------------------------------------------------------------------------

REFUSED = 97
"""Exit code of a process that reached for a network: an exception could be caught, and nobody would know."""

HOOK = f"""
import os, socket, sys

ASKS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo")

def refuse(event, args):
    family = {{
        "socket.__new__": lambda: args[1],
        "socket.connect": lambda: args[0].family,
        "socket.bind": lambda: args[0].family,
    }}.get(event, lambda: None)()
    if event in ASKS or family in (socket.AF_INET, socket.AF_INET6):
        os.write(2, f"voiceguide: A hook refuses {{event}}.\\n".encode())
        os._exit({REFUSED})

sys.addaudithook(refuse)
with open(os.environ["HOOKED"], "a", encoding="ascii") as log:
    log.write(f"{{os.getpid()}}\\n")
"""
"""A ``sitecustomize``: every Python process imports it before anything of ours, the engines' processes too."""


def hooked(folder: Path) -> dict[str, str]:
    """The environment in which it holds; its file ``processes`` then lists in which."""
    (folder / "hook").mkdir()
    (folder / "hook" / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    return {"PYTHONPATH": str(folder / "hook"), "HOOKED": str(folder / "processes")}


def processes(folder: Path) -> int:
    return len((folder / "processes").read_text("ascii").splitlines())


def test_no_process_reaches_for_a_network(tmp_path: Path) -> None:
    env = hooked(tmp_path)
    evening(tmp_path / "home", env)
    assert processes(tmp_path) >= 7 + 2 * 3  # seven commands, three of them with two engines
    for args in (
        ["engines"],
        ["doctor"],
        ["sessions"],
        ["exercises"],
        ["agreements"],
        ["helplines", "Ireland"],
        ["refine", simulated(tmp_path / "home"), "--engine", "moonshine"],
        ["rename", "--names", "Mia,Zoë"],
        ["delete", simulated(tmp_path / "home"), "--yes"],
    ):
        installed(tmp_path / "home", *args, env=env).fine()


def test_the_hook_stops_what_does(tmp_path: Path) -> None:
    done = installed(tmp_path / "home", "engines", "get", "base.en", env=hooked(tmp_path) | NOBODY)
    assert (done.code, "A hook refuses socket." in done.err) == (REFUSED, True)
