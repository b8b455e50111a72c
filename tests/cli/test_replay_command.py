"""``replay``: a stored session heard again, through the real command with the real voice."""

from __future__ import annotations

import re
import shutil
import wave
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.command import add_short, in_process, installed, only_session, voiceguide
from tests.support.records import header
from voiceguide.record.transcript import Transcript, read
from voiceguide.session.events import PromptEnded
from voiceguide.speaking.voices import name

pytestmark = pytest.mark.full

LONGEST_GAP = 3.0


def replayed(home: Path, sound: Path, *args: str) -> float:
    """Seconds of the replay."""
    installed(home, "replay", "--speaker", str(sound), *args).fine()
    with wave.open(str(sound)) as wav:
        seconds: float = wav.getnframes() / wav.getframerate()
    return seconds


def spoken(home: Path, partners: str) -> tuple[float, int]:
    """Seconds and number of what these partners said."""
    stored = read(only_session(home)).utterances
    said = [one.utterance for one in stored if one.answer and one.utterance.partner in partners]
    lengths = [utterance.seconds for utterance in said]
    return sum(lengths), len(lengths)


def test_it_is_as_long_as_what_was_said_with_short_gaps(finished: Path, tmp_path: Path) -> None:
    stored = read(only_session(finished))
    prompts = [t - event.start for t, event in stored.events if isinstance(event, PromptEnded)]
    said, count = spoken(finished, "ab")
    seconds = replayed(finished, tmp_path / "all.wav")
    least = (sum(prompts) + said) * 0.9
    assert least < seconds < least / 0.9 * 1.1 + LONGEST_GAP * (len(prompts) + count)


def test_twice_as_fast_takes_half_as_long(finished: Path, tmp_path: Path) -> None:
    usual = replayed(finished, tmp_path / "usual.wav", "--partner", "a")
    fast = replayed(finished, tmp_path / "fast.wav", "--partner", "a", "--speed", "2")
    assert 0.4 < fast / usual < 0.6


def test_only_one_partner(finished: Path, tmp_path: Path) -> None:
    for called, partner in (("Mia", "a"), ("zoë", "b"), ("B", "b")):
        said, count = spoken(finished, partner)
        seconds = replayed(finished, tmp_path / f"{called}.wav", "--partner", called)
        assert said <= seconds < said + LONGEST_GAP * count + 2


def shown(home: Path, *args: str) -> str:
    return installed(home, "replay", "--speaker", "none", *args).fine().out


def test_it_begins_where_it_is_told_and_shows_who_says_what(finished: Path) -> None:
    whole = shown(finished)
    assert "Guide: Welcome, Mia and Zoë." in whole
    assert "\nMia: " in whole
    turn = re.search(r"^Zoë \((\d+), (\d+:\d\d)\): ([^[].+)$", voiceguide(finished, "show").fine().out, re.M)
    assert turn
    number, time, words = turn.groups()
    by_turn, by_time = shown(finished, "--from", f"turn {number}"), shown(finished, "--from", time)
    assert by_turn == by_time
    first = by_turn.strip().splitlines()[1]
    assert first.startswith("Zoë: ")
    assert words.startswith(first.removeprefix("Zoë: ")[:30])
    assert whole.endswith(by_turn.strip().splitlines()[-1] + "\n")
    assert len(by_turn) < len(whole)


def test_the_guides_words_are_shortened_or_left_out(finished: Path) -> None:
    assert "Guide: Welcome, Mia and Zoë.\n" in shown(finished, "--prompts", "short")
    none = shown(finished, "--prompts", "none")
    assert "Guide:" not in none
    assert "\nMia: " in none


def test_what_is_not_there_is_said(finished: Path, tmp_path: Path) -> None:
    for args, told in (
        (("--from", "the elephants"), "Nothing in this session is at 'the elephants'"),
        (("--from", "59:00"), r"Nothing in this session is at '59:00': give a time up to \d:\d\d,"),
        (("--partner", "Mai"), "did you mean Mia"),
    ):
        assert re.search(told, in_process(finished, "replay", *args).complaint())
    sessions = tmp_path / "data" / "sessions"
    sessions.mkdir(parents=True)
    Transcript.create(sessions, header()).close()  # nobody spoke yet
    assert "is left to tell" in in_process(tmp_path, "replay", "--speaker", "none").complaint()


def test_the_words_of_a_recording_that_is_gone_are_spoken_anew(finished: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(finished, home)
    first = next(one.utterance for one in read(only_session(home)).utterances if one.utterance.audio)
    (only_session(home) / str(first.audio)).unlink()
    before = kept_sounds(home)
    done = installed(home, "replay", "--partner", first.partner, "--speaker", "none").fine()
    assert f"Mia: {first.answer}" in done.out
    assert kept_sounds(home) == before


def test_the_sound_of_what_was_typed_or_read_back_is_not_kept(tmp_path: Path) -> None:
    given = "yes\nyes\nmy purple wombat\n/what did I say\n\n/what did I say\n/help\na wombat\n\nyes\n"
    installed(tmp_path, "start", add_short(tmp_path), "--keyboard", "--speaker", "none", given=given).fine()
    assert "Hello, First partner and Second partner." in kept_sounds(tmp_path, *prompts(tmp_path))
    assert [text for text in kept_sounds(tmp_path, *prompts(tmp_path)) if "wombat" in text] == []
    before = kept_sounds(tmp_path)
    done = installed(tmp_path, "replay", "--speaker", "none").fine()
    assert "First partner: my purple wombat" in done.out
    assert [text for text in kept_sounds(tmp_path, *prompts(tmp_path)) if "wombat" in text] == []
    both_questions = 2  # they were asked slowly, and a replay tells them as fast as the rest
    assert len(kept_sounds(tmp_path)) == len(before) + both_questions


def prompts(home: Path) -> list[str]:
    return [event.text for _, event in read(only_session(home)).events if isinstance(event, PromptEnded)]


def kept_sounds(home: Path, *texts: str) -> list[str]:
    """The names of the sounds kept in the cache, or those of ``texts`` whose sound is kept there."""
    names = sorted(path.stem for path in (home / "cache" / "prompts").glob("*.wav"))
    told = [(name(), voice, rate) for voice in ("", "en-us") for rate in ("150", "138")]  # as usual, and slowly
    keys = {text: ["\0".join((*how, text)).encode() for how in told] for text in texts}
    kept = [text for text, each in keys.items() if any(sha256(key).hexdigest() in names for key in each)]
    return kept if texts else names
