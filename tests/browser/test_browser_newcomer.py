"""From nothing to a value and to a KPI with data, every click and every field counted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.browser import hand
from tests.browser.chromium import wait_for_app
from tests.serving import run_server

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

VALUE = (12, 12)
"""At most so many clicks and fields to the first value."""
KPI = (20, 20)
"""And so many to a KPI with data."""


class CountingHand:
    """A hand that counts what it presses and fills in."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.n_clicks = self.n_fields = 0

    def press(self, role: str, name: str | re.Pattern[str]) -> None:
        self.n_clicks += 1
        hand.press(self.page, role, name)

    def follow(self, name: str) -> None:
        """Follow the last link of a name: the menu, which a phone opens first, stands above it."""
        self.n_clicks += 1
        self.page.get_by_role("link", name=re.compile(f"{name}$")).last.click()
        wait_for_app(self.page)

    def write(self, label: str | re.Pattern[str], text: str) -> None:
        self.n_fields += 1
        hand.write(self.page, label, text)

    def choose(self, label: str | re.Pattern[str], option: str | re.Pattern[str]) -> None:
        """Open a list and take an option of it."""
        self.n_fields += 1
        self.n_clicks += 2
        hand.choose(self.page, label, option)

    def drop(self, name: str, data: bytes) -> None:
        """Give a file to the field for one."""
        self.n_fields += 1
        self.n_clicks += 1
        file = {"name": name, "mimeType": "text/csv", "buffer": data}
        self.page.set_input_files("input[type=file]", [file])
        self.page.get_by_role("heading", name=name).wait_for()
        wait_for_app(self.page)

    @property
    def counted(self) -> tuple[int, int]:
        return self.n_clicks, self.n_fields


@pytest.fixture
def told(any_page):
    return lambda: any_page.locator("[data-testid=stMain]").inner_text()


def results() -> bytes:
    """Two weeks of monitoring, the newest one just over."""
    today = datetime.now(UTC).date()
    monday = today - timedelta(days=7 + today.weekday())
    lines = ["model_id,metric,period_start,granularity,value,n"]
    for day in (monday - timedelta(days=7), monday):
        lines += [f"keeper,precision,{day},P1W,0.31,900", f"keeper,recall,{day},P1W,0.55,510"]
    return "\n".join(lines).encode()


def test_ten_minutes_are_enough_for_a_first_value_and_a_kpi_with_data(
    any_page: Page, told, tmp_path: Path
):
    page = any_page
    with run_server(tmp_path, demo=False) as server:
        page.goto(server.url)
        wait_for_app(page)
        mine = CountingHand(page)
        mine.press("link", "Create the first project")
        mine.press("button", re.compile("^Create the project"))  # too early: said at each field
        assert "Write what the project is called." in told()
        assert "Choose what its model does." in told()
        mine.write(re.compile("^What is the project called"), "Fewer lost subscribers")
        mine.choose(re.compile("^What does its model do"), re.compile("^Churn"))
        assert re.search(r"Net benefit by typical numbers\s+EUR [\d.]+k / year", told())
        page.reload()
        wait_for_app(page)
        assert "Unsaved changes" in told()
        mine.write("Model", "keeper")
        page.get_by_label("Model", exact=True).focus()
        mine.n_clicks += 1
        page.keyboard.press("Control+Enter")  # from any field, without a mouse
        toast = page.get_by_test_id("stToast").filter(has_text="Fewer lost subscribers is created.")
        toast.wait_for()  # it goes by itself, and what it says stays at the top
        page.get_by_role("heading", name="Value case", exact=True).wait_for()
        wait_for_app(page)
        assert "Fewer lost subscribers is created." in told()
        assert re.search(r"Churn is worth EUR [\d.]+k / year as planned", told())
        assert "It rests on typical values nobody has checked: 13 of 13 numbers." in told()
        assert "Replace first what moves the value most: Customer value" in told()
        to_value = mine.counted
        assert all(n <= most for n, most in zip(to_value, VALUE, strict=True)), to_value

        assert "Next for this project: name the KPI" in told()
        mine.press("link", re.compile("Add it"))
        mine.write("Title", "Margin kept")
        mine.choose("Dimension", re.compile("Revenue"))
        mine.choose("Unit", re.compile("^EUR . year"))
        mine.choose("Direction", re.compile("Higher"))
        mine.write("Baseline", "1m")
        mine.write("Target", "1.2m")
        mine.press("button", re.compile("^Add the KPI"))
        assert "1 KPI in Fewer lost subscribers" in told()
        mine.press("button", re.compile("4 of 6 done"))  # every step, each with its way
        mine.follow("Upload")
        mine.drop("results.csv", results())
        mine.press("button", re.compile("Store 4 lines"))
        page.get_by_text(re.compile(r"Stored as B\d+: 4 lines of results.csv")).first.wait_for()
        mine.follow("See the KPIs")
        assert "Of 1 KPI, 1 is on the way." in told()
        assert "Churn rests on typical values nobody has checked: 11 of 13 numbers." in told()
        to_kpi = mine.counted
        assert all(n <= most for n, most in zip(to_kpi, KPI, strict=True)), to_kpi
        print(f"clicks and fields: {to_value} to a value, {to_kpi} to a KPI with data")
