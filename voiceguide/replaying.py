"""Playing a stored session, as a machine that the same runner runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from voiceguide import jumping
from voiceguide.errors import IllegalEventError
from voiceguide.exercise import Step
from voiceguide.record.replay import Item
from voiceguide.session import turn
from voiceguide.session.delivery import LOUDEST, QUIETEST
from voiceguide.session.effects import Adjust, Effect, End, Hush, Play, Silence, Speak, Unhush
from voiceguide.session.events import Begun, Commanded, Ended, Event, PromptEnded, TimePassed, Utterance
from voiceguide.session.floor import Floor
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand

_COMMANDS = frozenset(
    {
        VoiceCommand.NEXT,
        VoiceCommand.BACK,
        VoiceCommand.REPEAT,
        VoiceCommand.SLOWER,
        VoiceCommand.FASTER,
        VoiceCommand.LOUDER,
        VoiceCommand.QUIETER,
        VoiceCommand.STOP,
    }
)

SPEEDS = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
_LOUDNESS = (QUIETEST, 0.4, 0.7, 1.0, 1.4, LOUDEST)


class Replaying:
    """Items one after the other, with their gaps; commands by voice and key, and jumps (see ``jumping``).

    Next and back go from turn to turn, or to the guide's next words. ``speed`` 1.0 is as it was; it holds for the
    guide's pace and for the gaps (recordings are stretched by whoever loads them). ``prompts`` are the exercise's own
    sentences: of nothing else the spoken sound may be kept. ``voices`` speak what partner a and b typed. ``first`` is
    the index of the item it begins with, ``loudness`` how loud that is.
    """

    half_duplex = False
    missing = interrupted = interruptible = deaf = off = False

    silence = turn.Silence.NONE
    listed: tuple[str, ...] = ()

    def __init__(
        self,
        items: Iterable[Item],
        names: tuple[str, str],
        speed: float = 1.0,
        prompts: Collection[str] = (),
        steps: tuple[Step, ...] = (),
        voices: tuple[str | None, str | None] = (None, None),
        first: int = 0,
        loudness: float = 1.0,
    ) -> None:
        self.items = tuple(items)
        self.names = names
        self.index = first
        self.speed = speed
        self.paused = False
        self.steps = steps
        self._loudness = loudness
        self._prompts = prompts
        self._voices = voices
        self._playing = False
        self._began = self._held_at = 0.0
        self._due: float | None = None
        self._over = False

    @property
    def state(self) -> State | None:
        """PAUSED, or None while it plays: a replay has no other state of a session."""
        return State.PAUSED if self.paused else None

    def time_left(self, now: float) -> float | None:
        """Nobody's time is limited."""
        return None

    def caption(self, now: float) -> tuple[str, str]:
        """Of the words that are playing, those that were heard, the present one included, and those to come."""
        item = self.item if self._playing else None
        words = item.text.split() if item else []
        if item is None or len(item.times) != len(words):
            return " ".join(words), ""
        count = sum(start <= self._within(now) for start, _ in item.times)
        return " ".join(words[:count]), " ".join(words[count:])

    @property
    def item(self) -> Item | None:
        """What is being played, or comes next."""
        return self.items[self.index] if self.index < len(self.items) else None

    @property
    def step(self) -> Step | None:
        """The exercise's step that what is played belongs to."""
        place = next((item.place for item in reversed(self.items[: self.index + 1]) if item.place), None)
        return next((step for step in self.steps if step.place == place), None)

    @property
    def floor(self) -> Floor | None:
        """Commands are listened for all the time; nothing is kept."""
        return None if self._over else Floor("a", choosing=True, kept=False, place=0, moves=True)

    def choice(self, text: str) -> str | None:
        """These words, if they lead to another place of the replay."""
        return None if jumping.asked(text, self.items, self.index, 0.0) is None else text

    @property
    def deadline(self) -> float | None:
        """The end of the gap before the next item."""
        return None if self.paused else self._due

    @property
    def commands(self) -> frozenset[VoiceCommand]:
        """What can be told now."""
        return _COMMANDS | {VoiceCommand.CONTINUE if self.paused else VoiceCommand.PAUSE}

    @property
    def upcoming(self) -> tuple[Speak, ...]:
        """The next words of the exercise itself."""
        later = self.items[self.index + 1 :]
        return tuple(Speak(item.text, item.place) for item in later[:2] if item.text in self._prompts)

    def handle(self, event: Event, now: float) -> list[Effect]:
        """Take an input at ``now`` and say what to do."""
        match event:
            case Begun():
                return [Adjust(self.speed, self._loudness), *self._play(now, gap=False)]
            case PromptEnded():
                self.index += 1
                return self._play(now)
            case TimePassed() if self._due is not None:
                return self._sound(now)
            case Commanded(command) | Utterance(command=VoiceCommand() as command):
                return self._told(command, now)
            case Utterance(text=text):
                target = jumping.asked(text, self.items, self.index, self._within(now))
                return [] if target is None else self._jump(target, now)
            case Ended():
                self._over = True
                return []
            case TimePassed():
                raise IllegalEventError("The replay does not wait for time.")
        return []

    def _told(self, command: VoiceCommand, now: float) -> list[Effect]:
        if self.item is None:  # all was played
            return []
        match command:
            case VoiceCommand.PAUSE:
                self.paused, self._held_at = True, now
                return [Hush()]
            case VoiceCommand.CONTINUE:
                self.paused, self._began = False, self._began + now - self._held_at
                return [Unhush()] if self._playing else [Unhush(), *self._play(now, gap=False)]
            case VoiceCommand.STOP:
                return [Silence(), End("stopped")]
            case VoiceCommand.SLOWER | VoiceCommand.FASTER:
                self.speed = _beside(SPEEDS, self.speed, up=command is VoiceCommand.FASTER)
                return [Adjust(self.speed, self._loudness), *self._jump(self.index, now)]
            case VoiceCommand.LOUDER | VoiceCommand.QUIETER:
                self._loudness = _beside(_LOUDNESS, self._loudness, up=command is VoiceCommand.LOUDER)
                return [Adjust(self.speed, self._loudness)]
            case VoiceCommand.NEXT:
                return self._jump(self._turn_after(), now)
            case VoiceCommand.BACK:
                return self._jump(self._turn_before(), now)
        return self._jump(self.index, now)

    def _within(self, now: float) -> float:
        """Seconds of what is playing that have been heard, at its own speed."""
        return ((self._held_at if self.paused else now) - self._began) * self.speed if self._playing else 0.0

    def _turn_after(self) -> int:
        here = self.items[self.index].turn if self.index < len(self.items) else 0
        later = range(self.index + 1, len(self.items))
        return next((at for at in later if not here or self.items[at].turn != here), len(self.items))

    def _turn_before(self) -> int:
        """The beginning of what came before this turn; turns, and what the guide says, one by one."""
        here = self.items[self.index].turn
        last = next((at for at in range(self.index - 1, -1, -1) if not here or self.items[at].turn != here), 0)
        turn = self.items[last].turn
        return next(at for at in range(last + 1) if at == last or (turn and self.items[at].turn == turn))

    def _jump(self, index: int, now: float) -> list[Effect]:
        self.index = index
        self.paused = False
        return [Silence(), *self._play(now, gap=False)]

    def _play(self, now: float, gap: bool = True) -> list[Effect]:
        self._playing = False
        if self.item is None:
            return [End("completed")]
        if gap and self.item.gap_before > 0:
            self._due = now + self.item.gap_before / self.speed
            return []
        return self._sound(now)

    def _sound(self, now: float) -> list[Effect]:
        item = self.item
        assert item is not None
        self._due, self._playing, self._began = None, True, now
        voice = None if item.partner is None else self._voices[item.partner == "b"]
        if item.audio is None:
            # The guide, too, may have read somebody's words back.
            quoting = item.text not in self._prompts
            return [Speak(item.text, item.place, quoting=quoting, speaker=item.name, voice=voice)]
        return [Play(str(item.audio), item.text, item.place, item.name, voice)]


def _beside(ladder: tuple[float, ...], now: float, up: bool) -> float:
    """The next value of the ladder in that direction; the last one where there is none."""
    if up:
        return next((value for value in ladder if value > now), ladder[-1])
    return next((value for value in reversed(ladder) if value < now), ladder[0])
