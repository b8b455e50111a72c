"""The one loop, with a real session, listener, loudspeaker and clock, and stand-ins for everything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from tests.support.fakes_hearing import FakeMicrophone, FakeRecognizer, FakeVoiceActivity
from tests.support.fakes_runner import FakeKeys, FakeRecord, FakeTalker, FakeWorker, loud, quiet
from tests.support.fakes_speaking import FakeSynthesizer
from voiceguide.errors import RecordError, SoundFileError
from voiceguide.exercise import Step, StepKind
from voiceguide.hearing.ears import AudioTimeEars
from voiceguide.hearing.echo import Interruptions
from voiceguide.hearing.listener import Listener
from voiceguide.record.replay import Item
from voiceguide.replaying import Replaying
from voiceguide.roles import NoRecord, Record
from voiceguide.runner import GUARD, Runner
from voiceguide.session import Session, phrases
from voiceguide.session.barge_in import WAIT
from voiceguide.session.events import (
    Amended,
    BargedIn,
    Begun,
    Ended,
    PromptEnded,
    SoundKept,
    SpeechStarted,
    TimePassed,
    Utterance,
)
from voiceguide.sound import LISTEN_RATE, Sound
from voiceguide.sound.playback import SilentLoudspeaker
from voiceguide.speaking import Narrator
from voiceguide.voice_commands import VoiceCommand
from voiceguide.worker import Worker

STEPS = (
    Step(StepKind.SAY, "Welcome.", 1, 1),
    Step(StepKind.FLOOR, "Anna, speak.", 2, 2, partner="a"),
    Step(StepKind.ASK, "Ben, did you hear?", 3, 3, otherwise=1, partner="b"),
)
WORD = loud(0.5) + quiet(0.8)


class Evening:
    """Everything put together; ``texts`` are what the recogniser makes of each utterance, ``sounds`` one a turn.

    With ``headphones`` the guide can be interrupted.
    """

    def __init__(
        self,
        texts: Sequence[str],
        sounds: Sequence[bytes],
        steps: Sequence[Step] = STEPS,
        headphones: bool = False,
    ) -> None:
        self.microphone = FakeMicrophone()
        self.recogniser = FakeRecognizer(texts)
        self.ears = AudioTimeEars(
            self.microphone,
            Listener(FakeVoiceActivity()),
            cast(Worker, FakeWorker(self.recogniser)),
            interruptions=Interruptions(FakeVoiceActivity()) if headphones else None,
        )
        narrator = Narrator(cast(Worker, FakeWorker(FakeSynthesizer())), "fake", None, None, 150)
        self.talker = FakeTalker(self.microphone, list(sounds))
        self.keys = FakeKeys()
        self.record = FakeRecord()
        self.session = Session(steps, ("Anna", "Ben"), farewell="Bye.", stopped="Stopped.")
        self.runner = Runner(self.ears, narrator, SilentLoudspeaker(), self.talker, self.keys, self.load)

    def load(self, name: str) -> Sound:
        return self.record.sounds[name]

    def slow(self, seconds: float) -> None:
        """Every recognition takes so long, in audio time."""
        recognise = self.ears.recognise

        def late(ticket: int, sound: Sound) -> None:
            recognise(ticket, sound)
            self.ears._recognitions[-1].due += seconds

        self.ears.recognise = late  # type: ignore[method-assign]  # the fake's own, wrapped

    def run(self, record: Record | None = None) -> str:
        return self.runner.run(self.session, record or self.record, Begun())

    def interrupt_at(self, kind: type[Any]) -> None:
        """As Ctrl-C in the moment an event of this kind is taken."""

        def interrupt(event: Any) -> None:
            self.runner.interrupted = self.runner.interrupted or isinstance(event, kind)

        wrap(self.talker, "took", interrupt)

    def kept(self, kind: type[Any]) -> list[Any]:
        return [event for _, event in self.record.events if isinstance(event, kind)]


def wrap(owner: object, name: str, before: Callable[..., object]) -> None:
    """Have ``before`` called before this method, with what it is called with."""
    method = getattr(owner, name)

    def wrapped(*args: Any, **named: Any) -> Any:
        before(*args, **named)
        return method(*args, **named)

    setattr(owner, name, wrapped)


def test_a_whole_evening() -> None:
    evening = Evening(["I worry", "I'm done", "yes"], [WORD + WORD, WORD])
    assert evening.run() == "completed"
    assert evening.talker.prompts == ["Welcome.", "Anna, speak.", "Ben, did you hear?", "Bye."]
    said = evening.kept(Utterance)
    assert [(u.partner, u.text, u.command) for u in said] == [
        ("a", "I worry", None),
        ("a", "I'm done", VoiceCommand.DONE),
        ("b", "yes", VoiceCommand.YES),
    ]
    assert [u.audio for u in said] == list(evening.record.sounds)
    assert evening.record.events[-1][1] == Ended("completed")
    order = [type(event) for _, event in evening.record.events if isinstance(event, SoundKept | Utterance)]
    assert order == [SoundKept, Utterance] * 3, "sound is kept before its words are known"


def hum(seconds: float, level: int) -> bytes:
    """An alternation of that many steps: speech for the fakes from 190 on."""
    pair = level.to_bytes(2, "little", signed=True) + (-level).to_bytes(2, "little", signed=True)
    return pair * round(seconds * 16_000 / 2)


def test_words_that_noise_drowns_are_kept_as_doubtful_and_the_guide_says_so_once() -> None:
    drowned = hum(1.0, 130) + hum(0.5, 260) + hum(0.8, 130)
    texts = ["mumble", "mumble", "both as a passage", "I'm done", "yes"]
    evening = Evening(texts, [drowned * 2 + hum(3.0, 130), WORD, WORD])
    evening.recogniser.doubt = True
    assert evening.run() == "completed"
    assert evening.talker.prompts == ["Welcome.", "Anna, speak.", phrases.loud(), "Ben, did you hear?", "Bye."]
    said = evening.kept(Utterance)
    assert [(u.text, u.doubtful, u.noisy) for u in said[:2]] == [("mumble", True, True)] * 2
    assert not [u for u in said[2:] if u.noisy]  # as unsure, but in a quiet room
    assert all(u.audio for u in said)


def test_words_after_done_reopen_the_turn() -> None:
    evening = Evening(["I'm done", "being lied to", "I'm done", "yes"], [WORD + WORD + WORD, WORD])
    evening.run()
    assert len(evening.kept(TimePassed)) == 1
    assert [u.answer for u in evening.kept(Utterance)] == ["", "being lied to", "", ""]


def test_nobody_is_listened_to_while_the_guide_speaks_or_the_room_still_rings() -> None:
    evening = Evening(["too early"], [])
    evening.microphone.hear(loud(60.0))  # somebody talks through all of the guide's first lines
    evening.interrupt_at(SpeechStarted)
    evening.run()
    opened = min(t for t, event in evening.record.events if isinstance(event, SpeechStarted))
    ended = [t for t, event in evening.record.events if isinstance(event, PromptEnded)]
    assert opened >= ended[1] + GUARD


def test_a_full_disk_ends_the_session_before_anything_is_done() -> None:
    evening = Evening(["I worry"], [WORD])
    evening.record.full = True
    with pytest.raises(RecordError, match="full"):
        evening.run()
    assert evening.talker.prompts == []


def test_nothing_is_kept_without_a_record() -> None:
    evening = Evening(["I worry", "I'm done", "yes"], [WORD + WORD, WORD])
    assert evening.run(NoRecord()) == "completed"
    assert evening.record.sounds == {}
    assert [u.audio for u in evening.talker.events if isinstance(u, Utterance)] == [None, None, None]


def test_an_interruption_keeps_what_is_being_said() -> None:
    evening = Evening(["I was in the middle of"], [loud(60.0)])
    evening.interrupt_at(SpeechStarted)
    assert evening.run() == "stopped"
    assert [u.text for u in evening.kept(Utterance)] == ["I was in the middle of"]
    assert evening.record.events[-1][1] == Ended("stopped")


def test_words_in_a_pause_are_not_kept_but_continue_is_heard() -> None:
    evening = Evening(["pause", "a secret", "continue", "I'm done", "yes"], [WORD, WORD + WORD, WORD, WORD])
    evening.run()
    assert "a secret" not in {u.text for u in evening.kept(Utterance)}
    assert len(evening.record.sounds) == 3
    assert [u.text for u in evening.kept(Utterance)] == ["pause", "continue", "I'm done", "yes"]


def test_words_after_pause_are_not_kept_even_when_it_is_understood_late() -> None:
    evening = Evening(["I worry", "pause", "a secret", "continue", "I'm done", "yes"], [WORD * 3, WORD, WORD, WORD])
    evening.slow(3.0)
    assert evening.run() == "completed"
    assert "a secret" not in {u.text for u in evening.kept(Utterance)}
    (struck,) = evening.record.struck
    assert evening.kept(SoundKept)[2].id in struck


def test_what_is_being_said_when_pause_is_understood_is_not_kept() -> None:
    evening = Evening(["pause", "continue", "I'm done", "yes"], [WORD + loud(9.0), WORD, WORD, WORD])
    evening.slow(3.0)
    assert evening.run() == "completed"
    assert max(sound.seconds for sound in evening.record.sounds.values()) < 5.0


@pytest.mark.parametrize("damaged", [False, True])
def test_a_recovered_command_is_kept_as_words_and_not_obeyed_and_a_damaged_sound_does_no_harm(damaged: bool) -> None:
    evening = Evening([*([] if damaged else ["stop"]), "I'm done", "yes"], [WORD, WORD])
    lost = SoundKept(1, "a", "audio/0001-a.flac", 0.5, 1.0, 2)

    def load(name: str) -> Sound:
        if damaged:
            raise SoundFileError(f"{name} cannot be read.")
        return Sound(loud(1.0), LISTEN_RATE)

    evening.runner._stored = load
    evening.record.next_id = 2
    assert evening.runner.run(evening.session, evening.record, Begun(), 0.0, [lost]) == "completed"
    first = evening.kept(Utterance)[0]
    assert (first.id, first.text, first.command, first.doubtful) == (1, "" if damaged else "stop", None, damaged)


def test_a_pause_in_the_gap_of_a_replay_goes_on_aloud() -> None:
    evening = Evening([], [])
    items = [Item("prompt", None, "", text, None, 0.0, 1.0, 2.0, 1) for text in ("One.", "Two.")]
    machine = Replaying(items, ("Anna", "Ben"))

    def pause_in_the_gap(event: Any) -> None:
        if isinstance(event, PromptEnded) and event.text == "One.":
            evening.keys.queued = [VoiceCommand.PAUSE, VoiceCommand.CONTINUE]

    wrap(evening.talker, "took", pause_in_the_gap)
    assert evening.runner.run(machine, NoRecord(), Begun()) == "completed"
    assert evening.talker.prompts == ["One.", "Two."]


def test_continue_is_heard_while_the_guide_is_held_in_mid_line() -> None:
    evening = Evening(["continue", "I'm done", "yes"], [WORD, WORD, WORD])
    evening.keys.queued = [VoiceCommand.PAUSE]
    assert evening.run() == "completed"
    assert evening.talker.prompts.count("Welcome.") == 1


def test_a_cough_and_a_recogniser_that_fails_cost_words_not_sound() -> None:
    evening = Evening(["", "I worry", "a lot", "I'm done", "yes"], [WORD + WORD + WORD + WORD, WORD])

    def fail_once(event: Any) -> None:
        if isinstance(event, Utterance):
            evening.recogniser.fail_next = event.id == 2

    wrap(evening.talker, "took", fail_once)
    evening.run()
    said = evening.kept(Utterance)
    told = [("", False), ("I worry", False), ("", True), ("I'm done", False)]
    assert [(u.text, u.doubtful) for u in said[:4]] == told
    assert [(better.id, better.text) for better in evening.kept(Amended)] == [(3, "a lot")]
    assert [u.audio for u in said] == list(evening.record.sounds)


def test_off_the_record_strikes() -> None:
    evening = Evening(["a secret", "off the record", "yes", "I'm done", "yes"], [WORD + WORD, WORD, WORD, WORD])
    evening.run()
    assert evening.record.struck == [(1,)]


def test_a_command_that_means_nothing_now_is_refused() -> None:
    evening = Evening(["I'm done", "yes"], [WORD, WORD])
    evening.runner._machine = evening.session
    evening.runner._tell(VoiceCommand.CONTINUE)
    assert evening.talker.refusals == [VoiceCommand.CONTINUE]


# -- barge-in ----------------------------------------------------------------------------------------------------


def speak_over(evening: Evening, prompt: str, sound: bytes) -> None:
    """Somebody speaks as soon as the guide begins with this."""

    def speak(text: str, speaker: str) -> None:
        if text == prompt:
            evening.microphone.hear(sound)

    wrap(evening.talker, "prompt", speak)


def test_a_command_said_over_the_guide_is_obeyed_once_it_is_silent() -> None:
    long = "Anna, speak; there is time enough for all that you would like to say."
    evening = Evening(["stop"], [], (STEPS[0], replace(STEPS[1], prompt=long), STEPS[2]), headphones=True)
    speak_over(evening, long, quiet(0.2) + loud(0.6) + quiet(0.5) + WORD)
    assert evening.run() == "stopped"
    kinds = [type(event) for _, event in evening.record.events]
    assert kinds[2:4] == [BargedIn, SpeechStarted]
    assert [said.command for said in evening.kept(Utterance)] == [VoiceCommand.STOP]
    assert not evening.record.sounds, "what is said to the guide while it speaks is not kept"


def test_after_a_cough_the_guide_says_its_sentence_again() -> None:
    long = "Anna, speak; there is time enough for all that you would like to say."
    steps = (STEPS[0], replace(STEPS[1], prompt=long), STEPS[2])

    def seconds(cough: bytes) -> float:
        """From the prompt before until this one was said."""
        pauses = [quiet(0.1)] if cough else []  # in which the guide listens
        evening = Evening(["I worry", "I'm done", "yes"], [*pauses, WORD + WORD, WORD], steps, headphones=True)
        speak_over(evening, long, cough)
        assert evening.run() == "completed"
        assert len(evening.kept(BargedIn)) == bool(cough)
        ended = [t for t, event in evening.record.events if isinstance(event, PromptEnded)]
        return ended[1] - ended[0]

    calm = seconds(b"")
    coughed = seconds(quiet(0.5) + loud(0.2) + quiet(1.0))
    assert WAIT < coughed - calm < WAIT + 1.0


def test_who_goes_on_with_an_answer_over_the_question_loses_no_word_after_it_stops() -> None:
    evening = Evening(["I worry", "and so on", "I'm done", "yes"], [WORD, b"", WORD], headphones=True)
    speak_over(evening, phrases.anything_more(), quiet(0.2) + loud(3.0) + quiet(1.2) + WORD)
    assert evening.run() == "completed"
    said = evening.kept(Utterance)
    assert [u.text for u in said[:2]] == ["I worry", "and so on"]
    assert said[1].audio
