"""The whole evening: consent, one exercise in two sittings, and what was measured in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.support.clips import Clip
from tests.support.ear import ALIKE, RATE, Samples, best_match, earcon_samples
from tests.support.evening import Evening, evening
from tests.support.pulse import private_pulse
from voiceguide.record import Session as Stored
from voiceguide.session import phrases
from voiceguide.session.effects import Earcon

NAMES = ("Anna", "Ben")
PAUSE = 1.0
"""Seconds between an answer and a command."""


@dataclass(frozen=True)
class Told:
    """How the evening went."""

    codes: tuple[int, int]
    stopped: Stored
    """The record after the first sitting, which ended with "stop"."""
    completed: Stored
    """After the second."""
    said: list[Clip]
    """Every answer, in its order; not what was said in the pause."""
    speech: list[Samples]
    """What the loudspeaker gave in the first sitting: the guide's words from silence to silence."""
    earcons: list[Samples]
    """The short sounds among them."""
    output: str
    figures: dict[str, str]


def whole_evening(clips: dict[str, Clip], home: Path) -> Told:
    said: list[Clip] = []
    with private_pulse() as server, evening(server, home) as couple:
        first = _first_sitting(couple, clips, said)
        stopped, figures = couple.saved(), _figures(couple)
        speech, earcons = _sorted(couple)
        couple.effects.clear()
        couple.misheard.clear()
        second = _second_sitting(couple, clips, said)
        figures |= {f"resumed: {name}": figure for name, figure in _figures(couple).items()}
        return Told((first, second), stopped, couple.saved(), said, speech, earcons, couple.output, figures)


def _first_sitting(couple: Evening, clips: dict[str, Clip], said: list[Clip]) -> int:
    """Consent, a floor with everything that may happen in one, a mirror that misses something, and "stop"."""
    couple.start("start", "worry-and-answer", "--names", ",".join(NAMES), "--plain")
    for name in ("yes a", "yes b", "yes a", "yes b"):  # may be recorded; ready
        couple.turn()
        couple.command("yes", clips[name])
    couple.turn()
    _answer(couple, clips["a 1"], said)
    couple.wait(4)  # thinking
    _answer(couple, clips["a 2"], said)
    couple.wait(PAUSE)
    couple.command("pause", clips["pause"])
    couple.until_shown(phrases.paused())
    couple.turn()
    couple.say(clips["in the pause"])
    couple.wait(PAUSE)
    couple.command("continue", clips["continue"])
    couple.turn()
    couple.command("repeat", clips["repeat"])
    couple.turn()
    _answer(couple, clips["a 3"], said)
    _done(couple, clips)
    couple.wait(0.5)  # the turn is ending
    _answer(couple, clips["a afterthought"], said)
    _done(couple, clips)
    _turn(couple, clips, "b mirror", said)
    couple.turn()
    couple.command("no", clips["no"])
    _turn(couple, clips, "a missing", said)
    _turn(couple, clips, "b mirror again", said)
    couple.turn()
    couple.command("yes", clips["yes a"])
    couple.turn()
    _answer(couple, clips["b true"], said)
    couple.wait(PAUSE)
    couple.command("stop", clips["stop"])
    return couple.code()


def _second_sitting(couple: Evening, clips: dict[str, Clip], said: list[Clip]) -> int:
    """The rest of the exercise."""
    couple.start("start", "--resume", "--rate", "300", "--plain")
    for name in ("b more", "b act", "a helps", "b worry", "a mirror"):
        _turn(couple, clips, name, said)
    couple.turn()
    couple.command("yes", clips["yes b"])
    for name in ("a true", "a act", "b helps"):
        _turn(couple, clips, name, said)
    return couple.code()


def _turn(couple: Evening, clips: dict[str, Clip], name: str, said: list[Clip]) -> None:
    couple.turn()
    _answer(couple, clips[name], said)
    _done(couple, clips)


def _answer(couple: Evening, clip: Clip, said: list[Clip]) -> None:
    couple.say(clip)
    said.append(clip)


def _done(couple: Evening, clips: dict[str, Clip]) -> None:
    couple.wait(PAUSE)
    couple.command("done", clips["done"], Earcon.HEARD)


def _figures(couple: Evening) -> dict[str, str]:
    first = couple.ear.sounds(couple.started)[0][0] - couple.started
    delays = sorted(seconds for _, seconds in couple.effects)
    listed = ", ".join(f"{name} {seconds:.2f}" for name, seconds in couple.effects)
    return {
        "process to first spoken word, s": f"{first:.2f}",
        "end of a command to its effect, s": f"median {delays[len(delays) // 2]:.2f}, most {delays[-1]:.2f} ({listed})",
        "commands said again": ", ".join(couple.misheard) or "none",
        "guide and people at once, s": f"{couple.talked_over():.2f}",
    }


def _sorted(couple: Evening) -> tuple[list[Samples], list[Samples]]:
    """What the loudspeaker gave: words, from silence to silence, and earcons."""
    words: list[Samples] = []
    earcons: list[Samples] = []
    ended = 0.0
    for start, end in couple.ear.sounds(couple.started, gap=0.2):
        sound = couple.ear.samples(start - 0.1, end + 0.1)
        if end - start < 0.7 and any(best_match(earcon_samples(e)[: len(sound)], sound)[1] > ALIKE for e in Earcon):
            earcons.append(sound)
            ended = 0.0
            continue
        if start - ended < 0.6 and len(words[-1]) < 20 * RATE:
            words[-1] = np.concatenate((words[-1], couple.ear.samples(ended + 0.1, end + 0.1)))
        else:
            words.append(sound)
        ended = end
    return words, earcons
