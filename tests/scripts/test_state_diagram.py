"""The transition table: nothing in it is unused or out of reach, and the README shows it as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from voiceguide.session.states import TABLE, Signal, State, diagram, signal_of
from voiceguide.voice_commands import VoiceCommand

PROJECT = Path(__file__).parents[2]
SCRIPT = PROJECT / "scripts" / "state_diagram"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True)


def test_the_readme_shows_the_table_as_it_is(tmp_path: Path) -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    written = tmp_path / "README.md"
    written.write_text(readme, encoding="utf-8")
    assert run("--write", written).returncode == 0
    assert f"```mermaid\n{diagram()}\n```" in written.read_text(encoding="utf-8")
    assert written.read_text(encoding="utf-8") == readme, "run scripts/state_diagram --write"


def test_writing_replaces_what_is_between_the_markers_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text("before\n<!-- state diagram -->\nold\n<!-- /state diagram -->\nafter\n", encoding="utf-8")
    run("--write", file)
    lines = file.read_text(encoding="utf-8").splitlines()
    fence = ["<!-- state diagram -->", "```mermaid", *diagram().splitlines(), "```", "<!-- /state diagram -->"]
    assert lines == ["before", *fence, "after"]


def test_a_page_without_markers_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text("<!-- state diagram -->\nnever closed\n", encoding="utf-8")
    done = run("--write", file)
    assert done.returncode == 1
    assert "has no place for the diagram" in done.stderr
    assert file.read_text(encoding="utf-8") == "<!-- state diagram -->\nnever closed\n"


def test_it_is_printed() -> None:
    assert run().stdout == diagram() + "\n"


def test_the_diagram_has_every_arrow_between_two_states_once() -> None:
    arrows = {
        (source.name, target.name, signal)
        for source, row in TABLE.items()
        for signal, target in row.items()
        if source is not target
    }
    drawn = []
    for line in diagram().splitlines():
        states, _, labels = line.strip().partition(": ")
        source, arrow, target = states.partition(" --> ")
        if arrow and "[*]" not in line:
            drawn += [(source, target, label) for label in labels.split(", ")]
    assert len(drawn) == len(arrows)
    assert set(drawn) == arrows


def test_every_state_has_a_row_and_can_be_reached_and_left() -> None:
    assert set(TABLE) == set(State)
    reached, frontier = set[State](), {State.READY}
    while frontier:
        reached |= frontier
        frontier = {target for state in frontier for target in TABLE[state].values()} - reached
    assert reached == set(State)
    assert all(set(row.values()) != {state} for state, row in TABLE.items())


def test_every_signal_and_every_command_is_taken_somewhere() -> None:
    used = {signal for row in TABLE.values() for signal in row}
    assert used == set(Signal)
    assert {signal_of(command) for command in VoiceCommand} <= used


def test_only_the_end_leads_to_the_end() -> None:
    assert {signal for row in TABLE.values() for signal, target in row.items() if target is State.ENDED} == {
        Signal.END,
        Signal.NOTED,
    }
    assert [state for state in State if Signal.END not in TABLE[state]] == [State.ENDED]


def test_only_done_and_a_no_to_anything_more_begin_to_close_a_turn() -> None:
    closing = {
        (state, signal)
        for state, row in TABLE.items()
        for signal, target in row.items()
        if target is State.CLOSING and state is not State.CLOSING
    }
    assert closing == {(State.FLOOR, Signal.DONE), (State.FLOOR, Signal.NO)}
