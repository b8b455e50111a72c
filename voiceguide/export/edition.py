"""An edition of a session: what of it is told, what each part sounds like, and when it is heard.

Captions, pages and sound files of one edition agree with each other to the sample.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, zip_longest
from pathlib import Path

from voiceguide.errors import EngineError, RecordError, SoundFileError
from voiceguide.exercise import Partner
from voiceguide.record import Session
from voiceguide.record.replay import Chapter, Item, Prompts, cap_gaps, chapters, items, only_partner, with_prompts
from voiceguide.sound import SAMPLE_BYTES, Sound
from voiceguide.sound.files import read_sound, resample
from voiceguide.sound.loudness import evened, loudness
from voiceguide.sound.mixer import OUTPUT_RATE
from voiceguide.speaking import unspoken

LONGEST_GAP = 1.5
"""Seconds of silence that are kept as they were; see ``cap_gaps``."""


@dataclass(frozen=True)
class Placed:
    """An item and when it is heard in the edition, in seconds from its beginning."""

    item: Item
    at: float
    seconds: float

    @property
    def end(self) -> float:
        """When it has been heard."""
        return self.at + self.seconds

    @property
    def words(self) -> list[tuple[str, float | None]]:
        """Each word, and when it is heard in the edition; None where the recogniser did not tell."""
        words = self.item.text.split()
        known = self.item.times if len(self.item.times) == len(words) and self.item.audio else ()
        starts = [self.at + min(start, self.seconds) for start, _ in known]
        return list(zip_longest(words, starts))


Say = Callable[[str, str | None, bool], Sound]
"""Speaks words with a voice (None: the guide's), and keeps the sound of nothing but what it is told to (True).

May raise EngineError."""


class Sounds:
    """What items sound like: recordings evened turn by turn, everything else spoken anew."""

    def __init__(self, items: Iterable[Item], say: Say, voices: tuple[str, str], own: Collection[str]) -> None:
        """``voices`` speak what partner a and b typed, or whose recording is gone; ``own`` are the exercise's words."""
        self._say, self._voices, self._own = say, voices, own
        self._turns: dict[Path, list[Path]] = {}
        for _, turn in groupby((item for item in items if item.audio), key=lambda item: item.turn):
            paths = [item.audio for item in turn if item.audio]
            self._turns |= dict.fromkeys(paths, paths)
        self._recorded: dict[Path, Sound] = {}
        self._loudness = 0.0
        self._unspoken: set[str] = set()

    def of(self, item: Item) -> Sound:
        """The item's sound at OUTPUT_RATE, evened."""
        if item.audio:
            with suppress(SoundFileError):
                recorded = self.recording(item.audio)
                size = SAMPLE_BYTES * _resampled(recorded)
                return Sound(resample(recorded, OUTPUT_RATE).frames[:size].ljust(size, b"\0"), OUTPUT_RATE)
        return resample(evened(self._spoken(item)), OUTPUT_RATE)

    def samples(self, item: Item) -> int:
        """How many samples ``of`` gives, found out more cheaply."""
        if item.audio:
            with suppress(SoundFileError):
                return _resampled(read_sound(item.audio))
        return len(resample(self._spoken(item), OUTPUT_RATE).frames) // SAMPLE_BYTES

    def _spoken(self, item: Item) -> Sound:
        voice = None if item.partner is None else self._voices[item.partner == "b"]
        if item.text in self._unspoken:  # should it be spoken the second time, it would not fit its place
            return unspoken(item.text)
        try:
            # The guide, too, may have read somebody's words back: their sound may not be kept.
            return self._say(item.text, voice, item.text in self._own)
        except EngineError:
            self._unspoken.add(item.text)
            return unspoken(item.text)

    def recording(self, path: Path) -> Sound:
        """One of the items' recordings, evened; those of one turn are held at a time. Raises SoundFileError."""
        if path not in self._recorded:
            self._recorded = {}
            for each in self._turns[path]:
                with suppress(SoundFileError):
                    self._recorded[each] = read_sound(each)
            self._loudness = loudness(list(self._recorded.values()))
        if path not in self._recorded:
            raise SoundFileError(f"The recording {str(path)!r} cannot be read: its words are spoken instead.")
        return evened(self._recorded[path], self._loudness)


def _resampled(sound: Sound) -> int:
    """How many samples a recording has at OUTPUT_RATE; what a resampler gives is some more or less."""
    return round(len(sound.frames) // SAMPLE_BYTES * OUTPUT_RATE / sound.rate)


class Edition:
    """What of ``session`` is told, in order."""

    def __init__(
        self,
        session: Session,
        say: Say,
        voices: tuple[str, str],
        partner: Partner | None = None,
        prompts: Prompts = "full",
    ) -> None:
        """``partner`` alone, if given, and so much of the guide's words."""
        self.session = session
        told = items(session)
        if partner is not None:
            told = only_partner(told, partner)
        self.items = tuple(cap_gaps(with_prompts(told, prompts), LONGEST_GAP))
        self._sounds = Sounds(self.items, say, voices, session.header.prompts)
        self._chapters = chapters(session.header)
        self.tell: Callable[[int, int], None] = lambda done, total: None
        """Is told how much of how much sound has been asked for."""

    def refuse_empty(self) -> None:
        """Raise RecordError where there is nothing to tell."""
        if not self.items:
            raise RecordError(
                f"Nothing that was said in {self.session.header.id} is left to tell: choose another with `voiceguide "
                "sessions`, or leave out --partner and --prompts."
            )

    def recording(self, path: Path) -> Sound:
        """One of the items' recordings, evened. Raises SoundFileError."""
        return self._sounds.recording(path)

    def sound(self, item: Item) -> Sound:
        """What an item sounds like, at OUTPUT_RATE."""
        return self._sounds.of(item)

    def sounds(self) -> Iterator[tuple[Placed, Sound]]:
        """Each item with its place and its sound, which fills it; it holds a turn at a time."""
        for number, placed in enumerate(self.placed):
            self.tell(number, len(self.items))
            # A voice may speak the same words some samples longer or shorter than when they were measured.
            size = SAMPLE_BYTES * round(placed.seconds * OUTPUT_RATE)
            yield placed, Sound(self.sound(placed.item).frames[:size].ljust(size, b"\0"), OUTPUT_RATE)
        self.tell(len(self.items), len(self.items))

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """Each item and when it is heard."""
        found, at = list[Placed](), 0
        for number, item in enumerate(self.items):
            self.tell(0, len(self.items))
            at += 0 if number == 0 else round(item.gap_before * OUTPUT_RATE)
            samples = self._sounds.samples(item)
            found.append(Placed(item, at / OUTPUT_RATE, samples / OUTPUT_RATE))
            at += samples
        return tuple(found)

    @property
    def seconds(self) -> float:
        """How long it is heard."""
        return self.placed[-1].end

    @property
    def starts(self) -> list[tuple[Chapter, float]]:
        """The chapters that are told, each time one begins, and when that is heard."""
        found: list[tuple[Chapter, float]] = []
        for placed in self.placed:
            place = placed.item.place
            if place and (not found or found[-1][0].place != place):
                found.append((self.chapter(place), placed.at))
        return found or [(Chapter(0, self.session.header.title), 0.0)]

    def chapter(self, place: int) -> Chapter:
        """The step at ``place``; a record of other hands may have one that its exercise does not."""
        return self._chapters.get(place) or Chapter(place, f"Step {place}")
