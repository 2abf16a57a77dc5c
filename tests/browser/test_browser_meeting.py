"""An adoption meeting in a real browser: compare, decide, reopen what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from tests.browser.chromium import wait_for_app

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.serving import Server

PROJECT = "bike-shop-winback"


def test_a_meeting_compares_decides_and_finds_its_decision_again(page: Page, server: Server):
    page.goto(f"{server.url}/candidates?project={PROJECT}")
    wait_for_app(page)
    main = page.locator("[data-testid=stMain]")
    first = main.locator("[data-testid=stMarkdown] p").first.inner_text()
    assert first.startswith("champion-1.0 is worth most")
    assert "challenger-1.1 has the better ROC AUC" in first

    page.get_by_role("link", name="Decide on it").click()
    wait_for_app(page)
    page.get_by_label("What is decided").fill("Keep the champion")
    page.get_by_label("Why").fill("It flags fewer members in vain")
    page.get_by_role("button", name="Record the decision").click()
    page.get_by_text("Keep the champion").first.wait_for()
    wait_for_app(page)

    page.goto(f"{server.url}/adoption?project={PROJECT}")  # as months later, from a bookmark
    wait_for_app(page)
    told = main.inner_text()
    assert "Keep the champion" in told
    assert "It flags fewer members in vain" in told

    headers = {"Authorization": f"Bearer {server.token}"}
    page.goto(f"{server.url}/imports?project={PROJECT}")
    wait_for_app(page)
    batch = page.url.split("batch=")[1].split("&")[0]
    undone = httpx.delete(
        f"{server.url}/api/v1/projects/{PROJECT}/imports/{batch}", headers=headers, timeout=60
    )
    assert undone.json()["kind"] == "decisions"
