"""Editions: what is told, what it sounds like, and that everything agrees on when."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.editions import FakeVoice, edition, exported, sounding, tone
from tests.support.records import EVENTS, struck, write_flac
from voiceguide.errors import EngineError, RecordError
from voiceguide.export.edition import Edition
from voiceguide.record import Session
from voiceguide.session.events import Utterance
from voiceguide.sound import SAMPLE_BYTES, Sound
from voiceguide.sound.files import read_sound
from voiceguide.sound.loudness import LEVEL, loudness
from voiceguide.sound.mixer import OUTPUT_RATE


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """The sample session, for whoever changes its sounds."""
    return sounding(tmp_path)


def test_places_are_those_of_the_sound(told: Edition) -> None:
    at = 0.0
    for placed, sound in told.sounds():
        assert placed.at == pytest.approx(at + (placed.item.gap_before if at else 0.0), abs=1 / OUTPUT_RATE)
        assert (placed.seconds, sound.rate, len(sound.frames) % SAMPLE_BYTES) == (sound.seconds, OUTPUT_RATE, 0)
        if placed.item.audio:  # recordings are as long as they were and as loud as the guide
            assert sound.seconds == pytest.approx(placed.item.seconds, abs=0.01)
        assert loudness([sound]) == pytest.approx(LEVEL, abs=1.0)
        at = placed.end
    assert told.seconds == at
    assert [each.item.text for each in told.placed] == [item.text for item in told.items]
    assert [(chapter.place, chapter.title) for chapter, _ in told.starts] == [
        (1, "Welcome, Mia and Zoë."),
        (2, "Mia, what worries you?"),
        (3, "Zoë, what did you hear?"),
    ]
    assert told.starts[1][1] == next(each.at for each in told.placed if each.item.place == 2)


def test_only_the_exercises_own_words_may_be_kept(tmp_path: Path) -> None:
    voice = FakeVoice()
    session = sounding(tmp_path, (*EVENTS, (30.0, Utterance(6, "b", "typed", None, 28.0, place=3))))
    assert edition(session, voice=voice).placed
    assert ("Welcome, Mia and Zoë.", None, True) in voice.spoken
    assert ("Mia, this is what I heard. I worry about the little house and money", None, False) in voice.spoken
    assert ("typed", "f3", False) in voice.spoken


def test_a_recording_that_is_gone_or_damaged_is_spoken(session: Session) -> None:
    (session.folder / "audio/0001-a.flac").write_bytes(b"no sound")
    voice = FakeVoice()
    assert edition(session, voice=voice).placed
    assert [said for said in voice.spoken if said[1]] == [("I worry about the little house", "max", False)]


def test_without_a_voice_there_is_time_to_read_also_where_one_comes_later(session: Session) -> None:
    asked = 0

    def late(text: str, voice: str | None, keep: bool) -> Sound:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise EngineError("No voice yet.")
        return tone(9.0, -20.0)

    told = Edition(session, late, ("a", "b"))
    assert 2.0 < told.placed[0].seconds < 9.0
    _, sound = next(told.sounds())
    assert sound.frames == bytes(len(sound.frames))


@pytest.mark.parametrize("change", [-0.02, 0.02])
def test_a_voice_that_never_speaks_twice_alike_fits_its_place(session: Session, change: float) -> None:
    lasts = 1.0

    def wavering(text: str, voice: str | None, keep: bool) -> Sound:
        nonlocal lasts
        lasts += change
        return tone(lasts, -20.0)

    told = Edition(session, wavering, ("a", "b"))
    assert told.seconds > 0
    assert all(placed.seconds == sound.seconds for placed, sound in told.sounds())
    wav = session.folder / "it.wav"
    wav.write_bytes(exported(told, "wav"))
    assert read_sound(wav).seconds == pytest.approx(told.seconds, abs=1 / OUTPUT_RATE)


def test_only_one_partner_short_prompts_and_nothing_that_was_struck(session: Session, tmp_path: Path) -> None:
    def told(session: Session, **chosen: Any) -> list[str]:
        return [item.text for item in edition(session, **chosen).items]

    assert told(session, partner="a") == ["I worry about the little house", "and money"]
    assert told(session, prompts="none") == ["I worry about the little house", "and money", "you worry"]
    assert "Mia, this is what I heard." in told(session, prompts="short")
    assert told(struck(session.folder, [1, 2]), prompts="none") == ["you worry"]
    with pytest.raises(RecordError, match="is left to tell"):
        edition(sounding(tmp_path / "none", EVENTS[:1])).refuse_empty()


def test_a_whisper_in_a_turn_stays_softer_than_a_cry(session: Session) -> None:
    write_flac(session.folder / "audio/0001-a.flac", tone(2.4, -50.0))
    write_flac(session.folder / "audio/0002-a.flac", tone(2.0, -20.0))
    heard = {placed.item.id: loudness([sound]) for placed, sound in edition(session).sounds() if placed.item.audio}
    assert heard[2] - heard[1] == pytest.approx(30.0, abs=0.5)
    assert heard[3] == pytest.approx(LEVEL, abs=0.5)


def test_words_are_heard_when_the_recogniser_says(tmp_path: Path) -> None:
    said = EVENTS[11][1]
    assert isinstance(said, Utterance)
    known = replace(said, times=((0.1, 0.5), (0.6, 1.0)))
    told = edition(sounding(tmp_path, (*EVENTS[:11], (20.4, known), *EVENTS[12:])))
    placed = {each.item.id: each for each in told.placed}
    assert placed[3].words == [("you", placed[3].at + 0.1), ("worry", placed[3].at + 0.6)]
    assert placed[1].words[0] == ("I", None)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_recordings_of_other_rates_agree_with_their_place(session: Session, rate: int) -> None:
    for path in (session.folder / "audio").iterdir():
        write_flac(path, tone(1.2345, -30.0, rate))
    for placed, sound in edition(session).sounds():
        assert placed.seconds == sound.seconds
        if placed.item.audio:
            assert placed.seconds == pytest.approx(1.2345, abs=0.001)
