"""The benchmark of a large archive, made small: it runs, and gives every figure."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from voiceguide.record import read
from voiceguide.record.archive import nicknames, sessions
from voiceguide.record.replay import items

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
archive = importlib.import_module("benchmarks.archive")


@pytest.mark.full
@pytest.mark.skipif(sys.platform == "win32", reason="it measures with what POSIX has")
def test_every_figure_is_there() -> None:
    figures = archive.measure(1, sessions=30, turns=20, formats=("txt", "nonsense"))
    assert figures["archive"]["sessions"] == 30
    for name in ("start", "sessions", "sessions json", "show newest", "search rare", "search common", "search absent"):
        assert figures[name]["s"] > 0
    assert (figures["search rare"]["hits"], figures["search absent"]["hits"]) == (1, 0)
    assert figures["search common"]["hits"] == 20
    assert figures["search rare"]["grep_s"] > 0
    assert figures["evening"]["turns"] == 20
    assert figures["long"]["show"]["mb"] > 5
    assert figures["long"]["export txt"]["file_mb"] > 0
    assert "nonsense" in figures["long"]["export nonsense"]["not there"]


def test_the_sessions_are_sound_and_of_realistic_size(tmp_path: Path) -> None:
    size = archive.write_many(tmp_path, 5)
    found = sessions(tmp_path)
    assert [(s.problem, s.state) for s in found] == [(None, "completed")] * 5
    assert all(nickname.isalpha() for nickname in nicknames(found))
    assert 30_000 < size / 5 < 60_000
    for summary in found:
        assert 30 <= len(read(summary.folder).utterances) <= 60


def test_the_evening_has_its_sounds(tmp_path: Path) -> None:
    session = read(archive.write_evening(tmp_path, 60))
    said = [item for item in items(session) if item.turn]
    assert [item.turn for item in said] == list(range(1, 61))
    assert all(item.audio for item in said)
    assert session.seconds / 60 * archive.TURNS == pytest.approx(3 * 3600, rel=0.01)
    assert sum(item.seconds for item in said) > 0.9 * session.seconds
