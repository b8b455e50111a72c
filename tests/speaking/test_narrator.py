"""The narrator: spoken once, kept in memory and on disk, whatever happens to the disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import cast

import pytest

from tests.support.fakes_speaking import FakeSynthesizer
from tests.support.waiting import within
from voiceguide.errors import EngineError, NotFoundError
from voiceguide.sound import Sound, silence
from voiceguide.speaking import Narrator, whole
from voiceguide.worker import Worker

PATIENCE = 30


class Stage:
    """A narrator over a fake engine in a real worker, and what the engine was asked."""

    def __init__(self, folder: Path) -> None:
        self.cache = folder / "cache" / "prompts"
        self._log = folder / "log"
        self._narrators: list[Narrator] = []

    def narrator(self, voice: str | None = None, rate: int = 150, name: str = "fake-1") -> Narrator:
        worker = Worker("tests.support.fakes_speaking:FakeSynthesizer", str(self._log), seconds=PATIENCE)
        self._narrators.append(Narrator(worker, name, self.cache, voice, rate))
        return self._narrators[-1]

    @property
    def spoken(self) -> list[str]:
        """A line for each text the engine was asked for."""
        return self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []

    @property
    def files(self) -> list[Path]:
        """What lies in the cache. The last sound may still be on its way."""
        return sorted(self.cache.iterdir()) if self.cache.exists() else []

    def close(self) -> None:
        for narrator in self._narrators:
            narrator.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


def hear(narrator: Narrator, text: str, pace: float = 1.0) -> Sound:
    return whole(narrator.say(text, pace), PATIENCE)


def test_a_text_is_spoken_once(stage: Stage) -> None:
    narrator = stage.narrator()
    assert hear(narrator, "Hello.") == FakeSynthesizer().synthesize("Hello.", None, 150)
    assert hear(narrator, "Hello.") == hear(narrator, " Hello.\n")
    assert stage.spoken == ["None 150 Hello."]


def test_what_was_prepared_is_the_same_future(stage: Stage) -> None:
    narrator = stage.narrator()
    narrator.say("Hello.")
    narrator.say("Hello.")
    assert hear(narrator, "Hello.").seconds > 0
    assert len(stage.spoken) == 1


def test_kept_sounds_outlive_the_narrator(stage: Stage) -> None:
    sound = hear(stage.narrator(), "Hello.")
    stage.close()
    assert hear(stage.narrator(), "Hello.") == sound
    assert len(stage.spoken) == 1


def test_voice_rate_pace_and_engine_make_another_sound(stage: Stage) -> None:
    for narrator in (
        stage.narrator(),
        stage.narrator("high"),
        stage.narrator(rate=200),
        stage.narrator(name="other-2"),
    ):
        hear(narrator, "Hello.")
    hear(stage.narrator(), "Hello.", pace=1.2)
    stage.close()
    asked = ["None 150", "high 150", "None 200", "None 150", "None 180"]
    assert stage.spoken == [f"{voice_and_rate} Hello." for voice_and_rate in asked]
    assert len(stage.files) == 5


def test_the_pace_is_limited(stage: Stage) -> None:
    hear(stage.narrator(), "Hello.", pace=0.01)
    hear(stage.narrator(), "Hello.", pace=100)
    assert stage.spoken == ["None 60 Hello.", "None 450 Hello."]


def test_the_cache_is_private(stage: Stage) -> None:
    hear(stage.narrator(), "Hello.")
    stage.close()
    assert stat.S_IMODE(stage.cache.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in stage.files] == [0o600]


def test_damaged_files_are_spoken_anew(stage: Stage) -> None:
    sound = hear(stage.narrator(), "Hello.")
    stage.close()
    (file,) = stage.files
    whole = file.read_bytes()
    for damage in (b"", b"garbage" * 99, whole[:-2], whole[:30], bytes(len(whole))):
        file.write_bytes(damage)
        assert hear(stage.narrator(), "Hello.") == sound
        stage.close()
        assert file.read_bytes() == whole
    assert len(stage.spoken) == 6


def test_the_cache_is_bounded_and_keeps_the_young(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.speaking._ON_DISK", 3)
    for number, text in enumerate(("one", "two", "three")):
        hear(stage.narrator(), text)
        stage.close()
        newest = max(stage.files, key=lambda file: file.stat().st_mtime)
        os.utime(newest, (number, number))
    hear(stage.narrator(), "one")
    hear(stage.narrator(), "four")
    stage.close()
    assert len(stage.files) == 3
    hear(stage.narrator(), "one")
    assert len(stage.spoken) == 4


def test_memory_is_bounded(stage: Stage) -> None:
    narrator = stage.narrator()
    for number in range(100):
        hear(narrator, str(number))
    assert len(narrator._kept) == 96


@pytest.mark.parametrize("obstacle", ["file in place of the folder", "no cache", "disk full"])
def test_a_cache_that_cannot_be_used_costs_nothing_but_time(
    stage: Stage, obstacle: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    narrator = stage.narrator()
    if obstacle == "file in place of the folder":
        stage.cache.parent.write_text("in the way", encoding="utf-8")
    elif obstacle == "disk full":
        monkeypatch.setattr("voiceguide.speaking.wav_bytes", _no_space)
    else:
        narrator._cache = None
    assert hear(narrator, "Hello.") == hear(narrator, "Hello.")
    assert hear(narrator, "Again.").seconds > 0
    stage.close()
    if obstacle == "disk full":
        assert stage.files == []


def _no_space(sound: Sound) -> bytes:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("text", ["", "\n", "\x1b\x00"])
def test_nothing_to_say_is_a_short_silence(stage: Stage, text: str) -> None:
    sound = hear(stage.narrator(), text)
    assert 0 < sound.seconds < 0.5
    assert stage.spoken == []


def test_errors_reach_the_one_who_waits_and_are_not_kept(stage: Stage) -> None:
    narrator = stage.narrator("hugh")
    with pytest.raises(NotFoundError, match="did you mean high"):
        hear(narrator, "Hello.")
    narrator = stage.narrator()
    for _ in range(2):
        with pytest.raises(EngineError, match="try another voice"):
            hear(narrator, "!refuse")
    assert stage.spoken.count("None 150 !refuse") == 2
    with pytest.raises(EngineError, match="crashed"):
        hear(narrator, "!crash")
    assert hear(narrator, "Hello.").seconds > 0


def test_what_is_not_kept_can_be_asked_for_ahead_and_leaves_nothing_on_the_disk(stage: Stage) -> None:
    narrator = stage.narrator()
    ahead = narrator.say("Hello, Mia.", keep=False)
    assert narrator.say("Hello, Mia.", keep=False) == ahead
    whole(ahead, PATIENCE)
    whole(narrator.say("Hello."), PATIENCE)
    assert within(PATIENCE, lambda: len([*stage.cache.glob("*.wav")]) == 1)
    whole(stage.narrator().say("Hello, Mia.", keep=False), PATIENCE)
    assert stage.spoken.count("None 150 Hello, Mia.") == 2


class Fails:
    """Takes calls in which one voice fails while it is told to."""

    def __init__(self) -> None:
        self.fails = True
        self.asked: list[str | None] = []

    def submit(self, method: str, text: str, voice: str | None, rate: int) -> Future[Sound]:
        self.asked.append(voice)
        made: Future[Sound] = Future()
        if voice and self.fails:
            made.set_exception(EngineError("It is gone."))
        else:
            made.set_result(silence(0.1, 16_000))
        return made


def test_where_a_chosen_voice_fails_the_default_one_speaks_until_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    engine, now = Fails(), [0.0]
    monkeypatch.setattr("voiceguide.speaking.time.monotonic", lambda: now[0])
    narrator = Narrator(cast(Worker, engine), "fake-1", None, "far", 150)
    assert whole(narrator.say("One."), PATIENCE).seconds == 0.1
    assert narrator.problem == "It is gone."
    whole(narrator.say("Two."), PATIENCE)
    assert engine.asked == ["far", None, None]
    engine.fails, now[0] = False, 21.0
    whole(narrator.say("Three."), PATIENCE)
    assert (engine.asked[3:], narrator.problem) == (["far"], "")


class Queues(Fails):
    """Speaks when the test says so: the first of what waits."""

    def __init__(self) -> None:
        super().__init__()
        self._futures: list[Future[Sound]] = []
        self.texts: list[str] = []

    @property
    def is_idle(self) -> bool:
        return not self._futures

    def submit(self, method: str, text: str, voice: str | None, rate: int) -> Future[Sound]:
        self.asked.append(voice)
        self.texts.append(text)
        self._futures.append(Future())
        return self._futures[-1]

    def answer(self) -> None:
        future, voice = self._futures.pop(0), self.asked[-1 - len(self._futures)]
        if voice and self.fails:
            future.set_exception(EngineError("It is gone."))
        else:
            future.set_result(silence(0.1, 16_000))


def test_a_voice_that_fails_is_waited_for_once_however_much_is_to_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    engine, now = Queues(), [0.0]
    monkeypatch.setattr("voiceguide.speaking.time.monotonic", lambda: now[0])
    narrator = Narrator(cast(Worker, engine), "fake-1", None, "far", 150)
    said, ahead = narrator.say("One. Two. Three."), narrator.say("Four. Five.")
    assert engine.asked == ["far"]
    for number in range(6):
        assert said[0].sound.done() is (number > 1)
        engine.answer()
    assert engine.asked == ["far", *[None] * 5]
    assert all(sentence.sound.done() for sentence in (*said, *ahead))
    now[0] = 21.0
    narrator.say("Six.")
    assert engine.asked[-1] == "far"


def test_what_is_wanted_now_is_spoken_before_what_was_asked_for_ahead() -> None:
    engine = Queues()
    engine.fails = False
    narrator = Narrator(cast(Worker, engine), "fake-1", None, None, 150)
    narrator.say("Anna, speak. Take your time.", ahead=True)
    narrator.say("Ben, what did you hear? Tell Anna.", ahead=True)
    stopped = narrator.say("Stopped.")
    wanted = narrator.say("Ben, what did you hear? Tell Anna.")
    for sentence in (stopped[0], *wanted):
        engine.answer()
        assert not sentence.sound.done()
    engine.answer()
    assert wanted[1].sound.done()
    while not engine.is_idle:
        engine.answer()
    texts = ["Anna, speak.", "Stopped.", "Ben, what did you hear?", "Tell Anna.", "Take your time."]
    assert engine.texts == texts, "each once"


def test_what_the_default_voice_speaks_in_its_place_is_not_kept_as_the_chosen_ones(tmp_path: Path) -> None:
    engine = Fails()
    narrator = Narrator(cast(Worker, engine), "fake-1", tmp_path, "far", 150)
    whole(narrator.say("One."), PATIENCE)
    engine.fails = False
    again = Narrator(cast(Worker, engine), "fake-1", tmp_path, "far", 150)
    whole(again.say("One."), PATIENCE)
    assert engine.asked == ["far", None, "far"]


def test_what_somebody_said_goes_to_no_server() -> None:
    engine = Fails()
    engine.fails = False
    narrator = Narrator(cast(Worker, engine), "fake-1", None, "wyoming://nas:1", 150)
    whole(narrator.say("You said: I am afraid.", keep=False), PATIENCE)
    whole(narrator.say("Typed by one of you.", keep=False, voice="wyoming://nas:2/joe"), PATIENCE)
    whole(narrator.say("Anna, what did you hear?"), PATIENCE)
    assert engine.asked == [None, None, "wyoming://nas:1"]


def test_a_server_that_comes_back_without_its_voice_is_replaced() -> None:
    class Changed(Fails):
        def submit(self, method: str, text: str, voice: str | None, rate: int) -> Future[Sound]:
            made = super().submit(method, text, voice, rate)
            if voice:
                made = Future()
                made.set_exception(NotFoundError("There is no such voice."))
            return made

    narrator = Narrator(cast(Worker, Changed()), "fake-1", None, "wyoming://nas:1/joe", 150)
    assert whole(narrator.say("One."), PATIENCE).seconds == 0.1
    assert narrator.problem == "There is no such voice."
