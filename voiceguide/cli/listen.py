"""``voiceguide listen``: always there, and quiet until it is called."""

from __future__ import annotations

import contextlib

import click

from voiceguide.cli.options import Sound, sound_options
from voiceguide.cli.plain import say
from voiceguide.cli.unlocking import offer_unlock, passphrase_option
from voiceguide.hearing import engines


@click.command()
@sound_options
@passphrase_option
def listen(sound: Sound, passphrase_stdin: bool) -> None:
    """Wait quietly, and begin when you call it by voice.

    Say "hey guide" and go on, or wait for the short sound: "start floor and mirror", "we have ten minutes", "replay our
    last conversation", "what did we agree?", "continue where we stopped", "stop listening". Ctrl-C ends it.

    Your call is recognised on this machine. What is said before it is kept nowhere: not on the disk, not on the screen,
    and in memory only for as long as it takes to tell that you did not call.

    Before the first session each of you reads a page on safety: run `voiceguide start` once for that. The name you call
    it by can be changed: `voiceguide settings show address`. While another voiceguide is in a session, this one lets
    the microphone go.

    \b
    Examples:
      voiceguide listen
      voiceguide listen --mic headset --engine moonshine
      voiceguide listen --plain
    """
    from voiceguide.care import page_was_shown
    from voiceguide.cli.attending import Attending
    from voiceguide.cli.stage import ending_on_signals, stage
    from voiceguide.cli.waiting import Waiter, patiently
    from voiceguide.holding import LISTENING, hold
    from voiceguide.paths import data_dir
    from voiceguide.session.phrases_waiting import read_the_page_first
    from voiceguide.settings import load
    from voiceguide.sound.microphone import microphone_names, open_microphone
    from voiceguide.sound.playback import is_file_name, loudspeaker_names, open_loudspeaker

    if sound.speaker and is_file_name(sound.speaker):
        raise click.UsageError("--speaker FILE.wav is for one session: `listen` needs a loudspeaker, or none.")
    settings = load()
    engines.factory(sound.engine_of(settings), sound.allow_remote)
    question = "Passphrase (Enter: go on without what was saved before)"
    if not offer_unlock(passphrase_stdin, question, give_up=True):
        say("What was saved before is locked: it cannot be replayed, and sessions begin without your names.")
    if not page_was_shown():  # before any device is waited for
        say(read_the_page_first())
    waiter = Waiter()
    with (
        hold(data_dir(), "voiceguide listen", LISTENING),
        ending_on_signals(waiter),
        contextlib.ExitStack() as stack,
    ):
        patiently(waiter, "loudspeaker", sound.speaker, open_loudspeaker, loudspeaker_names).close()
        microphone = patiently(waiter, "microphone", sound.mic, open_microphone, microphone_names)
        stack.callback(microphone.close)
        parts = stack.enter_context(stage(sound, settings, unattended=True))
        Attending(waiter, sound, parts, microphone).go_on()
