"""``settings.toml``: what it changes, and one clear sentence for each way of writing it wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.support.command import (
    SHORT,
    Running,
    add_exercise,
    add_short,
    in_process,
    installed,
    of_type,
    only_session,
    record,
    session_folders,
    typed,
    voiceguide,
)
from voiceguide.errors import SettingsError
from voiceguide.session.patience import UNHURRIED, Patience
from voiceguide.settings import FILE, Settings, load, settings_file

CONSENT = ("yes", "yes")
START = ("a-short-one",)


@pytest.fixture
def file(home: Path) -> Path:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    return settings_file()


def test_without_a_file_everything_is_as_it_comes(home: Path) -> None:
    assert load() == Settings()
    assert load().patience == Patience()


def test_what_the_file_names_is_changed_and_nothing_else(file: Path) -> None:
    file.write_text('address = " Otto "\nstill_listening = 12\nanything_more = 0\nsoft_end = 2.5\npause = 0.8\n')
    found = load()
    assert found == Settings(address="otto", still_listening=12.0, anything_more=0.0, soft_end=2.5, pause=0.8)
    assert found.patience == Patience(soft_end=2.5, still_listening=12.0, anything_more=0.0)
    assert found.choice.pause == 0.8
    file.write_text("# nothing yet\n")
    assert load() == Settings()


WRONG: list[tuple[str | bytes, str]] = [
    ("still_listening = ", "is no TOML"),
    ("soft_end = 1\nsoft_end = 2", "is no TOML"),
    (b"address = \xff\xfe\x00", "is no TOML"),
    ("still_listenin = 8", "did you mean still_listening?"),
    ("colour = 8", "there are voice, voice_a, voice_b, engine, rate"),
    ('still_listening = "8"', "give it a number of seconds from 0 to 600"),
    ("still_listening = true", "give it a number of seconds"),
    ("anything_more = -1", "give it a number of seconds"),
    ("anything_more = 1e9", "give it a number of seconds"),
    ("soft_end = nan", "give it a number of seconds"),
    ("soft_end = inf", "give it a number of seconds"),
    ("pause = 0.1", "give it a number of seconds from 0.3 to 3"),
    ('address = "hey guide"', "give it one word of 3 to 20 letters"),
    ('address = ""', "give it one word"),
    ('address = "Stop"', "that is no command"),
    ('address = "hey"', "no greeting"),
    ('address = "Hello"', "no greeting"),
    ('address = "well"', "no everyday word"),
    ('address = "the"', "no everyday word"),
    ('address = "you"', "no everyday word"),
    ('address = "to"', "3 to 20 letters"),
    ("address = 5", "give it one word"),
    ('barge_in = "sometimes"', "give it never, headphones or always"),
    ("barge_in = true", "give it never, headphones or always"),
    ('address = "\\u001b[31m"', "give it one word"),
    ("[soft_end]\nx = 1", "give it a number of seconds"),
]


def test_what_is_wrong_is_said_with_its_place_and_its_mend(file: Path) -> None:
    for content, told in WRONG:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(SettingsError) as error:
            load()
        said = str(error.value)
        assert told in said, content
        assert str(file) in said, content
        assert "\x1b" not in said, content
        assert len(said) < 400 + len(str(file)), content


def test_depth_without_end_is_no_toml(tmp_path: Path) -> None:
    """In a process of its own: what else ends in the depths of a recursion would fail there, too."""
    written(tmp_path, "a = " + "[" * 5_000)
    assert "is no TOML" in installed(tmp_path, "settings").complaint()


def test_a_file_that_cannot_be_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        load()

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    # Nothing is forbidden to root, who may run the tests.
    monkeypatch.setattr("voiceguide.toml_file.open_reading", refuse)
    with pytest.raises(SettingsError, match=r"cannot be read \(Permission denied\)"):
        load()


@pytest.mark.parametrize("command", [["start", "--keyboard"], ["demo"]], ids=" ".join)
def test_a_wrong_file_is_one_sentence_before_anything_begins(tmp_path: Path, command: list[str]) -> None:
    written(tmp_path, "soft_ends = 2")
    done = in_process(tmp_path, *command, "--speaker", "none", "--names", "Mia,Zoe")
    assert "There is no setting 'soft_ends': did you mean soft_end?" in done.complaint()
    assert done.out == ""
    assert {path.name for path in (tmp_path / "config").iterdir()} == {"settings.toml"}
    assert not (tmp_path / "data").exists()


def test_the_guide_is_called_by_the_word_of_the_settings(tmp_path: Path) -> None:
    written(tmp_path, 'address = "otto"')
    add_short(tmp_path)
    typed(tmp_path, *CONSENT, "guide, help me", "otto, could you pause", "otto, go on")
    said = of_type(record(only_session(tmp_path)), "utterance")
    assert [line["command"] for line in said] == [None, "pause", "continue"]


def begun(folder: Path) -> dict[str, Any]:
    """What the record tells of how its session began."""
    (line,) = of_type(record(folder), "begun")
    return line


def test_typing_knows_no_patience(tmp_path: Path) -> None:
    written(tmp_path, "still_listening = 5")
    add_short(tmp_path)
    typed(tmp_path, *CONSENT)
    assert Patience(**begun(only_session(tmp_path))["patience"]) == UNHURRIED


@pytest.mark.full
def test_a_demo_records_the_patience_and_remembers_nothing(tmp_path: Path) -> None:
    written(tmp_path, "still_listening = 5")
    exercise = add_exercise(tmp_path, SHORT.replace("The red boat is on the long river.", "Guide, speak louder."))
    installed(tmp_path, "demo", exercise, "--speaker", "none").fine()
    patience = begun(only_session(tmp_path))["patience"]
    assert patience == {"soft_end": 1.5, "nudge": 20, "more": 60, "still_listening": 5, "anything_more": 30}
    said = of_type(record(only_session(tmp_path)), "utterance")
    assert "louder" in [line["command"] for line in said]
    assert (tmp_path / "config" / "settings.toml").read_text("utf-8") == "still_listening = 5"


@pytest.mark.full
def test_what_was_told_the_guide_holds_the_next_time(tmp_path: Path) -> None:
    """Said in one session, typed, and heard in the next: in its sound, and in how long its sentences take."""
    start = ("start", add_short(tmp_path), "--keyboard", "--names", "Mia,Zoe")
    first, second = tmp_path / "first.wav", tmp_path / "second.wav"
    rest = "one\n\ntwo\n\nyes\n"
    given = f"louder\nyes\nyes\nslower\n{rest}"
    out = voiceguide(tmp_path, *start, "--speaker", str(first), given=given).fine().out
    assert (
        "Remembered for the next time: rate 130 words a minute, loudness 1.25. "
        "Change it back with: voiceguide settings reset rate loudness"
    ) in out
    before = only_session(tmp_path)
    assert (tmp_path / "config" / "settings.toml").read_text("utf-8") == "rate = 130\nloudness = 1.25\n"
    out = voiceguide(tmp_path, *start, "--speaker", str(second), given=f"yes\nyes\n{rest}").fine().out
    assert "Remembered" not in out
    (now,) = (folder for folder in session_folders(tmp_path) if folder != before)
    delivery = [begun(folder)["delivery"] for folder in (before, now)]
    assert delivery == [{"pace": 1.0, "loudness": 1.25}] * 2, "told before the exercise, it holds in the exercise"
    assert 1.08 < hello(now) / hello(before) < 1.25
    assert 1.15 < strength(second) / strength(first) < 1.3
    again, softly = tmp_path / "again.wav", tmp_path / "softly.wav"
    installed(tmp_path, "replay", "--speaker", str(again)).fine()
    voiceguide(tmp_path, "settings", "set", "loudness", "0.5").fine()
    installed(tmp_path, "replay", "--speaker", str(softly)).fine()
    assert 0.3 < strength(softly) / strength(again) < 0.5


def hello(folder: Path) -> float:
    """How long the guide's first sentence took, in seconds."""
    prompt = of_type(record(folder), "prompt")[0]
    return float(prompt["t"] - prompt["start"])


def strength(file: Path) -> float:
    """Of the sound of the first seconds, in which the guide says the same every time."""
    samples, rate = soundfile.read(file)
    return float(np.sqrt(np.mean(samples[: 4 * rate] ** 2)))


def test_a_rate_for_one_evening_is_not_remembered(tmp_path: Path) -> None:
    add_short(tmp_path)
    assert "Remembered" not in typed(tmp_path, *CONSENT, start=(*START, "--rate", "200")).out
    quick = only_session(tmp_path)
    assert not (tmp_path / "config" / "settings.toml").exists()
    typed(tmp_path, *CONSENT, start=START)
    (usual,) = (folder for folder in session_folders(tmp_path) if folder != quick)
    assert hello(usual) == pytest.approx(200 / 150 * hello(quick), rel=0.05)
    out = typed(tmp_path, *CONSENT, "slower", start=(*START, "--rate", "200")).out
    assert "Remembered for the next time: rate 130 words a minute." in out


@pytest.mark.full
def test_a_file_that_is_broken_in_mid_session_is_said_at_its_end(tmp_path: Path) -> None:
    exercise = add_short(tmp_path)
    with Running(tmp_path, "start", exercise, "--keyboard", "--speaker", "none", "--names", "Mia,Zoe") as running:
        running.say("yes", "yes", "louder")
        running.until("I will speak louder.")
        written(tmp_path, "rate = ")
        running.end_input()
        done = running.finish().fine()
    assert "Saved as" in done.out
    assert "is not remembered for the next time." in done.out
    assert f"{tmp_path / 'config' / 'settings.toml'} is no TOML (" in done.out
    assert (tmp_path / "config" / "settings.toml").read_text("utf-8") == "rate = "


def written(home: Path, text: str) -> None:
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / FILE).write_text(text, "utf-8")
