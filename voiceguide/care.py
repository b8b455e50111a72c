"""What stands before everything: the page on safety that each reads alone, and where to find help.

Only the date on which both have seen the page is stored.
"""

from __future__ import annotations

import contextlib
import os
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from voiceguide.durable import write_new
from voiceguide.errors import NotFoundError, RecordError
from voiceguide.paths import data_dir, packaged_file, private_dir


@dataclass(frozen=True)
class Helpline:
    """A service that helps."""

    name: str
    for_: str
    """Whom, or with what."""
    source: str
    """Where the entry was found."""
    phone: str = ""
    hours: str = ""
    web: str = ""

    def to_fields(self) -> dict[str, str]:
        """The JSON fields, those of the file."""
        return {("for" if key == "for_" else key): value for key, value in asdict(self).items()}

    def __str__(self) -> str:
        reach = ", ".join(part for part in (self.phone, self.hours, self.web) if part)
        return f"{self.name} ({self.for_}): {reach}"


@dataclass(frozen=True)
class Country:
    """The helplines of one country."""

    name: str
    lines: tuple[Helpline, ...]
    code: str = ""
    """ISO 3166, two letters; empty for the lines of all countries."""
    emergency: str = ""
    """The number to call in danger."""
    also: tuple[str, ...] = ()
    """Other names, its own among them."""

    def to_fields(self) -> dict[str, Any]:
        """The JSON fields."""
        return {**asdict(self), "lines": [line.to_fields() for line in self.lines], "also": list(self.also)}


@dataclass(frozen=True)
class Helplines:
    """Everything in the packaged file."""

    as_of: date
    """When the numbers were collected: they change."""
    anywhere: Country
    countries: Mapping[str, Country] = field(default_factory=dict)
    """By code."""

    def of(self, wanted: str) -> Country:
        """The country of this code or name, with or without accents. Raises NotFoundError, with near names."""
        for country in self.countries.values():
            if _folded(wanted) in map(_folded, (country.code, country.name, *country.also)):
                return country
        known = [name for country in self.countries.values() for name in (country.name, *country.also)]
        raise NotFoundError.suggesting(
            "list of helplines for", wanted, known, "`voiceguide helplines` has those of all countries we know."
        )

    @property
    def here(self) -> Country | None:
        """Of the country that the system's language names; None where it names none we know."""
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            if value := os.environ.get(name):
                found = re.match(r"[a-z]{2,3}_([A-Z]{2})\b", value)
                return self.countries.get(found[1]) if found else None
        return None


def _folded(name: str) -> str:
    plain = (char for char in unicodedata.normalize("NFKD", name.strip()) if not unicodedata.combining(char))
    return "".join(plain).casefold()


@cache
def helplines() -> Helplines:
    """The packaged helplines."""
    found = tomllib.loads(packaged_file("helplines.toml").read_text("utf-8"))
    countries = {code: _country(table, code) for code, table in found["countries"].items()}
    return Helplines(found["as_of"], _country(found["international"]), countries)


def _country(table: dict[str, Any], code: str = "") -> Country:
    lines = tuple(
        Helpline(**{("for_" if key == "for" else key): value for key, value in line.items()}) for line in table["lines"]
    )
    return Country(table["name"], lines, code, table.get("emergency", ""), tuple(table.get("also", ())))


# -- the page ----------------------------------------------------------------------------------------------------

_PAGE = """\
Before you begin: each of you reads this alone, and the guide is silent.

It is made for two people who are safe with each other and who both want to
talk. It is not for you if any of this is so:

  - you are afraid of your partner, or of what follows an honest word
  - one of you was hit, held, hurt or forced, or was threatened with it
  - somebody threatens to harm a child, an animal, or themselves
  - you are watched, or kept from people, from money, from going out
  - you were pushed to take part in this

Then talking here can make it worse. None of it is your fault, and there are
people who help. It is also too small for an affair that goes on, an
addiction, or a crisis: a counsellor or a doctor can do more.

A program cannot tell whether you are safe; only you can.
"""


def safety_page() -> str:
    """The page, with where to find help; lines of at most 78 letters."""
    found = helplines()
    here = found.here
    shown = [*_reach(here, 2), "More, and other countries: voiceguide helplines"] if here else _reach(found.anywhere, 1)
    if not here:
        shown.append("Numbers by country: voiceguide helplines. In danger, call the police.")
    return "\n".join([_PAGE, *shown])


def _reach(country: Country, most: int) -> list[str]:
    danger = [f"In danger ({country.name}): {country.emergency}"] if country.emergency else []
    return [*danger, *(f"{line.name}: {line.phone or line.web}" for line in country.lines[:most])]


def _shown_file() -> Path:
    return data_dir() / "safety-page-shown"


def page_was_shown() -> bool:
    """Whether both have seen the page before."""
    return _shown_file().exists()


def note_page_shown(today: date) -> None:
    """Store the date, and nothing else. Where that cannot be, the page simply comes again."""
    with contextlib.suppress(OSError, RecordError):
        private_dir(data_dir())
        write_new(_shown_file(), f"{today.isoformat()}\n".encode())
