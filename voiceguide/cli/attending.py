"""What ``voiceguide listen`` does: waits for its name, does what it is asked for, and waits again."""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from voiceguide.cli.ears import ears_of, problems_of
from voiceguide.cli.options import DEFAULT_NAMES, Sound, find_session
from voiceguide.cli.plain import warn
from voiceguide.cli.sitting import Sitting
from voiceguide.cli.waiting import RETRY, Waiter
from voiceguide.errors import LockedError, NotFoundError, RecordError, SettingsError, UnsealedError, VoiceguideError
from voiceguide.session import phrases_waiting as phrases
from voiceguide.session.asking import Asked, Asking, asked

if TYPE_CHECKING:
    from voiceguide.cli.stage import Stage
    from voiceguide.hearing.openings import Openings
    from voiceguide.session import Session
    from voiceguide.sound.microphone import Microphone
    from voiceguide.standby import Request

_LOOK = 1.0
"""Seconds between two looks at whether another voiceguide is in a session."""


class Attending:
    """Attends to whoever calls, until ``waiter`` is interrupted."""

    def __init__(self, waiter: Waiter, sound: Sound, parts: Stage, microphone: Microphone) -> None:
        self._waiter, self._sound = waiter, sound
        self._parts, self._microphone = parts, microphone
        self._looked = 0.0
        self._over = False

    def go_on(self) -> None:
        """Wait and answer until somebody says goodbye. Raises Exit for Ctrl-C and its kin."""
        from voiceguide.hearing.openings import Openings
        from voiceguide.sound.vad import SileroGate

        parts = self._parts
        for problem in problems_of(self._microphone):
            parts.screen.notice(problem)
        parts.screen.notice(f'After "hey {parts.settings.address}" say: {", ".join(phrases.offered())}.')
        openings = Openings(SileroGate())
        asking = 0
        while not self._over:
            request = self._request(openings, asking > 0)
            self._renew()
            asking = self._answer(request, asking) if request else 0

    # -- waiting -------------------------------------------------------------------------------------------------

    def _request(self, openings: Openings, asking: bool) -> Request | None:
        """What somebody calls for; None where another voiceguide has had its turn meanwhile."""
        from voiceguide.hearing.ears import VoiceEars
        from voiceguide.standby import Standby

        parts = self._parts
        ears = VoiceEars(self._microphone, openings, parts.recogniser, parts.settings.choice)
        address, tell = parts.settings.address, parts.screen.notice
        standby = Standby(ears, openings, parts.loudspeaker, self._understand, address, tell)
        request = standby.wait(self._others_turn, asking)
        if request is None:
            self._leave_to_others()
        return request

    def _understand(self, words: str) -> Asked | None:
        from voiceguide.cli.opening import offered_now
        from voiceguide.library import all_exercises
        from voiceguide.paths import shipped_exercise_files

        try:
            every = offered_now()
        except VoiceguideError:  # what is saved cannot be read: whoever asks for it will be told
            every = all_exercises(shipped_exercise_files())[0]
        return asked(words, every)

    def _others_turn(self) -> bool:
        """Whether to stop waiting: somebody ends us, or (looked at now and then) another one is in a session."""
        if self._waiter.interrupted or time.monotonic() - self._looked < _LOOK:
            return self._waiter.interrupted
        self._looked = time.monotonic()
        return _is_held()

    def _leave_to_others(self) -> None:
        """Let the microphone go until the other one has ended."""
        self._waiter.check()
        self._microphone.close()
        self._parts.loudspeaker.close()  # a device, which opens again by itself, or none
        self._parts.screen.notice("Another voiceguide is running: this one waits until it has ended.")
        while _is_held():
            self._waiter.rest(_LOOK)
        while not self._microphone.reopen():
            self._waiter.rest(RETRY)

    def _renew(self) -> None:
        """What may have changed in the days since we began: the settings, and whether what is saved is locked."""
        from voiceguide.cli.narrating import guides_narrator
        from voiceguide.settings import load

        try:
            self._parts.settings = load()
        except SettingsError as error:
            warn(str(error))
        parts = self._parts
        parts.narrator = guides_narrator(parts.voice, self._sound, parts.settings, parts.screen.notice)

    # -- answering -----------------------------------------------------------------------------------------------

    def _answer(self, request: Request, asking: int) -> int:
        """Do what was asked; gives how often in a row the guide has now asked for something clearer."""
        from voiceguide.holding import hold
        from voiceguide.paths import data_dir

        self._parts.screen.called(request.text)
        wanted = request.asked
        try:
            if wanted is None or wanted.what is Asking.HELP:
                self._say(phrases.can_be_asked() if wanted else phrases.not_understood())
                return asking + 1 if asking < _TRIES else 0
            with hold(data_dir(), "voiceguide listen"):
                self._do(wanted)
        except LockedError as error:
            self._explain(error, phrases.locked())
        except UnsealedError as error:
            self._explain(error, phrases.not_locked_yet())
        except VoiceguideError as error:
            in_use = isinstance(error, RecordError) and _is_held()
            self._explain(error, phrases.in_use() if in_use else phrases.failed())
        return 0

    def _explain(self, error: VoiceguideError, words: str) -> None:
        warn(str(error))
        self._say(words)

    def _do(self, wanted: Asked) -> None:
        match wanted.what:
            case Asking.SESSION:
                self._begin(wanted)
            case Asking.RESUME:
                self._resume()
            case Asking.REPLAY:
                self._replay()
            case Asking.AGREEMENTS:
                self._tell_agreements()
            case Asking.LEAVE:
                self._over = self._agreed(phrases.shall_i_leave())
                if self._over:
                    self._say(phrases.goodbye())
            case Asking.NOTHING:
                self._say(phrases.left_alone())

    def _begin(self, wanted: Asked) -> None:
        if self._may_begin():
            Sitting(self._parts, ears_of(self._parts, self._microphone)).begin(None, None, wished=wanted.wish)

    def _may_begin(self) -> bool:
        """Nobody begins without having read, alone, for whom this is not."""
        from voiceguide.care import page_was_shown

        if page_was_shown():
            return True
        self._say(phrases.read_the_page_first())
        return False

    def _resume(self) -> None:
        from voiceguide.paths import sessions_dir
        from voiceguide.record import archive

        real = [each for each in archive.sessions(sessions_dir()) if not each.simulated]
        if any(each.locked for each in real):
            raise LockedError.without_passphrase()
        unfinished = next((each for each in real if not each.problem and each.state != "completed"), None)
        if unfinished is None:
            self._say(phrases.nothing_to_resume())
            return
        folder = find_session(unfinished.id, simulated=False)
        if not self._agreed(phrases.shall_we_go_on(unfinished.title, _day(unfinished.started))):
            self._say(phrases.left_alone())
        elif folder and self._may_begin():
            Sitting(self._parts, ears_of(self._parts, self._microphone)).resume(folder)

    def _replay(self) -> None:
        from voiceguide.cli.replay import edition_of, play
        from voiceguide.hearing.ears import VoiceEars
        from voiceguide.hearing.listener import Listener
        from voiceguide.paths import sessions_dir
        from voiceguide.record import read
        from voiceguide.record.archive import find
        from voiceguide.sound.vad import SileroGate
        from voiceguide.speaking import whole

        parts = self._parts
        try:
            stored = read(find(sessions_dir(), None, simulated=False))
        except NotFoundError:
            self._say(phrases.nothing_to_replay())
            return

        def say(text: str, voice: str | None, keep: bool) -> Any:
            return whole(parts.narrator.say(text, 1.0, keep, voice))

        ears = VoiceEars(self._microphone, Listener(SileroGate()), parts.recogniser, parts.settings.choice)
        play(parts, ears, stored.header, edition_of(stored, say))

    def _tell_agreements(self) -> None:
        from voiceguide.paths import sessions_dir
        from voiceguide.record.agreements import agreements
        from voiceguide.record.archive import newest_first

        if any(each.locked for each in newest_first(sessions_dir())):
            raise LockedError.without_passphrase()
        found, today = agreements(sessions_dir()), date.today()
        if not found:
            self._say(phrases.no_agreements())
            return
        told = [phrases.agreement(each.who, each.words, each.made, each.again, today) for each in found]
        self._say(phrases.your_agreements(len(found)), *told)

    # -- speaking ------------------------------------------------------------------------------------------------

    def _say(self, *words: str) -> None:
        from voiceguide.session.prologue import reading

        self._run(reading(words, DEFAULT_NAMES))

    def _agreed(self, question: str) -> bool:
        from voiceguide.session.prologue import agreed, yes_or_no

        asking = yes_or_no(question, DEFAULT_NAMES)
        self._run(asking)
        return agreed(asking)

    def _run(self, session: Session) -> None:
        from voiceguide.cli.stage import stored_in
        from voiceguide.roles import NoRecord
        from voiceguide.session.delivery import Delivery
        from voiceguide.session.events import Begun

        parts = self._parts
        parts.screen.anew()
        parts.screen.session = session
        with parts.running(ears_of(parts, self._microphone), stored_in(None)) as runner:
            delivery = Delivery(loudness=parts.settings.loudness)
            runner.run(session, NoRecord(), Begun(parts.settings.patience, None, delivery))
            self._waiter.interrupted = self._waiter.interrupted or runner.interrupted
        self._waiter.check()


_TRIES = 2
"""How often in a row the guide asks for a clearer request, before it waits to be called again."""


def _day(started: str) -> str:
    """The day of a session, as one says it."""
    try:
        return phrases.spoken_day(datetime.fromisoformat(started).date(), date.today())
    except ValueError:
        return "some time ago"


def _is_held() -> bool:
    from voiceguide.holding import is_held
    from voiceguide.paths import data_dir

    return is_held(data_dir())
