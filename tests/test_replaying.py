"""The machine that plays a stored session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from voiceguide.errors import IllegalEventError
from voiceguide.exercise import Step, StepKind
from voiceguide.record.replay import Item
from voiceguide.replaying import Replaying
from voiceguide.session.effects import Adjust, Effect, End, Hush, Play, Silence, Speak, Unhush
from voiceguide.session.events import Begun, Commanded, Ended, PromptEnded, TimePassed, Utterance
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand

NAMES = ("Anna", "Ben")
PROMPT = Item("prompt", None, "", "Anna, begin.", None, 0.0, 2.0, 0.0, 1)
ANSWER = Item("utterance", "a", "Anna", "I worry.", Path("0001-a.flac"), 3.0, 2.0, 1.5, 1, id=1, turn=1)
TYPED = Item("utterance", "b", "Ben", "I hear you.", None, 6.0, 0.0, 0.0, 2, id=2, turn=2)
SPOKEN = Speak(PROMPT.text, 1)
PLAYED = Play("0001-a.flac", "I worry.", 1, "Anna")
HEARD = Speak("I hear you.", 2, quoting=True, speaker="Ben")


def begun(speed: float = 1.0) -> tuple[Replaying, list[Effect]]:
    machine = Replaying([PROMPT, ANSWER, TYPED], NAMES, speed, {PROMPT.text})
    return machine, machine.handle(Begun(), 0.0)


@pytest.mark.parametrize(("speed", "said", "next_one"), [(1.0, 2.0, 3.5), (2.0, 1.0, 1.75)])
def test_plays_one_after_the_other_with_gaps_as_fast_as_was_asked_for(
    speed: float, said: float, next_one: float
) -> None:
    machine, effects = begun(speed)
    assert effects == [Adjust(speed, 1.0), SPOKEN]
    assert machine.handle(PromptEnded(), said) == []
    assert machine.deadline == next_one
    assert machine.handle(TimePassed(), next_one) == [PLAYED]
    assert machine.handle(PromptEnded(), 5.0) == [HEARD]
    assert machine.handle(PromptEnded(), 6.0) == [End("completed")]
    machine.handle(Ended("completed"), 6.0)
    assert machine.floor is None


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
    ("items", "first", "command", "index", "effect"),
    [
        ([PROMPT, ANSWER, ANSWER, TYPED], 2, VoiceCommand.NEXT, 3, HEARD),
        ([PROMPT, ANSWER, ANSWER, TYPED], 2, VoiceCommand.BACK, 0, SPOKEN),
        ([PROMPT, ANSWER, ANSWER, TYPED], 2, VoiceCommand.REPEAT, 2, PLAYED),
        ([PROMPT, ANSWER, ANSWER, PROMPT], 3, VoiceCommand.BACK, 1, PLAYED),  # the beginning of the turn before
        ([PROMPT, ANSWER, TYPED], 0, VoiceCommand.BACK, 0, SPOKEN),
        ([PROMPT, ANSWER, TYPED], 0, VoiceCommand.STOP, 0, End("stopped")),
        ([PROMPT, ANSWER, TYPED], 2, VoiceCommand.NEXT, 3, End("completed")),
    ],
)
def test_moving_from_turn_to_turn(
    items: list[Item], first: int, command: VoiceCommand, index: int, effect: Effect
) -> None:
    machine = Replaying(items, NAMES, prompts={PROMPT.text}, first=first)
    machine.handle(Begun(), 0.0)
    assert machine.handle(Commanded(command), 2.0) == [Silence(), effect]
    assert machine.index == index


def test_it_jumps_by_words_and_begins_where_it_is_told() -> None:
    machine = Replaying([PROMPT, ANSWER, TYPED], NAMES, prompts={PROMPT.text}, first=2)
    assert machine.handle(Begun(), 0.0)[1:] == [HEARD]
    assert machine.choice("I worry") is None
    assert machine.choice("go to turn one") == "go to turn one"
    assert machine.handle(Utterance(1, "a", "go to turn one"), 1.0) == [Silence(), PLAYED]
    assert machine.handle(Utterance(1, "a", "nothing"), 2.0) == []


def test_back_some_seconds_counts_what_was_heard_of_this_one() -> None:
    long = replace(ANSWER, seconds=60.0)
    machine = Replaying([PROMPT, long], NAMES, first=1)
    machine.handle(Begun(), 0.0)
    assert machine.handle(Utterance(1, "a", "back fifteen seconds"), 20.0) == [Silence(), PLAYED]
    assert machine.handle(Utterance(1, "a", "back fifteen seconds"), 21.0)[1] == Speak(PROMPT.text, 1, quoting=True)


def test_speed_and_loudness_go_up_and_down_and_no_further() -> None:
    machine, _ = begun()
    speeds = [machine.handle(Commanded(VoiceCommand.FASTER), 1.0)[0] for _ in range(7)]
    assert speeds[:2] == [Adjust(1.25, 1.0), Adjust(1.5, 1.0)]
    assert speeds[-2:] == [Adjust(3.0, 1.0)] * 2
    assert machine.handle(Commanded(VoiceCommand.SLOWER), 1.0) == [Adjust(2.5, 1.0), Silence(), SPOKEN]
    assert machine.handle(Commanded(VoiceCommand.LOUDER), 1.0) == [Adjust(2.5, 1.4)]
    assert machine.handle(Commanded(VoiceCommand.QUIETER), 1.0) == [Adjust(2.5, 1.0)]


@pytest.mark.parametrize(("loudness", "quieter", "louder"), [(0.25, 0.25, 0.4), (1.25, 1.0, 1.4), (2.0, 1.4, 2.0)])
def test_it_begins_as_loud_as_was_set_and_goes_on_from_there(loudness: float, quieter: float, louder: float) -> None:
    for command, wanted in ((VoiceCommand.QUIETER, quieter), (VoiceCommand.LOUDER, louder)):
        machine = Replaying([PROMPT], NAMES, loudness=loudness)
        assert machine.handle(Begun(), 0.0)[0] == Adjust(1.0, loudness)
        assert machine.handle(Commanded(command), 1.0) == [Adjust(1.0, wanted)]


def test_what_was_typed_is_spoken_in_two_voices() -> None:
    of_anna = replace(TYPED, partner="a", name="Anna")
    machine = Replaying([of_anna, TYPED, ANSWER], NAMES, voices=("max", "f3"))
    assert machine.handle(Begun(), 0.0)[1:] == [Speak("I hear you.", 2, quoting=True, speaker="Anna", voice="max")]
    assert machine.handle(PromptEnded(), 1.0) == [Speak("I hear you.", 2, quoting=True, speaker="Ben", voice="f3")]
    machine.handle(PromptEnded(), 2.0)
    assert machine.handle(TimePassed(), 3.5) == [replace(PLAYED, voice="max")]


def test_captions_follow_the_sound_through_speed_and_pause() -> None:
    timed = replace(ANSWER, times=((0.0, 0.4), (1.0, 1.6)))
    machine = Replaying([timed, PROMPT], NAMES, speed=2.0)
    machine.handle(Begun(), 10.0)
    assert machine.caption(10.0) == ("I", "worry.")
    assert machine.caption(10.5) == ("I worry.", "")
    machine.handle(Commanded(VoiceCommand.PAUSE), 10.4)
    assert machine.caption(60.0) == ("I", "worry.")
    machine.handle(Commanded(VoiceCommand.CONTINUE), 60.0)
    assert machine.caption(60.05) == ("I", "worry.")
    assert machine.caption(60.1) == ("I worry.", "")
    machine.handle(PromptEnded(), 61.0)
    assert machine.caption(61.0) == (PROMPT.text, "")
    machine.handle(PromptEnded(), 62.0)
    assert machine.caption(62.0) == ("", "")


def test_it_tells_in_which_step_it_is() -> None:
    steps = (Step(StepKind.SAY, "One.", 1, 1), Step(StepKind.FLOOR, "Two.", 2, 2, partner="a"))
    aside = replace(PROMPT, place=0)
    machine = Replaying([PROMPT, aside, TYPED], NAMES, steps=steps)
    found = []
    for at in range(3):
        machine.index = at
        found.append(machine.step)
    assert found == [steps[0], steps[0], steps[1]]


def test_nothing_said_in_a_replay_is_kept_and_time_that_nobody_waits_for_is_refused() -> None:
    machine, _ = begun()
    assert machine.floor is not None
    assert not machine.floor.kept
    assert not machine.half_duplex
    with pytest.raises(IllegalEventError):
        machine.handle(TimePassed(), 1.0)


def test_only_the_exercises_own_words_are_prepared_and_their_sound_kept() -> None:
    machine = Replaying([ANSWER, TYPED, PROMPT], NAMES, prompts={PROMPT.text})
    assert [speak.text for speak in machine.upcoming] == [PROMPT.text]
    readback = replace(PROMPT, text="Anna, this is what I heard. I worry.")
    effects = Replaying([readback], NAMES, prompts={PROMPT.text}).handle(Begun(), 0.0)
    assert effects[1:] == [Speak(readback.text, 1, quoting=True)]


def test_what_is_said_after_the_last_words_does_nothing() -> None:
    machine = Replaying([TYPED], NAMES)
    machine.handle(Begun(), 0.0)
    assert machine.handle(PromptEnded(), 1.0) == [End("completed")]
    for command in (VoiceCommand.BACK, VoiceCommand.REPEAT, VoiceCommand.FASTER, VoiceCommand.NEXT):
        assert machine.handle(Commanded(command), 1.1) == []
