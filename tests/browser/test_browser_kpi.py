"""A stakeholder in a real browser: from a red KPI to why, since when, by whom and what was told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.browser.chromium import a_run_of, wait_for_app

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.serving import Server

KPI = "Desk hours per 1,000 requests"
ADDRESS = "project=bike-shop-workshop"


def told(page: Page) -> str:
    return page.locator("[data-testid=stMain]").inner_text()


def test_a_red_kpi_leads_to_why_since_when_its_owner_and_its_promise_in_four_clicks(
    page: Page, server: Server
):
    page.goto(f"{server.url}/?{ADDRESS}")
    wait_for_app(page)
    card = page.locator("[data-testid=stVerticalBlock]").filter(has=page.get_by_text(KPI))
    card = card.filter(has=page.get_by_role("button")).last
    card.get_by_role("link", name="See it over time").click()  # click 1
    page.get_by_text("Who owns it, and what was promised").first.wait_for()
    wait_for_app(page)
    shown = told(page)
    assert re.search(rf"{KPI}: \d+(\.\d+)? h per 1,000 cases in the week of", shown)
    assert "the target of 72 by 31 Aug 2025 is not met, and its day is past" in shown
    assert re.search(r"\d+(\.\d+)? other \(measured minus implied\)", shown)  # measured, implied
    assert "Owner: Ines Varga" in shown
    assert "Two new people at the desk" in shown  # what happened, with its day
    assert "kpi=desk-hours" in page.url

    page.get_by_role("link", name="The model's metrics over time").click()  # click 2: why
    page.get_by_text("Monitored metrics").first.wait_for()
    wait_for_app(page)
    assert re.search(r"has drifted since the week of \d+ \w{3} \d{4}", told(page))  # since when

    page.go_back()
    page.get_by_role("link", name="Were the promises kept?").click()  # click 3: what was promised
    page.get_by_text("promises of this project kept").first.wait_for()
    wait_for_app(page)
    assert "This KPI as it was measured" in told(page)  # the promised screen shows this KPI
    page.get_by_role("link", name="This KPI as it was measured").click()  # click 4
    page.get_by_text("Who owns it, and what was promised").first.wait_for()
    assert "kpi=desk-hours" in page.url


def test_a_click_on_a_row_of_the_list_opens_its_kpi(page: Page, server: Server):
    page.goto(f"{server.url}/kpi?{ADDRESS}")
    wait_for_app(page)
    assert "needs attention first" in told(page)
    table = page.locator("[data-testid=stDataFrame]").first
    with a_run_of(page):
        table.click(position={"x": 60, "y": 52})  # the first row, below the header
    page.get_by_text("Who owns it, and what was promised").first.wait_for()
    assert f"{KPI}: " in told(page)
    assert "kpi=desk-hours" in page.url


def test_a_chart_and_a_table_are_downloaded_by_their_own_button(page: Page, server: Server):
    page.goto(f"{server.url}/kpi?{ADDRESS}&kpi=desk-hours")
    wait_for_app(page)
    buttons = page.locator("[data-testid=stPopover]").filter(has_text="Download")
    for place, label, begins in ((0, "PNG", b"\x89PNG"), (1, "CSV", b"\xef\xbb\xbfBy,Target")):
        with a_run_of(page):
            buttons.nth(place).get_by_role("button").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=label, exact=True).click()
        assert download.value.path().read_bytes().startswith(begins)
        page.keyboard.press("Escape")
        wait_for_app(page)
