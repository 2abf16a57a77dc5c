"""Nobody names a KPI: from a fresh project to a proxy, counted and agreed, and a value case."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.chromium import wait_for_app
from tests.browser.hand import press, write
from tests.serving import run_server

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Made up for this test: hours from a claim's arrival to its result, on file of eight weeks.
WEEKS = "20\n24\n22\n18\n26\n21\n23\n22"


def told(page: Page) -> str:
    return page.locator("[data-testid=stMain]").inner_text()


def test_a_project_without_a_kpi_gets_one_to_count_and_a_value_case(page: Page, tmp_path: Path):
    with run_server(tmp_path, demo=False) as server:
        page.goto(f"{server.url}/registers?kind=projects")
        wait_for_app(page)
        write(page, "Project", "claims")
        write(page, "Title", "Claims desk")
        press(page, "button", "Add the project")

        press(page, "button", re.compile("of 5 done"))
        press(page, "link", re.compile("Nobody has named a KPI"))
        assert "Claims desk has no KPI yet." in told(page)
        assert "2 · " not in told(page)
        press(page, "radio", re.compile("Cycle time"))
        card = page.locator("[data-testid=stVerticalBlock]").filter(
            has_text="Hours from arrival to result"
        )
        card.last.get_by_role("button", name="Choose").click()
        wait_for_app(page)
        assert "dimension=cycle_time" in page.url
        assert "candidate=time-to-result" in page.url
        assert "Count for 13 weeks" in told(page)
        with page.expect_download() as sheet:
            page.get_by_role("button", name="Download a sheet for the weeks").click()
        lines = Path(sheet.value.path()).read_text("utf-8").splitlines()
        assert (lines[0], len(lines)) == ("week_start,value,note", 14)

        write(page, "Values of the weeks so far", WEEKS)
        assert "8 weeks so far: the average is 22 h per case" in told(page)
        write(page, "Stands for", "claimants who wait less")
        write(page, "Owner", "Ada")
        press(page, "button", "Save as provisional KPI")
        assert re.search(r"Saved as B\d+\. The KPI is provisional until", told(page))
        assert "Claims desk has 1 KPI." in told(page)
        assert (
            "Provisional KPI for claimants who wait less, not agreed yet: agree to it by"
            in told(page)
        )

        assert re.search(r"The model pays when coverage is at least [\d.]+;", told(page))
        assert re.search(r"it may fall by \d+%, and the model still pays", told(page))
        assert "Hours from arrival to result must fall by at least" in told(page)
        press(page, "button", "Create the value case")
        page.get_by_text(re.compile(r"Value case created as B\d+")).first.wait_for()
        page.get_by_role("heading", name="Value case", exact=True).wait_for()
        assert "It still needs: Coverage" in told(page)

        page.goto(f"{server.url}/brief?project=claims")
        wait_for_app(page)
        assert "rovisional KPI for claimants who wait less, not agreed yet" in told(page)
        page.goto(f"{server.url}/find_kpi?project=claims")
        wait_for_app(page)
        press(page, "link", "Agree or change it")
        write(page, "Agreed by", "Ines")
        page.get_by_role("group", name="Agreed on").get_by_role("spinbutton").first.click()
        page.keyboard.type("20200105")
        page.keyboard.press("Tab")
        wait_for_app(page)
        press(page, "button", "Save")
        page.goto(f"{server.url}/find_kpi?project=claims&dimension=cycle_time")
        wait_for_app(page)
        assert "agreed by Ines on 5 Jan 2020." in told(page)
        assert "not agreed" not in told(page)
