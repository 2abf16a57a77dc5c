"""A shop whose forecast is monitored, with exact quantities so that its value can be had by hand.

Net is linear in the forecast's error: 238,581.98 EUR a year at 0.24 against 0.30 today (the example
of ``worth``), so NET_PER_POINT times (0.30 - error).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.intake import Profile
from mlpm_core.records import Status
from mlpm_core.services.ingest import imports, registers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.services.session.workspace import Workspace

SHOP, CASE = "shop", "orders"
NET_PER_POINT = 238_581.98 / 0.06
QUANTITIES = {
    "periods": "10.4k", "mean_demand": "120", "wape_baseline": "0.3", "wape_model": "0.24",
    "margin": "5", "goodwill": "1", "overage": "2", "lead_time_hours": "72",
    "override_share_baseline": "0.25", "override_share_model": "0.15", "override_minutes": "6",
}  # fmt: skip
WEEKS = (
    "2024-07-08,0.24,P1W,final\n2024-07-15,0.24,P1W,final\n2024-07-22,0.27,P1W,final\n"
    "2024-07-29,0.30,P1W,partial\n"
)


def save(workspace: Workspace, kind: str, *rows: Mapping[str, object]) -> None:
    """Records as a form gives them; fails when they are refused."""
    receipt = registers.save(workspace.acting_as("test"), SHOP, kind, rows)
    assert receipt.status in (Status.COMMITTED, Status.DUPLICATE), receipt.rejects


def results(
    workspace: Workspace,
    rows: str,
    version: str = "",
    name: str = "results.csv",
    se: str = "",
    model: str = "m",
) -> None:
    """Monitored forecast errors: a line each of start, error, length and state of the labels."""
    head = "model_id,metric,model_version,value_se,period_start,value,granularity,label_status\n"
    text = head + "".join(f"{model},wape,{version},{se},{row}\n" for row in rows.split())
    receipt = imports.import_file(
        workspace.acting_as("test"), SHOP, "metric_results", name, text.encode(),
        profile=Profile(restatement="confirm"),
    )  # fmt: skip
    assert receipt.status is Status.COMMITTED, receipt


def clock(workspace: Workspace, day: str, title: str = "The shop") -> None:
    """Turn the shop's clock."""
    save(workspace, "projects", {"project": SHOP, "title": title, "clock_on": day})


def planned(workspace: Workspace, day: str, title: str = "Orders") -> None:
    """The shop with its plan, nothing in use yet."""
    clock(workspace, day)
    save(workspace, "models", {"model_id": "m"})
    save(
        workspace, "value_cases",
        {"value_case_id": CASE, "title": title, "mechanism": "demand_forecast", "model_id": "m"},
    )  # fmt: skip
    save(
        workspace, "quantities",
        *({"value_case_id": CASE, "name": n, "written": w} for n, w in QUANTITIES.items()),
    )  # fmt: skip


def in_use(workspace: Workspace, from_on: str, **more: object) -> None:
    """A champion deployment of the shop's model."""
    row = {"deployment_id": "d", "model_id": "m", "value_case_id": CASE, "from_on": from_on}
    save(workspace, "deployments", row | more)


def kpi(workspace: Workspace, kpi_id: str, direction: str, **more: object) -> None:
    """A KPI of money a year that the model moves from 400,000, up or down."""
    row = {
        "kpi_id": kpi_id, "title": kpi_id, "dimension": "revenue", "unit": "EUR/year",
        "direction": direction, "baseline": 400_000, "target": 500_000, "value_case_id": CASE,
    }  # fmt: skip
    save(workspace, "kpis", row | more)


def promise(workspace: Workspace, kpi_id: str, promised: float, **more: object) -> None:
    """A promise on a KPI, made in May 2024 for 15 July."""
    row = {
        "promise_id": f"{kpi_id}-{promised:g}", "kpi_id": kpi_id, "promised": promised,
        "promised_for_on": "2024-07-15", "made_on": "2024-05-01", "made_to": "Ada",
        "confidence": 0.8,
    }  # fmt: skip
    save(workspace, "promises", row | more)
