"""Rooms at once on one recognition server and on two, real ones on loopback: how long a command's words take.

In each room somebody speaks sentences with pauses, at life speed, and now and then says "I'm done". Beside it the same
command in this machine's own engine, alone. The servers share this machine with the rooms, so what counts is how the
delay grows, and the share of a core that a room takes.

And what streaming saves: the words of an answer that is sent over a slow network while it is being said, beside the
same one sent at its end; and a prompt's first sentence, beside all of it.
"""

from __future__ import annotations

import random
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.processes import cpu_seconds

from voiceguide.errors import VoiceguideError
from voiceguide.hearing.engines import DEFAULT, factory
from voiceguide.sound import LISTEN_RATE, SAMPLE_BYTES, Sound
from voiceguide.sound.files import resample
from voiceguide.speaking import Narrator, voices, whole
from voiceguide.worker import Worker
from voiceguide.wyoming.recognizer import WyomingRecognizer

SECONDS = 25.0
"""How long each number of rooms is listened to."""

ROOMS = (1, 2, 4, 8, 12, 16, 20)

_EVERY = 2
"""So many sentences, then a command."""

_PAUSES = (0.7, 3.0)
"""Seconds between two utterances."""

_SENTENCES = (
    "I was worried on Sunday, because you did not call.",
    "When we sit down in the evening I want to tell you about my day.",
    "It helps me when you say what you are thinking, even when it is hard.",
    "I would like us to go for a walk on Friday.",
)


_SLOW = 1e6
"""Bits a second of a slow network: three times what speech needs."""

_PIECE = 0.5
"""Seconds of sound that are sent at a time while somebody speaks."""

_PROMPTS = (
    "Anna, think of one small thing that worries you. It need not be the greatest. Take your time, and then tell Ben.",
    "Ben, you have listened well. Say in your own words what you have heard. Is there anything that you would ask?",
    "Thank you both for tonight. You have said things that are not easy to say. Come back whenever you like.",
)


class Room:
    """A couple and its commands: their delays, and what no server heard in time."""

    def __init__(self, address: str, said: Sequence[Sound], done: Sound, seed: int) -> None:
        self.delays: list[float] = []
        self.lost = 0
        self._ear, self._said, self._done = WyomingRecognizer(address), said, done
        self._chance = random.Random(seed)
        self._thread = threading.Thread(target=self._talk)

    def begin(self) -> None:
        """Talk for SECONDS."""
        self._thread.start()

    def end(self) -> None:
        """Wait until the last word is known."""
        self._thread.join()

    def _talk(self) -> None:
        until = time.monotonic() + SECONDS
        time.sleep(self._chance.uniform(0, 3))  # nobody begins in the same moment
        count = self._chance.randrange(_EVERY)
        while time.monotonic() < until:
            count += 1
            command = count % (_EVERY + 1) == 0
            sound = self._done if command else self._chance.choice(self._said)
            time.sleep(sound.seconds + self._chance.uniform(*_PAUSES))  # it is spoken, then there is a pause
            began = time.monotonic()
            try:
                self._ear.recognize(sound)
            except VoiceguideError:
                self.lost += 1
            else:
                self.delays += [time.monotonic() - began] if command else []


def measure(runs: int, manifest: Path | None = None) -> dict[str, Any]:
    """Seconds until the words of a command are known, by servers and rooms."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.support.wyoming_servers import hearing

    with Worker("voiceguide.speaking.pyttsx3_engine:Pyttsx3", seconds=20) as voice:
        said, done = _spoken(voice, _SENTENCES), _spoken(voice, ["I'm done."])[0]
    figures: dict[str, Any] = {"this machine's own engine": _own(done, runs)}
    for count in (1, 2):
        with ExitStack() as stack:
            folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(count)]
            servers = [stack.enter_context(hearing(folder)) for folder in folders]
            for server in servers:
                WyomingRecognizer(server.address).recognize(done)  # it has loaded its model
            for rooms in ROOMS:
                addresses = [servers[room % count].address for room in range(rooms)]
                before = sum(cpu_seconds(server.pid) for server in servers)
                talking = [Room(address, said, done, seed) for seed, address in enumerate(addresses)]
                for room in talking:
                    room.begin()
                for room in talking:
                    room.end()
                share = (sum(cpu_seconds(server.pid) for server in servers) - before) / SECONDS
                figures[f"{count} server{'s' * (count > 1)}, {rooms:2} rooms"] = _figures(talking, share)
    return {**figures, "streaming": {"an answer": _answers(said, runs), "a prompt": _prompts(runs)}}


def _answers(said: Sequence[Sound], runs: int) -> dict[str, Any]:
    """Seconds from the end of an answer to its words, over a slow network."""
    from tests.support.wyoming_servers import hearing, relaying

    answer = Sound(b"".join(sound.frames for sound in said), LISTEN_RATE)
    taken: dict[str, list[float]] = {"sent at its end": [], "sent while it is said": []}
    with (
        tempfile.TemporaryDirectory() as folder,
        hearing(Path(folder)) as server,
        relaying(server.port, _SLOW) as relay,
    ):
        recogniser = WyomingRecognizer(relay.address)
        recogniser.recognize(said[0])  # it has loaded its model
        for _ in range(runs):
            for way, found in taken.items():
                if way != "sent at its end":
                    _say(answer, recogniser)
                began = time.monotonic()
                recogniser.recognize(answer)
                found.append(time.monotonic() - began)
    return {"seconds": round(answer.seconds, 1), **{way: round(median(found), 2) for way, found in taken.items()}}


def _say(answer: Sound, recogniser: WyomingRecognizer) -> None:
    """At life speed."""
    for piece in range(1, int(answer.seconds / _PIECE) + 1):
        time.sleep(_PIECE)  # as long as it takes to say it
        recogniser.ahead(Sound(answer.frames[: piece * round(_PIECE * LISTEN_RATE) * SAMPLE_BYTES], LISTEN_RATE))


def _prompts(runs: int) -> dict[str, Any]:
    """Seconds until the first sentence of a prompt can be heard, and until all of it could, from a server's voice."""
    from tests.support.wyoming_servers import speaking

    first, every = [], []
    with tempfile.TemporaryDirectory() as folder, speaking(Path(folder)) as server:
        voice = f"{server.address}/en_US-joe-medium"
        with Worker(voices.FACTORY, voice, seconds=60) as worker:
            for _ in range(runs):
                narrator = Narrator(worker, voices.name(), None, voice, 150)
                for prompt in _PROMPTS:
                    began = time.monotonic()
                    said = narrator.say(prompt)
                    said[0].sound.result()
                    first.append(time.monotonic() - began)
                    whole(said)
                    every.append(time.monotonic() - began)
    return {"its first sentence": round(median(first), 2), "all of it": round(median(every), 2)}


def _figures(rooms: Sequence[Room], share: float) -> dict[str, Any]:
    delays = sorted(delay for room in rooms for delay in room.delays)
    return {
        "commands": len(delays),
        "median_s": round(median(delays), 2) if delays else None,
        "longest_s": round(delays[-1], 2) if delays else None,
        "not_in_time": sum(room.lost for room in rooms),
        "cores": round(share, 2),
    }


def _own(done: Sound, runs: int) -> dict[str, Any]:
    taken = []
    with Worker(*factory(DEFAULT), seconds=60) as recogniser:
        for _ in range(runs + 1):
            began = time.monotonic()
            recogniser.submit("recognize", done).result()
            taken.append(time.monotonic() - began)
    return {"commands": runs, "median_s": round(median(taken[1:]), 2)}


def _spoken(voice: Worker, texts: Sequence[str]) -> list[Sound]:
    made = [voice.submit("synthesize", text, "en-us+f3", 150) for text in texts]
    return [resample(sound.result(), LISTEN_RATE) for sound in made]
