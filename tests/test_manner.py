"""How the guide speaks and waits: from one machine to the next, over a crash, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import hypothesis.strategies as st
import pytest
from hypothesis import given

from voiceguide.manner import Manner, remember, told
from voiceguide.session.delivery import Delivery
from voiceguide.session.patience import LONGEST, UNHURRIED, USUAL
from voiceguide.settings import ABOUT, FASTEST, SLOWEST, Settings, change, load, settings_file
from voiceguide.voice_commands import VoiceCommand as C

WAITS = ("still_listening", "anything_more", "soft_end")
commands = st.lists(st.sampled_from([C.SLOWER, C.FASTER, C.LOUDER, C.QUIETER, C.TAKE_YOUR_TIME]), max_size=9)
settings = st.builds(
    Settings,
    rate=st.integers(SLOWEST, FASTEST),
    loudness=st.floats(0.25, 2.0).map(lambda factor: round(factor, 3)),
    still_listening=st.floats(0, 600),
    anything_more=st.floats(0, 600),
    soft_end=st.floats(0, 600),
)


def begun(settings: Settings) -> Manner:
    """How an evening begins with these settings."""
    return Manner(Delivery(loudness=settings.loudness), settings.patience)


def after(manner: Manner, said: Sequence[C]) -> Manner:
    """What these commands make of it."""
    for command in said:
        patience = manner.patience.doubled() if command is C.TAKE_YOUR_TIME else manner.patience
        manner = Manner(manner.delivery.told(command), patience)
    return manner


@given(settings, commands)
def test_what_is_remembered_can_be_set_and_nothing_else_is(before: Settings, said: list[C]) -> None:
    now = after(begun(before), said)
    new = told(before, begun(before), now)
    for name, value in new.items():
        assert ABOUT[name].taken(value) == value
        assert value != getattr(before, name)
    if not said:
        assert new == {}
    if now.delivery.pace == 1.0:
        assert "rate" not in new
    next_time = begun(replace(before, **cast(dict[str, Any], new)))
    assert next_time.patience == now.patience
    assert next_time.delivery.loudness == pytest.approx(now.delivery.loudness, abs=0.0051)


@given(st.lists(commands, max_size=6))
def test_evening_after_evening_it_stays_within_what_can_be_set(evenings: list[list[C]]) -> None:
    held = Settings()
    for said in evenings:
        new = told(held, begun(held), after(begun(held), said))
        held = replace(held, **cast(dict[str, Any], new))
        assert told(held, begun(held), begun(held)) == {}
    for name in WAITS:
        assert getattr(held, name) <= getattr(LONGEST, name)


def test_the_rate_given_for_one_evening_is_not_remembered_but_what_was_told_is() -> None:
    """The pace is counted from tonight's rate, whichever that is; slower must not come out faster the next time."""
    usual = begun(Settings())
    assert told(Settings(), usual, after(usual, [C.SLOWER])) == {"rate": 130}
    assert told(Settings(rate=200), usual, after(usual, [C.SLOWER])) == {"rate": 174}
    assert told(Settings(rate=80), usual, after(usual, [C.SLOWER])) == {}


def test_a_session_that_was_cut_off_goes_on_with_what_was_told_in_it() -> None:
    then, tonight = Manner(Delivery(0.87, 0.8), USUAL), Manner(Delivery(loudness=1.5), replace(USUAL, soft_end=3.0))
    assert then.told_since(then, tonight) == tonight
    louder = after(then, [C.LOUDER])
    assert louder.told_since(then, tonight) == Manner(Delivery(1.0, 1.0), tonight.patience)
    patient = after(then, [C.TAKE_YOUR_TIME, C.SLOWER])
    assert patient.told_since(then, tonight) == Manner(Delivery(0.757, 1.5), USUAL.doubled())
    typed = replace(tonight, patience=UNHURRIED)
    assert patient.told_since(then, typed).patience == UNHURRIED
    assert typed.told_since(typed, tonight) == tonight


# -- written -----------------------------------------------------------------------------------------------------


@pytest.fixture
def file(home: Path) -> Path:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    return settings_file()


def test_what_was_told_is_kept_with_the_way_back(file: Path) -> None:
    file.write_text("# ours\nrate = 120  # calm\n", "utf-8")
    before = load()
    words = remember(before, begun(before), after(begun(before), [C.SLOWER, C.LOUDER, C.TAKE_YOUR_TIME]))
    assert words == (
        "Remembered for the next time: rate 104 words a minute, loudness 1.25, still_listening 16 seconds, "
        "anything_more 60 seconds, soft_end 3 seconds. Change it back with: voiceguide settings reset loudness "
        "still_listening anything_more soft_end; voiceguide settings set rate 120"
    )
    assert file.read_text("utf-8").startswith("# ours\nrate = 104  # calm\n")
    assert load() == replace(
        Settings(), rate=104, loudness=1.25, still_listening=16.0, anything_more=60.0, soft_end=3.0
    )


def test_what_was_told_and_taken_back_leaves_no_file(home: Path) -> None:
    usual = begun(Settings())
    assert remember(Settings(), usual, usual) == ""
    assert remember(Settings(), usual, after(usual, [C.LOUDER, C.QUIETER])) == ""
    assert not settings_file().exists()


def test_what_somebody_has_set_meanwhile_is_meant(file: Path) -> None:
    usual = begun(Settings())
    change({"rate": 180})
    assert "loudness 1.25" in remember(Settings(), usual, after(usual, [C.SLOWER, C.LOUDER]))
    assert load() == Settings(rate=180, loudness=1.25)


def test_a_file_that_was_broken_meanwhile_and_a_link_are_told_and_left(file: Path, tmp_path: Path) -> None:
    usual = begun(Settings())
    for text in ("rate = ", "rat = 3\n", "pause = 0\n"):
        file.write_text(text, "utf-8")
        words = remember(Settings(), usual, after(usual, [C.LOUDER]))
        assert words.startswith("What you told me of pace, loudness and patience is not remembered for the next time.")
        assert str(file) in words
        assert file.read_text("utf-8") == text
        assert remember(Settings(), usual, usual) == ""
    file.unlink()
    file.symlink_to(tmp_path / "absent")
    assert "it is a link" in remember(Settings(), usual, after(usual, [C.LOUDER]))
    assert file.is_symlink()
    assert not (tmp_path / "absent").exists()
