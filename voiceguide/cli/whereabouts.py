"""Tells where sound goes, and whenever that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voiceguide.cli.stage import Stage
    from voiceguide.servers import Server
    from voiceguide.session.events import Event
    from voiceguide.voice_commands import VoiceCommand


def hearing(server: Server) -> str:
    """Where what is said will go."""
    return (
        f"Once you have agreed, what you say goes to {server} to be recognised; before that, and whenever it does not "
        "answer, this machine listens by itself."
    )


def hears(server: Server, answers: bool) -> str:
    """Where what is said goes from now on."""
    return f"From now on what you say goes to {server} to be recognised{'' if answers else ', once it answers'}."


def speaking(server: Server) -> str:
    """Where the guide's words go."""
    return f"The guide's sentences, your names in them, go to {server} to be spoken."


class Whereabouts:
    """A watcher that tells when a server falls silent, and when it is back."""

    def __init__(self, parts: Stage) -> None:
        self._parts = parts
        self._heard = self._spoke = ""

    def refresh(self, now: float, level: float, listening: bool) -> None:
        """Tell what has changed."""
        heard = self._parts.elsewhere.problem if self._parts.elsewhere else ""
        if heard != self._heard:
            meanwhile = "Meanwhile this machine listens by itself; nothing is lost."
            self._tell(f"{heard} {meanwhile}" if heard else "The server listens again.")
        spoke = self._parts.narrator.problem
        if spoke != self._spoke:
            self._tell(f"{spoke} Meanwhile another voice speaks." if spoke else "The chosen voice speaks again.")
        self._heard, self._spoke = heard, spoke

    def _tell(self, words: str) -> None:
        self._parts.screen.notice(words)

    def prompt(self, text: str, speaker: str) -> None:
        """Nothing that is said changes where sound goes."""

    def took(self, event: Event) -> None:
        """Nor does what comes in."""

    def refused(self, command: VoiceCommand) -> None:
        """Nor what is refused."""
