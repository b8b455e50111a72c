"""``voiceguide search``: where in all the sessions something was said."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

import click

from voiceguide.cli.plain import clean, say, say_json, show_paged, warn
from voiceguide.cli.unlocking import passphrase_option, unlock

if TYPE_CHECKING:  # loaded when it is asked for
    from datetime import date

    from voiceguide.record.archive import Summary
    from voiceguide.record.searching import Hit

_MOST = 20

_MORE = f"There is more than these {_MOST}: --all shows everything."


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@click.option("--partner", metavar="NAME", help="Only what this partner said.")
@click.option("--exercise", metavar="ID", help="Only in sessions of this exercise: its id or its title.")
@click.option("--since", metavar="DATE", help='Only since then: 2026-11-01, yesterday, "last week", "3 days" …')
@click.option("--all", "everything", is_flag=True, help=f"Everything, not only the newest {_MOST}.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects with id, title, names, hits …")
@passphrase_option
def search(
    words: tuple[str, ...],
    partner: str | None,
    exercise: str | None,
    since: str | None,
    everything: bool,
    as_json: bool,
    passphrase_stdin: bool,
) -> None:
    """Find words in all your sessions: what the two of you said, and what the guide read.

    Every form of a word is found: felt finds feel and feeling, too. Several words must stand in the same turn; words in
    quotes stand next to each other. Simulated sessions are left out, and so is what was taken off the record.

    \b
    Examples:
      voiceguide search apology
      voiceguide search "little house" --partner Mia
      voiceguide search money worry --since "last month" --all
    """
    from voiceguide.paths import sessions_dir
    from voiceguide.record import archive
    from voiceguide.record.searching import Search, Wanted, chosen

    try:
        wanted = Wanted(words)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    first_day = _day(since)
    unlock(passphrase_stdin)
    known = archive.sessions(sessions_dir(), ends=False)
    if not any(s.problem is None and not s.simulated for s in known):
        none = "There are no saved sessions to look through yet (simulated ones are left out)"
        say("[]" if as_json else f"{none}. Begin one with: voiceguide start")
        return
    looking = Search(wanted, chosen(known, partner, exercise, first_day), partner)
    hits = looking.hits()
    found = list(hits if everything else islice(hits, _MOST))
    more = not everything and len(found) == _MOST and next(hits, None) is not None
    nicknames = dict(zip((s.id for s in known), archive.nicknames(known), strict=True))
    if as_json:
        say_json(_objects(found, nicknames))
        if more:
            warn(_MORE)
        return
    lines = list(_told(found, nicknames))
    if not found:
        lines = [_nothing(words, len(looking.summaries), bool(partner or exercise or since))]
    elif more:
        lines += ["", _MORE]
    unread = len(looking.broken) + sum(s.problem is not None for s in known)
    if unread:
        what = "1 session cannot" if unread == 1 else f"{unread} sessions cannot"
        lines += ["", f"{what} be read: `voiceguide sessions` tells why."]
    show_paged(lines, hang=2)


def _day(since: str | None) -> date | None:
    from datetime import datetime

    from voiceguide.record.searching import since_day

    if since is None:
        return None
    try:
        return since_day(since, datetime.now().astimezone().date())
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--since") from error


def _told(found: list[tuple[Summary, Hit]], nicknames: dict[str, str]) -> Iterator[str]:
    """A heading for each session, and two lines for each hit: the words, and how to hear them."""
    from voiceguide.record.story import WIDTH, clock, date

    for number, (summary, hits) in enumerate(groupby(found, key=lambda each: each[0])):
        nickname = nicknames[summary.id]
        names = " and ".join(map(clean, summary.names))
        if number:
            yield ""
        yield click.style(f"{date(summary.started)}  {clean(summary.title)}  {names}  {nickname}", bold=True)
        for _, hit in hits:
            margin = f"  {clock(hit.start):>7}  "
            name = _short(clean(hit.name)) + ": "
            yield margin + name + _shown(hit, WIDTH - len(margin) - len(name))
            yield " " * len(margin) + _command(hit, nickname)


def _shown(hit: Hit, width: int) -> str:
    """One line of the words, with those that were looked for in bold."""
    from voiceguide.record.searching import around

    text = clean(hit.text)  # as long as it was
    begin, end = around(text, hit.at, width)
    shown, place = "…" if begin else "", begin
    for start, stop in hit.spans:
        start, stop = max(start, place), min(stop, end)
        if start < stop:
            shown += text[place:start] + click.style(text[start:stop], bold=True)
            place = stop
    return shown + text[place:end] + ("…" if end < len(text) else "")


def _short(name: str) -> str:
    return name if len(name) <= 24 else name[:23] + "…"


def _command(hit: Hit, nickname: str) -> str:
    from voiceguide.record.story import clock

    return f"voiceguide replay {nickname} --from {clock(hit.start)}"


def _objects(found: list[tuple[Summary, Hit]], nicknames: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "id": summary.id,
            "exercise": summary.exercise,
            "title": summary.title,
            "names": list(summary.names),
            "started": summary.started,
            "hits": [
                {
                    "turn": hit.turn,
                    "name": hit.name,
                    "start": hit.start,
                    "text": hit.text,
                    "command": _command(hit, nicknames[summary.id]),
                }
                for _, hit in hits
            ],
        }
        for summary, hits in groupby(found, key=lambda each: each[0])
    ]


def _nothing(words: tuple[str, ...], count: int, narrowed: bool) -> str:
    """What was looked through, and what else to try."""
    looked = "no session, since none is so new" if not count else "1 session" if count == 1 else f"{count} sessions"
    bare = [word.strip('"') for word in words]
    typed = clean(" ".join(f'"{word}"' if " " in word else word for word in bare))
    tries = [
        *(["fewer words: all must stand in the same turn"] if len(words) > 1 else []),
        *(["the words without the quotes"] if any(" " in word.strip() for word in words) else []),
        *(["it without --partner, --exercise and --since"] if narrowed else []),
    ]
    advice = " or ".join(tries) or "another word for it"
    return f"Nothing was found for {typed[:80]}; looked through: {looked} (not simulated ones). You could try {advice}."
