"""Where in a replay somebody wants to be: a time, a step, a turn, or words that stand there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from voiceguide.record.replay import Item
from voiceguide.voice_commands.choosing import in_words, kin, number_in
from voiceguide.voice_commands.vocabulary import normalised

SECONDS = 15.0
"""How far a key, or "back" and "forward" without a number, goes."""

AHEAD, REWIND = "forward fifteen seconds", "back fifteen seconds"
NEXT_STEP, STEP_BEFORE = "go to the next step", "go to the previous step"

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):([0-5]\d)")
_GOING = tuple(
    normalised(phrase)
    for phrase in (
        "go to", "go back to", "jump to", "jump back to", "skip to", "replay from", "play from", "start from",
        "go from", "take us to", "take me to", "continue from", "from", "back to",
    )
)  # fmt: skip
"""What somebody says before the place; it alone makes a command of it, or a number of a step, turn or minute."""

_MOST_WORDS = 9
"""A longer utterance is no command."""

_NUMBERED = ("step", "turn", "minute", "minutes")
_BEFORE = 3
"""Words that such a number may begin among."""

_PLAIN = frozenset(
    normalised("a an the and of or our my your about where when we i you said talked was at in part bit on")
)
_UNITS = {"second": 1.0, "minute": 60.0, "hour": 3600.0}
_FORWARD = ("forward", "ahead", "onward")
_BACK = ("back", "rewind", "backward", "backwards")


def asked(text: str, items: Sequence[Item], at: int, within: float) -> int | None:
    """The index of the item that a spoken or typed wish leads to; None where it is no such wish, or leads nowhere.

    ``at`` is the item that is playing, ``within`` the seconds of it that have been heard.
    """
    words = in_words(text)
    if not words or len(words) > _MOST_WORDS:
        return None
    moved = _moved(words, items, at, within)
    if moved is not None:
        return moved
    for going in sorted(_GOING, key=len, reverse=True):
        if words[: len(going)] == going:
            return found(" ".join(text.split()[len(going) :]), items, at)
    # Recognisers make "delta step four" of "go to step four": so short, it is meant, and a wrong jump harms nobody.
    begins = next((index for index, word in enumerate(words[:_BEFORE]) if word in _NUMBERED), 0)
    return _numbered(words[begins:], items)


def found(wanted: str, items: Sequence[Item], at: int = -1) -> int | None:
    """The index of the item that ``wanted`` means, named without "go to"; None where nothing is.

    Words are looked for in the guide's prompts first, which name what a step is about, then in what was said: after
    the item ``at``, then from the beginning.
    """
    clock = _CLOCK.fullmatch(wanted.strip())
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return _at_time(items, 3600.0 * hours + 60 * minutes + seconds)
    words = in_words(wanted)
    numbered = _numbered(words, items)
    if numbered is not None:
        return numbered
    stepped = _stepped(words, items, at)
    if stepped is not None:
        return stepped
    telling = [word for word in words if word not in _PLAIN]
    if telling in (["beginning"], ["start"]):
        return 0 if items else None
    if telling == ["end"]:
        return len(items) - 1 if items else None
    if not telling:
        return None
    order: list[int] = [*range(at + 1, len(items)), *range(max(0, at + 1))]
    for kind in ("prompt", "utterance"):
        for index in order:
            said = in_words(items[index].text) if items[index].kind == kind else ()
            if said and all(any(kin(word, own) for own in said) for word in telling):
                return index
    return None


def _moved(words: tuple[str, ...], items: Sequence[Item], at: int, within: float) -> int | None:
    """Forward or back by so many seconds, as they are heard."""
    if words[:1] == ("go",):
        words = words[1:]
    if not words or words[0] not in _FORWARD + _BACK:
        return None
    seconds = _length(words[1:]) if len(words) > 1 else SECONDS
    if seconds is None:
        return None
    ends: list[float] = list(accumulate(item.gap_before + item.seconds for item in items))
    now = ends[at] - items[at].seconds + within if at < len(items) else ends[-1]
    if words[0] in _BACK:
        return next((index for index, end in enumerate(ends) if end > max(0.0, now - seconds)), None)
    target = (index for index, end in enumerate(ends) if end > now + seconds and index > at)
    return next(target, len(items) - 1)


def _length(words: tuple[str, ...]) -> float | None:
    """Seconds that these words are, and nothing but that."""
    number = 1 if words[:-1] == ("a",) else number_in(words[:-1])
    unit = _UNITS.get(words[-1].rstrip("s"))
    return None if unit is None or number is None or len(words) > 3 else number * unit


def _numbered(words: tuple[str, ...], items: Sequence[Item]) -> int | None:
    """ "Step four", "turn seven", "minute ten": the first item there; of a step or turn that was left out, the next."""
    words = words[1:] if words[:1] == ("the",) else words
    number = number_in(words[1:]) if 2 <= len(words) <= 4 else None
    if number is None:
        return None
    match words[0]:
        case "step":
            return _first([item.place for item in items], number)
        case "turn":
            return _first([item.turn for item in items], number)
        case "minute" | "minutes":
            return _at_time(items, number * 60.0)
    return None


def _first(numbers: Sequence[int], wanted: int) -> int | None:
    """The first item with this number, or the next one there is."""
    return next((index for index, number in enumerate(numbers) if number >= max(1, wanted)), None)


def _stepped(words: tuple[str, ...], items: Sequence[Item], at: int) -> int | None:
    words = words[1:] if words[:1] == ("the",) else words
    here = next((item.place for item in reversed(items[: at + 1]) if item.place), 0)
    if words == ("next", "step"):
        return next((index for index, item in enumerate(items) if item.place > here), None)
    if words in (("previous", "step"), ("last", "step"), ("step", "before")):
        before = max((item.place for item in items[:at] if 0 < item.place < here), default=here)
        return next((index for index, item in enumerate(items) if item.place == before), None)
    return None


def _at_time(items: Sequence[Item], seconds: float) -> int | None:
    """The first item that begins in this second of the session, as ``show`` tells it, or the last one before it.

    None after the end.
    """
    if int(seconds) > max((item.start + item.seconds for item in items), default=0.0):
        return None
    begun = [index for index, item in enumerate(items) if int(item.start) <= seconds]
    within = [index for index in begun if int(items[index].start) == int(seconds)]
    found = within or begun[-1:] or range(len(items))
    return found[0] if found else None
