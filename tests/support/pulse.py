"""A sound card without hardware: a private PulseAudio whose microphone and loudspeaker belong to the tests.

Import the fixture ``pulse`` from here. Several servers may run at once, as root or as anybody.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.waiting import within

RATE = 48_000
"""Samples a second of the loudspeaker's recordings."""

_PATIENCE = 20.0


class Recording:
    """What the loudspeaker plays, from the moment it begins until ``stop``."""

    def __init__(self, server: Pulse, path: Path) -> None:
        self._path = path
        self._raw = path.with_suffix(".raw")
        self._file = self._raw.open("wb")
        command = ["parec", "--raw", "--device=speaker.monitor", "--latency-msec=20", "--format=s16le"]
        self._process = subprocess.Popen(
            [*command, f"--rate={RATE}", "--channels=1"],
            env=server.env,
            stdout=self._file,
            stderr=subprocess.DEVNULL,
        )
        self.wait(0.02)

    @property
    def seconds(self) -> float:
        """How much audio has arrived."""
        return self._raw.stat().st_size / 2 / RATE

    def wait(self, seconds: float) -> None:
        """Let so much more audio arrive, by the server's clock."""
        enough = self.seconds + seconds
        assert within(_PATIENCE + seconds, lambda: self.seconds >= enough), "the loudspeaker's monitor gives no sound"

    def stop(self) -> Path:
        """End it; the WAV file's path."""
        self._process.terminate()
        self._process.wait()
        self._file.close()
        with wave.open(str(self._path), "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(RATE)
            wav.writeframes(self._raw.read_bytes())
        self._raw.unlink()
        return self._path


class Pulse:
    """The server; its sinks are ``speaker`` (default) and ``mic_feed``, its source ``mic`` (default)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "socket"
        self._server: subprocess.Popen[bytes] | None = None
        self._holders: list[subprocess.Popen[bytes]] = []
        self.env = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_STATE_PATH": str(folder),
            "PULSE_SERVER": f"unix:{self._socket}",
        }
        """For programs that shall use this sound card; their HOME is the server's folder."""

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._socket.unlink(missing_ok=True)
        modules = [
            f"module-native-protocol-unix auth-anonymous=1 socket={self._socket}",
            *(f"module-null-sink sink_name={name} rate={RATE} channels=1 "
              f"sink_properties=device.description={name}" for name in ("speaker", "mic_feed")),
        ]  # fmt: skip
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
        options = ["--realtime=no", "--high-priority=no", *(f"--load={module}" for module in modules)]
        self._server = self._spawn(*command, *options)
        assert within(_PATIENCE, lambda: self._control("info").returncode == 0), "pulseaudio does not answer"
        self._control("set-default-sink", "speaker")
        self.plug_microphone()
        # Held open, the sinks do not stall for up to 2 s when somebody begins to play.
        for sink in ("speaker", "mic_feed"):
            self._holders.append(self._spawn("pacat", "--raw", "--latency-msec=20", "-d", sink, "/dev/zero"))

    def kill(self) -> None:
        """End the server as a crash does."""
        for process in (self._server, *self._holders):
            if process is not None:
                process.kill()
                process.wait()
        self._server = None
        self._holders.clear()

    def freeze(self) -> None:
        """Let the server hang."""
        assert self._server is not None
        self._server.send_signal(signal.SIGSTOP)

    def plug_microphone(self) -> None:
        """Add the microphone, and make it the default."""
        about = "source_properties=device.description=mic"
        self._control("load-module", "module-remap-source", "source_name=mic", "master=mic_feed.monitor", about)
        self._control("set-default-source", "mic")

    def unplug_microphone(self) -> None:
        """Take the microphone away."""
        self._control("unload-module", "module-remap-source")

    def play_into_microphone(self, path: Path) -> None:
        """Play a sound file to the microphone, to its end."""
        command = ["paplay", "--latency-msec=20", "--device=mic_feed", str(path)]
        subprocess.run(command, env=self.env, check=True, capture_output=True)

    def record_speaker(self, path: Path) -> Recording:
        """Record what the loudspeaker plays, from now on, to a WAV file."""
        return Recording(self, path)

    def _control(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["pactl", *arguments], env=self.env, check=False, capture_output=True)

    def _spawn(self, *command: str) -> subprocess.Popen[bytes]:
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, env=self.env, stdout=quiet, stderr=quiet)


@contextmanager
def private_pulse() -> Iterator[Pulse]:
    """A running server of one's own."""
    folder = Path(tempfile.mkdtemp(prefix="voiceguide-pulse-"))  # short: a socket's path holds 107 letters
    server = Pulse(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def pulse(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    """A running server that this process and its children use."""
    if not all(shutil.which(tool) for tool in ("pulseaudio", "pactl", "pacat", "parec", "paplay")):
        pytest.skip("pulseaudio and its tools are not installed")
    with private_pulse() as server:
        for name in ("XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "PULSE_STATE_PATH", "PULSE_SERVER"):
            monkeypatch.setenv(name, server.env[name])
        yield server
