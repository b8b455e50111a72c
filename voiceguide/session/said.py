"""What the session remembers of the words said: the turn that runs and the last one that held words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voiceguide.exercise import Step, StepKind
from voiceguide.session.events import Amended, Utterance

FLOORS = (StepKind.FLOOR, StepKind.MIRROR, StepKind.AGREE)
"""The kinds of step in which a partner answers at length."""


@dataclass
class Said:
    """Utterances by turn; those that are nothing but a command belong to none."""

    turn: tuple[Utterance, ...] = ()
    previous: tuple[Utterance, ...] = ()

    @property
    def last(self) -> tuple[Utterance, ...]:
        """The turn that "my last turn" means: the running one once it holds words (or words that were missed)."""
        return self.turn if any(u.text or u.struck or u.doubtful for u in self.turn) else self.previous or self.turn

    def spoke_at(self, place: int) -> bool:
        """Whether the last turn held words at ``place``, taken off the record since or not."""
        return any(said.place == place and (said.answer or said.struck) for said in self.last)

    def words_at(self, place: int) -> str:
        """The last answer given at ``place``; empty where none was."""
        return " ".join(said.answer for said in self.last if said.place == place and said.answer)

    def close(self) -> None:
        """The running turn is over."""
        self.turn, self.previous = (), self.last

    def add(self, said: Utterance, step: Step | None) -> None:
        """Put an utterance to the turn it belongs to; words that come late may belong to the one before ``step``."""
        if said.command and not (said.answer or said.struck):
            return
        here = (said.partner, said.place)
        if step and here == (step.partner, step.place):
            self.turn += (said,)
        elif self.previous and here == (self.previous[-1].partner, self.previous[-1].place):
            self.previous += (said,)

    def amend(self, better: Amended) -> None:
        """Remember the better words. What held none stays without: striking counts what was heard at first."""
        self.turn, self.previous = (
            tuple(_amended(said, better) if said.id == better.id else said for said in turn)
            for turn in (self.turn, self.previous)
        )

    def strike(self) -> tuple[int, ...]:
        """Forget the last turn; gives the ids of its utterances."""
        last = self.last
        ids = tuple(u.id for u in last)
        if last is self.turn:
            self.turn = ()
        else:
            self.previous = ()
        return ids


def _amended(said: Utterance, better: Amended) -> Utterance:
    if not said.answer or better.struck:
        return said
    return replace(said, text=better.text, times=better.times, command_at=len(better.text))
