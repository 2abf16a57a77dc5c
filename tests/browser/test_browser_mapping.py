"""Files of six tools come in by what the screen says; a pasted table is corrected in place."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import hand
from tests.browser.chromium import wait_for_app
from tests.browser.test_browser_journey import metrics

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server

PROJECT, MODEL = "bike-shop-demand", "demand-forecast"
TESTS = Path(__file__).resolve().parents[1]

JIRA = (
    "Issue key,Issue id,Summary,Issue Type,Status,Priority,Created,Resolved\n"
    "ML-12,10012,Feature pipeline stale,Incident,Done,High,2026-02-05 03:10,2026-02-05 09:00\n"
)
GRAFANA = (
    '"Time","forecast recall","forecast precision"\n'
    "2026-02-02 00:00:00,0.81,0.71\n2026-02-09 00:00:00,0.82,0.70\n"
)
COST_EXPLORER = "Usage month,Service,Cost ($)\n2026-01,SageMaker,412.20\n2026-02,SageMaker,409.10\n"

# What the file is, what a row of it is, what is chosen where the screen asks, what is stored.
FILES = {
    "scikit-learn": (
        "real/foreign/sklearn-1.9.1-report.json", "metric_results",
        {"Model, for every row": MODEL, "Period start, for every row": "2026-02-02"},
        {"metric": "recall", "slice_value": "benign", "period_start": "2026-02-02"},
    ),
    "MLflow": (
        "intake/real_files/t03_mlflow_ui.csv", "metric_results",
        {"Model, for every row": MODEL},
        {"metric": "accuracy", "value": "0.871", "model_id": MODEL},
    ),
    "Databricks": (
        "intake/real_files/t13_databricks.csv", "metric_results",
        {}, {"metric": "recall", "value": "0.81", "granularity": "P1W"},
    ),
    "Grafana": (
        GRAFANA, "metric_results",
        {"Model, for every row": MODEL, "A week each": None},
        {"metric": "precision", "value": "0.71", "model_id": MODEL, "granularity": "P1W"},
    ),
    "Jira": (
        JIRA, "incident_log",
        {"Model, for every row": MODEL, "SEV2": None, "closed": None},
        {"incident_id": "ML-12", "title": "Feature pipeline stale", "model_id": MODEL},
    ),
    "Cost Explorer": (
        COST_EXPLORER, "cost_log",
        {"What Service holds": "Not used", "Model, for every row": MODEL,
         "Cost type, for every row": "inference"},
        {"amount": "412.2", "currency": "USD", "period_end": "2026-01-31"},
    ),
}  # fmt: skip


def file_of(what: str) -> tuple[str, bytes]:
    if what.startswith(("real/", "intake/")):
        path = TESTS / what
        return path.name, path.read_bytes()
    return "export.csv", what.encode()


def choose(page: Page, label: str, value: str | None) -> None:
    """Choose or write what a control of this label asks for."""
    if value is None:
        page.get_by_text(label, exact=True).click()
    elif page.get_by_role("combobox", name=label).count():
        hand.choose(page, label, value)
    else:
        page.get_by_label(label, exact=True).fill(value)
        page.keyboard.press("Tab")
    wait_for_app(page)


def is_asked(page: Page, label: str) -> bool:
    by_label = page.get_by_label(label, exact=True)
    return bool(by_label.count() or page.get_by_text(label, exact=True).count())


def answered(page: Page, choices: dict[str, str | None]) -> None:
    """Go on as long as the screen asks, with what it asks for."""
    left = dict(choices)
    for _ in range(5):
        going_on = page.get_by_role("button", name=re.compile("^Go on with these"))
        if not going_on.count():
            break
        for label in [label for label in left if is_asked(page, label)]:
            choose(page, label, left.pop(label))
        going_on.first.click()
        wait_for_app(page)
    assert not left, f"never asked: {left}"


def export(page: Page, server: Server, kind: str) -> list[dict[str, str]]:
    token = {"Authorization": f"Bearer {server.token}"}
    path = f"{server.url}/api/v1/projects/{PROJECT}/export?table={kind}"
    return list(csv.DictReader(io.StringIO(page.request.get(path, headers=token).text())))


def stored(page: Page) -> str:
    page.get_by_role("button", name=re.compile(r"^Store \d+ line")).click()
    heading = page.get_by_role("heading", name=re.compile(r"Receipt of B\d+"))
    heading.wait_for()
    wait_for_app(page)
    return heading.inner_text().split()[-1]


def undone(page: Page, server: Server, batches: list[str]) -> None:
    token = {"Authorization": f"Bearer {server.token}"}
    for batch in reversed(batches):
        path = f"{server.url}/api/v1/projects/{PROJECT}/imports/{batch}"
        assert page.request.delete(path, headers=token).ok


@pytest.mark.parametrize("tool", FILES)
def test_a_file_of_a_tool_comes_in_by_what_the_screen_says(tool: str, page: Page, server: Server):
    what, kind, choices, expected = FILES[tool]
    name, data = file_of(what)
    before = export(page, server, kind)
    page.goto(f"{server.url}/upload?project={PROJECT}&kind={kind}")
    wait_for_app(page)
    file = {"name": name, "mimeType": "text/csv", "buffer": data}
    page.set_input_files("input[type=file]", [file])
    page.get_by_role("heading", name=name).wait_for()
    wait_for_app(page)
    answered(page, choices)
    batch = stored(page)
    totals = metrics(page)
    n = {k: int(totals[k].replace(",", "")) for k in
         ("Lines", "Accepted", "Rejected", "Blank", "Ignored")}  # fmt: skip
    assert n["Lines"] == n["Accepted"] + n["Rejected"] + n["Blank"] + n["Ignored"] > 0
    rows = [row for row in export(page, server, kind) if row not in before]
    undone(page, server, [batch])
    found = [r for r in rows if all(r[k].startswith(v) for k, v in expected.items())]
    assert found, rows


def _pasted(page: Page, server: Server, text: str) -> None:
    page.goto(f"{server.url}/upload?project={PROJECT}&kind=metric_results")
    wait_for_app(page)
    page.get_by_text("Or paste a table").click()
    table = page.get_by_role("textbox", name="Table with a line of column names")
    table.fill(text, timeout=hand.A_LOOK_MS)
    page.keyboard.press("Tab")
    wait_for_app(page)
    page.get_by_role("button", name="Check what was pasted").click(timeout=hand.A_LOOK_MS)
    page.get_by_role("heading", name="pasted.csv").wait_for(timeout=hand.A_LOOK_MS)
    wait_for_app(page)


def test_a_pasted_table_is_corrected_in_place_and_stored(page: Page, server: Server):
    """Straight out of a spreadsheet, with a comma for the point and a word for a number."""
    pasted = (
        "Modell\tKennzahl\tWoche\tWert\tBemerkung\n"
        f"{MODEL}\trecall\t2026-02-02\t0,81\t=1+1\n{MODEL}\trecall\t2026-02-09\tviel\tx\n"
    )
    hand.again_if_late(lambda: _pasted(page, server, pasted))
    answered(page, {"What Bemerkung holds": "Note", "“,”": None})
    totals = metrics(page)
    assert (totals["Lines"], totals["Accepted"], totals["Rejected"]) == ("2", "1", "1")
    page.get_by_text("Correct 1 line here").click()
    wait_for_app(page)
    grid = page.get_by_test_id("stDataFrame").last
    hand.write_cell(page, grid, 110, 52, "0,82")  # the faulty cell stands right of its line
    page.get_by_role("button", name="Check the corrected lines").click()
    page.get_by_role("heading", name="pasted corrected.csv").wait_for()
    wait_for_app(page)
    totals = metrics(page)
    assert (totals["Lines"], totals["Accepted"], totals["Rejected"]) == ("2", "2", "0")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the corrected file").click()
    assert download.value.path().read_text("utf-8") == pasted.replace("viel", "0,82")
    batch = stored(page)
    rows = [r for r in export(page, server, "metric_results") if r["metric"] == "recall"]
    undone(page, server, [batch])
    assert {(r["value"], r["note"]) for r in rows if r["period_start"][:7] == "2026-02"} >= {
        ("0.81", "'=1+1"), ("0.82", "x"),
    }  # fmt: skip
