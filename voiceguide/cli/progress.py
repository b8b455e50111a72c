"""How far something long has come: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from voiceguide.cli.plain import say
from voiceguide.cli.screen import is_terminal

_STEP = 10
"""Per cent between two lines."""

Tell = Callable[[int, int], None]
"""Is told how much of how much is done."""


@contextmanager
def progress(what: str, in_words: Callable[[int], str] = str) -> Iterator[Tell]:
    """Shows what it is told while the context is open; ``in_words`` says a number with its unit."""
    if not is_terminal():
        yield _Lines(what, in_words)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[shown]}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(highlight=False)) as bar:
        task = bar.add_task(what, total=None, shown="")

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, shown=f"{in_words(done)} of {in_words(total)}")

        yield tell


class _Lines:
    def __init__(self, what: str, in_words: Callable[[int], str]) -> None:
        self._what = what
        self._in_words = in_words
        self._next = 0

    def __call__(self, done: int, total: int) -> None:
        share = 100 * done // total if total else 100
        if share >= self._next:
            say(f"{self._what}: {self._in_words(done)} of {self._in_words(total)} ({share} %)")
            self._next = share // _STEP * _STEP + _STEP
