"""Entry point: ``voiceguide`` and ``python -m voiceguide``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the program. Whatever goes wrong becomes one sentence and a non-zero exit; never a traceback."""
    from voiceguide.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
