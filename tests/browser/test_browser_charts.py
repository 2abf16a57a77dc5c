"""The pointer on a chart in a real browser: the value of that period with its range, rounded."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.browser.chromium import wait_for_app
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.serving import Server

DEMAND, MODEL = "bike-shop-demand", "demand-forecast-central"
TOOLTIP = "#vg-tooltip-element.visible"


def said_at(page: Page, chart: Locator, across: float, down: float) -> dict[str, str]:
    """The tooltip where the pointer is, by what its lines are called."""
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 1, box["y"] + 1)
    page.locator(TOOLTIP).wait_for(state="detached")
    x, y = box["x"] + box["width"] * across, box["y"] + box["height"] * down
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    rows = page.locator(f"{TOOLTIP} tr")
    rows.first.wait_for()
    cells = [row.split("\t") for row in rows.all_inner_texts()]
    return {title.strip().rstrip(":"): value.strip() for title, value in cells}


def number(text: str) -> float:
    assert len(re.sub(r"^0\.0*|\D", "", text)) <= 7, f"not rounded: {text}"
    return float(text.replace(",", "").replace("−", "-"))


@pytest.fixture
def charts(server: Server, page: Page) -> Locator:
    page.goto(f"{server.url}/deployment?project={DEMAND}&deployment={MODEL}")
    wait_for_app(page)
    found = page.locator("[data-testid=stVegaLiteChart]")
    found.nth(1).locator("svg, canvas").first.wait_for()
    return found


def test_a_metric_is_said_for_the_period_under_the_pointer(
    server: Server, page: Page, charts: Locator
) -> None:
    """On the band it was the low end once, and of the first period."""
    answer = httpx.get(
        f"{server.url}/api/v1/projects/{DEMAND}/export?table=metric_results",
        headers={"Authorization": f"Bearer {server.token}"},
        timeout=PATIENCE,
    )
    stored = {
        row["period_start"][:10]: float(row["value"])
        for row in csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))
        if row["metric"] == "wape" and row["model_version"] == "1.0" and row["granularity"] == "P1W"
    }
    assert len(stored) > 50
    charts.nth(1).scroll_into_view_if_needed()
    days = []
    for across, down in ((0.2, 0.3), (0.35, 0.6), (0.6, 0.6), (0.85, 0.3)):
        said = said_at(page, charts.nth(1), across, down)
        day = datetime.strptime(said["Period"], "week of %d %b %Y").date()
        days.append(day)
        assert number(said["WAPE"]) == pytest.approx(stored[day.isoformat()], rel=1e-3)
        low, high = map(number, said["Likely (9 times in 10)"].split(" to "))
        assert low < number(said["WAPE"]) < high
        assert said["Limit, at most"] == "0.3"
    assert days == sorted(set(days))


def test_a_value_is_said_with_its_range_anywhere_on_its_band(page: Page, charts: Locator) -> None:
    charts.nth(0).scroll_into_view_if_needed()
    periods = set()
    for across in (0.25, 0.5, 0.75):
        first, second = (said_at(page, charts.nth(0), across, down) for down in (0.2, 0.5))
        assert first == second
        rate = number(first["Value, EUR / week"])
        low, high = map(number, first["Likely (8 times in 10)"].split(" to "))
        assert low < rate < high
        assert rate == float(f"{rate:.3g}")
        periods.add(first["Period"])
    assert len(periods) == 3


_TEXTS = """chart => [...chart.querySelectorAll('svg .mark-text.role-mark text')].map(text => {
    const box = document.createElement('canvas').getContext('2d');
    box.fillStyle = getComputedStyle(text).fill;
    return [text.textContent, box.fillStyle];
})"""


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of #rrggbb."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("window", "paper"), [("page", "#ffffff"), ("dark_page", "#0f1419")], ids=["light", "dark"]
)
@pytest.mark.parametrize("screen", ["mechanism", "value_case"])
def test_text_in_a_chart_can_be_read_in_light_and_dark(
    server: Server, window: str, paper: str, screen: str, request: pytest.FixtureRequest
) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1. On a dark screen the driver tree was black."""
    shown: Page = request.getfixturevalue(window)
    shown.goto(f"{server.url}/{screen}?project={DEMAND}")
    wait_for_app(shown)
    chart = shown.locator("[data-testid=stVegaLiteChart]").filter(
        has=shown.locator(".mark-text.role-mark")
    )
    chart.first.locator(".mark-text.role-mark text").first.wait_for()
    texts = [(text, colour) for text, colour in chart.first.evaluate(_TEXTS) if text]
    assert len(texts) >= 3
    for text, colour in texts:
        low, high = sorted((luminance(colour), luminance(paper)))
        assert (high + 0.05) / (low + 0.05) >= 4.5, f"{text} in {colour} on {paper}"
