"""The microphone: frames of 512 samples, 16 kHz, 16-bit mono, from a device that may vanish and come back."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, wait
from typing import Literal, Protocol, TypeVar

from voiceguide.errors import DeviceError, NotFoundError
from voiceguide.sound import FRAME_BYTES, FRAME_SECONDS, LISTEN_RATE
from voiceguide.sound.devices import SoundDevice, sound_devices

Result = TypeVar("Result")

_LOST_SECONDS = 1.5
"""No samples for so long: the device is gone. A killed sound server or a lost source says nothing, it just stops."""

_FIRST_SECONDS = 4.0
"""The same before the first sample: virtual sinks stall for 2 s, a Bluetooth headset changes its profile."""

_KEPT_FRAMES = round(60 / FRAME_SECONDS)
"""Frames that wait while the program is busy (a minute, 2 MB)."""

_PERIOD_MS = 32

_OPENING_SECONDS = 5.0
"""A sound system that takes longer to open a device does not answer at all."""

_PROMPT_SECONDS = 0.5
"""The same in mid-session, where keys and screen are waiting; opening takes 0.02 s."""


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
        self._opening: Future[_Capture] | None = None
        try:
            self._capture: _Capture | None = _aside(self._open).result(_OPENING_SECONDS)
        except TimeoutError:
            raise DeviceError("The sound system does not answer: restart it, or type with --keyboard.") from None

    @property
    def lost(self) -> bool:
        """See Microphone."""
        return self._capture is None or self._capture.lost

    def read(self, seconds: float) -> bytes | None:
        """See Microphone."""
        if self._capture is None:
            return None
        try:
            return self._capture.frames.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return None
        finally:
            self.overruns += self._capture.take_overruns()

    def reopen(self) -> bool:
        """See Microphone. It is a new device object: miniaudio's old one never wakes again."""
        self.close()
        self._opening = self._opening or _aside(self._open)
        try:
            self._capture = self._opening.result(_PROMPT_SECONDS)
        except TimeoutError:
            return False  # the sound system hangs; the next call waits for the same attempt
        except (DeviceError, NotFoundError):
            self._opening = None
            return False
        self._opening = None
        return not self.lost

    def close(self) -> None:
        """See Microphone."""
        capture, self._capture = self._capture, None
        if capture is not None:
            wait([_aside(capture.close)], _PROMPT_SECONDS)

    def _open(self) -> _Capture:
        return _Capture(_choose(self._name, sound_devices("capture")))


def _aside(action: Callable[[], Result]) -> Future[Result]:
    """Do it in a thread that nobody has to wait for: a sound server that hangs, hangs whoever opens or closes."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(action())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name="microphone", daemon=True).start()
    return future


class _Capture:
    """One opened device, pouring frames into a queue from miniaudio's thread."""

    def __init__(self, device: SoundDevice) -> None:
        import miniaudio

        self.frames: queue.Queue[bytes] = queue.Queue(_KEPT_FRAMES)
        self._overruns = 0
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
                device_id=device.id,
                backends=[device.backend],
                app_name="voiceguide",
            )
            self._device.stop_callback = self._fail
            self._device.start(collector)
        except miniaudio.MiniaudioError as error:
            raise DeviceError(
                f"The microphone {device.name!r} cannot be opened ({error}): is another program using it?"
            ) from error

    @property
    def lost(self) -> bool:
        return self._failed or time.monotonic() > self._silent_after

    def take_overruns(self) -> int:
        """Frames lost since this was asked last."""
        taken, self._overruns = self._overruns, 0
        return taken

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
                    self.frames.put_nowait(bytes(pending[:FRAME_BYTES]))
                except queue.Full:
                    self._overruns += 1
                del pending[:FRAME_BYTES]


def open_microphone(name: str | None) -> Microphone:
    """Open the microphone of that name, or the default one. Raises NotFoundError (near names) and DeviceError."""
    return DeviceMicrophone(name)


def microphone_names() -> list[str]:
    """The names of this machine's microphones, the default one first; empty when there is none."""
    try:
        devices = _aside(lambda: sound_devices("capture")).result(_OPENING_SECONDS)
    except TimeoutError:
        return []
    return [device.name for device in devices if not _is_monitor(device)]


def _is_monitor(device: SoundDevice) -> bool:
    """Whether it records what a loudspeaker plays: the guide would hear itself."""
    return device.system_name.endswith(".monitor") or device.name.startswith("Monitor of ")


def check_level(frames: Iterable[bytes]) -> Literal["silent", "clipping"] | None:
    """What is wrong with the level of these frames: nothing but silence (muted, or no frames), or too loud.

    A quiet room is not silent: every working microphone hisses a little.
    """
    samples = memoryview(b"".join(frames)).cast("h")
    if not samples or max(samples) - min(samples) <= 4:
        return "silent"
    clipped = sum(1 for sample in samples if sample >= 32_760 or sample <= -32_760)
    return "clipping" if clipped * 1000 > len(samples) else None


def _choose(name: str | None, devices: list[SoundDevice]) -> SoundDevice:
    """The device of that name, by exact name or a unique part; without a name the default one, never a monitor."""
    microphones = [device for device in devices if not _is_monitor(device)]
    if name is None:
        if not microphones:
            raise DeviceError("There is no microphone: plug one in and start again, or type with --keyboard.")
        return microphones[0]
    wanted = name.casefold()
    exact = [device for device in devices if wanted in (device.name.casefold(), device.system_name.casefold())]
    near = exact or [device for device in microphones if wanted and wanted in device.name.casefold()]
    if exact or len(near) == 1:
        return near[0]
    names = [device.name for device in near or microphones]
    listed = f"there are {', '.join(names)}." if names else "there is none at all; plug one in."
    raise NotFoundError.suggesting("microphone", name, names, listed)
