"""The first line of a record: what the session is, with its whole exercise, so that it can go on after any update."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from voiceguide.errors import NewerRecordError, RecordError
from voiceguide.exercise import PARTNERS, Option, Step, StepKind

FORMAT = "voiceguide-session"
VERSION = 1

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


@dataclass(frozen=True)
class Header:
    """What is known about a session before it begins."""

    id: str
    exercise: str
    """The exercise's id."""
    title: str
    names: tuple[str, str]
    """Of partner a and partner b."""
    simulated: bool
    started: str
    """Local time with its offset, ISO 8601."""
    steps: tuple[Step, ...]
    """The bound, flat exercise."""
    first: str | None = None
    """Which of the two, a or b, went first; None where one was alone, or nobody knows."""
    format: str = FORMAT
    version: int = VERSION
    more: Mapping[str, Any] = field(default_factory=dict)
    """Fields this version does not know, as stored."""

    @property
    def agrees(self) -> bool:
        """Whether something can be agreed in it; stored, so that a list need not read the steps."""
        return any(step.kind is StepKind.AGREE for step in self.steps)

    @property
    def prompts(self) -> frozenset[str]:
        """Every sentence the exercise itself makes the guide say."""
        return frozenset(text for step in self.steps for text in (step.prompt, step.again) if text)

    def to_fields(self) -> dict[str, Any]:
        """The JSON fields. ``steps`` comes last: a list of sessions needs only the bytes before it."""
        front = {"format": self.format, "version": self.version, "id": self.id, "exercise": self.exercise}
        rest = {
            "title": self.title,
            "names": list(self.names),
            "simulated": self.simulated,
            "started": self.started,
            "first": self.first,
            "agrees": self.agrees,
        }
        steps = [{**asdict(step), "kind": str(step.kind)} for step in self.steps]
        return {**front, **rest, **self.more, "steps": steps}

    @classmethod
    def from_fields(cls, stored: Mapping[str, Any], path: Path) -> Header:
        """The header stored in ``path``. Raises NewerRecordError or RecordError."""
        basics = checked_basics(stored, path)
        steps = stored.get("steps")
        if not isinstance(steps, list) or not steps:
            raise unusable(path, "its steps are missing")
        bound = tuple(_step(step, len(steps), path) for step in steps)
        del basics["agrees"]  # the steps tell
        known = {f.name for f in fields(cls)} - {"more"} | {"agrees"}
        return cls(**basics, steps=bound, more={k: v for k, v in stored.items() if k not in known})


def checked_basics(stored: Mapping[str, Any], path: Path | str) -> dict[str, Any]:
    """The header's fields but for its steps, checked. Raises NewerRecordError or RecordError."""
    if stored.get("format") != FORMAT:
        raise RecordError(f"{path} is not a voiceguide session: its first line does not say format {FORMAT}.")
    version = stored.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise unusable(path, "its version is no number")
    if version > VERSION:
        shown = version if version < 1_000_000 else "far later"
        raise NewerRecordError(
            f"{path} was written by a newer voiceguide (record version {shown}, this one reads up to {VERSION}): "
            "update voiceguide to use it."
        )
    for name in ("id", "exercise", "title", "started"):
        if not isinstance(stored.get(name), str):
            raise unusable(path, f"its {name} is missing")
    if not _ID.fullmatch(stored["id"]):  # exports are called after it, so it may not lead anywhere
        raise unusable(path, "its id is not one that voiceguide gives")
    names = stored.get("names")
    if not isinstance(names, list) or len(names) != 2 or not all(isinstance(name, str) for name in names):
        raise unusable(path, "its names are not two")
    if not isinstance(stored.get("simulated"), bool):
        raise unusable(path, "it does not say whether it is simulated")
    kept = ("id", "exercise", "title", "simulated", "started")
    first = stored.get("first")
    basics = {
        "version": version,
        "names": (names[0], names[1]),
        "first": first if first in ("a", "b") else None,
        "agrees": stored.get("agrees") is not False,  # earlier headers do not tell
    }
    return basics | {name: stored[name] for name in kept}


def unusable(path: Path | str, why: str) -> RecordError:
    """The sentence for a header that cannot be used."""
    return RecordError(f"{path} has a broken header, {why}: restore the file from a copy.")


def checked_id(id_: str) -> str:
    """``id_``, if it can be a folder's name everywhere. Raises RecordError."""
    if not _ID.fullmatch(id_):
        raise RecordError(f"{id_[:60]!r} cannot be a session's id: use small letters, digits and hyphens.")
    return id_


def new_id(exercise_id: str, now: datetime) -> str:
    """A session id that sorts by its local time and can be said: ``20261122-2147-worry-and-answer-tobiku``."""
    name = re.sub(r"[^a-z0-9]+", "-", exercise_id.lower()).strip("-")[:60].rstrip("-") or "session"
    suffix = "".join(secrets.choice("bdklmnprtvz") + secrets.choice("aeiou") for _ in range(3))
    return f"{now:%Y%m%d-%H%M}-{name}-{suffix}"


def _step(stored: object, count: int, path: Path) -> Step:
    """One step whose jumps stay inside the exercise."""
    if not isinstance(stored, dict):
        raise unusable(path, "a step is no object")
    try:
        known = {f.name: stored[f.name] for f in fields(Step) if f.name in stored}
        options = tuple(Option(o["name"], tuple(o["words"]), o["then"]) for o in known.get("options", ()))
        breath = known.get("breath")
        known |= {"kind": StepKind(known["kind"]), "options": options, "breath": breath and (breath[0], breath[1])}
        step = Step(**known)
    except (TypeError, ValueError, LookupError) as error:
        raise unusable(path, f"a step has the wrong fields ({str(error)[:80]})") from error
    ways = [step.then, step.otherwise, *(option.then for option in step.options)]
    whole = [step.place, step.then, *(way for way in ways if way is not None)]
    said = [words for option in step.options for words in (option.name, *option.words)]
    texts = all(isinstance(text, str) for text in (step.prompt, step.again, step.example, step.recalls, *said))
    if not texts or not all(type(value) is int and 0 <= value <= count + 1_000 for value in whole):
        raise unusable(path, "a step has a field of the wrong shape")
    if max(way or 0 for way in ways) > count:
        raise unusable(path, "a step leads outside the exercise")
    needs_partner = step.kind not in (StepKind.SAY, StepKind.HOLD)
    if step.partner not in (*PARTNERS, None) or (needs_partner and step.partner is None):
        raise unusable(path, "a step's partner is none of a, b and both")
    if step.kind is StepKind.ASK and step.otherwise is None and not step.options:
        raise unusable(path, "a question does not say what follows a no")
    if step.breath and not all(type(part) in (int, float) and 0 < part < 1e3 for part in step.breath):
        raise unusable(path, "a step's breath is no length of time")
    if step.seconds is not None and (type(step.seconds) not in (int, float) or not 0 < step.seconds < 1e6):
        raise unusable(path, "a step's seconds are no length of time")
    if type(step.endless) is not bool or type(step.quotes) is not bool:
        raise unusable(path, "a step's endless is neither true nor false")
    return step
