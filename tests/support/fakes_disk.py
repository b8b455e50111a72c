"""A disk that fails, or dies, at a chosen step."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class FakeCrash(BaseException):
    """The process dies here: nothing handles it."""


class FakeDisk:
    """Stands in the way of ``os`` calls that change the disk and counts them; the call ``fail_at`` fails."""

    CALLS = ("write", "fsync", "rename", "replace", "unlink", "ftruncate", "mkdir", "open", "chmod")

    def __init__(self, fail_at: int | None = None, error: BaseException | None = None) -> None:
        self.fail_at = fail_at
        self.error = error or FakeCrash()
        self.calls = 0

    @contextmanager
    def mounted(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDisk]:
        with monkeypatch.context() as patch:
            for name in self.CALLS:
                patch.setattr(os, name, self._guard(getattr(os, name)))
            yield self

    def _guard(self, real: Any) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            self.calls += 1
            if self.calls == self.fail_at or (self.calls > (self.fail_at or self.calls) and self._dead):
                raise self.error
            return real(*args, **options)

        return call

    @property
    def _dead(self) -> bool:
        return isinstance(self.error, FakeCrash)
