"""The file format of exercises: TOML text, validated and flattened into an ``Exercise``.

Authors write steps; ``each``, ``swap``, ``repeat`` and ``include`` are written out here, so that the session
needs no stack and resuming is an index. Whatever the text holds, the outcome is an Exercise or an ExerciseError
that names the place and the mend.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from voiceguide.exercise import FOR, Exercise
from voiceguide.exercise.fields import Table, read_table, shorten
from voiceguide.exercise.writer import FindFragment, Scope, Writer, read_fragment


def parse(text: str, source: str, find_fragment: FindFragment = lambda _: None) -> Exercise:
    """Read an exercise.

    ``source`` is what errors call the file. ``find_fragment`` gives the text of a fragment that the exercise
    includes. Raises ExerciseError, and nothing else, for a text that is no usable exercise.
    """
    table = read_table(text, source)
    if "fragment" in table.data:
        raise table.error("fragment", "makes this a fragment: name it by include in an exercise, it cannot run alone")
    table.allow("id", "title", "theme", "minutes", "for", "why", "grounding", "steps")
    title = table.text("title", 60)
    writer = Writer(find_fragment)
    exercise = Exercise(
        id=_checked_id(table, title),
        title=title,
        theme=table.text("theme", 40),
        minutes=round(table.number("minutes", 1, 180)),
        for_=FOR[table.choice("for", tuple(FOR))],
        why=_plain(table, "why", 600),
        grounding=_plain(table, "grounding", 2_000),
        lines=(),
    )
    writer.steps(table, Scope())
    return replace(exercise, lines=tuple(writer.lines))


def check_fragment(text: str, source: str, find_fragment: FindFragment = lambda _: None) -> None:
    """Raise ExerciseError unless the text is a fragment that can be included."""
    Writer(find_fragment).steps(read_fragment(text, source), Scope())


def is_fragment(text: str, source: str) -> bool:
    """Whether the text is a fragment's, to be included and not run; raises ExerciseError if it is no TOML."""
    return "fragment" in read_table(text, source).data


def kebab(title: str) -> str:
    """The title in kebab-case; letters that ASCII does not have lose their accents or fall away."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))


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
