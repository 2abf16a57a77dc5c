"""A value case for a project of one's own, from an empty store, guided by what the screens say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.browser import hand
from tests.browser.chromium import wait_for_app
from tests.serving import run_server

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.serving import Server

MOST_ACTIONS = 30
# Made up for this test: a gym that writes to members who may leave.
ANSWERS = {
    "Precision": "60/240",
    "Recall": "0.4 to 0.7",
    "Customers scored": "18k to 22k",
    "Share that would leave": "0.05 to 0.12",
    "Capacity": "4000",
    "Acceptance": "0.1 to 0.3",
    "Customer value": "120 to 400",
    "Incentive": "10",
    "Cost of a contact": "1 to 2",
    "Work for a contact": "3 to 6",
    "Gift taken by loyal customers": "0.3 to 0.8",
    "Annoyance": "0.02 to 0.08",
}


class Reader:
    """Somebody who acts, one click or one field at a time, and counts it."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0

    def press(self, role: str, name: str | re.Pattern[str]) -> None:
        self.actions += 1
        hand.press(self.page, role, name)

    def fill(self, label: str | re.Pattern[str], text: str) -> None:
        self.actions += 1
        hand.write(self.page, label, text)

    def choose(self, label: str, option: re.Pattern[str]) -> None:
        self.actions += 1
        hand.choose(self.page, label, option)

    def open(self, title: str) -> None:
        self.actions += 1
        self.page.get_by_text(title).click()
        wait_for_app(self.page)

    @property
    def told(self) -> str:
        return self.page.locator("[data-testid=stMain]").inner_text()


def test_a_link_to_a_kpi_that_was_found_opens_at_its_step(page: Page, server: Server):
    where = "find_kpi?project=bike-shop-winback&dimension=cycle_time&candidate=time-to-result"
    page.goto(f"{server.url}/{where}")
    wait_for_app(page)
    page.get_by_role("heading", name="4 · Where does it stand today?").wait_for()
    page.get_by_text(re.compile("The model pays when")).first.wait_for()
    page.get_by_role("radio", name="Revenue").click()
    wait_for_app(page)
    assert page.get_by_role("button", name="Choose").count() >= 4
    assert "candidate=" not in page.url


def test_a_case_is_built_from_an_empty_store_in_thirty_actions(page: Page, tmp_path: Path):
    with run_server(tmp_path, demo=False) as server:
        page.goto(f"{server.url}/registers?kind=projects")
        wait_for_app(page)
        reader = Reader(page)
        reader.fill("Project", "gym")
        reader.fill("Title", "Gym members")
        reader.press("button", "Add the project")

        assert "name its model" in reader.told
        reader.press("button", "Add it")
        reader.fill("Model", "leavers")
        reader.press("button", "Add the model")

        assert "say by which mechanism its model creates value" in reader.told
        reader.press("link", re.compile("Choose it"))
        reader.press("link", re.compile("Add a value case"))
        reader.fill("Value case", "letters")
        reader.choose("Mechanism", re.compile("Targeted intervention"))
        reader.press("button", "Add the value case")

        assert "give its value case the numbers it asks for" in reader.told
        reader.press("link", re.compile("Fill in"))
        assert "letters cannot be valued yet. It still needs: Precision, Recall" in reader.told
        for label, answer in ANSWERS.items():
            reader.fill(re.compile(f"^{re.escape(label)}, "), answer)
        assert re.search(r"letters is worth EUR [\d.,k−]+ / year as planned, with", reader.told)
        reader.press("button", "Save the changes")
        page.get_by_text(re.compile(r"Saved 12 changed numbers as B\d+")).first.wait_for()

        reader.open("How this was calculated: formulas, inputs, sources")
        page.get_by_text("Results are solid dots, inputs hollow ones").first.wait_for()
        told = reader.told
        assert "What must be true" in told
        assert "What to find out next" in told
        assert "Verbraken" in told
        assert reader.actions <= MOST_ACTIONS, reader.actions
