"""Numbers as options take them, their range told in words: "80 to 300"."""

from __future__ import annotations

import click


class Whole(click.IntRange):
    """A whole number in a range."""

    def _describe_range(self) -> str:
        return f"{self.min:g} to {self.max:g}"


class Number(click.FloatRange):
    """A number in a range."""

    def _describe_range(self) -> str:
        return f"{self.min:g} to {self.max:g}"
