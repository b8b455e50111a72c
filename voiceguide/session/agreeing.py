"""What was agreed in a session, and the steps in which earlier agreements are looked at again.

An agreement's words live in the record of the session in which they were said, and nowhere else: a later session
refers to them, so that what is taken off the one record is gone from all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from voiceguide.exercise import Line, Option, Partner, Step, StepKind
from voiceguide.session import phrases


@dataclass(frozen=True)
class Outcome:
    """What one step has made of an agreement."""

    place: int
    partner: Partner
    words: str
    """As they were read back and found right; empty where the earlier ones stay."""
    again: str
    """When it is looked at again, one of phrases.LOOK_AGAIN; empty where it was let go."""
    of: str = ""
    """The earlier agreement it keeps, changes or lets go; empty for a new one."""


@dataclass(frozen=True)
class Due:
    """An agreement that is to be looked at now."""

    ref: str
    """Which: its session's id, a slash, its place."""
    partner: Partner


def decided(agreed: Mapping[int, Outcome], step: Step, answer: bool | Option, words: str) -> Mapping[int, Outcome]:
    """The outcomes, by place, after this answer to the question of ``step``; ``words`` are those it reads back."""
    place, partner = step.place, step.partner or "both"
    chosen = answer if isinstance(answer, Option) else step.options[0] if step.options else None
    before = agreed.get(place)
    if step.recalls and chosen:
        again = "" if chosen.name == phrases.LET_GO else phrases.LOOK_AGAIN[0]
        return {**agreed, place: Outcome(place, partner, "", again, step.recalls)}
    if step.quotes and answer is True and words:
        return {**agreed, place: Outcome(place, partner, words, phrases.LOOK_AGAIN[0], before.of if before else "")}
    if chosen and before and chosen.name in phrases.LOOK_AGAIN:
        return {**agreed, place: replace(before, again=chosen.name)}
    return agreed


def without(agreed: Mapping[int, Outcome], places: Collection[int]) -> Mapping[int, Outcome]:
    """The outcomes when what was said at these places is off the record: an earlier agreement stays due."""
    return {place: each for place, each in agreed.items() if place not in places}


Written = TypeVar("Written", Line, Step)


def agree_block(said: Written, again: str) -> list[Written]:
    """The AGREE ``said`` and what follows it: read back, said anew where it was not right, given a date.

    ``said.then`` tells where it stands: its own index is one less. What comes after the four follows them.
    """
    start = said.then - 1
    end = start + 4
    said = replace(said, otherwise=end)
    plain = replace(said, kind=StepKind.ASK, endless=False, example="")
    right = replace(plain, prompt=phrases.is_that_right(), then=start + 3, otherwise=start + 2, quotes=True)
    dates = tuple(Option(name, then=end) for name in phrases.LOOK_AGAIN)
    date = replace(plain, prompt=phrases.look_again_when(), then=end, otherwise=None, options=dates)
    return [said, right, replace(said, prompt=again), date]


def with_reviews(steps: Sequence[Step], due: Sequence[Due]) -> tuple[Step, ...]:
    """The steps of an exercise with those that look at what is due: at its REVIEW step, or before everything."""
    if not due:
        return tuple(steps)
    review = next((index for index, step in enumerate(steps) if step.kind is StepKind.REVIEW), None)
    at, skipped = (0, 0) if review is None else (review, 1)
    first = steps[at].place
    block = _reviews(due, at, first, ask=review is None)
    longer, further = len(block) - skipped, block[-1].place - first + 1 - skipped

    def moved(step: Step) -> Step:
        def to(index: int) -> int:
            return index + longer if index >= at + skipped else index

        place = step.place + further if step.place >= first + skipped else step.place
        options = tuple(replace(option, then=to(option.then)) for option in step.options)
        otherwise = None if step.otherwise is None else to(step.otherwise)
        return replace(step, place=place, then=to(step.then), otherwise=otherwise, options=options)

    return (*map(moved, steps[:at]), *block, *map(moved, steps[at + skipped :]))


def _reviews(due: Sequence[Due], at: int, place: int, ask: bool) -> list[Step]:
    """The steps, the first with index ``at`` and this place; ``ask`` whether it shall be now."""
    count = 1 + ask + 5 * len(due)
    block = [Step(StepKind.SAY, phrases.agreements_are_due(len(due)), place, at + 1)]
    if ask:
        place += 1
        now = Step(StepKind.ASK, phrases.look_at_them_now(len(due)), place, at + 2, at + count, "both")
        block.append(now)
    for each in due:
        place += 1
        start = at + len(block)
        options = (
            Option(phrases.KEEP, ("keep", "we keep", "it stays", "leave it", "yes"), start + 4),
            Option(phrases.CHANGE, ("change", "another one", "say it differently"), start + 1),
            Option(phrases.LET_GO, ("let go", "drop", "drop it", "forget it", "not any more"), start + 5),
        )
        prompt = phrases.keep_change_or_let_go()
        block.append(
            Step(StepKind.ASK, prompt, place, start + 4, partner=each.partner, options=options, recalls=each.ref)
        )
        said = Step(StepKind.AGREE, phrases.say_what_changes(), place, start + 2, partner=each.partner)
        block += agree_block(said, phrases.say_it_anew())
    return block
