"""The microphone: frames of 512 samples, 16 kHz, 16-bit mono, from a device that may vanish and come back."""

from __future__ import annotations

import queue
import sys
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from voiceguide.errors import DeviceError, NotFoundError
from voiceguide.sound import FRAME_BYTES, FRAME_SECONDS, LISTEN_RATE

if TYPE_CHECKING:
    import miniaudio

_LOST_SECONDS = 1.5
"""No samples for so long: the device is gone. A killed sound server or a lost source says nothing, it just stops."""

_FIRST_SECONDS = 4.0
"""The same before the first sample: virtual sinks stall for 2 s, a Bluetooth headset changes its profile."""

_KEPT_FRAMES = round(60 / FRAME_SECONDS)
"""Frames that wait while the program is busy (a minute, 2 MB)."""

_PERIOD_MS = 32


class Microphone(Protocol):
    """A source of frames, read by one thread."""

    overruns: int
    """Frames that came while the queue was full and are lost."""

    @property
    def lost(self) -> bool:
        """Whether the device gives no more sound (none for 1.5 s, or it failed); ``reopen`` may mend it."""
        ...

    def read(self, seconds: float) -> bytes | None:
        """The next frame (FRAME_BYTES bytes), waiting for it at most so long; None when none came."""
        ...

    def reopen(self) -> bool:
        """Try to get a microphone again; whether there is one. What was not read before is dropped. Never raises."""
        ...

    def close(self) -> None:
        """Let the device go; ``read`` gives None from now on. Never raises; may be called again."""
        ...


class DeviceMicrophone:
    """A microphone of this machine, through miniaudio."""

    def __init__(self, name: str | None) -> None:
        """Open the microphone of that name (or a unique part of it); None means the system's default.

        Raises NotFoundError (with near names) and DeviceError.
        """
        self.overruns = 0
        self._name = name
        self._frames: queue.Queue[bytes] = queue.Queue(_KEPT_FRAMES)
        self._capture: _Capture | None = None
        self._open()

    @property
    def lost(self) -> bool:
        """See Microphone."""
        return self._capture is None or self._capture.lost

    def read(self, seconds: float) -> bytes | None:
        """See Microphone."""
        if self._capture:
            self.overruns = self._capture.overruns
        try:
            return self._frames.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return None

    def reopen(self) -> bool:
        """See Microphone. It is a new device object: miniaudio's old one never wakes again."""
        self.close()
        try:
            self._open()
        except (DeviceError, NotFoundError):
            return False
        return True

    def close(self) -> None:
        """See Microphone."""
        if self._capture:
            self._capture.close()
        self._capture = None
        self._frames = queue.Queue(_KEPT_FRAMES)

    def _open(self) -> None:
        self._capture = _Capture(_choose(self._name, _sources()), self._frames, self.overruns)


class _Capture:
    """One opened device, pouring frames into a queue from miniaudio's thread."""

    def __init__(self, source: _Source, frames: queue.Queue[bytes], overruns: int) -> None:
        import miniaudio

        self.overruns = overruns
        self._frames = frames
        self._failed = False
        self._silent_after = time.monotonic() + _FIRST_SECONDS
        collector = self._collect()
        next(collector)
        try:
            self._device = miniaudio.CaptureDevice(
                miniaudio.SampleFormat.SIGNED16,
                nchannels=1,
                sample_rate=LISTEN_RATE,
                buffersize_msec=_PERIOD_MS,
                # Explicit: with the default one, a vanished microphone is replaced by the loudspeaker's monitor.
                device_id=source.id,
                backends=[source.backend],
                app_name="voiceguide",
            )
            self._device.stop_callback = self._fail
            self._device.start(collector)
        except miniaudio.MiniaudioError as error:
            raise DeviceError(
                f"The microphone {source.name!r} cannot be opened ({error}): is another program using it?"
            ) from error

    @property
    def lost(self) -> bool:
        return self._failed or time.monotonic() > self._silent_after

    def close(self) -> None:
        self._device.close()

    def _fail(self) -> None:
        """Called in miniaudio's thread, where stopping the device would lock up: only leave word."""
        self._failed = True

    def _collect(self) -> Generator[bytes, bytes, None]:
        """Cut what the device gives into frames. Runs in miniaudio's thread, where exceptions would vanish."""
        pending = bytearray()
        while True:
            pending += yield b""
            self._silent_after = time.monotonic() + _LOST_SECONDS
            while len(pending) >= FRAME_BYTES:
                try:
                    self._frames.put_nowait(bytes(pending[:FRAME_BYTES]))
                except queue.Full:
                    self.overruns += 1
                del pending[:FRAME_BYTES]


@dataclass(frozen=True)
class _Source:
    """Something the system can record from."""

    name: str
    system_name: str
    """PulseAudio's or ALSA's own name; meaningless on other systems."""
    default: bool
    id: Any
    """miniaudio's device id."""
    backend: miniaudio.Backend

    @property
    def monitor(self) -> bool:
        """It records what a loudspeaker plays: the guide would hear itself."""
        return self.system_name.endswith(".monitor") or self.name.startswith("Monitor of ")


def open_microphone(name: str | None) -> Microphone:
    """Open the microphone of that name, or the default one. Raises NotFoundError (near names) and DeviceError."""
    return DeviceMicrophone(name)


def microphone_names() -> list[str]:
    """The names of this machine's microphones, the default one first; empty when there is none."""
    return [source.name for source in _sources() if not source.monitor]


def check_level(frames: Iterable[bytes]) -> Literal["silent", "clipping"] | None:
    """What is wrong with the level of these frames: nothing but silence (muted, or no frames), or too loud.

    A quiet room is not silent: every working microphone hisses a little.
    """
    samples = memoryview(b"".join(frames)).cast("h")
    if not samples or max(samples) - min(samples) <= 4:
        return "silent"
    clipped = sum(1 for sample in samples if sample >= 32_760 or sample <= -32_760)
    return "clipping" if clipped * 1000 > len(samples) else None


def _choose(name: str | None, sources: list[_Source]) -> _Source:
    """The source of that name, by exact name or a unique part; without a name the default one, never a monitor."""
    microphones = [source for source in sources if not source.monitor]
    if name is None:
        if not microphones:
            raise DeviceError("There is no microphone: plug one in and start again, or type with --keyboard.")
        return microphones[0]
    wanted = name.casefold()
    exact = [s for s in sources if wanted in (s.name.casefold(), s.system_name.casefold())]
    near = exact or [s for s in microphones if wanted and wanted in s.name.casefold()]
    if exact or len(near) == 1:
        return near[0]
    names = [source.name for source in near or microphones]
    listed = f"there are {', '.join(names)}." if names else "there is none at all; plug one in."
    raise NotFoundError.suggesting("microphone", name, names, listed)


def _sources() -> list[_Source]:
    """Everything to record from, the default first, of the first sound system that answers; empty when none does."""
    import miniaudio

    for backend in _backends():
        try:
            devices = miniaudio.Devices([backend])
            captures = devices.get_captures()
            defaults = _default_flags(devices)
        except miniaudio.MiniaudioError:
            continue
        found = [
            _Source(capture["name"], _system_name(capture["id"]), default, capture["id"], backend)
            for capture, default in zip(captures, defaults, strict=False)
        ]
        return sorted(found, key=lambda source: not source.default)
    return []


def _backends() -> list[miniaudio.Backend]:
    """The sound systems of this platform, named because miniaudio would silently fall back to a Null device."""
    from miniaudio import Backend

    if sys.platform == "darwin":
        return [Backend.COREAUDIO]
    if sys.platform == "win32":
        return [Backend.WASAPI]
    # Asked where there is no sound card, ALSA's library complains on standard error.
    return [Backend.PULSEAUDIO, Backend.ALSA] if Path("/dev/snd").exists() else [Backend.PULSEAUDIO]


def _default_flags(devices: miniaudio.Devices) -> list[bool]:
    """Which capture device is the default: known to miniaudio's C library, not told by its Python class."""
    from miniaudio import ffi, lib

    infos, count = ffi.new("ma_device_info**"), ffi.new("ma_uint32*")
    lib.ma_context_get_devices(devices._context, ffi.NULL, ffi.NULL, infos, count)
    return [bool(infos[0][n].isDefault) for n in range(count[0])]


def _system_name(device_id: Any) -> str:
    from miniaudio import ffi

    return bytes(ffi.buffer(device_id)).split(b"\0")[0].decode("utf-8", "replace")
