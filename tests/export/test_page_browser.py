"""The replay page in a real browser, opened from a file, with the network off: heard, searched, printed and read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.support.editions import HOSTILE, edition, hostile, sounding
from tests.support.records import EVENTS
from voiceguide.cleaning import clean
from voiceguide.export import export_to
from voiceguide.record import BY_HAND
from voiceguide.session.events import Amended, Utterance

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = shutil.which("chromium")

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here (Debian: apt-get install chromium)"),
]

TIMES = ((0.1, 0.2), (0.5, 0.6), (0.9, 1.0), (1.2, 1.4), (1.6, 1.7), (2.0, 2.3))
TYPED = f"{HOSTILE} {'unbroken' * 200}"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page: known word times, doubtful and mended words, and words that want to be more than words."""
    folder = tmp_path_factory.mktemp("page")
    events = tuple(
        (t, replace(event, times=TIMES) if isinstance(event, Utterance) and event.id == 1 else event)
        for t, event in EVENTS[:-1]
    )
    events = (
        *events,
        (25.0, Utterance(6, "b", TYPED, None, 24.5, 0.4, doubtful=True, place=4)),
        (26.0, Amended(3, "you hurry", BY_HAND)),
    )
    file = folder / "page.html"
    export_to(edition(sounding(folder / "sessions", events)), "html", file)
    return file


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    # Its sandbox cannot be used by root, and a test's own page needs none.
    args = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        yield browser
        browser.close()


def opened(browser: Browser, path: Path, width: int = 1280, **chosen: Any) -> Page:
    """The page, ready to be heard; any address outside of it, and any error in it, is kept in TROUBLES."""
    context = browser.new_context(viewport={"width": width, "height": 800}, **chosen)
    context.set_offline(True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    troubles: list[str] = []
    page.on("request", lambda request: troubles.extend(filter(is_outside, [request.url])))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(path.as_uri())
    page.locator("body[data-ready]").wait_for()
    TROUBLES[page] = troubles
    return page


TROUBLES: dict[Any, list[str]] = {}


def is_outside(address: str) -> bool:
    return not address.startswith(("file:", "blob:", "data:"))


@pytest.fixture
def page(browser: Browser, path: Path) -> Iterator[Page]:
    page = opened(browser, path)
    yield page
    troubles = TROUBLES.pop(page)
    page.context.close()
    assert troubles == []


def until(page: Page, condition: str) -> None:
    """Wait for this of the page. Playwright's own way needs ``eval``, which the page's policy forbids later on."""
    held = page.evaluate(
        f"""() => new Promise((done) => {{
            const late = setTimeout(() => done(false), 20000);
            const look = () => {{
                if (!({condition})) return setTimeout(look, 5);
                clearTimeout(late);
                done(true);
            }};
            look();
        }})"""
    )
    assert held, condition


def time(page: Page) -> float:
    return float(page.evaluate("audio.currentTime"))


def at(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.get_attribute("data-at") or "nan")


def pause(page: Page) -> None:
    page.evaluate("audio.pause()")
    until(page, "audio.paused")


def word(text: str) -> str:
    return f".said span[data-at]:text-is('{text}')"


# -- hearing -----------------------------------------------------------------------------------------------------


def plays_from(page: Page, wanted: float) -> None:
    until(page, f"!audio.paused && audio.currentTime >= {wanted} - 0.05 && audio.currentTime < {wanted} + 5")
    pause(page)


def only(page: Page, name: str) -> None:
    page.get_by_label("Hear", exact=True).select_option(f"Only {name}")


def test_a_click_plays_from_the_word_the_utterance_or_the_turn(page: Page) -> None:
    page.locator(word("little")).click()
    plays_from(page, at(page, word("little")))
    page.get_by_text("you hurry").click()
    plays_from(page, at(page, ".said:has-text('you hurry')"))
    page.locator(".turn[data-who=b] button").first.click()
    plays_from(page, at(page, ".turn[data-who=b]"))
    page.locator(".turn button").first.click()
    until(page, "!audio.paused")
    page.keyboard.press("Space")
    until(page, "audio.paused")
    button = page.locator(".turn[data-who=a] button").first
    button.focus()
    page.keyboard.press("Enter")
    plays_from(page, at(page, ".turn[data-who=a]"))
    assert button.evaluate("(button) => document.activeElement === button")


def test_selecting_words_is_no_click(page: Page) -> None:
    words = page.locator(".turn[data-who=a] p").first
    words.evaluate("(words) => words.scrollIntoView({ block: 'center' })")
    box = words.bounding_box()
    assert box
    page.mouse.move(box["x"] + 2, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 12, steps=5)
    page.mouse.up()
    assert "worry" in page.evaluate("String(getSelection())")
    assert page.evaluate("audio.paused")


def test_a_chapter_is_gone_to(page: Page) -> None:
    link = page.locator("nav a").nth(2)
    wanted = float(link.get_attribute("data-at") or "nan")
    link.click()
    until(page, "!audio.seeking")
    assert time(page) == pytest.approx(wanted, abs=0.05)
    assert page.evaluate("audio.paused")
    assert link.get_attribute("aria-current") == "true"
    assert page.locator("h2#part-3").evaluate("(h2) => isInSight(h2)")


def test_what_is_heard_is_lit_word_by_word_where_that_is_known(page: Page) -> None:
    page.locator(word("worry")).click()
    until(page, "document.querySelector('.said span[data-now]')?.textContent === 'worry'")
    assert page.locator(".turn[data-now]").get_attribute("data-who") == "a"
    until(page, "document.querySelector('.said span[data-now]')?.textContent === 'about'")
    assert page.locator(".said span[data-now]").count() == 1
    page.get_by_text("you hurry").click()
    until(page, "document.querySelector('.said[data-now]')?.textContent.includes('you hurry')")
    assert page.locator(".said span[data-now]").count() == 0
    assert page.locator("[data-now]").count() == 2  # the utterance and its turn


def test_what_is_heard_stays_in_sight(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 420})
    page.locator("h2#part-1").scroll_into_view_if_needed()
    assert not page.locator(".turn").last.evaluate("(turn) => isInSight(turn)")
    for share in range(1, 11):
        page.evaluate(f"seek(seconds * {share / 10})")
        assert page.locator(".said[data-now]").evaluate("(said) => isInSight(said)")


def test_speed_slider_and_keys(page: Page) -> None:
    page.keyboard.press("Space")
    until(page, "!audio.paused")
    page.get_by_role("button", name="Pause").wait_for()
    page.keyboard.press("Space")
    until(page, "audio.paused")
    page.evaluate("seek(1)")
    for key, seconds in (("ArrowRight", 16), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        assert time(page) == pytest.approx(seconds, abs=0.05)
    page.evaluate("seek(16.5)")
    for left in (1.5, 0):
        page.get_by_role("button", name="Back 15 seconds").click()
        assert time(page) == pytest.approx(left, abs=0.05)
    assert time(page) == 0
    page.get_by_role("slider", name="Position").fill("7")
    assert time(page) == pytest.approx(7, abs=0.05)
    assert page.locator("#now").text_content() == "0:07"
    assert (page.locator("#position").get_attribute("aria-valuetext") or "").startswith("0:07 of ")
    assert page.evaluate("audio.playbackRate") == 1
    page.get_by_label("Speed", exact=True).select_option("1.5")
    assert page.evaluate("[audio.playbackRate, audio.preservesPitch]") == [1.5, True]


@pytest.mark.parametrize(("partner", "name"), [("a", "Mia"), ("b", "Zoë")])
def test_only_one_partner_is_seen_and_heard(page: Page, partner: str, name: str) -> None:
    only(page, name)
    shown = page.locator(".turn:visible")
    assert {shown.nth(n).get_attribute("data-who") for n in range(shown.count())} == {partner}
    page.evaluate("window.heard = {}; audio.playbackRate = 2")
    page.evaluate(
        "setInterval(() => audio.paused || (heard[turn.dataset.who] = (heard[turn.dataset.who] || 0) + 1), 5)"
    )
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, f"heard.{partner} > 20")
    until(page, "audio.paused")
    heard = page.evaluate("heard")  # a busy machine notices a moment late where another one begins
    assert heard[partner] > 4 * (sum(heard.values()) - heard[partner])
    page.get_by_role("button", name="Play", exact=True).click()  # from the beginning again
    until(page, "!audio.paused")
    assert time(page) == pytest.approx(at(page, f".turn[data-who={partner}]"), abs=3)


def test_back_goes_over_the_other_one_and_the_search_too(page: Page) -> None:
    only(page, "Zoë")
    hurry, typed = (page.locator(".turn[data-who=b] .said").nth(n) for n in (0, -1))
    begins = float(typed.get_attribute("data-at") or "nan")
    page.evaluate(f"seek({begins} + 3); move(-4)")  # as the button does, by less than the sample's turns last
    assert time(page) == pytest.approx(float(hurry.get_attribute("data-end") or "nan") - 1, abs=0.05)
    page.get_by_role("button", name="Back 15 seconds").click()
    assert time(page) == pytest.approx(float(hurry.get_attribute("data-at") or "nan"), abs=0.05)
    page.get_by_role("searchbox").fill("money")
    assert page.locator("#found").text_content() == "Nothing found"


# -- the search --------------------------------------------------------------------------------------------------


def test_places_are_found_marked_counted_and_gone_through(page: Page) -> None:
    query, told = page.get_by_role("searchbox"), page.locator("#found")

    def assert_told(begin: str) -> None:
        assert (told.text_content() or "").startswith(begin)

    query.fill("WORR")
    many = page.locator("mark").count()
    assert many > 2
    assert_told(f"1 of {many}, at 0:")
    query.press("Enter")
    assert_told(f"2 of {many}")
    assert page.locator("mark.here").evaluate("(mark) => found[1].includes(mark) && isInSight(mark)")
    query.press("Shift+Enter")
    page.get_by_role("button", name="Previous place found").click()
    assert_told(f"{many} of {many}")
    page.get_by_role("button", name="Next place found").click()
    assert_told("1 of ")
    before = page.locator("main").text_content()
    query.fill("")
    assert page.locator("mark").count() == 0
    assert page.locator("main").text_content() == before
    query.press_sequentially("the  little")  # a space is no key of the player here
    assert query.input_value() == "the  little"
    assert page.evaluate("audio.paused")
    query.press_sequentially(" house")
    assert_told("1 of ")
    assert page.locator(".turn[data-who=a] mark").count() == 5  # three words and what is between them
    query.fill("*star* _under_ [link](")
    assert_told("1 of 1")
    query.fill(".*")
    assert told.text_content() == "Nothing found"
    query.fill("you worry")  # as it was heard first
    assert page.locator("q mark").count() == 1
    query.fill("hurry")
    query.press("Escape")
    assert page.evaluate("document.activeElement.closest('.turn').dataset.who") == "b"
    assert query.input_value() == "hurry"


# -- safety ------------------------------------------------------------------------------------------------------


def test_hostile_words_stay_words_and_the_policy_stops_what_would_get_in(page: Page) -> None:
    assert clean(TYPED) in (page.locator(".turn[data-who=b]").last.text_content() or "")
    assert page.locator("script").count() == 2
    assert page.locator("main :is(b, i, a, script, v) script, main a").count() == 0
    page.evaluate(
        """() => {
            window.blocked = [];
            document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "window.owned = true";
            document.body.append(script);
            const div = document.createElement("div");
            div.innerHTML = "<img src='x' onerror='window.owned = true'>";
            document.body.append(div);
        }"""
    )
    until(page, "blocked.length >= 2")
    assert page.evaluate("window.owned") is None
    assert page.evaluate("blocked.sort()[0]") == "img-src"
    assert page.evaluate("fetch('https://example.org').then(() => true, () => false)") is False
    TROUBLES[page][:] = [each for each in TROUBLES[page] if "example.org" not in each]


def test_a_megabyte_in_one_turn_does_not_break_it(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    export_to(edition(hostile(tmp_path / "sessions", 1_000_000)), "html", file)
    page = opened(browser, file, 390)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("searchbox").fill("word")
    assert (page.locator("#found").text_content() or "").startswith("1 of 1000 or more")
    page.context.close()
    assert TROUBLES.pop(page) == []


# -- looks -------------------------------------------------------------------------------------------------------


def test_on_paper_all_words_stand_and_no_controls(page: Page) -> None:
    only(page, "Zoë")
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in ("#player", "#search", "nav"):
        assert not page.locator(hidden).is_visible()
    turns = page.locator(".turn")
    assert all(turns.nth(n).is_visible() for n in range(turns.count()))
    colours = page.locator("body").evaluate("(b) => [getComputedStyle(b).color, getComputedStyle(b).backgroundColor]")
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_axe_finds_nothing(
    browser: Browser, path: Path, scheme: Literal["light", "dark"], width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = opened(browser, path, width, color_scheme=scheme, bypass_csp=True)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for button in ("#play", "#back"):
        box = page.locator(button).bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
    page.get_by_role("searchbox").fill("worry")
    page.locator("summary").click()
    page.locator(word("little")).click()
    until(page, "document.querySelector('.said span[data-now]')")
    found = axe.Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"]) for each in found if each["impact"] in ("serious", "critical")] == []
    page.context.close()
    assert TROUBLES.pop(page) == []


def test_without_javascript_it_is_read(browser: Browser, path: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert "To hear this page" in (page.locator("noscript").text_content() or "")
    assert page.get_by_text("the little house").first.is_visible()
    assert not page.locator("#player").is_visible()
    assert page.locator("button:enabled:visible").count() == 0
    context.close()
