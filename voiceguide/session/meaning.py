"""What an input means to a session as it stands now: the signal that the transition table is asked about."""

from __future__ import annotations

from voiceguide.exercise import Option, StepKind
from voiceguide.session.breaks import LONGEST, length_of
from voiceguide.session.events import (
    BargedIn,
    Begun,
    Commanded,
    Ended,
    Event,
    MicrophoneFound,
    MicrophoneLost,
    PromptEnded,
    Resumed,
    SpeechDropped,
    SpeechStarted,
    TimePassed,
    Utterance,
)
from voiceguide.session.said import FLOORS
from voiceguide.session.standing import Standing
from voiceguide.session.states import Signal, State, signal_of
from voiceguide.voice_commands import VoiceCommand
from voiceguide.voice_commands.choosing import chosen

_OPENS = {
    **dict.fromkeys(FLOORS, Signal.FLOOR_OPENS),
    StepKind.ASK: Signal.GATE_OPENS,
    StepKind.HOLD: Signal.HOLD_BEGINS,
}


class Meaning(Standing):
    """A session that reads inputs; it changes nothing."""

    def _signal(self, event: Event, now: float) -> Signal | None:
        """What the event means here; None where it is illegal whatever the state's row says."""
        match event:
            case Begun():
                return Signal.BEGIN
            case Resumed():
                if self.state is State.ENDED and self._guide.leaving == "completed":
                    return None
                back = self._until and self.state in (State.RESTING, State.CALM, State.ENDED)
                return Signal.RETURN if back else Signal.RESUME
            case Ended():
                return Signal.END
            case SpeechStarted():
                return Signal.SPEECH if self.floor else None
            case BargedIn():
                return Signal.NOTED if self.interruptible else None
            case TimePassed() if self.deadline is not None and now >= self.deadline:
                over = self.state is State.RESTING and now >= self._until
                breath = self.state in (State.HOLD, State.RESTING) and self._hold.due and self._hold.due[1] and not over
                return Signal.NOTED if self.interrupted else Signal.BREATH if breath else Signal.TIME
            case TimePassed():
                # Earlier records tell of it where nothing is due any more: in mid-speech, after doubtful words.
                return Signal.NOTED if self.state is State.FLOOR and not self.interrupted else None
            case MicrophoneLost():
                stays = self._guide.leaving or self.state in (State.PAUSED, State.RESTING)
                return Signal.NOTED if stays else Signal.LOST
            case MicrophoneFound() if self.state is State.PAUSED:
                return Signal.ASIDE if self._asked else Signal.FOUND
            case PromptEnded() if not self._guide.held:
                return self._prompt_signal()
            case Commanded(command) | Utterance(command=VoiceCommand() as command):
                if command not in self.commands:
                    return None
                return Signal.ASIDE if self._in_vain(command) else signal_of(command)
            case Utterance(text="", struck=False):
                return Signal.NOTED
            case SpeechDropped(words=True) if self.off and self.state in (State.FLOOR, State.CLOSING):
                return Signal.NOTED if self.state is State.CLOSING and self._pending.early else Signal.WORDS
            case SpeechDropped(words=True) if self.state is State.BREAK or (self.off and self.state is State.GATE):
                return Signal.UNCLEAR
            case Utterance() if self.state is State.CLOSING and self._pending.early:
                return Signal.NOTED
            case Utterance() if self.state in (State.FLOOR, State.CLOSING):
                return Signal.WORDS
            case Utterance() if self._choice(event):
                return Signal.CHOSEN
            case Utterance() if self.state is State.BREAK and length_of(event.text):
                return Signal.CHOSEN
            case Utterance() if self.state in (State.GATE, State.STRIKING, State.BREAK, State.CALM):
                return Signal.UNCLEAR
        return Signal.NOTED

    def _in_vain(self, command: VoiceCommand) -> bool:
        """There is nothing to go on to, or to remove: the guide says so instead."""
        if command is VoiceCommand.OFF_THE_RECORD:
            return not self._said.last or not self._saved
        return command is VoiceCommand.CONTINUE and self.missing and self.state is State.PAUSED

    def _prompt_signal(self) -> Signal | None:
        if self._guide.aside:
            return Signal.ASIDE_ENDED
        if self.state is not State.GUIDE:
            return None
        if len(self._guide.lines) > 1 or self._guide.leaving or self.step is None:
            return Signal.NEXT_LINE
        return _OPENS.get(self.step.kind, Signal.NEXT_STEP)

    def choice(self, text: str) -> str | None:
        """What these words choose, in words that may be kept where nothing else is; None when they choose nothing."""
        if self.state is State.BREAK and (seconds := length_of(text)):
            return "tomorrow" if seconds >= LONGEST else f"{round(seconds / 60)} minutes"
        option = self._option(text)
        return option.name if option else None

    def _option(self, text: str) -> Option | None:
        """The option these words mean, where one is asked for."""
        return chosen(text, self.step.options) if self.step and self.state is State.GATE else None

    def _choice(self, event: Event) -> Option | None:
        """What this chooses, where something can be chosen."""
        return self._option(event.text) if isinstance(event, Utterance) else None
