"""Stand-ins for everything that hears. They pass the same contract suites as the real things."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from voiceguide.errors import EngineError
from voiceguide.hearing import NOTHING, Hypothesis
from voiceguide.hearing.openings import Openings
from voiceguide.sound import FRAME_BYTES, Sound
from voiceguide.sound.vad import dbfs
from voiceguide.voice_commands.waking import Wake, wake_in

LOUD = -45.0
"""dBFS from which FakeVoiceActivity takes a frame for speech."""

_AUDIBLE = -85.0
"""dBFS from which FakeRecognizer takes an utterance for words."""


def held(openings: Openings) -> int:
    """Frames that are in its memory now."""
    return len(openings._before) + len(openings._kept or ())


class FakeVoiceActivity:
    """Takes every loud frame for speech."""

    def __init__(self) -> None:
        self.resets = 0

    def __call__(self, frame: bytes) -> float:
        return 1.0 if dbfs(frame) > LOUD else 0.0

    def reset(self) -> None:
        self.resets += 1


class FakeRecognizer:
    """Understands loud utterances as the scripted texts, in their order; afterwards as nothing.

    Failure triggers: ``fail_next`` raises EngineError once; ``doubt`` makes every hypothesis doubtful.
    """

    name = "fake"

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.texts = deque(texts)
        self.heard: list[Sound] = []
        self.fail_next = False
        self.doubt = False

    def recognize(self, utterance: Sound) -> Hypothesis:
        self.heard.append(utterance)
        if self.fail_next:
            self.fail_next = False
            raise EngineError("The fake recogniser failed as it was told to; try again.")
        if not utterance.frames or dbfs(utterance.frames) <= _AUDIBLE or not self.texts:
            return NOTHING
        text = self.texts.popleft()
        # Words follow each other as evenly as can be.
        length = utterance.seconds / max(1, len(text.split()))
        times = tuple((round(at * length, 2), round((at + 1) * length, 2)) for at in range(len(text.split())))
        return Hypothesis(text, 0.3 if self.doubt else 0.9, self.doubt, times)

    def spot(self, opening: Sound, name: str) -> Wake:
        return wake_in(self.recognize(opening).text, name)


class FakeMicrophone:
    """A microphone that hears what the test says, as fast as it is read.

    Failure triggers: ``vanish()`` (no more sound, lost) and ``plugged_in`` (whether ``reopen`` finds one).
    """

    def __init__(self, sound: bytes = b"") -> None:
        self.lost = False
        self.overruns = 0
        self.plugged_in = True
        self.closed = False
        self._pending = bytearray(sound)

    def __len__(self) -> int:
        """Bytes that wait to be read."""
        return len(self._pending)

    def hear(self, sound: bytes) -> None:
        """Samples (16 kHz, 16-bit mono) that reach the microphone; none while it is lost."""
        if not self.lost:
            self._pending += sound

    def vanish(self) -> None:
        """The device is unplugged."""
        self.lost = True
        self.plugged_in = False

    def read(self, seconds: float) -> bytes | None:
        if self.closed or len(self._pending) < FRAME_BYTES:
            return None
        frame = bytes(self._pending[:FRAME_BYTES])
        del self._pending[:FRAME_BYTES]
        return frame

    def reopen(self) -> bool:
        self._pending.clear()
        self.lost = self.closed or not self.plugged_in
        return not self.lost

    def close(self) -> None:
        self.closed = True
