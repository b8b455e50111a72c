"""Utterances heard once more together: what belongs together, and which better words are trusted."""

from __future__ import annotations

import pytest

from voiceguide.exercise import Partner
from voiceguide.hearing import Hypothesis
from voiceguide.hearing.passages import LONGEST, Part, Passage, Passages
from voiceguide.session.events import Amended, Utterance
from voiceguide.sound import LISTEN_RATE, SAMPLE_BYTES, Sound

FIRST = "I was fare"
SECOND = "from you"


def part(id_: int, text: str, seconds: float = 2.0, partner: Partner = "a", place: int = 1, sure: float = 0.8) -> Part:
    """An utterance whose words fill all of its sound but half a second at each end."""
    said = Utterance(id_, partner, text, f"audio/{id_}", 0.0, seconds, place=place)
    return Part(said, ((0.5, seconds - 0.5),), sure)


def heard(text: str, *middles: float, sure: float = 0.8, doubtful: bool = False) -> Hypothesis:
    """Words around these seconds of the passage."""
    return Hypothesis(text, sure, doubtful, tuple((at - 0.1, at + 0.1) for at in middles))


def passage() -> Passage:
    """Its two parts take from 0 to 1.5 and from 1.5 to 3 seconds."""
    return Passage((part(1, FIRST), part(2, SECOND)))


FAR = "I was far from you"


def test_better_words_go_to_the_utterance_they_were_said_in_with_their_times_within_it() -> None:
    better = passage().amendments(heard(FAR, 0.4, 0.6, 0.8, 2.0, 2.3))
    assert [(each.id, each.text, each.by) for each in better] == [(1, "I was far", "voiceguide")]
    (better_second,) = passage().amendments(heard("I was fare from yew", 0.4, 0.6, 0.8, 2.0, 2.3))
    # The second part begins 0.3 s into its sound, and at 1.5 s of the passage.
    assert better_second == Amended(2, "from yew", "voiceguide", ((0.7, 0.9), (1.0, 1.2)))


def test_what_was_not_heard_better_changes_nothing() -> None:
    hypotheses = {
        "doubtful": heard(FAR, 0.4, 0.6, 0.8, 2.0, 2.3, doubtful=True),
        "less sure": heard(FAR, 0.4, 0.6, 0.8, 2.0, 2.3, sure=0.5),
        "fewer words": heard("I was far from", 0.4, 0.6, 0.8, 2.0),
        "nothing left for one": heard(FAR, 0.4, 0.6, 0.8, 1.0, 1.2),
        "untimed": Hypothesis(FAR, 0.8, False),
    }
    assert [why for why, hypothesis in hypotheses.items() if passage().amendments(hypothesis)] == []


def test_the_sound_is_that_of_the_words_with_a_breath_around_them() -> None:
    numbered = {
        f"audio/{id_}": Sound(id_.to_bytes(SAMPLE_BYTES, "little") * 2 * LISTEN_RATE, LISTEN_RATE) for id_ in (1, 2)
    }
    sound = passage().sound(numbered.__getitem__)
    assert sound.seconds == pytest.approx(3.0)
    assert sound.frames.count(b"\1") == sound.frames.count(b"\2") == 1.5 * LISTEN_RATE


def complete(passages: Passages) -> list[list[int]]:
    return [[one.said.id for one in found.parts] for found in iter(passages.next, None)]


def test_utterances_of_one_turn_are_taken_together_up_to_the_best_length() -> None:
    passages = Passages()
    for id_ in range(1, 8):
        passages.add(part(id_, "words", seconds=LONGEST / 3))
    assert complete(passages) == [[1, 2, 3], [4, 5, 6]]
    assert passages.waiting
    passages.end_turn()
    assert complete(passages) == []  # the last one alone has been heard as well as it can be
    assert not passages.waiting


def test_turns_are_never_mixed() -> None:
    passages = Passages()
    for one in (part(1, "x"), part(2, "x"), part(3, "x", partner="b"), part(4, "x", partner="b", place=2)):
        passages.add(one)
    passages.end_turn()
    assert complete(passages) == [[1, 2]]


def test_what_was_struck_is_not_heard_again_and_not_amended() -> None:
    passages = Passages()
    for id_ in (1, 2, 3):
        passages.add(part(id_, "words"))
    passages.strike([2])
    passages.end_turn()
    assert complete(passages) == [[1, 3]]
    passages.strike([1])
    assert passages.amendments(passage(), heard("I was far from you", 0.4, 0.6, 0.8, 2.0, 2.3)) == []
