"""Exercises as text, for tests: a head, a few steps, and how they are read."""

from __future__ import annotations

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
CHOOSE = '[[steps]]\nchoose = "How long?"\npartner = "both"\n[[steps.options]]\nname = "ten"\n'
SAY = '[[steps]]\nsay = "Hello {first}."\n'
MIRROR = """
[[steps]]
mirror = "{partner} mirrors {other}"
partner = "listener"
check = "{partner} checks {other}"
missed = "{partner} missed {other}"
example = "Back"
"""


def read(steps: str, **fragments: str) -> Exercise:
    """The exercise with these steps, which may include these fragments."""
    return parse(HEAD + steps, "test.toml", fragments.get)


def bound(steps: str, **fragments: str) -> tuple[Step, ...]:
    """Its steps for Anna and Ben."""
    return read(steps, **fragments).bind(("Anna", "Ben"))
