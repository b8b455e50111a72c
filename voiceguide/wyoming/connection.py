"""One thing that a server is asked, with limits to what it may take and send."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from wyoming.error import Error
from wyoming.event import Event, async_read_event, async_write_event

from voiceguide.cleaning import clean
from voiceguide.errors import EngineError, VoiceguideError
from voiceguide.servers import addresses_of, server_of

_CONNECT = 2.0
"""Seconds; a machine in the same house answers in a hundredth of one."""

DESCRIBE = 3.0
"""Seconds in which a server says what it can do."""

_LONGEST_EVENT = 1 << 22
_MOST_TEXT = 20_000
"""Bytes and letters beyond which it is no answer."""

Found = TypeVar("Found")


class Connection:
    """Asks a server one thing, over a connection of its own: whatever ended before harms nothing."""

    def __init__(self, address: str, allow_remote: bool) -> None:
        """Nothing is sent yet. Raises NotFoundError for what is no address."""
        self.server = server_of(address)
        self._allow_remote = allow_remote
        self._loop: asyncio.Runner | None = None
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def send(self, events: Iterable[Event], seconds: float) -> None:
        """Send what will be asked about later. Raises VoiceguideError, after ``seconds`` at the latest."""
        try:
            self._run(self._sent(events), seconds)
        except VoiceguideError:
            self.close()
            raise

    def ask(self, asking: Iterable[Event], take: Callable[[Event], Found | None], seconds: float) -> Found:
        """Send ``asking``, read until ``take`` makes something of an event, and close.

        Raises EngineError, after ``seconds`` at the latest, and then because of a TimeoutError.
        """
        try:
            return self._run(self._asked(asking, take), seconds)
        finally:
            self.close()

    def close(self) -> None:
        """Let it go, at once. May be called again."""
        if self._streams:
            self._streams[1].transport.abort()
        if self._loop:
            self._loop.close()
        self._loop = self._streams = None

    def _run(self, talk: Coroutine[Any, Any, Found], seconds: float) -> Found:
        async def timed() -> Found:
            async with asyncio.timeout(seconds):
                return await talk

        self._loop = self._loop or asyncio.Runner()
        try:
            return self._loop.run(timed())
        except VoiceguideError:
            raise
        except TimeoutError as error:
            raise EngineError(
                f"The server {self.server} did not answer within {round(seconds, 1):g} seconds."
            ) from error
        except (OSError, EOFError) as error:
            number = getattr(error, "errno", None)
            why = os.strerror(number).lower() if number else "the connection was closed"
            raise EngineError(f"The server {self.server} cannot be reached: {why}.") from error
        except Exception as error:  # what it sends may be anything
            why = type(error).__name__
            raise EngineError(f"The server {self.server} gave no answer that can be used ({why}).") from error

    async def _asked(self, asking: Iterable[Event], take: Callable[[Event], Found | None]) -> Found:
        reader, _ = await self._sent(asking)
        while (answer := await async_read_event(reader)) is not None:
            if Error.is_type(answer.type):
                raise EngineError(f"The server {self.server} failed: {clean(str(answer.data.get('text')))[:200]}.")
            if (found := take(answer)) is not None:
                return found
        raise EngineError(f"The server {self.server} ended the connection without an answer.")

    async def _sent(self, events: Iterable[Event]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            async with asyncio.timeout(_CONNECT):
                self._streams = await self._connected()
        for event in events:
            await async_write_event(event, self._streams[1])
        return self._streams

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        loop = asyncio.get_running_loop()
        reader = _Reader()
        *others, last = addresses_of(self.server, self._allow_remote)
        for address in (*others, last):
            try:
                transport, protocol = await loop.create_connection(
                    lambda: asyncio.StreamReaderProtocol(reader), address, self.server.port
                )
                break
            except OSError:  # a name may lead to several, of which the server has one
                if address == last:
                    raise
        transport.set_write_buffer_limits(0)  # what is sent has left: between two calls the loop stands still
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


class _Reader(asyncio.StreamReader):
    """Takes no event that fills the memory."""

    async def readexactly(self, n: int) -> bytes:
        if n > _LONGEST_EVENT:
            raise ValueError("an event is too long")
        return await super().readexactly(n)


def text_of(value: object) -> str:
    """What a server calls text. Raises ValueError for what is none."""
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise ValueError("no text")
    return clean(value)
