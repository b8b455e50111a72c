"""Entry point: ``voiceguide`` and ``python -m voiceguide``."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the program. Whatever goes wrong becomes one sentence and a non-zero exit; never a traceback."""
    try:
        from voiceguide.cli import run

        code = run()
    except KeyboardInterrupt:
        code = 130
    # From here on there is nothing to save: Ctrl-C ends the interpreter's own farewell without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(code)


if __name__ == "__main__":
    main()
