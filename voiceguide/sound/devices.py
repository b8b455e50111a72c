"""What this machine can play to and record from, as miniaudio's C library tells it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import miniaudio


@dataclass(frozen=True)
class SoundDevice:
    """A loudspeaker or a microphone."""

    name: str
    system_name: str
    """PulseAudio's or ALSA's own name; meaningless on other systems."""
    id: Any
    """miniaudio's device id."""
    backend: miniaudio.Backend


def sound_devices(kind: Literal["playback", "capture"]) -> list[SoundDevice]:
    """All devices of that kind, the default first, of the first sound system that has any; empty when none has."""
    import miniaudio

    for backend in _backends():
        try:
            system = miniaudio.Devices([backend])
        except miniaudio.MiniaudioError:
            continue
        if found := _listed(system, kind, backend):
            return found
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


def _listed(system: miniaudio.Devices, kind: str, backend: miniaudio.Backend) -> list[SoundDevice]:
    """Ask the C library: its Python class does not tell the default, and fails as a whole for one odd device."""
    from miniaudio import ffi, lib

    infos, count = ffi.new("ma_device_info**"), ffi.new("ma_uint32*")
    wanted, other = (infos, count), (ffi.NULL, ffi.NULL)
    both = (*wanted, *other) if kind == "playback" else (*other, *wanted)
    if lib.ma_context_get_devices(system._context, *both) != lib.MA_SUCCESS:
        return []
    found = []
    for info in sorted((infos[0][n] for n in range(count[0])), key=lambda info: not info.isDefault):
        device_id = ffi.new("ma_device_id *", info.id)  # a copy: the list belongs to the context
        name = ffi.string(info.name).decode("utf-8", "replace")
        system_name = bytes(ffi.buffer(device_id)).split(b"\0")[0].decode("utf-8", "replace")
        found.append(SoundDevice(name, system_name, device_id, backend))
    return found
