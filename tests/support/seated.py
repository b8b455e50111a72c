"""A couple that sits in the middle of an exercise, without the minutes it takes to get there."""

from __future__ import annotations

import itertools

from tests.support.evening import Evening
from tests.support.whole_evening import NAMES
from voiceguide.library import load_exercise
from voiceguide.record.transcript import Header, Transcript
from voiceguide.session import Session
from voiceguide.session.effects import Effect, Speak
from voiceguide.session.events import Begun, Commanded, Event, PromptEnded
from voiceguide.session.states import State
from voiceguide.voice_commands import VoiceCommand


def seated(couple: Evening, *options: str) -> None:
    """As far as the first floor, in a sitting that was interrupted there; then go on with it."""
    steps = load_exercise("worry-and-answer").bind(NAMES)
    started = "2026-11-22T21:47:05+01:00"
    header = Header("20261122-2147-worry-and-answer-tobiku", "worry-and-answer", "Worry and answer", NAMES, False,
                    started, steps)  # fmt: skip
    transcript = Transcript.create(couple.home / "data" / "sessions", header)
    machine, times = Session(steps, NAMES), itertools.count()

    def feed(event: Event) -> list[Effect]:
        now = float(next(times))
        transcript.append(event, now)
        return machine.handle(event, now)

    effects = feed(Begun())
    while machine.state is not State.FLOOR:
        spoken = [effect for effect in effects if isinstance(effect, Speak)]
        if machine.state is State.GATE:
            effects = feed(Commanded(VoiceCommand.YES))
        else:
            effects = feed(PromptEnded(spoken[0].text, 0.0, spoken[0].place))
    transcript.close()
    couple.start("start", "--resume", "--rate", "300", "--plain", *options)
    couple.turn()
