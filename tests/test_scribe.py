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


MORE = quiet(0.5) + WORD
LATE = "You were late and I waited."
PAWS = "You came. And we had the best paws on that day."


@pytest.mark.parametrize(
    ("sounds", "short", "long", "told", "answer", "command"),
    [
        # a command after a short pause is heard by itself
        ([TAILED, WORD], ["I'm done.", "yes"], f"{LATE} I'm done.", {}, LATE, VoiceCommand.DONE),
        # one that the whole has lost is found in its tail
        ([TAILED, WORD], ["I'm done.", "yes"], f"{LATE} I'm Don.", {}, LATE, VoiceCommand.DONE),
        # a second opinion ends no turn
        ([WORD + MORE, WORD], ["Down.", "I'm done.", "yes"], "", {"Down.": "I'm done."}, "Down.", None),
        # a sentence that runs on into the tail stays an answer, whatever the tail sounds like, and loses no words
        *(
            ([TAILED + MORE, WORD], [tail, "I'm done.", "yes"], whole, {}, whole, None)
            for tail, whole in [
                ("Stop.", "I want you to please just stop."),
                ("Stop.", "You and I should one day take that step."),
                ("Pause.", PAWS),
            ]
        ),
    ],
)
def test_a_command_is_found_in_the_tail_of_an_answer_and_no_answer_is_taken_for_one(
    sounds: list[bytes],
    short: list[str],
    long: str,
    told: dict[str, str],
    answer: str,
    command: VoiceCommand | None,
) -> None:
    evening = Evening([], sounds)
    Scripted(evening, {"short": short, "long": [long]}, told)
    assert evening.run() == "completed"
    assert answers(evening)[0] == (answer, command)
    first = evening.kept(Utterance)[0]
    assert len(first.times) == len(first.text.split())


def test_a_second_opinion_finds_a_command_and_leaves_the_words() -> None:
    evening = Evening([], [WORD, WORD])
    evening.interrupt_at(Utterance)
    Scripted(evening, {"short": ["What's good?"]}, {"What's good?": "What did I say."})
    evening.run()
    assert answers(evening) == [("", VoiceCommand.WHAT_DID_I_SAY)]
    assert evening.kept(Utterance)[0].text == "What's good?"


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


@pytest.mark.parametrize(
    ("then", "found"),
    [
        ([CRASH, "you were late again"], ["you were late again"]),
        ([CRASH, "Stop."], ["Stop."]),  # a command is obeyed no more
        ([CRASH] * 4 + ["too late"], []),  # one that fails again and again is asked no more
    ],
)
def test_words_that_a_failing_engine_took_are_found_from_the_disk_while_nobody_speaks(
    then: list[str], found: list[str]
) -> None:
    evening = Evening([], [loud(1.9) + quiet(2.0) + WORD, WORD])
    script = Scripted(evening, {"short": ["I'm done", "yes"], "long": then})
    assert evening.run() == "completed"
    assert answers(evening)[0] == ("", None)
    better = evening.kept(Amended)
    assert [(each.id, each.text, each.by, len(each.times)) for each in better] == [
        (1, text, "voiceguide", len(text.split())) for text in found
    ]
    assert [kind for kind, _ in script.heard].count("long") == min(len(then), 4)
