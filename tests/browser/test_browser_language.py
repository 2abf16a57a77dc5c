"""Browsers of two languages at one server: days as each writes them, numbers alike and said so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import wait_for_app, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.serving import Server

_MAIN = "[data-testid=stMain]"


@pytest.mark.parametrize(
    ("tag", "as_of", "is_told"),
    [("en-US", "Jun 30, 2026", False), ("de-DE", "30 Jun 2026", True)],
)
def test_a_screen_follows_the_language_of_its_browser(
    browser: Browser, server: Server, tag: str, as_of: str, is_told: bool
):
    window = {"width": 1280, "height": 900}
    with watched(browser.new_context(viewport=window, locale=tag)) as page:
        page.goto(f"{server.url}/deployment?project=bike-shop-demand")
        wait_for_app(page)
        shown = page.locator(_MAIN).inner_text()
    assert f"as of {as_of}" in shown
    told = "numbers are written 12,345.6, not 12.345,6"
    assert (told in shown) == is_told
    assert re.search(r"EUR \d,\d{3} / week", shown)
    assert not re.search(r"\d\.\d{3},\d|EUR \d\.\d{3}\b", shown.replace(told, ""))


def test_two_languages_at_once_each_keep_their_own_days(browser: Browser, server: Server):
    """What is kept for all readers is written for each: neither sees a day as the other has it."""
    screens = {
        "en-US": (r"\b[A-Z][a-z]{2} \d{1,2}, 20\d\d\b", r"\b\d{1,2} [A-Z][a-z]{2} 20\d\d\b"),
        "de-DE": (r"\b\d{1,2} [A-Z][a-z]{2} 20\d\d\b", r"\b[A-Z][a-z]{2} \d{1,2}, 20\d\d\b"),
    }
    window = {"width": 1280, "height": 900}
    with (
        watched(browser.new_context(viewport=window, locale="en-US")) as american,
        watched(browser.new_context(viewport=window, locale="de-DE")) as german,
    ):
        tabs = {"en-US": american, "de-DE": german}
        for screen in ("estimate", "promised", "support", "risks"):
            for page in tabs.values():  # both ask before either is answered
                page.goto(f"{server.url}/{screen}?project=bike-shop-demand", wait_until="commit")
            for tag, page in tabs.items():
                wait_for_app(page)
                own, others = screens[tag]
                shown = page.locator(_MAIN).inner_text()
                assert re.search(own, shown), (screen, tag)
                assert not re.findall(others, shown), (screen, tag)
