"""How the guide speaks. The record carries it, so that a session goes on as it was left."""

from __future__ import annotations

from dataclasses import dataclass

from voiceguide.voice_commands import VoiceCommand

QUIETEST, LOUDEST = 0.25, 2.0
"""Of a loudness; 1.0 is the level as synthesised."""

_SLOWEST, _FASTEST = 0.6, 1.5
_PACE = {VoiceCommand.SLOWER: 0.87, VoiceCommand.FASTER: 1.15}
_LOUDNESS = {VoiceCommand.LOUDER: 1.25, VoiceCommand.QUIETER: 0.8}


@dataclass(frozen=True)
class Delivery:
    """How the guide speaks."""

    pace: float = 1.0
    """1.0 is the chosen rate; 0.6 to 1.5."""
    loudness: float = 1.0
    """1.0 is the level as synthesised; QUIETEST to LOUDEST."""

    def told(self, command: VoiceCommand) -> Delivery:
        """As the command wants it; other commands change nothing."""
        if command in _PACE:
            return Delivery(round(min(_FASTEST, max(_SLOWEST, self.pace * _PACE[command])), 3), self.loudness)
        if command in _LOUDNESS:
            return Delivery(self.pace, round(min(LOUDEST, max(QUIETEST, self.loudness * _LOUDNESS[command])), 3))
        return self


AS_IT_COMES = Delivery()
