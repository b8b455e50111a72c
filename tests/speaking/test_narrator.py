"""The narrator: spoken once, kept in memory and on disk, whatever happens to the disk."""

from __future__ import annotations

import os
import stat
from concurrent.futures import Future
from pathlib import Path
from typing import cast

import pytest

from voiceguide.errors import EngineError, NotFoundError
from voiceguide.sound import Sound
from voiceguide.speaking import Narrator, whole
from voiceguide.worker import Worker


class Mouth:
    """An engine in this process, whose sounds tell the text. ``asked`` has a line for each that it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails: Exception | None = None
        """What is wrong with every voice but the default one."""
        self.waits = False
        """It speaks only when the test calls ``answer``."""
        self._waiting: list[tuple[Future[Sound], str | None, str]] = []

    @property
    def is_idle(self) -> bool:
        return not self._waiting

    def submit(self, method: str, text: str, voice: str | None, rate: int) -> Future[Sound]:
        made: Future[Sound] = Future()
        self.asked.append(f"{voice} {rate} {text}")
        self._waiting.append((made, voice, text))
        if not self.waits:
            self.answer()
        return made

    def answer(self) -> None:
        """Speak the first of what waits."""
        made, voice, text = self._waiting.pop(0)
        if voice and self.fails:
            made.set_exception(self.fails)
        elif "!refuse" in text:
            made.set_exception(EngineError("The voice engine could not speak: try another voice."))
        else:
            made.set_result(sound_of(text))


def sound_of(text: str) -> Sound:
    return Sound(text.encode("utf-16-le") * 99, 16_000)


@pytest.fixture
def mouth() -> Mouth:
    return Mouth()


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "prompts"


def narrating(
    mouth: Mouth, cache: Path | None = None, voice: str | None = None, rate: int = 150, name: str = "fake-1"
) -> Narrator:
    return Narrator(cast(Worker, mouth), name, cache, voice, rate)


def hear(narrator: Narrator, text: str, pace: float = 1.0) -> Sound:
    return whole(narrator.say(text, pace), 0)


def test_a_text_is_spoken_once_even_where_it_was_asked_for_ahead(mouth: Mouth, cache: Path) -> None:
    mouth.waits = True
    narrator = narrating(mouth, cache)
    prepared = narrator.say("Hello.")
    assert [sentence.sound for sentence in narrator.say(" Hello.\n")] == [prepared[0].sound]
    mouth.answer()
    assert hear(narrator, "Hello.") == sound_of("Hello.")
    assert hear(narrating(mouth, cache), "Hello.") == sound_of("Hello."), "kept, it outlives the narrator"
    assert mouth.asked == ["None 150 Hello."]


def test_voice_rate_pace_and_engine_make_another_sound_and_the_cache_is_private(mouth: Mouth, cache: Path) -> None:
    hear(narrating(mouth, cache), "Hello.")
    hear(narrating(mouth, cache, voice="high"), "Hello.")
    hear(narrating(mouth, cache, rate=200), "Hello.")
    hear(narrating(mouth, cache, name="other-2"), "Hello.")
    for pace in (1.2, 0.01, 100):
        hear(narrating(mouth, cache), "Hello.", pace)
    asked = ["None 150", "high 150", "None 200", "None 150", "None 180", "None 60", "None 450"]
    assert mouth.asked == [f"{voice_and_rate} Hello." for voice_and_rate in asked]
    assert [stat.S_IMODE(file.stat().st_mode) for file in cache.iterdir()] == [0o600] * 7
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700


def test_damaged_files_are_spoken_anew(mouth: Mouth, cache: Path) -> None:
    hear(narrating(mouth, cache), "Hello.")
    (file,) = cache.iterdir()
    undamaged = file.read_bytes()
    for damage in (b"", b"garbage" * 99, undamaged[:-2], undamaged[:30], bytes(len(undamaged))):
        file.write_bytes(damage)
        assert hear(narrating(mouth, cache), "Hello.") == sound_of("Hello.")
        assert file.read_bytes() == undamaged
    assert len(mouth.asked) == 6


def test_the_cache_is_bounded_and_keeps_the_young(mouth: Mouth, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.speaking._ON_DISK", 3)
    for number, text in enumerate(("one", "two", "three")):
        before = {*cache.iterdir()} if cache.exists() else set()
        hear(narrating(mouth, cache), text)
        (new,) = {*cache.iterdir()} - before
        os.utime(new, (number, number))
    hear(narrating(mouth, cache), "one")
    hear(narrating(mouth, cache), "four")
    assert len([*cache.iterdir()]) == 3
    hear(narrating(mouth, cache), "one")
    assert mouth.asked == [f"None 150 {text}" for text in ("one", "two", "three", "four")]


def test_memory_is_bounded(mouth: Mouth) -> None:
    narrator = narrating(mouth)
    for number in range(100):
        hear(narrator, str(number))
    assert len(narrator._kept) == 96


@pytest.mark.parametrize("obstacle", ["file in place of the folder", "no cache", "disk full"])
def test_a_cache_that_cannot_be_used_costs_nothing_but_time(
    mouth: Mouth, cache: Path, obstacle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrator = narrating(mouth, None if obstacle == "no cache" else cache)
    if obstacle == "file in place of the folder":
        cache.parent.write_text("in the way", encoding="utf-8")
    elif obstacle == "disk full":
        monkeypatch.setattr("voiceguide.speaking.wav_bytes", _no_space)
    assert [hear(narrator, text) for text in ("Hello.", "Hello.", "Again.")] == [
        sound_of(text) for text in ("Hello.", "Hello.", "Again.")
    ]
    assert not cache.exists() or not [*cache.iterdir()]


def _no_space(sound: Sound) -> bytes:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("text", ["", "\n", "\x1b\x00"])
def test_nothing_to_say_is_a_short_silence(mouth: Mouth, text: str) -> None:
    assert 0 < hear(narrating(mouth), text).seconds < 0.5
    assert mouth.asked == []


def test_errors_reach_the_one_who_waits_and_are_not_kept(mouth: Mouth) -> None:
    narrator = narrating(mouth, voice="hugh")
    mouth.fails = NotFoundError("There is no voice 'hugh': did you mean high?")
    with pytest.raises(NotFoundError, match="did you mean high"):
        hear(narrator, "Hello.")
    narrator = narrating(mouth)
    for _ in range(2):
        with pytest.raises(EngineError, match="try another voice"):
            hear(narrator, "!refuse")
    assert mouth.asked == ["hugh 150 Hello.", *["None 150 !refuse"] * 2]
    assert hear(narrator, "Hello.") == sound_of("Hello.")


def test_what_is_not_kept_can_be_asked_for_ahead_and_leaves_nothing_on_the_disk(mouth: Mouth, cache: Path) -> None:
    narrator = narrating(mouth, cache)
    ahead = narrator.say("Hello, Mia.", keep=False)
    assert narrator.say("Hello, Mia.", keep=False) == ahead
    whole(ahead, 0)
    assert not cache.exists()
    hear(narrator, "Hello.")
    assert len([*cache.iterdir()]) == 1
    whole(narrating(mouth, cache).say("Hello, Mia.", keep=False), 0)
    assert mouth.asked.count("None 150 Hello, Mia.") == 2


# -- voices that fail --------------------------------------------------------------------------------------------


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still, until the test sets it."""
    now = [0.0]
    monkeypatch.setattr("voiceguide.speaking.time.monotonic", lambda: now[0])
    return now


GONE = EngineError("It is gone.")


def test_where_a_chosen_voice_fails_the_default_one_speaks_until_it_is_back(
    mouth: Mouth, cache: Path, now: list[float]
) -> None:
    mouth.fails = GONE
    narrator = narrating(mouth, cache, "far")
    assert hear(narrator, "One.") == sound_of("One.")
    assert narrator.problem == "It is gone."
    hear(narrator, "Two.")
    mouth.fails, now[0] = None, 21.0
    hear(narrator, "Three.")
    assert narrator.problem == ""
    hear(narrating(mouth, cache, "far"), "One.")  # what the default voice spoke is not kept as the other's
    asked = ["far 150 One.", "None 150 One.", "None 150 Two.", "far 150 Three.", "far 150 One."]
    assert mouth.asked == asked


def test_a_voice_that_fails_is_waited_for_once_however_much_is_to_be_said(mouth: Mouth, now: list[float]) -> None:
    mouth.waits, mouth.fails = True, GONE
    narrator = narrating(mouth, voice="far")
    said, ahead = narrator.say("One. Two. Three."), narrator.say("Four. Five.")
    assert mouth.asked == ["far 150 One."]
    for number in range(6):
        assert said[0].sound.done() is (number > 1)
        mouth.answer()
    assert [each.partition(" ")[0] for each in mouth.asked] == ["far", *["None"] * 5]
    assert all(sentence.sound.done() for sentence in (*said, *ahead))
    now[0] = 21.0
    narrator.say("Six.")
    assert mouth.asked[-1] == "far 150 Six."


def test_what_is_wanted_now_is_spoken_before_what_was_asked_for_ahead(mouth: Mouth) -> None:
    mouth.waits = True
    narrator = narrating(mouth)
    narrator.say("Anna, speak. Take your time.", ahead=True)
    narrator.say("Ben, what did you hear? Tell Anna.", ahead=True)
    stopped = narrator.say("Stopped.")
    wanted = narrator.say("Ben, what did you hear? Tell Anna.")
    for sentence in (stopped[0], *wanted):
        mouth.answer()
        assert not sentence.sound.done()
    mouth.answer()
    assert wanted[1].sound.done()
    while not mouth.is_idle:
        mouth.answer()
    texts = ["Anna, speak.", "Stopped.", "Ben, what did you hear?", "Tell Anna.", "Take your time."]
    assert mouth.asked == [f"None 150 {text}" for text in texts], "each once"


def test_what_somebody_said_goes_to_no_server(mouth: Mouth) -> None:
    narrator = narrating(mouth, voice="wyoming://nas:1")
    narrator.say("You said it.", keep=False)
    narrator.say("Typed by you.", keep=False, voice="wyoming://nas:2/joe")
    narrator.say("What did you hear?")
    assert mouth.asked == ["None 150 You said it.", "None 150 Typed by you.", "wyoming://nas:1 150 What did you hear?"]


def test_a_server_that_comes_back_without_its_voice_is_replaced(mouth: Mouth) -> None:
    mouth.fails = NotFoundError("There is no such voice.")
    narrator = narrating(mouth, voice="wyoming://nas:1/joe")
    assert hear(narrator, "One.") == sound_of("One.")
    assert narrator.problem == "There is no such voice."
