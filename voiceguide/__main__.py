"""Entry point: ``voiceguide`` and ``python -m voiceguide``."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the program. Whatever goes wrong becomes one sentence and a non-zero exit; never a traceback."""
    try:
        import signal

        signal.signal(signal.SIGINT, _leave)
    except KeyboardInterrupt:
        _leave()
    _fill_closed_streams()
    from voiceguide.cli import run

    sys.exit(run())


def _leave(*_: object) -> None:
    """Ctrl-C outside of a session, where there is nothing to put in order.

    An exception would not do: in the midst of an import it can leave Python's import lock held for ever, and our
    other threads hanging on it.
    """
    os.write(2, b"voiceguide: Interrupted; what was saved before stays saved.\n")
    os._exit(130)


def _fill_closed_streams() -> None:
    """Open nothing in place of closed standard streams: else the next file opened would be taken for one of them."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 (open to the end)


if __name__ == "__main__":
    main()
