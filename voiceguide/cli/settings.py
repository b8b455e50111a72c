"""``voiceguide settings``: what can be set, and what it is set to."""

from __future__ import annotations

from typing import Any

import click

from voiceguide import settings as known
from voiceguide.cli.completion import offering, setting_names
from voiceguide.cli.plain import clean, confirmed, say, say_json, show_paged, warn
from voiceguide.errors import NotFoundError, SettingsError
from voiceguide.settings import ABOUT, Settings, settings_file

_ANSWER_SECONDS = 20.0
"""A server that says nothing is given up far earlier."""


class _Group(click.Group):
    """Tells whoever names a setting where a command belongs what to say instead."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest near names for an unknown command."""
        name = args[0]
        if name in ABOUT:
            example = f"`voiceguide settings set {name} {ABOUT[name].example}`"
            ctx.fail(f"{name} is a setting: `voiceguide settings show {name}` explains it, {example} sets it.")
        if name not in self.commands and not name.startswith("-"):
            known_here = [*self.commands, *ABOUT]
            ctx.fail(str(NotFoundError.suggesting("command", name, known_here, "see `voiceguide settings --help`.")))
        return super().resolve_command(ctx, args)


@click.group(cls=_Group, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects with name, value, default, yours …")
@click.pass_context
def settings(context: click.Context, as_json: bool) -> None:
    """Show what you can set, explain it, set it and set it back.

    Pace, loudness and patience can be set by voice, too: "slower", "faster", "louder", "quieter" and "take your time",
    said in a session, are remembered for the next one.

    \b
    Examples:
      voiceguide settings
      voiceguide settings show rate
      voiceguide settings set rate 135
      voiceguide settings reset rate
    """
    if context.invoked_subcommand:
        return
    own = known.own()
    if as_json:
        say_json([_fields(name, own) for name in ABOUT])
        return
    lines = [text for name in ABOUT for text in (_line(name, own), _wrapped(ABOUT[name].means))]
    lines += ["", "Explain one: voiceguide settings show NAME", "Set one:     voiceguide settings set NAME VALUE"]
    show_paged([*lines, f"The file:    {clean(str(settings_file()))}"])


def _plain(_context: click.Context, _parameter: click.Parameter, typed: Any) -> Any:
    """Names as they are: people also type still-listening."""
    return typed.replace("-", "_") if isinstance(typed, str) else tuple(name.replace("-", "_") for name in typed)


@settings.command()
@click.argument("name", callback=_plain, shell_complete=offering(setting_names))
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def show(name: str, as_json: bool) -> None:
    """Explain one setting.

    \b
    Example:
      voiceguide settings show still_listening
    """
    about, own = known.about(name), known.own()
    if as_json:
        say_json(_fields(name, own))
        return
    say(_line(name, own))
    say(_wrapped(about.means))
    say(_wrapped(f"It takes {about.wanted}."))
    say(f"Set it:      voiceguide settings set {name} {about.example}")
    if name in own:
        say(f"Set it back: voiceguide settings reset {name}")


@settings.command("set", context_settings={"ignore_unknown_options": True})  # -1 is refused in words of ours
@click.argument("name", callback=_plain, shell_complete=offering(setting_names))
@click.argument("value")
def set_(name: str, value: str) -> None:
    """Set one of them. It holds from the next session on.

    What else stands in your file stays there, comments and all.

    \b
    Examples:
      voiceguide settings set rate 135
      voiceguide settings set barge_in headphones
    """
    from voiceguide.cli.narrating import VOICES, known_voice
    from voiceguide.hearing import engines
    from voiceguide.servers import is_address, kept_near, refuse_far
    from voiceguide.worker import Worker

    new = known.from_typed(name, value)
    with kept_near():
        if name in VOICES.values() and new:
            new = known_voice(new)
        if name == "engine":
            making = engines.factory(new)
            if is_address(new):
                refuse_far(new, allow_remote=False)
                with Worker(*making, seconds=_ANSWER_SECONDS) as recogniser:
                    recogniser.submit("check").result()
    stored = known.stored()
    if name in stored and ABOUT[name].taken(stored[name]) == new:
        say(f"{name} is {_shown(name, new)} already.")
        return
    known.change({name: new})
    say(f"{name} was {_before(name, stored)}; from the next session on it is {_shown(name, new)}.")
    _tell_what_is_wrong()


@settings.command()
@click.argument("names", metavar="[NAME]...", nargs=-1, callback=_plain, shell_complete=offering(setting_names))
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(names: tuple[str, ...], everything: bool, yes: bool) -> None:
    """Set some of them back to how they come, or --all.

    Their lines are taken out of your file; what else stands there stays.

    \b
    Examples:
      voiceguide settings reset rate loudness
      voiceguide settings reset --all
    """
    if bool(names) is everything:
        raise click.UsageError("Name what is to be set back, or give --all.")
    stored = known.stored()
    wanted = list(stored) if everything else list(dict.fromkeys(names))
    for name in wanted:
        if name not in stored:  # what nobody knows can still be taken out
            known.about(name)
    gone = [name for name in wanted if name in stored]
    if everything and gone and not yes:
        listed = ", ".join(f"{_name(name)} ({_shown(name, stored[name])})" for name in gone)
        if not confirmed(f"Set back {listed}?"):
            say("Nothing was changed.")
            return
    if gone:
        known.change({}, gone)
    for name in wanted:
        say(_told_of_reset(name, stored))
    if not wanted:
        say("Everything is as it comes already.")
    _tell_what_is_wrong()


def _tell_what_is_wrong() -> None:
    """Warn of what else in the file hinders the next session."""
    try:
        known.load()
    except SettingsError as error:
        warn(str(error))


def _told_of_reset(name: str, stored: dict[str, Any]) -> str:
    if name not in ABOUT:
        return f"{_name(name)} is taken out."
    comes = f"{_shown(name, getattr(Settings, name))}, as it comes"
    was = f"was {_before(name, stored)}; now it is" if name in stored else "is already"
    return f"{name} {was} {comes}."


def _before(name: str, stored: dict[str, Any]) -> str:
    if name not in stored:
        return f"{_shown(name, getattr(Settings, name))}, as it comes"
    good = ABOUT[name].taken(stored[name])
    return _shown(name, stored[name] if good is None else good)


def _line(name: str, own: dict[str, Any]) -> str:
    comes = _shown(name, getattr(Settings, name))
    told = f"{_shown(name, own[name])}   (yours; it comes as {comes})" if name in own else f"{comes}   (as it comes)"
    return f"{name}: {told}"


def _fields(name: str, own: dict[str, Any]) -> dict[str, Any]:
    default, about = getattr(Settings, name), ABOUT[name]
    return {
        "name": name,
        "value": own.get(name, default),
        "default": default,
        "yours": name in own,
        "unit": about.unit,
        "means": about.means,
        "wanted": about.wanted,
        "example": about.example,
    }


def _shown(name: str, value: Any) -> str:
    """A value for people, whatever the file says; with its unit where it is one that can be."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        unit = ABOUT[name].unit if name in ABOUT else ""
        return f"{value:g} {unit}".strip()
    return clean(str(value))[:40] if value != "" else "not chosen"


def _name(name: str) -> str:
    """A name from the file, whatever it is."""
    return clean(name)[:40]


def _wrapped(text: str) -> str:
    return click.wrap_text(text, 78, initial_indent="  ", subsequent_indent="  ")
