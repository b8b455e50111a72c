"""The file format of exercises: TOML text, validated and flattened into an ``Exercise``.

Authors write steps; ``each``, ``swap``, ``repeat`` and ``include`` are written out here, so that the session
needs no stack and resuming is an index. Whatever the text holds, the outcome is an Exercise or an ExerciseError
that names the place and the mend.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from voiceguide.errors import ExerciseError
from voiceguide.exercise import PLACEHOLDER, PLACEHOLDERS, Exercise, Line, StepKind
from voiceguide.exercise_fields import Table, shorten

MAX_TEXT = 100_000
"""Characters of one file."""
MAX_LINE = 2_000
"""Characters of one line in it; the TOML reader takes quadratic time over very long ones."""
MAX_STEPS = 2_000
MAX_DEPTH = 8
"""Blocks and fragments inside one another."""
MAX_PROMPT = 600
"""Characters of anything said: half a minute of speech, far more than one breath."""

FindFragment = Callable[[str], str | None]
"""From a fragment's id to its text; None when there is none."""

_KEYS: dict[str, tuple[str, ...]] = {
    "say": (),
    "floor": ("partner", "seconds", "patience", "example"),
    "mirror": ("partner", "check", "missed", "again", "patience", "example"),
    "ask": ("partner", "no", "again", "example"),
    "swap": ("steps",),
    "repeat": ("steps",),
    "include": (),
}
"""What decides the kind of a step, and what else it may hold."""


def parse(text: str, source: str, find_fragment: FindFragment = lambda _: None) -> Exercise:
    """Read an exercise.

    ``source`` is what errors call the file. ``find_fragment`` gives the text of a fragment that the exercise
    includes. Raises ExerciseError, and nothing else, for a text that is no usable exercise.
    """
    table = _read(text, source)
    if "fragment" in table.data:
        raise table.error("fragment", "makes this a fragment: name it by include in an exercise, it cannot run alone")
    table.allow("id", "title", "theme", "minutes", "for", "why", "grounding", "steps")
    title = table.text("title", 60)
    writer = _Writer(find_fragment)
    exercise = Exercise(
        id=_checked_id(table, title),
        title=title,
        theme=table.text("theme", 40),
        minutes=round(table.number("minutes", 1, 180)),
        for_="solo" if table.choice("for", ("both", "solo")) == "solo" else "both",
        why=_plain(table, "why", 600),
        grounding=_plain(table, "grounding", 2_000),
        lines=(),
    )
    writer.steps(table, _Scope())
    return replace(exercise, lines=tuple(writer.lines))


def is_fragment(text: str, source: str) -> bool:
    """Whether the text is a fragment's, to be included and not run; raises ExerciseError if it is no TOML."""
    return "fragment" in _read(text, source).data


def kebab(title: str) -> str:
    """The title in kebab-case; letters that ASCII does not have lose their accents or fall away."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))


def _read(text: str, source: str) -> Table:
    if not text.strip():
        raise ExerciseError(f"{source} is empty: an exercise needs at least id, title and [[steps]].")
    if len(text) > MAX_TEXT:
        raise ExerciseError(
            f"{source} is longer than {MAX_TEXT} characters, far more than an exercise needs: shorten it."
        )
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MAX_LINE:
            raise ExerciseError(
                f"{source}, line {number}, has {len(line)} characters: break it, a line may have {MAX_LINE}."
            )
    try:
        return Table(tomllib.loads(text), source, "")
    except tomllib.TOMLDecodeError as error:
        raise ExerciseError(f"{source} is not valid TOML: {shorten(str(error), 200)}.") from error
    except (ValueError, RecursionError) as error:
        raise ExerciseError(f"{source} nests too deeply or holds a number too long to read: simplify it.") from error


def _checked_id(table: Table, title: str) -> str:
    found = table.text("id", 60)
    wanted = kebab(title)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", found) or wanted not in ("", found):
        advice = f"write {wanted!r}" if wanted else "use the letters a to z and hyphens"
        raise table.error("id", f"must be the title in kebab-case, not {shorten(found)!r}: {advice}")
    return found


def _plain(table: Table, key: str, most: int) -> str:
    """Words that name nobody."""
    words = table.text(key, most)
    if "{" in words or "}" in words:
        raise table.error(key, "cannot hold braces: names are filled in only in steps")
    return words


def _prompt(table: Table, key: str, named: bool = True) -> str:
    """Words with placeholders; ``named`` when the step addresses one partner."""
    words = table.text(key, MAX_PROMPT)
    _check_braces(table, key, words, named)
    return words


def _endless(table: Table) -> bool:
    return "patience" in table.data and table.choice("patience", ("endless",)) == "endless"


def _check_braces(table: Table, key: str, words: str, named: bool) -> None:
    allowed = PLACEHOLDERS if named else PLACEHOLDERS[:4]
    rest = PLACEHOLDER.sub(lambda found: "" if found[1] in allowed else found[0], words)
    if stray := re.search(r"\{[^{}]*\}?|\}", rest):
        names = ", ".join(f"{{{name}}}" for name in allowed)
        raise table.error(key, f"holds {shorten(stray[0])!r}: names here are {names}, other braces cannot stand")


@dataclass(frozen=True)
class _Scope:
    """Where the writer is: what the blocks around a step decide for it."""

    speaker: int = 0
    run: int = 0
    """Which of two examples is meant."""
    depth: int = 0
    including: tuple[str, ...] = ()


@dataclass
class _Writer:
    """Writes an author's steps out as flat lines."""

    find_fragment: FindFragment
    lines: list[Line] = field(default_factory=list)
    place: int = 0
    fragments: dict[str, Table] = field(default_factory=dict)

    def steps(self, table: Table, scope: _Scope) -> None:
        if scope.depth > MAX_DEPTH:
            raise table.error("steps", f"nests deeper than {MAX_DEPTH} blocks: write it flatter")
        for step in table.tables("steps"):
            self.step(step, scope)

    def step(self, table: Table, scope: _Scope) -> None:
        kinds = [key for key in _KEYS if key in table.data]
        if len(kinds) != 1:
            table.allow(*dict.fromkeys([*_KEYS, *(key for keys in _KEYS.values() for key in keys)]))
            found = f"holds {' and '.join(kinds)}" if kinds else "does not say what it is"
            raise table.error("", f"{found}: give it one of {', '.join(_KEYS)}")
        kind = kinds[0]
        table.allow(kind, *_KEYS[kind])
        if kind == "say":
            self.place += 1
            self.add(table, self.line(StepKind.SAY, _prompt(table, "say", named=False), scope))
        elif kind == "swap":
            if table.data["swap"] is not True:
                raise table.error("swap", "must be true")
            for run in (0, 1):
                self.steps(table, replace(scope, speaker=run, run=run, depth=scope.depth + 1))
        elif kind == "repeat":
            for _ in range(round(table.number("repeat", 2, 20))):
                self.steps(table, replace(scope, depth=scope.depth + 1))
        elif kind == "include":
            self.include(table, scope)
        else:
            self.turn(kind, table, scope)

    def include(self, table: Table, scope: _Scope) -> None:
        wanted = table.text("include", 60)
        if wanted in scope.including:
            circle = " > ".join((*scope.including, wanted))
            raise table.error("include", f"goes round in a circle ({circle}): take one include out")
        if wanted not in self.fragments:
            text = self.find_fragment(wanted)
            if text is None:
                raise table.error("include", f"names {wanted!r}, which is not there: check its spelling")
            fragment = _read(text, f"{wanted}.toml (included by {table.source})")
            fragment.allow("fragment", "id", "steps")
            if fragment.data.get("fragment") is not True:
                raise fragment.error("fragment", "must be true in a file that others include")
            self.fragments[wanted] = fragment
        inner = replace(scope, depth=scope.depth + 1, including=(*scope.including, wanted))
        self.steps(self.fragments[wanted], inner)

    def turn(self, kind: str, table: Table, scope: _Scope) -> None:
        role = table.choice("partner", ("first", "second", "speaker", "listener", "each"))
        examples = self.examples(table)
        roles = {"first": 0, "second": 1, "speaker": scope.speaker, "listener": 1 - scope.speaker}
        turns = [scope.speaker, 1 - scope.speaker] if role == "each" else [roles[role]]
        for number, who in enumerate(turns):
            example = examples[number if role == "each" else scope.run]
            self.place += 1
            if kind == "floor":
                seconds = table.number("seconds", 5, 3_600) if "seconds" in table.data else None
                line = self.line(StepKind.FLOOR, _prompt(table, "floor"), scope, who)
                self.add(table, replace(line, seconds=seconds, endless=_endless(table), example=example))
            elif kind == "mirror":
                self.mirror(table, scope, who, example)
            else:
                self.ask(table, scope, who, example)

    def examples(self, table: Table) -> tuple[str, str]:
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

    def mirror(self, table: Table, scope: _Scope, who: int, example: str) -> None:
        """Say back, then ask the one mirrored; after a no they say what was missed, and it goes round again."""
        start = len(self.lines)
        again = _prompt(table, "again") if "again" in table.data else ""
        mirror = self.line(StepKind.MIRROR, _prompt(table, "mirror"), scope, who)
        self.add(table, replace(mirror, endless=_endless(table), example=example))
        check = self.line(StepKind.ASK, _prompt(table, "check"), scope, 1 - who)
        self.add(table, replace(check, then=start + 3, otherwise=start + 2, again=again))
        missed = self.line(StepKind.FLOOR, _prompt(table, "missed"), scope, 1 - who)
        self.add(table, replace(missed, then=start, endless=_endless(table)))

    def ask(self, table: Table, scope: _Scope, who: int, example: str) -> None:
        """Ask until it is a yes; ``no`` is itself the next asking, so nobody hears two prompts in a row."""
        again = _prompt(table, "again") if "again" in table.data else ""
        asked = [_prompt(table, key) for key in ("ask", "no") if key in table.data]
        end = len(self.lines) + len(asked)
        for prompt in asked:
            line = self.line(StepKind.ASK, prompt, scope, who)
            self.add(table, replace(line, then=end, otherwise=end - 1, again=again, example=example))

    def line(self, kind: StepKind, prompt: str, scope: _Scope, who: int | None = None) -> Line:
        """A line for this place that goes on to the one after it."""
        return Line(kind, prompt, self.place, len(self.lines) + 1, who=who, speaker=scope.speaker)

    def add(self, table: Table, line: Line) -> None:
        if len(self.lines) >= MAX_STEPS:
            raise table.error("", f"makes more than {MAX_STEPS} steps when all is written out: repeat less")
        self.lines.append(line)
