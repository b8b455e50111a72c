"""``voiceguide completion``: what a shell needs to complete our commands; and what it then offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem, get_completion_class

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what makes your shell complete voiceguide's commands.

    Add the line of your shell to its own file, and open a new terminal.

    \b
    Examples:
      voiceguide completion bash >> ~/.bashrc
      voiceguide completion zsh >> ~/.zshrc
      voiceguide completion fish > ~/.config/fish/completions/voiceguide.fish
    """
    from voiceguide.cli import cli

    made = get_completion_class(shell)
    assert made is not None  # click knows all three
    click.echo(made(cli, {}, "voiceguide", "_VOICEGUIDE_COMPLETE").source())


def exercise_ids() -> Iterable[tuple[str, str]]:
    """(id, title) of every exercise that can be used."""
    from voiceguide.library import all_exercises

    return [(exercise.id, exercise.title) for exercise in all_exercises()[0]]


def session_ids() -> Iterable[tuple[str, str]]:
    """(id, nothing) of every session; none is opened, for one may be locked."""
    from voiceguide.paths import sessions_dir

    folder = sessions_dir()
    entries = folder.iterdir() if folder.is_dir() else ()
    return [(name, "") for name in sorted((entry.name for entry in entries if entry.is_dir()), reverse=True)]


def engine_names() -> Iterable[tuple[str, str]]:
    """(name, title) of every recogniser."""
    from voiceguide.hearing.engines import ENGINES, MODELS

    return [(name, known.title) for name, known in (ENGINES | MODELS).items()]


def voice_names() -> Iterable[tuple[str, str]]:
    """(name, title) of every natural voice; the system's would have to be started to be known."""
    from voiceguide.speaking.piper_engine import VOICES

    return [(name, voice.title) for name, voice in VOICES.items()]


def setting_names() -> Iterable[tuple[str, str]]:
    """(name, what it means) of every setting."""
    from voiceguide.settings import ABOUT

    return [(name, about.means) for name, about in ABOUT.items()]


def offering(known: Callable[[], Iterable[tuple[str, str]]]) -> Complete:
    """Completes to every name that begins as it was typed; to nothing where the names cannot be known."""

    def complete(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
        from voiceguide.errors import VoiceguideError

        try:
            every = list(known())
        except (OSError, VoiceguideError):  # no place to say so: the shell waits for names
            return []
        return [CompletionItem(name, help=about) for name, about in every if name.startswith(typed)]

    return complete
