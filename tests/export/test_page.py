"""The replay page as text: what stands in it, and that nothing said can become more than words."""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.session.test_agreements import TEA, promised
from tests.support.editions import HOSTILE, edition, hostile, sounding
from tests.support.records import EVENTS, header, write_session
from tests.support.session_driver import NAMES, RICH
from voiceguide.cleaning import clean
from voiceguide.export import export, sound_file
from voiceguide.export.edition import Edition
from voiceguide.record import BY_HAND, read
from voiceguide.record.agreements import agreed_in
from voiceguide.record.story import clock
from voiceguide.record.transcript import Transcript
from voiceguide.session.events import Amended, Event, Utterance
from voiceguide.session.phrases import DOUBT, DOUBT_MEANS
from voiceguide.voice_commands import VoiceCommand

OURS = {
    *("html", "head", "meta", "title", "style", "body", "a", "header", "h1", "h2", "p", "strong", "span", "noscript"),
    *("details", "summary", "dl", "dt", "dd", "kbd", "nav", "ol", "li", "form", "label", "input", "button", "main"),
    *("section", "div", "b", "q", "ul", "audio", "select", "option", "script"),
}
"""Every element that a page may have."""


class Page(HTMLParser):
    """A page as a browser sees it."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.contents: dict[str, list[str]] = {}
        self.comments: list[str] = []
        self._open: list[tuple[str, int]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in ("meta", "input"):
            self.contents.setdefault(tag, []).append("")
            self._open.append((tag, len(self.contents[tag]) - 1))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag, "each element ends where it should"

    def handle_data(self, data: str) -> None:
        if self._open:
            tag, number = self._open[-1]
            self.contents[tag][number] += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def of(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """The attributes of all elements that have these."""
        return [given for name, given in self.elements if name == tag and wanted.items() <= given.items()]

    @property
    def text(self) -> str:
        """All words in it, but for the style, the script and the sound."""
        return " ".join(
            part for tag, parts in self.contents.items() if tag not in ("style", "script") for part in parts
        )


def written(told: Edition) -> str:
    file = io.BytesIO()
    export(told, "html", file)
    return file.getvalue().decode("utf-8")


def page(told: Edition) -> Page:
    return Page(written(told))


def saying(*events: tuple[float, Event]) -> tuple[tuple[float, Event], ...]:
    """The sample session, and more that happens in it."""
    return (*EVENTS[:-1], *events)


# -- nothing but words -------------------------------------------------------------------------------------------


def test_hostile_words_names_and_titles_stay_words(tmp_path: Path) -> None:
    made = page(edition(hostile(tmp_path)))
    assert {tag for tag, _ in made.elements} <= OURS
    assert len(made.of("script")) == 2
    assert made.comments == []
    assert clean(HOSTILE) in made.text
    assert "\x1b" not in made.text
    assert "\u202e" not in made.text
    assert all(clean(name) in made.text for name in ("A <b>&\x1b[2J", 'B" onload=x --> \u202e'))
    assert "x" * 1_000_000 in made.text
    for tag, given in made.elements:
        assert not [name for name in given if name == "style" or name.startswith("on")], (tag, given)


def test_the_header_cannot_become_markup(tmp_path: Path) -> None:
    evil = '"><img src=x onerror=alert(1)></title>'
    made = page(edition(sounding(tmp_path, title=evil, started=evil)))
    assert {tag for tag, _ in made.elements} <= OURS
    assert made.text.count(evil) == 3  # the window's title, the page's, and the date


def test_no_address_leads_out_of_the_page(tmp_path: Path) -> None:
    made = page(edition(sounding(tmp_path)))
    names = ("href", "src", "action", "formaction")
    addresses = [given[name] for _, given in made.elements for name in names if name in given]
    assert addresses
    assert all(address.startswith("#") for address in addresses)


def test_the_policy_allows_the_pages_own_style_and_script_only(tmp_path: Path) -> None:
    made = page(edition(sounding(tmp_path)))
    (policy,) = made.of("meta", **{"http-equiv": "Content-Security-Policy"})
    directives = dict(part.strip().split(" ", 1) for part in policy["content"].split(";"))
    (style,) = made.contents["style"]
    script, sound = made.contents["script"]
    assert sound.startswith(("SUQz", "//"))  # an ID3 tag, or a frame

    def hashed(inline: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"

    assert directives == {
        "default-src": "'none'",
        "script-src": hashed(script),
        "style-src": hashed(style),
        "media-src": "blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


# -- what stands in it -------------------------------------------------------------------------------------------


def test_the_sound_is_the_mp3_of_the_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.export.page._PIECE", 3 * 64)  # many pieces
    told = edition(sounding(tmp_path))
    sound = io.BytesIO()
    sound_file.write(told, sound, "mp3")
    made = page(told)
    assert made.of("script", id="sound") == [{"type": "application/octet-stream", "id": "sound"}]
    assert base64.b64decode(made.contents["script"][1], validate=True) == sound.getvalue()


def test_times_are_those_of_the_sound(tmp_path: Path) -> None:
    times = ((0.1, 0.2), (0.3, 0.4), (0.4, 0.5), (0.5, 0.6), (0.6, 0.7), (0.8, 1.2))
    events = tuple(
        (t, replace(event, times=times) if isinstance(event, Utterance) and event.id == 1 else event)
        for t, event in EVENTS
    )
    told = edition(sounding(tmp_path, events))
    made = page(told)
    said = [(each["data-at"], each["data-end"]) for each in made.of("span") if "data-end" in each]
    assert said == [(f"{each.at:.3f}", f"{each.end:.3f}") for each in told.placed]
    words = [float(each["data-at"]) for each in made.of("span") if set(each) == {"data-at"}]
    begins = next(each.at for each in told.placed if each.item.id == 1)
    assert words == [pytest.approx(begins + start, abs=0.001) for start, _ in times]
    buttons = [each["aria-label"] for each in made.of("button") if each.get("aria-label", "").startswith("Play from")]
    assert buttons[0] == f"Play from {clock(told.placed[0].at)}"


def test_chapters_lead_to_headings(tmp_path: Path) -> None:
    told = edition(sounding(tmp_path))
    made = page(told)
    links = made.of("a")[1:]  # the first one leads over the chapters
    assert [float(link["data-at"]) for link in links] == [pytest.approx(at, abs=0.001) for _, at in told.starts]
    headings = [given["id"] for given in made.of("h2")]
    assert [link["href"] for link in links] == [f"#{id_}" for id_ in headings[1:]]
    ids = [given["id"] for _, given in made.elements if "id" in given]
    assert len(ids) == len(set(ids))


def test_it_says_which_session_it_is(tmp_path: Path) -> None:
    told = edition(sounding(tmp_path, simulated=True))
    text = page(told).text
    for part in ("Worry and answer", "Mia and Zoë", "2026-11-22 21:47", clock(told.session.seconds), "Simulated"):
        assert part in text
    assert "Simulated" not in page(edition(sounding(tmp_path / "real"))).text


def test_names_stand_beside_what_each_said(tmp_path: Path) -> None:
    made = page(edition(sounding(tmp_path)))
    turns = [each["data-who"] for each in made.of("div") if "data-who" in each]
    assert turns == ["guide", "guide", "a", "guide", "guide", "b", "guide"]
    assert [name.strip() for name in made.contents["b"]] == ["Guide", "Guide", "Mia", "Guide", "Guide", "Zoë", "Guide"]


def test_doubtful_and_mended_words_are_marked_and_explained_where_there_are_any(tmp_path: Path) -> None:
    sure = tuple((t, replace(event, doubtful=False) if isinstance(event, Utterance) else event) for t, event in EVENTS)
    plain = page(edition(sounding(tmp_path / "plain", sure))).text
    assert DOUBT not in plain
    assert "mended" not in plain
    events = saying(
        (25.0, Utterance(6, "b", "perhaps a mouse", None, 24.5, 0.4, doubtful=True, place=3)),
        (26.0, Amended(3, "you <hurry>", BY_HAND)),
    )
    made = page(edition(sounding(tmp_path / "marked", events)))
    assert DOUBT_MEANS in made.text
    assert made.of("span", **{"class": "text words doubtful"})
    assert made.text.count(DOUBT) == 3  # in the legend, and at two utterances
    assert "you <hurry>" in made.text
    assert [first.strip() for first in made.contents["q"]] == ["you worry"]


def test_what_was_struck_is_nowhere(tmp_path: Path) -> None:
    session = sounding(tmp_path)
    assert "the little house" in written(edition(session, "a"))
    transcript = Transcript.open(session.folder)
    transcript.strike((1,))
    transcript.close()
    assert "the little house" not in written(edition(read(session.folder), "a"))


def test_one_partners_edition_has_nothing_of_the_other_and_no_choice(tmp_path: Path) -> None:
    made = page(edition(sounding(tmp_path), "b"))
    assert "the little house" not in made.text
    assert made.of("select", id="only") == []
    assert [each["value"] for each in page(edition(sounding(tmp_path / "both"))).of("option")][-3:] == ["", "a", "b"]


# -- agreements --------------------------------------------------------------------------------------------------


def test_what_was_agreed_stands_at_the_end_for_those_who_agreed(tmp_path: Path) -> None:
    driver = promised()
    driver.say("yes", VoiceCommand.YES)
    session = read(write_session(tmp_path, tuple(driver.events), header(steps=RICH, names=NAMES)))
    (agreed,) = agreed_in(session)
    assert (agreed.who, agreed.words, agreed.again.isoformat()) == ("Mia and Zoë", TEA, "2026-11-29")
    made = written(edition(session))
    assert made.index('id="agreements"') > made.rindex('class="turn"')
    assert made.rindex("2026-11-29") > made.rindex(TEA) > made.index('id="agreements"')
    assert 'id="agreements"' not in written(edition(sounding(tmp_path / "none")))
