"""Recordings with references: a JSON list beside its sound files (path, kind, set, text, pauses_s, speech_end_s)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from voiceguide.sound import LISTEN_RATE, Sound
from voiceguide.sound.files import read_sound

SPEECH = Path(__file__).resolve().parents[3] / "shared" / "speech"
DEFAULT = (SPEECH / "manifest.json", SPEECH / "turns" / "turns.json")


def entries(manifest: Path | None, kinds: Iterable[str]) -> list[dict[str, Any]]:
    """The manifest's entries of these kinds, each with its absolute path in ``file``."""
    wanted = set(kinds)
    found = []
    for path in [manifest] if manifest else DEFAULT:
        if not path.is_file():
            raise SystemExit(f"There is no manifest {path}: name one with --manifest.")
        listed = json.loads(path.read_text("utf-8"))
        found += [{**entry, "file": path.parent / entry["path"]} for entry in listed if entry["kind"] in wanted]
    return found


def sound_of(entry: dict[str, Any]) -> Sound:
    """Its sound at 16 kHz."""
    return read_sound(entry["file"], LISTEN_RATE)
