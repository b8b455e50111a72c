"""Entry point: ``voiceguide`` and ``python -m voiceguide``."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the program. Whatever goes wrong becomes one sentence and a non-zero exit; never a traceback."""
    try:
        # Inside, as whatever takes a while: Ctrl-C may come at any moment.
        import signal

        _fill_closed_streams()
        from voiceguide.cli import run

        code = run()
    except KeyboardInterrupt:
        sys.exit(130)
    # From here on there is nothing to save: Ctrl-C ends the interpreter's own farewell without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(code)


def _fill_closed_streams() -> None:
    """Open nothing in place of closed standard streams: else the next file opened would be taken for one of them."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 (open to the end)


if __name__ == "__main__":
    main()
