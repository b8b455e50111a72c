"""Hostile input for the tests: what it looks like, and what may come of it.

VOICEGUIDE_EXAMPLES is how many examples each of the tests tries: a few by default, thousands for a long look.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings

from tests.support.command import Done, called
from voiceguide.errors import VoiceguideError

EXAMPLES = int(os.environ.get("VOICEGUIDE_EXAMPLES") or 40)

Result = TypeVar("Result")

_CPU_SECONDS = 30.0
"""Of this process's own work, so a busy machine makes no difference; far beyond what any input may take."""
_MEMORY = 1 << 30
"""Bytes beyond what is in use already."""

_OWN_STYLE = re.compile(r"\x1b\[[012]m")
"""Bold, dim and their end: all the colours that commands use when they tell of stored things."""
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def examples(share: float = 1.0) -> settings:
    """The settings of a test: ``share`` of the usual number of examples, for what takes longer or less long."""
    return settings(
        max_examples=max(5, round(EXAMPLES * share)),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
    )


# -- what is hostile ---------------------------------------------------------------------------------------------

TRICKS = (
    "\x1b[31mred",
    "\x1b[2J\x1b[H",
    "\x1b]0;a title\x07",
    "\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\",
    "\x9b31m",
    "\x9d0;title\x9c",
    "\x90q\x9c",
    "over\rwritten",
    "back\b\b\b\b",
    "\u202egnp.exe",
    "\u2066isolated\u2069",
    "\u200f\u061c",
    "bell\x07",
    "del\x7f",
    "nul\0",
    "lines\nand\x85more\u2028lines\u2029",
    "tab\tand\vform\f",
    "lone \ud800 half",
    "e" + "\u0301" * 300,
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    '" onload="alert(1)',
    "00:00:01.000 --> 00:00:02.000",
    "&lt;&amp;<v Anna>",
    "[link](javascript:alert(1)) `code` **bold**",
    "---\ntitle: other\n---",
    "{first} {0} %s %n {nobody.__class__}",
    "../../../../etc/passwd",
    "C:\\Windows\\x",
    "$(reboot); `reboot` | reboot",
    "x" * 5_000,
    "",
    " ",
)
"""What people, files and recognisers may hold to become more than words."""

characters = st.characters(blacklist_categories=())
texts = st.one_of(
    st.sampled_from(TRICKS),
    st.text(characters, max_size=40),
    st.lists(st.sampled_from(TRICKS) | st.text(characters, max_size=9), min_size=2, max_size=4).map("".join),
)

numbers = st.one_of(
    st.integers(-3, 12),
    st.sampled_from([10**9, -(10**9), 10**12, 2**31, 2**63, -(2**63), 10**400, 1e9, 1e-320, 1e300, -1e300, 0.1, -0.0]),
    st.floats(),
)

values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


_EXTREMES = (b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f")


@st.composite
def mutated(draw: st.DrawFn, sound: bytes, most: int = 4) -> bytes:
    """``sound`` with some of its bytes exchanged, taken out, doubled or cut off."""
    data = bytearray(sound)
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.integers(1, 40))
        match draw(st.sampled_from(["exchange", "flip", "insert", "remove", "double", "cut", "extreme"])):
            case "exchange":
                data[at : at + length] = draw(st.binary(min_size=length, max_size=length))
            case "flip" if data:
                data[at] ^= 1 << draw(st.integers(0, 7))
            case "insert":
                data[at:at] = draw(st.binary(min_size=1, max_size=length))
            case "remove":
                del data[at : at + length]
            case "double":
                data[at:at] = data[at : at + length * 10]
            case "cut":
                del data[at:]
            case "extreme":
                data[at : at + 4] = draw(st.sampled_from(_EXTREMES))
            case _:
                pass
    return bytes(data)


# -- what may come of it -----------------------------------------------------------------------------------------


@contextmanager
def bounded() -> Iterator[None]:
    """Fail where something takes seconds of work that should take none, or memory without end."""

    def give_up(number: int, frame: object) -> None:
        raise AssertionError(f"it takes more than {_CPU_SECONDS:g} seconds of work")

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, _CPU_SECONDS)
    limit = resource.getrlimit(resource.RLIMIT_AS)
    if sys.platform == "linux":
        used = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + _MEMORY, limit[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limit)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def outcome(doing: Callable[[], Result]) -> Result | None:
    """What it gives; None where it ends with a VoiceguideError, whose text is one sentence. Nothing else may come."""
    with bounded():
        try:
            return doing()
        except VoiceguideError as error:
            said = str(error)
            assert said.endswith((".", "?", "`")), said
            assert len(said) < 2_000, said
            return None


def commanded(*args: str, given: str = "") -> Done:
    """Run a command as for a terminal: it prints nothing that steers one, and every error is one sentence."""
    with bounded():
        done = called(*args, given=given, colours=True)
    assert "inside voiceguide" not in done.err, (args, done.err)
    assert "Traceback" not in done.out + done.err, done
    assert_harmless(done.out)
    assert_harmless(done.err)
    if done.code == 1:
        assert done.err.count("\n") <= 2, done.err
    assert done.code in (0, 1, 2), done
    return done


def assert_harmless(text: str) -> None:
    """Nothing in it steers a terminal or a reader's eye."""
    found = _STEERING.search(_OWN_STYLE.sub("", text))
    assert found is None, f"{found[0]!r} in {text[max(0, found.start() - 60) : found.end() + 60]!r}"


@contextmanager
def sessions_in(home: Path) -> Iterator[Path]:
    """The folder of the sessions in ``home``, of which the environment knows; so wide is the screen, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOICEGUIDE_HOME", str(home))
        patch.setenv("EDITOR", "true")
        patch.setenv("COLUMNS", "80")
        yield home / "data" / "sessions"
