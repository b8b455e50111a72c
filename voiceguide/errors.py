"""What can go wrong, as one tree; every error carries the sentence a user reads, with what to do next.

::

    VoiceguideError
    ├── NotFoundError        an exercise, session or device that is not there; near names are suggested
    ├── ExerciseError        an exercise file that cannot be used; names the place and the mend
    ├── SettingsError        a settings file that cannot be used; names the place and the mend
    ├── RecordError          a stored session that cannot be read or written
    │   ├── NewerRecordError written by a newer voiceguide
    │   ├── LockedError      it needs the passphrase
    │   └── UnsealedError    it is from before the lock, and would go on in plain
    ├── DeviceError          a microphone or loudspeaker that cannot be used
    ├── EngineError          a synthesiser or recogniser that cannot be used, crashed or hangs
    ├── FarError             a server beyond this machine's own network, where nobody has allowed that
    ├── SoundFileError       a sound file that cannot be read or written
    ├── ExportError          a file that a session cannot be written to
    └── IllegalEventError    an event the session cannot take in its state; nothing has changed
"""

from __future__ import annotations

from collections.abc import Iterable


class VoiceguideError(Exception):
    """Anything voiceguide can explain. ``str(error)`` is one sentence: what, where, how to mend it."""


class NotFoundError(VoiceguideError):
    """Something named by the user is not there."""

    @classmethod
    def suggesting(cls, what: str, name: str, known: Iterable[str], otherwise: str) -> NotFoundError:
        """Build the sentence for ``name``, with near names from ``known`` or else the advice ``otherwise``."""
        import difflib  # only here: it would be a tenth of what `voiceguide --help` takes

        shown = name if len(name) <= 60 else name[:60] + "…"
        folded, typed = {each.casefold(): each for each in known}, name[:200].casefold()
        parts = [each for each in folded if typed.strip() and typed.strip() in each][:3]
        alike = parts or difflib.get_close_matches(typed, folded, n=3)
        if not alike:  # one word of several was meant
            words = dict.fromkeys(word for each in folded for word in each.split("-") if len(word) > 3)
            meant = difflib.get_close_matches(typed, words, n=1, cutoff=0.75)
            alike = [each for word in meant for each in folded if word in each.split("-")]
        near = [folded[each] for each in alike[:3]]
        advice = f"did you mean {' or '.join(near)}?" if near else otherwise
        return cls(f"There is no {what} {shown!r}: {advice}")


class ExerciseError(VoiceguideError):
    """An exercise cannot be used as it is written."""


class SettingsError(VoiceguideError):
    """The settings cannot be used as they are written."""


class RecordError(VoiceguideError):
    """A stored session cannot be read or written."""


class NewerRecordError(RecordError):
    """A stored session was written by a newer voiceguide."""


class LockedError(RecordError):
    """What is stored can be read with the passphrase only."""

    @classmethod
    def without_passphrase(cls) -> LockedError:
        """Nobody has given it."""
        return cls(
            "What is saved is locked: run the command in a terminal, where it asks for the passphrase, or give it with "
            "--passphrase-stdin."
        )


class UnsealedError(RecordError):
    """What is stored was begun before there was a lock: what is said now would not be encrypted."""


class DeviceError(VoiceguideError):
    """A microphone or loudspeaker cannot be used."""


class EngineError(VoiceguideError):
    """A synthesiser or recogniser cannot be used, crashed or does not answer."""


class FarError(VoiceguideError):
    """A server is beyond this machine and its own network, and nobody has allowed that."""


class SoundFileError(VoiceguideError):
    """A sound file cannot be read or written."""


class ExportError(VoiceguideError):
    """A session cannot be written to a file."""


class IllegalEventError(VoiceguideError):
    """The session cannot take this event in its state; the session has not changed."""
