"""``voiceguide correct`` and ``rename`` as they are installed."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.cli.test_deleting import PROMISE
from tests.support.command import (
    Done,
    add_exercise,
    add_short,
    files_holding,
    of_type,
    only_session,
    record,
    typed,
    voiceguide,
)
from tests.support.records import spoken
from voiceguide.record import CORRECTING
from voiceguide.record.store import FILE
from voiceguide.record.transcript import Transcript

WHOLE = ["audio", FILE]
LINGERS = ""
"""An editor that changes nothing, after somebody has looked: ``correct`` here takes none to come back at once."""


def editor(tmp_path: Path, program: str) -> dict[str, str]:
    """An editor that does this with the file's ``text``, and leaves a backup beside it."""
    script = tmp_path / "my editor.py"
    begin = "import sys, time\nfrom pathlib import Path\npath = Path(sys.argv[1])\ntext = path.read_text('utf-8')\n"
    end = "\npath.with_name('words.txt~').write_text(text, 'utf-8')\npath.write_text(text, 'utf-8')\n"
    script.write_text(begin + program + end, encoding="utf-8")
    return {"VISUAL": "", "EDITOR": f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}"}


def correct(home: Path, program: str, *args: str) -> Done:
    with patch("voiceguide.cli.mending._AT_ONCE", 0.0):
        return voiceguide(home, "correct", *args, env=editor(home.parent, program))


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# -- correct -----------------------------------------------------------------------------------------------------


def test_words_are_mended_in_the_editor_and_shown_as_mended(home: Path, folder: Path) -> None:
    done = correct(home, "text = text.replace('little house', 'little horse').replace('you worry', 'You hurry')")
    assert "2 utterances mended, the first words are kept beside them." in done.fine().out
    amended = of_type(record(folder), "amend")
    assert [(line["id"], line["text"], line["by"]) for line in amended] == [
        (1, "I worry about the little horse", "by hand"),
        (3, "You hurry", "by hand"),
    ]
    assert left_in(folder) == WHOLE
    shown = " ".join(voiceguide(home, "show").fine().out.split())
    assert 'I worry about the little horse [mended; heard first: "I worry about the little house"]' in shown


def test_nothing_is_changed_by_nothing(home: Path, folder: Path) -> None:
    before = spoken(folder)
    for program in (LINGERS, "text = ''", "text = '# nothing'"):
        assert "Nothing was changed." in correct(home, program).fine().out
        assert (spoken(folder), left_in(folder)) == (before, WHOLE)


def test_after_a_mistake_nothing_is_appended_and_the_next_time_goes_on(home: Path, folder: Path) -> None:
    before = spoken(folder)
    wrong = "text = text.replace('little house', 'little horse').replace('[3] you worry', '[3]')"
    complaint = correct(home, wrong).complaint()
    assert "has no words left" in complaint
    assert "voiceguide delete" in complaint
    assert f"voiceguide correct {folder.name}" in complaint
    assert spoken(folder) == before
    done = correct(home, "assert 'horse' in text\ntext = text.replace('[3]', '[3] you hurry')")
    assert "Going on with what you typed the last time" in done.fine().out
    assert "2 utterances mended" in done.out
    assert left_in(folder) == WHOLE


def test_what_was_struck_while_the_editor_was_open_is_not_kept(home: Path, folder: Path) -> None:
    strike = f"""
from voiceguide.record.transcript import Transcript
transcript = Transcript.open(Path({str(folder)!r}))
transcript.strike([1])
transcript.close()
path.parent.mkdir(mode=0o700, exist_ok=True)
text = text.replace('little house', 'little horse').replace('you worry', 'you hurry')
"""
    done = correct(home, strike).fine()
    assert "[1] was changed or taken off the record meanwhile: it stays as it is." in done.out
    assert "1 utterance mended" in done.out
    assert files_holding(folder, "little ho") == []


def test_what_an_editor_saves_after_it_came_back_is_not_lost(home: Path, folder: Path) -> None:
    with patch("voiceguide.cli.mending._AT_ONCE", 1e9):
        done = voiceguide(home, "correct", env={"VISUAL": "true", "EDITOR": ""}).fine()
    assert "Your editor came back at once" in done.out
    text = folder / CORRECTING / "words.txt"
    text.write_text(text.read_text("utf-8").replace("you worry", "you hurry"), "utf-8")
    assert "1 utterance mended" in correct(home, LINGERS).fine().out
    assert left_in(folder) == WHOLE


def test_what_was_laid_out_goes_with_what_is_struck_meanwhile(home: Path, folder: Path) -> None:
    strike = "from voiceguide.record.transcript import Transcript\n"
    strike += "transcript = Transcript.open(path.parent.parent)\ntranscript.strike([1])\nsys.exit()"
    assert "taken off the record meanwhile" in correct(home, strike).complaint()
    assert files_holding(folder, "little house") == []


def test_an_editor_that_fails_is_said_and_leaves_nothing(home: Path, folder: Path) -> None:
    for name in ("no-such-editor", "'unclosed", "false", sys.executable + " -c exit(3)"):
        complaint = voiceguide(home, "correct", env={"VISUAL": name, "EDITOR": ""}).complaint()
        assert complaint.startswith("The editor did not end well"), name
    complaint = voiceguide(home, "correct", env={"VISUAL": "", "EDITOR": " "}).complaint()
    assert complaint.startswith("There is no terminal for an editor")
    assert left_in(folder) == WHOLE


def test_an_editor_that_fails_after_saving_loses_nothing(home: Path, folder: Path) -> None:
    dies = "text = text.replace('you worry', 'you hurry')\npath.write_text(text, 'utf-8')\nsys.exit(1)"
    correct(home, dies).complaint()
    assert "1 utterance mended" in correct(home, "assert 'hurry' in text").fine().out


def test_a_session_in_use_is_not_corrected_renamed_or_deleted(home: Path, folder: Path) -> None:
    transcript = Transcript.open(folder)
    try:
        for args in (["rename", "--title", "No"], ["delete", "tobiku", "--yes"]):
            assert "another voiceguide" in voiceguide(home, *args).complaint()
        assert "another voiceguide" in voiceguide(home, "delete", "tobiku", "--turns", "1", "--yes").complaint()
        assert "another voiceguide" in correct(home, "raise SystemExit('opened')").complaint()
    finally:
        transcript.close()
    assert left_in(folder) == WHOLE


def test_a_mended_agreement_is_listed_as_it_was_mended(home: Path) -> None:
    add_exercise(home, PROMISE, "a-promise")
    typed(home, "yes", "yes", "I make tee", "", "yes", "two weeks", start=["a-promise"])
    before = json.loads(voiceguide(home, "agreements", "--json").fine().out)
    assert [each["words"] for each in before] == ["I make tee"]
    correct(home, "text = text.replace('tee', 'tea')").fine()
    (after,) = json.loads(voiceguide(home, "agreements", "--json").fine().out)
    assert after == {**before[0], "words": "I make tea"}
    # A day that is mended to other words is still the day they said.
    correct(home, "text = text.replace('two weeks', 'a month')")
    assert json.loads(voiceguide(home, "agreements", "--json").fine().out) == [after]


# -- rename ------------------------------------------------------------------------------------------------------


def test_a_session_gets_another_title_and_other_names(home: Path, folder: Path) -> None:
    out = voiceguide(home, "rename", "--names", "Ann,Ben", "--title", " Our  evening ").fine().out
    assert out == 'Renamed: "Our evening" of Ann and Ben; before: "Worry and answer" of Mia and Zoë.\n'
    shown = voiceguide(home, "show").fine().out
    assert "Our evening" in shown
    assert "Guide: Ben, what did you hear?" in shown
    assert "Mia" not in shown
    assert "Ann and Ben" in voiceguide(home, "sessions").fine().out
    assert voiceguide(home, "rename", "--title", "Our evening").fine().out.startswith("Nothing was changed")
    assert len(record(folder)[0]["was"]) == 1


@pytest.mark.parametrize("args", [("--names", "Ann"), ("--names", "Ann,ann"), ("--title", " "), ("--title", "x" * 81)])
def test_names_and_titles_that_cannot_be_are_refused(home: Path, folder: Path, args: tuple[str, str]) -> None:
    before = spoken(folder)
    assert voiceguide(home, "rename", *args).code in (1, 2)
    assert "--names A,B or --title TITLE" in voiceguide(home, "rename").complaint(2)
    assert spoken(folder) == before


def test_a_renamed_session_goes_on_with_the_new_names(home: Path) -> None:
    add_short(home)
    typed(home, "yes", "yes", "a boat", "", "a go")
    # A first swap, and then another first name: both must be followed.
    voiceguide(home, "rename", "--names", "Zoe,Mia").fine()
    voiceguide(home, "rename", "--names", "Zoe,Max").fine()
    assert "Welcome back. We were at step 3." in typed(home, "at", "", "yes", start=["--resume"]).out
    lines = record(only_session(home))
    assert lines[-1]["why"] == "completed"
    told = [line["text"] for line in of_type(lines, "prompt")]
    assert "Hello, Mia and Zoe." in told
    assert "Zoe, was it that?" in told
    shown = voiceguide(home, "show").fine().out
    assert "Guide: Hello, Zoe and Max." in shown
    assert "Max (2, " in shown
    assert "Mia" not in shown
