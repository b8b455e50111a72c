"""Sessions as sound files: as long as they say, as loud as they should be, tagged, and understood again."""

from __future__ import annotations

import difflib
import io
import json
import wave
from collections.abc import Callable
from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile
from mutagen.id3 import ID3

from tests.support.command import add_short, installed, only_session, voiceguide
from tests.support.editions import VOICES, edition, exported, sounding, tone
from tests.support.records import write_flac
from voiceguide.export.edition import Edition
from voiceguide.hearing.moonshine import Moonshine
from voiceguide.record import read
from voiceguide.session.events import PromptEnded
from voiceguide.sound import LISTEN_RATE, Sound, silence
from voiceguide.sound.files import read_sound
from voiceguide.sound.loudness import LEVEL, loudness
from voiceguide.sound.mixer import OUTPUT_RATE
from voiceguide.voice_commands.vocabulary import normalised

FORMATS = ("wav", "flac", "mp3")
_ENCODER = 0.1
"""Seconds that MP3 adds at both ends together."""


@pytest.mark.parametrize("to", FORMATS)
def test_it_is_as_long_as_the_edition_and_never_clips(tmp_path: Path, to: str) -> None:
    session = sounding(tmp_path)
    write_flac(session.folder / "audio/0002-a.flac", tone(2.0, -0.1))
    before = {path: path.read_bytes() for path in session.folder.rglob("*") if path.is_file()}
    told = edition(session)
    made = exported(told, to)
    samples, rate = soundfile.read(io.BytesIO(made), dtype="float32")
    assert (rate, samples.ndim) == (OUTPUT_RATE, 1)
    assert len(samples) / rate == pytest.approx(told.seconds, abs=_ENCODER if to == "mp3" else 1 / rate)
    assert 0.05 < np.abs(samples).max() < 0.95
    assert {path: path.read_bytes() for path in session.folder.rglob("*") if path.is_file()} == before
    if to == "mp3":
        assert len(made) / told.seconds * 8 < 40_000  # so an hour is small
    if to == "wav":
        with wave.open(io.BytesIO(made)) as wav:
            assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) == (1, 2, OUTPUT_RATE)


@pytest.mark.parametrize("to", FORMATS)
def test_title_names_date_and_chapters_are_in_it(told: Edition, tmp_path: Path, to: str) -> None:
    path = tmp_path / f"talk.{to}"
    path.write_bytes(exported(told, to))
    if to == "wav":
        with soundfile.SoundFile(path) as sound:
            assert (sound.title, sound.artist, sound.date) == ("Worry and answer", "Mia and Zoë", "2026-11-22")
        return
    found = mutagen.File(path, easy=True)
    assert (found["title"], found["artist"], found["date"]) == (["Worry and answer"], ["Mia and Zoë"], ["2026-11-22"])
    titles, starts = [chapter.title for chapter, _ in told.starts], [at for _, at in told.starts]
    if to == "mp3":
        chapters = sorted(ID3(path).getall("CHAP"), key=lambda chapter: chapter.start_time)
        assert [str(chapter.sub_frames["TIT2"]) for chapter in chapters] == titles
        assert [chapter.start_time / 1000 for chapter in chapters] == pytest.approx(starts, abs=0.001)
        assert chapters[-1].end_time / 1000 == pytest.approx(told.seconds, abs=0.001)
    else:
        assert [found[f"CHAPTER{number:03d}NAME"] for number in range(1, len(titles) + 1)] == [[t] for t in titles]
        assert found["CHAPTER001"] == ["00:00:00.000"]


@pytest.mark.parametrize("to", FORMATS)
def test_hostile_names_and_words_are_only_tags_and_sound(evil: Edition, to: str) -> None:
    made = exported(evil, to)
    assert soundfile.info(io.BytesIO(made)).frames > 0
    assert b"\x1b[2J" not in made


@pytest.mark.parametrize("to", [*FORMATS, "html", "zip"])
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, to: str) -> None:
    resource = pytest.importorskip("resource", reason="Windows limits no file's size")
    write_flac(sounding(tmp_path / "data" / "sessions").folder / "audio/0001-a.flac", tone(20.0, -20.0))
    path, limit = tmp_path / f"talk.{to}", resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limit[1]))
    try:
        done = voiceguide(tmp_path, "export", "--to", to, "-o", str(path), "--prompts", "none")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert "another place with -o" in done.complaint()
    assert {each.name for each in tmp_path.iterdir()} <= {"cache", "data"}


def test_more_steps_than_a_table_of_contents_holds(tmp_path: Path) -> None:
    prompts = [(n / 20, PromptEnded(f"{n}", n / 20, 1 + n % 2)) for n in range(1, 261)]
    told = Edition(sounding(tmp_path, tuple(prompts)), lambda text, voice, keep: silence(0.02, OUTPUT_RATE), VOICES)
    assert len(ID3(io.BytesIO(exported(told, "mp3"))).getall("CHAP")) == 255


# -- for real ----------------------------------------------------------------------------------------------------


Listener = Callable[[Sound], list[str]]


@pytest.fixture(scope="module")
def heard() -> Listener:
    """What gives a sound's words: an engine that neither spoke nor first recognised them."""
    engine = Moonshine()
    return lambda sound: list(normalised(engine.recognize(sound).text))


@pytest.mark.full
def test_a_real_session_is_understood_again_in_order(finished: Path, tmp_path: Path, heard: Listener) -> None:
    files = {to: tmp_path / f"talk.{to}" for to in ("wav", "flac", "mp3", "json")}
    for to, path in files.items():
        done = voiceguide(finished, "export", "--to", to, "-o", str(path)).fine()
        assert "leaves voiceguide's private folder" in done.err
    sound = read_sound(files["mp3"], LISTEN_RATE)
    assert loudness([sound]) == pytest.approx(LEVEL, abs=1.5)
    first, second = soundfile.read(files["wav"])[0], soundfile.read(files["flac"])[0]
    assert len(first) == len(second)
    # What is not the exercise's own is spoken anew for each, and breathes a little differently.
    assert np.corrcoef(first, second)[0, 1] > 0.95
    said, understood = list[str](), list[str]()
    for segment in json.loads(files["json"].read_text("utf-8"))["segments"]:
        start, end = (round(segment[key] * LISTEN_RATE) * 2 for key in ("startTime", "endTime"))
        said += normalised(segment["body"])
        understood += heard(Sound(sound.frames[start:end], LISTEN_RATE))
    same = sum(block.size for block in difflib.SequenceMatcher(None, said, understood, False).get_matching_blocks())
    assert same / len(said) > 0.8
    print(f"{same} of {len(said)} words understood in order, {loudness([sound]):.1f} LUFS")


@pytest.mark.full
def test_a_typed_session_has_two_clearly_different_voices(tmp_path: Path, heard: Listener) -> None:
    line = "I worry about the little house on the long river"
    given = f"yes\nyes\n{line}\n\n{line}\n\nyes\n"
    installed(
        tmp_path, "start", add_short(tmp_path), "--names", "Mia,Zoë", "--keyboard", "--speaker", "none", given=given
    ).fine()
    pitches = []
    for partner in ("Mia", "Zoë"):
        path = tmp_path / f"{partner}.wav"
        voiceguide(tmp_path, "export", "--to", "wav", "--partner", partner, "-o", str(path)).fine()
        sound = read_sound(path, LISTEN_RATE)
        words = heard(sound)
        assert len(set(words) & set(normalised(line))) >= 4  # of ten: it mishears one letter's difference
        pitches.append(pitch(sound))
    print(f"{pitches[0]:.0f} and {pitches[1]:.0f} Hz")
    assert max(pitches) / min(pitches) > 1.3  # more than four semitones
    assert read(only_session(tmp_path)).ended == "completed"


def pitch(sound: Sound) -> float:
    """The median pitch of its voiced parts in Hz, by autocorrelation."""
    samples = np.frombuffer(sound.frames, "<i2").astype(float)
    found = []
    for at in range(0, len(samples) - 1024, 512):
        block = samples[at : at + 1024] - samples[at : at + 1024].mean()
        if np.sqrt((block**2).mean()) < 500:
            continue
        likeness = np.correlate(block, block, "full")[1023:]
        lag = 40 + int(np.argmax(likeness[40:267]))  # 60 to 400 Hz
        if likeness[lag] > 0.5 * likeness[0]:
            found.append(LISTEN_RATE / lag)
    return float(np.median(found))
