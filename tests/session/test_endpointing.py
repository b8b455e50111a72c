from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.session.endpointing import ANSWER, CHOICE, Endpoint, Endpointer, Endpointing

FRAME = 0.032
probabilities = st.lists(st.sampled_from([0.0, 0.2, 0.4, 0.6, 1.0]), max_size=300)
SETTINGS = Endpointing(pause=0.2, shortest=0.1, longest=3.0, search=1.0)


def fed(endpointer: Endpointer, stream: list[float]) -> list[tuple[int, Endpoint]]:
    """(index of the frame, endpoint) of everything a stream makes known."""
    told = ((n, endpointer.feed(FRAME, p)) for n, p in enumerate(stream))
    return [(n, endpoint) for n, endpoint in told if endpoint]


def frames(seconds: float, probability: float) -> list[float]:
    return [probability] * round(seconds / FRAME)


@pytest.mark.parametrize("settings", [ANSWER, CHOICE])
def test_an_utterance_is_cut_after_the_pause(settings: Endpointing) -> None:
    stream = frames(1, 0) + frames(1, 0.9) + frames(2, 0.1)
    (started, first), (paused, second) = fed(Endpointer(settings), stream)
    assert (first, second) == (Endpoint.STARTED, Endpoint.PAUSED)
    assert started == round(1 / FRAME)
    assert settings.pause <= (paused + 1 - round(1 / FRAME) * 2) * FRAME < settings.pause + FRAME


def test_a_click_is_dropped() -> None:
    stream = [*frames(0.5, 0), 0.9, *frames(1, 0)]
    assert [endpoint for _, endpoint in fed(Endpointer(ANSWER), stream)] == [Endpoint.STARTED, Endpoint.DROPPED]


@pytest.mark.parametrize("settings", [ANSWER, CHOICE])
def test_the_shortest_human_word_counts(settings: Endpointing) -> None:
    """0.16 s is the least speech the detector found in 220 recorded words ("up")."""
    stream = frames(0.16, 0.9) + frames(1, 0)
    assert fed(Endpointer(settings), stream)[-1][1] is Endpoint.PAUSED


def test_speech_fades_through_the_stop_probability_but_returns_through_start() -> None:
    between = (ANSWER.start + ANSWER.stop) / 2
    running = frames(0.5, 0.9) + frames(3, between)
    assert len(fed(Endpointer(ANSWER), running)) == 1, "running speech goes on"
    murmur = [*frames(0.5, 0.9), 0.0, *frames(3, between)]
    assert fed(Endpointer(ANSWER), murmur)[-1][1] is Endpoint.PAUSED, "a pause does not end by a murmur"


def test_a_pause_shorter_than_the_setting_is_part_of_the_utterance() -> None:
    stream = frames(0.5, 1) + frames(ANSWER.pause - 2 * FRAME, 0) + frames(0.5, 1) + frames(1, 0)
    assert len(fed(Endpointer(ANSWER), stream)) == 2


def test_an_endless_utterance_is_cut_where_it_sounds_least_like_speech() -> None:
    stream = frames(28, 1.0)
    stream[780] = 0.45
    endpointer = Endpointer(ANSWER)
    told = fed(endpointer, stream[:844])
    assert told == [(0, Endpoint.STARTED), (843, Endpoint.PAUSED)], "27 s"
    assert endpointer.back == pytest.approx((843 - 780) * FRAME)
    assert endpointer.speaking


@pytest.mark.parametrize("ending", [[0.4, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]], ids=["cut before it", "cut in it"])
def test_the_rest_of_a_cut_word_is_never_a_click(ending: list[float]) -> None:
    stream = [*frames(2.95, 1.0), *ending, *frames(1, 0)]
    told = [endpoint for _, endpoint in fed(Endpointer(SETTINGS), stream)]
    assert told == [Endpoint.STARTED, Endpoint.PAUSED, Endpoint.PAUSED]


@given(probabilities)
def test_starts_and_ends_alternate_in_order_and_hold_all_speech_and_nothing_runs_on(stream: list[float]) -> None:
    endpointer = Endpointer(SETTINGS)
    speaking, start = False, 0
    for n, p in enumerate(stream):
        endpoint = endpointer.feed(FRAME, p)
        if endpoint is Endpoint.STARTED:
            assert not speaking
            assert p >= SETTINGS.start
            start = n
        elif endpoint is not None:
            assert speaking
        if endpoint is Endpoint.PAUSED:
            assert 0 <= endpointer.back <= SETTINGS.search + 1e-6
            cut = n + 1 - round(endpointer.back / FRAME)
            assert start < cut
            assert (cut - start) * FRAME <= SETTINGS.longest + FRAME
            start = cut
        speaking = endpointer.speaking
        assert not speaking or (n + 1 - start) * FRAME <= SETTINGS.longest + FRAME
        if p >= SETTINGS.start:  # surely speech: it is in an utterance, or in one that is dropped for its shortness
            assert speaking
            assert endpoint is not Endpoint.DROPPED
        assert speaking or endpoint is not Endpoint.STARTED
    fed(endpointer, frames(SETTINGS.pause + FRAME, 0))
    assert not endpointer.speaking
