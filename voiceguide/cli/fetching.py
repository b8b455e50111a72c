"""Fetching a model and removing it, as the commands ``engines`` and ``voices`` do."""

from __future__ import annotations

from voiceguide.cli.interrupting import interruptible
from voiceguide.cli.plain import confirmed, say
from voiceguide.cli.progress import progress
from voiceguide.downloads import Download, get, in_words, remove


def fetch(model: Download, again: str) -> None:
    """Download it, showing how far it has come; ``again`` is the command that goes on with it. Raises as ``get``."""
    with (
        interruptible(f"what was fetched is kept, `{again}` goes on."),
        progress(model.name, in_words) as tell,
    ):
        fetched = get(model, tell)
    if not fetched:
        say(f"{model.name} is here already, and undamaged.")


def let_go(model: Download, yes: bool) -> bool:
    """Remove it, after a yes; whether it is gone. Raises as ``remove``."""
    size = model.size_here
    if size and not yes and not confirmed(f"Remove {model.name} ({in_words(size)})?"):
        say("Nothing was removed.")
        return False
    remove(model)
    say(f"{model.name} is removed; {in_words(size)} are free again.")
    return True
