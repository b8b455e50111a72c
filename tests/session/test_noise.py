"""A loud room: how it is noticed in real sound, what the record keeps of it, when the guide says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.session.test_session_properties import Recorded, known, replayed
from tests.support.fakes_hearing import FakeVoiceActivity
from tests.support.records import header
from tests.support.session_driver import DONE, NEVER, Driver, at_step, spoken
from tests.support.small_exercise import CHECK, FLOOR, LONG_FLOOR, MIRROR, PLAIN_ASK, STEPS
from voiceguide.hearing import Hypothesis
from voiceguide.hearing.doubt import is_drowned
from voiceguide.hearing.listener import Cut, Listener
from voiceguide.record.transcript import Transcript, read
from voiceguide.session import phrases
from voiceguide.session.endpointing import ANSWER
from voiceguide.session.events import TimePassed, Utterance
from voiceguide.session.patience import UNHURRIED
from voiceguide.sound import FRAME_BYTES, FRAME_SAMPLES, FRAME_SECONDS, LISTEN_RATE
from voiceguide.sound.files import read_sound
from voiceguide.sound.vad import SileroGate, VoiceActivity
from voiceguide.voice_commands import VoiceCommand as C

MUMBLE = "mumble mumble"


# -- noticing it -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sentence() -> NDArray[np.float64]:
    """Somebody reads, after and before silence."""
    moonshine = pytest.importorskip("moonshine_voice", reason="its package brings the recording")
    assets = Path(moonshine.__file__).parent / "assets"
    sound = read_sound(assets / "two_cities.wav", LISTEN_RATE)
    samples = np.frombuffer(sound.frames, "<i2")[: 12 * LISTEN_RATE].astype(float)
    return np.pad(samples, 2 * LISTEN_RATE)


def ratios(samples: NDArray[np.float64], detector: VoiceActivity | None = None) -> list[float]:
    """The signal-to-noise ratio of each utterance that the listener cuts."""
    listener = Listener(detector or SileroGate())
    listener.open(ANSWER)
    frames = np.clip(samples, -32768, 32767).astype("<i2").tobytes()
    cuts = []
    for start in range(0, len(frames) - FRAME_BYTES + 1, FRAME_BYTES):
        cuts += listener.feed(frames[start : start + FRAME_BYTES], start / FRAME_BYTES * FRAME_SECONDS)
    return [cut.snr for cut in cuts if isinstance(cut, Cut) and cut.snr is not None]


def mixed(speech: NDArray[np.float64], decibels: float) -> NDArray[np.float64]:
    """With noise so far below it; the silence around it does not count."""
    loud = speech[np.abs(speech) > 0.02 * np.abs(speech).max()]
    deviation = np.sqrt((loud**2).mean() / 10 ** (decibels / 10))
    return speech + np.random.default_rng(1).normal(0, deviation, len(speech))


@pytest.mark.full
def test_the_listener_tells_a_loud_room_from_a_quiet_one_and_a_quiet_speaker(
    sentence: NDArray[np.float64],
) -> None:
    unsure = Hypothesis("words", 0.5, False)
    good, poor = ratios(mixed(sentence, 20)), ratios(mixed(sentence, 5))
    assert [is_drowned(unsure, snr) for snr in good] == [False] * len(good)
    assert [is_drowned(unsure, snr) for snr in poor] == [True] * len(poor)
    assert np.mean(good) - np.mean(poor) > 7
    assert min(ratios(sentence * 10 ** (-20 / 20))) > 10


@pytest.mark.parametrize(("voice", "words", "snrs"), [(3000, 10, [40.0]), (1500, 10, [34.0]), (3000, 2, [])])
def test_the_room_is_measured_well_away_from_the_voice(voice: int, words: int, snrs: list[float]) -> None:
    # how many frames of which level: the room; what is next to the voice and counts for neither; the voice, twice
    near, said = [(150, 4)], [(voice, words)]
    levels = [(30, 40), *near, *said, *near, (30, 1), *near, *said, *near, (30, 60)]
    samples = np.concatenate([np.resize([level, -level], FRAME_SAMPLES * count) for level, count in levels])
    assert ratios(samples.astype(float), FakeVoiceActivity()) == snrs


@pytest.mark.parametrize(
    ("text", "snr", "confidence", "drowned"),
    [
        ("words", 4.0, 0.5, True),
        ("words", 4.0, 0.9, False),
        ("words", 15.0, 0.3, False),
        ("words", None, 0.3, False),
        ("", 4.0, 0.3, False),
    ],
)
def test_noise_and_doubt_together_drown_words(text: str, snr: float | None, confidence: float, drowned: bool) -> None:
    assert is_drowned(Hypothesis(text, confidence, False), snr) is drowned


# -- saying so ---------------------------------------------------------------------------------------------------


def drowned(driver: Driver, times: int = 2) -> Driver:
    for _ in range(times):
        assert spoken(driver.say(MUMBLE, noisy=True)) == []
    return driver


@pytest.mark.parametrize("index", [FLOOR, MIRROR, LONG_FLOOR])
def test_after_two_drowned_utterances_the_guide_says_so_in_a_pause(index: int) -> None:
    driver = drowned(at_step(index))
    assert driver.waits == 2
    assert spoken(driver.wait()) == [phrases.loud()]
    assert driver.hear_out().floor


def test_one_drowned_utterance_or_one_that_was_understood_between_is_no_reason() -> None:
    driver = drowned(at_step(MIRROR, UNHURRIED), 1)
    assert driver.waits == NEVER
    driver.say("this was heard well")
    assert drowned(driver, 1).waits == NEVER


def test_it_is_not_said_into_speech_nor_while_more_words_are_awaited() -> None:
    driver = drowned(at_step(MIRROR, UNHURRIED))
    driver.speech()
    assert driver.waits == NEVER
    driver.speech()
    driver.words(MUMBLE, noisy=True)
    assert driver.waits == NEVER
    driver.words(MUMBLE, noisy=True)
    assert spoken(driver.wait()) == [phrases.loud()]


def test_a_cough_does_not_bring_it_back() -> None:
    driver = drowned(at_step(MIRROR, UNHURRIED))
    driver.cough()
    assert driver.waits == NEVER
    assert spoken(drowned(driver, 1).wait()) == [phrases.loud()]


def test_it_is_said_once_in_five_minutes() -> None:
    driver = drowned(at_step(MIRROR, UNHURRIED))
    driver.wait()
    assert drowned(driver.hear_out(), 5).waits == NEVER
    driver.rest(300)
    assert spoken(drowned(driver, 1).wait()) == [phrases.loud()]


def test_a_turn_that_ends_takes_it_along() -> None:
    driver = drowned(at_step(MIRROR, UNHURRIED))
    driver.say(DONE, C.DONE)
    assert spoken(driver.wait()) == [STEPS[CHECK].prompt]


def test_the_floors_clock_still_sounds() -> None:
    driver = drowned(at_step(LONG_FLOOR, UNHURRIED))
    left = driver.left
    driver.wait()
    assert driver.hear_out().left == left - 2
    assert driver.waits == left - 2 - 30


def test_an_answer_that_noise_drowned_is_asked_for_closer() -> None:
    driver = at_step(PLAIN_ASK)
    asked = [spoken(driver.hear_out().say(MUMBLE, noisy=True)) for _ in range(2)]
    assert asked == [[phrases.loud_question()], [phrases.unclear(1)]]


def test_struck_words_that_were_drowned_move_the_session_in_a_replay(tmp_path: Path) -> None:
    transcript = Transcript.create(tmp_path, header())
    driver = Recorded(transcript)
    driver.begin().hear_out()
    drowned(driver).wait()
    driver.hear_out().press(C.OFF_THE_RECORD).tell(C.YES)
    transcript.close()
    events = read(transcript.folder).events
    assert any(isinstance(event, TimePassed) for _, event in events)
    assert [event.noisy for _, event in events if isinstance(event, Utterance) and event.struck] == [True, True]
    assert known(replayed(events)) == known(driver.session)
