"""A simulated couple for demos: both partners, with voices or recordings, as frames of a microphone."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from voiceguide.errors import EngineError, SoundFileError
from voiceguide.exercise import Partner, Step, course
from voiceguide.session import Session
from voiceguide.session.events import Event
from voiceguide.session.said import FLOORS
from voiceguide.session.states import State
from voiceguide.sound import FRAME_BYTES, FRAME_SAMPLES, FRAME_SECONDS, LISTEN_RATE, SAMPLE_BYTES, Sound, silence
from voiceguide.sound.files import read_sound, resample
from voiceguide.speaking.pyttsx3_engine import COUPLE_VOICES
from voiceguide.voice_commands import VoiceCommand
from voiceguide.worker import Worker

_THINKS = 0.7
"""Seconds before somebody answers."""

_FINISHES = 1.2
"""Seconds between an answer and "I'm done"."""

_INSISTS = 6.0
"""Seconds until somebody who was not understood says it again."""

_RATE = 150
_DONE = ("I'm done.", "I'm finished.", "That's all.")
_YES = ("Yes.", "Yes, please.", "Yeah, yes.")
_NO = "No, thank you."
_FIRST = ("The first one.", "I don't know.")
"""How the first option is meant by whoever was not understood."""
_ENDINGS = {".wav", ".flac", ".ogg", ".mp3", ".opus", ".aiff"}


def read_answers(folder: Path) -> list[Sound]:
    """The sound files of a folder in the order of their names, at 16 kHz.

    Raises SoundFileError where there is no such folder, no sound in it, or one that cannot be read.
    """
    if not folder.is_dir():
        raise SoundFileError(f"There is no folder {str(folder)!r}: name one that holds the answers' sound files.")
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in _ENDINGS)
    if not files:
        raise SoundFileError(f"{str(folder)!r} holds no sound files: put WAV, FLAC, OGG or MP3 files there.")
    return [read_sound(file, LISTEN_RATE) for file in files]


class Couple:
    """Answers whenever it is listened to; both the runner's watcher and, through ``read``, its microphone.

    At life speed (``aloud`` given: called with what they say) frames come as from a device, else as fast as asked for.
    """

    lost = False
    overruns = 0

    def __init__(
        self, synthesizer: Worker, answers: Sequence[Sound] = (), aloud: Callable[[Sound], None] | None = None
    ) -> None:
        self.session: Session | None = None
        """Whom they talk with now."""
        self._synthesizer = synthesizer
        self._answers = answers
        self._aloud = aloud
        self._frames = b""
        self._unsaid = b""
        self._listening = False
        self._said: set[int] = set()
        self._tries = 0
        self._asked: tuple[Session, int] | None = None
        self._silent = 0.0
        self._due = time.monotonic()
        # A living room is never digitally silent; seeded, so that two demos hear the same room.
        noise = random.Random(14)
        samples = bytearray()
        for _ in range(FRAME_SAMPLES * 16):
            samples += noise.randrange(-6, 7).to_bytes(SAMPLE_BYTES, "little", signed=True)
        self._room = bytes(samples)
        self._at = 0

    # -- as a microphone -----------------------------------------------------------------------------------------

    def read(self, seconds: float) -> bytes | None:
        """The next frame."""
        if self._aloud:
            now = time.monotonic()
            if self._due - now > seconds:
                time.sleep(seconds)
                return None
            time.sleep(max(0.0, self._due - now))
            self._due = max(self._due + FRAME_SECONDS, now - 1.0)
        stream = self._frames or self._room
        frame = stream[self._at : self._at + FRAME_BYTES]
        self._at += FRAME_BYTES
        if self._at >= len(stream):
            self._frames, self._at = b"", 0
        return frame.ljust(FRAME_BYTES, b"\0")

    def reopen(self) -> bool:
        """They are here."""
        return True

    def close(self) -> None:
        """Nothing to let go."""

    # -- as a watcher --------------------------------------------------------------------------------------------

    def prompt(self, text: str, speaker: str) -> None:
        """They listen."""

    def took(self, event: Event) -> None:
        """They do not look at the screen."""

    def refused(self, command: VoiceCommand) -> None:
        """They type nothing."""

    def refresh(self, now: float, level: float, listening: bool) -> None:
        """Answer when it is our turn, again when nothing came of it; fall silent when the floor closes."""
        if not listening:
            if self._listening and self.session and self.session.state is State.FLOOR and self.session.talking:
                self._unsaid = self._frames[self._at :]  # the guide asks something: they go on afterwards
            self._listening, self._frames, self._at = False, b"", 0
        elif not self._listening:
            # Asked the same once more they say it in other words: they were not understood.
            asked = (self.session, self.session.index) if self.session and self.session.state is State.GATE else None
            self._listening, self._tries = True, self._tries + 1 if asked and asked == self._asked else 0
            self._asked = asked
            self._silent = now
            if self._unsaid:
                self._say(Sound(self._unsaid, LISTEN_RATE))
                self._unsaid = b""
            else:
                self._answer()
        elif self._frames:
            self._silent = now
        elif now - self._silent > _INSISTS:
            self._silent = now
            self._tries += 1
            self._answer()

    def _answer(self) -> None:
        session = self.session
        step = session.step if session else None
        if session is None or step is None or step.partner is None:
            return
        if session.state is State.GATE:
            self._say(silence(_THINKS, LISTEN_RATE), self._voice(step.partner, self._choice(session, step)))
        elif session.state is State.FLOOR:
            done = self._voice(step.partner, _DONE[self._tries % len(_DONE)])
            if session.index in self._said:
                self._say(silence(_THINKS, LISTEN_RATE), done)
                return
            self._said.add(session.index)
            answer = self._answer_to(session, step)
            self._say(silence(_THINKS, LISTEN_RATE), answer, silence(_FINISHES, LISTEN_RATE), done)

    def _choice(self, session: Session, step: Step) -> str:
        """Yes, or the first option; who was asked the same before and said yes has no more to tell."""
        if step.options:
            ways = (step.options[0].name, *_FIRST)
            return ways[self._tries % len(ways)]
        if session.answers.get(session.index) == step.then:
            return _NO
        return _YES[self._tries % len(_YES)]

    def _answer_to(self, session: Session, step: Step) -> Sound:
        turn = _floors(session.steps).index(session.index) if session.index in _floors(session.steps) else -1
        if 0 <= turn < len(self._answers):
            return self._answers[turn]
        return self._voice(step.partner or "a", step.example or "I need a moment to find words for this.")

    def _voice(self, partner: Partner, words: str, tries: int = 3) -> Sound:
        voice = COUPLE_VOICES[partner == "b"]  # in a turn of both, the first one speaks
        try:
            spoken: Any = self._synthesizer.submit("synthesize", words, voice, _RATE).result()
        except EngineError:
            # Where the guide's voice fails its words stand on the screen; these two have nothing else to speak with.
            if tries == 1:
                raise
            return self._voice(partner, words, tries - 1)
        return resample(spoken, LISTEN_RATE)

    def _say(self, *sounds: Sound) -> None:
        frames = b"".join(sound.frames for sound in sounds)
        self._frames, self._at = frames, 0
        if self._aloud:
            self._aloud(Sound(frames, LISTEN_RATE))


def _floors(steps: Sequence[Step]) -> list[int]:
    """Indices of the floors and mirrors that come to be when every question is answered as the couple does."""
    return [index for index in course(steps) if steps[index].kind in FLOORS]
