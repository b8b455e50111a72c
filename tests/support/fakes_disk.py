"""A disk that fails, or dies, at a chosen step."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec

import pytest

from voiceguide.errors import RecordError

Given = ParamSpec("Given")


class FakeCrash(BaseException):
    """The process dies here: nothing handles it."""


class FakeDisk:
    """Stands in the way of ``os`` calls that change the disk and counts them; the call ``fail_at`` fails."""

    CALLS = ("write", "fsync", "rename", "replace", "unlink", "ftruncate", "mkdir", "open", "chmod")

    def __init__(self, fail_at: int | None = None, error: BaseException | None = None) -> None:
        self.fail_at = fail_at
        self.error = error or FakeCrash()
        self.calls: list[str] = []

    @contextmanager
    def mounted(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDisk]:
        with monkeypatch.context() as patch:
            for name in self.CALLS:
                patch.setattr(os, name, self._guard(name, getattr(os, name)))
            yield self

    def fails(
        self, monkeypatch: pytest.MonkeyPatch, do: Callable[Given, object], *args: Given.args, **more: Given.kwargs
    ) -> BaseException | None:
        """Do it on this disk; how it failed, or None where it succeeded."""
        with self.mounted(monkeypatch):
            try:
                do(*args, **more)
            except (type(self.error), RecordError) as error:
                return error
        return None

    def _guard(self, name: str, real: Any) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            self.calls.append(name)
            dead = isinstance(self.error, FakeCrash)
            if self.fail_at is not None and (len(self.calls) == self.fail_at or (dead and self.reached)):
                raise self.error
            return real(*args, **options)

        return call

    @property
    def reached(self) -> bool:
        """The call that fails was made."""
        return self.fail_at is not None and len(self.calls) >= self.fail_at


def failing_disks(error: BaseException | None = None) -> Iterator[FakeDisk]:
    """Disks that fail at the first call, at the second, and so on; the last one is left before its call comes."""
    for fail_at in itertools.count(1):
        disk = FakeDisk(fail_at, error)
        yield disk
        if not disk.reached:
            break
    assert fail_at > 1, "nothing failed"
