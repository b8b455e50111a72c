"""The guide's side of the talk: what it has still to say, and whether a pause holds it in mid-line."""

from __future__ import annotations

from dataclasses import dataclass, field

from voiceguide.session.effects import Effect, End, Silence, Speak

INSTRUCTING = 0.92
"""Pace of a line that tells what to do now: whoever has the floor next must not have to ask."""


@dataclass
class Guide:
    """Lines that lead somewhere, and asides that do not; each method gives the effects that make it heard."""

    lines: tuple[str, ...] = ()
    """What is said before the session moves on; the first is being said."""
    aside: bool = False
    """Something is said without leaving the state."""
    held: bool = False
    """A pause holds the voice in mid-line."""
    leaving: str | None = None
    """Why the session ends once the lines are said."""
    quotations: frozenset[str] = frozenset()
    """Lines that read somebody's words back: they must not be kept outside the record."""
    unkept: tuple[str, ...] = ()
    """Names of people who have not agreed to anything being kept: nor must a line that holds one."""
    written: dict[str, str] = field(default_factory=dict)
    """Line -> what the record holds in its place, where its words belong to another record."""

    instructions: frozenset[str] = frozenset()
    """Lines that tell somebody what to do."""

    def say(self, *lines: str, place: int) -> list[Effect]:
        """Say these lines one after the other, in place of what was being said."""
        self.lines = lines
        return [*self.hush(), self.speak(lines[0], place)]

    def say_aside(self, words: str, place: int) -> list[Effect]:
        """Say this in place of what was being said, without moving on."""
        effects = self.hush()
        self.aside = True
        return [*effects, self.speak(words, place)]

    def next_line(self, place: int) -> list[Effect]:
        """The first line was said: say the next, or end."""
        self.lines = self.lines[1:]
        return [self.speak(self.lines[0], place)] if self.lines else [End(self.leaving or "completed")]

    def leave(self, why: str, words: str, place: int) -> list[Effect]:
        """Take leave with these words, which may be empty."""
        self.leaving, self.lines = why, ()
        return self.say(words, place=place) if words else [*self.hush(), End(why)]

    def said_held(self) -> None:
        """The held line was said to its end after all: the pause came in the very moment."""
        self.lines, self.held = self.lines[1:], False

    def quote(self, words: str, written: str = "") -> str:
        """Remember that this line holds somebody's words, and is recorded as ``written``; gives the line."""
        self.quotations |= {words}
        if written:
            self.written[words] = written
        return words

    def forget_quotations(self) -> None:
        """Words read back were taken off the record: they must not be said again."""
        self.lines = tuple(line for line in self.lines if line not in self.quotations)
        self.quotations = frozenset()

    def hush(self) -> list[Effect]:
        """Drop what is being said."""
        self.aside = self.held = False
        return [Silence()]

    def speak(self, words: str, place: int) -> Speak:
        """How the guide says this."""
        pace = INSTRUCTING if words in self.instructions else 1.0
        own = words in self.quotations or any(name.casefold() in words.casefold() for name in self.unkept)
        return Speak(words, place, own, written=self.written.get(words, ""), pace=pace)
