"""Waiting to be called: what wakes, what does not, and what is asked then."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from tests.support.fakes_hearing import FakeMicrophone, FakeRecognizer, FakeVoiceActivity, held
from tests.support.fakes_runner import FakeWorker, loud, quiet
from voiceguide.hearing import Hypothesis
from voiceguide.hearing.ears import AudioTimeEars
from voiceguide.hearing.openings import Openings
from voiceguide.session import phrases_waiting
from voiceguide.session.asking import Asked, Asking
from voiceguide.sound import Sound
from voiceguide.sound.playback import SilentLoudspeaker
from voiceguide.standby import REQUEST, Request, Standby
from voiceguide.worker import Worker

_SHORT, _LONG = loud(1.0), loud(3.0)


class Loudspeaker(SilentLoudspeaker):
    """Counts what is played."""

    def __init__(self) -> None:
        super().__init__()
        self.played = 0

    def play(self, sound: Sound) -> None:
        self.played += 1
        super().play(sound)


class Waiting:
    """A guide that waits in a room where these sounds are heard, whose words the recogniser finds in this order."""

    def __init__(self, *texts: str) -> None:
        self.engine = FakeRecognizer(texts)
        self.microphone = FakeMicrophone()
        self.loudspeaker = Loudspeaker()
        self.told: list[str] = []
        self.openings = Openings(FakeVoiceActivity())
        self.ears = AudioTimeEars(self.microphone, self.openings, cast(Worker, FakeWorker(self.engine)))
        self.standby = Standby(self.ears, self.openings, self.loudspeaker, understand, "guide", self.told.append)

    def hear(self, *sounds: bytes, asked: bool = False) -> Request | None:
        """What comes of it; the room is silent for a while at the end."""
        self.microphone.hear(quiet(1) + b"".join(sounds) + quiet(REQUEST + 3))
        end = self.ears.now + len(self.microphone) / 32_000
        return self.standby.wait(lambda: self.ears.now > end, asked)


def understand(words: str) -> Asked | None:
    return {"start": Asked(Asking.SESSION), "replay": Asked(Asking.REPLAY)}.get(words)


START = Request("Hey guide, start", Asked(Asking.SESSION))


def test_a_call_and_a_request_in_one_breath() -> None:
    waiting = Waiting("Hey guide, start", "Hey guide, start")
    assert waiting.hear(_SHORT) == START
    assert waiting.loudspeaker.played == 0


def test_a_long_one_is_recognised_whole_once_its_opening_called() -> None:
    waiting = Waiting("Hey guide", "Hey guide, start")
    assert waiting.hear(_LONG) == START
    assert [round(sound.seconds, 1) for sound in waiting.engine.heard if sound.seconds > 0.2] == [2.5, 3.8]


def test_of_what_does_not_call_only_the_beginning_is_looked_at() -> None:
    waiting = Waiting(*["it was the best of times"] * 9)
    assert waiting.hear(loud(30.0), quiet(1), _SHORT) is None
    assert [round(sound.seconds, 1) for sound in waiting.engine.heard if sound.seconds > 0.2] == [2.5, 1.7]
    assert waiting.loudspeaker.played == 0
    assert waiting.told == [phrases_waiting.waiting("guide")]


def test_what_does_not_call_is_forgotten_while_it_is_still_being_said() -> None:
    waiting = Waiting("it was the best of times")
    memory = []

    def over() -> bool:
        memory.append((waiting.ears.now, held(waiting.openings)))
        return waiting.ears.now > 8

    waiting.microphone.hear(quiet(1) + loud(9))
    assert waiting.standby.wait(over) is None
    assert max(count for _, count in memory) > 60
    assert {count for now, count in memory if now > 4} == {0}


def test_a_call_alone_is_answered_with_a_sound_and_the_request_awaited() -> None:
    waiting = Waiting("Hey guide.", "Hey guide.", "replay")
    assert waiting.hear(_SHORT, quiet(2), _SHORT) == Request("replay", Asked(Asking.REPLAY))
    assert waiting.loudspeaker.played == 1


def test_without_a_request_it_waits_again_with_another_sound() -> None:
    waiting = Waiting("Hey guide.", "Hey guide.", "replay")
    assert waiting.hear(_SHORT, quiet(REQUEST + 3), _SHORT) is None
    assert waiting.loudspeaker.played == 2
    name, request = phrases_waiting.waiting("guide"), phrases_waiting.listening_for_a_request()
    assert waiting.told == [name, request, name]


def test_somebody_who_speaks_when_the_time_is_over_is_heard_out() -> None:
    waiting = Waiting("Hey guide.", "Hey guide.", "start")
    asked = waiting.hear(_SHORT, quiet(REQUEST - 2), loud(4.0))
    assert asked == Request("start", Asked(Asking.SESSION))


@pytest.mark.parametrize("words", ["Hey guys, what a day", "Hey guys"])
def test_what_may_be_a_call_counts_only_with_a_request(words: str) -> None:
    waiting = Waiting(words, words)
    assert waiting.hear(_SHORT) is None
    assert waiting.loudspeaker.played == 0
    assert Waiting("Hey guys, start", "Hey guys, start").hear(_SHORT) == Request("Hey guys, start", START.asked)


def test_a_sure_call_with_a_request_that_is_not_understood_is_answered() -> None:
    waiting = Waiting("Hey guide, feed the dog", "Hey guide, feed the dog")
    assert waiting.hear(_SHORT) == Request("Hey guide, feed the dog", None)


def test_a_call_in_the_midst_of_talk_is_none() -> None:
    waiting = Waiting("so I said", "hey guide, start")
    assert waiting.hear(loud(2.2), quiet(0.3), loud(2.0)) is None


def test_asked_by_the_guide_everything_is_a_request() -> None:
    waiting = Waiting("the weather is fine")
    assert waiting.hear(_SHORT, asked=True) == Request("the weather is fine", None)
    waiting = Waiting()
    assert waiting.hear(loud(1.0), asked=True) is None, "no words"
    waiting = Waiting("thank you")
    waiting.engine.doubt = True
    assert waiting.hear(_SHORT, asked=True) is None, "words that are probably none"


class LateEars(AudioTimeEars):
    """What they find, they find late, as on a slow machine: one thing after the other."""

    late = 0.0

    def spot(self, ticket: int, opening: Sound, name: str) -> None:
        super().spot(ticket, opening, name)
        self._delay()

    def recognise(self, ticket: int, sound: Sound) -> None:
        super().recognise(ticket, sound)
        self._delay()

    def _delay(self) -> None:
        *before, last = self._recognitions
        last.due = max([self.now, *(each.due for each in before)]) + self.late


class Known(FakeRecognizer):
    """Tells utterances by their length, so that the order of the questions does not matter."""

    def __init__(self, words: dict[float, str]) -> None:
        super().__init__()
        self.words = words
        self.understood: list[str] = []

    def recognize(self, utterance: Sound) -> Hypothesis:
        length = utterance.seconds - 0.6  # without what is before and after it, which differs
        words = self.words[min(self.words, key=lambda known: abs(known - length))] if length > 0 else ""
        self.understood.append(words)
        return Hypothesis(words, 0.9, False)


class Slow(Waiting):
    """A guide whose engine takes ``late`` seconds for anything; utterances are known by their seconds."""

    def __init__(self, late: float, words: dict[float, str]) -> None:
        super().__init__()
        self.engine: Known = Known(words)
        self.ears = ears = LateEars(self.microphone, self.openings, cast(Worker, FakeWorker(self.engine)))
        ears.late = late
        self.standby = Standby(ears, self.openings, self.loudspeaker, understand, "guide", self.told.append)


CALL, BEGIN, TALK = 0.3, 0.9, 1.5
LATE = pytest.mark.parametrize("late", [0.2, 1.5, 3.0])
PAUSE = pytest.mark.parametrize("pause", [0.7, 1.0, 1.4, 2.0, 3.0, 6.0])


@LATE
@PAUSE
@pytest.mark.parametrize("lasts", [BEGIN, 3.0])
def test_a_request_straight_after_the_call_is_heard_however_late_the_call_is_understood(
    late: float, pause: float, lasts: float
) -> None:
    waiting = Slow(late, {CALL: "Hey guide.", lasts: "start", 2.0: "start"})
    heard = waiting.hear(loud(CALL), quiet(pause), loud(lasts), quiet(5))
    assert heard == Request("start", Asked(Asking.SESSION))
    assert waiting.loudspeaker.played == 1
    assert waiting.engine.understood.count("start") <= 2, "its opening, and all of it once"


@LATE
@PAUSE
def test_what_was_said_before_a_call_is_never_acted_on_however_late_it_is_understood(late: float, pause: float) -> None:
    waiting = Slow(late, {CALL: "Hey guide.", BEGIN: "start", TALK: "Hey guys, what a day"})
    asking: list[float] = []

    def over() -> bool:
        if waiting.told[-1:] == [phrases_waiting.listening_for_a_request()]:
            asking.append(waiting.ears.now)
        return bool(asking) and waiting.ears.now > asking[0] + 2 * late + 1

    talk = (loud(TALK), quiet(pause), loud(BEGIN), quiet(pause), loud(CALL))
    waiting.microphone.hear(quiet(1) + b"".join(talk) + quiet(40))
    assert waiting.standby.wait(over) is None
    assert waiting.engine.understood.count("start") == 1, "its opening, never all of it"


def test_what_was_said_before_another_one_had_the_microphone_is_forgotten() -> None:
    waiting = Slow(3.0, {CALL: "Hey guide.", BEGIN: "start"})
    waiting.microphone.hear(quiet(1) + loud(CALL) + quiet(0.7) + loud(BEGIN) + quiet(5))
    assert waiting.standby.wait(lambda: waiting.ears.now > 8.5) is None
    assert waiting.hear(loud(CALL), quiet(10)) is None
    assert waiting.told[-1] == phrases_waiting.waiting("guide")


def test_what_follows_no_call_is_forgotten_while_it_is_still_being_said() -> None:
    waiting = Slow(1.5, {BEGIN: "Hey guys", 2.0: "it was the best of times"})
    memory = []

    def over() -> bool:
        memory.append((waiting.ears.now, held(waiting.openings)))
        return waiting.ears.now > 14

    waiting.microphone.hear(quiet(1) + loud(BEGIN) + quiet(0.7) + loud(11))
    assert waiting.standby.wait(over) is None
    assert max(count for _, count in memory) > 60
    assert {count for now, count in memory if now > 9} == {0}


def test_an_engine_that_fails_wakes_nobody_and_goes_on() -> None:
    waiting = Waiting("Hey guide, start", "Hey guide, start")
    waiting.engine.fail_next = True
    assert waiting.hear(_SHORT, quiet(1), _SHORT) == START


def test_the_guides_own_last_word_is_let_pass() -> None:
    waiting = Waiting("Hey guide, start")
    waiting.loudspeaker.play(Sound(loud(1.0), 16_000))
    waiting.microphone.hear(loud(0.9) + quiet(2))  # so that it ends, as everything that is recognised does
    assert waiting.standby.wait(_after(waiting, 4.0)) is None
    assert waiting.engine.heard == []


def _after(waiting: Waiting, seconds: float) -> Callable[[], bool]:
    return lambda: waiting.ears.now > seconds
