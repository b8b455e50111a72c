"""What comes before an exercise: who is here, and may we record? Run by the same machine, before anything is kept."""

from __future__ import annotations

from collections.abc import Sequence

from voiceguide.exercise import Option, Partner, Step, StepKind, name_of
from voiceguide.session import Session, phrases, phrases_before
from voiceguide.session.events import Event, Utterance
from voiceguide.session.states import Signal, State
from voiceguide.voice_commands.choosing import gives_up

_STOPPED = phrases.stopped(saved=False)


def announcement(words: Sequence[str], names: tuple[str, str]) -> Session:
    """A session in which the guide says these sentences and nothing else."""
    steps = [Step(StepKind.SAY, text, place=0, then=index + 1) for index, text in enumerate(words)]
    return Session(steps, names)


def attendance(names: tuple[str, str], together: bool) -> Session:
    """A session that asks which of the two is here, for an exercise that can be done alone; ``together``: or both.

    See ``attending`` for what they said.
    """
    said = [*names, *([phrases_before.TOGETHER] if together else [])]
    options = [
        Option(name, ("both", "both of us", "we both") if name == phrases_before.TOGETHER else ()) for name in said
    ]
    # Each leads to a step of its own, by which one can tell what was chosen; it says nothing that would keep anybody.
    led = tuple(Option(option.name, option.words, 1 + at) for at, option in enumerate(options))
    ask = Step(StepKind.ASK, phrases_before.who_is_here(said), place=0, then=1, partner="both", options=led)
    end = len(led) + 1
    thanks = [Step(StepKind.SAY, "Thank you.", place=0, then=end) for _ in led]
    return Session([ask, *thanks], names, stopped=_STOPPED, saved=False)


class Passing(Session):
    """A session whose prompts may be anybody's own words, or names that nobody has confirmed: no sound is kept."""

    def __init__(self, steps: Sequence[Step], names: tuple[str, str], *, stopped: str = "") -> None:
        super().__init__(steps, names, stopped=stopped, saved=False)
        for step in self.steps:
            self._guide.quote(step.prompt)

    def _signal(self, event: Event, now: float) -> Signal | None:
        """Who never minds is left alone, whatever the question."""
        given_up = isinstance(event, Utterance) and self.state is State.GATE and gives_up(event.text)
        return Signal.STOP if given_up else super()._signal(event, now)


def reading(words: Sequence[str], names: tuple[str, str]) -> Session:
    """As ``announcement``, for words that may be somebody's own: their sound is not kept."""
    return Passing(announcement(words, names).steps, names)


def yes_or_no(question: str, names: tuple[str, str], partner: Partner = "both") -> Session:
    """A session that asks one of them, or either; see ``agreed`` for what they said."""
    step = Step(StepKind.ASK, question, place=0, then=1, otherwise=2, partner=partner)
    return Passing([step], names, stopped=_STOPPED)


def attending(session: Session) -> Partner:
    """Who is here, as ``attendance`` heard it."""
    partners: tuple[Partner, ...] = ("a", "b", "both")
    return partners[session.answers.get(0, 1) - 1]


def consent(names: tuple[str, str], here: Partner = "both", server: str = "") -> Session:
    """A session that asks everybody who is here whether they may be recorded; a no from one of them ends the asking.

    ``server`` is where what they say then goes to be recognised; empty: nowhere. See ``agreed`` for what they said.
    """
    alone = here != "both"
    partners: tuple[Partner, ...] = (here,) if alone else ("a", "b")
    question = phrases_before.alone_question if alone else phrases_before.consent_question
    introduced = phrases_before.alone_intro if alone else phrases_before.consent_intro
    refused = len(partners) + 2
    asks = [
        Step(
            StepKind.ASK,
            question(name_of(partner, names)),
            place=0,
            then=index + 2,
            otherwise=refused,
            partner=partner,
        )
        for index, partner in enumerate(partners)
    ]
    steps = [
        Step(StepKind.SAY, introduced(server), place=0, then=1),
        *asks,
        Step(StepKind.SAY, phrases_before.consent_given(alone), place=0, then=refused + 1),
        Step(StepKind.SAY, phrases_before.consent_refused(), place=0, then=refused + 1),
    ]
    return Session(steps, names, stopped=_STOPPED, saved=False)


def agreed(session: Session) -> bool:
    """Whether everybody said yes."""
    asks = [index for index, step in enumerate(session.steps) if step.kind is StepKind.ASK]
    return all(session.answers.get(index) == session.steps[index].then for index in asks)
