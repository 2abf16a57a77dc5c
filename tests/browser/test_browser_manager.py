"""A manager's own project in a real browser: from an empty store to a figure on the portfolio."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import TimeoutError as WaitedTooLong

from tests.browser.chromium import wait_for_app
from tests.browser.hand import choose, press, write

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.serving import Server

# Made up for this test; a document team of fifteen people.
NUMBERS = {
    "population": "40k to 60k",
    "coverage": "62/100",
    "selective_error": "15/1000",
    "human_error": "0.02 to 0.04",
    "human_minutes": "6 | 8 | 11",
    "audit_share": "0.05",
    "audit_minutes": "4",
    "wage_per_hour": "32",
    "cashable": "0.4 to 0.6",
    "cost_per_error": "15 to 40",
    "run_cost_per_case": "0.04",
    "human_wait_hours": "12 to 30",
    "automatic_wait_hours": "0.1",
    "hours_per_fte_year": "1600",
}
RESULTS = [
    {"metric": metric, "period_start": f"2026-11-{day:02}", "value": value, "n": n}
    for day in (2, 9, 16)
    for metric, value, n in (("coverage", "0.58", "960"), ("selective_error", "0.021", "557"))
]


def template(page: Page) -> list[str]:
    """The columns of the template that the screen hands out."""
    with page.expect_download() as told:
        page.get_by_role("button", name=re.compile("^Template for")).click()
    return Path(told.value.path()).read_text("utf-8").splitlines()[0].split(",")


def filled(header: list[str], rows: list[dict[str, str]]) -> bytes:
    assert not {name for row in rows for name in row} - set(header)
    out = io.StringIO()
    writer = csv.DictWriter(out, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def upload(page: Page, name: str, data: bytes, n_lines: int) -> None:
    page.set_input_files(
        "input[type=file]", [{"name": name, "mimeType": "text/csv", "buffer": data}]
    )
    page.get_by_role("heading", name=name).wait_for()
    wait_for_app(page)
    store = page.get_by_role("button", name=re.compile(f"Store {n_lines} lines"))
    try:
        store.wait_for()
    except WaitedTooLong as error:
        shown = page.locator("[data-testid=stMain]").inner_text()
        raise AssertionError(f"{name} is not offered for storing:\n{shown}") from error
    store.click()
    page.get_by_text(re.compile(rf"Stored as B\d+: {n_lines} lines of {name}")).first.wait_for()
    wait_for_app(page)


def test_a_manager_sees_a_project_of_their_own_on_the_portfolio(
    page: Page, server_without_demo: Server
):
    page.goto(f"{server_without_demo.url}/registers?kind=projects")
    wait_for_app(page)
    write(page, "Project", "returns")
    write(page, "Title", "Returns desk")
    press(page, "button", "Add the project")

    press(page, "button", "Add it")  # what the screen says comes next: the model
    write(page, "Model", "returns-triage")
    press(page, "button", "Add the model")

    press(page, "link", re.compile("Choose it"))  # next: the value case
    press(page, "link", re.compile("Add a value case"))
    write(page, "Value case", "triage")
    choose(page, "Mechanism", re.compile("Triage and automation"))
    choose(page, "Model", "returns-triage")
    press(page, "button", "Add the value case")

    press(page, "link", "Upload")
    choose(page, "What the file holds", "Quantities")
    rows = [
        {"project": "returns", "value_case_id": "triage", "name": name, "written": written,
         "source": "Desk diary, May 2026", "owner": "Ada"}
        for name, written in NUMBERS.items()
    ]  # fmt: skip
    upload(page, "numbers.csv", filled(template(page), rows), len(rows))

    choose(page, "What the file holds", "Monitoring results")
    common = {"project": "returns", "model_id": "returns-triage", "granularity": "P1W"}
    data = filled(template(page), [common | row for row in RESULTS])
    upload(page, "november.csv", data, len(RESULTS))

    press(page, "link", "Portfolio")
    told = page.locator("[data-testid=stMain]").inner_text()
    assert "1 live model earns EUR" in told
    assert re.search(r"Net benefit\s+EUR \d", told)
    assert "triage" in told
