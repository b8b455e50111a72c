"""What the guide says before an exercise: who is here, what would they like, and may it record?"""

from __future__ import annotations

from collections.abc import Sequence

from voiceguide.session.phrases import listed
from voiceguide.voice_commands.choosing import in_words


def consent_intro(server: str = "") -> str:
    """What recording means, before anybody is asked; ``server`` is where what they say goes to be recognised."""
    if server:
        return (
            "What you say can be recorded on this machine, so that you can hear it again. "
            f"To be understood it also goes to {server}. "
            "Nothing is recorded, and nothing goes there, until both of you say yes."
        )
    return (
        "What you say can be recorded, so that you can hear it again. It stays on this machine. "
        "Nothing is recorded until both of you say yes."
    )


def may_go_there(name: str, server: str) -> str:
    """Asks each of them, for nobody knows whether the session began with that server."""
    return f"{name}, to be understood, what you say goes to {server} tonight. Is that all right?"


def consent_question(name: str) -> str:
    """Asks one partner; both are asked."""
    return f"{name}, may I record what you say? Please say yes or no."


def consent_given(alone: bool = False) -> str:
    """Both said yes, or the one who is alone did."""
    return "Thank you. The recording is on." if alone else "Thank you both. The recording is on."


A_NAME = "your first name"
"""What is wanted where the guide asks for a name."""


def are_you(names: tuple[str, str]) -> str:
    """Offers the names of last time."""
    return f"Hello. Are you {names[0]} and {names[1]}? Please say yes or no."


def name_of_one(attempt: int) -> str:
    """Asks for a first name; ``attempt`` counts from 0."""
    if attempt == 0:
        return "Hello. I would like to call you by your first names. What is the name of one of you?"
    return "Let us try that again. Please say only the first name of one of you."


def name_of_other(name: str) -> str:
    """Asks for the second name."""
    return f"Thank you. Beside {name}, who is here? Please say the first name."


def names_again() -> tuple[str, str]:
    """How a name is asked for once it was not understood, and after that."""
    return (
        "I did not quite catch that. Please say only a first name, slowly.",
        "I am sorry, I still did not get it. Say a first name once more, or say, I don't know.",
    )


def names_right(names: tuple[str, str]) -> str:
    """Confirms the names."""
    return f"{names[0]} and {names[1]}, is that right? Please say yes or no."


NOBODY_ELSE = "Your partner"
"""What the one who is not there is called."""


def names_alike() -> str:
    """Two names that cannot be told apart."""
    return "Your names sound alike to me. Is there another name for one of you?"


def without_names() -> str:
    """No names could be understood."""
    return "Then I call you first partner and second partner tonight."


def offer(exercises: Sequence[tuple[str, int]], first: bool) -> str:
    """Offers exercises, each a title and minutes; ``first``: nothing was offered before."""
    begin = "What would you like to do?" if first else "Here are some."
    told = [f"{title} for {_spoken(minutes)}" for title, minutes in exercises]
    told[0] += " minute" if exercises[0][1] == 1 else " minutes"
    return f"{begin} {listed(told)}. Say one of them, or say more."


def offer_again() -> str:
    """It was not understood what they would like; asked differently."""
    return "I did not get that. You can say first, second, third or fourth, something short, or what next."


def offer_by_key(typed: bool) -> str:
    """It was not understood twice; ``typed``: they type what they would say."""
    how = "type a number and press Enter, or type the words" if typed else "press a number, or say"
    return f"I still did not get it. The list is on the screen: {how}, you choose."


def offer_help() -> str:
    """What can be chosen in more words than by title."""
    return "You can say a title, a theme such as trust, something short, half an hour, more, or cancel."


def shall_we(title: str, minutes: int) -> str:
    """Confirms what was chosen."""
    return f"{title}, about {_spoken(minutes)} minute{'s' * (minutes > 1)}. Shall we do that?"


def _spoken(number: int) -> str:
    return " ".join(in_words(str(number)))


def who_is_here(names: Sequence[str]) -> str:
    """Asks who does an exercise that can be done alone."""
    return f"Who is here for this, {listed(names)}?"


TOGETHER = "both of you"
"""The answer that the two are there."""


def alone_intro(server: str = "") -> str:
    """What keeping means for one alone; ``server`` is where what is kept goes to be recognised."""
    goes = f" What you say then also goes to {server}, to be understood." if server else ""
    return (
        "This is for you alone, and nothing of it is kept unless you ask for it. "
        f"What is kept, whoever can open the files of this computer can read and hear.{goes}"
    )


def alone_question(name: str) -> str:
    """Asks the one who is alone."""
    return f"{name}, shall I keep what you say? Please say yes or no."


def consent_refused() -> str:
    """One of them said no; the session goes on."""
    return "Then nothing is kept. We go on, and your words only show on the screen."


def microphone_silent() -> str:
    """The microphone gives nothing but silence."""
    return "I hear nothing at all. Please check that the microphone is on and not muted."


def microphone_clipping() -> str:
    """The level is too high to understand."""
    return "The microphone is too loud for me. Please turn it down, or move it a little away."


def microphone_dead() -> str:
    """The device is there and gives no samples."""
    return "The microphone does not answer. Please plug it in again, or choose another one."
