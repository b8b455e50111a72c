"""Exercises as text, for tests: a head, a few steps, and how they are read and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from voiceguide.exercise import Exercise, Step
from voiceguide.exercise.file import kebab, parse


def head(title: str, minutes: int = 1) -> str:
    """Everything before the steps."""
    return f"""
id = "{kebab(title)}"
title = "{title}"
theme = "trust"
minutes = {minutes}
for = "both"
why = "Because."
grounding = "Nothing."
"""


HEAD = head("A test", 5)
SAY = '[[steps]]\nsay = "Hello {first}."\n'


def read(steps: str, **fragments: str) -> Exercise:
    """The exercise with these steps, which may include these fragments."""
    return parse(HEAD + steps, "test.toml", fragments.get)


def told(steps: Sequence[Step]) -> str:
    """Bound steps, a line each, without what is as usual."""
    usual = {field.name: field.default for field in fields(Step)} | {"kind": None}
    lines = []
    for index, step in enumerate(steps):
        known = {name: value for name, value in vars(step).items() if name != "kind" and value != usual[name]}
        lines.append(f"{index:>3} {step.kind} " + ", ".join(f"{name}={value!r}" for name, value in known.items()))
    return "\n".join(lines) + "\n"
