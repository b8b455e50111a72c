"""How the guide speaks and waits this evening, and what of it is remembered for the next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from voiceguide import settings as known
from voiceguide.errors import VoiceguideError
from voiceguide.session.delivery import LOUDEST, QUIETEST, Delivery
from voiceguide.session.patience import UNHURRIED, Patience
from voiceguide.settings import FASTEST, SLOWEST, Settings

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Manner:
    """How the guide speaks and waits: one machine hands it on to the next."""

    delivery: Delivery
    patience: Patience

    def told_since(self, before: Manner, tonight: Manner) -> Manner:
        """``tonight``, but what was told since ``before`` as it is here; waits only where there are any tonight."""
        waits = tonight.patience != UNHURRIED
        return Manner(
            Delivery(
                _told(self.delivery.pace, before.delivery.pace, tonight.delivery.pace),
                _told(self.delivery.loudness, before.delivery.loudness, tonight.delivery.loudness),
            ),
            _told(self.patience, before.patience, tonight.patience) if waits else tonight.patience,
        )


def _told(now: _Value, before: _Value, tonight: _Value) -> _Value:
    return now if now != before else tonight


def told(settings: Settings, before: Manner, now: Manner) -> dict[str, float]:
    """The settings that the way from ``before`` to ``now`` changes, with their new values.

    A rate that was given for tonight only is not among them: the change alone is applied to the rate in ``settings``.
    """
    new: dict[str, float] = {}
    if now.delivery.pace != before.delivery.pace:
        new["rate"] = min(FASTEST, max(SLOWEST, round(settings.rate * now.delivery.pace / before.delivery.pace)))
    if now.delivery.loudness != before.delivery.loudness:
        new["loudness"] = min(LOUDEST, max(QUIETEST, round(now.delivery.loudness, 2)))
    for name in ("still_listening", "anything_more", "soft_end"):
        if (seconds := getattr(now.patience, name)) != getattr(before.patience, name):
            new[name] = seconds
    return {name: value for name, value in new.items() if value != getattr(settings, name)}


def remember(settings: Settings, before: Manner, now: Manner) -> str:
    """Keep what was told this evening in the settings, and give the words that say so; empty for nothing.

    What somebody has set meanwhile, by hand, stays. That nothing can be kept is said, too, and is no error: the
    evening was what mattered.
    """
    new = told(settings, before, now)
    try:
        own = known.own() if new else {}
        latest = Settings(**own)
        new = {name: value for name, value in new.items() if getattr(latest, name) == getattr(settings, name)}
        if not new:
            return ""
        known.change(new)
    except VoiceguideError as error:
        return f"What you told me of pace, loudness and patience is not remembered for the next time. {error}"
    kept = ", ".join(f"{name} {value:g} {known.ABOUT[name].unit}".rstrip() for name, value in new.items())
    return f"Remembered for the next time: {kept}. Change it back with: {_back(new, own)}"


def _back(new: Collection[str], own: Mapping[str, Any]) -> str:
    """The commands that restore what was before."""
    unset = [name for name in new if name not in own]
    commands = [f"voiceguide settings reset {' '.join(unset)}"] if unset else []
    commands += [f"voiceguide settings set {name} {own[name]:.9g}" for name in new if name in own]
    return "; ".join(commands)
