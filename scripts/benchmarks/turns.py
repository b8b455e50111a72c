"""Whole turns with thinking pauses, through the real listening chain and through what tutorials teach."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.manifest import entries, sound_of
from benchmarks.words import compare, percentiles

from voiceguide.cli.stage import stored_in
from voiceguide.exercise import Step, StepKind
from voiceguide.hearing import Hypothesis
from voiceguide.hearing.ears import AudioTimeEars
from voiceguide.hearing.listener import Listener
from voiceguide.keyboard import NoKeys
from voiceguide.record import read
from voiceguide.record.transcript import Header, Transcript, new_id
from voiceguide.runner import Runner
from voiceguide.session import Session
from voiceguide.session.events import Begun, Event, Utterance
from voiceguide.sound import FRAME_BYTES, LISTEN_RATE, SAMPLE_BYTES, Sound, silence
from voiceguide.sound.files import resample, wav_bytes
from voiceguide.sound.playback import SilentLoudspeaker
from voiceguide.sound.vad import SileroGate
from voiceguide.speaking import Narrator
from voiceguide.speaking.pyttsx3_engine import NAME
from voiceguide.voice_commands import VoiceCommand
from voiceguide.worker import Worker

_INSIST = 5.0
_TRIES = 3
_NAMES = ("Anna", "Ben")


class Talker:
    """Plays one turn once it is listened to, then says "I'm done", again where that is not heard."""

    lost = False
    overruns = 0

    def __init__(self, turn: Sound, done: Sound, speech_end: float) -> None:
        self._sounds = self._play(turn, done)
        self._frames = b""
        self._opened: float | None = None
        self._turn_seconds = turn.seconds
        self._speech_end = speech_end
        self.now = 0.0
        self.done_ended: float | None = None
        self.ended: float | None = None
        self.cut_off = False
        self.tries = 0

    def _play(self, turn: Sound, done: Sound) -> Iterator[bytes]:
        yield turn.frames
        for _ in range(_TRIES):
            self.tries += 1
            self.done_ended = self.now + done.seconds
            yield done.frames + silence(_INSIST, LISTEN_RATE).frames
        while True:
            yield silence(1.0, LISTEN_RATE).frames

    # -- a microphone

    def read(self, seconds: float) -> bytes | None:
        """The next frame: silence until it is our turn."""
        if self._opened is None:
            return bytes(FRAME_BYTES)
        while len(self._frames) < FRAME_BYTES:
            self._frames += next(self._sounds)
        frame, self._frames = self._frames[:FRAME_BYTES], self._frames[FRAME_BYTES:]
        return frame

    def reopen(self) -> bool:
        """It is always there."""
        return True

    def close(self) -> None:
        """Nothing to let go."""

    # -- a watcher

    def prompt(self, text: str, speaker: str) -> None:
        """After our turn, the guide speaks: has it cut us off?"""
        if self._opened is not None:
            self.cut_off = self.cut_off or self.now - self._opened < self._speech_end

    def took(self, event: Event) -> None:
        """Note when the command took effect (its earcon sounds with it)."""
        if isinstance(event, Utterance) and event.command is VoiceCommand.DONE:
            self.ended = self.now

    def refused(self, command: VoiceCommand) -> None:
        """We type nothing."""

    def refresh(self, now: float, level: float, listening: bool) -> None:
        """Speak when listened to; give up when nothing ends the turn."""
        self.now = now
        if listening and self._opened is None:
            self._opened = now
        if self._opened is not None and now > self._opened + self._turn_seconds + _TRIES * (_INSIST + 3):
            raise TimeoutError


def measure(runs: int, manifest: Path | None = None) -> dict[str, Any]:
    """Every turn once through either; end_s is from the end of "I'm done" to its effect."""
    turns = entries(manifest, ["turn"])
    with (
        Worker("voiceguide.speaking.pyttsx3_engine:Pyttsx3", seconds=20) as voice,
        Worker("voiceguide.hearing.whisper:Whisper", seconds=60) as recogniser,
    ):
        done = resample(voice.submit("synthesize", "I'm done.", None, 150).result(), LISTEN_RATE)
        ours = [_ours(sound_of(turn), done, turn["speech_end_s"], voice, recogniser) for turn in turns]
        theirs = [_tutorial(sound_of(turn), done, turn["speech_end_s"], recogniser) for turn in turns]
    references = [turn["text"] for turn in turns]
    return {"voiceguide": _summary(references, ours), "tutorial": _summary(references, theirs)}


def _summary(references: list[str], outcomes: list[dict[str, Any]]) -> dict[str, Any]:
    p50, p95 = percentiles([outcome["end_s"] for outcome in outcomes if outcome["end_s"] is not None])
    return {
        "turns": len(outcomes),
        "ended": sum(outcome["ended"] for outcome in outcomes),
        "cut_off": sum(outcome["cut_off"] for outcome in outcomes),
        **compare(references, [outcome["text"] for outcome in outcomes]),
        "end_s_p50": p50,
        "end_s_p95": p95,
    }


def _ours(turn: Sound, done: Sound, speech_end: float, voice: Worker, recogniser: Worker) -> dict[str, Any]:
    talker = Talker(turn, done, speech_end)
    session = Session([Step(StepKind.FLOOR, "Anna, speak.", 1, 1, partner="a")], _NAMES, farewell="Thank you.")
    ears = AudioTimeEars(talker, Listener(SileroGate()), recogniser)
    narrator = Narrator(voice, NAME, None, None, 150)
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Transcript.create(Path(folder), header(session))) as transcript,
    ):
        stored = stored_in(transcript.folder)
        runner = Runner(ears, narrator, SilentLoudspeaker(), talker, NoKeys(), stored)
        try:
            ended = runner.run(session, transcript, Begun()) == "completed"
        except TimeoutError:
            ended = False
        text = " ".join(stored.answer for stored in read(transcript.folder).utterances)
    delay = talker.ended - talker.done_ended if talker.ended and talker.done_ended else None
    return {"ended": ended, "cut_off": talker.cut_off, "text": text, "end_s": delay}


def header(session: Session) -> Header:
    """For a simulated session of these steps."""
    now = datetime.now().astimezone()
    return Header(new_id("turn", now), "turn", "A turn", _NAMES, True, now.isoformat(), session.steps)


def _tutorial(turn: Sound, done: Sound, speech_end: float, recogniser: Worker) -> dict[str, Any]:
    """``Recognizer.listen`` with its defaults: what it returns is the turn."""
    import speech_recognition as sr

    whole = Sound(turn.frames + done.frames + silence(3.0, LISTEN_RATE).frames, LISTEN_RATE)
    with sr.AudioFile(io.BytesIO(wav_bytes(whole))) as source:
        heard = sr.Recognizer().listen(source)
        at = source.stream.audio_reader.tell() / LISTEN_RATE
    words: Hypothesis = recogniser.submit("recognize", Sound(heard.get_raw_data(), LISTEN_RATE)).result()
    done_at = (len(turn.frames) + len(done.frames)) / SAMPLE_BYTES / LISTEN_RATE
    cut_off = at < speech_end
    return {"ended": not cut_off, "cut_off": cut_off, "text": words.text, "end_s": None if cut_off else at - done_at}
