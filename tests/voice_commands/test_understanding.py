"""What an utterance means: its words first, then a second opinion, which may add little."""

from __future__ import annotations

import pytest

from voiceguide.voice_commands import SPOKEN, VoiceCommand
from voiceguide.voice_commands.interpreting import EXACT, Interpretation
from voiceguide.voice_commands.understanding import understand

ALL = frozenset(VoiceCommand)
NEVER = EXACT | {VoiceCommand.YES, VoiceCommand.NO, VoiceCommand.PAUSE, VoiceCommand.CONTINUE, VoiceCommand.BACK}


@pytest.mark.parametrize("choosing", [False, True])
def test_a_second_opinion_adds_a_command_but_answers_nothing_and_ends_nothing(choosing: bool) -> None:
    added = {each: understand("Down.", SPOKEN[each].capitalize() + ".", ALL, choosing) for each in ALL}
    assert added == {each: None if each in NEVER else Interpretation(each, 0) for each in ALL}
    assert understand("Down.", "", ALL, choosing) is None


def test_only_the_very_phrases_count() -> None:
    told = ["Slow.", "Louder, louder.", "Please repeat.", "Guide, help.", "Help it."]
    assert [text for text in told if understand("House.", text, ALL)] == []


def test_a_command_that_cannot_be_told_now_is_not_added() -> None:
    assert understand("House.", "Louder.", ALL - {VoiceCommand.LOUDER}) is None


def test_the_words_come_first() -> None:
    assert understand("Go back.", "Louder.", ALL) == Interpretation(VoiceCommand.BACK, 0)


def test_yes_answers_a_question_and_not_a_partner() -> None:
    assert understand("Yes, I think that is it", "", ALL, choosing=True) is None
    assert understand("Yes, it was.", "", ALL, choosing=True) == Interpretation(VoiceCommand.YES, 0)
    assert understand("Yes, it was.", "", ALL) is None
    assert understand("Robin, pause", "", ALL, address="Robin") == Interpretation(VoiceCommand.PAUSE, 0)
