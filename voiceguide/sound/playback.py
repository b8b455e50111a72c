"""Loudspeakers: a device through miniaudio, a WAV file in audio time, or silence. All play what a Mixer gives."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Protocol

from voiceguide.errors import DeviceError, NotFoundError, SoundFileError
from voiceguide.overdue import within
from voiceguide.sound import Sound
from voiceguide.sound.devices import SoundDevice, sound_devices
from voiceguide.sound.files import WavWriter, resample
from voiceguide.sound.mixer import OUTPUT_RATE, Mixer

_PERIOD_MS = 25
_PERIODS = 4
_LATENCY = round((_PERIOD_MS * _PERIODS + 50) / 1000 * OUTPUT_RATE)
"""Samples between what the device was given last and what is heard now, with some room."""

_STALLED_SECONDS = 1.0
"""A device that asks for no samples so long is lost: a killed sound server says nothing, it just stops asking."""

_OPENING_SECONDS = 4.0
"""The same while it opens; virtual sinks stall for 2 s."""


class Loudspeaker(Protocol):
    """Plays sounds one after the other."""

    volume: float
    """1.0 is as is; up to 2.0, loud parts are bent rather than clipped."""

    latency: float
    """Seconds from being given to being heard, at most."""

    @property
    def busy(self) -> bool:
        """Whether something is still to be heard, held or not, the device's delay included. Never for ever."""
        ...

    def play(self, sound: Sound) -> None:
        """Play behind what is there already. Never raises for a device that is gone."""
        ...

    def hold(self) -> None:
        """Stop where it is; what is played meanwhile waits, too."""
        ...

    def release(self, again: bool = False) -> None:
        """Go on after ``hold``: where it was, or ``again`` from the beginning of the sound in which that was."""
        ...

    def silence(self) -> None:
        """Drop everything that is still to be heard; ``hold`` stays."""
        ...

    def tick(self, seconds: float) -> None:
        """So much audio time has passed: nothing to a device, all the time there is to a rendered loudspeaker."""
        ...

    def close(self) -> None:
        """Let device or file go, at once. May be called again."""
        ...


class _Mixing:
    """What all loudspeakers share."""

    latency = 0.0

    def __init__(self) -> None:
        self._mixer = Mixer()

    @property
    def volume(self) -> float:
        """See Loudspeaker."""
        return self._mixer.volume

    @volume.setter
    def volume(self, volume: float) -> None:
        self._mixer.volume = volume

    def play(self, sound: Sound) -> None:
        """See Loudspeaker."""
        self._mixer.add(resample(sound, OUTPUT_RATE))

    def hold(self) -> None:
        """See Loudspeaker."""
        self._mixer.hold()

    def release(self, again: bool = False) -> None:
        """See Loudspeaker."""
        self._mixer.release(again)

    def silence(self) -> None:
        """See Loudspeaker."""
        self._mixer.silence()


class SilentLoudspeaker(_Mixing):
    """Plays to nobody, in audio time."""

    def __init__(self) -> None:
        super().__init__()
        self._owed = 0.0

    @property
    def busy(self) -> bool:
        """See Loudspeaker."""
        return not self._mixer.heard()

    def tick(self, seconds: float) -> None:
        """See Loudspeaker."""
        self._owed += seconds * OUTPUT_RATE
        count = int(self._owed)
        self._owed -= count
        self._keep(self._mixer.read(count))

    def _keep(self, frames: bytes) -> None:
        """Nobody hears it."""

    def close(self) -> None:
        """See Loudspeaker."""
        self._mixer.silence()


class FileLoudspeaker(SilentLoudspeaker):
    """Renders what would have been heard, silence included, to a WAV file in audio time."""

    def __init__(self, path: Path) -> None:
        """Create the file. Raises SoundFileError, as ``tick`` does when the disk is full."""
        super().__init__()
        self._writer = WavWriter(path, OUTPUT_RATE)

    def _keep(self, frames: bytes) -> None:
        self._writer.write(frames)

    def close(self) -> None:
        """See Loudspeaker."""
        super().close()
        self._writer.close()


class DeviceLoudspeaker(_Mixing):
    """A loudspeaker of this machine, in real time. One that is gone is opened again by the next ``play``."""

    latency = _LATENCY / OUTPUT_RATE

    def __init__(self, name: str | None) -> None:
        """Open the loudspeaker of that name (or a unique part of it); None follows the system's default.

        Raises NotFoundError with near names, DeviceError when there is none or it cannot be opened.
        """
        super().__init__()
        self.tap: Callable[[bytes], None] | None = None
        """Is given every sample (OUTPUT_RATE, 16-bit mono) as the device takes it, in the device's own thread."""
        self._name = name
        self._device: Any = None
        self._opener: threading.Thread | None = None
        self._alive_until = time.monotonic() + _OPENING_SECONDS
        opened = within(_OPENING_SECONDS, lambda: _open(name, self._feed))
        if opened is None:
            raise DeviceError("The sound system does not answer: restart it, or use --speaker none.")
        self._device = opened

    @property
    def lost(self) -> bool:
        """Whether the device asks for no more samples."""
        return time.monotonic() > self._alive_until

    @property
    def busy(self) -> bool:
        """See Loudspeaker."""
        return not self.lost and not self._mixer.heard(_LATENCY)

    def play(self, sound: Sound) -> None:
        """See Loudspeaker."""
        if self.lost and not (self._opener and self._opener.is_alive()):
            self._mixer.silence()
            self._alive_until = time.monotonic() + _OPENING_SECONDS
            # In a thread of its own: closing and opening can hang with the sound system, the session must not.
            self._opener = threading.Thread(target=self._reopen, name="loudspeaker", daemon=True)
            self._opener.start()
        super().play(sound)

    def tick(self, seconds: float) -> None:
        """The device keeps its own time."""

    def close(self) -> None:
        """See Loudspeaker."""
        device, self._device = self._device, None
        if device is not None:
            within(_STALLED_SECONDS, device.close)
        self._alive_until = 0.0

    def _reopen(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()
        try:
            self._device = _open(self._name, self._feed)
        except (DeviceError, NotFoundError):
            self._alive_until = 0.0

    def _feed(self) -> Generator[bytes, int, None]:
        """Give the device its samples, in its own thread. An exception here would end it, and show as lost."""
        count = yield b""
        while True:
            self._alive_until = time.monotonic() + _STALLED_SECONDS
            frames = self._mixer.read(count)
            if self.tap is not None:
                self.tap(frames)
            count = yield frames


def _open(name: str | None, feed: Callable[[], Generator[bytes, int, None]]) -> Any:
    """A started miniaudio device. Raises NotFoundError and DeviceError."""
    import miniaudio

    chosen = _choose(name, sound_devices("playback"))
    samples = feed()
    next(samples)
    try:
        device = miniaudio.PlaybackDevice(
            miniaudio.SampleFormat.SIGNED16,
            nchannels=1,
            sample_rate=OUTPUT_RATE,
            buffersize_msec=_PERIOD_MS,
            callback_periods=_PERIODS,
            # By default none, so that the sound follows the user to the headphones they plug in.
            device_id=None if name is None else chosen.id,
            backends=[chosen.backend],
            app_name="voiceguide",
        )
        device.start(samples)
    except miniaudio.MiniaudioError as error:
        raise DeviceError(
            f"The loudspeaker {chosen.name!r} cannot be opened ({error}): is another program using it?"
        ) from error
    return device


def _choose(name: str | None, devices: list[SoundDevice]) -> SoundDevice:
    """The device of that name, by exact name or a unique part; without a name the default one."""
    if not devices:
        raise DeviceError("There is no loudspeaker: plug one in, or have the sound in a file with --speaker FILE.wav.")
    if name is None:
        return devices[0]
    wanted = name.casefold()
    exact = [device for device in devices if wanted in (device.name.casefold(), device.system_name.casefold())]
    near = exact or [device for device in devices if wanted and wanted in device.name.casefold()]
    if exact or len(near) == 1:
        return near[0]
    names = [device.name for device in near or devices]
    raise NotFoundError.suggesting("loudspeaker", name, names, f"there are {', '.join(names)}.")


def loudspeaker_names() -> list[str]:
    """The names of this machine's loudspeakers, the default one first; empty when there is none."""
    return [device.name for device in within(_OPENING_SECONDS, lambda: sound_devices("playback")) or []]


def is_file_name(name: str) -> bool:
    """Whether a loudspeaker of this name is a file."""
    return name.casefold().endswith(".wav")


def open_loudspeaker(name: str | None) -> Loudspeaker:
    """A loudspeaker by name: None is the default device, ``none`` a silent one, ``*.wav`` a file, else a device.

    Raises NotFoundError with near names, DeviceError, SoundFileError.
    """
    if name is not None and name.casefold() == "none":
        return SilentLoudspeaker()
    if name is not None and is_file_name(name):
        path = Path(name).expanduser()
        if path.is_file():
            raise SoundFileError(f"{str(path)!r} is there already: move it away, or name another file.")
        return FileLoudspeaker(path)
    return DeviceLoudspeaker(name)
