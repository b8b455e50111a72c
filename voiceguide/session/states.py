"""The session's states, and which input is legal in which: the transition table as data.

After python-hyper/h11's ``_state.py``. The diagram in the README is generated from ``TABLE``.
"""

from __future__ import annotations

from enum import StrEnum

from voiceguide.voice_commands import VoiceCommand


class State(StrEnum):
    """Where the session is."""

    READY = "ready"
    GUIDE = "guide speaks"
    FLOOR = "partner has the floor"
    CLOSING = "turn is ending"
    GATE = "question waits"
    HOLD = "time is held"
    STRIKING = "off the record?"
    BREAK = "how long a break?"
    RESTING = "on a break"
    CALM = "calm enough?"
    PAUSED = "paused"
    ENDED = "ended"


class Signal(StrEnum):
    """What an input means in the state it meets: the labels of the diagram's arrows."""

    BEGIN = "begin"
    RESUME = "resume"
    RETURN = "return from a break"
    END = "end"
    NEXT_LINE = "next line"
    NEXT_STEP = "next step"
    FLOOR_OPENS = "floor opens"
    GATE_OPENS = "question asked"
    HOLD_BEGINS = "hold begins"
    BREATH = "a breath sounds"
    CHOSEN = "choice"
    ASIDE_ENDED = "guide has answered"
    SPEECH = "speech begins"
    NOTED = "noted"
    """Kept in the record, changes nothing: a sound on disk, words that come late, a cough."""
    WORDS = "words"
    UNCLEAR = "not understood"
    TIME = "time passes"
    YES = "yes"
    NO = "no"
    DONE = "done"
    PAUSE = "pause"
    CONTINUE = "continue"
    REPEAT = "repeat"
    NEXT = "next"
    BACK = "back"
    ASIDE = "question to the guide"
    STRIKE = "off the record"
    BREAK = "break"
    STOP = "stop"
    LOST = "microphone lost"
    FOUND = "microphone found"


_SIGNALS = {
    VoiceCommand.YES: Signal.YES,
    VoiceCommand.NO: Signal.NO,
    VoiceCommand.UNSURE: Signal.NO,
    VoiceCommand.DONE: Signal.DONE,
    VoiceCommand.PAUSE: Signal.PAUSE,
    VoiceCommand.CONTINUE: Signal.CONTINUE,
    VoiceCommand.REPEAT: Signal.REPEAT,
    VoiceCommand.NEXT: Signal.NEXT,
    VoiceCommand.BACK: Signal.BACK,
    VoiceCommand.OFF_THE_RECORD: Signal.STRIKE,
    VoiceCommand.BREAK: Signal.BREAK,
    VoiceCommand.STOP: Signal.STOP,
}


def signal_of(command: VoiceCommand) -> Signal:
    """The signal a command gives; those the guide merely answers share ASIDE."""
    return _SIGNALS.get(command, Signal.ASIDE)


def _to(state: State, *signals: Signal) -> dict[Signal, State]:
    return dict.fromkeys(signals, state)


_S = Signal
_STEERING = {
    **_to(State.PAUSED, _S.PAUSE, _S.LOST),
    **_to(State.GUIDE, _S.NEXT, _S.BACK, _S.STOP, _S.RESUME),
    _S.STRIKE: State.STRIKING,
    _S.BREAK: State.BREAK,
    _S.END: State.ENDED,
}

TABLE: dict[State, dict[Signal, State]] = {
    State.READY: {**_to(State.GUIDE, _S.BEGIN, _S.RESUME), _S.END: State.ENDED},
    State.GUIDE: {
        **_STEERING,
        **_to(State.GUIDE, _S.NEXT_LINE, _S.NEXT_STEP, _S.SPEECH, _S.NOTED, _S.REPEAT, _S.ASIDE),
        _S.FLOOR_OPENS: State.FLOOR,
        _S.GATE_OPENS: State.GATE,
        _S.HOLD_BEGINS: State.HOLD,
    },
    State.FLOOR: {
        **_STEERING,
        **_to(State.FLOOR, _S.SPEECH, _S.NOTED, _S.WORDS, _S.TIME, _S.YES, _S.ASIDE, _S.ASIDE_ENDED, _S.REPEAT),
        **_to(State.CLOSING, _S.DONE, _S.NO),
    },
    State.CLOSING: {
        **_STEERING,
        **_to(State.CLOSING, _S.SPEECH, _S.NOTED, _S.DONE),
        **_to(State.FLOOR, _S.WORDS, _S.ASIDE, _S.REPEAT),
        _S.TIME: State.GUIDE,
    },
    State.GATE: {
        **_STEERING,
        **_to(State.GATE, _S.SPEECH, _S.NOTED, _S.UNCLEAR, _S.TIME, _S.ASIDE, _S.ASIDE_ENDED, _S.REPEAT),
        **_to(State.GUIDE, _S.YES, _S.NO, _S.CHOSEN),
    },
    State.HOLD: {
        **_STEERING,
        **_to(State.HOLD, _S.SPEECH, _S.NOTED, _S.BREATH, _S.ASIDE, _S.ASIDE_ENDED, _S.REPEAT),
        **_to(State.GUIDE, _S.DONE, _S.TIME),
    },
    State.STRIKING: {
        **_to(State.STRIKING, _S.SPEECH, _S.NOTED, _S.UNCLEAR, _S.ASIDE_ENDED, _S.REPEAT),
        **_to(State.GUIDE, _S.YES, _S.NO, _S.TIME, _S.STOP, _S.RESUME),
        **_to(State.PAUSED, _S.PAUSE, _S.LOST),
        _S.END: State.ENDED,
    },
    State.BREAK: {
        **_to(State.BREAK, _S.SPEECH, _S.NOTED, _S.UNCLEAR, _S.ASIDE_ENDED, _S.REPEAT),
        **_to(State.RESTING, _S.CHOSEN, _S.TIME),
        **_to(State.GUIDE, _S.NO, _S.CONTINUE, _S.STOP, _S.RESUME),
        _S.LOST: State.PAUSED,
        _S.END: State.ENDED,
    },
    State.RESTING: {
        **_to(State.RESTING, _S.SPEECH, _S.NOTED, _S.BREATH, _S.ASIDE, _S.ASIDE_ENDED, _S.REPEAT),
        **_to(State.CALM, _S.CONTINUE, _S.TIME, _S.RETURN),
        _S.STOP: State.GUIDE,
        _S.END: State.ENDED,
    },
    State.CALM: {
        **_to(State.CALM, _S.SPEECH, _S.NOTED, _S.UNCLEAR, _S.ASIDE_ENDED, _S.REPEAT, _S.RETURN),
        **_to(State.GUIDE, _S.YES, _S.STOP),
        _S.NO: State.RESTING,
        _S.BREAK: State.BREAK,
        _S.LOST: State.PAUSED,
        _S.END: State.ENDED,
    },
    State.PAUSED: {
        **_to(State.PAUSED, _S.SPEECH, _S.NOTED, _S.ASIDE, _S.ASIDE_ENDED),
        _S.BREAK: State.BREAK,
        **_to(State.GUIDE, _S.CONTINUE, _S.FOUND, _S.STOP, _S.RESUME),
        _S.END: State.ENDED,
    },
    State.ENDED: {_S.NOTED: State.ENDED, _S.RESUME: State.GUIDE, _S.RETURN: State.CALM},
}
"""state -> signal -> next state."""


def diagram() -> str:
    """The table as a Mermaid state diagram: one arrow for each pair of states, loops left out."""
    arrows: dict[tuple[State, State], list[str]] = {}
    for state, row in TABLE.items():
        for signal, target in row.items():
            if target is not state:
                arrows.setdefault((state, target), []).append(signal)
    lines = ["stateDiagram-v2", f"    [*] --> {State.READY.name}"]
    lines += [f"    {state.name}: {state}" for state in State]
    lines += [f"    {a.name} --> {b.name}: {', '.join(sorted(names))}" for (a, b), names in arrows.items()]
    return "\n".join([*lines, f"    {State.ENDED.name} --> [*]"])
