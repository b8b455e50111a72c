"""A loud room: how it is noticed in real sound, what the record keeps of it, when the guide says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.session.test_session_properties import Recorded, known, replayed
from tests.support.records import header
from tests.support.session_driver import DONE, FLOOR, LONG_FLOOR, MIRROR, PLAIN_ASK, Driver, at_step, spoken
from voiceguide.hearing import Hypothesis
from voiceguide.hearing.doubt import is_drowned
from voiceguide.hearing.listener import Cut, Listener
from voiceguide.record.transcript import Transcript, read
from voiceguide.session import phrases
from voiceguide.session.endpointing import ANSWER
from voiceguide.session.events import SpeechDropped, TimePassed, Utterance
from voiceguide.session.patience import UNHURRIED
from voiceguide.sound import FRAME_BYTES, FRAME_SECONDS, LISTEN_RATE
from voiceguide.sound.files import read_sound
from voiceguide.sound.vad import SileroGate
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


def ratios(samples: NDArray[np.float64]) -> list[float]:
    """The signal-to-noise ratio of each utterance that the listener cuts."""
    listener = Listener(SileroGate())
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


def test_the_listener_tells_a_loud_room_from_a_quiet_one(sentence: NDArray[np.float64]) -> None:
    unsure = Hypothesis("words", 0.5, False)
    good, poor = ratios(mixed(sentence, 20)), ratios(mixed(sentence, 5))
    assert good
    assert poor
    assert not [snr for snr in good if is_drowned(unsure, snr)]
    assert not [snr for snr in poor if not is_drowned(unsure, snr)]
    assert np.mean(good) - np.mean(poor) > 7


def test_a_quiet_speaker_in_a_quiet_room_is_not_drowned(sentence: NDArray[np.float64]) -> None:
    quiet = sentence * 10 ** (-20 / 20)
    assert min(ratios(quiet)) > 10


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


@pytest.mark.parametrize("index", [FLOOR, MIRROR])
def test_after_two_drowned_utterances_the_guide_says_so_in_a_pause(index: int) -> None:
    driver = drowned(at_step(index))
    at = driver.now
    assert spoken(driver.wait()) == [phrases.loud()]
    assert driver.now == pytest.approx(at + 2)
    driver.hear_out()
    assert driver.session.floor


def test_one_drowned_utterance_or_one_that_was_understood_between_is_no_reason() -> None:
    driver = drowned(at_step(MIRROR, UNHURRIED), 1)
    assert driver.session.deadline is None
    driver.say("this was heard well")
    assert drowned(driver, 1).session.deadline is None


def test_it_is_not_said_into_speech() -> None:
    driver = drowned(at_step(MIRROR, UNHURRIED))
    driver.speech()
    assert driver.session.deadline is None
    driver.take(SpeechDropped())
    driver.awaited.clear()
    assert driver.session.deadline is None
    assert spoken(drowned(driver, 1).wait()) == [phrases.loud()]


def test_nor_while_more_words_are_awaited() -> None:
    driver = at_step(MIRROR, UNHURRIED)
    driver.speech()
    driver.speech()
    driver.words(MUMBLE, noisy=True)
    driver.speech()
    driver.words(MUMBLE, noisy=True)
    assert driver.session.deadline is None


def test_it_is_said_once_in_five_minutes() -> None:
    driver = drowned(at_step(MIRROR, UNHURRIED))
    driver.wait()
    driver.hear_out()
    assert drowned(driver, 5).session.deadline is None
    driver.rest(300)
    assert spoken(drowned(driver, 1).wait()) == [phrases.loud()]


def test_a_turn_that_ends_takes_it_along() -> None:
    driver = drowned(at_step(MIRROR, UNHURRIED))
    driver.say(DONE, C.DONE)
    assert phrases.loud() not in spoken(driver.wait())


def test_the_floors_clock_still_sounds() -> None:
    driver = drowned(at_step(LONG_FLOOR, UNHURRIED))
    spent = driver.session.time_left(driver.now)
    assert spent is not None
    driver.wait()
    driver.hear_out()
    left = driver.session.time_left(driver.now)
    assert left is not None
    assert left == pytest.approx(spent - 2)
    assert driver.session.deadline == pytest.approx(driver.now + left - 30)


def test_an_answer_that_noise_drowned_is_asked_for_closer() -> None:
    driver = at_step(PLAIN_ASK)
    assert spoken(driver.say(MUMBLE, noisy=True)) == [phrases.loud_question()]
    driver.hear_out()
    assert spoken(driver.say(MUMBLE, noisy=True)) == [phrases.unclear(1)]


def test_struck_words_that_were_drowned_move_the_session_in_a_replay(tmp_path: Path) -> None:
    transcript = Transcript.create(tmp_path, header())
    driver = Recorded(transcript)
    driver.begin().hear_out()
    drowned(driver).wait()
    driver.hear_out()
    driver.key(C.OFF_THE_RECORD)
    driver.hear_out().say("yes", C.YES)
    driver.hear_out()
    transcript.close()
    events = read(transcript.folder).events
    assert any(isinstance(event, TimePassed) for _, event in events)
    assert [event.noisy for _, event in events if isinstance(event, Utterance) and event.struck] == [True, True]
    assert known(replayed(events)) == known(driver.session)
