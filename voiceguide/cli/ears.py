"""Ears for the parts on a stage, and what is wrong with their microphone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceguide.errors import EngineError

if TYPE_CHECKING:
    from voiceguide.cli.stage import Stage
    from voiceguide.hearing.ears import Ears
    from voiceguide.hearing.echo import Interruptions
    from voiceguide.sound.microphone import Microphone

_CHECKED = 0.4
"""Seconds of sound by which the microphone is judged."""

_DEAD = 1.5
"""Seconds without a sample after which it does not answer."""


def ears_of(parts: Stage, microphone: Microphone | None) -> Ears:
    """What a session hears with: the microphone, or what is typed."""
    from voiceguide.hearing.ears import VoiceEars
    from voiceguide.hearing.listener import Listener
    from voiceguide.keyboard import TypedEars
    from voiceguide.sound.vad import SileroGate

    if microphone is None:
        return TypedEars(parts.recogniser, parts.lifelike, parts.screen.notice)
    ahead = parts.elsewhere.ahead if parts.elsewhere else None
    listener, interruptions = Listener(SileroGate()), _interruptions(parts)
    return VoiceEars(microphone, listener, parts.recogniser, parts.settings.choice, interruptions, ahead)


def _interruptions(parts: Stage) -> Interruptions | None:
    """What tells that somebody speaks while the guide does, as the settings want it."""
    from voiceguide.hearing.echo import EchoCanceller, FarEnd, Interruptions
    from voiceguide.sound.mixer import OUTPUT_RATE
    from voiceguide.sound.playback import DeviceLoudspeaker
    from voiceguide.sound.vad import SileroGate

    if parts.settings.barge_in == "never":
        return None
    if parts.settings.barge_in == "headphones" or not isinstance(parts.loudspeaker, DeviceLoudspeaker):
        return Interruptions(SileroGate())
    try:
        canceller = EchoCanceller()
    except EngineError as error:
        parts.screen.notice(f"{error} Until then the guide does not stop when you speak over it.")
        return None
    far_end = FarEnd(OUTPUT_RATE)
    parts.loudspeaker.tap = far_end.hear
    return Interruptions(SileroGate(), far_end, canceller)


def problems_of(microphone: Microphone) -> list[str]:
    """What is wrong with the microphone, in the guide's words: said before the exercise, not found out after it."""
    from voiceguide.session import phrases_before
    from voiceguide.sound import FRAME_SECONDS
    from voiceguide.sound.microphone import check_level

    frames: list[bytes] = []
    for _ in range(round(_CHECKED / FRAME_SECONDS)):
        frame = microphone.read(_DEAD if not frames else FRAME_SECONDS * 4)
        if frame is None:
            break
        frames.append(frame)
    if not frames:
        return [phrases_before.microphone_dead()]
    wrong = {"silent": phrases_before.microphone_silent, "clipping": phrases_before.microphone_clipping}
    found = check_level(frames)
    return [wrong[found]()] if found else []
