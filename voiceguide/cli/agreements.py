"""``voiceguide agreements``: what the two of you have agreed on."""

from __future__ import annotations

from datetime import date

import click

from voiceguide.cli.plain import clean, say, say_json
from voiceguide.cli.unlocking import passphrase_option, unlock


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects with who, words, made, again.")
@passphrase_option
def agreements(as_json: bool, passphrase_stdin: bool) -> None:
    """List what you agreed on, and when to look at it again.

    Agreements whose day has come are brought up at the beginning of the next session, and in "Weekly us": there you
    keep, change or let them go, by voice.

    \b
    Examples:
      voiceguide agreements
      voiceguide agreements --json
    """
    from voiceguide.paths import sessions_dir
    from voiceguide.record.agreements import agreements as all_of

    unlock(passphrase_stdin)
    found = all_of(sessions_dir())
    if as_json:
        say_json([each.to_fields() for each in found])
        return
    if not found:
        say('There are no agreements yet. One is made in "If-then promise": voiceguide start if-then-promise')
        return
    for each in found:
        day = "today or overdue" if each.again <= date.today() else f"on {each.again.isoformat()}"
        say(click.wrap_text(f"{clean(each.who)}: {clean(each.words)}", 78, subsequent_indent="  "))
        say(f"  since {each.made.isoformat()}, to be looked at {day}")
