"""PocketSphinx (the extra ``sphinx``) with the model that SpeechRecognition brings, through ``recognize_sphinx``.

The fallback where no other engine runs: it gets more than half of the words of read prose wrong, so all its words are
doubtful, and it takes longer than they took to say. It loads its model for every utterance.
"""

from __future__ import annotations

from voiceguide.errors import EngineError
from voiceguide.hearing import NOTHING, Hypothesis
from voiceguide.hearing.doubt import words
from voiceguide.hearing.timing import timed
from voiceguide.paths import pip_install
from voiceguide.sound import SAMPLE_BYTES, Sound
from voiceguide.voice_commands.waking import Wake, wake_in

_SHORTEST = 0.1
"""Seconds; PocketSphinx raises IndexError at nothing at all, and hears nothing in less than this."""


_FRAMES = 100
"""Its frames in a second."""


class Sphinx:
    """A Recognizer."""

    name = "sphinx"

    def __init__(self) -> None:
        """Raises EngineError when PocketSphinx is not installed."""
        try:
            import pocketsphinx  # noqa: F401 (is it there?)
            from speech_recognition import Recognizer

            self._seam = Recognizer()
        except (ImportError, OSError) as error:
            raise EngineError(
                f"The recogniser ({self.name}) cannot be loaded: {error}; run {pip_install('sphinx')}."
            ) from error

    def recognize(self, utterance: Sound) -> Hypothesis:
        """See Recognizer."""
        from speech_recognition import AudioData

        if utterance.seconds < _SHORTEST:
            return NOTHING
        audio = AudioData(utterance.frames, utterance.rate, SAMPLE_BYTES)
        try:
            decoder = self._seam.recognize_sphinx(audio, show_all=True)
            heard = decoder.hyp()
            spans = [(piece.word, piece.start_frame, piece.end_frame + 1) for piece in decoder.seg()] if heard else []
        except Exception as error:
            raise EngineError(
                f"The recogniser ({self.name}) failed on {utterance.seconds:.1f} s of sound: {error}"
            ) from error
        text = heard.hypstr if heard else ""
        if not words(text):
            return NOTHING
        # Its probability is that of the whole path: the longer, the smaller. Its mean over the words compares.
        confidence = min(1.0, heard.prob ** (1 / len(words(text))))
        times = timed(text, [(word, start / _FRAMES, end / _FRAMES) for word, start, end in spans])
        return Hypothesis(text, confidence, doubtful=True, times=times)

    def spot(self, opening: Sound, name: str) -> Wake:
        """See Recognizer. It tells no probabilities: its words must do."""
        return wake_in(self.recognize(opening).text, name)
