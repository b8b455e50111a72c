"""Everything the guide says that belongs to no exercise: short, plain and kind, with names filled in."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from voiceguide.voice_commands import VoiceCommand, phrases_for

# -- on the way --------------------------------------------------------------------------------------------------


def welcome_back(place: int, spoken: bool, off: bool = False) -> str:
    """A stored session goes on at this place; ``spoken``: the present turn already holds words; ``off`` the record."""
    kept = " What you said here is kept, so you can go on from there." if spoken else ""
    still = " You are still off the record, until one of you says, on the record." if off else ""
    return f"Welcome back. We were at step {place}.{kept}{still}"


def microphone_lost() -> str:
    """The microphone went away in mid-session; the session is paused."""
    return "I cannot hear you any more, so we pause. We go on when a microphone is back."


def microphone_found() -> str:
    """A microphone is back."""
    return "I can hear you again."


def paused() -> str:
    """Somebody asked for a pause."""
    return "We pause. Take all the time you need, and say continue when you are ready."


def going_on() -> str:
    """After a pause."""
    return "We go on."


def unclear(tries: int, options: Sequence[str] = ()) -> str:
    """A question was not answered; ``tries`` counts from 1. It is for yes or no, or for one of ``options``."""
    if options:
        begin = "I did not quite catch that" if tries <= 1 else "Please say one of these"
        choices = listed(options)
        return f"{begin}. {choices[:1].upper()}{choices[1:]}? You can also say, I don't know."
    if tries <= 1:
        return "I did not quite catch that. Is it yes or no?"
    return "Please say just one word, yes or no. There is no hurry."


def still_here(options: Sequence[str] = ()) -> str:
    """A question met silence: one for yes or no, or for one of ``options``."""
    if options:
        return f"I am still here. When you are ready, say {listed(options)}."
    return "I am still here. Take your time, and say yes or no when you are ready."


def anything_more() -> str:
    """A long silence in an answer; asked once in a turn."""
    return "Is there anything more? There is no hurry."


def loud() -> str:
    """Noise drowns the words of whoever has the floor."""
    return "It is loud here. Please come a little closer."


def loud_question() -> str:
    """Noise drowned the answer to a yes-or-no question."""
    return "It is loud here. Please come a little closer, and say yes or no."


# -- asked in passing --------------------------------------------------------------------------------------------

_IN_ONE_BREATH = 7


def listed(names: Sequence[str]) -> str:
    """The names as one says them: with "or" before the last."""
    return ", ".join(names[:-1]) + " or " * (len(names) > 1) + names[-1]


def help_line(commands: Collection[VoiceCommand]) -> str:
    """What can be said now."""
    sayable = phrases_for([command for command in commands if command is not VoiceCommand.HELP])
    groups = [sayable[at : at + _IN_ONE_BREATH] for at in range(0, len(sayable), _IN_ONE_BREATH)]
    return " ".join(f"{'Or' if at else 'You can say'} {listed(group)}." for at, group in enumerate(groups))


_MINUTES = ("a minute", "two minutes", "three minutes", "four minutes", "five minutes", "six minutes", "seven minutes",
            "eight minutes", "nine minutes", "ten minutes")  # fmt: skip


def how_long(left: float | None) -> str:
    """The time left of a floor, in seconds; None where there is no limit."""
    if left is None:
        return "There is no time limit here."
    if left <= 0:
        return "The time is up. You can still finish what you want to say."
    if left < 20:
        return "There are a few seconds left."
    if left < 45:
        return "There is about half a minute left."
    minutes = round(left / 60) or 1
    spoken = _MINUTES[minutes - 1] if minutes <= len(_MINUTES) else f"{minutes} minutes"
    return f"There {'is' if minutes == 1 else 'are'} about {spoken} left."


def more_time() -> str:
    """More time was asked for and given."""
    return "You have more time now. Go on when you like."


def take_your_time() -> str:
    """Asked to wait longer, from now on; said again when it waits as long as it can."""
    return "There is no hurry. I wait as long as you need."


def you_said(name: str, words: str) -> str:
    """Reads the last turn back."""
    return f"{name}, this is what I heard. {words}"


def nothing_said() -> str:
    """There is no turn to read back."""
    return "I have not heard any words yet."


def acknowledged(command: VoiceCommand) -> str:
    """The guide changes how it speaks."""
    return _ACKNOWLEDGED[command]


_ACKNOWLEDGED = {
    VoiceCommand.SLOWER: "I will speak more slowly.",
    VoiceCommand.FASTER: "I will speak faster.",
    VoiceCommand.LOUDER: "I will speak louder.",
    VoiceCommand.QUIETER: "I will speak more quietly.",
}


# -- breaks ------------------------------------------------------------------------------------------------------


def break_question(again: bool = False) -> str:
    """Somebody asked for a break; ``again``: the answer was not understood."""
    if again:
        return "How long shall the break be? Say twenty minutes, an hour or until tomorrow, or no to go on."
    return "We can take a break. Shall it be twenty minutes, an hour, or until tomorrow? Say no to go on."


def on_a_break(seconds: float, back: float | None) -> str:
    """A break begins; ``back`` is the time of day at its end, seconds since midnight, where it is known."""
    length = "until this time tomorrow" if seconds >= 86_400 else f"of {_duration(seconds)}"
    until = "" if back is None or seconds >= 86_400 else f", until about {clock_time(back)}"
    back_again = "If you like, breathe with the soft sound, and say continue to come back."
    return f"We take a break {length}{until}. Nothing is recorded now. {back_again}"


def still_on_a_break() -> str:
    """Somebody asked during a break."""
    return "You are on a break. Nothing is recorded. Say continue when you are both back."


def calm_question() -> str:
    """After a break."""
    return "Welcome back. Are you both calm enough to go on? If it is a no, the break goes on for a while."


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if minutes == 90:
        return "an hour and a half"
    parts = ["an hour" if hours == 1 else f"{hours} hours"] if hours else []
    parts += [f"{rest} minutes"] if rest else []
    return " and ".join(parts)


def clock_time(seconds: float) -> str:
    """A time of day (seconds since midnight) to the nearest five minutes, as one says it."""
    hour, minute = divmod(round(seconds / 300) * 5, 60)
    if minute == 0:
        return f"{_HOURS[hour % 12]} o'clock"
    to = minute > 30
    name = _HOURS[(hour + to) % 12]
    return f"{_PARTS[60 - minute]} to {name}" if to else f"{_PARTS[minute]} past {name}"


_HOURS = ("twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
_PARTS = {5: "five", 10: "ten", 15: "a quarter", 20: "twenty", 25: "twenty five", 30: "half"}


# -- agreements --------------------------------------------------------------------------------------------------

LOOK_AGAIN = ("a week", "two weeks", "a month")
"""When an agreement is looked at again."""


def agreed_on(words: str, question: str) -> str:
    """Reads an agreement back, and asks."""
    return f"I heard this. {words}{'' if words.endswith(('.', '!', '?')) else '.'} {question}"


def is_that_right() -> str:
    """Asked when an agreement was read back."""
    return "Is that right?"


def say_it_anew() -> str:
    """It was not right."""
    return "Thank you. Please say it once more, in one sentence, the way it is meant."


def not_agreed() -> str:
    """What was said was off the record."""
    return "That was off the record, so it is between the two of you, and I will not bring it up again."


KEEP, CHANGE, LET_GO = "keep it", "change it", "let it go"
"""What can become of an agreement."""


def agreements_are_due(count: int) -> str:
    """Agreements whose day has come are brought up."""
    if count == 1:
        return "There is something you agreed on, and its day has come."
    return "There are some things you agreed on, and their day has come."


def look_at_them_now(count: int) -> str:
    """Asks whether they are looked at before the exercise."""
    it, comes = ("it", "it comes") if count == 1 else ("them", "they come")
    return f"Shall we look at {it} before we begin? With a no {comes} up another time."


def agreed_before(words: str, question: str) -> str:
    """Reads an earlier agreement out, and asks."""
    if not words:
        return f"There was an agreement whose words are gone. {question}"
    return f"You agreed on this. {words}{'' if words.endswith(('.', '!', '?')) else '.'} {question}"


def keep_change_or_let_go() -> str:
    """Asked after an earlier agreement was read out."""
    return "If it slipped, that is only news: would you like to keep it, change it, or let it go?"


def say_what_changes() -> str:
    """They want to change it."""
    return "Then say it the way it fits now, in one sentence."


def look_again_when() -> str:
    """Asked of those who agreed."""
    return "When would you like to look at it again? In a week, in two weeks, or in a month?"


# -- off the record ----------------------------------------------------------------------------------------------


def strike_question(name: str) -> str:
    """Asks whether this partner's last turn shall be removed."""
    return f"{name}, shall I remove your last turn, the words and the sound? Please say yes or no."


def struck(name: str) -> str:
    """It is removed."""
    return f"It is gone, {name}, the words and the sound."


def kept(name: str) -> str:
    """It stays."""
    return f"It stays as it is, {name}."


def nothing_to_strike() -> str:
    """Nobody has said anything yet, or nothing is kept at all."""
    return "There is nothing to remove here."


def off_from_now_on() -> str:
    """Somebody wants nothing to be kept, until they say otherwise."""
    return "From now on nothing is kept. When it may be kept again, say, on the record."


def on_the_record() -> str:
    """It may be kept again."""
    return "We are on the record again."


# -- the end -----------------------------------------------------------------------------------------------------


def stopped(saved: bool) -> str:
    """Somebody said stop."""
    if saved:
        return "We stop here. What you said is saved, and you can go on another day."
    return "We stop here. Nothing was recorded. You can come back another day."


def farewell(saved: bool) -> str:
    """After the last step."""
    if saved:
        return "That was the whole of it. What you said is saved, and replay lets you hear it again. Go gently."
    return "That was the whole of it. Nothing was recorded. Go gently."


# -- on the screen -----------------------------------------------------------------------------------------------

DOUBT = "(?)"
"""Stands after words that may be wrong or invented."""

DOUBT_MEANS = "the words before it may not be quite what was said. The recording is right."
