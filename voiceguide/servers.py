"""Servers: what they are called, and which are near. What they are asked is in ``voiceguide.wyoming``."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import unquote, urlsplit

from voiceguide.cleaning import clean
from voiceguide.errors import EngineError, FarError, NotFoundError, SettingsError
from voiceguide.overdue import within
from voiceguide.paths import pip_install

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
            f"{clean(address)[:80]!r} is no server: give {SCHEME}://HOST:PORT, for a voice {SCHEME}://HOST:PORT/VOICE; "
            "the port is most often 10300 to recognise, 10200 to speak."
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

    Raises EngineError where there is no such name, or nobody tells in time, FarError where it leads beyond this machine
    and its own network and that is not allowed.
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
        raise FarError(
            f"The server {server} is at {addresses[0]}, beyond your own network, and nothing protects on its way what "
            "is sent: only start, listen, demo, replay and refine send it all the same, with --allow-remote."
        )
    return allowed


@contextmanager
def kept_near() -> Iterator[None]:
    """What names a far server within the block is refused as a setting: each time somebody must mean it."""
    try:
        yield
    except FarError as error:
        raise SettingsError(
            "A server beyond your own network cannot be a setting, for nothing protects what you say on its way: name "
            "it each time, with --allow-remote."
        ) from error


def refuse_far(address: str, allow_remote: bool) -> None:
    """Raise FarError for a server that sound may not go to; one that cannot be found yet may be later."""
    with suppress(EngineError):
        addresses_of(server_of(address), allow_remote)
