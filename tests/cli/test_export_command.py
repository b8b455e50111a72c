"""``export`` and ``open``, as people run them."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import (
    COMMAND,
    Running,
    environment,
    files_holding,
    installed,
    only_session,
    session_folders,
    voiceguide,
)
from tests.support.ear import LIMIT
from tests.support.records import EVENTS, header, write_session
from tests.support.waiting import within
from voiceguide.durable import close_quietly, lock_folder

LEAVES = "leaves voiceguide's private folder"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one session in it, whose recordings are no sounds: their words are spoken, by the quick voice."""
    home = tmp_path / "home"
    write_session(home / "data" / "sessions", EVENTS)
    (home / "config").mkdir()
    (home / "config" / "settings.toml").write_text('voice = "en-us"\n', "utf-8")
    return home


def test_a_file_is_written_here_under_the_sessions_name(home: Path, tmp_path: Path) -> None:
    done = installed(home, "export", "--to", "md", cwd=tmp_path).fine()
    path = tmp_path / f"{only_session(home).name}.md"
    assert done.out == f"Written: {path.name}\n"
    assert LEAVES in done.err
    assert "**Mia** (0:05): I worry about the little house" in path.read_text("utf-8")


def test_standard_output_gets_nothing_but_the_export(home: Path, tmp_path: Path) -> None:
    done = installed(home, "export", "--to", "json", "-o", "-", cwd=tmp_path).fine()
    assert json.loads(done.out)["version"] == "1.0.0"
    assert LEAVES in done.err
    assert list(tmp_path.iterdir()) == [home]


def test_a_sound_goes_through_a_pipe(home: Path) -> None:
    command = [*COMMAND, "export", "--to", "mp3", "-o", "-"]
    done = subprocess.run(command, env=environment(home), capture_output=True, check=True)
    assert done.stdout[:3] == b"ID3"


def test_one_partner_alone_and_without_the_guide(home: Path, tmp_path: Path) -> None:
    one = voiceguide(home, "export", "--to", "txt", "-o", "-", "--partner", "zoë").fine().out
    assert "you worry" in one
    assert "house" not in one
    none = voiceguide(home, "export", "--to", "txt", "-o", "-", "--prompts", "none").fine().out
    assert "Guide:" not in none
    assert "house" in none


def test_chapters_lie_beside_vtt(home: Path, tmp_path: Path) -> None:
    done = voiceguide(home, "export", "--to", "vtt", "-o", str(tmp_path / "talk.vtt")).fine()
    assert done.out.count("Written: ") == 2
    assert (tmp_path / "talk.chapters.vtt").read_text("utf-8").startswith("WEBVTT\n")


def test_what_is_there_stays(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("mine", "utf-8")
    assert "is there already" in voiceguide(home, "export", "--to", "txt", "-o", str(path)).complaint()
    assert path.read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--to", "txt", "-o", "absent/x.txt"), "Cannot write"),
        (("--to", "txt", "--partner", "Mai"), "did you mean Mia"),
        (("nobody", "--to", "txt"), "There is no session"),
    ],
)
def test_what_cannot_be_is_said(home: Path, args: tuple[str, ...], says: str) -> None:
    assert says in voiceguide(home, "export", *args).complaint()


def test_an_unknown_format_names_those_there_are(home: Path) -> None:
    assert "'md', 'html', 'txt'" in voiceguide(home, "export", "--to", "doc").complaint(2)


def test_a_zip_put_into_another_home_is_a_session_there(home: Path, tmp_path: Path) -> None:
    archive, other = tmp_path / "talk.zip", tmp_path / "other"
    voiceguide(home, "export", "--to", "zip", "-o", str(archive)).fine()
    shutil.unpack_archive(archive, other / "data" / "sessions")
    assert session_folders(other)[0].name == header().id
    assert voiceguide(other, "show").fine().out == voiceguide(home, "show").fine().out


@pytest.mark.full
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_export_leaves_nothing(finished: Path, tmp_path: Path, number: signal.Signals) -> None:
    with Running(finished, "export", "--to", "mp3", "-o", str(tmp_path / "talk.mp3")) as command:
        assert within(LIMIT, lambda: any(path.stat().st_size for path in tmp_path.glob(".talk.mp3.*.part")))
        command.send(number)
        assert "nothing was written" in command.finish().complaint(130)
    assert list(tmp_path.iterdir()) == []


def browser(tmp_path: Path, code: int = 0) -> dict[str, str]:
    """A browser that notes what it is to open."""
    script = tmp_path / "browser"
    script.write_text(f'#!{sys.executable}\nimport sys\nopen("{tmp_path}/opened", "w").write(sys.argv[1])\n', "utf-8")
    script.chmod(0o700)
    return {"BROWSER": str(script)}


@pytest.mark.full
def test_open_gives_the_browser_a_page_in_the_sessions_own_folder(home: Path, tmp_path: Path) -> None:
    for _ in range(2):
        done = installed(home, "open", env=browser(tmp_path)).fine()
    page = only_session(home) / "page.html"
    assert (tmp_path / "opened").read_text("utf-8") == page.as_uri()
    assert str(page) in done.out
    assert page.stat().st_mode & 0o777 == 0o600
    assert "little house" in page.read_text("utf-8")


def test_without_a_browser_the_page_is_there_all_the_same(home: Path) -> None:
    done = installed(home, "open", env={"BROWSER": "/absent/browser", "PATH": "", "DISPLAY": ""})
    assert done.fine().err == "voiceguide: No browser was found: open the page yourself.\n"
    assert (only_session(home) / "page.html").is_file()


@pytest.mark.parametrize("command", ["export", "open"])
def test_help_has_examples(home: Path, command: str) -> None:
    assert f"  voiceguide {command}" in voiceguide(home, command, "--help").fine().out


def test_open_and_delete_do_not_get_in_each_others_way(home: Path) -> None:
    folder = only_session(home)
    lock = lock_folder(folder)
    try:
        assert "going on in another voiceguide" in voiceguide(home, "open").complaint()
    finally:
        close_quietly(lock)
    (folder / ".page.html.x.part").write_text("little house", "utf-8")  # as a crash leaves it
    voiceguide(home, "delete", folder.name, "--turns", "1", "--yes").fine()
    assert files_holding(folder, "little house") == []


def test_a_folder_gets_the_file(home: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    voiceguide(home, "export", "--to", "txt", "-o", str(there)).fine()
    assert [path.name for path in there.iterdir()] == [f"{only_session(home).name}.txt"]
    assert "no such folder" in voiceguide(home, "export", "--to", "txt", "-o", f"{tmp_path}/absent/").complaint()


def test_a_name_that_is_a_letter_is_a_name(home: Path) -> None:
    voiceguide(home, "rename", "--names", "B,A").fine()
    assert "A (2" in voiceguide(home, "export", "--to", "txt", "--partner", "a", "-o", "-").fine().out
