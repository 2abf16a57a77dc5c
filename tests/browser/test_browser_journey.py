"""A manager's day in a real browser: a broken file, its report, its repair, a KPI that moves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.browser.chromium import wait_for_app

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server

PROJECT = "bike-shop-demand"
REVENUE = "payments Revenue"  # an icon's name comes before the label
HEADER = "model_id,model_version,metric,period_start,granularity,value,n"
BROKEN = [
    "demand-forecast,1.0,wape,2026-06-29,P1D,0.36,108",
    "demand-forecast,1.0,bias,2026-06-29,P1D,abc,108",
    "demand-forecast,1.0,wape,29 June,P1D,0.35,108",
    "demand-forecast,1.0,mae,2026-06-29,P1D,9.5,-3",
]
# What a person types after reading the report, by the column it names.
REPAIRS = {"value": ("abc", "1.5"), "period_start": ("29 June", "2026-06-30"), "n": ("-3", "108")}


def upload(page: Page, lines: list[str], name: str) -> None:
    data = "\n".join([HEADER, *lines, ""]).encode()
    page.set_input_files(
        "input[type=file]", [{"name": name, "mimeType": "text/csv", "buffer": data}]
    )
    page.get_by_role("heading", name=name).wait_for()
    wait_for_app(page)


def metrics(page: Page) -> dict[str, str]:
    """Every figure on the screen, by its label."""
    return {
        re.sub(
            r"\W+", " ", card.locator("[data-testid=stMetricLabel]").inner_text()
        ).strip(): card.locator("[data-testid=stMetricValue]").inner_text()
        for card in page.locator("[data-testid=stMetric]").all()
    }


def table(page: Page, column: str) -> list[list[str]]:
    """The cells of the first table that has a column of that name, row by row."""
    for grid in page.locator("[data-testid=stDataFrame]").all():
        head = grid.locator("table thead th").all_inner_texts()
        if column in head:
            rows = grid.locator("table tbody tr").all()
            return [row.locator("td").all_inner_texts() for row in rows]
    raise AssertionError(f"no table with the column {column}")


def test_a_broken_file_is_repaired_from_its_report_moves_a_kpi_and_is_undone(
    page: Page, server: Server
):
    page.goto(f"{server.url}/?project={PROJECT}")
    wait_for_app(page)
    before = metrics(page)
    assert REVENUE in before

    page.goto(f"{server.url}/upload?project={PROJECT}")
    wait_for_app(page)
    upload(page, BROKEN, "monday.csv")
    assert metrics(page)["Rejected"] == "3"
    assert page.get_by_role("button", name=re.compile("^.*Store 1")).count() == 0
    report = table(page, "What is wrong")
    assert sorted(int(row[0]) for row in report) == [3, 4, 5]

    repaired = list(BROKEN)
    for line, column, *_ in report:
        wrong, right = REPAIRS[column]
        repaired[int(line) - 2] = repaired[int(line) - 2].replace(wrong, right)
    upload(page, repaired, "monday repaired.csv")
    assert metrics(page)["Accepted"] == "4"
    promised = table(page, "Before")
    assert promised

    page.get_by_role("button", name=re.compile("Store 4 lines")).click()
    page.get_by_text(re.compile(r"Stored as B\d+: 4 lines of monday repaired.csv")).first.wait_for()
    wait_for_app(page)

    page.goto(f"{server.url}/?project={PROJECT}")
    wait_for_app(page)
    after = metrics(page)
    assert after[REVENUE] != before[REVENUE]

    page.goto(f"{server.url}/imports?project={PROJECT}")
    wait_for_app(page)
    page.get_by_role("button", name="Undo this batch").click()
    wait_for_app(page)
    page.get_by_role("button", name=re.compile("Yes, undo B")).click()
    page.get_by_text(re.compile("is undone by B")).first.wait_for()
    page.goto(f"{server.url}/?project={PROJECT}")
    wait_for_app(page)
    assert metrics(page) == before
