"""Browsers of two languages at one server: days and numbers as each writes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.browser.chromium import wait_for_app, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.serving import Server

_MAIN = "[data-testid=stMain]"
_AMERICAN, _GERMAN = r"\b[A-Z][a-z]{2} \d{1,2}, 20\d\d\b", r"\b\d{1,2} [A-Z][a-z]{2} 20\d\d\b"


def test_two_languages_at_once_each_keep_their_own_days_and_marks(browser: Browser, server: Server):
    """What is kept for all readers is written for each: neither sees the other's form."""
    screens = {
        "en-US": (_AMERICAN, f"{_GERMAN}|EUR [1-9]\\d{{0,2}}\\.\\d{{3}}\\b"),
        "de-DE": (_GERMAN, f"{_AMERICAN}|EUR [1-9]\\d{{0,2}},\\d{{3}}\\b"),
    }
    of_deployment = {
        "en-US": ("as of Jun 30, 2026", r"EUR \d,\d{3} / week"),
        "de-DE": ("as of 30 Jun 2026", r"EUR \d\.\d{3} / week"),
    }
    window = {"width": 1280, "height": 900}
    with (
        watched(browser.new_context(viewport=window, locale="en-US")) as american,
        watched(browser.new_context(viewport=window, locale="de-DE")) as german,
    ):
        tabs = {"en-US": american, "de-DE": german}
        for screen in ("deployment", "estimate", "promised", "risks"):
            for page in tabs.values():  # both ask before either is answered
                page.goto(f"{server.url}/{screen}?project=bike-shop-demand", wait_until="commit")
            for tag, page in tabs.items():
                wait_for_app(page)
                own, others = screens[tag]
                shown = page.locator(_MAIN).inner_text()
                assert re.search(own, shown), (screen, tag)
                assert not re.findall(others, shown), (screen, tag)
                if screen == "deployment":
                    as_of, money = of_deployment[tag]
                    assert as_of in shown
                    assert re.search(money, shown)
