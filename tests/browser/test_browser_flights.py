"""Nine months of real flights: the file goes in through the Upload screen, the value comes out."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import take_picture, wait_for_app
from tests.patience import PATIENCE, PATIENCE_MS
from tests.real.flights import metric_results, scored
from tests.real.flights_plan import BREAK_EVEN_PRECISION, PROJECT, records, shares, value_rate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.serving import Server

FILE = "late_arrival_2013.csv"


def asked(server: Server, method: str, path: str, body: bytes | None = None) -> dict:
    """What the application's own HTTP interface answers."""
    request = Request(f"{server.url}/api/v1/projects/{PROJECT}/{path}", data=body, method=method)
    request.add_header("Authorization", f"Bearer {server.token}")
    with urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)


def planned_csv(kind: str) -> bytes:
    """What is planned, as the file of one kind."""
    rows = records(kind)
    text = io.StringIO()
    out = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    out.writeheader()
    out.writerows(rows)
    return text.getvalue().encode()


@pytest.fixture
def batches(server_without_demo: Server) -> Iterator[list[str]]:
    """The project and its value case without results; every batch is undone afterwards."""
    done: list[str] = []
    for kind in ("projects", "models", "value_cases", "quantities"):
        path = f"imports?kind={kind}&filename={kind}.csv"
        receipt = asked(server_without_demo, "POST", path, planned_csv(kind))
        assert receipt["status"] == "committed", receipt
        done.append(receipt["batch"])
    yield done
    for batch in reversed(done):
        asked(server_without_demo, "DELETE", f"imports/{batch}")


def test_uploaded_months_show_their_value_rates(server_without_demo, batches, page):
    url, year = server_without_demo.url, scored()

    page.goto(f"{url}/upload?project={PROJECT}&kind=metric_results")
    wait_for_app(page)
    page.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(
        {"name": FILE, "mimeType": "text/csv", "buffer": metric_results(year.months)}
    )
    store = page.get_by_role("button", name="Store 27 lines")
    store.click()
    receipt = page.get_by_role("heading", name=re.compile(r"Receipt of B\d+"))
    expect(receipt).to_be_visible(timeout=PATIENCE_MS)
    batches.append(receipt.inner_text().split()[-1])

    page.goto(f"{url}/deployment?project={PROJECT}&by=P1M")
    wait_for_app(page)
    take_picture(page, "flights_deployment")
    broken = page.locator("[data-testid=stException], [data-testid=stAlertContentError]")
    assert broken.all_inner_texts() == []
    page.get_by_text("The same as a table").click()
    wait_for_app(page)
    table = page.locator("[data-testid=stDataFrame] table").filter(has_text="Value of a week")
    expect(table).to_be_attached()
    rows = [
        [cell.strip() for cell in row.locator("td").all_inner_texts()]
        for row in table.locator("tbody tr").all()
    ]
    told = {row[0]: float(row[1].replace(",", "").replace("−", "-")) for row in rows}
    by_hand = {
        f"{datetime(2013, month, 1):%b %Y}": value_rate(*of_month)
        for month, of_month in zip(range(4, 13), shares(year), strict=True)
    }
    assert told.keys() == by_hand.keys()
    # n makes every share uncertain, and the mean of a ratio is not the ratio of means
    near = 0.01 * max(by_hand.values())
    assert [told[m] for m in by_hand] == pytest.approx(list(by_hand.values()), abs=near)
    lost = [m for m, (precision, _, _) in zip(by_hand, shares(year), strict=True)
            if precision < BREAK_EVEN_PRECISION]  # fmt: skip
    assert [m for m in told if told[m] < 0] == lost == ["Sep 2013"]
