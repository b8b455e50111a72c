"""When words were said."""

from __future__ import annotations

from voiceguide.hearing.timing import settled, timed

HEARD = [("I", 0.0, 0.9), ("[sighs]", 0.9, 1.2), ("know.", 1.2, 1.604)]


def test_every_word_of_the_text_gets_its_time() -> None:
    assert timed("I know.", HEARD) == ((0.0, 0.9), (1.2, 1.6))


def test_words_that_were_not_heard_leave_the_text_untimed() -> None:
    assert timed("I know you.", HEARD) == ()


def test_silence_is_taken_out_of_words() -> None:
    """Before the first, within one that a pause was given to, and after the last."""
    speech = ((0.8, 1.5), (2.5, 3.0))
    assert settled(((0.0, 1.2), (1.2, 2.7), (2.7, 4.0)), speech) == ((0.8, 1.2), (1.2, 1.5), (2.7, 3.0))


def test_a_word_in_the_silence_stays_where_it_is() -> None:
    assert settled(((4.0, 4.2),), ((0.8, 1.5),)) == ((4.0, 4.2),)
    assert settled(((4.0, 4.2),), ()) == ((4.0, 4.2),)
