"""Listing and finding sessions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.records import EVENTS, bare_session, header, write_session
from voiceguide.errors import NotFoundError
from voiceguide.record import archive, read
from voiceguide.record.store import FILE
from voiceguide.session.events import Ended, Resumed

DONE = {"t": 60.5, "type": "ended", "why": "completed"}
LATE = {"t": 61.0, "type": "amend", "id": 1, "text": "x" * 3000, "by": "a larger model"}
PROMPT = {"t": 5.0, "type": "prompt", "text": "Hello.", "start": 1.0, "place": 1}


def started(day: int) -> str:
    return f"2026-11-{day:02d}T20:00:00+01:00"


def test_the_list_agrees_with_the_whole_record(tmp_path: Path) -> None:
    for cut in range(1, len(EVENTS) + 1):
        folder = write_session(tmp_path / str(cut), EVENTS[:cut])
        with (folder / FILE).open("ab") as file:
            file.write(b'{"t": 99, "to')  # torn
        session = read(folder)
        (summary,) = archive.sessions(folder.parent)
        assert (summary.seconds, summary.state) == (session.seconds, session.ended or "interrupted")
        assert (summary.id, summary.title, summary.names) == (folder.name, "Worry and answer", ("Mia", "Zoë"))
        assert (summary.exercise, summary.started) == ("worry-and-answer", session.header.started)


def test_what_comes_after_the_end_does_not_hide_it_unless_the_session_goes_on(tmp_path: Path) -> None:
    bare_session(tmp_path / "ended", "x", PROMPT, DONE, *[LATE] * 20)
    (summary,) = archive.sessions(tmp_path / "ended")
    assert (summary.state, summary.seconds) == ("completed", 61.0)
    write_session(tmp_path / "resumed", ((1.0, Ended("stopped")), (2.0, Resumed())))
    assert archive.sessions(tmp_path / "resumed")[0].state == "interrupted"


def test_a_header_in_another_order_and_steps_elsewhere_in_it_do_not_mislead(tmp_path: Path) -> None:
    title = 'x, "steps": [ y'
    folder = write_session(tmp_path, head=header(more={"later": {"a": 1, "steps": [2]}}, title=title))
    (summary,) = archive.sessions(tmp_path)
    assert (summary.problem, summary.title) == (None, title)
    head, _, rest = (folder / FILE).read_bytes().partition(b"\n")
    front, steps = head[1:-1].split(b', "steps": [{', 1)
    (folder / FILE).write_bytes(b'{"steps": [{' + steps + b", " + front + b"}\n" + rest)
    assert read(folder).header.title == title
    assert archive.sessions(tmp_path) == [summary]


def test_one_bad_session_does_not_break_the_list(tmp_path: Path) -> None:
    good = write_session(tmp_path)
    (tmp_path / "a-file").write_text("x")
    (tmp_path / "empty").mkdir()
    contents = {"junk": b"\xff\0" * 999, "deep": b"[" * 99_999, "nothing": b"", "list": b"[]\n"}
    for name, content in contents.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / FILE).write_bytes(content)
    bare_session(tmp_path, "newer", version=2)
    (tmp_path / "dangling").symlink_to(tmp_path / "absent")
    (tmp_path / ".being-made.new").mkdir()
    found = {summary.id: summary.problem for summary in archive.sessions(tmp_path)}
    assert found.pop(good.name) is None
    assert set(found) == {"a-file", "empty", *contents, "newer", "dangling"}
    assert all(found.values())
    assert "newer voiceguide" in str(found["newer"])
    assert archive.find(tmp_path) == good


def test_the_newest_comes_first(tmp_path: Path) -> None:
    bare_session(tmp_path, "z-oldest", started=started(1))
    bare_session(tmp_path, "a-newest", started="2026-11-03T01:00:00+05:00")
    bare_session(tmp_path, "m-second", started="2026-11-02T18:00:00+00:00")
    assert [s.id for s in archive.sessions(tmp_path)] == ["a-newest", "m-second", "z-oldest"]


def test_a_real_session_is_the_default_wherever_there_is_one(tmp_path: Path) -> None:
    assert archive.sessions(tmp_path / "absent") == []
    with pytest.raises(NotFoundError, match="voiceguide start"):
        archive.find(tmp_path)
    demo = bare_session(tmp_path, "demo", simulated=True, started=started(3))
    assert archive.find(tmp_path) == demo
    bare_session(tmp_path, "first", started=started(1))
    real = bare_session(tmp_path, "second", started=started(2))
    assert archive.find(tmp_path) == archive.find(tmp_path, simulated=False) == real
    assert archive.find(tmp_path, simulated=True) == demo
    with pytest.raises(NotFoundError):
        archive.find(tmp_path, "second", simulated=True)


def test_a_unique_part_of_an_id_is_enough(tmp_path: Path) -> None:
    kiwi = bare_session(tmp_path, "20261122-2147-worry-and-answer-kiwiba")
    bare_session(tmp_path, "20261122-2150-worry-and-answer-toboku")
    exact = bare_session(tmp_path, "20261122")
    assert archive.find(tmp_path, "KIWI") == kiwi
    assert archive.find(tmp_path, "20261122") == exact
    with pytest.raises(NotFoundError, match=r"2 sessions match 'worry': .*kiwiba.*; give more"):
        archive.find(tmp_path, "worry")
    with pytest.raises(NotFoundError, match="did you mean 20261122-2147-worry-and-answer-kiwiba"):
        archive.find(tmp_path, "20261122-2147-wory-and-answer-kiwiba")
    for hostile in ("../..", "/", "", " ", "\x1b[31m", "x" * 10_000):
        with pytest.raises(NotFoundError) as caught:
            archive.find(tmp_path, hostile)
        assert "\x1b" not in str(caught.value)
        assert len(str(caught.value)) < 300


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="only Linux counts the bytes a process reads")
def test_a_thousand_sessions_are_listed_by_their_ends_alone(tmp_path: Path) -> None:
    def bytes_read() -> int:
        return int(Path("/proc/self/io").read_text().split()[1])

    long = [{**LATE, "type": "weather"}] * 20  # 60 kB each
    made = bare_session(tmp_path, "s0000", *long, PROMPT, DONE)
    for number in range(1, 1000):
        folder = tmp_path / f"s{number:04d}"
        folder.mkdir()
        (folder / FILE).hardlink_to(made / FILE)
    before = bytes_read()
    found = archive.sessions(tmp_path)
    used = bytes_read() - before
    assert [(s.state, s.seconds) for s in found] == [("completed", 60.5)] * 1000
    assert used < 1000 * 4096 < 1000 * (made / FILE).stat().st_size / 10
