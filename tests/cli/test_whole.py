"""One whole typed session and one whole spoken one, through the installed command with its real engines."""

from __future__ import annotations

import re
import wave
from pathlib import Path

from tests.support.command import add_short, header, installed, of_type, only_session, record
from voiceguide.record.transcript import read


def test_a_whole_session_is_typed(tmp_path: Path) -> None:
    """Stays in the default selection though it takes a process: the only typed session that does."""
    start = ("start", add_short(tmp_path), "--names", "Mia,Zoe", "--keyboard", "--speaker", "none")
    done = installed(tmp_path, *start, given="yes\nyes\nthe boat is red\n\na red boat\n\nyes\n")
    assert (done.code, done.err) == (0, "")
    folder = only_session(tmp_path)
    for words in (
        "Mia, may I record",
        "Zoe, may I record",
        "Guide: Hello, ",
        "Mia: the boat is red",
        "Zoe: a red boat",
        "-- A short one, step 4 of 4 --",
        f"Saved as {folder.name}",
        f"voiceguide replay {folder.name}",
    ):
        assert words in done.out
    known = {name: header(tmp_path)[name] for name in ("exercise", "names", "simulated")}
    assert known == {"exercise": "a-short-one", "names": ["Mia", "Zoe"], "simulated": False}
    lines = record(folder)
    said = [(line["partner"], line["text"]) for line in of_type(lines, "utterance") if not line.get("command")]
    assert said == [("a", "the boat is red"), ("b", "a red boat")]
    assert lines[-1] | {"t": 0} == {"t": 0, "type": "ended", "why": "completed"}
    shown = installed(tmp_path, "show").fine().out
    assert re.search(r"^Mia \(\d+, 0:\d\d\): the boat is red", shown, re.M)
    assert "\nCompleted; " in shown
    assert {path.name for path in tmp_path.iterdir()} == {"data", "config", "cache"}


def test_a_whole_session_is_spoken(tmp_path: Path) -> None:
    """Stays in the default selection though it takes a process and real engines: the only spoken one that does."""
    sound = tmp_path / "demo.wav"
    done = installed(tmp_path, "demo", add_short(tmp_path), "--names", "Mia,Zoë", "--speaker", str(sound))
    assert (done.code, done.err) == (0, "")
    stored = read(only_session(tmp_path))
    assert (stored.ended, stored.torn, stored.lost_sounds) == ("completed", False, ())
    assert (stored.header.names, stored.header.simulated) == (("Mia", "Zoë"), True)
    assert [path.suffix for path in (only_session(tmp_path) / "audio").iterdir()] == [".flac"] * len(
        [one for one in stored.utterances if one.utterance.audio]
    )
    heard = {one.utterance.place: one.answer for one in stored.utterances if one.answer}
    assert "boat" in heard[2]
    assert "boat" in heard[3]
    assert f"Mia: {heard[2]}" in done.out
    with wave.open(str(sound)) as wav:
        assert stored.seconds < wav.getnframes() / wav.getframerate() < stored.seconds + 60
    shown = installed(tmp_path, "show").fine().out
    assert "(simulated)" in shown
    assert "boat" in shown
