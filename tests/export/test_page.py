"""The replay page as text: what stands in it, and that nothing said can become more than words."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.session.test_agreements import TEA, promised
from tests.support.editions import HOSTILE, edition, exported, sounding
from tests.support.records import EVENTS, header, struck, write_session
from tests.support.small_exercise import NAMES, RICH
from voiceguide.cleaning import clean
from voiceguide.export.edition import Edition
from voiceguide.record import BY_HAND, read
from voiceguide.record.agreements import agreed_in
from voiceguide.record.story import clock
from voiceguide.session.events import Amended, Utterance
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


@cache
def written(told: Edition) -> str:
    return exported(told, "html").decode("utf-8")


@cache
def page(told: Edition) -> Page:
    return Page(written(told))


# -- nothing but words -------------------------------------------------------------------------------------------


def test_hostile_words_names_and_titles_stay_words(evil: Edition, tmp_path: Path) -> None:
    made = page(evil)
    assert {tag for tag, _ in made.elements} <= OURS
    assert len(made.of("script")) == 2
    assert made.comments == []
    assert "\x1b" not in made.text
    assert "\u202e" not in made.text
    for words in (HOSTILE, "A <b>&\x1b[2J", 'B" onload=x --> \u202e', "x" * 100_000):
        assert clean(words) in made.text
    for tag, given in made.elements:
        assert not [name for name in given if name == "style" or name.startswith("on")], (tag, given)
    mark = '"><img src=x onerror=alert(1)></title>'
    made = page(edition(sounding(tmp_path, title=mark, started=mark)))
    assert {tag for tag, _ in made.elements} <= OURS
    assert made.text.count(mark) == 3  # the window's title, the page's, and the date


def test_no_address_leads_out_and_the_policy_allows_the_pages_own_style_and_script_only(told: Edition) -> None:
    made = page(told)
    names = ("href", "src", "action", "formaction")
    addresses = [given[name] for _, given in made.elements for name in names if name in given]
    assert addresses
    assert all(address.startswith("#") for address in addresses)
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


def test_the_sound_is_the_mp3_of_the_edition(told: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceguide.export.page._PIECE", 3 * 64)  # many pieces
    made = Page(exported(told, "html").decode("utf-8"))
    assert made.of("script", id="sound") == [{"type": "application/octet-stream", "id": "sound"}]
    assert base64.b64decode(made.contents["script"][1], validate=True) == exported(told, "mp3")


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


def test_chapters_lead_to_headings(told: Edition) -> None:
    made = page(told)
    links = made.of("a")[1:]  # the first one leads over the chapters
    assert [float(link["data-at"]) for link in links] == [pytest.approx(at, abs=0.001) for _, at in told.starts]
    headings = [given["id"] for given in made.of("h2")]
    assert [link["href"] for link in links] == [f"#{id_}" for id_ in headings[1:]]
    ids = [given["id"] for _, given in made.elements if "id" in given]
    assert len(ids) == len(set(ids))


def test_it_says_which_session_it_is_and_who_said_what(told: Edition, tmp_path: Path) -> None:
    simulated = page(edition(sounding(tmp_path, simulated=True))).text
    for part in ("Worry and answer", "Mia and Zoë", "2026-11-22 21:47", clock(told.session.seconds), "Simulated"):
        assert part in simulated
    made = page(told)
    assert "Simulated" not in made.text
    turns = [each["data-who"] for each in made.of("div") if "data-who" in each]
    assert turns == ["guide", "guide", "a", "guide", "guide", "b", "guide"]
    assert [name.strip() for name in made.contents["b"]] == ["Guide", "Guide", "Mia", "Guide", "Guide", "Zoë", "Guide"]


def test_doubtful_and_mended_words_are_marked_and_explained_where_there_are_any(tmp_path: Path) -> None:
    sure = tuple((t, replace(event, doubtful=False) if isinstance(event, Utterance) else event) for t, event in EVENTS)
    plain = page(edition(sounding(tmp_path / "plain", sure))).text
    assert DOUBT not in plain
    assert "mended" not in plain
    events = (
        *EVENTS[:-1],
        (25.0, Utterance(6, "b", "perhaps a mouse", None, 24.5, 0.4, doubtful=True, place=3)),
        (26.0, Amended(3, "you <hurry>", BY_HAND)),
    )
    made = page(edition(sounding(tmp_path / "marked", events)))
    assert DOUBT_MEANS in made.text
    assert made.of("span", **{"class": "text words doubtful"})
    assert made.text.count(DOUBT) == 3  # in the legend, and at two utterances
    assert "you <hurry>" in made.text
    assert [first.strip() for first in made.contents["q"]] == ["you worry"]


def test_one_partners_edition_has_nothing_of_the_other_nor_what_was_struck_and_no_choice(
    told: Edition, tmp_path: Path
) -> None:
    session = sounding(tmp_path)
    made = page(edition(session, "b"))
    assert "the little house" not in made.text
    assert made.of("select", id="only") == []
    assert [each["value"] for each in page(told).of("option")][-3:] == ["", "a", "b"]
    assert "the little house" in written(edition(session, "a"))
    assert "the little house" not in written(edition(struck(session.folder, (1,)), "a"))


# -- agreements --------------------------------------------------------------------------------------------------


def test_what_was_agreed_stands_at_the_end_for_those_who_agreed(told: Edition, tmp_path: Path) -> None:
    driver = promised()
    driver.say("yes", VoiceCommand.YES)
    session = read(write_session(tmp_path, tuple(driver.events), header(steps=RICH, names=NAMES)))
    (agreed,) = agreed_in(session)
    assert (agreed.who, agreed.words, agreed.again.isoformat()) == ("Mia and Zoë", TEA, "2026-11-29")
    made = written(edition(session))
    assert made.index('id="agreements"') > made.rindex('class="turn"')
    assert made.rindex("2026-11-29") > made.rindex(TEA) > made.index('id="agreements"')
    assert 'id="agreements"' not in written(told)
