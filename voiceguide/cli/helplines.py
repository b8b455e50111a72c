"""``voiceguide helplines``: who helps, by country."""

from __future__ import annotations

import json

import click

from voiceguide.care import Country
from voiceguide.care import helplines as known
from voiceguide.cli.plain import say


@click.command()
@click.argument("country", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one object, with the source of each line.")
def helplines(country: str | None, as_json: bool) -> None:
    """Tell where to find help, by country. COUNTRY is a name or a code such as GB.

    The numbers come with voiceguide; nothing is looked up and nothing is stored.

    \b
    Examples:
      voiceguide helplines
      voiceguide helplines Ireland
    """
    found = known()
    chosen = [found.of(country)] if country else list(found.countries.values())
    if as_json:
        countries = [each.to_fields() for each in [*chosen, found.anywhere]]
        say(json.dumps({"as_of": found.as_of.isoformat(), "countries": countries}, indent=2, ensure_ascii=False))
        return
    if not country and found.here:
        chosen.sort(key=lambda each: each is not found.here)
    for each in [*chosen, found.anywhere]:
        say("\n".join(_block(each)) + "\n")
    say(f"Collected {found.as_of.isoformat()}; numbers change. Each line's source: voiceguide helplines --json")


def _block(country: Country) -> list[str]:
    danger = f" (in danger: {country.emergency})" if country.emergency else ""
    return [f"{country.name}{danger}", *(f"  {line}" for line in country.lines)]
