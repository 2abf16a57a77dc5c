"""Two journeys in light, in dark and on a phone: a stakeholder's minute, and a meeting's page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx

from tests.browser import hand
from tests.browser.chromium import wait_for_app
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.serving import Server

KPI = "Desk hours per 1,000 requests"
SHEET = {"width": 703, "height": 994}  # what A4 leaves between its margins, in pixels
MOST_ACTIONS = 6


def told(page: Page) -> str:
    return str(page.locator("[data-testid=stMain]").inner_text())


def test_a_stakeholder_finds_six_answers_within_six_actions(any_page: Page, server: Server):
    """Worth it? Why red, since when, whose? Against last quarter? What was promised?"""
    page, n_actions = any_page, 0

    def follow(link: str, until: str) -> str:
        nonlocal n_actions
        n_actions += 1
        page.get_by_role("link", name=link).first.click()
        page.get_by_text(until).first.wait_for()
        wait_for_app(page)
        return told(page)

    page.goto(f"{server.url}/?project=bike-shop-workshop&shown=bike-shop-workshop")
    wait_for_app(page)
    shown = told(page)
    worth = r"2 live models earn EUR [\d.]+k / year, planned EUR [\d.]+k / year"
    assert re.search(worth, shown)
    assert re.search(r"likely [\d.]+k to [\d.]+k \(8 times in 10\), grade C", shown)
    assert "Triage of workshop requests needs attention first" in shown

    card = page.locator("[data-testid=stVerticalBlock]").filter(has=page.get_by_text(KPI))
    card = card.filter(has=page.get_by_role("button")).last
    assert "off target" in card.inner_text()
    n_actions += 1
    card.get_by_role("link", name="See it over time").click()
    page.get_by_text("Who owns it, and what was promised").first.wait_for()
    wait_for_app(page)
    shown = told(page)
    assert "the target of 72 by 31 Aug 2025 is not met, and its day is past" in shown  # why red
    assert "Owner: Ines Varga" in shown

    n_actions += 2  # the list and its option
    hand.choose(page, "Time range", "Last quarter")
    shown = told(page)
    assert "Shown: 1 Jan to 31 Mar 2026 (90 days); compared with 1 Oct to 31 Dec 2025" in shown
    assert re.search(r"Against the period before\s+[+−][\d.]+ \([+−]?<?\d+%\)", shown)
    assert re.search(r"Against a year ago\s+[+−][\d.]+", shown)

    shown = follow("The model's metrics over time", "Monitored metrics")
    assert re.search(r"has drifted since the week of \d+ \w{3} \d{4}", shown)  # since when
    page.go_back()
    page.get_by_text("Who owns it, and what was promised").first.wait_for()
    wait_for_app(page)
    shown = follow("Were the promises kept?", "promises of this project kept")
    assert re.search(r"\d of \d promises of this project kept", shown)
    assert n_actions <= MOST_ACTIONS


def test_a_meeting_goes_from_the_options_to_a_printed_page(any_page: Page, server: Server):
    """What was decided, with its options, conditions and dissent, on paper as on the screen."""
    page = any_page
    page.goto(f"{server.url}/adoption?project=bike-shop-winback&edit=1")
    wait_for_app(page)
    assert "champion-1.0" in told(page)
    hand.write(page, "Decision in one line", "Try it in one region")
    hand.write(page, "Why", "The cheapest way to learn more")
    page.get_by_text("Conditions, dissent and participants").click()
    hand.write(page, "Dissent", "Mara: too early")
    hand.press(page, "button", re.compile("Record the decision$"))
    page.get_by_text("Decision recorded as").first.wait_for()
    wait_for_app(page)
    batch = re.search(r"Decision recorded as (B\d+)", told(page))[1]
    try:
        hand.open_menu(page)
        hand.press(page, "button", re.compile("Print view$"))
        page.get_by_text("This is the screen as it prints").wait_for()
        wait_for_app(page)
        assert "print=1" in page.url
        page.set_viewport_size(SHEET)
        page.emulate_media(media="print")
        wait_for_app(page)
        for left_out in ("stSidebar", "stHeader", "stSelectbox", "stButton", "stTextInput"):
            assert not [e for e in page.get_by_test_id(left_out).all() if e.is_visible()], left_out
        shown = told(page)
        for part in ("Member win-back", "as of 30 Jun 2026", "Try it in one region",
                     "The cheapest way to learn more", "Dissent: Mara: too early"):  # fmt: skip
            assert part in shown
        assert page.get_by_role("table").first.is_visible()
        right = page.evaluate(
            "() => Math.max(...[...document.querySelectorAll('[data-testid=stMainBlockContainer] "
            ":is(p, td, th, h1, h3, svg)')].map((e) => e.getBoundingClientRect().right))"
        )
        assert right <= SHEET["width"] + 1
        paper = page.pdf(format="A4", prefer_css_page_size=True)
        assert paper.startswith(b"%PDF")
        assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= 6
    finally:  # the server is shared
        told_by = httpx.delete(
            f"{server.url}/api/v1/projects/bike-shop-winback/imports/{batch}",
            headers={"Authorization": f"Bearer {server.token}"},
            timeout=PATIENCE,
        )
    assert told_by.json()["kind"] == "decisions"
