"""``voiceguide lock``: what is saved, locked with a passphrase."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from voiceguide.cli.plain import confirmed, say, warn
from voiceguide.cli.unlocking import ask, asked_again, has_terminal, line

if TYPE_CHECKING:
    from voiceguide.lock import Lock

_WARNING = """\
From then on everything said in a session is encrypted before it reaches the
disk. A session still begins by voice, without the passphrase. To read, hear or
search what is saved you will be asked for it.

If you lose the passphrase, everything is lost: nobody can open it again, not
even we. Write it down, and keep it where only you find it. Both of you should
know it; whoever does can read everything.

Four or more rare words make a good one, such as these, but other ones:
copper lantern quietly Tuesday."""


@click.command()
@click.option("--change", is_flag=True, help="Change the passphrase.")
@click.option("--sessions", "earlier", is_flag=True, help="Lock the sessions that were saved before, too.")
@click.option(
    "--passphrase-stdin",
    is_flag=True,
    help="Read the passphrase from the first line of standard input (with --change: the old one, then the new one).",
)
def lock(change: bool, earlier: bool, passphrase_stdin: bool) -> None:
    """Lock what is saved with a passphrase.

    It makes a pair of keys: one that only locks, which lies beside the sessions, and one that opens, which the
    passphrase protects. Whatever is said from then on is encrypted before it reaches the disk. If you lose the
    passphrase, everything is lost. The files are in the format of age, whose own program opens them, too.

    Nothing unlocks for good: whatever reads asks for the passphrase. To keep a session that opens without it, write it
    with `voiceguide export --to zip`.

    Sessions that were saved before stay as they were, until you lock them with --sessions: each is copied, the copy is
    opened and compared, then the plain one is removed. It can be interrupted: the same command goes on.

    \b
    Examples:
      voiceguide lock
      voiceguide lock --sessions
      voiceguide lock --change
    """
    from voiceguide.holding import hold
    from voiceguide.paths import data_dir, sessions_dir
    from voiceguide.record.store import lock_of

    if change and earlier:
        raise click.UsageError("--change and --sessions are two things: do one after the other.")
    with hold(data_dir(), "voiceguide lock"):
        if change:
            _change(lock_of(sessions_dir()), passphrase_stdin)
        else:
            _lock(lock_of(sessions_dir()), earlier, passphrase_stdin)


def _lock(the_lock: Lock, earlier: bool, passphrase_stdin: bool) -> None:
    """Make the lock, if there is none, and lock what was saved before, if that is wished."""
    from voiceguide.paths import sessions_dir
    from voiceguide.record.converting import unsealed
    from voiceguide.record.deleting import sweep

    made = not the_lock.exists
    if made:
        _make(the_lock, passphrase_stdin)
    _forget_names()
    for path in sweep(sessions_dir()):
        warn(f"The rest of a deleted session cannot be removed: delete {path} yourself.")
    waiting = unsealed(sessions_dir())
    if not waiting and not made:
        say("Everything is locked already; --change changes the passphrase.")
    elif earlier and waiting:
        # What is sealed is opened again before the plain files go, so it is needed even if nothing is sealed yet.
        if not the_lock.unlocked:
            _unlock(the_lock, passphrase_stdin, "Passphrase")
        _seal_all(waiting)
    elif waiting and made and has_terminal() and confirmed(f"{_still(len(waiting))} Lock them, too?", default=True):
        _seal_all(waiting)
    elif waiting:
        say(f"{_still(len(waiting))} `voiceguide lock --sessions` locks them, too.")


def _still(count: int) -> str:
    return "1 session saved before is not locked." if count == 1 else f"{count} sessions saved before are not locked."


# -- the passphrase ----------------------------------------------------------------------------------------------


def _make(the_lock: Lock, passphrase_stdin: bool) -> None:
    if not passphrase_stdin:
        say(_WARNING)
        say()
    the_lock.make(_chosen("New passphrase", passphrase_stdin))
    say("Locked: what is said from now on can be read with the passphrase only.")


def _change(the_lock: Lock, passphrase_stdin: bool) -> None:
    from voiceguide.errors import NotFoundError

    if not the_lock.exists:
        raise NotFoundError("There is no lock yet: make one with `voiceguide lock`.")
    old = _unlock(the_lock, passphrase_stdin, "Old passphrase")  # a wrong one is said before a new one is thought of
    the_lock.change(old, _chosen("New passphrase", passphrase_stdin))
    say("The passphrase is changed. Older copies of the folder lock still open everything with the old one.")


def _unlock(the_lock: Lock, passphrase_stdin: bool, question: str) -> str:
    """The passphrase, by which it is unlocked now. Raises LockedError."""

    def once() -> str:
        typed = line() if passphrase_stdin else _asked(question)
        the_lock.unlock(typed)
        return typed

    return once() if passphrase_stdin else asked_again(once)


def _chosen(question: str, passphrase_stdin: bool) -> str:
    """A new passphrase, good enough; typed twice. Raises LockedError."""
    from voiceguide.errors import LockedError
    from voiceguide.lock import check_passphrase

    def once() -> str:
        first = line() if passphrase_stdin else _asked(question)
        check_passphrase(first)
        if not passphrase_stdin and _asked("The same again") != first:
            raise LockedError("The two are not the same: nothing was changed, try again.")
        return first

    return once() if passphrase_stdin else asked_again(once)


def _asked(question: str) -> str:
    """What is typed, unseen. Raises LockedError where nobody can be asked, Exit where nothing is typed."""
    from voiceguide.errors import LockedError

    if not has_terminal():
        raise LockedError("There is no terminal to ask for the passphrase in: give it with --passphrase-stdin.")
    if typed := ask(question):
        return typed
    warn("No passphrase was typed: nothing was changed.")
    raise click.exceptions.Exit(1)


# -- what lies there already -------------------------------------------------------------------------------------


def _forget_names() -> None:
    """Remove the names of last time and spoken prompts, in which they are said; both come back in memory only."""
    from voiceguide.cli.narrating import prompts_cache
    from voiceguide.cli.options import names_file
    from voiceguide.durable import remove_tree

    for path in (names_file(), prompts_cache()):
        try:
            remove_tree(path)
        except OSError as error:
            warn(f"{path} holds your names and cannot be removed ({error.strerror}): delete it yourself.")


def _seal_all(waiting: list[Path]) -> None:
    from voiceguide.cli.interrupting import stoppable
    from voiceguide.cli.progress import progress
    from voiceguide.errors import RecordError
    from voiceguide.record.converting import seal

    left: list[RecordError] = []
    with (
        stoppable("what is locked stays locked, `voiceguide lock --sessions` goes on.") as check,
        progress("Locking") as tell,
    ):
        for number, folder in enumerate(waiting):
            check()
            tell(number, len(waiting))
            try:
                seal(folder)
            except RecordError as error:
                left.append(error)
        tell(len(waiting), len(waiting))
    done = len(waiting) - len(left)
    say(f"{done} session{'' if done == 1 else 's'} locked; the plain files are removed.")
    for each in left:
        warn(str(each))
    if left:
        raise click.exceptions.Exit(1)
