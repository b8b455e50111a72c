"""The transition table: nothing in it is unused or out of reach, and the README shows it as it is."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from voiceguide.session.states import TABLE, Signal, State, diagram, signal_of
from voiceguide.voice_commands import VoiceCommand

PROJECT = Path(__file__).parents[2]
SCRIPT = PROJECT / "scripts" / "state_diagram"
PLACE = "<!-- state diagram -->", "<!-- /state diagram -->"


def run(*arguments: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [str(SCRIPT), *arguments])
        patch.setattr(sys, "path", [*sys.path])
        runpy.run_path(str(SCRIPT), run_name="__main__")


def test_it_is_printed_and_the_readme_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    run()
    assert capsys.readouterr().out == diagram() + "\n"
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert f"{PLACE[0]}\n```mermaid\n{diagram()}\n```\n{PLACE[1]}" in readme, "run scripts/state_diagram --write"


def test_it_is_written_between_the_markers_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{PLACE[0]}\nold\n{PLACE[1]}\nafter\n", encoding="utf-8")
    run("--write", str(page))
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines == ["before", PLACE[0], "```mermaid", *diagram().splitlines(), "```", PLACE[1], "after"]
    page.write_text(f"{PLACE[0]}\nnever closed\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"page\.md has no place for the diagram"):
        run("--write", str(page))
    assert page.read_text(encoding="utf-8") == f"{PLACE[0]}\nnever closed\n"


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
