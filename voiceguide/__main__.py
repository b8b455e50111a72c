"""Entry point: ``voiceguide`` and ``python -m voiceguide``."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from voiceguide import INTERRUPTED

_SPAWN_SECONDS = 5.0
"""How long Ctrl-C may wait for a child that is being begun: one that hangs keeps nobody here."""


def main() -> None:
    """Run the program. Whatever goes wrong becomes one sentence and a non-zero exit; never a traceback."""
    try:
        import signal

        signal.signal(signal.SIGINT, _leave)
    except KeyboardInterrupt:
        _leave()
    _fill_closed_streams()
    _leave_no_core()
    from voiceguide.cli import run

    sys.exit(run())


def _leave(*_: object) -> None:
    """Ctrl-C outside of a session, where there is nothing to put in order.

    An exception would not do: in the midst of an import it can leave Python's import lock held for ever, and our
    other threads hanging on it.
    """
    # See SPAWNING. The module is not there, or not whole, before an engine is wanted.
    if spawning := getattr(sys.modules.get("voiceguide.worker"), "SPAWNING", None):
        spawning.acquire(timeout=_SPAWN_SECONDS)
    line = b"voiceguide: Interrupted; what was saved before stays saved.\n"
    os.write(2, b"\n" + line if os.isatty(2) else line)  # a terminal has put ^C there, or a question
    os._exit(INTERRUPTED)


def _leave_no_core() -> None:
    """Let no crash, ours or an engine's, write our memory to the disk: it holds what was said.

    Of one byte no core is written; unlike none at all that also keeps the kernel from handing it to a collector.
    """
    if sys.platform != "win32":
        import resource

        with suppress(OSError, ValueError):  # a limit of none is as good
            resource.setrlimit(resource.RLIMIT_CORE, (1, 1))


def _fill_closed_streams() -> None:
    """Open nothing in place of closed standard streams: else the next file opened would be taken for one of them."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 (open to the end)


if __name__ == "__main__":
    main()
