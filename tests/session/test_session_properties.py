"""Whatever happens, in whatever order: what always holds of a session, and that its record gives it back."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.records import header
from tests.support.session_driver import Driver, Spoken, in_state, new_session
from tests.support.small_exercise import FLOOR, MIRROR, RICH
from voiceguide.errors import IllegalEventError
from voiceguide.record.store import FILE
from voiceguide.record.transcript import Transcript, read
from voiceguide.session import Session
from voiceguide.session.effects import Effect, Speak, Strike
from voiceguide.session.events import (
    Amended,
    BargedIn,
    Begun,
    Commanded,
    Ended,
    Event,
    MicrophoneFound,
    MicrophoneLost,
    PromptEnded,
    Resumed,
    SoundKept,
    SpeechDropped,
    SpeechStarted,
    TimePassed,
    Utterance,
    from_fields,
    to_fields,
)
from voiceguide.session.floor import Floor
from voiceguide.session.states import TABLE, State
from voiceguide.voice_commands import VoiceCommand as C

Stored = Sequence[tuple[float, Event]]

# -- what may happen ---------------------------------------------------------------------------------------------

PLACES = st.sampled_from(sorted({step.place for step in RICH}))
PARTNERS: Any = st.sampled_from(["a", "b", "both"])
TEXTS = st.sampled_from(["", "I worry", "about the house", "in two weeks"])
COMMANDS = st.sampled_from(list(C))
DELAYS = st.sampled_from([0.0, 0.5, 1.5, 20.0, 61.0])

ANY_EVENT: st.SearchStrategy[Event] = st.one_of(
    st.sampled_from([PromptEnded(), PromptEnded(), PromptEnded(), SpeechStarted(), SpeechDropped(), TimePassed()]),
    st.sampled_from(
        [Begun(), BargedIn(), MicrophoneLost(), MicrophoneFound(), Resumed(), Ended("stopped"), Ended("completed")]
    ),
    st.builds(Commanded, COMMANDS),
    st.builds(Amended, st.integers(1, 9), st.sampled_from(["I worry", "about our house"]), st.just("Whisper")),
    st.builds(SoundKept, st.integers(1, 9), PARTNERS, st.just("audio/0001-a.flac"), DELAYS, DELAYS, PLACES),
    st.builds(
        Utterance,
        st.integers(1, 9),
        PARTNERS,
        TEXTS,
        start=DELAYS,
        command=st.none() | COMMANDS,
        place=PLACES,
        noisy=st.booleans(),
        struck=st.sampled_from([False, False, False, True]),
    ),
)
"""Anything, most of it illegal most of the time."""

STARTS = st.sampled_from(list(State))
MOVES = st.lists(st.integers(0, 2**16), min_size=10, max_size=60)
"""Each chooses one of the things that can be done at that moment."""


def rich() -> Driver:
    """Ahead of an exercise that holds every kind of step."""
    return Driver(new_session(RICH))


def possible(driver: Driver) -> list[Callable[[], object]]:
    """What people and devices can do now, the usual more often; all of it legal for a well-behaved runner."""
    session = driver.session
    if session.state is State.READY:
        return [driver.begin, driver.resumed, driver.ended]
    if session.state is State.ENDED:
        return [] if driver.end == "completed" else [driver.resumed]
    if driver.end:
        return [driver.ended]
    found: list[Callable[[], object]] = [driver.ended, partial(driver.rest, 5.0), partial(driver.rest, 61.0)]
    found += [partial(driver.key, command) for command in sorted(session.commands)]
    found += [partial(driver.take, MicrophoneFound() if session.missing else MicrophoneLost())]
    if driver.line:
        found += [driver.hear] * (1 if driver.held else 6)  # one that is held may have been at its last sample
    if session.interruptible and driver.line:
        found += [driver.barge_in] * 3
    if session.deadline is not None:
        found += [driver.wait] * 6
    if session.floor:
        found += [driver.speech] * 4
        found += [driver.cough]
    if driver.awaited:
        found += [partial(driver.words, words) for words in ("I worry", "about an hour", "a fortnight", "")]
        found += [partial(driver.words, "mumble mumble", noisy=True)] * 3
        found += [partial(driver.words, f"well {command}", command, 5) for command in sorted(session.commands)]
        found += [partial(driver.words, str(command), command) for command in sorted(session.commands)]
    said = sum(isinstance(event, Utterance) for _, event in driver.events)
    found += [partial(driver.amend, back) for back in range(min(said, 3))]
    if any(not spoken.seconds for spoken in driver.awaited):
        found += [driver.cut]
    return found


def play(driver: Driver, moves: Sequence[int]) -> Driver:
    """Do one after the other, checking what always holds."""
    for number in moves:
        choice = possible(driver)
        if not choice:
            break
        choice[number % len(choice)]()
        check(driver.session, driver.now)
        check_voice(driver)
    return driver


def replayed(stored: Stored) -> Session:
    """A fresh session fed with a record."""
    session = new_session(RICH)
    for t, event in stored:
        session.handle(event, t)
    return session


def known(session: Session) -> dict[str, Any]:
    """Everything it knows, apart from it; the steps never change and are left out for speed."""
    return deepcopy({name: value for name, value in session.snapshot().items() if name != "steps"})


# -- what always holds -------------------------------------------------------------------------------------------


def check(session: Session, now: float) -> None:
    """What holds in every state."""
    assert session.state in TABLE
    assert 0 <= session.index <= len(RICH)
    assert session.floor is None or not session.talking or session.interrupted
    assert session.floor is None or session.commands
    waits = session.state not in (State.READY, State.GUIDE, State.PAUSED, State.ENDED) and not session.talking
    if not waits and not session.interrupted:
        assert session.deadline is None
    left = session.time_left(now)
    assert left is None or left >= 0
    check_time_moves(session, now)


def check_time_moves(session: Session, now: float) -> None:
    """Left alone, a session's deadline moves on until it vanishes: the session comes to rest."""
    alone, before = deepcopy(session), None
    # time is near, it is up, still listening, anything more, it is loud here; and twelve breaths of a break
    for _ in range(7 + 12):
        deadline = alone.deadline
        if deadline is None:
            return
        assert before is None or deadline >= before
        alone.handle(TimePassed(), max(now, deadline))
        before = deadline
    raise AssertionError("it never comes to rest")


def check_voice(driver: Driver) -> None:
    """The guide's turn has a voice, which can be heard to its end; nothing else is heard of it."""
    session = driver.session
    if session.talking and driver.end is None:
        assert driver.line
        assert driver.held == session.interrupted
    assert driver.questions <= 1, "asked twice in a turn"
    if driver.line:
        assert session.talking or driver.held
        deepcopy(session).handle(PromptEnded(driver.line.text), driver.now)  # raises where nothing answers it


# -- the properties ----------------------------------------------------------------------------------------------


@given(STARTS, st.lists(st.tuples(DELAYS, ANY_EVENT | st.just("deadline")), min_size=10, max_size=60))
def test_whatever_comes_in_is_taken_or_refused_whole(start: State, events: list[tuple[float, Event | str]]) -> None:
    driver = in_state(start, rich())
    session, now = driver.session, driver.now
    for delay, wanted in events:
        now += delay
        event = TimePassed() if isinstance(wanted, str) else wanted
        if isinstance(wanted, str):
            now = max(now, session.deadline or now)
        before, state, index = known(session), session.state, session.index
        try:
            session.handle(event, now)
        except IllegalEventError:
            assert known(session) == before
        else:
            assert session.state in TABLE[state].values()
            if session.state is State.ENDED and state is not State.ENDED:
                assert isinstance(event, Ended)
            if session.state is State.CLOSING and state is State.FLOOR:
                assert getattr(event, "command", None) in (C.DONE, C.NO)
            if isinstance(event, Utterance) and event.command is None and state in (State.FLOOR, State.CLOSING):
                assert session.state in (state, State.FLOOR)
                assert session.index == index
        check(session, now)


@given(STARTS, MOVES)
def test_a_record_gives_the_session_back(start: State, moves: list[int]) -> None:
    driver = play(in_state(start, rich()), moves)
    live = known(driver.session)
    assert known(replayed(driver.events)) == live
    lines = [json.dumps({"t": t, **to_fields(event)}) for t, event in driver.events]
    assert known(replayed([stored(line) for line in lines])) == live


def stored(line: str) -> tuple[float, Event]:
    fields = json.loads(line)
    event = from_fields(fields)
    assert event is not None
    return fields["t"], event


@given(STARTS, MOVES, st.data(), MOVES)
def test_a_session_goes_on_after_a_crash_at_any_line(
    start: State, moves: list[int], data: st.DataObject, later: list[int]
) -> None:
    events = play(in_state(start, rich()), moves).events
    for _ in range(2):
        events = events[: data.draw(st.integers(0, len(events)))]
        session = replayed(events)
        if session.state is State.ENDED and events[-1][1] == Ended("completed"):
            return
        driver = Driver(session, events[-1][0] if events else 0.0, next_id=1000)
        driver.events = list(events)
        driver.resumed()
        driver.awaited = lost_sounds(events)
        check_voice(driver)
        events = play(driver, later).events
        assert known(replayed(events)) == known(session)


def lost_sounds(events: Stored) -> list[Spoken]:
    """Sounds whose words a crash took; they are recognised anew."""
    worded = {event.id for _, event in events if isinstance(event, Utterance)}
    return [
        Spoken(Floor(event.partner, False, True, event.place), event.start, event.seconds, event.id, event.audio)
        for _, event in events
        if isinstance(event, SoundKept) and event.id not in worded
    ]


@given(STARTS, MOVES, MOVES)
def test_a_record_with_struck_words_gives_the_session_back(start: State, moves: list[int], later: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        transcript = Transcript.create(Path(folder), header())
        driver = Recorded(transcript)
        play(in_state(start, driver), moves)
        for command in (C.WHAT_DID_I_SAY, C.OFF_THE_RECORD, C.YES):
            if command in driver.session.commands and driver.end is None:
                driver.key(command)
                driver.hear_out()
        play(driver, later)
        transcript.close()
        Transcript.open(transcript.folder).close()
        record = read(transcript.folder)
        kept = (transcript.folder / FILE).read_text(encoding="utf-8")
    assert not [struck for struck in driver.struck if struck in kept]
    struck = {stored.utterance.id for stored in record.utterances if stored.utterance.struck}
    wordless = {stored.utterance.id for stored in record.utterances if not stored.utterance.struck}
    effects = {id_ for effect in driver.effects if isinstance(effect, Strike) for id_ in effect.ids}
    assert struck == effects - wordless  # what never held words loses its sound only
    assert not [u for u in record.utterances if u.utterance.id in effects and (u.answer or u.utterance.audio)]
    assert len(record.events) == len(driver.events)
    session = new_session(RICH)
    again = [effect for t, event in record.events for effect in session.handle(event, t)]
    assert known(session) == known(driver.session)
    assert [effect for effect in again if isinstance(effect, Strike)] == [
        effect for effect in driver.effects if isinstance(effect, Strike)
    ]


@pytest.mark.parametrize("end", [None, C.DONE])
def test_struck_words_that_moved_the_session_move_it_in_a_replay(tmp_path: Path, end: C | None) -> None:
    transcript = Transcript.create(tmp_path, header())
    driver = in_state(State.CLOSING, Recorded(transcript))
    driver.say("and one more thing I'm done", end, at=19)
    driver.wait()
    driver.press(C.OFF_THE_RECORD).tell(C.YES)
    transcript.close()
    session = replayed(read(transcript.folder).events)
    assert known(session) == known(driver.session)
    assert (session.state, session.index) == (State.FLOOR, MIRROR if end else FLOOR)


class Recorded(Driver):
    """A driver whose session is recorded as the runner does it: first the event, then what it leads to.

    Every answer holds a word of its own; once it is struck nobody may hear or read it again.
    """

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(new_session(RICH))
        self.transcript = transcript
        self.struck: set[str] = set()

    def take(self, event: Event, after: float = 1.0) -> list[Effect]:
        if isinstance(event, SoundKept):
            (self.transcript.folder / event.audio).write_bytes(b"sound")
        if isinstance(event, Utterance) and event.answer:
            own = f"{word(event.id)} "
            event = replace(event, text=own + event.text, command_at=event.command_at + len(own))
        effects = super().take(event, after)
        self.transcript.append(event, self.now)
        for effect in effects:
            if isinstance(effect, Strike):
                self.struck |= {word(id_) for id_ in effect.ids}
                self.transcript.strike(effect.ids)
            if isinstance(effect, Speak):
                assert not self.struck.intersection(effect.text.split())
        return effects


def word(id_: int) -> str:
    """The word that only this utterance holds."""
    return f"secret{id_}x"
