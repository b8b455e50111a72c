"""Engines in child processes: they may crash or hang without harm, and never hold our interpreter's lock.

A call travels as a pickled ``(method, args)`` through a pipe and comes back as a value or an error. A child
that crashes or does not answer in time is killed and started anew; the call is tried twice, then given up.
"""

from __future__ import annotations

import atexit
import importlib
import multiprocessing
import os
import queue
import signal
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Any, Protocol, Self

from voiceguide.errors import EngineError, VoiceguideError

_FAREWELL_SECONDS = 5.0
"""How long close() waits for the thread; it is a daemon, so whatever holds it up cannot hold up the program's end."""

SPAWNING = threading.Lock()
"""Held while a child is begun: if we end before it has been told what it is, it prints a traceback."""

_Call = tuple[Future[Any], str, tuple[Any, ...]]


class Calls(Protocol):
    """What takes calls for an engine: a Worker, or what stands before one."""

    def submit(self, method: str, *args: Any) -> Future[Any]:
        """See Worker.submit."""
        ...


def cancel(future: Future[Any]) -> None:
    """Cancel it and wake whoever waits: ``concurrent.futures.wait`` counts none as done that is only cancelled."""
    if future.cancel():
        future.set_running_or_notify_cancel()


def pass_on(found: Future[Any], made: Future[Any]) -> None:
    """Give ``found`` what ``made``, which is done, has come to."""
    if made.cancelled():
        cancel(found)
    elif found.set_running_or_notify_cancel():
        error = made.exception()
        if error is None:
            found.set_result(made.result())
        else:
            found.set_exception(error)


class OneByOne:
    """Begins one thing after the other: each when the one before it is done, in whatever thread that was."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], Future[Any] | None]] = deque()
        self._later: deque[Callable[[], Future[Any] | None]] = deque()
        self._busy = False
        self._lock = threading.Lock()

    @property
    def is_idle(self) -> bool:
        """Nothing is going on, or waits."""
        with self._lock:
            return not (self._busy or self._waiting or self._later)

    def add(self, begin: Callable[[], Future[Any] | None], later: bool = False) -> None:
        """``begin`` is called when its turn comes; it is done with the future that it gives, at once without one.

        ``later``: after everything else that waits. What ``begin`` itself wants to be called when the future is done is
        called before the next one begins.
        """
        with self._lock:
            (self._later if later else self._waiting).append(begin)
        self._go_on()

    def _go_on(self) -> None:
        while True:
            with self._lock:
                waiting = self._waiting or self._later
                if self._busy or not waiting:
                    return
                begin, self._busy = waiting.popleft(), True
            try:
                begun = begin()
            except BaseException:  # it is the caller's; the others still have their turn
                self._busy = False
                raise
            if begun is not None:
                begun.add_done_callback(self._done)
                return
            with self._lock:
                self._busy = False

    def _done(self, done: Future[Any]) -> None:
        with self._lock:
            self._busy = False
        self._go_on()


class _GoneError(Exception):
    """The child crashed, hangs or was killed by close(); the text says which, as a verb."""


class Worker:
    """One engine in one child process; calls are served in the order they were submitted."""

    def __init__(self, factory: str, *args: Any, seconds: float, start_seconds: float = 60.0) -> None:
        """Describe the engine; nothing runs yet.

        ``factory`` is ``module:callable``; called with ``args`` in the child, it gives the engine.
        ``seconds`` is the time limit of one call, ``start_seconds`` that of making the engine.
        """
        self._factory = factory
        self._args = args
        self._seconds = seconds
        self._start_seconds = start_seconds
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    def start(self) -> None:
        """Begin the child process without waiting for it; does nothing when it has begun or is closed."""
        with self._lock:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name=f"worker {self._factory}", daemon=True)
                self._thread.start()
                # Runs before multiprocessing's own exit hook, which would make the thread start a new child.
                atexit.register(self.close)

    def submit(self, method: str, *args: Any) -> Future[Any]:
        """Call a method of the engine; starts the child if need be.

        The future gives the method's value, its VoiceguideError unchanged, or EngineError. It is cancelled
        when the worker is closed first.
        """
        future: Future[Any] = Future()
        self.start()
        with self._lock:
            if self._closed:
                cancel(future)
            else:
                self._calls.put((future, method, args))
        return future

    def close(self) -> None:
        """Kill the child and cancel what is not done. Never raises; may be called again."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            if self._process is not None:
                self._process.kill()
            self._calls.put(None)
        atexit.unregister(self.close)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(_FAREWELL_SECONDS)
        self._cancel_all()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- in the thread --

    def _run(self) -> None:
        if hasattr(signal, "pthread_sigmask"):
            # The child inherits this mask, so Ctrl-C cannot hit it before it has learnt to ignore it. The
            # tracker process of multiprocessing lifts the mask when it starts, hence it starts first.
            from multiprocessing import resource_tracker

            resource_tracker.ensure_running()  # type: ignore[no-untyped-call,unused-ignore]  # stubs differ by Python version
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        self._warm_up()
        while not self._closed and (call := self._calls.get()) is not None:
            self._serve(*call)
        self._discard()

    def _warm_up(self) -> None:
        try:
            self._connect()
        except (_GoneError, VoiceguideError):
            self._discard()  # The first call tries again and reports what is wrong.

    def _serve(self, future: Future[Any], method: str, args: tuple[Any, ...]) -> None:
        if future.cancelled():
            future.set_running_or_notify_cancel()
            return
        value, error = self._try(method, args)
        if self._closed and error is not None:
            cancel(future)
        elif future.set_running_or_notify_cancel():
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(value)

    def _try(self, method: str, args: tuple[Any, ...]) -> tuple[Any, Exception | None]:
        why = ""
        for _ in range(2):
            try:
                return self._exchange(self._connect(), (method, args), self._seconds), None
            except VoiceguideError as error:
                if self._pipe is None:
                    self._discard()
                return None, error
            except _GoneError as gone:
                why = str(gone)
                self._discard()
            except Exception as error:  # Unpicklable arguments are a bug: it must show, not end this thread.
                return None, error
        name = self._factory.rpartition(":")[2]
        return None, EngineError(f"The engine {name} {why} in {method}, twice: run voiceguide doctor")

    def _connect(self) -> Connection:
        """The pipe to a child whose engine is ready. Raises _GoneError, or the engine's own error."""
        if self._pipe is not None:
            return self._pipe
        context = multiprocessing.get_context("spawn")
        with self._lock:
            if self._closed:
                raise _GoneError("was closed")
            pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve_engine, args=(theirs, self._factory, self._args), daemon=True)
            with SPAWNING:
                self._process.start()
            theirs.close()
        try:
            self._exchange(pipe, None, self._start_seconds)
        except BaseException:
            pipe.close()
            raise
        self._pipe = pipe
        return pipe

    def _exchange(self, pipe: Connection, message: object, seconds: float) -> Any:
        try:
            if message is not None:
                pipe.send(message)
            if not pipe.poll(seconds):
                raise _GoneError(f"did not answer within {seconds:g} seconds")
            good, value = pipe.recv()
        except (EOFError, OSError):
            raise _GoneError("crashed") from None
        if not good:
            raise value
        return value

    def _discard(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if process is not None:
            process.kill()
            # Not close() as well: where Ctrl-C cut our own close() short, multiprocessing's exit hook joins it, too.
            process.join()

    def _cancel_all(self) -> None:
        while not self._calls.empty():
            call = self._calls.get()
            if call is not None:
                cancel(call[0])


# -- in the child --


def _serve_engine(pipe: Connection, factory: str, args: tuple[Any, ...]) -> None:
    for name in ("SIGINT", "SIGHUP"):  # Ctrl-C and a closed terminal belong to the parent, which needs us still.
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    devnull = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):  # Engines and their C libraries print; the terminal is not theirs.
        os.dup2(devnull, descriptor)
    requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(pipe, requests), daemon=True).start()
    module, _, name = factory.partition(":")
    good, engine = _attempt(lambda: getattr(importlib.import_module(module), name)(*args), f"start {name}")
    pipe.send((good, None if good else engine))
    while True:
        method, given = requests.get()
        pipe.send(_attempt(lambda m=method, g=given: getattr(engine, m)(*g), f"{name}.{method}"))


def _read_requests(pipe: Connection, requests: queue.SimpleQueue[Any]) -> None:
    """Read in a thread of its own, so that the parent's death ends us even while the engine hangs."""
    try:
        while True:
            requests.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(0)


def _attempt(call: Any, what: str) -> tuple[bool, Any]:
    try:
        return True, call()
    except VoiceguideError as error:
        return False, error
    except Exception as error:
        text = f"{type(error).__name__}: {error}"[:200]
        return False, EngineError(f"An engine failed ({what}, {text}): run voiceguide doctor")
