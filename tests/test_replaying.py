"""The machine that plays a stored session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from voiceguide.errors import IllegalEventError
from voiceguide.events import (
    Adjust,
    Begun,
    Commanded,
    Effect,
    End,
    Ended,
    Hush,
    Play,
    PromptEnded,
    Silence,
    Speak,
    TimePassed,
    Unhush,
    Utterance,
)
from voiceguide.replay import Item
from voiceguide.replaying import Replaying
from voiceguide.states import State
from voiceguide.voice_commands import VoiceCommand

NAMES = ("Anna", "Ben")
PROMPT = Item("prompt", None, "", "Anna, begin.", None, 0.0, 2.0, 0.0, 1)
ANSWER = Item("utterance", "a", "Anna", "I worry.", Path("0001-a.flac"), 3.0, 2.0, 1.5, 1)
TYPED = Item("utterance", "b", "Ben", "I hear you.", None, 6.0, 0.0, 0.0, 2)
SPOKEN = Speak(PROMPT.text, 1)
PLAYED = Play("0001-a.flac", "I worry.", 1, "Anna")


def begun(speed: float = 1.0) -> tuple[Replaying, list[Effect]]:
    machine = Replaying([PROMPT, ANSWER, TYPED], NAMES, speed, {PROMPT.text})
    return machine, machine.handle(Begun(), 0.0)


def test_plays_one_after_the_other_with_gaps() -> None:
    machine, effects = begun()
    assert effects == [Adjust(1.0, 1.0), SPOKEN]
    assert machine.handle(PromptEnded(), 2.0) == []
    assert machine.deadline == 3.5
    assert machine.handle(TimePassed(), 3.5) == [PLAYED]
    assert machine.handle(PromptEnded(), 5.0) == [Speak("I hear you.", 2, quoting=True, speaker="Ben")]
    assert machine.handle(PromptEnded(), 6.0) == [End("completed")]
    machine.handle(Ended("completed"), 6.0)
    assert machine.floor is None


def test_speed_holds_for_the_gaps_and_the_guide() -> None:
    machine, effects = begun(speed=2.0)
    assert effects[0] == Adjust(2.0, 1.0)
    machine.handle(PromptEnded(), 1.0)
    assert machine.deadline == 1.75


def test_pause_holds_the_sound_and_continue_lets_it_go_on() -> None:
    machine, _ = begun()
    assert machine.handle(Commanded(VoiceCommand.PAUSE), 1.0) == [Hush()]
    assert machine.state is State.PAUSED
    assert VoiceCommand.CONTINUE in machine.commands
    assert VoiceCommand.PAUSE not in machine.commands
    spoken = Utterance(1, "a", "continue", command=VoiceCommand.CONTINUE)
    assert machine.handle(spoken, 9.0) == [Unhush()]
    assert machine.state is None


def test_pause_in_a_gap_plays_what_follows() -> None:
    machine, _ = begun()
    machine.handle(PromptEnded(), 2.0)
    machine.handle(Commanded(VoiceCommand.PAUSE), 2.5)
    assert machine.deadline is None
    assert machine.handle(Commanded(VoiceCommand.CONTINUE), 60.0) == [Unhush(), PLAYED]


@pytest.mark.parametrize(
    ("command", "index", "effect"),
    [
        (VoiceCommand.NEXT, 2, Speak("I hear you.", 2, quoting=True, speaker="Ben")),
        (VoiceCommand.BACK, 0, SPOKEN),
        (VoiceCommand.REPEAT, 1, PLAYED),
    ],
)
def test_moving_about(command: VoiceCommand, index: int, effect: Effect) -> None:
    machine, _ = begun()
    machine.handle(Commanded(VoiceCommand.NEXT), 1.0)
    assert machine.handle(Commanded(command), 2.0) == [Silence(), effect]
    assert machine.index == index


def test_back_at_the_beginning_begins_again() -> None:
    machine, _ = begun()
    assert machine.handle(Commanded(VoiceCommand.BACK), 1.0) == [Silence(), SPOKEN]


def test_next_after_the_last_ends() -> None:
    machine, _ = begun()
    for _ in range(2):
        machine.handle(Commanded(VoiceCommand.NEXT), 1.0)
    assert machine.handle(Commanded(VoiceCommand.NEXT), 2.0) == [Silence(), End("completed")]


def test_stop_ends_at_once() -> None:
    machine, _ = begun()
    assert machine.handle(Commanded(VoiceCommand.STOP), 1.0) == [Silence(), End("stopped")]


def test_nothing_said_in_a_replay_is_kept() -> None:
    machine, _ = begun()
    assert machine.floor is not None
    assert not machine.floor.kept
    assert not machine.half_duplex


def test_time_that_nobody_waits_for_is_refused() -> None:
    machine, _ = begun()
    with pytest.raises(IllegalEventError):
        machine.handle(TimePassed(), 1.0)


def test_only_the_exercises_own_words_are_prepared() -> None:
    machine = Replaying([ANSWER, TYPED, PROMPT], NAMES, prompts={PROMPT.text})
    assert machine.upcoming == (PROMPT.text,)


def test_the_sound_of_words_read_back_is_not_kept() -> None:
    readback = replace(PROMPT, text="Anna, this is what I heard. I worry.")
    effects = Replaying([readback], NAMES, prompts={PROMPT.text}).handle(Begun(), 0.0)
    assert effects[1:] == [Speak(readback.text, 1, quoting=True)]
