"""A session under other names: its header rewritten, and words written under the old names shown with the new ones.

What was before stays in the header's field ``was``, oldest first, with the time in the record up to which it held:
prompts that are recorded already stay as they are in the file, and whoever shows them asks ``as_called_now``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from voiceguide.cleaning import clean
from voiceguide.errors import VoiceguideError
from voiceguide.record.header import Header

MAX_TITLE = 80

WAS = "was"
"""The header's field: a list of {"names": [a, b], "title": ..., "at": ISO time, "until": seconds in the record};
the first one also has "said", what the steps said under the first names."""

_SPOKEN = ("prompt", "again", "example")
"""The fields of a step that may hold a name."""

Names = tuple[str, str]


def clean_title(title: str) -> str:
    """A session's title, spaces tidied. Raises VoiceguideError for none, too long a one, or one with hidden tricks."""
    tidy = " ".join(title.split())
    if not 1 <= len(tidy) <= MAX_TITLE:
        raise VoiceguideError(f"A title has 1 to {MAX_TITLE} characters, this one has {len(tidy)}: choose another.")
    if clean(tidy) != tidy:
        raise VoiceguideError("The title holds characters that cannot be seen: type it again.")
    return tidy


def exchanged(text: str, old: Names, new: Names) -> str:
    """``text`` with the old names, where they stand as whole words, replaced by the new ones, both at once."""
    wanted = {before: after for before, after in zip(old, new, strict=True) if before and before != after}
    if not wanted:
        return text
    longest_first = sorted(map(re.escape, wanted), key=len, reverse=True)
    return re.sub(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", lambda found: wanted[found[0]], text)


def renamed(stored: Mapping[str, Any], names: Names, title: str, at: datetime, until: float) -> dict[str, Any]:
    """The header's fields ``stored``, which are those of a sound header, under this title and these names.

    Fields this version does not know stay. ``until`` is how far the record has come, in seconds.
    """
    before = stored.get(WAS)
    was = [*(before if isinstance(before, list) else [])]
    entry = {"names": stored["names"], "title": stored["title"], "at": at.isoformat(), "until": until}
    if not was:  # from these every later name is filled in: one that is a word, too, spoils nothing for good
        entry["said"] = [{name: step[name] for name in _SPOKEN if name in step} for step in stored["steps"]]
    was.append(entry)
    first = was[0] if _is_origin(was[0], len(stored["steps"])) else {"names": stored["names"], "said": stored["steps"]}
    old = (first["names"][0], first["names"][1])
    steps = [
        {**step, **{name: exchanged(said[name], old, names) for name in _SPOKEN if name in said}}
        for step, said in zip(stored["steps"], first["said"], strict=True)
    ]
    front = {key: value for key, value in stored.items() if key not in (WAS, "steps")}
    return {**front, "title": title, "names": list(names), WAS: was, "steps": steps}


def _is_origin(entry: object, steps: int) -> bool:
    """Whether it holds what the steps said under the first names."""
    match entry:
        case {"names": [str(), str()], "said": list() as said} if len(said) == steps:
            return all(isinstance(each, dict) and all(isinstance(text, str) for text in each.values()) for each in said)
    return False


def as_called_now(text: str, t: float, header: Header) -> str:
    """Words of the guide that were recorded at ``t`` seconds, with the names the session has now."""
    then = next((names for names, until in _earlier(header) if t <= until), header.names)
    return exchanged(text, then, header.names)


def own_prompts(header: Header, lines: Collection[Mapping[str, Any]]) -> frozenset[str]:
    """Every sentence the exercise itself makes the guide say, those in ``lines`` as they stand there included."""
    own = header.prompts
    if not _earlier(header):
        return own
    told = {(line["text"], float(line["t"])) for line in lines if line.get("type") == "prompt" and line.get("text")}
    return own | {text for text, t in told if as_called_now(text, t, header) in own}


def _earlier(header: Header) -> list[tuple[Names, float]]:
    """The earlier names and until when they held, oldest first; what is no such entry is left out."""
    was = header.more.get(WAS)
    found: list[tuple[Names, float]] = []
    for entry in was if isinstance(was, list) else []:
        match entry:
            case {"names": [str(a), str(b)], "until": int() | float() as until}:
                found.append(((a, b), float(until)))
    return found
