"""``voiceguide engines``: the recognisers that are here, and those that can be had."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import click

from voiceguide.cli.completion import engine_names, offering
from voiceguide.cli.plain import say, say_json


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects with id, title, state, bytes …")
@click.pass_context
def engines(context: click.Context, as_json: bool) -> None:
    """List the recognisers, download or remove one.

    Each can be given to --engine of start, listen, demo, replay and refine, and so can the address of a Wyoming server,
    wyoming://HOST:PORT. All understand English only.

    \b
    Examples:
      voiceguide engines
      voiceguide engines --json
      voiceguide engines get base.en
    """
    if context.invoked_subcommand:
        return
    from voiceguide.errors import SettingsError
    from voiceguide.servers import is_address
    from voiceguide.settings import load

    found = list(_engines())
    if as_json:
        say_json(found)
        return
    say(_rows("Here:", [engine for engine in found if not engine["get"]]))
    say(_rows("Not here:", [engine for engine in found if engine["get"]]))
    say("tiny.en has 39 million parameters: with more of them an engine hears better, takes longer, needs more memory.")
    with suppress(SettingsError):  # those who set or use something are told
        if is_address(chosen := load().engine):
            say(f"Your settings let a server recognise: {chosen}")
    say("\nDownload one: voiceguide engines get NAME\nUse it:       voiceguide start --engine NAME")


@engines.command()
@click.argument("name", shell_complete=offering(engine_names))
def get(name: str) -> None:
    """Download a recogniser, or go on where a download was interrupted.

    Only this command and `voiceguide voices get` go online. It fetches the model's files from huggingface.co (or from
    the address in HF_ENDPOINT), checks them, and sends nothing but the requests for them.

    \b
    Example:
      voiceguide engines get base.en
    """
    from voiceguide.cli.fetching import fetch
    from voiceguide.hearing.engines import download

    fetch(download(name), f"voiceguide engines get {name}")
    say(f"Use it with: voiceguide start --engine {name}, or voiceguide refine --engine {name}")


@engines.command(short_help="Remove a downloaded recogniser, or a part of one.")
@click.argument("name", shell_complete=offering(engine_names))
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Remove a downloaded recogniser, or what an interrupted download left.

    \b
    Example:
      voiceguide engines remove base.en
    """
    from voiceguide.cli.fetching import let_go
    from voiceguide.hearing.engines import download

    let_go(download(name), yes)


def _engines() -> Iterator[dict[str, Any]]:
    """Every engine with its state: installed, missing, downloaded, begun or downloadable."""
    from voiceguide.hearing.engines import DEFAULT, ENGINES, MODELS, download, installed
    from voiceguide.paths import pip_install

    here = installed()
    for name, engine in ENGINES.items():
        state, how = ("installed", "") if name in here else ("missing", pip_install(engine.extra))
        yield {"id": name, "title": engine.title, "state": state, "default": name == DEFAULT, "get": how}
    for name, model in MODELS.items():
        known = download(name)
        state = "downloaded" if name in here else "begun" if known.size_here else "downloadable"
        yield {
            "id": name,
            "title": model.title,
            "state": state,
            "default": False,
            "get": "" if name in here else f"voiceguide engines get {name}",
            "parameters": model.parameters * 10**6,
            "bytes": model.size,
            "fetched": known.size_here,
            "folder": str(known.folder),
        }


def _rows(heading: str, found: list[dict[str, Any]]) -> str:
    """A block of the list, aligned."""
    cells = [(engine["id"], engine["title"], _about(engine)) for engine in found]
    widths = [max(len(row[column]) for row in cells) for column in (0, 1)] if cells else []
    rows = [f"  {id_:<{widths[0]}}  {title:<{widths[1]}}  {about}".rstrip() for id_, title, about in cells]
    return "\n".join([heading, *(rows or ["  nothing"]), ""])


def _about(engine: dict[str, Any]) -> str:
    from voiceguide.downloads import in_words

    if "bytes" not in engine:
        return "the default" if engine["default"] else engine["get"]
    size = in_words(engine["bytes"])
    if engine["state"] == "begun":
        size = f"{in_words(engine['fetched'])} of {size} fetched"
    return f"{engine['parameters'] // 10**6:>3} million parameters, {size}"
