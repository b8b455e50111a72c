"""Playing a stored session, as a machine that the same runner runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from voiceguide import turn
from voiceguide.errors import IllegalEventError
from voiceguide.events import (
    Adjust,
    Begun,
    Commanded,
    Effect,
    End,
    Ended,
    Event,
    Hush,
    Play,
    PromptEnded,
    Silence,
    Speak,
    TimePassed,
    Unhush,
    Utterance,
)
from voiceguide.exercise import Step
from voiceguide.floor import Floor
from voiceguide.replay import Item
from voiceguide.states import State
from voiceguide.voice_commands import VoiceCommand

_COMMANDS = frozenset({VoiceCommand.NEXT, VoiceCommand.BACK, VoiceCommand.REPEAT, VoiceCommand.STOP})


class Replaying:
    """Items one after the other, with their gaps; pause, continue, next, back, repeat and stop, by voice and key.

    ``speed`` 1.0 is as it was; it holds for the guide's pace and for the gaps (recordings are stretched by whoever
    loads them). ``prompts`` are the exercise's own sentences: of nothing else the spoken sound may be kept.
    """

    half_duplex = False
    missing = interrupted = interruptible = deaf = off = False

    silence = turn.Silence.NONE
    listed: tuple[str, ...] = ()
    step = None
    steps: tuple[Step, ...] = ()

    def __init__(
        self,
        items: Iterable[Item],
        names: tuple[str, str],
        speed: float = 1.0,
        prompts: Collection[str] = (),
    ) -> None:
        self.items = tuple(items)
        self.names = names
        self.index = 0
        self.paused = False
        self._speed = speed
        self._prompts = prompts
        self._playing = False
        self._due: float | None = None
        self._over = False

    @property
    def state(self) -> State | None:
        """PAUSED, or None while it plays: a replay has no other state of a session."""
        return State.PAUSED if self.paused else None

    def time_left(self, now: float) -> float | None:
        """Nobody's time is limited."""
        return None

    @property
    def item(self) -> Item | None:
        """What is being played, or comes next."""
        return self.items[self.index] if self.index < len(self.items) else None

    @property
    def floor(self) -> Floor | None:
        """Commands are listened for all the time; nothing is kept."""
        return None if self._over else Floor("a", choosing=True, kept=False, place=0)

    def choice(self, text: str) -> str | None:
        """There is nothing to choose."""
        return None

    @property
    def deadline(self) -> float | None:
        """The end of the gap before the next item."""
        return None if self.paused else self._due

    @property
    def commands(self) -> frozenset[VoiceCommand]:
        """What can be told now."""
        return _COMMANDS | {VoiceCommand.CONTINUE if self.paused else VoiceCommand.PAUSE}

    @property
    def upcoming(self) -> tuple[str, ...]:
        """The next words of the exercise itself."""
        later = self.items[self.index + 1 :]
        return tuple(item.text for item in later[:2] if item.text in self._prompts)

    def handle(self, event: Event, now: float) -> list[Effect]:
        """Take an input at ``now`` and say what to do."""
        match event:
            case Begun():
                return [Adjust(self._speed, 1.0), *self._play(now, gap=False)]
            case PromptEnded():
                self.index += 1
                return self._play(now)
            case TimePassed() if self._due is not None:
                return self._sound()
            case Commanded(command) | Utterance(command=VoiceCommand() as command):
                return self._told(command, now)
            case Ended():
                self._over = True
                return []
            case TimePassed():
                raise IllegalEventError("The replay does not wait for time.")
        return []

    def _told(self, command: VoiceCommand, now: float) -> list[Effect]:
        match command:
            case VoiceCommand.PAUSE:
                self.paused = True
                return [Hush()]
            case VoiceCommand.CONTINUE:
                self.paused = False
                return [Unhush()] if self._playing else [Unhush(), *self._play(now, gap=False)]
            case VoiceCommand.STOP:
                return [Silence(), End("stopped")]
        step = {VoiceCommand.NEXT: 1, VoiceCommand.BACK: -1}.get(command, 0)
        self.index = max(0, self.index + step)
        self.paused = False
        return [Silence(), *self._play(now, gap=False)]

    def _play(self, now: float, gap: bool = True) -> list[Effect]:
        self._playing = False
        if self.item is None:
            return [End("completed")]
        if gap and self.item.gap_before > 0:
            self._due = now + self.item.gap_before / self._speed
            return []
        return self._sound()

    def _sound(self) -> list[Effect]:
        item = self.item
        assert item is not None
        self._due, self._playing = None, True
        if item.audio is None:
            # The guide, too, may have read somebody's words back.
            return [Speak(item.text, item.place, quoting=item.text not in self._prompts, speaker=item.name)]
        return [Play(str(item.audio), item.text, item.place, item.name)]
