"""``voiceguide lock`` at the terminal: making a lock, changing it, slips on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import add_short, files_holding, voiceguide
from tests.support.locked_evening import GIVEN, WORDS, home, typed
from tests.support.locks import PASSPHRASE
from tests.support.terminal import terminal

__all__ = ["home"]


def test_it_asks_twice_tells_what_it_means_and_locks_what_was_there(tmp_path: Path) -> None:
    add_short(tmp_path)
    typed(tmp_path)
    assert files_holding(tmp_path / "data", WORDS)
    with terminal(tmp_path, "lock") as shown:
        assert "everything is lost" in shown.until("New passphrase")
        shown.press(GIVEN)
        shown.until("The same again")
        shown.press(GIVEN)
        shown.until("Lock them, too?")
        shown.press("y\n")
        shown.until("1 session locked")
        assert shown.finish() == 0
    assert PASSPHRASE not in shown.written
    assert not files_holding(tmp_path, WORDS)
    assert not files_holding(tmp_path, "Marlene")
    assert not [*(tmp_path / "cache").glob("prompts/*")]
    assert WORDS in voiceguide(tmp_path, "show", "--passphrase-stdin", given=GIVEN).fine().out


def test_a_slip_is_asked_again_and_does_not_end_in_the_shell(tmp_path: Path) -> None:
    with terminal(tmp_path, "lock") as shown:
        shown.until("New passphrase")
        shown.press("abc\n")
        shown.until("guessed")
        shown.until("New passphrase")
        shown.press(GIVEN)
        shown.until("The same again")
        shown.press("something else\n")
        shown.until("not the same")
        shown.until("New passphrase")
        shown.press(GIVEN)
        shown.until("The same again")
        shown.press(GIVEN)
        shown.until("Locked:")
        assert shown.finish() == 0


def test_three_slips_or_none_typed_make_no_lock(tmp_path: Path) -> None:
    for given, told in ((["abc\n"] * 3, "guessed"), (["\n"], "No passphrase was typed")):
        with terminal(tmp_path, "lock") as shown:
            for each in given:
                shown.until("New passphrase")
                shown.press(each)
                shown.until(told)
            assert shown.finish() == 1
        assert not (tmp_path / "data" / "lock").exists()


@pytest.mark.full
def test_a_wrong_old_one_is_asked_again(home: Path) -> None:
    typed(home)
    with terminal(home, "lock", "--change") as shown:
        shown.until("Old passphrase")
        shown.press("no such words\n")
        shown.until("not the passphrase")
        shown.until("Old passphrase")
        shown.press(GIVEN)
        shown.until("New passphrase")
        shown.press("new words here\n")
        shown.until("The same again")
        shown.press("new words here\n")
        assert shown.finish() == 0
    assert WORDS in voiceguide(home, "show", "--passphrase-stdin", given="new words here\n").fine().out


def test_ctrl_c_at_the_question_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    with terminal(tmp_path, "lock") as shown:
        shown.until("New passphrase")
        shown.press("\x03")
        shown.until("Interrupted")
        assert shown.echoes
        assert shown.finish() == 130


@pytest.mark.parametrize(
    ("args", "given", "sentence"),
    [
        ([], "", "no terminal"),
        (["--passphrase-stdin"], "", "no passphrase"),
        (["--passphrase-stdin"], "short\n", "guessed"),
        (["--change", "--passphrase-stdin"], GIVEN, "no lock yet"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_makes_no_lock(
    tmp_path: Path, args: list[str], given: str, sentence: str
) -> None:
    assert sentence in voiceguide(tmp_path, "lock", *args, given=given).complaint()
    assert not (tmp_path / "data" / "lock").exists()


@pytest.mark.full
def test_it_is_changed(home: Path) -> None:
    typed(home)
    wrong = voiceguide(home, "lock", "--change", "--passphrase-stdin", given="no such words\nnew words here\n")
    assert "not the passphrase" in wrong.complaint()
    voiceguide(home, "lock", "--change", "--passphrase-stdin", given=f"{GIVEN}new words here\n").fine()
    assert "not the passphrase" in voiceguide(home, "show", "--passphrase-stdin", given=GIVEN).complaint()
    assert WORDS in voiceguide(home, "show", "--passphrase-stdin", given="new words here\n").fine().out


@pytest.mark.full
def test_run_again_it_tells_what_is_left(tmp_path: Path) -> None:
    add_short(tmp_path)
    typed(tmp_path)
    made = voiceguide(tmp_path, "lock", "--passphrase-stdin", given=GIVEN).fine().out
    assert "1 session saved before is not locked" in made
    assert "1 session saved before" in voiceguide(tmp_path, "lock").fine().out
    assert "`voiceguide lock --sessions`" in voiceguide(tmp_path, "doctor").out
    wrong = voiceguide(tmp_path, "lock", "--sessions", "--passphrase-stdin", given="nothing like it\n")
    assert "not the passphrase" in wrong.complaint()
    assert files_holding(tmp_path, WORDS)
    voiceguide(tmp_path, "lock", "--sessions", "--passphrase-stdin", given=GIVEN).fine()
    assert "locked already" in voiceguide(tmp_path, "lock").fine().out
    assert not files_holding(tmp_path, WORDS)
