"""What the guide says to somebody who calls it while it waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from voiceguide.session.phrases import listed

EXAMPLES = ("start floor and mirror", "we have ten minutes", "replay our last conversation", "what did we agree")
"""What can be said after the guide's name."""


def can_be_asked() -> str:
    """What can be asked of it."""
    return f"You can say {listed(EXAMPLES)}. Or say, what can we do, or, stop listening."


def not_understood() -> str:
    """It was called, but not what for was understood."""
    return "I did not quite get that. You can say start, replay our last conversation, or what did we agree."


def read_the_page_first() -> str:
    """A session was asked for, and nobody has read the page on safety yet."""
    return "Before the first time, each of you reads a page on the screen. Please run voiceguide start there once."


def locked() -> str:
    """What was asked for is locked, and nobody has given the passphrase."""
    return "What is saved is locked. To hear it, start voiceguide listen again in a terminal, and type the passphrase."


def not_locked_yet() -> str:
    """The session that was to go on was begun before what is saved was locked."""
    return "You began that before you locked what is saved. Lock it, too, as the screen tells, then call me again."


def in_use() -> str:
    """Another voiceguide is in a session, or in a demo."""
    return "Another voiceguide is running here just now. Please end that one first, then call me again."


def failed() -> str:
    """Something that was asked for did not work; the screen tells what."""
    return "I am sorry, that did not work. The reason is on the screen, and I am still listening for you."


def nothing_to_replay() -> str:
    """No session is saved."""
    return "There is no conversation to hear yet. Say start when you would like to have one."


def nothing_to_resume() -> str:
    """No session was left before its end."""
    return "There is no conversation that waits for you. Say start when you would like to begin one."


def shall_we_go_on(title: str, day: str) -> str:
    """Confirms which session is to go on; ``day`` as ``spoken_day`` gives it."""
    return f"{title}, which you began {day}. Shall we go on with that? Please say yes or no."


def left_alone() -> str:
    """They said no to what was proposed."""
    return "All right. Call me when you would like something."


def shall_i_leave() -> str:
    """Confirms that it shall not listen any more."""
    return "Shall I stop listening? Please say yes or no."


def goodbye() -> str:
    """It stops listening."""
    return "Goodbye. Go gently."


# -- agreements --------------------------------------------------------------------------------------------------


def no_agreements() -> str:
    """Nothing was agreed that still holds."""
    return "There is no agreement yet. One is made in the exercise if-then promise."


def your_agreements(count: int) -> str:
    """So many agreements are read out after this."""
    if count == 1:
        return "There is one thing you agreed on."
    return f"There are {_COUNTS[count] if count < len(_COUNTS) else count} things you agreed on."


def agreement(who: str, words: str, made: date, again: date, today: date) -> str:
    """Reads out what ``who`` agreed to."""
    ended = words if words.endswith((".", "!", "?")) else f"{words}."
    look = "Its day has come" if again <= today else f"You look at it again {spoken_day(again, today)}"
    return f"{who} said {spoken_day(made, today)}. {ended} {look}."


_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def spoken_day(day: date, today: date) -> str:
    """A day as one says it: today, on Monday, on the 3rd of November, with the year where it is another one."""
    if (far := (day - today).days) in _NEAR:
        return _NEAR[far]
    if 0 < far < 7:
        return f"on {_WEEKDAYS[day.weekday()]}"
    ending = "th" if day.day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    year = "" if day.year == today.year else f" {day.year}"
    return f"on the {day.day}{ending} of {_MONTHS[day.month - 1]}{year}"


def waiting(address: str) -> str:
    """Line for the screen: what it waits for."""
    return f'Waiting for "hey {address}". What is said before it is kept nowhere.'


def listening_for_a_request() -> str:
    """Line for the screen: the guide has asked what they would like."""
    return "Say what you would like."


def offered() -> Sequence[str]:
    """For the screen: what can be said after its name."""
    return [*EXAMPLES, "what can we do", "continue where we stopped", "stop listening"]
