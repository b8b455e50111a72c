"""A room that was left: the guide stops by itself, and never while somebody may still be there."""

from __future__ import annotations

import pytest

from voiceguide.deserted import ABSENCE, QUESTION, SESSION, Deserted
from voiceguide.keyboard import NoKeys
from voiceguide.session.events import SpeechStarted, TimePassed
from voiceguide.session.floor import Floor
from voiceguide.voice_commands import VoiceCommand

COMMANDS = frozenset(VoiceCommand)
ASKED = Floor("both", choosing=True, kept=True, place=0)
ANSWER = Floor("a", choosing=False, kept=True, place=3)
PAUSED = Floor("a", choosing=True, kept=False, place=3)
REPLAY = Floor("a", choosing=True, kept=False, place=0, moves=True)


def waits(floor: Floor | None, seconds: float, signs: int = 1) -> bool:
    """Whether it still waits after so long without a sign, again and again."""
    left = Deserted(NoKeys())
    now = 0.0
    for _ in range(signs):
        left.took(SpeechStarted())
        for _ in range(2):
            now += seconds / 2
            left.refresh(now, -60, listening=True)
            if left.poll(COMMANDS, floor):
                return False
    return True


@pytest.mark.parametrize(
    ("floor", "limit"), [(ASKED, QUESTION), (ANSWER, SESSION), (PAUSED, ABSENCE), (REPLAY, ABSENCE)]
)
def test_it_waits_so_long_and_no_longer(floor: Floor, limit: float) -> None:
    assert waits(floor, limit - 1, signs=5)
    assert not waits(floor, limit + 1)


def test_while_the_guide_speaks_nobody_is_missed() -> None:
    assert waits(None, 2 * ABSENCE)


def test_time_is_no_sign_another_session_begins_anew_and_only_what_can_be_told_is() -> None:
    left = Deserted(NoKeys())
    left.refresh(QUESTION - 1, -60, listening=True)
    left.took(TimePassed())
    left.refresh(QUESTION + 1, -60, listening=True)
    assert left.poll(COMMANDS, ASKED) == [VoiceCommand.STOP]
    left.refresh(0.0, -60, listening=True)
    assert left.poll(COMMANDS, ASKED) == []
    left.refresh(QUESTION + 1, -60, listening=True)
    assert left.poll(frozenset(), ASKED) == []
