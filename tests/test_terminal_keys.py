"""Single keys beside a microphone: what each means now, and what means nothing."""

from __future__ import annotations

import pytest

from voiceguide import jumping, keyboard
from voiceguide.keyboard import TerminalKeys
from voiceguide.session.floor import Floor
from voiceguide.voice_commands import VoiceCommand as C


def pressed(
    monkeypatch: pytest.MonkeyPatch, keys: str, commands: frozenset[C], options: int = 0, moves: bool = False
) -> list[C | str]:
    """What is made of these keys, pressed at once."""
    waiting = iter([keys])
    monkeypatch.setattr(keyboard, "_pressed", lambda: next(waiting, ""))
    terminal = TerminalKeys()
    floor = Floor("a", choosing=True, kept=False, place=0, options=options, moves=moves)
    return [told for _ in range(len(keys) + 1) for told in terminal.poll(commands, floor)]


def test_a_key_is_the_first_of_its_commands_that_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pressed(monkeypatch, " nR\r", frozenset({C.PAUSE, C.NEXT, C.REPEAT, C.DONE})) == [
        C.PAUSE, C.NEXT, C.REPEAT, C.DONE,
    ]  # fmt: skip
    assert pressed(monkeypatch, "ny", frozenset({C.NO, C.NEXT})) == [C.NO]


def test_a_number_is_one_of_what_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pressed(monkeypatch, "1450", frozenset(), options=4) == ["1", "4"]
    assert pressed(monkeypatch, "1", frozenset(), options=0) == []


@pytest.mark.parametrize("key", ["\u00b2", "\u0663", "\u2460", "\x1b[A", "\u00e9"])
def test_a_key_that_means_nothing_does_nothing(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    assert pressed(monkeypatch, key, frozenset({C.STOP}), options=9) == []


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("\x1b[C", jumping.AHEAD),
        ("\x1bOD", jumping.REWIND),
        ("\xe0P", jumping.NEXT_STEP),
        ("\x1b[A", jumping.STEP_BEFORE),
    ],
)
def test_arrows_move_about_in_a_replay_alone(monkeypatch: pytest.MonkeyPatch, key: str, words: str) -> None:
    assert pressed(monkeypatch, key, frozenset(C), moves=True) == [words]
    assert pressed(monkeypatch, key, frozenset({C.STOP})) == []
