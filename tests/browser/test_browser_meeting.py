"""An adoption meeting in a real browser: compare, decide, and come back a season later."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx

from tests.browser.chromium import wait_for_app
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.serving import Server

PROJECT = "bike-shop-winback"
LATER = "2026-10-05"
# What came in by then, kind by kind: the champion went live, and fewer of those it flags leave.
ARRIVED = {
    "models": f"project,model_id\n{PROJECT},win-back\n",
    "value_cases": "project,value_case_id,title,mechanism,model_id\n"
    f"{PROJECT},voucher-letter,Letter with voucher,targeted_intervention,win-back\n",
    "deployments": "project,deployment_id,model_id,model_version,value_case_id,from_on\n"
    f"{PROJECT},letters,win-back,champion-1.0,voucher-letter,2026-07-06\n",
    "metric_results": "project,model_id,model_version,metric,period_start,value,granularity,n\n"
    + "".join(
        f"{PROJECT},win-back,champion-1.0,{metric},2026-{month:02}-01,{value},P1M,{n}\n"
        for month in range(7, 10)
        for metric, value, n in (("precision", 0.2, 900), ("recall", 0.5, 360))
    ),
    "projects": "project,title,question,currency,owner,clock_on,is_demo\n"
    f"{PROJECT},Member win-back,Fewer members lost.,EUR,Jonas Weil,{LATER},true\n",
}


class Arrivals:
    """Files that come in by the API, and that can be undone."""

    def __init__(self, server: Server) -> None:
        self.url = f"{server.url}/api/v1/projects/{PROJECT}/imports"
        self.headers = {"Authorization": f"Bearer {server.token}"}
        self.batches: list[str] = []

    def bring(self, kind: str, text: str) -> None:
        told = httpx.post(
            f"{self.url}?kind={kind}&confirm_restatement=true",
            content=text.encode(),
            headers=self.headers,
            timeout=PATIENCE,
        )
        assert told.status_code == 201, told.text
        self.batches.append(told.json()["batch"])

    def take_back(self, batch: str) -> str:
        told = httpx.delete(f"{self.url}/{batch}", headers=self.headers, timeout=PATIENCE)
        return str(told.json()["kind"])


def test_a_meeting_compares_decides_and_finds_its_decision_again(page: Page, server: Server):
    page.goto(f"{server.url}/candidates?project={PROJECT}")
    wait_for_app(page)
    main = page.locator("[data-testid=stMain]")
    first = main.get_by_text(re.compile("champion-1.0 is worth most")).first.inner_text()
    assert "challenger-1.1 has the better ROC AUC (0.761 against 0.728)" in first

    page.get_by_role("link", name="Record a decision").click()
    wait_for_app(page)
    page.get_by_label("Decision in one line").fill("Keep the champion")
    page.get_by_label("Why").fill("It flags fewer members in vain")
    page.get_by_role("button", name="Record the decision").click()
    page.get_by_text("Keep the champion").first.wait_for()
    wait_for_app(page)

    page.goto(f"{server.url}/adoption?project={PROJECT}")  # as months later, from a bookmark
    wait_for_app(page)
    told = main.inner_text()
    assert "Keep the champion" in told
    assert "It flags fewer members in vain" in told
    assert "Not deployed yet." in told
    promised = re.search(r"Promised then\s+(EUR \S+ / year)", told)
    assert promised

    decided_in = re.search(r"Recorded on .* UTC by .*, (B\d+), with its options", told)[1]
    arrivals = Arrivals(server)
    try:
        for kind, text in ARRIVED.items():
            arrivals.bring(kind, text)
        page.goto(f"{server.url}/adoption?project={PROJECT}")  # a season later
        wait_for_app(page)
        told = main.inner_text()
        assert "should be reviewed" in told
        assert promised[1] in told  # as it stood then, whatever is known since
        realised = re.search(r"Realised now\s+(EUR \S+ / year)", told)
        assert realised
        assert realised[1] != promised[1]
        assert re.search(r"The chosen model, as monitored in (the \d months to 30 )?Sep 2026", told)
    finally:
        for batch in reversed(arrivals.batches):
            arrivals.take_back(batch)
    assert arrivals.take_back(decided_in) == "decisions"
    page.goto(f"{server.url}/adoption?project={PROJECT}")
    wait_for_app(page)
    told = main.inner_text()
    assert "Keep the champion" in told  # withdrawn, and still listed
    assert re.search(r"Withdrawn on .* UTC by .*, B\d+", told)
