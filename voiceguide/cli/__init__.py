"""The command line: the only place that prints and exits."""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
import os
import sys

import click

from voiceguide import INTERRUPTED, __version__
from voiceguide.errors import VoiceguideError

COMMANDS = {
    "start": ("voiceguide.cli.guided", "Begin a guided session, or go on with one."),
    "listen": ("voiceguide.cli.listen", "Wait quietly, and begin when you call it by voice."),
    "demo": ("voiceguide.cli.demo", "Watch a session with a simulated couple."),
    "exercises": ("voiceguide.cli.exercises", "List the exercises, show one, or write your own."),
    "sessions": ("voiceguide.cli.sessions", "List the saved sessions, the newest first."),
    "show": ("voiceguide.cli.sessions", "Show what was said in a session."),
    "replay": ("voiceguide.cli.replay", "Hear a saved session again."),
    "open": ("voiceguide.cli.export", "Open a saved session in the browser: to read, hear and search."),
    "search": ("voiceguide.cli.search", "Find words in all your sessions."),
    "export": ("voiceguide.cli.export", "Write a saved session as a file that other programs read."),
    "correct": ("voiceguide.cli.mending", "Mend the words of a session in your editor."),
    "rename": ("voiceguide.cli.mending", "Change the names of the two in a session, or its title."),
    "delete": ("voiceguide.cli.deleting", "Delete a session, or turns of it, for good."),
    "lock": ("voiceguide.cli.locking", "Lock what is saved with a passphrase."),
    "agreements": ("voiceguide.cli.agreements", "List what you agreed on, and when to look at it again."),
    "refine": ("voiceguide.cli.refine", "Recognise a saved session again with another engine."),
    "engines": ("voiceguide.cli.engines", "List the recognisers, download or remove one."),
    "voices": ("voiceguide.cli.voices", "List the voices, hear one, pick one, download another."),
    "settings": ("voiceguide.cli.settings", "Show what you can set, explain it, set it and set it back."),
    "helplines": ("voiceguide.cli.helplines", "Tell where to find help, by country."),
    "completion": ("voiceguide.cli.completion", "Print what makes your shell complete voiceguide's commands."),
    "doctor": ("voiceguide.cli.doctor", "Tell what works here, what does not, and how to mend it."),
}
"""Command -> the module that holds it, and its short help: listing commands imports none of them."""


_FUNCTIONS = {"open": "open_page"}
"""Commands whose function bears another name, since theirs is taken."""


class Lazy(click.Group):
    """A group that imports a command's module only when that command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command; None when there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = getattr(module, _FUNCTIONS.get(cmd_name, cmd_name))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest near names for an unknown command."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from voiceguide.errors import NotFoundError

            wrong = NotFoundError.suggesting("command", args[0], COMMANDS, "see `voiceguide --help`.")
            ctx.fail(str(wrong))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with their short help, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


_WELCOME = """\
voiceguide is a hands-free guide for couples. It reads an exercise aloud,
gives each of you the floor, listens without cutting you off, and keeps what
you said on this machine only.

  voiceguide start       begin: the guide asks who is here and what you wish
  voiceguide demo        see first what it is like, with a simulated couple
  voiceguide exercises   which exercises there are
  voiceguide sessions    what is saved; `voiceguide replay` plays the newest
  voiceguide doctor      what works here, what does not, and how to mend it
  voiceguide helplines   where to find help, by country

All commands: voiceguide --help
More on one:  voiceguide start --help"""


@click.group(cls=Lazy, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="voiceguide")
@click.pass_context
def cli(context: click.Context) -> None:
    """A hands-free guide for couples: it reads an exercise aloud, gives each of you the floor, listens without
    cutting you off, and keeps what you said on this machine only.

    \b
    Examples:
      voiceguide start
      voiceguide demo
      voiceguide replay
    """
    if context.invoked_subcommand is None:
        from voiceguide.cli.plain import say

        say(_WELCOME)


def run(args: list[str] | None = None) -> int:
    """Run the command line; gives the exit code. Explains every error in a sentence on standard error."""
    code = _run(args)
    try:
        sys.stdout.flush()
    except OSError as error:
        # Python flushes once more at the end, and would complain in its own words.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = code or _unwritten(error)
    return code


def _run(args: list[str] | None) -> int:
    try:
        # Click itself turns an Exit into its code, and returns it; our commands return nothing.
        return cli.main(args, standalone_mode=False) or 0
    except click.ClickException as error:
        _show(error)
        return error.exit_code
    except VoiceguideError as error:
        return _complain(str(error))
    except (click.Abort, KeyboardInterrupt):
        return _complain("Interrupted; what was saved before stays saved.", INTERRUPTED)
    except Exception as error:
        if isinstance(error, OSError) and error.filename is None:  # no file's, so standard output's
            return _unwritten(error)
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
            return _complain(f"The name {str(error.filename)[:60]!r}… is too long: choose a shorter one.")
        if os.environ.get("VOICEGUIDE_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}"[:300]
        return _complain(
            f"Something went wrong inside voiceguide ({what}). What was saved before stays saved; "
            "set VOICEGUIDE_DEBUG=1 and run it again to see where, and please report it."
        )


def _show(error: click.ClickException) -> None:
    from voiceguide.cli.plain import clean, say

    shown = io.StringIO()
    error.show(shown)
    if not shown.getvalue():  # it has shown itself
        return
    usage, mark, message = shown.getvalue().rstrip("\n").partition("\nError: ")
    lines = usage.split("\n")
    if mark:  # click lists what can be chosen a line each
        lines += ["Error: " + " ".join(message.split())]
    if isinstance(error, click.MissingParameter) and error.ctx:
        known = (line.strip() for line in (error.ctx.command.help or "").split("\n") if line.startswith("  "))
        lines += [f"For example: {line}" for line in known if line.startswith("voiceguide ")][:1]
    for line in lines:  # it may hold whatever was typed, or pasted
        say(clean(line), err=True)


def _unwritten(error: OSError) -> int:
    """Complain that the output did not get out, unless whoever read it has merely gone."""
    if isinstance(error, BrokenPipeError):
        return 1
    return _complain(f"The output cannot be written ({error.strerror}): send it elsewhere.")


def _complain(text: str, code: int = 1) -> int:
    from voiceguide.cli.plain import warn

    with contextlib.suppress(OSError):
        warn(text)
    return code
