"""A sole engineer alone with the product: a project, a quick estimate, one page for the owner."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.chromium import wait_for_app
from tests.browser.hand import choose, press
from tests.serving import run_server

if TYPE_CHECKING:
    from playwright.sync_api import Page

ANSWERS = {
    "Complex data": "Yes",
    "Big data": "No",
    "Complex platform": "No",
    "Dirty data": "No",
    "Unstructured data": "No",
    "Complicated evaluation": "No",
}


def fill(page: Page, label: str | re.Pattern[str], text: str) -> None:
    field = page.get_by_role("textbox", name=label).or_(page.get_by_role("spinbutton", name=label))
    field = field.first
    field.fill(text)
    field.press("Tab")
    wait_for_app(page)


def told(page: Page) -> str:
    return page.locator("[data-testid=stMain]").inner_text()


def n_pages(page: Page, file: Path) -> int:
    """On how many pages of A4 a file prints."""
    sheet = page.context.new_page()
    sheet.goto(file.as_uri())
    pdf = sheet.pdf(prefer_css_page_size=True)
    sheet.close()
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def test_a_sole_engineer_gets_from_nothing_to_an_estimate_on_one_page(page: Page, tmp_path: Path):
    """Thirty steps of a hand or fewer: at six seconds each that is three minutes."""
    with run_server(tmp_path, demo=False) as server:
        page.goto(f"{server.url}/registers?kind=projects")
        wait_for_app(page)
        fill(page, re.compile("^Project"), "parts")
        fill(page, re.compile("^Title"), "Forecast of parts")
        press(page, "button", "Add the project")

        press(page, "link", re.compile("Estimate"))
        assert "Nobody has estimated this project yet" in told(page)
        fill(page, re.compile("^Estimate"), "first")
        fill(page, re.compile("^Own guess"), "6")
        fill(page, re.compile("^Cost of a person"), "600")
        fill(page, re.compile("^Chance of a usable model"), "0.6")
        for label, option in ANSWERS.items():
            choose(page, re.compile(label), re.compile(option))
        assert "We plan" in told(page)
        assert "promise" in told(page)
        press(page, "button", re.compile("^.*Add the estimate"))
        assert re.search(r"Saved as B\d+", told(page))

        with page.expect_download() as one_page:
            page.get_by_role("button", name=re.compile("One page for stakeholders")).click()
        file = tmp_path / "page.html"
        file.write_bytes(Path(one_page.value.path()).read_bytes())
        text = file.read_text("utf-8")
        assert "Estimate: Forecast of parts" in text
        assert "We plan" in text
        assert "Thompson" in text
        assert n_pages(page, file) == 1
