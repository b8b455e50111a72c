"""What is asked of a server, and what happens where it fails: it is left alone for a while, and this machine works.

The protocol itself is in ``voiceguide.wyoming``, which only child processes load.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import Any

from voiceguide.servers import Server
from voiceguide.sound import Sound
from voiceguide.worker import Calls, OneByOne, cancel, pass_on

_REST, _LONGEST_REST = 20.0, 300.0
"""Seconds in which what failed is not asked again: at first, and after it has failed again and again."""


class Rest:
    """How long something that fails is left alone."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.problem = ""
        """Why it failed last; empty while it does not."""
        self._clock = clock
        self._seconds, self._until = _REST, clock()

    @property
    def is_over(self) -> bool:
        """It may be asked."""
        return self._clock() >= self._until

    def begin(self, error: BaseException) -> None:
        """It has failed."""
        self.problem = str(error)
        self._until = self._clock() + self._seconds
        self._seconds = min(2 * self._seconds, _LONGEST_REST)

    def end(self) -> None:
        """It has not failed."""
        self.problem, self._seconds, self._until = "", _REST, self._clock()


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
        self._there, self._here, self._rest = there, here, Rest(clock)
        self._turns = OneByOne()
        self._is_open = False

    @property
    def problem(self) -> str:
        """Why this machine hears in place of the server, as that failed last; empty while it does not."""
        return self._rest.problem

    def forbid(self) -> None:
        """From now on nothing goes there, and nothing is wrong with it."""
        self.allowed, self._rest.problem = False, ""
        self._turns.add(self._let_go)

    def look(self) -> None:
        """Ask the server whether it is there and recognises speech, before anybody speaks; no sound goes there."""
        self._turns.add(self._look)

    def submit(self, method: str, *args: Any) -> Future[Any]:
        """As Worker.submit."""
        found: Future[Any] = Future()
        if method == "recognize" and self.allowed:
            # One at a time: whether it may go there is decided when it is its turn, and what waits behind a server
            # that fails does not wait for it again and again.
            self._turns.add(partial(self._hear, found, method, args))
        else:
            self._hear_here(found, method, args)
        return found

    def ahead(self, beginning: Sound) -> None:
        """Let the server have what is being said (16 kHz) while it is being said; all of it is still submitted.

        Nothing while anybody waits for words: they may turn out to be "pause".
        """
        if self._turns.is_idle and self._goes():
            self._turns.add(partial(self._send, beginning))

    def _goes(self) -> bool:
        """Whether anything may go to the server now."""
        return self.allowed and self.kept() and self._rest.is_over

    def _hear(self, found: Future[Any], method: str, args: tuple[Any, ...]) -> Future[Any] | None:
        if not self._goes():
            self._hear_here(found, method, args)
            return self._let_go()
        asked = self._there.submit(method, *args)
        asked.add_done_callback(partial(self._finish, found, method, args))
        return asked

    def _send(self, beginning: Sound) -> Future[Any] | None:
        if not self._goes():
            return None
        self._is_open = True
        sent = self._there.submit("ahead", beginning)
        sent.add_done_callback(self._sent)
        return sent

    def _look(self) -> Future[Any]:
        looked = self._there.submit("check")
        looked.add_done_callback(self._sent)
        return looked

    def _let_go(self) -> Future[Any] | None:
        """The server has no use for the beginning of what it does not get."""
        was_open, self._is_open = self._is_open, False
        return self._there.submit("close") if was_open else None

    def _sent(self, sent: Future[Any]) -> None:
        if not sent.cancelled() and (error := sent.exception()):
            self._is_open = False
            self._rest.begin(error)

    def _hear_here(self, found: Future[Any], method: str, args: tuple[Any, ...]) -> None:
        self._here.submit(method, *args).add_done_callback(partial(pass_on, found))

    def _finish(self, found: Future[Any], method: str, args: tuple[Any, ...], asked: Future[Any]) -> None:
        try:
            value = asked.result()
        except CancelledError:
            cancel(found)
        except Exception as error:  # whatever it is, somebody waits for these words
            self._rest.begin(error)
            self._hear_here(found, method, args)
        else:
            self._rest.end()
            if found.set_running_or_notify_cancel():
                found.set_result(value)
