"""Sessions as sound files: as long as they say, as loud as they should be, tagged, and understood again."""

from __future__ import annotations

import difflib
import io
import json
import resource
import sys
import wave
from functools import cache
from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile
from mutagen.id3 import ID3

from tests.support.command import add_short, installed, only_session, voiceguide
from tests.support.editions import edition, hostile, sounding, tone
from tests.support.records import EVENTS, write_flac
from voiceguide.export import export
from voiceguide.hearing.moonshine import Moonshine
from voiceguide.record import read
from voiceguide.session.events import PromptEnded
from voiceguide.sound import LISTEN_RATE, Sound
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
    told = edition(session)
    file = io.BytesIO()
    export(told, to, file)
    samples, rate = soundfile.read(io.BytesIO(file.getvalue()), dtype="float32")
    assert rate == OUTPUT_RATE
    assert samples.ndim == 1
    assert len(samples) / rate == pytest.approx(told.seconds, abs=_ENCODER if to == "mp3" else 1 / rate)
    assert 0.05 < np.abs(samples).max() < 0.95


@pytest.mark.parametrize("to", FORMATS)
def test_title_names_date_and_chapters_are_in_it(tmp_path: Path, to: str) -> None:
    told = edition(sounding(tmp_path / "sessions"))
    path = tmp_path / f"talk.{to}"
    with path.open("w+b") as file:
        export(told, to, file)
    if to == "wav":
        with soundfile.SoundFile(path) as sound:
            assert (sound.title, sound.artist, sound.date) == ("Worry and answer", "Mia and Zoë", "2026-11-22")
        return
    found = mutagen.File(path, easy=True)
    assert (found["title"], found["artist"], found["date"]) == (["Worry and answer"], ["Mia and Zoë"], ["2026-11-22"])
    titles = [chapter.title for chapter, _ in told.starts]
    starts = [at for _, at in told.starts]
    if to == "mp3":
        chapters = sorted(ID3(path).getall("CHAP"), key=lambda chapter: chapter.start_time)
        assert [str(chapter.sub_frames["TIT2"]) for chapter in chapters] == titles
        assert [chapter.start_time / 1000 for chapter in chapters] == pytest.approx(starts, abs=0.001)
        assert chapters[-1].end_time / 1000 == pytest.approx(told.seconds, abs=0.001)
    else:
        assert [found[f"CHAPTER{number:03d}NAME"] for number in range(1, len(titles) + 1)] == [[t] for t in titles]
        assert found["CHAPTER001"] == ["00:00:00.000"]


@pytest.mark.parametrize("to", FORMATS)
def test_hostile_names_and_words_are_only_tags_and_sound(tmp_path: Path, to: str) -> None:
    file = io.BytesIO()
    export(edition(hostile(tmp_path)), to, file)
    assert soundfile.info(io.BytesIO(file.getvalue())).frames > 0
    assert b"\x1b[2J" not in file.getvalue()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file's size")
@pytest.mark.parametrize("to", [*FORMATS, "html", "zip"])
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, to: str) -> None:
    write_flac(sounding(tmp_path / "data" / "sessions").folder / "audio/0001-a.flac", tone(20.0, -20.0))
    path = tmp_path / f"talk.{to}"

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = installed(tmp_path, "export", "--to", to, "-o", str(path), "--prompts", "none", preexec_fn=small)
    assert "another place with -o" in done.complaint()
    assert {each.name for each in tmp_path.iterdir()} <= {"cache", "data"}


def test_an_hour_of_mp3_is_small(tmp_path: Path) -> None:
    told = edition(sounding(tmp_path))
    file = io.BytesIO()
    export(told, "mp3", file)
    assert len(file.getvalue()) / told.seconds * 8 < 40_000


# -- for real ----------------------------------------------------------------------------------------------------


@cache
def listener() -> Moonshine:
    return Moonshine()


def heard(sound: Sound) -> list[str]:
    """Its words, by an engine that neither spoke nor first recognised them."""
    return list(normalised(listener().recognize(sound).text))


@pytest.mark.full
def test_a_real_session_is_understood_again_with_its_words_in_order(finished: Path, tmp_path: Path) -> None:
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
def test_a_typed_session_has_two_clearly_different_voices(tmp_path: Path) -> None:
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


def test_the_recordings_themselves_are_left_alone(tmp_path: Path) -> None:
    session = sounding(tmp_path)
    before = {path: path.read_bytes() for path in session.folder.rglob("*") if path.is_file()}
    export(edition(session), "wav", io.BytesIO())
    assert {path: path.read_bytes() for path in session.folder.rglob("*") if path.is_file()} == before
    assert len(EVENTS) == len(session.events)


def test_a_wav_can_be_read_by_the_standard_library(tmp_path: Path) -> None:
    file = io.BytesIO()
    export(edition(sounding(tmp_path)), "wav", file)
    with wave.open(io.BytesIO(file.getvalue())) as wav:
        assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) == (1, 2, OUTPUT_RATE)


def test_more_steps_than_a_table_of_contents_holds(tmp_path: Path) -> None:
    prompts = [(float(n), PromptEnded(f"{n}", float(n), 1 + n % 2)) for n in range(1, 301)]
    file = io.BytesIO()
    export(edition(sounding(tmp_path, tuple(prompts))), "mp3", file)
    file.seek(0)
    assert len(ID3(file).getall("CHAP")) == 255
