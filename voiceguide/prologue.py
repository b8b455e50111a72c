"""What comes before an exercise: may we record? Run by the same machine, before anything is kept."""

from __future__ import annotations

from collections.abc import Sequence

from voiceguide import phrases
from voiceguide.exercise import Partner, Step, StepKind
from voiceguide.session import Session


def announcement(words: Sequence[str], names: tuple[str, str]) -> Session:
    """A session in which the guide says these sentences and nothing else."""
    steps = [Step(StepKind.SAY, text, place=0, then=index + 1) for index, text in enumerate(words)]
    return Session(steps, names)


def consent(names: tuple[str, str]) -> Session:
    """A session that asks both partners whether they may be recorded; a no from either ends the asking.

    See ``agreed`` for what they said.
    """
    refused, end = 4, 5
    partners: tuple[Partner, Partner] = ("a", "b")
    asks = [
        Step(StepKind.ASK, phrases.consent_question(name), place=0, then=index + 2, otherwise=refused, partner=partner)
        for index, (name, partner) in enumerate(zip(names, partners, strict=True))
    ]
    steps = [
        Step(StepKind.SAY, phrases.consent_intro(), place=0, then=1),
        *asks,
        Step(StepKind.SAY, phrases.consent_given(), place=0, then=end),
        Step(StepKind.SAY, phrases.consent_refused(), place=0, then=end),
    ]
    return Session(steps, names, stopped=phrases.stopped(saved=False))


def agreed(session: Session) -> bool:
    """Whether both said yes."""
    return [session.answers.get(index) for index in (1, 2)] == [session.steps[index].then for index in (1, 2)]
