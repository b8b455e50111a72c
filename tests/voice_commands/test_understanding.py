"""What an utterance means: its words first, then a second opinion, which may add little."""

from __future__ import annotations

import pytest

from voiceguide.voice_commands import SPOKEN, VoiceCommand
from voiceguide.voice_commands.interpreting import EXACT, Interpretation
from voiceguide.voice_commands.understanding import understand

ALL = frozenset(VoiceCommand)
NEVER = EXACT | {VoiceCommand.YES, VoiceCommand.NO, VoiceCommand.PAUSE, VoiceCommand.CONTINUE, VoiceCommand.BACK}


@pytest.mark.parametrize("choosing", [False, True])
@pytest.mark.parametrize("command", sorted(ALL - NEVER))
def test_a_second_opinion_adds_a_command(command: VoiceCommand, choosing: bool) -> None:
    told = SPOKEN[command].capitalize() + "."
    assert understand("Wow, that one.", told, ALL, choosing) == Interpretation(command, 0)
    assert understand("Wow, that one.", "", ALL, choosing) is None


@pytest.mark.parametrize("choosing", [False, True])
@pytest.mark.parametrize("command", sorted(NEVER))
def test_it_answers_nothing_and_ends_nothing(command: VoiceCommand, choosing: bool) -> None:
    assert understand("Down.", SPOKEN[command].capitalize() + ".", ALL, choosing) is None


@pytest.mark.parametrize("told", ["Slow.", "Louder, louder.", "Please repeat.", "Guide, help.", "Help it."])
def test_only_the_very_phrases_count(told: str) -> None:
    assert understand("House.", told, ALL) is None


def test_a_command_that_cannot_be_told_now_is_not_added() -> None:
    assert understand("House.", "Louder.", ALL - {VoiceCommand.LOUDER}) is None


def test_the_words_come_first() -> None:
    assert understand("Go back.", "Louder.", ALL) == Interpretation(VoiceCommand.BACK, 0)


def test_yes_answers_a_question_and_not_a_partner() -> None:
    assert understand("Yes, I think that is it", "", ALL, choosing=True) is None
    assert understand("Yes, it was.", "", ALL, choosing=True) == Interpretation(VoiceCommand.YES, 0)
    assert understand("Yes, it was.", "", ALL) is None
    assert understand("Robin, pause", "", ALL, address="Robin") == Interpretation(VoiceCommand.PAUSE, 0)
