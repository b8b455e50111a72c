"""What a session says where it stands: its prompts, and its questions in other words."""

from __future__ import annotations

from voiceguide.exercise import Partner, name_of
from voiceguide.session import phrases
from voiceguide.session.meaning import Meaning
from voiceguide.session.states import State

NUDGES = 2
"""A question is asked again this often before the guide waits in silence."""


class Wording(Meaning):
    """A session that finds its words; it moves nowhere."""

    def _prompt(self) -> str:
        """The present step's prompt; where it reads an agreement, that stands before it."""
        step = self.step
        if step and step.recalls:
            words = self._recalled.get(step.recalls, "")
            return self._guide.quote(phrases.agreed_before(words, step.prompt), written=step.prompt)
        if step and self._quoted:
            return self._guide.quote(phrases.agreed_on(self._quoted, step.prompt))
        return step.prompt if step else ""

    def _help_line(self) -> str:
        """What can be said now."""
        return phrases.help_line(self.commands)

    def _asked_on(self) -> tuple[str, ...]:
        """What is said after an answer in between: the rest of the guide's lines, or the question that waits."""
        waits = self.step and (self.step.options or self.step.quotes)
        return self._guide.lines or ((self._prompt(),) if waits else ())

    def _asked_again(self) -> str:
        """The open question in other words."""
        if self.state is State.STRIKING:
            return phrases.strike_question(self._name(self._said.last[-1].partner))
        if self.state is State.BREAK:
            return phrases.break_question(again=True)
        if self.state is State.CALM:
            return phrases.calm_question()
        if self.state is State.RESTING:
            return phrases.still_on_a_break()
        again = self.step.again if self.step and self._tries < NUDGES else ""
        options = self.step.options if self.step else ()
        return again or phrases.unclear(self._tries, [option.name for option in options])

    def _name(self, partner: Partner) -> str:
        return name_of(partner, self.names)
