"""Steps inside steps: what is said twice, what branches and what goes round becomes flat, and every jump lands."""

from __future__ import annotations

import pytest

from tests.support.exercise_text import CHOOSE, MIRROR, SAY, bound
from voiceguide.exercise import StepKind


def led(steps: str) -> list[tuple[str, int, int | None]]:
    return [(step.prompt, step.then, step.otherwise) for step in bound(steps)]


def test_swap_runs_twice_with_roles_and_examples_exchanged() -> None:
    steps = bound("""
[[steps]]
swap = true
[[steps.steps]]
floor = "{speaker} to {listener}, {first}"
partner = "speaker"
example = ["one", "two"]
[[steps.steps]]
floor = "{partner}"
partner = "listener"
""")
    assert [(s.prompt, s.partner, s.example, s.place, s.then) for s in steps] == [
        ("Anna to Ben, Anna", "a", "one", 1, 1),
        ("Ben", "b", "", 2, 2),
        ("Ben to Anna, Anna", "b", "two", 3, 3),
        ("Anna", "a", "", 4, 4),
    ]


def test_repeat() -> None:
    steps = bound('[[steps]]\nrepeat = 3\n[[steps.steps]]\nsay = "Breathe."\n')
    assert [(s.place, s.then) for s in steps] == [(1, 1), (2, 2), (3, 3)]


def test_jumps_are_right_after_a_block() -> None:
    steps = bound("[[steps]]\nswap = true\n" + MIRROR.replace("[[steps]]", "[[steps.steps]]") + SAY)
    assert [(s.then, s.otherwise) for s in steps] == [
        (1, None),
        (3, 2),
        (0, None),
        (4, None),
        (6, 5),
        (3, None),
        (7, None),
    ]


def test_decide_goes_one_of_two_ways_and_both_go_on_behind_it() -> None:
    text = """
[[steps]]
decide = "Now?"
partner = "first"
[[steps.yes]]
say = "Yes one."
[[steps.yes]]
say = "Yes two."
[[steps.no]]
say = "No."
[[steps]]
say = "On."
"""
    assert led(text) == [
        ("Now?", 1, 3),
        ("Yes one.", 2, None),
        ("Yes two.", 4, None),
        ("No.", 4, None),
        ("On.", 5, None),
    ]
    assert [step.place for step in bound(text)] == [1, 2, 3, 2, 4]


@pytest.mark.parametrize(("way", "then", "otherwise"), [("yes", 1, 2), ("no", 2, 1)])
def test_a_way_may_be_empty(way: str, then: int, otherwise: int) -> None:
    text = f'[[steps]]\ndecide = "Now?"\npartner = "first"\n[[steps.{way}]]\nsay = "So."\n[[steps]]\nsay = "On."'
    assert led(text) == [("Now?", then, otherwise), ("So.", 2, None), ("On.", 3, None)]


def test_choose_leads_each_option_its_way() -> None:
    text = (
        CHOOSE
        + """
[[steps.options.steps]]
say = "Ten."
[[steps.options]]
name = "fifteen"
words = ["the long one"]
[[steps.options.steps]]
floor = "Fifteen."
partner = "first"
[[steps]]
say = "On."
"""
    )
    steps = bound(text)
    assert [(option.name, option.words, option.then) for option in steps[0].options] == [
        ("ten", (), 1),
        ("fifteen", ("the long one",), 2),
    ]
    assert (steps[0].partner, steps[0].then, steps[0].otherwise) == ("both", 1, None)
    assert [step.then for step in steps] == [1, 3, 3, 4]


def test_more_asks_and_goes_round_in_one_place() -> None:
    text = """
[[steps]]
more = "Is there more?"
partner = "first"
[[steps.steps]]
mirror = "Say it back."
partner = "second"
check = "Right?"
missed = "What is missing?"
[[steps]]
say = "On."
"""
    assert led(text) == [
        ("Is there more?", 1, 4),
        ("Say it back.", 2, None),
        ("Right?", 0, 3),
        ("What is missing?", 1, None),
        ("On.", 5, None),
    ]
    assert [step.place for step in bound(text)] == [1, 1, 1, 1, 2]


@pytest.mark.parametrize("no", [True, False])
def test_meanwhile_is_done_after_every_no(no: bool) -> None:
    text = """
[[steps]]
ask = "Calm?"
partner = "first"
NO
[[steps.meanwhile]]
hold = "Breathe."
seconds = 25
breath = [4, 6]
""".replace("NO", 'no = "And now?"' if no else "")
    again = [("And now?", 3, 1)] if no else []
    assert led(text) == [("Calm?", 2 + no, 1), ("Breathe.", 2 * no, None), *again]
    assert bound(text)[1].seconds == 20, "whole breaths"


def test_agree_is_read_back_until_it_is_right_and_dated() -> None:
    steps = bound(
        '[[steps]]\nagree = "What will you do?"\npartner = "both"\nexample = "We will."\n[[steps]]\nsay = "On."'
    )
    assert [(step.kind, step.then, step.otherwise) for step in steps] == [
        (StepKind.AGREE, 1, 4),
        (StepKind.ASK, 3, 2),
        (StepKind.AGREE, 1, 4),
        (StepKind.ASK, 4, None),
        (StepKind.SAY, 5, None),
    ]
    assert {step.place for step in steps[:4]} == {1}
    assert steps[1].quotes
    assert [option.then for option in steps[3].options] == [4, 4, 4]
