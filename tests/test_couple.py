"""The simulated couple: when it speaks, in whose voice, and whose recordings it plays."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from tests.support.fakes_hearing import LOUD
from tests.support.fakes_runner import FakeWorker
from voiceguide.couple import Couple, read_answers
from voiceguide.errors import EngineError, SoundFileError
from voiceguide.exercise import Step, StepKind
from voiceguide.session import Session
from voiceguide.session.events import Begun, Commanded, PromptEnded
from voiceguide.sound import FRAME_BYTES, FRAME_SECONDS, LISTEN_RATE, Sound, silence
from voiceguide.sound.files import wav_bytes
from voiceguide.sound.vad import dbfs
from voiceguide.voice_commands import VoiceCommand
from voiceguide.worker import Worker

ASK = Step(StepKind.ASK, "Ready?", 1, 1, otherwise=0, partner="b")
FLOOR = Step(StepKind.FLOOR, "Speak.", 2, 2, partner="a", example="I worry.")
RECORDED = Sound(b"\x40\x1f\xc0\xe0" * (LISTEN_RATE // 2), LISTEN_RATE)


class FakeVoices:
    """A synthesiser that notes what it is asked for and says it in one second of noise."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.fails = 0
        """So often in a row it cannot speak."""

    def synthesize(self, text: str, voice: str, rate: int) -> Sound:
        if self.fails:
            self.fails -= 1
            raise EngineError("The engine crashed, twice: run voiceguide doctor")
        self.asked.append((text, voice))
        return RECORDED


def couple_before(*steps: Step, answers: tuple[Sound, ...] = ()) -> tuple[Couple, FakeVoices]:
    voices = FakeVoices()
    couple = Couple(cast(Worker, FakeWorker(voices)), answers)
    couple.session = Session(steps, ("Anna", "Ben"))
    couple.session.handle(Begun(), 0.0)
    couple.session.handle(PromptEnded(), 1.0)
    return couple, voices


def spoken_seconds(couple: Couple, seconds: float) -> float:
    frames = [couple.read(0.0) for _ in range(round(seconds / FRAME_SECONDS))]
    assert all(frame is not None and len(frame) == FRAME_BYTES for frame in frames)
    return sum(FRAME_SECONDS for frame in frames if frame and dbfs(frame) > LOUD)


def test_they_are_silent_until_they_are_listened_to_but_the_room_is_not_dead() -> None:
    couple, voices = couple_before(FLOOR)
    couple.refresh(0.0, -60.0, listening=False)
    frame = couple.read(0.0)
    assert frame is not None
    assert any(frame)
    assert dbfs(frame) < LOUD
    assert voices.asked == []


def test_a_question_is_answered_yes_by_the_one_who_is_asked() -> None:
    couple, voices = couple_before(ASK)
    couple.refresh(0.0, -60.0, listening=True)
    assert [text for text, _ in voices.asked] == ["Yes."]
    assert spoken_seconds(couple, 4.0) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("answers", "asked"), [((), {"I worry.", "I'm done."}), ((silence(0.1, LISTEN_RATE),), {"I'm done."})]
)
def test_a_floor_gets_a_recording_or_the_example_and_done_in_the_partners_own_voice(
    answers: tuple[Sound, ...], asked: set[str]
) -> None:
    couple, voices = couple_before(FLOOR, answers=answers)
    couple.refresh(0.0, -60.0, listening=True)
    assert {text for text, _ in voices.asked} == asked
    assert len({voice for _, voice in voices.asked}) == 1
    couple.refresh(0.1, -60.0, listening=False)
    assert spoken_seconds(couple, 3.0) == 0.0, "they fall silent when the floor closes"


def test_who_is_not_understood_says_it_again_in_other_words() -> None:
    couple, voices = couple_before(ASK)
    for second in range(20):
        couple.refresh(float(second), -60.0, listening=True)
        spoken_seconds(couple, 1.0)
    assert len({text for text, _ in voices.asked}) > 1


def test_who_is_asked_the_same_once_more_answers_in_other_words() -> None:
    couple, voices = couple_before(ASK)
    for second in range(0, 6, 2):
        couple.refresh(second, -60.0, listening=True)
        couple.refresh(second + 1, -60.0, listening=False)
    assert len({text for text, _ in voices.asked}) == 3


def test_a_voice_that_fails_now_and_then_is_asked_again() -> None:
    couple, voices = couple_before(ASK)
    voices.fails = 2
    couple.refresh(0.0, -60.0, listening=True)
    assert [text for text, _ in voices.asked] == ["Yes."]
    couple, voices = couple_before(ASK)
    voices.fails = 3
    with pytest.raises(EngineError, match="doctor"):
        couple.refresh(0.0, -60.0, listening=True)


def test_they_go_on_where_the_guide_asked_something() -> None:
    couple, _ = couple_before(FLOOR)
    couple.refresh(0.0, -60.0, listening=True)
    assert 0.2 < spoken_seconds(couple, 1.0) < 0.4
    assert couple.session
    couple.session.handle(Commanded(VoiceCommand.HELP), 2.0)
    couple.refresh(2.0, -60.0, listening=False)
    assert spoken_seconds(couple, 3.0) == 0.0
    couple.session.handle(PromptEnded(), 5.0)
    couple.refresh(5.0, -60.0, listening=True)
    assert spoken_seconds(couple, 4.0) == pytest.approx(1.7, abs=0.1)


def test_answers_are_sorted_by_name_and_other_files_are_left_alone(tmp_path: Path) -> None:
    for name, seconds in (("b.wav", 2.0), ("a.wav", 1.0)):
        (tmp_path / name).write_bytes(wav_bytes(silence(seconds, 8000)))
    (tmp_path / "notes.txt").write_text("not a sound")
    answers = read_answers(tmp_path)
    assert [round(sound.seconds) for sound in answers] == [1, 2]
    assert {sound.rate for sound in answers} == {LISTEN_RATE}


def test_a_folder_without_usable_sounds_is_explained(tmp_path: Path) -> None:
    for folder in ("empty", "garbage"):
        (tmp_path / folder).mkdir()
    (tmp_path / "garbage" / "a.wav").write_bytes(b"no sound at all")
    for name in ("nowhere", "empty", "garbage"):
        with pytest.raises(SoundFileError, match=name):
            read_answers(tmp_path / name)
