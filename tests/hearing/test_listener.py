from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.fakes_hearing import FakeVoiceActivity
from voiceguide.hearing.listener import PRE_ROLL, TAIL, Cut, Dropped, Heard, Listener, Started
from voiceguide.session.endpointing import ANSWER, CHOICE, Endpointing
from voiceguide.sound import FRAME_BYTES, FRAME_SAMPLES, FRAME_SECONDS
from voiceguide.sound.vad import SILENT

SHORT = Endpointing(pause=0.5, shortest=0.1, longest=4.0, search=1.0)


LOUD = struct.pack(f"<{FRAME_SAMPLES - 1}h", *([-3000, 3000] * FRAME_SAMPLES)[: FRAME_SAMPLES - 1])
QUIET = bytes(FRAME_BYTES - 2)


def frame(number: int, loud: bool) -> bytes:
    """A frame that carries its number in its first sample."""
    return struct.pack("<h", number) + (LOUD if loud else QUIET)


def numbers(cut: Cut) -> list[int]:
    """The frames in a cut."""
    frames = cut.sound.frames
    return [int.from_bytes(frames[at : at + 2], "little", signed=True) for at in range(0, len(frames), FRAME_BYTES)]


class Room:
    """A listener with a stream of frames whose numbers and times go on."""

    def __init__(self) -> None:
        self.vad = FakeVoiceActivity()
        self.listener = Listener(self.vad)
        self.count = 0

    def hear(self, seconds: float, loud: bool) -> list[Heard]:
        heard: list[Heard] = []
        for _ in range(round(seconds / FRAME_SECONDS)):
            heard += self.listener.feed(frame(self.count, loud), (self.count + 1) * FRAME_SECONDS)
            self.count += 1
        return heard


@pytest.fixture
def room() -> Room:
    return Room()


def only_cut(heard: list[Heard]) -> Cut:
    (cut,) = heard
    assert isinstance(cut, Cut)
    return cut


def test_an_utterance_comes_with_pre_roll_and_a_piece_of_its_pause_and_tells_where_it_is_speech(room: Room) -> None:
    room.listener.open(ANSWER)
    room.hear(2, False)
    started = room.count
    assert room.hear(0.96, True) == [Started()]
    assert room.hear(0.32, False) == [], "too short to cut"
    room.hear(0.64, True)
    ended = room.count
    cut = only_cut(room.hear(2, False))
    first, last = numbers(cut)[0], numbers(cut)[-1]
    assert (started - first) * FRAME_SECONDS == pytest.approx(PRE_ROLL, abs=FRAME_SECONDS)
    assert (last + 1 - ended) * FRAME_SECONDS == pytest.approx(TAIL, abs=FRAME_SECONDS)
    assert cut.start == pytest.approx(first * FRAME_SECONDS)
    assert cut.sound.rate == 16000
    (begins, pauses), (goes_on, ends) = cut.speech
    assert begins == pytest.approx(PRE_ROLL, abs=FRAME_SECONDS)
    assert (pauses - begins, goes_on - pauses, ends - goes_on) == pytest.approx((0.96, 0.32, 0.64))
    assert cut.sound.seconds - ends == pytest.approx(TAIL, abs=FRAME_SECONDS)


@pytest.mark.parametrize("before", ["nobody listens", "it is open for something else"])
def test_nothing_from_before_opening_is_heard_but_everything_after(room: Room, before: str) -> None:
    """Somebody speaks on while the floor opens."""
    if before == "nobody listens":
        assert room.hear(1, True) == []
    else:
        room.listener.open(CHOICE)
        room.hear(1, False)
    opened, resets = room.count, room.vad.resets
    room.listener.open(ANSWER)
    assert room.vad.resets == resets + 1
    room.hear(1, True)
    cut = only_cut(room.hear(1, False))
    assert numbers(cut)[0] == opened
    assert cut.start == pytest.approx(opened * FRAME_SECONDS)


def test_closing_cuts_what_is_being_spoken_and_in_silence_gives_nothing(room: Room) -> None:
    room.listener.open(CHOICE)
    room.hear(1, True)
    assert room.listener.speaking
    cut = room.listener.close()
    assert cut is not None
    assert numbers(cut) == list(range(room.count))
    assert not room.listener.speaking
    assert room.listener.close() is None
    assert room.hear(1, True) == []
    room.listener.open(CHOICE)
    room.hear(1, False)
    assert room.listener.close() is None


def test_closing_right_after_a_cut_still_ends_what_had_begun(room: Room) -> None:
    room.listener.open(SHORT)
    assert any(isinstance(heard, Cut) for heard in room.hear(SHORT.longest, True))
    rest = room.listener.close()
    assert rest is not None  # a Started was told: without an end the session would wait for its words for ever
    assert rest.sound.seconds < 0.1


def test_a_click_is_dropped_and_becomes_the_next_ones_pre_roll(room: Room) -> None:
    room.listener.open(ANSWER)
    assert room.hear(FRAME_SECONDS, True) + room.hear(ANSWER.pause + FRAME_SECONDS, False) == [Started(), Dropped()]
    room.hear(1, True)
    assert numbers(only_cut(room.hear(1, False)))[0] == 0


def test_the_level_is_shown_while_closed(room: Room) -> None:
    assert room.listener.level == SILENT
    room.hear(0.1, True)
    assert room.listener.level == pytest.approx(-20.8, abs=0.1)


def test_a_long_answer_is_cut_without_losing_or_repeating_a_sample(room: Room) -> None:
    room.listener.open(ANSWER)
    heard = room.hear(70, True) + room.hear(1, False)
    cuts = [h for h in heard if isinstance(h, Cut)]
    assert [type(h) for h in heard] == [Started, Cut] * 3
    assert max(c.sound.seconds for c in cuts) < 30
    told = [n for c in cuts for n in numbers(c)]
    assert told == list(range(len(told)))
    assert len(told) * FRAME_SECONDS == pytest.approx(70 + TAIL, abs=2 * FRAME_SECONDS)


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.integers(1, 50), st.booleans()), max_size=15),
    st.booleans(),
    st.sampled_from([SHORT, ANSWER]),
)
def test_no_speech_is_lost_or_told_twice_and_what_is_known_of_it_is_its_beginning(
    stretches: list[tuple[int, bool]], close: bool, endpointing: Endpointing
) -> None:
    room, known = Room(), list[bytes]()
    room.listener.open(endpointing)
    told: list[int] = []
    spoken: set[int] = set()
    running = dropped = 0

    def take(cut: Cut, at_its_end: bool) -> None:
        assert cut.start == pytest.approx(numbers(cut)[0] * FRAME_SECONDS)
        assert cut.sound.seconds <= endpointing.longest + PRE_ROLL + FRAME_SECONDS
        assert not at_its_end or all(cut.sound.frames.startswith(beginning) for beginning in known)
        known.clear()
        told.extend(numbers(cut))

    for count, loud in [*stretches, (0 if close else 31, False)]:
        spoken |= set(range(room.count, room.count + count)) if loud else set()
        for _ in range(count):
            found = room.hear(FRAME_SECONDS, loud)
            for heard in found:
                if isinstance(heard, Cut):
                    take(heard, heard is found[-1])  # else it was cut at its greatest length, and goes on
                assert not isinstance(heard, Dropped) or not known, "nothing is told of a click"
                running += isinstance(heard, Started) - (not isinstance(heard, Started))
                dropped += isinstance(heard, Dropped)
                assert running in (0, 1)
            if beginning := room.listener.so_far():
                known.append(beginning.frames)
    if last := room.listener.close():
        take(last, True)
    assert told == sorted(set(told))
    assert dropped or spoken <= set(told)


def test_of_an_utterance_something_is_known_after_a_second_of_speech_and_nothing_after_its_end(room: Room) -> None:
    room.listener.open(ANSWER)
    room.hear(1.0, False)
    assert room.listener.so_far() is None
    room.hear(0.9, True)
    assert room.listener.so_far() is None
    room.hear(0.2, True)
    beginning = room.listener.so_far()
    assert beginning is not None
    assert beginning.seconds == pytest.approx(PRE_ROLL + 1.1, abs=0.1)
    room.hear(0.5, False)
    pausing = room.listener.so_far()
    assert pausing is not None
    assert pausing.seconds == pytest.approx(beginning.seconds + TAIL, abs=0.05)
    room.hear(0.3, False)
    assert room.listener.so_far() is None
