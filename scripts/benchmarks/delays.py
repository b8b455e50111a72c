"""From a command's last sound to its effect, in the real runner and in audio time, after an answer and a pause.

After a pause that ends the utterance the command is one by itself; after a shorter one it is its tail, which the scribe
hears by itself, too. ``whole_only`` is what the utterance's words alone would have given.
"""

from __future__ import annotations

import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from benchmarks.shares import share
from benchmarks.spoken import VOICES, Said, trimmed
from benchmarks.turns import Talker, header
from benchmarks.words import percentiles

from voiceguide.cli.stage import stored_in
from voiceguide.exercise import Step, StepKind
from voiceguide.hearing import Hypothesis
from voiceguide.hearing.ears import AudioTimeEars
from voiceguide.hearing.listener import Listener
from voiceguide.keyboard import NoKeys
from voiceguide.record.transcript import Transcript
from voiceguide.runner import Runner
from voiceguide.session import Session
from voiceguide.session.events import Begun, Event, Utterance
from voiceguide.sound import LISTEN_RATE, Sound, silence
from voiceguide.sound.files import resample
from voiceguide.sound.playback import SilentLoudspeaker
from voiceguide.sound.vad import SileroGate
from voiceguide.speaking import Narrator
from voiceguide.speaking.pyttsx3_engine import NAME
from voiceguide.voice_commands import VoiceCommand
from voiceguide.voice_commands.understanding import understand
from voiceguide.worker import Worker

_LONG, _SHORT = 1.5, 0.42
"""Seconds of a pause that ends an utterance, and of one that does not."""

_LIMIT = 600.0
"""Seconds of the floor: without a limit nobody can ask for more time, or how long there is."""

_ANSWER = "I was worried on Sunday, because you did not call."

_RUN_ON = (("I want you to", "stop."), ("And then I said", "I'm done."), ("What I need is", "more time."),
           ("You told me to", "pause."), ("We were just", "done."), ("He took it", "off the record."))  # fmt: skip
"""Sentences whose last words, after a short pause, are no command."""

_NONE = frozenset({VoiceCommand.YES, VoiceCommand.NO, VoiceCommand.CONTINUE})


class _Obeyed(Exception):  # noqa: N818 (it is no error)
    """A command took effect."""


class _Speaker(Talker):
    """Says an answer and once a command, and leaves when it or another one takes effect."""

    def __init__(self, answer: Sound, command: Sound) -> None:
        super().__init__(answer, command, speech_end=answer.seconds)
        self.said: Utterance | None = None

    def took(self, event: Event) -> None:
        """Note what was understood."""
        if isinstance(event, Utterance):
            self.said = event
            if event.command:
                self.ended = self.now
                raise _Obeyed

    def refresh(self, now: float, level: float, listening: bool) -> None:
        """Give up before it is said again."""
        super().refresh(now, level, listening)
        if self.tries > 1:
            raise TimeoutError


def measure(phrases: list[Said], voice: Worker, recogniser: Worker) -> dict[str, Any]:
    """Every command that can be told in an answer, in two voices."""
    narrow = [said for index, said in enumerate(phrases) if index % len(VOICES) in (0, 5) and said.command not in _NONE]
    answer = _said(_ANSWER, voice)
    return {
        "long_pause": _after(_LONG, answer, narrow, voice, recogniser),
        "short_pause": _after(_SHORT, answer, narrow, voice, recogniser),
        "run_on_taken": _run_on(voice, recogniser),
    }


def _after(pause: float, answer: Sound, phrases: list[Said], voice: Worker, recogniser: Worker) -> dict[str, Any]:
    delays, whole, missed = [], 0, []
    before = Sound(answer.frames + silence(pause, LISTEN_RATE).frames, LISTEN_RATE)
    for said in phrases:
        speaker, sound = _run(before, said.sound, voice, recogniser)
        if speaker.said and speaker.said.command is said.command and speaker.ended and speaker.done_ended:
            delays.append(speaker.ended - speaker.done_ended)
        else:
            missed.append(f"{said.command}: {speaker.said.text if speaker.said else ''}")
        if sound:
            heard: Hypothesis = recogniser.submit("recognize", sound).result()
            meant = understand(heard.text, heard.told, frozenset(VoiceCommand) - _NONE)
            whole += meant is not None and meant.command is said.command
    p50, p95 = percentiles(delays)
    return {
        "obeyed": share(len(delays), len(phrases)),
        "whole_only": share(whole, len(phrases)),
        "seconds": {"p50": p50, "p95": p95},
        "missed": "; ".join(missed),
    }


def _run_on(voice: Worker, recogniser: Worker) -> dict[str, Any]:
    """Sentences that go on after a short pause: taken for a command, and which."""
    taken = []
    for name in (None, VOICES[5]):
        for first, last in _RUN_ON:
            before = _said(first + ",", voice, name).frames + silence(_SHORT, LISTEN_RATE).frames
            speaker, _ = _run(Sound(before, LISTEN_RATE), _said(last, voice, name), voice, recogniser)
            if speaker.said and speaker.said.command:
                taken.append(f"{speaker.said.text} ({speaker.said.command})")
    return {**share(len(taken), 2 * len(_RUN_ON)), "which": "; ".join(taken)}


def _run(before: Sound, command: Sound, voice: Worker, recogniser: Worker) -> tuple[_Speaker, Sound | None]:
    """One floor; gives who spoke, and the sound of their last utterance."""
    speaker = _Speaker(before, command)
    session = Session([Step(StepKind.FLOOR, "Anna, speak.", 1, 1, partner="a", seconds=_LIMIT)], ("Anna", "Ben"))
    ears = AudioTimeEars(speaker, Listener(SileroGate()), recogniser)
    narrator = Narrator(voice, NAME, None, None, 150)
    with tempfile.TemporaryDirectory() as folder, closing(Transcript.create(Path(folder), header(session))) as record:
        stored = stored_in(record.folder)
        with suppress(_Obeyed, TimeoutError):
            Runner(ears, narrator, SilentLoudspeaker(), speaker, NoKeys(), stored).run(session, record, Begun())
        said = speaker.said
        return speaker, stored(said.audio) if said and said.audio else None


def _said(text: str, voice: Worker, name: str | None = None) -> Sound:
    """Without the silence after it, that pauses are as long as they are meant to be."""
    return trimmed(resample(voice.submit("synthesize", text, name, 150).result(), LISTEN_RATE))
