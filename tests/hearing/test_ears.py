"""Ears with a microphone: backlog, a device that goes away and comes back, words in order."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from typing import Any, cast

import pytest

from tests.support.fakes_hearing import FakeMicrophone, FakeRecognizer, FakeVoiceActivity
from tests.support.fakes_runner import FakeWorker, loud, quiet
from voiceguide.hearing import Hypothesis
from voiceguide.hearing.ears import AudioTimeEars, Found, Heard, Lost, QuietEars, Recognised, VoiceEars
from voiceguide.hearing.echo import FarEnd, Interruptions
from voiceguide.hearing.listener import Cut, Listener, Started
from voiceguide.session.endpointing import CHOICE
from voiceguide.session.floor import Floor
from voiceguide.sound import FRAME_SECONDS, LISTEN_RATE, Sound
from voiceguide.worker import Worker

FLOOR = Floor("a", choosing=False, kept=True, place=1)
SPOKEN = Sound(loud(0.5), LISTEN_RATE)


class FakeSlowWorker(FakeWorker):
    """Its futures are done when the test says so."""

    def __init__(self) -> None:
        super().__init__(None)
        self.futures: list[Future[Any]] = []

    def submit(self, method: str, *args: Any) -> Future[Any]:
        self.futures.append(Future())
        return self.futures[-1]


def voice_ears(worker: FakeWorker | None = None, **more: Any) -> tuple[FakeMicrophone, VoiceEars]:
    """Ears that listen, and their microphone."""
    microphone, worker = FakeMicrophone(), worker or FakeWorker(FakeRecognizer(["words"] * 9))
    ears = VoiceEars(microphone, Listener(FakeVoiceActivity()), cast(Worker, worker), **more)
    ears.listen(FLOOR)
    return microphone, ears


def test_a_backlog_is_worked_off_without_losing_a_sample() -> None:
    microphone, ears = voice_ears()
    microphone.hear(loud(4.0) + quiet(1.0))
    heard = [one for _ in range(4) for one in ears.poll()]
    cuts = [one for one in heard if isinstance(one, Cut)]
    assert isinstance(heard[0], Started)
    assert [round(cut.sound.seconds) for cut in cuts] == [4]
    # It began as long ago as its frames say, not when they were read.
    assert cuts[0].start < 0.0


def test_a_lost_microphone_is_told_once_with_what_was_being_said_and_found_again() -> None:
    microphone, ears = voice_ears()
    microphone.hear(loud(1.0))
    ears.poll()
    microphone.vanish()
    heard = ears.poll()
    assert [type(one) for one in heard] == [Cut, Lost]
    assert ears.poll() == []
    microphone.plugged_in = True
    ears._next_try = 0.0
    assert ears.poll() == [Found()]
    assert ears.poll() == []


def test_listen_returns_what_was_being_said() -> None:
    microphone, ears = voice_ears()
    microphone.hear(loud(1.0))
    ears.poll()
    cut = ears.listen(None)
    assert cut is not None
    assert 0.9 < cut.sound.seconds <= 1.0


@pytest.mark.parametrize(("choosing", "cut"), [(True, False), (False, True)])
def test_the_pause_that_ends_a_choice_can_be_set_and_changes_no_answer(choosing: bool, cut: bool) -> None:
    microphone, ears = voice_ears(choice=replace(CHOICE, pause=1.5))
    ears.listen(replace(FLOOR, choosing=choosing))
    microphone.hear(loud(0.5) + quiet(1.0))
    assert any(isinstance(one, Cut) for one in ears.poll()) is cut


def test_words_come_in_the_order_of_their_utterances() -> None:
    worker = FakeSlowWorker()
    ears = QuietEars(cast(Worker, worker), lifelike=False)
    ears.recognise(1, SPOKEN)
    ears.recognise(2, SPOKEN)
    worker.futures[1].set_result(Hypothesis("second", 1.0, False))
    assert ears.poll() == []
    worker.futures[0].set_result(Hypothesis("first", 1.0, False))
    assert [one.ticket for one in ears.poll() if isinstance(one, Recognised)] == [1, 2]


def test_audio_time_follows_the_frames() -> None:
    ears = AudioTimeEars(
        FakeMicrophone(quiet(1.0)), Listener(FakeVoiceActivity()), cast(Worker, FakeWorker(FakeRecognizer()))
    )
    for _ in range(10):
        ears.poll()
    assert ears.now == 10 * FRAME_SECONDS
    assert not ears.lifelike


def test_a_microphone_that_is_back_has_the_room_learnt_anew() -> None:
    far_end = FarEnd(LISTEN_RATE)
    interruptions = Interruptions(FakeVoiceActivity(), far_end, lambda near, far: near)
    microphone, ears = voice_ears(interruptions=interruptions)
    microphone.vanish()
    assert ears.poll() == [Lost()]
    far_end.hear(loud(1.0))
    microphone.plugged_in = True
    ears._next_try = 0.0
    assert Found() in ears.poll()
    assert not any(far_end.read(0))


def test_what_is_being_said_is_handed_on_piece_by_piece_unless_words_are_awaited() -> None:
    worker, ahead = FakeSlowWorker(), list[Sound]()
    microphone, ears = voice_ears(worker, ahead=ahead.append)

    def hear(sound: bytes) -> list[Heard]:
        microphone.hear(sound)
        return [one for _ in range(9) for one in ears.poll()]

    for _ in range(3):
        hear(loud(0.96))
    assert [round(sound.seconds) for sound in ahead] == [2, 3], "none before a second of speech, or twice the same"
    (cut,) = (one for one in hear(loud(0.32) + quiet(0.96)) if isinstance(one, Cut))
    assert all(cut.sound.frames.startswith(sound.frames) for sound in ahead)
    ahead.clear()
    ears.recognise(1, cut.sound)
    hear(loud(2.0))
    assert not ahead, "what was said before may have been a pause"
    worker.futures[0].set_result(Hypothesis("words", 1.0, False))
    assert ears.poll(), "the words, which are looked at before anything is handed on"
    assert not ahead
    ears.poll()
    assert [round(sound.seconds) for sound in ahead] == [3]


def test_nothing_is_handed_on_together_with_what_may_have_been_a_pause() -> None:
    ahead = list[Sound]()
    microphone, ears = voice_ears(FakeSlowWorker(), ahead=ahead.append)
    microphone.hear(loud(0.9))
    ears.poll()
    assert not ahead
    microphone.hear(quiet(0.64) + loud(1.3))  # a slow disk: one poll takes it all
    assert [type(heard) for heard in ears.poll()] == [Cut, Started]
    assert not ahead
