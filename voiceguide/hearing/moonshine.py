"""Moonshine tiny-en, packaged (moonshine-voice 0.1.0, the extra ``moonshine``) and kept loaded.

It takes as long as the speech is: no window, so a command takes a few hundredths of a second. It tells no
probabilities, so its confidence knows two values only. Sounds reach it through SpeechRecognition's AudioData.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.errors import EngineError
from voiceguide.hearing import NOTHING, Hypothesis
from voiceguide.hearing.doubt import judged
from voiceguide.hearing.packaged import pieces, samples_of
from voiceguide.paths import pip_install
from voiceguide.sound import LISTEN_RATE, Sound
from voiceguide.voice_commands.waking import Wake, wake_in
from voiceguide.weights import check_weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SHA256 = {
    "encoder_model.ort": "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
    "decoder_model_merged.ort": "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
    "tokenizer.bin": "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
}
"""The weights this module was measured with."""

_OPTIONS = {
    # Its own cutting turns "fail again, fail better" into "fare again, fell better"; ours has been done already.
    "vad_threshold": "0.0",
    "return_audio_data": "false",
}


class Moonshine:
    """A Recognizer. Making it takes about half a second: it loads the model."""

    name = "moonshine tiny-en"

    def __init__(self) -> None:
        """Check the weights and load them. Raises EngineError when they are not the known ones."""
        try:
            from moonshine_voice import ModelArch, Transcriber, get_model_path

            folder = Path(get_model_path("tiny-en"))
            check_weights(folder, _SHA256)
            self._transcriber = Transcriber(folder, ModelArch.TINY, options=_OPTIONS)
        except Exception as error:  # a missing package or library, or its own kinds of error: the mend is the same
            raise EngineError(
                f"The recogniser ({self.name}) cannot be loaded: {error}; run {pip_install('moonshine')}."
            ) from error

    def recognize(self, utterance: Sound) -> Hypothesis:
        """See Recognizer."""
        if not utterance.frames:
            return NOTHING
        try:
            texts = [self._decode(piece) for piece in pieces(samples_of(utterance))]
        except Exception as error:
            raise EngineError(
                f"The recogniser ({self.name}) failed on {utterance.seconds:.1f} s of sound: {error}"
            ) from error
        return judged(" ".join(texts), utterance.seconds)

    def spot(self, opening: Sound, name: str) -> Wake:
        """See Recognizer. It tells no probabilities: its words must do."""
        return wake_in(self.recognize(opening).text, name)

    def _decode(self, piece: NDArray[np.float32]) -> str:
        heard = self._transcriber.transcribe_without_streaming(piece.tolist(), LISTEN_RATE)
        return " ".join(line.text for line in heard.lines)
