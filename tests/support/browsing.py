"""A headless browser with the network off, and a page in it. Import the fixtures from here."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.editions import HOSTILE, edition, sounding
from tests.support.records import EVENTS
from voiceguide.export import export_to
from voiceguide.record import BY_HAND
from voiceguide.session.events import Amended, Utterance

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")

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
