"""Who looks after the two models at work, what went wrong, and what help is offered for."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

from making.proven import MARGIN, ORDERED
from making.story import BUILDER, FAULT_ON, LIVE_ON, PIA, REPEAT_ON, ROLLED_BACK_ON, Row

if TYPE_CHECKING:
    from making.story import Array

DEMAND, WORKSHOP = "bike-shop-demand", "bike-shop-workshop"
FIRST, STANDBY, TRIAGE = "northlight-support", "northlight-standby", "northlight-triage"
GOODWILL, OVERAGE = 1.5, 1.5  # EUR a unit short, and a unit left over, as in the quantities
USUAL_DAYS = 28


def demand_contracts() -> list[Row]:
    """The first contract said nothing of the ERP interface; after the fault came a standby."""
    of = {"project": DEMAND, "counterparty": BUILDER, "contract_type": "support"}
    return [
        of
        | {
            "contract_id": FIRST,
            "pricing": "fixed",
            "fee_per_year": 9_900.0,
            "hours_included": 60.0,
            "hour_rate": 115.0,
            "starts_on": LIVE_ON,
            "ends_on": date(2026, 6, 30),
            "is_liable": False,
            "note": "Reviews and bug fixes; says nothing of systems around the model",
            "archived": False,
        },
        of
        | {
            "contract_id": STANDBY,
            "pricing": "standby",
            "fee_per_year": 6_000.0,
            "hour_rate": 115.0,
            "call_out_fee": 1_500.0,
            "response_hours": 2.0,
            "starts_on": date(2026, 4, 1),
            "ends_on": date(2027, 3, 31),
            "is_liable": False,
            "note": "Signed after the ERP update of March 2026",
            "archived": False,
        },
    ]


def demand_clauses() -> list[Row]:
    """What each of the two settles: (contract, clause, in it, price, note)."""
    rows = [
        (FIRST, "access", True, 0.0, "Part of the fee"),
        (FIRST, "telemetry", True, 0.0, "Part of the fee"),
        (FIRST, "response_time", False, None, ""),
        (FIRST, "rollback", True, 0.0, "Part of the fee"),
        (FIRST, "retraining", True, 2_400.0, "Once a year"),
        (FIRST, "data_rights", True, 0.0, ""),
        (FIRST, "exit", False, None, ""),
        (FIRST, "erp_interface", False, None, "Nobody thought of it"),
        (STANDBY, "access", True, 600.0, "A VPN account each for two experts"),
        (STANDBY, "telemetry", True, 900.0, "Daily errors are pushed"),
        (STANDBY, "response_time", True, 3_000.0, "Two hours, day and night"),
        (STANDBY, "rollback", True, 500.0, "Rehearsed every spring"),
        (STANDBY, "retraining", False, None, "Ordered apart, when it is due"),
        (STANDBY, "data_rights", True, None, "Without a line in the bill"),
        (STANDBY, "erp_interface", True, 1_000.0, "Checked before each update"),
    ]
    return _clauses(DEMAND, rows)


def workshop_contracts() -> list[Row]:
    """One contract, which ends a year before the workshop stops needing the triage."""
    return [
        {
            "project": WORKSHOP,
            "contract_id": TRIAGE,
            "counterparty": BUILDER,
            "contract_type": "support",
            "pricing": "fixed",
            "fee_per_year": 2_400.0,
            "starts_on": date(2024, 9, 2),
            "ends_on": date(2026, 8, 31),
            "is_liable": True,
            "note": "Liable for requests sent to a wrong bench",
            "archived": False,
        }
    ]


def workshop_clauses() -> list[Row]:
    """Northlight is liable, and has no access in the contract: nobody had seen it."""
    rows = [
        (TRIAGE, "telemetry", False, None, "The workshop counts by hand"),
        (TRIAGE, "rollback", True, 0.0, "Part of the fee"),
        (TRIAGE, "retraining", False, None, ""),
    ]
    return _clauses(WORKSHOP, rows)


def _clauses(project: str, rows: list[tuple[str, str, bool, float | None, str]]) -> list[Row]:
    fields = ("contract_id", "clause", "is_present", "price", "note")
    return [
        {"project": project, "archived": False} | dict(zip(fields, row, strict=True))
        for row in rows
    ]


def demand_incidents(forecast: Array, actual: Array) -> list[Row]:
    """The fault of March, met on day 8, and its small repeat in May under the standby.

    Parameters
    ----------
    forecast, actual : array of shape (n_skus, n_days)
        The first column is ``LIVE_ON``. The losses are units short and left over, in money, beyond
        what is usual.
    """
    of = {
        "project": DEMAND,
        "model_id": "demand-forecast",
        "status": "closed",
        "detected_by": "alert",
        "root_cause": "schema_change",
        "model_version": "1.0",
        "owner": PIA,
    }
    reached = datetime(2026, 3, 10, 8, tzinfo=UTC)
    return [
        of
        | {
            "incident_id": "erp-pack-units",
            "title": "ERP update: pieces became boxes of ten",
            "started_at": datetime.combine(FAULT_ON, time(), UTC),
            "severity": "SEV1",
            "detected_at": datetime(2026, 3, 2, 10, tzinfo=UTC),
            "acknowledged_at": reached,
            "mitigated_at": datetime(2026, 3, 11, 9, 40, tzinfo=UTC),
            "resolved_at": datetime(2026, 3, 15, 12, tzinfo=UTC),
            "est_loss": _lost_beyond_usual(forecast, actual, FAULT_ON, ROLLED_BACK_ON),
            "action": "Rolled back to the planners' rule in 40 minutes, once an expert was there",
        },
        of
        | {
            "incident_id": "pack-units-again",
            "title": "Pack units of a few goods again",
            "started_at": datetime(2026, 5, 18, 6, tzinfo=UTC),
            "severity": "SEV3",
            "detected_at": datetime(2026, 5, 18, 7, 5, tzinfo=UTC),
            "acknowledged_at": datetime(2026, 5, 18, 7, 20, tzinfo=UTC),
            "mitigated_at": datetime(2026, 5, 18, 7, 40, tzinfo=UTC),
            "resolved_at": datetime(2026, 5, 18, 16, tzinfo=UTC),
            "est_loss": _lost_beyond_usual(forecast, actual, REPEAT_ON, REPEAT_ON),
            "action": "Called the standby; the interface was put right the same day",
        },
    ]


def _lost_beyond_usual(forecast: Array, actual: Array, first: date, last: date) -> float:
    """What units short and units left over cost, beyond that of the four weeks before."""
    short = np.maximum(0.0, actual - ORDERED * forecast)
    left = np.maximum(0.0, ORDERED * forecast - actual)
    lost = ((MARGIN + GOODWILL) * short + OVERAGE * left).sum(axis=0)
    begins, ends = ((on - LIVE_ON) // timedelta(days=1) for on in (first, last))
    usual = float(lost[begins - USUAL_DAYS : begins].mean())
    beyond = float(lost[begins : ends + 1].sum()) - usual * (ends + 1 - begins)
    return round(max(0.0, beyond) / 10) * 10.0


def demand_support_plan() -> list[Row]:
    """What help takes and costs, by the offers of spring 2026."""
    return [
        {
            "project": DEMAND,
            "support_id": "after-the-fault",
            "fix_hours": "0.5 | 2 | 12",
            "reach_alone": "8 | 48 | 190",
            "planned_hours": "30 | 45 | 80",
            "hour_rate": 115.0,
            "emergency_bill": 2_400.0,
            "standby_reach": "0.2 | 1 | 3",
            "standby_fee": 6_000.0,
            "standby_call_out": 1_500.0,
            "bank_reach": "4 | 10 | 26",
            "bank_fee": 9_000.0,
            "bank_hours": 80.0,
            "bank_rate": 125.0,
            "archived": False,
        }
    ]


def demand_sourcing() -> list[Row]:
    """What was compared in spring 2024: own people, or Northlight at a fixed price."""
    return [
        {
            "project": DEMAND,
            "sourcing_id": "own-people-or-northlight",
            "build_cost": "76.2k | 127.2k | 210k",
            "quote": "165k",
            "years": 3.0,
            "p_no_model": 0.064,
            "team_cost": "27k | 38k | 66k",
            "hiring_cost": "14k | 22k | 60k",
            "opportunity_cost": "0",
            "p_change_orders": 0.35,
            "change_orders": "8k | 16k | 36k",
            "buyer_cost": "15k",
            "support_fee": "16k | 18k | 22k",
            "supplier_cost": "76k | 120k | 180k",
            "build_months": 9.0,
            "p_leaves": 0.25,
            "paid_without_model": 1.0,
            "archived": False,
        }
    ]


def wearcheck_labelling() -> list[Row]:
    """Two labels for each of 6,000 photos: hours that the engineer's guess left out."""
    return [
        {
            "project": "bike-shop-wearcheck",
            "annotation_id": "photos",
            "items": 6_000,
            "minutes_per_label": "0.3 | 0.5 | 0.9",
            "labels_per_item": 2,
            "review_share": 0.15,
            "people": 2,
            "hours_per_day": 2.0,
            "day_rate": 80.0,
            "items_done": 0,
            "archived": False,
        }
    ]
