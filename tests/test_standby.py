"""Waiting to be called: what wakes, what does not, and what is asked then."""

from __future__ import annotations

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


START, REPLAY = Request("Hey guide, start", Asked(Asking.SESSION)), Request("replay", Asked(Asking.REPLAY))
NAME, REQUESTED = phrases_waiting.waiting("guide"), phrases_waiting.listening_for_a_request()


@pytest.mark.parametrize(
    ("texts", "sounds", "request_", "lengths"),
    [
        (["Hey guide, start"] * 2, [_SHORT], START, [1.9, 1.9]),  # a call and a request in one breath
        (["Hey guide", "Hey guide, start"], [_LONG], START, [2.5, 3.8]),  # whole once its opening called
        (["it was the best of times"] * 9, [loud(30.0), quiet(1), _SHORT], None, [2.5, 1.7]),  # only the beginnings
    ],
)
def test_what_calls_is_recognised_whole_and_of_what_does_not_only_the_beginning(
    texts: list[str], sounds: list[bytes], request_: Request | None, lengths: list[float]
) -> None:
    waiting = Waiting(*texts)
    assert waiting.hear(*sounds) == request_
    assert [round(sound.seconds, 1) for sound in waiting.engine.heard if sound.seconds > 0.2] == lengths
    assert waiting.loudspeaker.played == 0
    assert waiting.told == [NAME]


def test_a_call_alone_is_answered_with_a_sound_and_the_request_awaited() -> None:
    waiting = Waiting("Hey guide.", "Hey guide.", "replay")
    assert waiting.hear(_SHORT, quiet(2), _SHORT) == REPLAY
    assert waiting.loudspeaker.played == 1
    waiting = Waiting("Hey guide.", "Hey guide.", "start")
    asked = waiting.hear(_SHORT, quiet(REQUEST - 2), loud(4.0))
    assert asked == Request("start", START.asked), "who speaks when the time is over is heard out"


def test_without_a_request_it_waits_again_with_another_sound() -> None:
    waiting = Waiting("Hey guide.", "Hey guide.", "replay")
    assert waiting.hear(_SHORT, quiet(REQUEST + 3), _SHORT) is None
    assert waiting.loudspeaker.played == 2
    assert waiting.told == [NAME, REQUESTED, NAME]


def test_what_may_be_a_call_counts_only_with_a_request() -> None:
    for words in ("Hey guys, what a day", "Hey guys"):
        waiting = Waiting(words, words)
        assert waiting.hear(_SHORT) is None
        assert waiting.loudspeaker.played == 0
    assert Waiting("Hey guys, start", "Hey guys, start").hear(_SHORT) == Request("Hey guys, start", START.asked)
    sure = "Hey guide, feed the dog"
    assert Waiting(sure, sure).hear(_SHORT) == Request(sure, None), "what is not understood is answered"


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
LATE_AND_PAUSE = [(late, pause) for late in (0.2, 1.5, 3.0) for pause in (0.7, 1.0, 1.4, 2.0, 3.0, 6.0)]


@pytest.mark.parametrize("lasts", [BEGIN, 3.0])
def test_a_request_straight_after_the_call_is_heard_however_late_the_call_is_understood(lasts: float) -> None:
    for late, pause in LATE_AND_PAUSE:
        waiting = Slow(late, {CALL: "Hey guide.", lasts: "start", 2.0: "start"})
        heard = waiting.hear(loud(CALL), quiet(pause), loud(lasts), quiet(5))
        assert (heard, waiting.loudspeaker.played) == (Request("start", START.asked), 1), (late, pause)
        assert waiting.engine.understood.count("start") <= 2, "its opening, and all of it once"


def test_what_was_said_before_a_call_is_never_acted_on_however_late_it_is_understood() -> None:
    for late, pause in LATE_AND_PAUSE:
        waiting = Slow(late, {CALL: "Hey guide.", BEGIN: "start", TALK: "Hey guys, what a day"})
        asking: list[float] = []

        def over(waiting: Slow = waiting, asking: list[float] = asking, late: float = late) -> bool:
            if waiting.told[-1:] == [REQUESTED]:
                asking.append(waiting.ears.now)
            return bool(asking) and waiting.ears.now > asking[0] + 2 * late + 1

        talk = (loud(TALK), quiet(pause), loud(BEGIN), quiet(pause), loud(CALL))
        waiting.microphone.hear(quiet(1) + b"".join(talk) + quiet(40))
        assert waiting.standby.wait(over) is None, (late, pause)
        assert waiting.engine.understood.count("start") == 1, "its opening, never all of it"


def test_what_was_said_before_another_one_had_the_microphone_is_forgotten() -> None:
    waiting = Slow(3.0, {CALL: "Hey guide.", BEGIN: "start"})
    waiting.microphone.hear(quiet(1) + loud(CALL) + quiet(0.7) + loud(BEGIN) + quiet(5))
    assert waiting.standby.wait(lambda: waiting.ears.now > 8.5) is None
    assert waiting.hear(loud(CALL), quiet(10)) is None
    assert waiting.told[-1] == NAME


def test_what_does_not_call_is_forgotten_while_it_is_still_being_said() -> None:
    for waiting, sounds, forgotten in (
        (Waiting("it was the best of times"), quiet(1) + loud(9), 4),
        (Slow(1.5, {BEGIN: "Hey guys", 2.0: "it was"}), quiet(1) + loud(BEGIN) + quiet(0.7) + loud(11), 9),
    ):
        memory: list[tuple[float, int]] = []

        def over(waiting: Waiting = waiting, memory: list[tuple[float, int]] = memory, end: int = forgotten) -> bool:
            memory.append((waiting.ears.now, held(waiting.openings)))
            return waiting.ears.now > end + 4

        waiting.microphone.hear(sounds)
        assert waiting.standby.wait(over) is None
        assert max(count for _, count in memory) > 60
        assert {count for now, count in memory if now > forgotten} == {0}


def test_an_engine_that_fails_wakes_nobody_and_goes_on() -> None:
    waiting = Waiting("Hey guide, start", "Hey guide, start")
    waiting.engine.fail_next = True
    assert waiting.hear(_SHORT, quiet(1), _SHORT) == START


def test_the_guides_own_last_word_is_let_pass() -> None:
    waiting = Waiting("Hey guide, start")
    waiting.loudspeaker.play(Sound(loud(1.0), 16_000))
    waiting.microphone.hear(loud(0.9) + quiet(2))  # so that it ends, as everything that is recognised does
    assert waiting.standby.wait(lambda: waiting.ears.now > 4.0) is None
    assert waiting.engine.heard == []
