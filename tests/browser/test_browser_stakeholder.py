"""A stakeholder in a real browser: from a link to a KPI that is understood, in four clicks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.browser.chromium import wait_for_app

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.serving import Server

KPI = "Desk hours per 1,000 requests"


def test_a_link_leads_to_a_kpi_its_target_freshness_definition_and_origin(
    page: Page, server: Server
):
    page.goto(f"{server.url}/?project=bike-shop-workshop")  # as it stands in an e-mail
    wait_for_app(page)
    card = page.locator("[data-testid=stVerticalBlockBorderWrapper], [data-testid=stVerticalBlock]")
    card = card.filter(has=page.get_by_text(KPI)).filter(has=page.get_by_role("button")).last
    told = card.inner_text()
    assert re.search(r"\d+(\.\d+)? h per 1,000 cases", told)  # value and unit
    assert re.search(r"Target \d+(\.\d+)? h per 1,000 cases by \d+ \w{3} \d{4}", told)
    assert re.search(r"(Data|weeks) to \d+ \w{3} 2026, (less than a day|\d+ days?) old", told)
    assert re.search(r"likely \d[\d.,kM]* to \d[\d.,kM]* \(8 times in 10\)", told)

    card.get_by_role("button", name="Definition and origin").click()  # click 1
    wait_for_app(page)
    opened = page.locator("[data-testid=stPopoverBody]")
    assert "Hours the desk spends reading and passing on requests" in opened.inner_text()
    assert "lower is better" in opened.inner_text()

    opened.get_by_role("link", name="Formulas and inputs").click()  # click 2
    wait_for_app(page)
    page.get_by_text("How this was calculated: formulas, inputs, sources").click()  # click 3
    page.get_by_text(re.compile("Chow")).first.wait_for()
    wait_for_app(page)
    page.get_by_role("link", name=re.compile(r"Batch B\d+")).first.click()  # click 4
    wait_for_app(page)
    main = page.locator("[data-testid=stMain]").inner_text()
    assert "metric_results" in main
    assert "By demo on" in main


def test_a_screen_prints_whole_without_menu_and_controls(page: Page, server: Server):
    page.goto(f"{server.url}/kpi?project=bike-shop-workshop&kpi=desk-hours&print=1")
    wait_for_app(page)
    assert page.title() == "KPI · Workshop time and triage · MLPM"
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 994})  # what A4 leaves between its margins
    wait_for_app(page)
    for left_out in ("stSidebar", "stHeader", "stSelectbox", "stButton", "stPageLink"):
        assert not [e for e in page.get_by_test_id(left_out).all() if e.is_visible()], left_out
    assert not page.get_by_text("This is the screen as it prints").is_visible()
    assert page.get_by_text("Workshop time and triage").first.is_visible()
    assert page.get_by_role("table").last.is_visible()
    width, height, shown = page.evaluate(
        """() => {
            const main = document.querySelector('[data-testid="stMainBlockContainer"]');
            const all = [...main.querySelectorAll('p, td, th, canvas, h1, h3')];
            const right = Math.max(...all.map((e) => e.getBoundingClientRect().right));
            return [right, document.documentElement.scrollHeight, main.scrollHeight];
        }"""
    )
    assert width <= 703 + 1
    assert height >= shown > 994  # more than one sheet, and no part scrolls


def test_a_dark_screen_prints_in_dark_letters(dark_page: Page, server: Server):
    """Paper is white whatever the theme; charts are turned round, for they are drawn in it."""
    dark_page.goto(f"{server.url}/kpi?project=bike-shop-workshop&kpi=desk-hours&print=1")
    wait_for_app(dark_page)
    dark_page.emulate_media(media="print")
    colours = dark_page.evaluate(
        """() => {
            const all = [...document.querySelectorAll('h1, p, td, th')];
            return [...new Set(all.map((e) => getComputedStyle(e).color))];
        }"""
    )
    assert colours == ["rgb(27, 31, 36)"]
    chart = dark_page.locator(".stVegaLiteChart svg").first
    assert "invert(1)" in chart.evaluate("(e) => getComputedStyle(e).filter")
    assert "\\" not in chart.locator("..").get_attribute("aria-label")
