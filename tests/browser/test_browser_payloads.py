"""A hundred texts that are code somewhere, in every text field, on every screen: all literal."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import httpx
import pytest

from docs.pictures import SCREENS
from mlpm_core.records import as_written
from tests.browser.chromium import wait_for_app
from tests.patience import PATIENCE
from tests.payloads import PAYLOADS
from tests.serving import run_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.conftest import Server

PROJECT = "hostile"
SHOWN = [p for p in PAYLOADS if "\n" not in p and "\t" not in p]
# What none of our screens makes by itself.
FOREIGN = (
    "img[src='x'], img[src*='evil'], iframe[srcdoc], [onerror], [onload], [onfocus], [ontoggle], "
    "a[href*='evil'], a[href^='javascript'], form[action*='evil'], base, object, embed, marquee, "
    "link[href*='evil'], meta[http-equiv=refresh]"
)


def texts(at: int) -> str:
    """The payload of a place."""
    return PAYLOADS[at % len(PAYLOADS)]


def files() -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Records with a payload in every text, kind by kind, in the order of their references."""
    some = range(0, len(SHOWN), 6)
    yield (
        "projects",
        [{"project": PROJECT, "title": texts(0), "question": texts(1), "owner": texts(2)}],
    )
    yield "models", [{"model_id": "m", "purpose": texts(3), "owner": texts(4)}]
    yield (
        "value_cases",
        [
            {
                "value_case_id": f"v{i}",
                "title": texts(i),
                "mechanism": "demand_forecast",
                "model_id": "m",
            }
            for i in (5, 6)
        ],
    )
    quantities = {
        "periods": "10.4k", "mean_demand": "120", "wape_baseline": "0.3", "wape_model": "0.24",
        "margin": "5", "goodwill": "1", "overage": "2", "lead_time_hours": "72",
        "override_share_baseline": "0.25", "override_share_model": "0.15", "override_minutes": "6",
    }  # fmt: skip
    yield (
        "quantities",
        [
            {
                "value_case_id": f"v{j}",
                "name": n,
                "written": w,
                "source": texts(7 + i),
                "owner": texts(8 + i),
            }
            for j in (5, 6)
            for i, (n, w) in enumerate(quantities.items())
        ],
    )
    yield "kpis", [
        {"kpi_id": f"k{i}", "title": SHOWN[i], "definition": texts(i + 1), "owner": texts(i + 2),
         "dimension": "revenue", "unit": "EUR/year", "direction": "higher", "baseline": 1,
         "target": 2, "value_case_id": "v5"}
        for i in range(len(SHOWN))
    ]  # fmt: skip
    yield "findings", [
        {"finding_id": f"f{i}", "area": "data", "statement": SHOWN[i], "confidence": "assumed",
         "owner": texts(i), "evidence": texts(i + 3)}
        for i in range(1, len(SHOWN), 2)
    ]  # fmt: skip
    yield "stakeholders", [
        {"stakeholder_id": f"s{i}", "name": SHOWN[i], "role": texts(i + 1), "wants": texts(i + 2),
         "influence": 3, "interest": 3, "revenue": i + 1, "cost_saving": 1}
        for i in some
    ]  # fmt: skip
    yield (
        "deployments",
        [{"deployment_id": "d", "model_id": "m", "value_case_id": "v5", "from_on": "2024-01-01"}],
    )
    yield (
        "metric_limits",
        [
            {
                "deployment_id": "d",
                "metric": "wape",
                "high": 0.3,
                "why": texts(9),
                "owner": texts(10),
            }
        ],
    )
    yield "metric_results", [
        {"model_id": "m", "metric": metric, "period_start": f"2024-01-{d:02}",
         "value": 0.2 + d / 100, "slice_key": "" if d % 2 else "band",
         "slice_value": "" if d % 2 else texts(d)[:90].strip(), "unit": unit,
         "note": texts(d + 1)}
        for d in range(1, 29)
        for metric, unit in (("wape", ""), ("ours", texts(d)))
        if d % 2 or "\n" not in texts(d)
    ]  # fmt: skip
    yield "incident_log", [
        {"incident_id": f"i{i}", "model_id": "m", "title": SHOWN[i], "started_at": "2024-01-02",
         "owner": texts(i), "action": texts(i + 1), "postmortem_url": texts(i + 2)}
        for i in some
    ]  # fmt: skip
    yield (
        "evaluations",
        [
            {"value_case_id": "v5", "candidate": c, "metric": "wape", "value": v, "note": texts(i)}
            for i, (c, v) in enumerate({"a": 0.2, "b": 0.22}.items())
        ],
    )
    yield "decisions", [
        {"decision_id": "D001", "title": texts(11), "value_case_id": "v5", "chosen": "a",
         "why": texts(12), "decided_by": texts(13), "decided_on": "2024-02-01"}
    ]  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose only project is full of payloads."""
    with run_server(tmp_path_factory.mktemp("hostile"), demo=False) as running:
        token = {"Authorization": f"Bearer {running.token}"}
        for kind, rows in files():
            out = io.StringIO(newline="")
            writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            answer = httpx.post(
                f"{running.url}/api/v1/projects/{PROJECT}/imports?kind={kind}",
                content=out.getvalue().encode(), headers=token, timeout=PATIENCE,
            )  # fmt: skip
            assert answer.status_code == 201, (kind, answer.json()["rejects"][:3])
        yield running


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
def test_no_text_is_ever_markup_on_any_screen(page: Page, hostile: Server, screen: str):
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    address = screen.split("?")[0]
    page.goto(f"{hostile.url}/{address}?project={PROJECT}&made=1&edit=1")
    wait_for_app(page)
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.evaluate("() => window.hacked") is None
    assert page.locator(FOREIGN).count() == 0
    assert page.locator("[data-testid=stMain] [data-testid=stMarkdown] h1").count() == 0
    assert dialogs == []


def test_every_text_is_shown_as_it_was_written(page: Page, hostile: Server):
    """The titles of a hundred KPIs on the Portfolio."""
    page.goto(f"{hostile.url}/?project={PROJECT}")
    wait_for_app(page)
    told = page.locator("[data-testid=stMain]").inner_text().replace("\u2060", "")
    folded = " ".join(told.split())
    assert len(SHOWN) >= 100
    shown = [" ".join(as_written(p).split()) for p in SHOWN]
    assert [text for text in shown if text not in folded] == []


def test_every_kind_is_shown_in_registers_without_a_trace(page: Page, hostile: Server):
    for kind, _ in files():
        page.goto(f"{hostile.url}/registers?project={PROJECT}&kind={kind}")
        wait_for_app(page)
        assert page.locator("[data-testid=stException]").count() == 0, kind
        assert page.locator(FOREIGN).count() == 0, kind
        assert page.evaluate("() => window.hacked") is None, kind
