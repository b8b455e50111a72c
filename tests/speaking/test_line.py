"""What the guide says, sentence by sentence: begun early, a late one, gaps, interruptions."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, cast

import pytest

from tests.support.fakes_runner import FakeWorker, loud, quiet
from tests.support.fakes_speaking import FakeSynthesizer
from tests.test_runner import STEPS, WORD, Evening, speak_over, wrap
from voiceguide.session.barge_in import WAIT
from voiceguide.session.events import BargedIn, PromptEnded
from voiceguide.sound import Sound
from voiceguide.speaking import Narrator
from voiceguide.speaking.sentences import pause_after, sentences
from voiceguide.worker import Worker


class FakeSlowWorker(FakeWorker):
    """Speaks a sentence at once, except ``slow``: that comes when ``come`` is called."""

    def __init__(self, slow: str) -> None:
        super().__init__(FakeSynthesizer())
        self._slow = slow
        self.come: Callable[[], object] | None = None

    def submit(self, method: str, *args: Any) -> Future[Any]:
        made = super().submit(method, *args)
        if args[0] != self._slow:
            return made
        late: Future[Any] = Future()
        self.come = lambda: late.set_result(made.result())
        return late


def test_the_first_sentence_is_heard_while_the_next_is_still_being_spoken() -> None:
    long = "Welcome to you both. It is good that you are here."
    evening = Evening([], [], (replace(STEPS[0], prompt=long),))
    evening.ears.lifelike = True  # it waits for no sound, as in life; the clock stays the sound's
    worker = FakeSlowWorker("It is good that you are here.")
    evening.runner._narrator = Narrator(cast(Worker, worker), "fake", None, None, 150)
    silent = 0
    played: list[Sound] = []

    def look(now: float, level: float, listening: bool) -> None:
        nonlocal silent
        silent = 0 if evening.runner._loudspeaker.busy or not played else silent + 1
        if silent == 20 and worker.come:  # the first sentence was heard, and there is nothing more yet
            assert not evening.kept(PromptEnded)
            worker.come()

    wrap(evening.talker, "refresh", look)
    wrap(evening.runner._loudspeaker, "play", played.append)
    assert evening.run() == "completed"
    alone = [FakeSynthesizer().synthesize(sentence, None, 150) for sentence in sentences(long)]
    assert played[0].seconds == pytest.approx(alone[0].seconds + pause_after("", 150), abs=0.001)
    assert played[1] == alone[1]
    said = evening.kept(PromptEnded)[0]
    assert said.text == long
    assert evening.record.events[1][0] - said.start > sum(sound.seconds for sound in alone)


def test_who_speaks_in_a_gap_between_two_sentences_is_heard() -> None:
    long = "Anna, speak. Take your time."
    steps = (STEPS[0], replace(STEPS[1], prompt=long), STEPS[2])
    evening = Evening(["stop"], [], steps, headphones=True)
    evening.ears.lifelike = True
    worker = FakeSlowWorker("Take your time.")
    evening.runner._narrator = Narrator(cast(Worker, worker), "fake", None, None, 150)
    silent = 0

    def look(now: float, level: float, listening: bool) -> None:
        nonlocal silent
        silent = 0 if evening.runner._loudspeaker.busy or evening.talker.prompts[-1] != long else silent + 1
        if silent == 20:
            evening.microphone.hear(loud(0.6) + quiet(0.5) + WORD)
        if worker.come and evening.talker.prompts[-1] == "Stopped.":  # one thing is spoken after the other
            worker.come()
            worker.come = None

    wrap(evening.talker, "refresh", look)
    assert evening.run() == "stopped"
    assert evening.kept(BargedIn)


def test_after_a_cough_only_the_sentence_it_fell_into_is_said_again() -> None:
    long = "Anna, it is your turn to speak now. Ben, you only listen."
    steps = (STEPS[0], replace(STEPS[1], prompt=long), STEPS[2])
    first, second = (FakeSynthesizer().synthesize(sentence, None, 150).seconds for sentence in sentences(long))
    evening = Evening(["I worry", "I'm done", "yes"], [quiet(0.1), WORD + WORD, WORD], steps, headphones=True)
    speak_over(evening, long, quiet(first + 0.6) + loud(0.2) + quiet(1.0))
    assert evening.run() == "completed"
    (coughed,) = (t for t, event in evening.record.events if isinstance(event, BargedIn))
    said = next(t for t, event in evening.record.events if isinstance(event, PromptEnded) and event.text == long)
    assert coughed < said < coughed + WAIT + 1.0 + second, "the first one is not said again"
