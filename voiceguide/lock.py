"""The lock on what is kept: files are sealed to a public key, and opened with a private one that needs the passphrase.

The format is age's (age-encryption.org/v1): its own tools open the private key and everything sealed to it. Whoever
records needs no passphrase; what one process has sealed it can open again while it lives, by a second key that never
leaves its memory. Who can write to the folder could replace sealed files: the lock keeps secrets, it does not sign.
"""

from __future__ import annotations

import os
import shutil
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.durable import alone_in, explained, make_folder, open_reading, sync_folder, write_new, write_whole
from voiceguide.errors import LockedError, RecordError
from voiceguide.paths import private_dir

if TYPE_CHECKING:
    from pyrage.x25519 import Identity, Recipient

SUFFIX = ".age"
"""What the name of every sealed file ends in."""

SHORTEST = 10
"""Characters of a passphrase. Each try costs a second or two, so these are too many to try them all."""

_WAITS = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds before each time that a passphrase is tried on a busy computer."""

_FOLDER = "lock"
_PUBLIC = "recipient.txt"
_PRIVATE = "identity.age"

_ring: list[Identity] = []
"""The keys this process has: the lock's, once the passphrase was given, and the one of its own."""

_own: list[Identity] = []
"""The key that dies with this process; made when it first seals something."""


class Lock:
    """The lock of one data folder."""

    def __init__(self, data: Path) -> None:
        self._folder = data / _FOLDER
        self._public = self._folder / _PUBLIC
        self._private = self._folder / _PRIVATE
        self._recipient: Recipient | None = None

    @property
    def exists(self) -> bool:
        """Whether there is one, whole or damaged: then nothing may be written that it does not seal."""
        return os.path.lexists(self._folder)

    @property
    def recipient(self) -> Recipient:
        """The public key, read once: what becomes of its file stops no recording. Raises RecordError if damaged."""
        if self._recipient is None:
            self._recipient = self._stored_recipient()
        return self._recipient

    def _stored_recipient(self) -> Recipient:
        from pyrage import RecipientError
        from pyrage.x25519 import Recipient

        written = self._read(self._public).decode("ascii", "replace").strip()
        try:
            return Recipient.from_str(written)
        except RecipientError as error:
            raise self._damaged(self._public) from error

    def check(self) -> None:
        """Raise RecordError where the lock is damaged, or half of it gone, as far as can be seen without passphrase."""
        self._stored_identity()
        self._recipient = self._stored_recipient()

    def make(self, passphrase: str) -> None:
        """Make the two keys, and have the private one at hand. Raises RecordError, also where there is a lock."""
        from pyrage.x25519 import Identity

        if self.exists:
            raise RecordError("There is a lock already: change its passphrase with `voiceguide lock --change`.")
        identity = Identity.generate()
        hidden = private_dir(self._folder.parent) / f".{_FOLDER}.new"
        with explained("make the lock", self._folder):
            shutil.rmtree(hidden, ignore_errors=True)
            make_folder(hidden)
            write_new(hidden / _PUBLIC, f"{identity.to_public()}\n".encode())
            write_new(hidden / _PRIVATE, _locked(identity, passphrase))
            sync_folder(hidden)
            hidden.rename(self._folder)  # both or none, even if the power goes now
            sync_folder(self._folder.parent)
        _ring.append(identity)

    def unlock(self, passphrase: str) -> None:
        """Have the private key at hand, for as long as this process lives. Takes a second or two.

        Raises LockedError for a wrong passphrase, RecordError when the lock is damaged.
        """
        _ring.append(self._identity(passphrase))

    def change(self, old: str, new: str) -> None:
        """Put the private key under another passphrase, whole or not at all. Raises as ``unlock``."""
        identity = self._identity(old)
        with explained("change the passphrase in", self._private), alone_in(self._folder):
            write_whole(self._private, _locked(identity, new))

    @property
    def unlocked(self) -> bool:
        """The private key is at hand."""
        public = str(self.recipient)
        return any(str(identity.to_public()) == public for identity in _ring)

    def sealed(self, data: bytes, *, for_us: bool = True) -> bytes:
        """``data`` for those who know the passphrase, and (``for_us``) for this process. Raises RecordError."""
        import pyrage
        from pyrage.x25519 import Identity

        if not _own:
            _own.append(Identity.generate())
        made: bytes = pyrage.encrypt(data, [self.recipient, *(own.to_public() for own in _own if for_us)])
        return made

    def _identity(self, passphrase: str) -> Identity:
        from pyrage import DecryptError, IdentityError
        from pyrage.x25519 import Identity

        stored = self._stored_identity()
        try:
            written = _by_passphrase(stored, _as_text(passphrase))
            identity = Identity.from_str(written.decode("ascii", "replace").strip())
        except DecryptError:
            raise LockedError(
                "That is not the passphrase: type it as you chose it, capitals and spaces too. If you are sure of it, "
                f"{self._private} may be damaged: put it back from a copy."
            ) from None
        except IdentityError as error:
            raise self._damaged(self._private) from error
        if str(identity.to_public()) != str(self.recipient):  # what is recorded would be sealed for somebody else
            raise self._damaged(self._public)
        return identity

    def _stored_identity(self) -> bytes:
        stored = self._read(self._private)
        if not stored.startswith(b"age-encryption.org/v1\n-> scrypt "):
            raise self._damaged(self._private)
        return stored

    def _read(self, path: Path) -> bytes:
        """A key's file: it and its folder themselves, since what a link leads to may be changed by others."""
        if self._folder.is_symlink():
            raise RecordError(f"{self._folder} is a link, which is not followed: put the folder itself there.")
        with explained("read", path), open_reading(path, follow=False) as file:
            return file.read()

    def _damaged(self, path: Path) -> RecordError:
        return RecordError(f"{path} is damaged: put the folder {self._folder} back from a copy.")


def opened(data: bytes, path: Path) -> bytes:
    """What ``data``, the content of ``path``, was before it was sealed.

    Raises LockedError without the key, RecordError where it is damaged, or sealed with another lock.
    """
    import pyrage

    keys = [*_ring, *_own]
    try:
        made: bytes = pyrage.decrypt(data, keys) if keys else b""
    except pyrage.DecryptError as error:
        if str(error) == "No matching keys found":
            if not _ring:
                raise LockedError.without_passphrase() from None
            raise RecordError(f"{path} was locked with another passphrase's key: it cannot be opened here.") from None
        raise RecordError(f"{path} is damaged ({error}): restore it from a copy.") from error
    if not keys:
        raise LockedError.without_passphrase()
    return made


def read_file(path: Path) -> bytes:
    """The content of a file, opened where its name says that it is sealed. Raises OSError, and as ``opened``."""
    data = path.read_bytes()
    return opened(data, path) if path.suffix == SUFFIX else data


def _locked(identity: Identity, passphrase: str) -> bytes:
    """The private key as a file that needs the passphrase."""
    from pyrage import passphrase as by_passphrase

    made: bytes = by_passphrase.encrypt(f"{identity}\n".encode(), _as_text(passphrase))
    return made


def _by_passphrase(stored: bytes, passphrase: str) -> bytes:
    """What the passphrase opens. Raises DecryptError for another one, LockedError where it cannot be tried.

    age first measures how fast this computer is, and refuses what would take it many seconds. On a busy one the measure
    errs, so it is asked again.
    """
    from pyrage import DecryptError
    from pyrage import passphrase as by_passphrase

    for wait in _WAITS:
        time.sleep(wait)
        try:
            made: bytes = by_passphrase.decrypt(stored, passphrase)
        except DecryptError as error:
            if "Excessive work" not in str(error):
                raise
        else:
            return made
    raise LockedError("This computer is too busy to try the passphrase: end other programs, and try again.")


def check_passphrase(passphrase: str) -> None:
    """Raise LockedError for one that is too easily found by trying, or is no text."""
    _as_text(passphrase)
    if len(passphrase.strip()) < SHORTEST or len(set(passphrase)) < 4:
        raise LockedError(f"That is too easily guessed: take {SHORTEST} characters or more, such as four rare words.")


def _as_text(passphrase: str) -> str:
    """The passphrase in the form in which every keyboard gives it (NFC).

    Raises LockedError for bytes that a terminal or a pipe could not make text of.
    """
    try:
        passphrase.encode()
    except UnicodeEncodeError:
        raise LockedError("The passphrase holds bytes that are no text: write it in UTF-8.") from None
    return unicodedata.normalize("NFC", passphrase)
