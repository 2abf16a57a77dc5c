"""Browsers of two languages at one server: days and numbers as each writes them."""

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
    ("tag", "as_of", "own", "other"),
    [
        ("en-US", "Jun 30, 2026", r"EUR \d,\d{3} / week", r"\d\.\d{3}\b"),
        ("de-DE", "30 Jun 2026", r"EUR \d\.\d{3} / week", r"\d,\d{3} "),
    ],
)
def test_a_screen_follows_the_language_of_its_browser(
    browser: Browser, server: Server, tag: str, as_of: str, own: str, other: str
):
    window = {"width": 1280, "height": 900}
    with watched(browser.new_context(viewport=window, locale=tag)) as page:
        page.goto(f"{server.url}/deployment?project=bike-shop-demand")
        wait_for_app(page)
        shown = page.locator(_MAIN).inner_text()
    assert f"as of {as_of}" in shown
    assert re.search(own, shown)
    assert not re.search(f"EUR {other}", shown)
