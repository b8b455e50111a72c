"""One sitting: consent, the exercise, and the record; shared by ``start`` and ``demo``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voiceguide import INTERRUPTED
from voiceguide.cli.stage import Stage, stored_in
from voiceguide.cli.whereabouts import hearing, hears
from voiceguide.errors import IllegalEventError, RecordError
from voiceguide.exercise import Partner, name_of
from voiceguide.manner import Manner, remember
from voiceguide.roles import NoRecord
from voiceguide.session import Session, phrases
from voiceguide.session.agreeing import with_reviews
from voiceguide.session.delivery import Delivery
from voiceguide.session.effects import Strike
from voiceguide.session.events import Begun, Resumed, SoundKept
from voiceguide.session.patience import UNHURRIED
from voiceguide.session.states import State

if TYPE_CHECKING:
    from voiceguide.couple import Couple
    from voiceguide.exercise import Exercise, Step
    from voiceguide.hearing.ears import Ears
    from voiceguide.record.transcript import Header, Transcript
    from voiceguide.runner import Runner
    from voiceguide.session.menu import Wish
    from voiceguide.sound import Sound

ALL: Partner = "both"


class Sitting:
    """Runs the machines of one evening on a stage, one after the other."""

    def __init__(self, stage: Stage, ears: Ears, couple: Couple | None = None) -> None:
        self._stage, self._ears, self._couple = stage, ears, couple
        self._folder = Path()  # where tonight's sounds lie, once that is known
        # Nobody re-opens a turn by typing, and whoever types a long line is not silent.
        patience = UNHURRIED if stage.typed else stage.settings.patience
        self._before = self._manner = Manner(Delivery(loudness=stage.settings.loudness), patience)

    def begin(
        self,
        exercise: Exercise | None,
        names: tuple[str, str] | None,
        problems: Sequence[str] = (),
        wished: Wish | None = None,
    ) -> None:
        """Ask who is here and for consent, then guide through the exercise; ``problems`` are said before that.

        None for what is to be asked: the exercise, and with it the names. ``wished`` answers the first question for
        an exercise, for it was said before.
        """
        from voiceguide.cli.opening import opened
        from voiceguide.cli.options import DEFAULT_NAMES, remembered_names
        from voiceguide.paths import sessions_dir
        from voiceguide.record.agreements import due
        from voiceguide.record.transcript import new_id
        from voiceguide.session.prologue import agreed, attendance, attending, consent

        self._stage.screen.anew()
        elsewhere = None if self._stage.typed else self._stage.elsewhere
        if elsewhere:
            self._stage.screen.notice(hearing(elsewhere.server))
            elsewhere.look()
        with ExitStack() as held:
            runner = held.enter_context(self._stage.running(self._ears, self._sound, self._others))
            why, here = self._announce(runner, problems, names or DEFAULT_NAMES), ALL
            chosen = (exercise, names or remembered_names()) if exercise else None
            if chosen is None and why != "stopped":
                chosen = opened(lambda session: self._run(runner, session), names, wished, self._stage.typed)
            if chosen is None:
                self._leave(runner, None, "stopped")
                return
            exercise, names = chosen
            now = datetime.now().astimezone()
            id_ = new_id(exercise.id, now)
            self._folder = sessions_dir() / id_
            self._stage.screen.title = exercise.title
            if why != "stopped" and exercise.for_ != "both":
                asking = attendance(names, together=exercise.for_ == "either")
                why, here = self._run(runner, asking), attending(asking)
            header = self._header(exercise, names, here, now, id_)
            # A simulated couple has nothing to protect: its record begins before anybody is asked, so that any crash
            # can be tried out.
            transcript = held.enter_context(_created(header)) if self._couple else None
            asking = consent(names, here, elsewhere.server.spoken if elsewhere else "")
            if why == "stopped" or self._run(runner, asking) == "stopped":
                self._leave(runner, transcript, "stopped")
                return
            self._hear_elsewhere(held, agreed(asking))
            if transcript is None and agreed(asking):
                # What becomes of an agreement must be recorded: after a no they are left for another time.
                looked_at = due(sessions_dir(), names, now.date()) if here == ALL else []
                header = replace(header, steps=with_reviews(header.steps, looked_at))
                transcript = held.enter_context(_created(header))
            session = self._session(header.steps, names, transcript is not None)
            self._exercise(runner, session, transcript)

    def _header(self, exercise: Exercise, names: tuple[str, str], here: Partner, now: datetime, id_: str) -> Header:
        from voiceguide.record.transcript import Header

        first = self._first(names) if here == ALL else here
        return Header(
            id=id_,
            exercise=exercise.id,
            title=exercise.title,
            names=names,
            simulated=self._couple is not None,
            started=now.isoformat(timespec="milliseconds"),
            steps=exercise.bind(names, first, together=here == ALL),
            first=first if here == ALL else None,
        )

    def _first(self, names: tuple[str, str]) -> Partner:
        """Who goes first tonight: they take turns, but a demo is the same each time."""
        from voiceguide.paths import sessions_dir
        from voiceguide.record.archive import beginner

        return "a" if self._couple else beginner(sessions_dir(), names)

    def resume(self, folder: Path, problems: Sequence[str] = ()) -> None:
        """Go on with the session in ``folder`` at the very step; ``problems`` are said first."""
        from voiceguide.record.transcript import Transcript

        # Whatever goes wrong now, it is let go: this program may wait for another call, and another one go on.
        with closing(Transcript.open(folder)) as transcript:
            self._go_on(transcript, folder, problems)

    def _go_on(self, transcript: Transcript, folder: Path, problems: Sequence[str]) -> None:
        from voiceguide.record import read

        if transcript.recovered:
            self._stage.screen.notice("The last line of the record was torn by a crash; the rest is whole.")
        stored, header = read(folder), transcript.header
        session = self._session(header.steps, header.names, True)
        begun, effects = self._before, []
        try:
            for t, event in stored.events:
                effects += session.handle(event, t)
                if isinstance(event, Begun | Resumed):
                    begun = _manner_of(session)
        except IllegalEventError as error:
            raise RecordError(
                f"The record of {folder.name} does not fit this voiceguide, so it cannot go on: read it with "
                f"`voiceguide show {folder.name}` and begin a new session."
            ) from error
        for effect in effects:
            if isinstance(effect, Strike):  # a crash may have come between the yes and the removal
                transcript.strike(effect.ids)
        if stored.ended is None:  # cut off, so nothing that was told then is remembered anywhere else
            self._manner = _manner_of(session).told_since(begun, self._before)
        self._stage.screen.anew()
        self._folder, self._stage.screen.title = folder, header.title
        with ExitStack() as held:
            runner = held.enter_context(self._stage.running(self._ears, self._sound, self._others))
            why = self._announce(runner, problems, header.names)
            if why != "stopped":
                why = self._ask_for_elsewhere(runner, held, header)
            if why == "stopped":
                self._leave(runner, transcript, "stopped")
                return
            self._exercise(runner, session, transcript, stored.lost_sounds)

    def _ask_for_elsewhere(self, runner: Runner, held: ExitStack, header: Header) -> str:
        """Nobody knows what they agreed to when it began: a server that hears them now is asked for."""
        from voiceguide.session.phrases_before import may_go_there
        from voiceguide.session.prologue import agreed, yes_or_no

        elsewhere = self._stage.elsewhere
        if elsewhere is None or self._stage.typed:
            return "completed"
        elsewhere.look()
        partners: tuple[Partner, ...] = ("a", "b")
        for partner in partners:
            if any(step.partner in (partner, ALL) for step in header.steps):
                question = may_go_there(name_of(partner, header.names), elsewhere.server.spoken)
                asking = yes_or_no(question, header.names, partner)
                if self._run(runner, asking) == "stopped":
                    return "stopped"
                if not agreed(asking):
                    return "completed"
        self._hear_elsewhere(held, True)
        return "completed"

    def _hear_elsewhere(self, held: ExitStack, agreed: bool) -> None:
        """Let a server hear what is said from now on until the end of ``held``, if there is one and they agreed."""
        if elsewhere := self._stage.elsewhere:
            if agreed and not self._stage.typed:
                self._stage.screen.notice(hears(elsewhere.server, not elsewhere.problem))
            elsewhere.allowed = agreed
            held.callback(elsewhere.forbid)

    def _sound(self, name: str) -> Sound:
        """A stored sound of tonight's session."""
        sound: Sound = stored_in(self._folder)(name)
        return sound

    def _announce(self, runner: Runner, problems: Sequence[str], names: tuple[str, str]) -> str:
        from voiceguide.session.prologue import announcement

        return self._run(runner, announcement(problems, names)) if problems else "completed"

    @property
    def _others(self) -> tuple[Couple, ...]:
        return (self._couple,) if self._couple else ()

    def _session(self, steps: Sequence[Step], names: tuple[str, str], saved: bool) -> Session:
        from voiceguide.paths import sessions_dir
        from voiceguide.record.agreements import recalled

        return Session(
            steps,
            names,
            farewell=phrases.farewell(saved),
            stopped=phrases.stopped(saved),
            saved=saved,
            recalled=recalled(sessions_dir(), [step.recalls for step in steps if step.recalls]),
        )

    def _exercise(
        self, runner: Runner, session: Session, transcript: Transcript | None, lost: Sequence[SoundKept] = ()
    ) -> None:
        if transcript is None:
            self._leave(runner, None, self._run(runner, session))
            return
        self._stage.screen.recording = True
        self._look_at(session)
        kind = Begun if session.state is State.READY else Resumed
        first = kind(self._manner.patience, _clock(), self._manner.delivery)
        try:
            why = runner.run(session, transcript, first, transcript.seconds, lost)
        except RecordError as error:
            later = f"then go on with: {_resuming(transcript.header)}"
            raise RecordError(f"{str(error).rstrip('.')}; {later}.") from error
        transcript.close()  # before it is told where everything is
        self._manner = _manner_of(session)
        self._leave(runner, transcript, why)

    def _run(self, runner: Runner, session: Session) -> str:
        self._look_at(session)
        why = runner.run(session, NoRecord(), Begun(self._manner.patience, _clock(), self._manner.delivery))
        self._manner = _manner_of(session)
        return why

    def _look_at(self, session: Session) -> None:
        self._stage.screen.session = session
        if self._stage.elsewhere:
            self._stage.elsewhere.kept = lambda: bool(session.floor and session.floor.kept)
        if self._couple:
            self._couple.session = session

    def _leave(self, runner: Runner, transcript: Transcript | None, why: str) -> None:
        """Tell where everything is."""
        if transcript is None:
            self._stage.screen.notice("Nothing was recorded.")
        else:
            name = transcript.header.id
            again = f"Hear it again with: voiceguide replay {name}"
            more = f"Go on with: {_resuming(transcript.header)}"
            self._stage.screen.whereabouts(f"Saved as {name}")
            self._stage.screen.whereabouts(again if why == "completed" else more)
        if self._couple is None and (words := remember(self._stage.settings, self._before, self._manner)):
            self._stage.screen.notice(words)
        if runner.interrupted:
            raise click.exceptions.Exit(INTERRUPTED)


def _created(header: Header) -> closing[Transcript]:
    from voiceguide.paths import private_dir, sessions_dir
    from voiceguide.record.transcript import Transcript

    return closing(Transcript.create(private_dir(sessions_dir()), header))


def _resuming(header: Header) -> str:
    return f"voiceguide {'demo' if header.simulated else 'start'} --resume {header.id}"


def _manner_of(session: Session) -> Manner:
    """How the guide speaks and waits in this session now."""
    return Manner(session.delivery, session.patience)


def _clock() -> float:
    """Seconds since midnight."""
    now = datetime.now()
    return (now.hour * 60 + now.minute) * 60.0 + now.second
