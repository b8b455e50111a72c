"""Editions: what is told, what it sounds like, and that everything agrees on when."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.editions import FakeVoice, edition, sounding, tone
from tests.support.records import EVENTS, write_flac
from voiceguide.errors import EngineError, RecordError
from voiceguide.export.edition import Edition
from voiceguide.export.sound_file import write
from voiceguide.record.transcript import Transcript, read
from voiceguide.session.events import Utterance
from voiceguide.sound import SAMPLE_BYTES, Sound
from voiceguide.sound.files import read_sound
from voiceguide.sound.loudness import LEVEL, loudness
from voiceguide.sound.mixer import OUTPUT_RATE


def test_places_are_those_of_the_sound(tmp_path: Path) -> None:
    told = edition(sounding(tmp_path))
    at = 0.0
    for placed, sound in told.sounds():
        assert placed.at == pytest.approx(at + (placed.item.gap_before if at else 0.0), abs=1 / OUTPUT_RATE)
        assert placed.seconds == sound.seconds
        assert sound.rate == OUTPUT_RATE
        at = placed.end
    assert told.seconds == at
    assert [each.item.text for each in told.placed] == [item.text for item in told.items]


def test_recordings_are_as_long_as_they_were_and_as_loud_as_the_guide(tmp_path: Path) -> None:
    for placed, sound in edition(sounding(tmp_path)).sounds():
        if placed.item.audio:
            assert sound.seconds == pytest.approx(placed.item.seconds, abs=0.01)
        assert loudness([sound]) == pytest.approx(LEVEL, abs=1.0)


def test_only_the_exercises_own_words_may_be_kept(tmp_path: Path) -> None:
    voice = FakeVoice()
    session = sounding(tmp_path, (*EVENTS, (30.0, Utterance(6, "b", "typed", None, 28.0, place=3))))
    assert edition(session, voice=voice).placed
    assert ("Welcome, Mia and Zoë.", None, True) in voice.spoken
    assert ("Mia, this is what I heard. I worry about the little house and money", None, False) in voice.spoken
    assert ("typed", "f3", False) in voice.spoken


def test_a_recording_that_is_gone_or_damaged_is_spoken(tmp_path: Path) -> None:
    session = sounding(tmp_path)
    (session.folder / "audio/0001-a.flac").write_bytes(b"no sound")
    voice = FakeVoice()
    assert edition(session, voice=voice).placed
    assert [said for said in voice.spoken if said[1]] == [("I worry about the little house", "max", False)]


def test_without_a_voice_there_is_time_to_read(tmp_path: Path) -> None:
    def mute(text: str, voice: str | None, keep: bool) -> Sound:
        raise EngineError("No voice.")

    told = Edition(sounding(tmp_path), mute, ("a", "b"))
    first, sound = next(told.sounds())
    assert sound.frames == bytes(len(sound.frames))
    assert first.seconds > 2.0


@pytest.mark.parametrize("change", [-0.02, 0.02])
def test_a_voice_that_never_speaks_twice_alike_fits_its_place(tmp_path: Path, change: float) -> None:
    lasts = 1.0

    def wavering(text: str, voice: str | None, keep: bool) -> Sound:
        nonlocal lasts
        lasts += change
        return tone(lasts, -20.0)

    told = Edition(sounding(tmp_path), wavering, ("a", "b"))
    assert told.seconds > 0
    assert all(placed.seconds == sound.seconds for placed, sound in told.sounds())
    with (tmp_path / "it.wav").open("w+b") as file:
        write(told, file, "wav")
    assert read_sound(tmp_path / "it.wav").seconds == pytest.approx(told.seconds, abs=1 / OUTPUT_RATE)


def test_words_that_could_not_be_spoken_once_stay_time_to_read(tmp_path: Path) -> None:
    asked = 0

    def late(text: str, voice: str | None, keep: bool) -> Sound:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise EngineError("No voice yet.")
        return tone(9.0, -20.0)

    told = Edition(sounding(tmp_path), late, ("a", "b"))
    assert told.placed[0].seconds < 9.0
    _, sound = next(told.sounds())
    assert sound.frames == bytes(len(sound.frames))


def test_only_one_partner_and_short_prompts(tmp_path: Path) -> None:
    session = sounding(tmp_path)
    assert {item.partner for item in edition(session, "a").items} == {"a"}
    assert [item.text for item in edition(session, prompts="none").items] == [
        "I worry about the little house", "and money", "you worry",
    ]  # fmt: skip
    assert "Mia, this is what I heard." in [item.text for item in edition(session, prompts="short").items]


def test_nothing_to_tell_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="is left to tell"):
        edition(sounding(tmp_path, EVENTS[:1])).refuse_empty()


def test_what_was_struck_is_not_told(tmp_path: Path) -> None:
    session = sounding(tmp_path)
    transcript = Transcript.open(session.folder)
    transcript.strike([1, 2])
    transcript.close()
    told = edition(read(session.folder))
    assert not any("house" in item.text for item in told.items)


def test_a_whisper_in_a_turn_stays_softer_than_a_cry(tmp_path: Path) -> None:
    session = sounding(tmp_path)
    write_flac(session.folder / "audio/0001-a.flac", tone(2.4, -50.0))
    write_flac(session.folder / "audio/0002-a.flac", tone(2.0, -20.0))
    heard = {placed.item.id: loudness([sound]) for placed, sound in edition(session).sounds() if placed.item.audio}
    assert heard[2] - heard[1] == pytest.approx(30.0, abs=0.5)
    assert heard[3] == pytest.approx(LEVEL, abs=0.5)


def test_words_are_heard_when_the_recogniser_says(tmp_path: Path) -> None:
    times = ((0.1, 0.5), (0.6, 1.0))
    said = EVENTS[11][1]  # "you worry"
    assert isinstance(said, Utterance)
    known = replace(said, times=times)
    session = sounding(tmp_path, (*EVENTS[:11], (20.4, known), *EVENTS[12:]))
    placed = next(each for each in edition(session).placed if each.item.id == 3)
    assert placed.words == [("you", placed.at + 0.1), ("worry", placed.at + 0.6)]
    unknown = next(each for each in edition(session).placed if each.item.id == 1)
    assert unknown.words[0] == ("I", None)


def test_chapters_begin_where_their_step_is_first_heard(tmp_path: Path) -> None:
    told = edition(sounding(tmp_path))
    assert [(chapter.place, chapter.title) for chapter, _ in told.starts] == [
        (1, "Welcome, Mia and Zoë."),
        (2, "Mia, what worries you?"),
        (3, "Zoë, what did you hear?"),
    ]
    assert told.starts[1][1] == next(each.at for each in told.placed if each.item.place == 2)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_recordings_of_other_rates_agree_with_their_place(tmp_path: Path, rate: int) -> None:
    session = sounding(tmp_path)
    for path in (session.folder / "audio").iterdir():
        write_flac(path, tone(1.2345, -30.0, rate))
    for placed, sound in edition(session).sounds():
        assert placed.seconds == sound.seconds
        if placed.item.audio:
            assert placed.seconds == pytest.approx(1.2345, abs=0.001)


def test_a_turn_of_sounds_is_a_whole_number_of_samples(tmp_path: Path) -> None:
    assert all(len(sound.frames) % SAMPLE_BYTES == 0 for _, sound in edition(sounding(tmp_path)).sounds())
