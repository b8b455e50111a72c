"""``voiceguide helplines``: who helps, by country."""

from __future__ import annotations

import click

from voiceguide.care import Country
from voiceguide.care import helplines as known
from voiceguide.cli.plain import say_json, show_paged


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
    here = found.of(country) if country else found.here
    others = [] if country else [each for each in found.countries.values() if each is not here]
    chosen = [*([here] if here else []), found.anywhere, *others]  # who looks in fear does not read to the end
    if as_json:
        say_json(
            {"as_of": found.as_of.isoformat(), "countries": [each.to_fields() for each in chosen]}, ascii_only=False
        )
        return
    lines = [line for each in chosen for line in _block(each)]
    source = "Each line's source: `voiceguide helplines --json`"
    show_paged([*lines, f"Collected {found.as_of.isoformat()}; numbers change. {source}"], hang=2)


def _block(country: Country) -> list[str]:
    danger = f" (in danger: {country.emergency})" if country.emergency else ""
    return [f"{country.name}{danger}", *(f"  {line}" for line in country.lines), ""]
