"""Runs ``voiceguide`` in the test's own process, for tests that call it thousands of times."""

from __future__ import annotations

import io
import sys
from unittest.mock import patch

from tests.support.command import Done
from voiceguide.cli import run


def called(*args: str, given: str = "", colours: bool = False) -> Done:
    """Run a command to its end as the installed one does; the environment is this process's.

    With ``colours`` the output is that for a terminal, except that it is not paged.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", errors="surrogateescape") for _ in range(2))
    stdin = io.TextIOWrapper(io.BytesIO(given.encode("utf-8", "replace")), "utf-8")
    # Click takes escape sequences out of what goes to no terminal: here it must not, or nobody would see them.
    with (
        patch.multiple(sys, stdout=out, stderr=err, stdin=stdin),
        patch("click.utils.should_strip_ansi", lambda *_: not colours),
    ):
        code = run([*args])
        out.flush()
        err.flush()
    return Done(code, *(stream.buffer.getvalue().decode("utf-8", "replace") for stream in (out, err)))
