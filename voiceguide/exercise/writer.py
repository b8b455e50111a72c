"""Writing an author's steps out as flat lines: blocks become jumps, roles are decided, nothing is left to a stack."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from voiceguide.exercise import BOTH, PLACEHOLDER, PLACEHOLDERS, Line, Option, StepKind
from voiceguide.exercise.fields import Table, read_table, shorten
from voiceguide.session import phrases
from voiceguide.session.agreeing import agree_block
from voiceguide.voice_commands.vocabulary import normalised

MAX_STEPS = 2_000
MAX_DEPTH = 8
"""Blocks and fragments inside one another."""
MAX_PROMPT = 600
"""Characters of anything said: half a minute of speech, far more than one breath."""
MAX_OPTIONS = 6

FindFragment = Callable[[str], str | None]
"""From a fragment's id to its text; None when there is none."""

_TURN = ("partner", "patience", "example")
_KEYS: dict[str, tuple[str, ...]] = {
    "say": (),
    "floor": (*_TURN, "seconds"),
    "mirror": (*_TURN, "check", "missed", "again"),
    "ask": ("partner", "no", "again", "meanwhile", "example"),
    "decide": ("partner", "again", "yes", "no", "example"),
    "choose": ("partner", "again", "options", "example"),
    "more": ("partner", "again", "steps"),
    "hold": ("seconds", "breath"),
    "agree": (*_TURN, "again"),
    "review": (),
    "swap": ("steps",),
    "repeat": ("steps",),
    "include": (),
}
"""What decides the kind of a step, and what else it may hold."""

_SHARED = ("floor", "agree", "choose")
"""The kinds of step that may be for both together."""


@dataclass(frozen=True)
class Scope:
    """Where the writer is: what the blocks around a step decide for it."""

    speaker: int = 0
    run: int = 0
    """Which of two examples is meant."""
    depth: int = 0
    including: tuple[str, ...] = ()

    @property
    def deeper(self) -> Scope:
        """Inside one more block."""
        return replace(self, depth=self.depth + 1)


@dataclass
class Writer:
    """Writes steps out as ``lines``; its methods raise ExerciseError with the place of what cannot be written."""

    find_fragment: FindFragment
    lines: list[Line] = field(default_factory=list)
    place: int = 0
    fragments: dict[str, Table] = field(default_factory=dict)

    def steps(self, table: Table, scope: Scope, key: str = "steps") -> None:
        """Write out the list of steps that stands under ``key``."""
        if scope.depth > MAX_DEPTH:
            raise table.error(key, f"nests deeper than {MAX_DEPTH} blocks: write it flatter")
        for step in table.tables(key):
            self._step(step, scope)

    def _step(self, table: Table, scope: Scope) -> None:
        kinds = [key for key in _KEYS if key in table.data]
        if len(kinds) != 1:
            table.allow(*dict.fromkeys([*_KEYS, *(key for keys in _KEYS.values() for key in keys)]))
            found = f"holds {' and '.join(kinds)}" if kinds else "does not say what it is"
            raise table.error("", f"{found}: give it one of {', '.join(_KEYS)}")
        kind = kinds[0]
        table.allow(kind, *_KEYS[kind])
        match kind:
            case "say" | "review":
                self.place += 1
                self._add(table, self._line(StepKind(kind), _prompt(table, kind, named=False), scope))
            case "hold":
                self._hold(table, scope)
            case "swap":
                if table.data["swap"] is not True:
                    raise table.error("swap", "must be true")
                for run in (0, 1):
                    self.steps(table, replace(scope.deeper, speaker=run, run=run))
            case "repeat":
                for _ in range(round(table.number("repeat", 2, 20))):
                    self.steps(table, scope.deeper)
            case "include":
                self._include(table, scope)
            case _:
                self._addressed(kind, table, scope)

    def _include(self, table: Table, scope: Scope) -> None:
        wanted = table.text("include", 60)
        if wanted in scope.including:
            circle = " > ".join((*scope.including, wanted))
            raise table.error("include", f"goes round in a circle ({circle}): take one include out")
        if wanted not in self.fragments:
            text = self.find_fragment(wanted)
            if text is None:
                raise table.error("include", f"names {wanted!r}, which is not there: check its spelling")
            self.fragments[wanted] = read_fragment(text, f"{wanted}.toml (included by {table.source})")
        self.steps(self.fragments[wanted], replace(scope.deeper, including=(*scope.including, wanted)))

    # -- steps that address somebody -----------------------------------------------------------------------------

    def _addressed(self, kind: str, table: Table, scope: Scope) -> None:
        shared = ("both",) if kind in _SHARED else ()
        role = table.choice("partner", ("first", "second", "speaker", "listener", "each", *shared))
        examples = self._examples(table)
        roles = {"first": 0, "second": 1, "speaker": scope.speaker, "listener": 1 - scope.speaker, "both": BOTH}
        write = {
            "floor": self._floor,
            "mirror": self._mirror,
            "ask": self._ask,
            "decide": self._decide,
            "choose": self._choose,
            "more": self._more,
            "agree": self._agree,
        }[kind]
        for number, who in enumerate([scope.speaker, 1 - scope.speaker] if role == "each" else [roles[role]]):
            self.place += 1
            write(table, scope, who, examples[number if role == "each" else scope.run])

    def _examples(self, table: Table) -> tuple[str, str]:
        """The example of the first and of the second run."""
        if "example" not in table.data:
            return "", ""
        found = table.data["example"]
        if isinstance(found, list):
            if len(found) != 2:
                raise table.error("example", f"is a list of {len(found)}: give one text, or two for two runs")
            pair = Table({"0": found[0], "1": found[1]}, table.source, f"{table.where}.example")
            return _prompt(pair, "0"), _prompt(pair, "1")
        both = _prompt(table, "example")
        return both, both

    def _floor(self, table: Table, scope: Scope, who: int, example: str) -> None:
        seconds = table.number("seconds", 5, 3_600) if "seconds" in table.data else None
        line = self._line(StepKind.FLOOR, _prompt(table, "floor", who != BOTH), scope, who)
        self._add(table, replace(line, seconds=seconds, endless=_endless(table), example=example))

    def _mirror(self, table: Table, scope: Scope, who: int, example: str) -> None:
        """Say back, then ask the one mirrored; after a no they say what was missed, and it goes round again."""
        start = len(self.lines)
        mirror = self._line(StepKind.MIRROR, _prompt(table, "mirror"), scope, who)
        self._add(table, replace(mirror, endless=_endless(table), example=example))
        check = self._line(StepKind.ASK, _prompt(table, "check"), scope, 1 - who)
        self._add(table, replace(check, then=start + 3, otherwise=start + 2, again=_again(table)))
        missed = self._line(StepKind.FLOOR, _prompt(table, "missed"), scope, 1 - who)
        self._add(table, replace(missed, then=start, endless=_endless(table)))

    def _ask(self, table: Table, scope: Scope, who: int, example: str) -> None:
        """Ask until it is a yes; ``no`` is itself the next asking, so nobody hears two prompts in a row."""
        start, place = len(self.lines), self.place
        asks = [start]
        first = replace(self._line(StepKind.ASK, _prompt(table, "ask"), scope, who), again=_again(table))
        self._add(table, replace(first, example=example))
        if "meanwhile" in table.data:
            self.steps(table, scope.deeper, "meanwhile")
            self._gather(start, place)
        if "no" in table.data:
            asks.append(len(self.lines))
            self._add(table, replace(self.lines[start], prompt=_prompt(table, "no")))
        end = len(self.lines)
        after_no = start + 1 if "meanwhile" in table.data else end - 1
        for at in asks:
            self.lines[at] = replace(self.lines[at], then=end, otherwise=after_no)
        if len(asks) == 1:
            self._redirect(start + 1, end, end, start)

    def _decide(self, table: Table, scope: Scope, who: int, example: str) -> None:
        at = len(self.lines)
        line = self._line(StepKind.ASK, _prompt(table, "decide"), scope, who)
        self._add(table, replace(line, again=_again(table), example=example))
        yes, no = self._branches([(table, key) if key in table.data else None for key in ("yes", "no")], scope)
        self.lines[at] = replace(self.lines[at], then=yes, otherwise=no)

    def _choose(self, table: Table, scope: Scope, who: int, example: str) -> None:
        at = len(self.lines)
        tables = table.tables("options")
        if not 2 <= len(tables) <= MAX_OPTIONS:
            raise table.error("options", f"are {len(tables)}: give two to {MAX_OPTIONS}")
        line = self._line(StepKind.ASK, _prompt(table, "choose", who != BOTH), scope, who)
        self._add(table, replace(line, again=_again(table, who != BOTH), example=example))
        options = [_option(option) for option in tables]
        said = [normalised(words) for option in options for words in (option.name, *option.words)]
        if len(set(said)) < len(said):
            raise table.error("options", "say the same twice: give each its own words")
        starts = self._branches([(each, "steps") if "steps" in each.data else None for each in tables], scope)
        led = tuple(replace(option, then=start) for option, start in zip(options, starts, strict=True))
        self.lines[at] = replace(self.lines[at], then=starts[0], options=led)

    def _more(self, table: Table, scope: Scope, who: int, example: str) -> None:
        """Ask whether there is more: a yes does the steps and asks again. All of it is one place."""
        at, place = len(self.lines), self.place
        line = self._line(StepKind.ASK, _prompt(table, "more"), scope, who)
        self._add(table, replace(line, again=_again(table)))
        self.steps(table, scope.deeper)
        end = len(self.lines)
        self.lines[at] = replace(self.lines[at], then=at + 1, otherwise=end)
        self._redirect(at + 1, end, end, at)
        self._gather(at, place)

    def _agree(self, table: Table, scope: Scope, who: int, example: str) -> None:
        """What they will do, in their words; read back until it is right; and when to look at it again."""
        line = self._line(StepKind.AGREE, _prompt(table, "agree", who != BOTH), scope, who)
        again = _again(table, who != BOTH) or phrases.say_it_anew()
        for each in agree_block(replace(line, endless=_endless(table), example=example), again):
            self._add(table, each)

    def _hold(self, table: Table, scope: Scope) -> None:
        self.place += 1
        seconds = table.number("seconds", 5, 1_800)
        breath = None
        if "breath" in table.data:
            breath = _breath(table)
            seconds = max(1, round(seconds / sum(breath))) * sum(breath)  # nobody stops in mid-breath
        line = self._line(StepKind.HOLD, _prompt(table, "hold", named=False), scope)
        self._add(table, replace(line, seconds=seconds, breath=breath))

    # -- jumps ---------------------------------------------------------------------------------------------------

    def _branches(self, blocks: Sequence[tuple[Table, str] | None], scope: Scope) -> list[int]:
        """Write out each block (table and key) so that all go on behind the last; gives where each begins.

        They begin at the same place, for only one of them comes to be.
        """
        before, furthest = self.place, self.place
        spans = []
        for block in blocks:
            start, self.place = len(self.lines), before
            if block:
                self.steps(block[0], scope.deeper, block[1])
            furthest = max(furthest, self.place)
            spans.append((start, len(self.lines)))
        self.place, end = furthest, len(self.lines)
        for start, stop in spans:
            self._redirect(start, stop, stop, end)
        return [start if start < stop else end for start, stop in spans]

    def _redirect(self, start: int, stop: int, old: int, new: int) -> None:
        """Let what leads to ``old`` in the lines from ``start`` to before ``stop`` lead to ``new``."""

        def led(to: int) -> int:
            return new if to == old else to

        for at in range(start, stop):
            line = self.lines[at]
            otherwise = None if line.otherwise is None else led(line.otherwise)
            options = tuple(replace(option, then=led(option.then)) for option in line.options)
            self.lines[at] = replace(line, then=led(line.then), otherwise=otherwise, options=options)

    def _gather(self, start: int, place: int) -> None:
        """Let all lines from ``start`` on be one place."""
        self.lines[start:] = [replace(line, place=place) for line in self.lines[start:]]
        self.place = place

    def _line(self, kind: StepKind, prompt: str, scope: Scope, who: int | None = None) -> Line:
        """A line for this place that goes on to the one after it."""
        return Line(kind, prompt, self.place, len(self.lines) + 1, who=who, speaker=scope.speaker)

    def _add(self, table: Table, line: Line) -> None:
        if len(self.lines) >= MAX_STEPS:
            raise table.error("", f"makes more than {MAX_STEPS} steps when all is written out: repeat less")
        self.lines.append(line)


def read_fragment(text: str, source: str) -> Table:
    """The table of a file that others include. Raises ExerciseError."""
    fragment = read_table(text, source)
    fragment.allow("fragment", "id", "steps")
    if fragment.data.get("fragment") is not True:
        raise fragment.error("fragment", "must be true in a file that others include")
    return fragment


def _prompt(table: Table, key: str, named: bool = True) -> str:
    """Words with placeholders; ``named`` when the step addresses one partner."""
    words = table.text(key, MAX_PROMPT)
    allowed = PLACEHOLDERS if named else PLACEHOLDERS[:4]
    rest = PLACEHOLDER.sub(lambda found: "" if found[1] in allowed else found[0], words)
    if stray := re.search(r"\{[^{}]*\}?|\}", rest):
        names = ", ".join(f"{{{name}}}" for name in allowed)
        raise table.error(key, f"holds {shorten(stray[0])!r}: names here are {names}, other braces cannot stand")
    return words


def _again(table: Table, named: bool = True) -> str:
    return _prompt(table, "again", named) if "again" in table.data else ""


def _endless(table: Table) -> bool:
    return "patience" in table.data and table.choice("patience", ("endless",)) == "endless"


def _option(table: Table) -> Option:
    table.allow("name", "words", "steps")
    words = table.data.get("words", [])
    if not isinstance(words, list):
        raise table.error("words", f'must be a list such as ["ten", "the short one"], not {shorten(repr(words))}')
    listed = Table({str(at): str(said) for at, said in enumerate(words)}, table.source, f"{table.where}.words")
    found = (table.text("name", 60), *(listed.text(at, 60) for at in listed.data))
    for said in found:
        if not normalised(said):
            raise table.error("name", f"holds no word that could be said ({shorten(said)!r}): write one")
    return Option(found[0], tuple(found[1:]))


def _breath(table: Table) -> tuple[float, float]:
    found = table.data["breath"]
    if not isinstance(found, list) or len(found) != 2:
        raise table.error(
            "breath", f"must be two numbers, seconds in and out, such as [4, 6], not {shorten(repr(found))}"
        )
    pair = Table({"in": found[0], "out": found[1]}, table.source, f"{table.where}.breath")
    return pair.number("in", 3, 10), pair.number("out", 4, 12)
