"""A file with twenty faults of twenty sorts is mended from its report alone, and no row is lost."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from tests.browser.chromium import wait_for_app
from tests.browser.test_browser_journey import metrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Server

PROJECT, MODEL = "bike-shop-demand", "repair-shop"
FIELDS = ["model_id", "metric", "period_start", "value", "n", "ci_low", "ci_high", "granularity",
          "source", "note"]  # fmt: skip
N_ROWS = 60

# What is written in place of a cell of row i, as exports and people write it.
CELLS = {
    3: ("value", "75%"),
    5: ("value", "€0.5"),
    7: ("value", "(0.5)"),
    9: ("value", "NaN"),
    11: ("value", "#DIV/0!"),
    13: ("value", ""),
    15: ("value", "72"),
    17: ("n", "100.5"),
    19: ("n", "-3"),
    21: ("period_start", "29 June 2026"),
    23: ("period_start", "20260401"),
    25: ("period_start", "0024-03-01"),
    27: ("granularity", "weekly"),
    29: ("source", "live"),
    31: ("model_id", "=repair-shop"),
    33: ("model_id", "repair\u200b-shop"),
    35: ("ci_low", "0.9"),
}
# What is done to a whole line.
LINES: dict[int, Callable[[str], str]] = {
    37: lambda line: f"{line},",
    39: lambda line: line.rpartition(",")[0],
    41: lambda line: line[:-1] + '"said "so""',
}


def clean(i: int) -> dict[str, str]:
    """Row i as it should have been."""
    day = f"2026-{1 + i // 28:02}-{1 + i % 28:02}"
    return {
        "model_id": MODEL, "metric": "recall", "period_start": day, "value": f"0.{500 + i}",
        "n": str(100 + i), "ci_low": "0.4", "ci_high": "0.8", "granularity": "P1D",
        "source": "production", "note": "x",
    }  # fmt: skip


def broken_file() -> str:
    """Sixty rows, twenty of them faulty, each in a way of its own."""
    lines = [",".join(FIELDS)]
    for i in range(N_ROWS):
        row = clean(i)
        if i in CELLS:
            column, written = CELLS[i]
            row[column] = written
        line = ",".join(row.values())
        lines.append(LINES[i](line) if i in LINES else line)
    return "\n".join([*lines, ""])


def mended(row: dict[str, str], column: str, code: str) -> None:
    """What a person does who sees one line of the report: the cell, its fault and its hint."""
    cell = row.get(column, "")
    match code:
        case "not-a-number":
            digits = re.sub(r"[^0-9.]", "", cell)
            row[column] = str(float(digits) / 100) if "%" in cell else digits
        case "not-finite" | "missing-value":
            row[column] = "0.5"
        case "out-of-range" if column == "value":
            row[column] = str(float(cell) / 100)
        case "out-of-range" if column == "period_start":
            row[column] = "20" + cell[2:]
        case "out-of-range":
            row[column] = cell.lstrip("-")
        case "not-an-integer":
            row[column] = cell.partition(".")[0]
        case "not-a-date":
            row[column] = "2026-06-29" if "June" in cell else f"{cell[:4]}-{cell[4:6]}-{cell[6:]}"
        case "not-a-choice":
            row[column] = ""
        case "unsafe-name":
            row[column] = cell.lstrip("'=")
        case "control-char":
            row[column] = "".join(c for c in cell if c.isprintable())
        case "inconsistent":
            row["ci_low"] = "0.4"
        case _:
            raise AssertionError(f"the report names {code}, which it does not explain")


def repaired(rejected: str) -> str:
    """The downloaded file of rejected lines with each cell mended as its reasons say."""
    reader = csv.reader(io.StringIO(rejected))
    header = next(reader)
    own = header.index("_row")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header[:own])
    for cells in reader:
        reasons = dict(zip(header[own:], cells[-len(header[own:]) :], strict=True))
        left = cells[: -len(header[own:])]
        if reasons["_code"] == "extra-cell":
            left = [c for c in left if c][: len(FIELDS)]
        if reasons["_code"] == "missing-cell":
            left += [""] * (len(FIELDS) - len(left))
        row = dict(zip(FIELDS, left, strict=True))
        if reasons["_code"] not in ("extra-cell", "missing-cell", "bad-quote"):
            for column, code in zip(
                reasons["_column"].split("; "), reasons["_code"].split("; "), strict=True
            ):
                mended(row, column, code)
        writer.writerow(row.values())
    return out.getvalue()


def drop(page: Page, text: str, name: str) -> dict[str, str]:
    """Upload a file and read its control totals."""
    buffer = text.encode()
    page.set_input_files(
        "input[type=file]", [{"name": name, "mimeType": "text/csv", "buffer": buffer}]
    )
    page.get_by_role("heading", name=name).wait_for()
    wait_for_app(page)
    return metrics(page)


def store(page: Page, n: int, name: str, word: str = "lines") -> str:
    """Store what was shown; the number of the batch."""
    page.get_by_role("button", name=re.compile(f"Store {n} {word}")).click()
    told = page.get_by_text(re.compile(rf"Stored as B\d+: {n} {word} of {name}")).first
    told.wait_for()
    wait_for_app(page)
    found = re.search(r"B\d+", told.inner_text())
    assert found is not None
    return found[0]


def test_twenty_faults_are_mended_from_the_report_alone_and_no_row_is_lost(
    page: Page, server: Server
):
    page.goto(f"{server.url}/upload?project={PROJECT}&kind=metric_results")
    wait_for_app(page)
    totals = drop(page, broken_file(), "broken.csv")
    told = [totals[k] for k in ("Lines", "Accepted", "Rejected", "Blank", "Ignored")]
    assert told == ["60", "40", "20", "0", "0"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Rejected lines with reasons").click()
    rejected = download.value.path().read_text("utf-8")
    page.get_by_text("Store the 40 good lines without them").click()
    wait_for_app(page)
    made = [store(page, 40, "broken.csv")]

    totals = drop(page, repaired(rejected), "mended.csv")
    assert (totals["Lines"], totals["Accepted"], totals["Rejected"]) == ("20", "20", "0")
    made.append(store(page, 20, "mended.csv"))

    token = {"Authorization": f"Bearer {server.token}"}
    path = f"{server.url}/api/v1/projects/{PROJECT}/export?table=metric_results"
    answer = page.request.get(path, headers=token)
    stored = [r for r in csv.DictReader(io.StringIO(answer.text())) if r["model_id"] == MODEL]
    assert len(stored) == N_ROWS
    for batch in made:  # shared with other tests: leave the demo as it was
        path = f"{server.url}/api/v1/projects/{PROJECT}/imports/{batch}"
        assert page.request.delete(path, headers=token).ok


NOTE_STAGES = """() => {
    window.stages = [];
    const note = () => document.querySelectorAll("[data-testid=stProgress]")
        .forEach(bar => window.stages.push(bar.innerText));
    new MutationObserver(note).observe(
        document.body, {childList: true, subtree: true, characterData: true});
}"""


def test_a_large_file_says_how_far_its_check_is(page: Page, server: Server):
    """Four hundred thousand lines: stages while they are checked, then their totals."""
    rows = (
        f"m{i % 40},recall,2026-{1 + i % 5:02}-{1 + i // 5 % 28:02},0.{i % 9 + 1},v{i}\n"
        for i in range(400_000)
    )
    text = "model_id,metric,period_start,value,model_version\n" + "".join(rows)
    page.goto(f"{server.url}/upload?project={PROJECT}&kind=metric_results")
    wait_for_app(page)
    file = {"name": "large.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.evaluate(NOTE_STAGES)  # a stage may be gone before this test looks
    page.set_input_files("input[type=file]", [file])
    page.get_by_role("heading", name="large.csv").wait_for()
    wait_for_app(page)
    assert any("Reading the file" in stage for stage in page.evaluate("() => window.stages"))
    told = metrics(page)
    assert (told["Lines"], told["Accepted"], told["Rejected"]) == ("400,000", "400,000", "0")
    assert page.locator("[data-testid=stProgress]").count() == 0


def test_what_was_answered_once_can_be_asked_again(page: Page, server: Server):
    """The first file's day and month are kept for the second, unless the box says otherwise."""
    head = "model_id,metric,period_start,value\n"
    first, second = (f"{head}ask-shop,recall,0{d}/02/2026,0.5\n" for d in (3, 4))
    token = {"Authorization": f"Bearer {server.token}"}
    path = f"{server.url}/api/v1/projects/{PROJECT}/imports"
    answer = page.request.post(
        f"{path}?kind=metric_results&answer=date_order%3Ddmy", headers=token, data=first
    )
    assert answer.status == 201
    page.goto(f"{server.url}/upload?project={PROJECT}&kind=metric_results")
    wait_for_app(page)
    told = drop(page, second, "second.csv")
    assert told["Accepted"] == "1"
    words = r"Read as answered before, for B\d+: days and months: The day first\."
    page.get_by_text(re.compile(words)).first.wait_for()
    page.get_by_text("Ask me again for this file").click()
    wait_for_app(page)
    assert page.get_by_text(re.compile("Does the day or the month stand first")).count() == 1
    page.get_by_text("The month first", exact=True).click()
    page.get_by_role("button", name="Go on with these answers").click()
    wait_for_app(page)
    page.get_by_text("How the lines were read").click()
    wait_for_app(page)
    assert metrics(page)["Accepted"] == "1"
    made = store(page, 1, "second.csv", "line")
    export = f"{server.url}/api/v1/projects/{PROJECT}/export?table=metric_results"
    stored = csv.DictReader(io.StringIO(page.request.get(export, headers=token).text()))
    days = {r["period_start"][:10] for r in stored if r["model_id"] == "ask-shop"}
    assert days == {"2026-02-03", "2026-04-02"}
    for batch in (made, answer.json()["batch"]):  # leave the demo as it was
        assert page.request.delete(f"{path}/{batch}", headers=token).ok
