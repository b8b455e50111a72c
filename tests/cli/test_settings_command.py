"""``voiceguide settings``: shown, explained, set and set back, and a file that people wrote stays theirs."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.support.command import called, installed, obey_permissions, voiceguide
from voiceguide.settings import ABOUT, Settings, load, settings_file

MINE = """\
# how we like it
address = "otto"   # the cat's name

rate = 120
# the end
"""


@pytest.fixture
def mine(home: Path) -> Path:
    """A file with comments, in which two are set."""
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text(MINE, "utf-8")
    return settings_file()


def said(*args: str, given: str = "") -> str:
    """What ``voiceguide settings`` prints with these, where it ends well."""
    return called("settings", *args, given=given).fine().out


# -- shown -------------------------------------------------------------------------------------------------------


def test_every_setting_is_shown_with_its_value_whose_it_is_and_what_it_means(mine: Path) -> None:
    shown = said()
    assert "rate: 120 words a minute   (yours; it comes as 150 words a minute)\n" in shown
    assert "loudness: 1   (as it comes)\n" in shown
    assert "voice: not chosen   (as it comes)\n" in shown
    told = " ".join(shown.split())
    for name, about in ABOUT.items():
        assert f"{name}: " in shown
        assert " ".join(about.means.split()) in told
    assert str(mine) in shown
    assert max(len(line) for line in shown.splitlines() if "The file" not in line) <= 80


def test_as_json_it_is_whole(mine: Path) -> None:
    listed = json.loads(said("--json"))
    assert [each["name"] for each in listed] == list(ABOUT)
    by_name = {each["name"]: each for each in listed}
    assert by_name["rate"] == {
        "name": "rate",
        "value": 120,
        "default": 150,
        "yours": True,
        "unit": "words a minute",
        "means": ABOUT["rate"].means,
        "wanted": ABOUT["rate"].wanted,
        "example": "135",
    }
    assert (by_name["loudness"]["yours"], by_name["loudness"]["value"]) == (False, 1.0)
    assert json.loads(said("show", "rate", "--json")) == by_name["rate"]


@pytest.mark.parametrize("name", ABOUT)
def test_one_is_explained_with_an_example_that_works(home: Path, name: str) -> None:
    shown = said("show", name)
    assert " ".join(f"It takes {ABOUT[name].wanted}.".split()) in " ".join(shown.split())
    example = shown.partition("Set it:      voiceguide settings ")[2].splitlines()[0]
    assert "reset" not in shown
    said(*example.split())
    assert getattr(load(), name) != getattr(Settings, name)
    assert f"Set it back: voiceguide settings reset {name}\n" in said("show", name)


def test_what_stands_in_the_readme_holds_without_a_file() -> None:
    import tomllib

    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    block = readme.partition("What stands here holds\nwithout it:\n")[2].partition("\nSeconds go")[0]
    assert Settings(**tomllib.loads("\n".join(line.strip() for line in block.splitlines()))) == Settings()


# -- set and set back --------------------------------------------------------------------------------------------


def test_setting_tells_the_old_and_the_new_and_leaves_the_rest_as_it_was(mine: Path) -> None:
    told = said("set", "rate", "135")
    assert told == "rate was 120 words a minute; from the next session on it is 135 words a minute.\n"
    assert said("set", "address", "Kim").startswith("address was otto; from")
    assert said("set", "soft_end", "2").startswith("soft_end was 1.5 seconds, as it comes; from the next session on")
    changed = MINE.replace("120", "135").replace("otto", "kim")
    assert mine.read_text("utf-8").startswith(changed.partition("# the end")[0])
    assert "# the end\n" in mine.read_text("utf-8")
    assert "soft_end = 2\n" in mine.read_text("utf-8")
    assert load() == Settings(rate=135, address="kim", soft_end=2.0)


def test_setting_what_is_so_already_writes_nothing(mine: Path) -> None:
    before = mine.stat()
    assert said("set", "rate", "120") == "rate is 120 words a minute already.\n"
    assert mine.stat().st_ino == before.st_ino
    said("set", "loudness", "1")  # as it comes, but now it is theirs
    assert "loudness = 1\n" in mine.read_text("utf-8")


def test_the_first_setting_makes_a_private_file(tmp_path: Path) -> None:
    voiceguide(tmp_path, "settings", "set", "rate", "135").fine()
    file = tmp_path / "config" / "settings.toml"
    assert file.read_text("utf-8") == "rate = 135\n"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file.parent, file)] == [0o700, 0o600]
    assert [path.name for path in file.parent.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("set", "rate", "1000"), "rate cannot be '1000': give it a whole number of words a minute from 80 to 300"),
        (("set", "rate", "150.5"), "give it a whole number"),
        (("set", "rate", "-1"), "rate cannot be '-1'"),
        (("set", "rate", "quick"), "rate cannot be 'quick'"),
        (("set", "rate", "nan"), "give it a whole number"),
        (("set", "loudness", "2.01"), "give it a number from 0.25 to 2;"),
        (("set", "loudness", "0.2"), "`voiceguide settings set loudness 1.25`"),
        (("set", "pause", "0.1"), "from 0.3 to 3"),
        (("set", "barge_in", "--never"), "give it never, headphones or always;"),
        (("set", "address", "stop"), "that is no command"),
        (("set", "address", "hi"), "no greeting"),
        (("set", "voice", "x" * 101), "the name of a voice (at most 100 characters)"),
        (("set", "voice_a", "\x1b[31mred"), "the name of a voice"),
        (("set", "rat", "135"), "There is no setting 'rat': did you mean rate?"),
        (("show", "colour"), "There is no setting 'colour': there are voice, voice_a"),
        (("reset", "loud"), "did you mean loudness?"),
    ],
)
def test_what_cannot_be_is_one_sentence_with_the_mend(mine: Path, args: tuple[str, ...], sentence: str) -> None:
    complaint = called("settings", *args).complaint()
    assert sentence in complaint
    assert "\x1b" not in complaint
    assert mine.read_text("utf-8") == MINE


def test_whoever_forgets_show_or_set_is_told(home: Path) -> None:
    told = called("settings", "rate", "135").complaint(2)
    assert told.startswith("rate is a setting: `voiceguide settings show rate` explains it")
    assert "There is no command 'sett': did you mean set" in called("settings", "sett", "rate", "135").complaint(2)
    assert "Name what is to be set back, or give --all" in called("settings", "reset").complaint(2)
    assert "or give --all" in called("settings", "reset", "rate", "--all").complaint(2)


def test_resetting_takes_lines_out_and_leaves_the_comments(mine: Path) -> None:
    told = said("reset", "rate", "loudness")
    assert told == (
        "rate was 120 words a minute; now it is 150 words a minute, as it comes.\nloudness is already 1, as it comes.\n"
    )
    assert mine.read_text("utf-8") == MINE.replace("rate = 120\n", "")


def test_resetting_all_asks(mine: Path) -> None:
    assert "Set back address (otto), rate (120 words a minute)? [y/N]" in said("reset", "--all", given="n\n")
    assert mine.read_text("utf-8") == MINE
    assert "address was otto; now it is guide" in said("reset", "--all", given="y\n")
    assert load() == Settings()
    assert mine.read_text("utf-8") == "# how we like it\n\n# the end\n"
    assert said("reset", "--all") == "Everything is as it comes already.\n"
    said("set", "rate", "135")
    assert "[y/N]" not in said("reset", "--all", "--yes")
    assert load() == Settings()


# -- files that are not as they should be ------------------------------------------------------------------------


@pytest.mark.parametrize("args", [(), ("show", "rate"), ("set", "rate", "135"), ("reset", "--all", "--yes")])
def test_a_broken_file_is_told_with_its_place_and_stays(mine: Path, args: tuple[str, ...]) -> None:
    mine.write_text(MINE.replace("= 120", "=> 120"), "utf-8")
    before = mine.read_bytes()
    complaint = called("settings", *args).complaint()
    assert f"{mine} is no TOML (" in complaint
    assert "(at line 4, column 7)" in complaint
    assert "mend that place" in complaint
    assert mine.read_bytes() == before


def test_a_wrong_value_can_be_mended_by_the_command_that_the_error_names(mine: Path) -> None:
    mine.write_text(MINE.replace("120", "1200"), "utf-8")
    complaint = called("settings").complaint()
    assert f"{mine}, line 4, column 1: rate is '1200'" in complaint
    assert "`voiceguide settings reset rate` goes without" in complaint
    assert said("reset", "rate") == "rate was 1200 words a minute; now it is 150 words a minute, as it comes.\n"
    assert load() == Settings(address="otto")


def test_what_else_is_wrong_is_told_and_an_unknown_name_can_be_taken_out(mine: Path) -> None:
    mine.write_text(f"{MINE}rat = 3\npause = 0\n", "utf-8")
    done = called("settings", "set", "rate", "135")
    assert "from the next session on it is 135" in done.out
    assert f"{mine}, line 6, column 1: There is no setting 'rat'" in done.err
    done = called("settings", "reset", "rat").fine()
    assert done.out == "rat is taken out.\n"
    assert f"{mine}, line 6, column 1: pause is '0'" in done.err
    assert mine.read_text("utf-8") == f"{MINE.replace('120', '135')}pause = 0\n"


@pytest.mark.parametrize("mark", ["\N{BYTE ORDER MARK}", ""])
def test_a_file_from_an_editor_on_windows(mine: Path, mark: str) -> None:
    mine.write_bytes((mark + MINE.replace("\n", "\r\n")).encode())
    assert load().rate == 120
    said("set", "rate", "135")
    assert load() == Settings(address="otto", rate=135)
    assert b"# the cat's name\r\n" in mine.read_bytes()


@pytest.mark.parametrize("args", [("set", "rate", "135"), ("reset", "address")])
def test_a_link_is_not_written_through_nor_replaced(mine: Path, tmp_path: Path, args: tuple[str, ...]) -> None:
    elsewhere = tmp_path / "dotfiles.toml"
    mine.rename(elsewhere)
    mine.symlink_to(elsewhere)
    assert "it is a link, which voiceguide does not follow" in called("settings", *args).complaint()
    assert mine.is_symlink()
    assert elsewhere.read_text("utf-8") == MINE
    assert "rate: 120" in said()


def test_a_file_that_nobody_may_write_stays(tmp_path: Path) -> None:
    file = tmp_path / "config" / "settings.toml"
    file.parent.mkdir()
    file.write_text(MINE, "utf-8")
    file.chmod(0o400)
    done = installed(tmp_path, "settings", "set", "rate", "135", preexec_fn=obey_permissions)
    assert "Cannot change" in done.complaint()
    assert "no permission" in done.complaint()
    assert file.read_text("utf-8") == MINE
    assert list(file.parent.iterdir()) == [file]
