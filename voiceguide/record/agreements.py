"""What the couple has agreed on, as the records of their sessions tell it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from voiceguide.errors import IllegalEventError, RecordError
from voiceguide.exercise import Partner, name_of
from voiceguide.record import BY_HAND, archive, read
from voiceguide.record import Session as Stored
from voiceguide.session import Session, phrases
from voiceguide.session.agreeing import Due, Outcome
from voiceguide.session.events import Amended, Utterance

MOST_AT_ONCE = 4
"""Agreements brought up in one session; the others wait for the next."""

_DAYS = dict(zip(phrases.LOOK_AGAIN, (7, 14, 30), strict=True))


@dataclass(frozen=True)
class Agreement:
    """An agreement that holds."""

    ref: str
    """Its session's id, a slash, and its place: where its words stand."""
    names: tuple[str, str]
    """Of the two, as its session has them."""
    partner: Partner
    words: str
    made: date
    again: date
    """When it is looked at again."""

    @property
    def who(self) -> str:
        """Who agreed: a name, or both."""
        return name_of(self.partner, self.names)

    def to_fields(self) -> dict[str, Any]:
        """The JSON fields."""
        made, again = self.made.isoformat(), self.again.isoformat()
        return {**asdict(self), "names": list(self.names), "who": self.who, "made": made, "again": again}


def agreements(folder: Path) -> list[Agreement]:
    """Every agreement that holds, from all real sessions in ``folder``, the one to be looked at first first."""
    found: dict[str, Agreement] = {}
    for summary in reversed(archive.sessions(folder)):
        if summary.problem or summary.simulated or not summary.agrees:
            continue
        made = _day(summary.started)
        for outcome in _outcomes(summary.folder).values():
            again = made + timedelta(days=_DAYS.get(outcome.again, 0))
            if outcome.of and not (outcome.again and outcome.words):
                if (earlier := found.pop(outcome.of, None)) and outcome.again:
                    found[outcome.of] = replace(earlier, again=again)
                continue
            found.pop(outcome.of, None)
            ref = f"{summary.id}/{outcome.place}"
            found[ref] = Agreement(ref, summary.names, outcome.partner, outcome.words, made, again)
    return sorted(found.values(), key=lambda each: (each.again, each.ref))


def agreed_in(stored: Stored) -> list[Agreement]:
    """What was agreed in this one session, in its own words, as it was when the session ended; by place."""
    header, made = stored.header, _day(stored.header.started)
    return [
        Agreement(
            f"{header.id}/{outcome.place}",
            header.names,
            outcome.partner,
            outcome.words,
            made,
            made + timedelta(days=_DAYS[outcome.again]),
        )
        for _, outcome in sorted(_outcomes_of(stored).items())
        if outcome.words and outcome.again in _DAYS
    ]


def due(folder: Path, names: tuple[str, str], today: date) -> list[Due]:
    """What these two are to look at by ``today``, partners as in ``names``, the longest overdue first."""
    ours = [each for each in agreements(folder) if set(each.names) == set(names) and each.again <= today]
    return [Due(each.ref, _partner(each, names)) for each in ours[:MOST_AT_ONCE]]


def recalled(folder: Path, refs: list[str]) -> dict[str, str]:
    """The words of these agreements; those that are gone are left out."""
    found = {}
    for ref in refs:
        session, _, place = ref.partition("/")
        told = _outcomes(folder / session) if Path(session).name == session else {}
        outcome = {str(place): outcome for place, outcome in told.items()}.get(place)
        if outcome and outcome.words:
            found[ref] = outcome.words
    return found


def _partner(agreement: Agreement, names: tuple[str, str]) -> Partner:
    if agreement.partner == "both":
        return "both"
    return "a" if agreement.who == names[0] else "b"


def _outcomes(folder: Path) -> dict[int, Outcome]:
    """What was agreed in one session; nothing where its record cannot be used."""
    try:
        return _outcomes_of(read(folder))
    except RecordError:
        return {}


def _outcomes_of(stored: Stored) -> dict[int, Outcome]:
    try:
        session = Session(stored.header.steps, stored.header.names)
        mended = _mended(stored)
        for t, event in stored.events:
            by_hand = mended.get(event.id) if isinstance(event, Utterance | Amended) else None
            if not (by_hand and isinstance(event, Amended)):
                session.handle(event, t)
            if by_hand:
                session.handle(by_hand, t)
    except IllegalEventError:
        return {}
    return dict(session.agreed)


def _mended(stored: Stored) -> dict[int, Amended]:
    """What was corrected by hand, by the utterance: it holds as if it had been said so, wherever it was read back."""
    found = (each.amended for each in stored.utterances if each.amended and each.amended.by == BY_HAND)
    return {amended.id: amended for amended in found}


def _day(started: str) -> date:
    try:
        return datetime.fromisoformat(started).date()
    except ValueError:
        return date.min + timedelta(days=1)
