"""The beginning by voice: who is here, and what would they like to do? Nothing of it is recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from voiceguide.cli.options import DEFAULT_NAMES, remember_names
from voiceguide.errors import VoiceguideError
from voiceguide.exercise import Exercise, clean_names
from voiceguide.session import Session, phrases_before
from voiceguide.session.menu import PAGE, Wish, suggested, wish
from voiceguide.session.prologue import agreed, yes_or_no
from voiceguide.session.question import Question, is_nobody, names_in

Run = Callable[[Session], str]
"""Runs a machine, and tells why it ended."""

_ROUNDS = 3
"""How often names are asked for before the evening goes on without."""


class StoppedError(Exception):
    """Somebody said stop."""


def opened(
    run: Run, names: tuple[str, str] | None, wished: Wish | None = None, typed: bool = False
) -> tuple[Exercise, tuple[str, str]] | None:
    """Ask who is here, unless ``names`` were given for tonight, and for the exercise; None when somebody said stop.

    ``wished``: what they would like was said before anybody asked. ``typed``: they type what others say.
    """

    def ask(session: Session) -> None:
        if run(session) == "stopped":
            raise StoppedError

    try:
        couple = names or _names(ask)
        return _exercise(ask, couple, wished, typed), couple
    except StoppedError:
        return None


# -- who is here -------------------------------------------------------------------------------------------------


def _names(ask: Callable[[Session], None]) -> tuple[str, str]:
    from voiceguide.cli.options import remembered_names

    known = remembered_names()
    if known != DEFAULT_NAMES:
        asking = yes_or_no(phrases_before.are_you(known), known)
        ask(asking)
        if agreed(asking):
            return known
    for attempt in range(_ROUNDS):
        told = _told(ask, attempt)
        if told is None:
            break
        try:
            couple = clean_names(told)
        except VoiceguideError:
            ask(_saying(phrases_before.names_alike()))
            continue
        asking = yes_or_no(phrases_before.names_right(couple), couple)
        ask(asking)
        if agreed(asking):
            if couple[1] != phrases_before.NOBODY_ELSE:
                remember_names(couple)
            return couple
    ask(_saying(phrases_before.without_names()))
    return DEFAULT_NAMES


def _told(ask: Callable[[Session], None], attempt: int) -> tuple[str, str] | None:
    """The names they say, one after the other or both at once; None for "I don't know"."""
    told: list[str] = []
    while len(told) < 2:
        prompt = phrases_before.name_of_one(attempt) if not told else phrases_before.name_of_other(told[0])
        understood = _name_or_nobody if told else names_in
        question = Question(prompt, understood, DEFAULT_NAMES, [phrases_before.A_NAME], phrases_before.names_again())
        ask(question)
        if question.answer is None:
            return None
        told += question.answer
    return told[0], told[1]


def _name_or_nobody(text: str) -> tuple[str, ...] | None:
    """What can be said to the question for the second one."""
    return (phrases_before.NOBODY_ELSE,) if is_nobody(text) else names_in(text)


def _saying(words: str) -> Session:
    from voiceguide.session.prologue import announcement

    return announcement([words], DEFAULT_NAMES)


# -- what they would like ----------------------------------------------------------------------------------------


def _exercise(ask: Callable[[Session], None], names: tuple[str, str], wished: Wish | None, typed: bool) -> Exercise:
    every = offered_now()
    among: Sequence[Exercise] = wished.among if wished and wished.among else every
    at = 0
    if wished and wished.exercise and _confirmed(ask, wished.exercise, names):
        return wished.exercise
    while True:
        page = among[at : at + PAGE]
        wanted = _wanted(ask, page, every, names, among is every and at == 0, typed)
        if wanted.exercise and _confirmed(ask, wanted.exercise, names):
            return wanted.exercise
        if wanted.among:
            among, at = wanted.among, 0
            continue
        at += PAGE
        if at >= len(among):  # round again, through all of them
            among, at = every, 0


def _wanted(
    ask: Callable[[Session], None],
    page: Sequence[Exercise],
    every: Sequence[Exercise],
    names: tuple[str, str],
    first: bool,
    typed: bool,
) -> Wish:
    """What they say when ``page`` is offered; ``first``: nothing was before."""
    offered = phrases_before.offer([(each.title, each.minutes) for each in page], first=first)
    again = [phrases_before.offer_again(), phrases_before.offer_by_key(typed)]
    titles = [each.title for each in page]
    question = Question(
        offered, partial(wish, page=page, every=every), names, titles, again, phrases_before.offer_help()
    )
    ask(question)
    return question.answer or Wish(page[0])


def _confirmed(ask: Callable[[Session], None], exercise: Exercise, names: tuple[str, str]) -> bool:
    asking = yes_or_no(phrases_before.shall_we(exercise.title, exercise.minutes), names)
    ask(asking)
    return agreed(asking)


def offered_now() -> list[Exercise]:
    """Every exercise, in the order in which they are offered to this couple."""
    from voiceguide.library import all_exercises
    from voiceguide.paths import sessions_dir
    from voiceguide.record import archive

    real = [summary.exercise for summary in archive.sessions(sessions_dir()) if not summary.simulated]
    return suggested(all_exercises()[0], Counter(real))
