"""A screen for a journal or a log, which keep what is printed: it tells what happens, and nothing that is said."""

from __future__ import annotations

import os
import stat
import sys

from voiceguide.cli.screen import PlainScreen
from voiceguide.session.events import Event, Utterance
from voiceguide.voice_commands import VoiceCommand


class DiscreetScreen(PlainScreen):
    """Only notices: no words of anybody, no names."""

    def prompt(self, text: str, speaker: str) -> None:
        """The guide reads names and what was agreed, too."""

    def took(self, event: Event) -> None:
        """What becomes of the microphone."""
        if not isinstance(event, Utterance):
            super().took(event)

    def refused(self, command: VoiceCommand) -> None:
        """Nobody types."""

    def whereabouts(self, text: str) -> None:
        """Whoever wants to know lists the sessions."""

    def heading(self, text: str) -> None:
        """Which exercise it is."""

    def refresh(self, now: float, level: float, listening: bool) -> None:
        """Whose turn it is, is nobody else's business."""

    def line(self, who: str, text: str) -> None:
        """What somebody says, is nobody else's business."""

    def called(self, text: str) -> None:
        """That somebody calls, not with which words."""
        self.notice("Called.")


def is_kept(unattended: bool) -> bool:
    """Whether what is printed is kept where nobody thinks of it.

    That is the journal (systemd.exec(5), JOURNAL_STREAM); and a file (of launchd, of nohup), where the program runs
    ``unattended``, for days.
    """
    try:
        found = os.fstat(sys.stdout.fileno())
    except (OSError, ValueError):
        return False
    journal = os.environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"
    return journal or (unattended and stat.S_ISREG(found.st_mode))
