"""Servers that hear or speak in place of this machine, and what happens where they do not.

What a server is called, which are near, and a recogniser's worker that asks this machine's own engine wherever the
server fails. The protocol itself is in ``voiceguide.wyoming``, which only child processes load.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import unquote, urlsplit

from voiceguide.cleaning import clean
from voiceguide.errors import EngineError, NotFoundError, VoiceguideError
from voiceguide.overdue import within
from voiceguide.paths import pip_install
from voiceguide.sound import Sound
from voiceguide.worker import Calls, pass_on

SCHEME = "wyoming"

_NEAR = [
    ip_network(near)
    for near in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
        "::1/128", "fc00::/7", "fe80::/10",
    )
]  # fmt: skip

_LOOK_UP = 2.0
"""Seconds in which a network tells where a name leads; the system itself would wait for thirty."""

_REST, _LONGEST_REST = 20.0, 300.0
"""Seconds in which a server that failed is not asked again: at first, and after it has failed again and again."""


def is_address(name: str) -> bool:
    """Whether this names a server and no engine or voice of this machine."""
    return name.strip().lower().startswith(f"{SCHEME}:")


@dataclass(frozen=True)
class Server:
    """A Wyoming server."""

    host: str
    port: int
    voice: str = ""
    """The one of its voices that is meant; empty for its own choice."""

    @property
    def spoken(self) -> str:
        """What the guide calls it."""
        with suppress(ValueError):
            if self.host == "localhost" or ip_address(self.host).is_loopback:
                return "a server on this computer"
        return f"the computer {self.host}"

    def __str__(self) -> str:
        return f"{SCHEME}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def server_of(address: str) -> Server:
    """The server of this address. Raises NotFoundError for what is no address."""
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    odd = parts.query or parts.fragment or parts.username is not None if host else True
    if not host or not port or odd or parts.scheme != SCHEME:
        raise NotFoundError(
            f"{clean(address)[:80]!r} is no server: give {SCHEME}://HOST:PORT, for a voice {SCHEME}://HOST:PORT/VOICE."
        )
    return Server(host, port, unquote(parts.path.strip("/")))


def missing_package() -> EngineError:
    """What is to be said where the package ``wyoming`` is not installed."""
    return EngineError(f"Servers need the package wyoming, which is not here: run {pip_install('wyoming')}.")


def is_near(address: str) -> bool:
    """Whether it is this machine's, or a private one (RFC 1918, RFC 4193), or link-local."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return any(ip in network for network in _NEAR)


def addresses_of(server: Server, allow_remote: bool) -> list[str]:
    """Where sound may go: addresses, for a name may lead elsewhere the next time.

    Raises EngineError where there is no such name, or nobody tells in time, VoiceguideError where it leads beyond this
    machine and its own network and that is not allowed.
    """
    look_up = partial(socket.getaddrinfo, server.host, server.port, type=socket.SOCK_STREAM)
    try:
        found = within(_LOOK_UP, look_up)
    except (OSError, UnicodeError):
        raise EngineError(f"The server {server} is not found: nothing here is called {server.host}.") from None
    if found is None:
        raise EngineError(f"The server {server} is not found: this network does not tell where {server.host} is.")
    addresses = [str(entry[4][0]) for entry in found]
    allowed = addresses if allow_remote else [address for address in addresses if is_near(address)]
    if not allowed:
        raise VoiceguideError(
            f"The server {server} is at {addresses[0]}, beyond your own network, where nothing protects what you say "
            "on its way: --allow-remote (of start, listen, demo, replay and refine) sends it there all the same."
        )
    return allowed


def refuse_far(address: str, allow_remote: bool) -> None:
    """Raise VoiceguideError for a server that sound may not go to; one that cannot be found yet may be later."""
    with suppress(EngineError):
        addresses_of(server_of(address), allow_remote)


class Elsewhere:
    """Takes calls for a recogniser as a Worker does, and hands them to a server or to this machine's own engine.

    To the server only while ``allowed`` (nobody is heard there who has not agreed) and while what is said is ``kept``
    (in no pause, not off the record), never what is looked at before somebody calls the guide, and for a while not
    after it failed. Nothing is lost then: this machine hears the same sound. The results come in any order; whoever
    waits for them keeps theirs.
    """

    def __init__(self, server: Server, there: Calls, here: Calls, clock: Callable[[], float] = time.monotonic) -> None:
        self.server = server
        self.allowed = False
        self.kept: Callable[[], bool] = bool
        self.problem = ""
        """Why this machine hears in place of the server, as it failed last; empty while it does not."""
        self._there, self._here, self._clock = there, here, clock
        self._rest, self._until = _REST, clock()
        self._waiting: deque[tuple[Future[Any], str, tuple[Any, ...]]] = deque()
        self._busy = False
        self._lock = threading.Lock()

    def forbid(self) -> None:
        """From now on nothing goes there, and nothing is wrong with it."""
        self.allowed, self.problem = False, ""

    def submit(self, method: str, *args: Any) -> Future[Any]:
        """As Worker.submit."""
        found: Future[Any] = Future()
        if method == "recognize" and self.allowed:
            with self._lock:
                self._waiting.append((found, method, args))
            self._ask()
        else:
            self._hear_here(found, method, args)
        return found

    def ahead(self, beginning: Sound) -> None:
        """Let the server have what is being said (16 kHz) while it is being said; all of it is still submitted.

        Nothing while anybody waits for words: they may turn out to be "pause".
        """
        with self._lock:
            goes = not self._busy and self._goes()
            self._busy |= goes
        if goes:
            self._there.submit("ahead", beginning).add_done_callback(self._sent)

    def _goes(self) -> bool:
        """Whether anything may go to the server now."""
        return self.allowed and self.kept() and self._clock() >= self._until

    def _sent(self, made: Future[Any]) -> None:
        self._busy = False
        if not made.cancelled() and (error := made.exception()):
            self._fail(error)
        self._ask()

    def _fail(self, error: BaseException) -> None:
        self.problem = str(error)
        self._until = self._clock() + self._rest
        self._rest = min(2 * self._rest, _LONGEST_REST)

    def _ask(self) -> None:
        """Hand the next sound over. One at a time: whether it may go there is decided when it is its turn, and what
        waits behind a server that fails does not wait for it again and again."""
        while True:
            with self._lock:
                if self._busy or not self._waiting:
                    return
                found, method, args = self._waiting.popleft()
                self._busy = goes = self._goes()
            if goes:
                self._there.submit(method, *args).add_done_callback(partial(self._finish, found, method, args))
            else:
                self._hear_here(found, method, args)

    def _hear_here(self, found: Future[Any], method: str, args: tuple[Any, ...]) -> None:
        self._here.submit(method, *args).add_done_callback(partial(pass_on, found))

    def _finish(self, found: Future[Any], method: str, args: tuple[Any, ...], asked: Future[Any]) -> None:
        self._busy = False
        try:
            value = asked.result()
        except CancelledError:
            found.cancel()
        except Exception as error:  # whatever it is, somebody waits for these words
            self._fail(error)
            self._hear_here(found, method, args)
        else:
            self.problem, self._rest = "", _REST
            if found.set_running_or_notify_cancel():
                found.set_result(value)
        self._ask()
