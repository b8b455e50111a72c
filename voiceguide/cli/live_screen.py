"""The screen on a terminal: the lines that stay, and below them a panel that lives."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from voiceguide.cli.plain import clean
from voiceguide.cli.screen import PlainScreen, clock
from voiceguide.keyboard import ARROW_KEYS, key_names
from voiceguide.session.turn import Silence

if TYPE_CHECKING:
    from rich.live import Live
    from rich.panel import Panel

_REFRESH = 0.125
_QUIETEST = -60.0
_METER = 20
_CAPTION = 60
"""Letters of what is being replayed that are shown before and after the word that is heard."""


class LiveScreen(PlainScreen):
    """The same lines, with colours, above a panel that shows turn, step, time left, level and commands."""

    def __init__(self) -> None:
        super().__init__()
        from rich.console import Console

        self._console = Console(highlight=False, markup=False, emoji=False)
        self._live: Live | None = None
        self._drawn = 0.0

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Show the panel meanwhile."""
        from rich.live import Live

        with Live(console=self._console, auto_refresh=False, transient=True) as self._live:
            yield
        self._live = None

    def line(self, who: str, text: str) -> None:
        """People's names bright, the guide's dimmed; the words of both as people set their terminal."""
        from rich.text import Text

        self._print(Text.assemble((f"{clean(who)}: ", "dim" if who == "Guide" else "bold"), clean(text)))

    def notice(self, text: str) -> None:
        """In italics."""
        from rich.padding import Padding
        from rich.text import Text

        self._print(Padding(Text(clean(text), style="italic cyan"), (0, 0, 0, 2), expand=False))

    def heading(self, text: str) -> None:
        """With room above, quietly: the panel tells the step, too."""
        from rich.text import Text

        self._print(Text(f"\n{clean(text)}", style="dim"))

    def _print(self, text: object) -> None:
        with contextlib.suppress(OSError):  # the terminal was closed: the session is saved all the same
            self._console.print(text)

    def refresh(self, now: float, level: float, listening: bool) -> None:
        """Draw the panel, a few times a second."""
        self._list()
        if self._live is None or time.monotonic() - self._drawn < _REFRESH:
            return
        self._drawn = time.monotonic()
        with contextlib.suppress(OSError):
            self._live.update(self._panel(now, level, listening), refresh=True)

    def _panel(self, now: float, level: float, listening: bool) -> Panel:
        from rich.panel import Panel
        from rich.text import Text

        session = self.session
        floor = session.floor if session else None
        body = Text()
        left = self.time_left(now)
        body.append(self.whose_turn(), "bold")
        if left is not None:
            body.append(f"   {clock(left)} left", "yellow" if left < 10 else "")
        silence = session.silence if session else Silence.NONE
        heard = "  " + (silence or "listening") if listening else ""
        if session:
            said, coming = map(clean, session.caption(now))
            if said or coming:
                before = said if len(said) <= _CAPTION else said[-_CAPTION:].partition(" ")[2]
                body.append(f"\n{before} ", "bold")
                body.append(coming[:_CAPTION], "dim")
        body.append("\n" + self._meter(level) + heard, "green" if listening else "dim")
        if session:
            body.append("\n" + (self.hint() if listening else " "))
            keys = ", ".join(f"{key} {command.value}" for key, command in key_names(session.commands))
            arrows = f", {ARROW_KEYS}" if floor and floor.moves else ""
            body.append(f"\nKeys: {keys}{arrows}.", "dim")
        step = session.step if session else None
        title = self.title
        if session and step and step.place:
            title += f" - step {step.place} of {session.steps[-1].place}"
        kept = self.recording and not (session and session.off) and (floor is None or floor.kept)
        state = Text(f"{self._dot} recording", "bold red") if kept else Text("not recording", "dim")
        return Panel(body, title=clean(title), subtitle=state, title_align="left", subtitle_align="right")

    @property
    def _dot(self) -> str:
        return "●" if self._draws else "*"

    @property
    def _draws(self) -> bool:
        """Whether the terminal shows more than ASCII."""
        return self._console.encoding.lower().startswith("utf")

    def _meter(self, level: float) -> str:
        full = round(_METER * min(1.0, max(0.0, 1 - level / _QUIETEST)))
        block, empty = ("█", "░") if self._draws else ("#", ".")
        return block * full + empty * (_METER - full)
