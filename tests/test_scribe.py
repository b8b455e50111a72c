"""The scribe within the one loop: commands after a short pause, and words heard once more."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.support.fakes_runner import loud, quiet
from tests.test_runner import WORD, Evening
from voiceguide.errors import EngineError
from voiceguide.hearing import NOTHING, Hypothesis
from voiceguide.session.events import Amended, Utterance
from voiceguide.sound import Sound
from voiceguide.voice_commands import VoiceCommand

TAILED = loud(2.0) + quiet(0.4) + loud(0.6) + quiet(0.8)
"""An answer, a pause too short to end the utterance, and something brief."""

CRASH = "(the engine crashes)"


class Scripted:
    """Has the fake recogniser tell brief sounds, such as tails and commands, from long ones."""

    def __init__(self, evening: Evening, texts: dict[str, list[str]], told: dict[str, str] | None = None) -> None:
        """``texts`` for short and for long sounds, each in their order; ``told`` is the second opinion on a text."""
        self._told = told or {}
        self._texts: dict[str, Iterator[str]] = {kind: iter(told) for kind, told in texts.items()}
        self.heard: list[tuple[str, float]] = []
        evening.recogniser.recognize = self.recognize  # type: ignore[method-assign]  # in place of the fake's own

    def recognize(self, utterance: Sound) -> Hypothesis:
        """Words one after the other, evenly, wherever the sound is loud."""
        samples = memoryview(utterance.frames).cast("h")
        at = [index / utterance.rate for index, sample in enumerate(samples) if sample]
        if not at:  # the ears warm their engine up
            return NOTHING
        kind = "short" if utterance.seconds < 1.8 else "long"
        self.heard.append((kind, utterance.seconds))
        text = next(self._texts[kind], "")
        if text == CRASH:
            raise EngineError("The engine Whisper crashed in recognize, twice: run voiceguide doctor")
        bounds = [round(share * (len(at) - 1) / len(text.split())) for share in range(len(text.split()) + 1)]
        times = tuple((round(at[first], 2), round(at[last], 2)) for first, last in pairwise(bounds))
        return Hypothesis(text, 0.9, False, times, self._told.get(text, ""))


def answers(evening: Evening) -> list[tuple[str, VoiceCommand | None]]:
    return [(said.answer, said.command) for said in evening.kept(Utterance)]


def test_a_command_after_a_short_pause_is_heard_by_itself() -> None:
    evening = Evening([], [TAILED, WORD])
    Scripted(evening, {"short": ["I'm done.", "yes"], "long": ["You were late and I waited. I'm done."]})
    assert evening.run() == "completed"
    assert answers(evening)[0] == ("You were late and I waited.", VoiceCommand.DONE)


def test_a_command_that_the_whole_has_lost_is_found_in_its_tail() -> None:
    evening = Evening([], [TAILED, WORD])
    Scripted(evening, {"short": ["I'm done.", "yes"], "long": ["You were late and I waited. I'm Don."]})
    assert evening.run() == "completed"
    assert answers(evening)[0] == ("You were late and I waited.", VoiceCommand.DONE)
    first = evening.kept(Utterance)[0]
    assert len(first.times) == len(first.text.split())


def test_a_second_opinion_finds_a_command_and_leaves_the_words() -> None:
    evening = Evening([], [WORD, WORD])
    evening.interrupt_at(Utterance)
    Scripted(evening, {"short": ["What's good?"]}, {"What's good?": "What did I say."})
    evening.run()
    assert answers(evening) == [("", VoiceCommand.WHAT_DID_I_SAY)]
    assert evening.kept(Utterance)[0].text == "What's good?"


def test_a_second_opinion_ends_no_turn() -> None:
    evening = Evening([], [WORD + quiet(0.5) + WORD, WORD])
    Scripted(evening, {"short": ["Down.", "I'm done.", "yes"]}, {"Down.": "I'm done."})
    assert evening.run() == "completed"
    assert answers(evening)[0] == ("Down.", None)


def test_a_sentence_that_runs_on_into_the_tail_stays_an_answer() -> None:
    evening = Evening([], [TAILED + quiet(0.5) + WORD, WORD])
    Scripted(evening, {"short": ["Stop.", "I'm done.", "yes"], "long": ["I want you to please just stop."]})
    assert evening.run() == "completed"
    assert answers(evening)[0] == ("I want you to please just stop.", None)


def test_a_running_sentence_is_not_broken_by_a_tail_that_sounds_like_a_command() -> None:
    evening = Evening([], [TAILED + quiet(0.5) + WORD, WORD])
    Scripted(evening, {"short": ["Stop.", "I'm done.", "yes"], "long": ["You and I should one day take that step."]})
    assert evening.run() == "completed"
    assert answers(evening)[0] == ("You and I should one day take that step.", None)


def test_a_tail_takes_no_words_away() -> None:
    evening = Evening([], [TAILED + quiet(0.5) + WORD, WORD])
    whole = "You came. And we had the best paws on that day."
    Scripted(evening, {"short": ["Pause.", "I'm done.", "yes"], "long": [whole]})
    assert evening.run() == "completed"
    assert answers(evening)[0] == (whole, None)


def test_an_answer_in_pieces_is_heard_once_more_as_one() -> None:
    evening = Evening([], [loud(1.6) + quiet(1.2) + loud(1.6) + quiet(1.2) + WORD, WORD])
    script = Scripted(
        evening,
        {
            "short": ["I'm done", "yes"],
            "long": ["you war late", "again last week", "you were late again last week"],
        },
    )
    assert evening.run() == "completed"
    assert [(better.id, better.text, better.by) for better in evening.kept(Amended)] == [
        (1, "you were late", "voiceguide")
    ]
    # Only once the turn is over, without the command's own sound and the long pauses.
    kinds = [kind for kind, _ in script.heard]
    assert kinds == ["long", "long", "short", "long", "short"]
    assert script.heard[3][1] == pytest.approx(2 * (1.6 + 0.2 + 0.3), abs=0.3)


def test_an_interruption_does_not_wait_for_better_words() -> None:
    spoken = loud(1.6) + quiet(1.2)
    evening = Evening([], [spoken + spoken + WORD, WORD])
    Scripted(evening, {"short": ["I'm done", "yes"], "long": ["you war late", "again last week", "x"]})
    evening.interrupt_at(Utterance)
    assert evening.run() == "stopped"
    assert evening.kept(Amended) == []


def test_words_that_a_failing_engine_took_are_found_from_the_disk_while_nobody_speaks() -> None:
    evening = Evening([], [loud(1.9) + quiet(2.0) + WORD, WORD])
    Scripted(evening, {"short": ["I'm done", "yes"], "long": [CRASH, "you were late again"]})
    assert evening.run() == "completed"
    assert answers(evening)[0] == ("", None)
    (better,) = evening.kept(Amended)
    assert (better.id, better.text, better.by, len(better.times)) == (1, "you were late again", "voiceguide", 4)


def test_a_command_that_a_failing_engine_took_is_obeyed_no_more() -> None:
    evening = Evening([], [loud(1.9) + quiet(2.0) + WORD, WORD])
    Scripted(evening, {"short": ["I'm done", "yes"], "long": [CRASH, "Stop."]})
    assert evening.run() == "completed"
    assert [better.text for better in evening.kept(Amended)] == ["Stop."]


def test_an_engine_that_fails_again_and_again_is_asked_no_more() -> None:
    evening = Evening([], [loud(1.9) + quiet(2.0) + WORD, WORD])
    script = Scripted(evening, {"short": ["I'm done", "yes"], "long": [CRASH] * 4 + ["too late"]})
    assert evening.run() == "completed"
    assert evening.kept(Amended) == []
    assert [kind for kind, _ in script.heard].count("long") == 4
