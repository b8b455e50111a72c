"""Reading the fields of a TOML table so that every complaint names its place."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from typing import Any

from voiceguide.errors import ExerciseError
from voiceguide.exercise import is_trick

MAX_TEXT = 100_000
"""Characters of one file."""
MAX_LINE = 2_000
"""Characters of one line in it; the TOML reader takes quadratic time over very long ones."""


def shorten(words: str, most: int = 40) -> str:
    """The words, cut to ``most`` characters, with nothing that could play tricks on a terminal."""
    safe = "".join(c if c.isprintable() else " " for c in words[: most + 1])
    return safe if len(safe) <= most else safe[:most] + "…"


@dataclass(frozen=True)
class Table:
    """A TOML table with its place in the file."""

    data: dict[str, Any]
    source: str
    """What errors call the file."""
    where: str
    """Path of the table, as ``steps[3]``; empty for the file itself."""

    def error(self, key: str, complaint: str) -> ExerciseError:
        """An error about ``key`` (or the table itself, if empty), as one sentence."""
        path = ".".join(part for part in (self.where, key) if part)
        numbers = [str(int(number) + 1) for number in re.findall(r"steps\[(\d+)\]", path)]
        # Programmers count from 0, therapists from 1: the sentence serves both.
        place = f"{path} (step {'.'.join(numbers)})" if numbers else path
        return ExerciseError(f"{self.source}: {place} {complaint}.")

    def allow(self, *keys: str) -> None:
        """Refuse any other key, suggesting the nearest."""
        for key in self.data:
            if key not in keys:
                near = difflib.get_close_matches(key[:60], keys, n=1)
                advice = f"write {near[0]}" if near else f"what may stand here is {', '.join(keys)}"
                raise self.error(shorten(key), f"is not known: {advice}")

    def need(self, key: str) -> Any:
        """The value of a key that must be there."""
        if key not in self.data:
            raise self.error(key, "is missing: add it")
        return self.data[key]

    def text(self, key: str, most: int) -> str:
        """A text of 1 to ``most`` characters on one line; line breaks become spaces."""
        found = self.need(key)
        if not isinstance(found, str):
            raise self.error(key, f"must be a text in quotes, not {shorten(repr(found))}")
        if len(found) > most * 2:
            raise self.error(key, f"has {len(found)} characters: shorten it to {most}")
        for c in found:
            if c not in "\n\r\t" and is_trick(c):
                raise self.error(key, f"holds the invisible character U+{ord(c):04X}: take it out")
        tidy = " ".join(found.split())
        if not tidy:
            raise self.error(key, "is empty: write what is meant")
        if len(tidy) > most:
            raise self.error(key, f"has {len(tidy)} characters: shorten it to {most}")
        return tidy

    def number(self, key: str, least: float, most: float) -> float:
        """A number from ``least`` to ``most``."""
        found = self.need(key)
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise self.error(key, f"must be a number without quotes, not {shorten(repr(found))}")
        if not least <= found <= most:
            raise self.error(key, f"must be a number from {least:g} to {most:g}, not {shorten(repr(found))}")
        return float(found)

    def choice(self, key: str, options: tuple[str, ...]) -> str:
        """One of ``options``."""
        found = self.need(key)
        if found not in options:
            raise self.error(key, f"must be one of {', '.join(options)}, not {shorten(repr(found))}")
        return str(found)

    def tables(self, key: str) -> list[Table]:
        """A list of at least one table."""
        found = self.need(key)
        if not isinstance(found, list) or not found:
            raise self.error(key, f"must be a list of tables: write [[{key}]] before each")
        tables = []
        for number, each in enumerate(found):
            where = f"{self.where}.{key}[{number}]".lstrip(".")
            if not isinstance(each, dict):
                raise self.error(f"{key}[{number}]", f"must be a table, not {shorten(repr(each))}")
            tables.append(Table(each, self.source, where))
        return tables


def read_table(text: str, source: str) -> Table:
    """The file's table; ``source`` is what errors call the file. Raises ExerciseError."""
    if not text.strip():
        raise ExerciseError(f"{source} is empty: an exercise needs at least id, title and [[steps]].")
    if len(text) > MAX_TEXT:
        raise ExerciseError(
            f"{source} is longer than {MAX_TEXT} characters, far more than an exercise needs: shorten it."
        )
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MAX_LINE:
            raise ExerciseError(
                f"{source}, line {number}, has {len(line)} characters: break it, a line may have {MAX_LINE}."
            )
    try:
        return Table(tomllib.loads(text), source, "")
    except tomllib.TOMLDecodeError as error:
        why = shorten(str(error), 200)
        raise ExerciseError(
            f"{source} is not valid TOML: {why}. Look there, and at the end of the line before: is a quotation mark, "
            "a bracket or a comma missing?"
        ) from error
    except (ValueError, RecursionError) as error:
        raise ExerciseError(f"{source} nests too deeply or holds a number too long to read: simplify it.") from error
