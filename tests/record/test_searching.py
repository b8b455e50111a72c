"""Finding words in sessions: in all their forms, and never fewer because it is quick."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.records import EVENTS, bare_session, header, opened, write_session
from voiceguide.errors import NotFoundError
from voiceguide.record import archive, dump, read
from voiceguide.record.searching import Hit, Search, Wanted, around, chosen, folded, forms, found, since_day
from voiceguide.record.store import FILE
from voiceguide.session.events import Utterance, to_fields

TODAY = date(2026, 11, 25)


def hits(folder: Path, *terms: str, partner: str | None = None) -> list[Hit]:
    """All hits in the sessions of ``folder``."""
    summaries = chosen(archive.sessions(folder), partner)
    return [hit for _, hit in Search(Wanted(terms), summaries, partner).hits()]


def said(text: str, id_: int = 1, partner: str = "a", start: float = 5.0, **more: Any) -> dict[str, Any]:
    """An utterance's line."""
    event = Utterance(id_, "b" if partner == "b" else "a", text, None, start, 1.0, place=2)
    return {"t": start + 1, **to_fields(event), "partner": partner, **more}


def texts(found_: list[Hit]) -> list[str]:
    return [hit.text for hit in found_]


FOUND = (
    ("felt", "I feel small"),
    ("felt", "it is a feeling"),
    ("felt", "that feels good"),
    ("apologies", "an apology"),
    ("apology", "my Apologies"),
    ("worried", "do not worry"),
    ("was", "we were there"),
    ("WORRY", "Worry"),
    ("Zoe", "Zoë is here"),
    ("zoë", "Zoe is here"),
    ("Zoe", "Zoe\u0308 is here"),
    ("Zoe\u0308", "Zo\u00eb is here"),
    ("couldn't", "I couldn’t"),
    ("couldn’t", "I couldn't"),
    ("Mia", "Mia's house"),
    ("strasse", "die Straße"),
    ("xyzzy", "Xyzzy!"),
)
NOT_FOUND = (("felt", "we fell"), ("art", "the heart"), ("better", "it is good"), ("worry", "sorry"))


def test_forms_case_and_accents_do_not_matter_and_other_words_are_not_found(tmp_path: Path) -> None:
    for number, (_, text) in enumerate((*FOUND, *NOT_FOUND)):
        bare_session(tmp_path / str(number), "x", said(text))
    hit = [texts(hits(tmp_path / str(number), typed)) for number, (typed, _) in enumerate((*FOUND, *NOT_FOUND))]
    assert hit == [*([text] for _, text in FOUND), *([] for _ in NOT_FOUND)]


def test_forms_of_words_in_a_dictionary_and_in_none() -> None:
    with pytest.raises(ValueError, match="Name a word"):
        Wanted(["?!", " "])
    assert forms("xyzzy") == {"xyzzy", "xyzzys"}
    assert forms("sundays") >= {"sundays", "sunday"}
    assert forms("felt") >= {"felt", "feel", "feels", "feeling"}


def test_what_matches_in_which_turn(folder: Path, tmp_path: Path) -> None:
    mine = "I worry about the little house and money"
    assert texts(hits(tmp_path, "money", "houses")) == [mine, f"Mia, this is what I heard. {mine}"]
    assert hits(tmp_path, "money", "you") == []  # all words must stand in one turn
    # A phrase stands together, also across a pause.
    assert len(hits(tmp_path, "little house")) == len(hits(tmp_path, "house, and moneys")) == 2
    assert hits(tmp_path, "house money") == []
    # A hit begins with the utterance that has the words.
    hit = hits(tmp_path, "money", partner="Mia")[0]
    assert (hit.turn, hit.name, hit.start, [hit.text[a:b] for a, b in hit.spans]) == (1, "Mia", 10.0, ["money"])
    # Each line of the guide counts by itself.
    found_ = hits(tmp_path, "hear")
    assert [(hit.turn, hit.name, hit.start) for hit in found_] == [(None, "Guide", 13.5), (None, "Guide", 15.5)]
    assert hits(tmp_path, "Zoë", "worry") == []
    # A partner is only heard where the words were theirs.
    assert texts(hits(tmp_path, "worry", partner="zoe")) == ["you worry"]
    bare_session(tmp_path, "y", said("we worry", partner="both"))
    assert "we worry" in texts(hits(tmp_path, "worry", partner="Zoë"))
    with pytest.raises(NotFoundError, match="did you mean Mia"):
        hits(tmp_path, "worry", partner="Mi")


def test_accents_do_not_shift_what_was_found(tmp_path: Path) -> None:
    bare_session(tmp_path, "x", said("Zoe\u0308, ﬁne, the Straße: Zoë!"))
    (hit,) = hits(tmp_path, "zoe")
    assert [hit.text[a:b] for a, b in hit.spans] == ["Zoe\u0308", "Zoë"]


def test_struck_words_are_nowhere_and_mended_ones_are_found(folder: Path, tmp_path: Path) -> None:
    with opened(folder) as transcript:
        transcript.amend(3, "you were hurrying", "Zoë")
    assert texts(hits(tmp_path, "hurry")) == ["you were hurrying"]
    with (folder / FILE).open("ab") as file:  # decided, but not yet removed from the file
        file.write(dump({"t": 30.0, "type": "strike", "ids": [1, 3]}))
    assert hits(tmp_path, "hurry") == []
    assert hits(tmp_path, "house") == []
    assert len(hits(tmp_path, "money")) == 2


def test_simulated_sessions_are_left_out_and_broken_ones_skipped(tmp_path: Path) -> None:
    write_session(tmp_path)
    write_session(tmp_path, head=header("20261121-0900-worry-and-answer-demodo", simulated=True))
    bare_session(tmp_path, "20261123-0900-broken", said("the little house", start=1e12))
    (tmp_path / "20261123-1000-empty").mkdir()
    known = archive.sessions(tmp_path)
    looking = Search(Wanted(["house"]), chosen(known))
    assert {summary.id for summary, _ in looking.hits()} == {header().id}
    assert [summary.id for summary in looking.broken] == ["20261123-0900-broken"]


def test_the_newest_comes_first_and_the_rest_waits(tmp_path: Path) -> None:
    for day in (3, 1, 2):
        lines = said("house"), said("house", 2, "b", 9.0)
        bare_session(tmp_path, f"d{day}", *lines, started=f"2026-11-0{day}T20:00:00Z")
    found_ = Search(Wanted(["house"]), chosen(archive.sessions(tmp_path))).hits()
    assert [next(found_)[0].id for _ in range(3)] == ["d3", "d3", "d2"]
    (tmp_path / "d1" / FILE).unlink()  # so it has not been read yet
    assert [summary.id for summary, _ in found_] == ["d2"]


def test_sessions_are_chosen_by_exercise_and_by_day(tmp_path: Path) -> None:
    write_session(tmp_path)
    bare_session(tmp_path, "y", exercise="settle", title="Settle", started="nobody knows")
    known = archive.sessions(tmp_path)
    assert [s.id for s in chosen(known, exercise="WORRY and answer")] == [header().id]
    assert [s.id for s in chosen(known, exercise="settle")] == ["y"]
    with pytest.raises(NotFoundError, match="did you mean settle"):
        chosen(known, exercise="setle")
    assert [s.id for s in chosen(known, since=date(2026, 11, 22))] == [header().id]  # the day itself counts
    assert chosen(known, since=date(2026, 11, 23)) == []
    assert len(chosen(known)) == 2


def test_days_as_people_write_them() -> None:
    days = {
        "2026-11-01": date(2026, 11, 1),
        "Yesterday": date(2026, 11, 24),
        "today": TODAY,
        "last week": date(2026, 11, 18),
        "3 days": date(2026, 11, 22),
        "2 weeks ago": date(2026, 11, 11),
        "a  month": date(2026, 10, 26),
        "one year": date(2025, 11, 25),
    }
    assert {typed: since_day(typed, TODAY) for typed in days} == days
    for typed in ("", "soon", "2026-13-01", "9999 years", "-3 days", "x" * 500):
        with pytest.raises(ValueError, match="is no day: write 2026-11-01") as error:
            since_day(typed, TODAY)
        assert len(str(error.value)) < 140


@given(st.text("ab ", min_size=1, max_size=60), st.integers(0, 59), st.integers(5, 40))
def test_what_is_shown_fits_and_holds_the_place(text: str, at: int, width: int) -> None:
    at = min(at, len(text) - 1)
    begin, end = around(text, at, width)
    assert 0 <= begin <= at < end <= len(text)
    assert end - begin + (begin > 0) + (end < len(text)) <= width


# -- quick, and never fewer --------------------------------------------------------------------------------------

WORDS = ("feel", "felt", "Zoe", "Zoë", "zoe\u0308", "don't", "don’t", "straße", "ﬁne", "a1", "I", "été", "ПРИВЕТ", "ǰ")
TEXTS = st.one_of(
    st.text(max_size=12),
    st.lists(st.sampled_from([*WORDS, "\\", '"', "\ud800", "\u0308", "…", "\n", "1", "K", "İ"]), max_size=6).map(
        " ".join
    ),
    st.lists(st.sampled_from([*WORDS, *"aelo'ëß"]), max_size=6).map("".join),
)


@given(TEXTS, TEXTS.filter(lambda term: bool(folded(term)[0].strip())), st.booleans(), st.booleans(), st.data())
@example("fe\u0308el", "FEEL", False, False, None)
def test_nothing_is_lost_by_being_quick(text: str, term: str, escaped: bool, mended: bool, data: Any) -> None:
    if data is not None and data.draw(st.booleans()):
        term = data.draw(st.sampled_from(text.split() or [term]))
    try:
        wanted = Wanted([term])
    except ValueError:
        return
    line = {"t": 9.0, "type": "amend", "id": 1, "text": text} if mended else said(text)
    stored = json.dumps(line).encode() + b"\n" if escaped else dump(line)
    record = b'{"format": "a header"}\n' + stored
    if wanted.spans(text) is not None:
        assert wanted.may_stand_in(record)
        assert wanted.may_stand_in(record, said=True)


def test_most_records_need_not_be_parsed() -> None:
    record = (
        b'{"steps": "a kettle"}\n' + dump(said("Zoë, we worry")) + dump({"t": 1, "type": "prompt", "text": "Listen."})
    )
    assert not Wanted(["kettle"]).may_stand_in(record)
    assert not Wanted(["worry", "kettle"]).may_stand_in(record)
    assert Wanted(["listen"]).may_stand_in(record)
    assert not Wanted(["listen"]).may_stand_in(record, said=True)


def test_a_later_name_is_found_in_the_guides_earlier_words(folder: Path, tmp_path: Path) -> None:
    with opened(folder) as transcript:
        transcript.rename(("Ophelia", "Zoë"), "Worry and answer", datetime.fromisoformat(header().started))
    assert "Welcome, Ophelia and Zoë." in texts(hits(tmp_path, "ophelia"))


def test_the_whole_search_finds_what_reading_everything_finds(tmp_path: Path) -> None:
    events = (*EVENTS[:-1], (30.0, Utterance(9, "b", 'a "house" \\ ée', None, 29.0, 1.0, place=3)))
    folder = write_session(tmp_path, events)
    for term in ("house", "worry", "ee", "zoe", "absent", "yes"):
        assert hits(tmp_path, term) == list(found(read(folder), Wanted([term])))
