"""Time held together: silence, or breaths paced by sound. Its clock runs only while nothing else goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voiceguide.session.effects import Earcon

_NEARLY = 0.01


@dataclass(frozen=True)
class Hold:
    """What a HOLD step knows of time, in seconds of the session."""

    seconds: float = 0.0
    """How long it lasts in all."""
    breath: tuple[float, float] | None = None
    """Seconds of an in-breath and of an out-breath; None for silence."""
    spent: float = 0.0
    since: float | None = None
    """When it was last set going; None while it stands."""
    beats: int = 0
    """Breaths in and out that have sounded since."""

    def opened(self, now: float) -> Hold:
        """Set going, with an in-breath; a running one goes on as it is."""
        return replace(self, since=now, beats=0) if self.since is None else self

    def stopped(self, now: float) -> Hold:
        """Made to stand; a standing one stays as it is."""
        return self if self.since is None else replace(self, spent=self.spent + now - self.since, since=None)

    @property
    def due(self) -> tuple[float, Earcon | None] | None:
        """What comes next and when: a breath's sound, or None for the end; None altogether while it stands."""
        if self.since is None:
            return None
        end = self.since + max(0.0, self.seconds - self.spent)
        if self.breath:
            inward, outward = self.breath
            whole, half = divmod(self.beats, 2)
            at = self.since + whole * (inward + outward) + half * inward
            # No breath begins that could not be breathed to its end.
            if at + outward + (0.0 if half else inward) <= end + _NEARLY:
                return at, Earcon.BREATHE_OUT if half else Earcon.BREATHE_IN
        return end, None

    def sounded(self) -> Hold:
        """When the sound that was due has sounded."""
        return replace(self, beats=self.beats + 1)
