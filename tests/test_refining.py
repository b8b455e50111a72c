"""What another engine may change in a stored session, and ``voiceguide refine`` as it is installed."""

from __future__ import annotations

import os
import signal
from contextlib import nullcontext
from pathlib import Path
from typing import cast

import pytest

from tests.support.command import Running, add_short, installed, only_session, voiceguide
from tests.support.fakes_runner import FakeWorker
from tests.support.records import write_flac, write_session
from voiceguide.cli.refine import amend_all
from voiceguide.errors import EngineError
from voiceguide.hearing import Hypothesis
from voiceguide.record import StoredUtterance, read
from voiceguide.record.transcript import Transcript
from voiceguide.refining import amendment, open_to, refinable
from voiceguide.session.events import Amended, Begun, Event, SoundKept, Utterance
from voiceguide.sound import LISTEN_RATE, Sound, silence
from voiceguide.voice_commands import VoiceCommand
from voiceguide.worker import Worker

TIMES = tuple((float(at), at + 0.5) for at in range(9))


def spoken(id_: int, text: str, command: VoiceCommand | None = None, at: int = 0) -> tuple[SoundKept, Utterance]:
    audio = f"audio/{id_:04d}-a.flac"
    return (
        SoundKept(id_, "a", audio, float(id_), 0.5, 2),
        Utterance(id_, "a", text, audio, float(id_), 0.5, command=command, command_at=at, place=2),
    )


def test_only_spoken_answers_that_nobody_mended_may_be_changed(tmp_path: Path) -> None:
    events: list[Event] = [
        Begun(),
        *spoken(1, "as it was"),
        *spoken(2, "I'm done", VoiceCommand.DONE),
        *spoken(3, "all of it. I'm done", VoiceCommand.DONE, 11),
        *spoken(4, "a secret"),
        *spoken(5, "mended by hand"),
        *spoken(6, "heard twice"),
        *spoken(7, "heard in a passage"),
        Utterance(8, "a", "typed", place=2),
    ]
    folder = write_session(tmp_path, tuple((float(t), event) for t, event in enumerate(events)))
    transcript = Transcript.open(folder)
    transcript.strike([4])
    transcript.amend(5, "mended", "Mia")
    transcript.amend(6, "heard better", "moonshine")
    transcript.amend(7, "herd in a passage", "voiceguide")
    transcript.close()
    session = read(folder)
    assert [stored.utterance.id for stored in refinable(session)] == [1, 3, 6, 7]
    assert [stored.utterance.id for stored in open_to(session, "moonshine")] == [1, 3, 7]


def heard_again(said: Utterance, heard: Hypothesis) -> Amended:
    return amendment(StoredUtterance(1.0, said), heard, "base.en")


@pytest.mark.parametrize(
    ("said", "heard", "better"),
    [
        (  # the command stays out of the answer
            Utterance(3, "a", "all off it. I'm done", command=VoiceCommand.DONE, command_at=12),
            Hypothesis("All of it, I am done.", 0.9, True, TIMES[:6]),
            Amended(3, "All of it,", "base.en", TIMES[:3], doubtful=True),
        ),
        (  # one that is not heard again leaves the answer alone
            Utterance(3, "a", "all of it. I'm done", command=VoiceCommand.DONE, command_at=11, times=TIMES[:5]),
            Hypothesis("All of it. I'm dawn.", 0.9, False),
            Amended(3, "all of it.", "base.en", TIMES[:3]),
        ),
        (  # words are never taken away
            Utterance(3, "a", "I was so hurt", doubtful=True),
            Hypothesis("", 1.0, False),
            Amended(3, "I was so hurt", "base.en", doubtful=True),
        ),
        (  # words that noise drowned stay doubtful
            Utterance(3, "a", "I was so hut", doubtful=True, noisy=True),
            Hypothesis("I was so hurt", 0.9, False),
            Amended(3, "I was so hurt", "base.en", doubtful=True),
        ),
    ],
)
def test_what_is_heard_again_amends_the_answer(said: Utterance, heard: Hypothesis, better: Amended) -> None:
    assert amendment(StoredUtterance(1.0, said), heard, "base.en") == better


class FakeFailingRecognizer:
    """Fails on the utterances whose numbers, from 0, it is given."""

    def __init__(self, failures: range) -> None:
        self.failures = failures
        self.asked = 0

    def recognize(self, utterance: Sound) -> Hypothesis:
        self.asked += 1
        if self.asked - 1 in self.failures:
            raise EngineError("The engine is out of order.")
        return Hypothesis("better", 0.9, False)


@pytest.mark.parametrize(("failures", "amended"), [(range(2), 2), (range(1, 3), 2), (range(3), 0)])
def test_an_engine_may_fail_on_some_utterances_but_not_on_three_in_a_row(
    tmp_path: Path, failures: range, amended: int
) -> None:
    events: list[Event] = [Begun(), *(event for number in range(1, 5) for event in spoken(number, "as it was"))]
    folder = write_session(tmp_path, tuple((float(t), event) for t, event in enumerate(events)))
    for stored in read(folder).utterances:
        write_flac(folder / str(stored.utterance.audio), silence(0.5, LISTEN_RATE))
    transcript = Transcript.open(folder)
    worker = cast(Worker, FakeWorker(FakeFailingRecognizer(failures)))
    with pytest.raises(EngineError) if not amended else nullcontext():
        amend_all(transcript, open_to(read(folder), "base.en"), "base.en", worker, lambda number, of: None)
    transcript.close()
    assert sum(stored.amended is not None for stored in read(folder).utterances) == amended


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--engine", "moonshin"], "did you mean moonshine?"),
        (["--engine", "base.en"], "`voiceguide engines get base.en`"),
        (["nothing", "--engine", "whisper"], "There is no session 'nothing'"),
    ],
)
def test_what_is_not_there_is_said(home: Path, arguments: list[str], complaint: str) -> None:
    events = ((0.0, Begun()), (1.0, Utterance(1, "a", "typed", place=2)))
    write_session(home / "data" / "sessions", events)
    assert complaint in voiceguide(home, "refine", *arguments).complaint()
    assert "no recorded answers" in voiceguide(home, "refine", "--engine", "whisper").fine().out


@pytest.mark.full
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_session_is_recognised_again_and_an_interruption_goes_on(home: Path) -> None:
    add_short(home)
    installed(home, "demo", "a-short-one", "--speaker", "none").fine()
    folder = only_session(home)
    before = read(folder)
    assert len(refinable(before)) >= 2
    with Running(home, "refine", folder.name, "--engine", "moonshine") as command:
        command.until("moonshine: 0 of")
        command.send(signal.SIGINT)
        assert command.process.wait(60) in (0, 130)  # it may have been done already
    again = voiceguide(home, "refine", folder.name, "--engine", "moonshine").fine().out
    after = read(folder)
    assert not open_to(after, "moonshine")
    assert "boat" in " ".join(stored.answer for stored in after.utterances)
    assert [stored.utterance for stored in after.utterances] == [stored.utterance for stored in before.utterances]
    assert {stored.amended.by for stored in after.utterances if stored.amended} >= {"moonshine"}
    assert f"voiceguide show {folder.name}" in again
    assert "already" in voiceguide(home, "refine", folder.name, "--engine", "moonshine").fine().out
    shown = voiceguide(home, "show", folder.name).fine().out
    assert after.utterances[0].answer in shown
