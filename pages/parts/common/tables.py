"""Service results as tidy frames: for charts with fixed column names, for tables with people's."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from mlpm_core.records import columns, record_of
from pages.parts.common.cache import made_once
from pages.parts.common.choices import choice_label
from pages.parts.common.format import (
    NOTHING,
    WORDS,
    computed,
    day,
    figure,
    money,
    number,
    period_name,
    span,
    written_unit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.records import Receipt
    from mlpm_core.services.in_life.portfolio import PortfolioRow
    from mlpm_core.services.plan.estimates import EstimateView
    from mlpm_core.services.valuation.case_value import Unchecked
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.services.valuation.value_rates import RatePoint


@made_once
def cases(lines: Sequence[PortfolioRow]) -> pd.DataFrame:
    """The portfolio's value cases, a row each."""
    return pd.DataFrame(
        {
            "Health": [WORDS[x.health.health] for x in lines],
            "Value case": [x.case.title for x in lines],
            "Now": [_rate(x.current_rate, x) for x in lines],
            "Likely": [likely(*x.rate_range) for x in lines],
            "Grade": [x.grade or "planned" for x in lines],
            **unchecked([x.case.unchecked for x in lines]),
            "Planned": [_rate(x.planned_rate, x) for x in lines],
            "Gap": [_rate(x.gap, x) for x in lines],
            "Gap, likely": [likely(*x.gap_range) for x in lines],
            **_after_cost(lines),
            "Based on": [_based_on(x) for x in lines],
            "Data to": [day(x.case.as_of.last_on) if x.case.as_of else NOTHING for x in lines],
            "Project": [x.project_title for x in lines],
        }
    )


def _based_on(line: PortfolioRow) -> str:
    return period_name(line.case.rests_on) if line.case.rests_on else NOTHING


def unchecked(found: Sequence[Unchecked | None]) -> dict[str, list[str]]:
    """How many numbers behind a value nobody has checked; nothing where all are somebody's own."""
    if not any(found):
        return {}
    return {"Numbers not checked": [f"{x.n} of {x.of}" if x else NOTHING for x in found]}


def _after_cost(lines: Sequence[PortfolioRow]) -> dict[str, list[str]]:
    """Values with the recorded costs in the place of the planned ones; none where none is."""
    if not any(line.cost for line in lines):
        return {}
    return {
        "After actual cost": [_rate(x.after_actual_cost, x) for x in lines],
        "After actual cost, likely": [likely(*x.after_actual_cost_range) for x in lines],
    }


def rates(points: Sequence[RatePoint], line: PortfolioRow) -> pd.DataFrame:
    """The value of each week for its chart."""
    starts = [p.period.start for p in points]
    return pd.DataFrame(
        {
            "start": starts,
            "period": [period_name(p.period) for p in points],
            "rate": [p.rate for p in points],
            "low": [p.rate_low for p in points],
            "high": [p.rate_high for p in points],
            "planned": line.planned_rate,
            "redefined": redefined(starts, line.case),
        }
    )


def redefined(starts: Sequence[datetime], case: CaseValue) -> pd.Series:
    """For each period, its start if the definition became another in it; else nothing."""
    ends = [*starts[1:], datetime.max] if starts else []
    return pd.Series(
        [
            start if any(start <= at < end for at in case.redefined_at) else pd.NaT
            for start, end in zip(starts, ends, strict=True)
        ],
        dtype="datetime64[us]",
    )


@made_once
def dots(case: CaseValue) -> pd.DataFrame:
    """Fifty equally likely outcomes for the dotplot."""
    outcomes = case.dots
    return pd.DataFrame(
        {
            "at": [d.at for d in outcomes],
            "row": [d.row for d in outcomes],
            "value": [d.value for d in outcomes],
            "outcome": ["loss" if d.value < 0 else "gain" for d in outcomes],
        }
    )


def steps(case: CaseValue) -> pd.DataFrame:
    """Every formula with its result for the middle value of each input."""
    lines = case.best.lines if case.best else ()
    return pd.DataFrame(
        {
            "Result": [x.name for x in lines],
            "Formula": [x.formula for x in lines],
            "Value": [number(x.value, 4) for x in lines],
            "Unit": ["" if x.unit == "1" else written_unit(x.unit, case.currency) for x in lines],
        }
    )


def inputs(case: CaseValue) -> pd.DataFrame:
    """Every input with what is taken for it and where that comes from."""
    asked = [i for i in case.inputs if i.is_asked]
    return pd.DataFrame(
        {
            "Input": [i.label for i in asked],
            "Name": [i.name for i in asked],
            "Used": [i.in_use or NOTHING for i in asked],
            "Unit": [written_unit(i.unit, case.currency) for i in asked],
            "From": [_origin(i) for i in asked],
            "Source": [i.source for i in asked],
            "Owner": [i.owner for i in asked],
            "Batch": [i.batch or "" for i in asked],
        }
    )


@made_once
def waterfall(view: EstimateView) -> pd.DataFrame:
    """The steps from the guess to the plan, for their chart."""
    steps = view.estimate.waterfall
    return pd.DataFrame(
        {
            "order": range(len(steps)),
            "step": [s.label for s in steps],
            "from": [s.p50 - s.change if i else 0.0 for i, s in enumerate(steps)],
            "to": [s.p50 for s in steps],
            "change": [s.change for s in steps],
        }
    )


def batches(rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> pd.DataFrame:
    """Every batch of a project, newest first."""
    receipts: list[Receipt] = [row["receipt"] for row in rows]
    return pd.DataFrame(
        {
            "Batch": [r.batch for r in receipts],
            "What": [
                f"undo of {r.undoes}" if r.undoes else kinds.get(r.kind, r.kind) for r in receipts
            ],
            "File": [r.filename for r in receipts],
            "Accepted": [r.accepted for r in receipts],
            "Rejected": [r.rejected for r in receipts],
            "By": [r.actor for r in receipts],
            "Through": [row["channel"] for row in rows],
            "At (UTC)": [row["received_at"] for row in rows],
            "State": [
                f"undone by {row['undone_by']}" if row["undone_by"] else "in force" for row in rows
            ],
        }
    )


def rejects(receipt: Receipt) -> pd.DataFrame:
    """Rejected cells with their line, reason and repair."""
    return pd.DataFrame(
        {
            "Line": [r.place.removeprefix("line ") if r.part else r.row for r in receipt.rejects],
            "Column": [r.column or "" for r in receipt.rejects],
            "Value": [r.value or "" for r in receipt.rejects],
            "What is wrong": [r.message for r in receipt.rejects],
            "How to fix it": [r.hint for r in receipt.rejects],
            "Code": [r.code for r in receipt.rejects],
        }
    )


def examples(receipt: Receipt) -> pd.DataFrame:
    """The first new and changed lines as they were read; columns without a value are left out."""
    fields = {c.name: c for c in columns(record_of(receipt.kind)) if c.name != "project"}
    rows = [
        {"Line": e.line, "Is": e.change}
        | {
            field.label: choice_label(field, e.row[name].removesuffix(" 00:00:00"))
            for name, field in fields.items()
            if name in e.row
        }
        for e in receipt.examples
    ]
    return pd.DataFrame(rows).fillna("")


def effects(receipt: Receipt) -> pd.DataFrame:
    """KPIs before and after."""
    return pd.DataFrame(
        {
            "KPI": [e.title for e in receipt.effect],
            "Before": [_kpi(e.before, e.unit) for e in receipt.effect],
            "Before, likely": [likely(e.before_p10, e.before_p90) for e in receipt.effect],
            "After": [_kpi(e.after, e.unit) for e in receipt.effect],
            "After, likely": [likely(e.after_p10, e.after_p90) for e in receipt.effect],
            "Change": [
                NOTHING
                if e.before is None or e.after is None
                else _kpi(e.after - e.before, e.unit, signed=True)
                for e in receipt.effect
            ],
            "Grade": [e.grade or NOTHING for e in receipt.effect],
        }
    )


def _kpi(value: float | None, unit: str, *, signed: bool = False) -> str:
    if value is None:
        return "not available"
    text = figure(abs(value) if signed else value, unit, 4)
    return f"{'+' if value > 0 else '−'} {text}" if signed else text


def _rate(value: float | None, line: PortfolioRow) -> str:
    return NOTHING if value is None else money(value, line.case.currency, "week")


def likely(low: float | None, high: float | None) -> str:
    """Where a figure lies in 8 of 10 cases."""
    if low is None or high is None:
        return NOTHING
    return span(low, high)


def _origin(entry: Any) -> str:  # noqa: ANN401  a CaseInput
    if entry.monitored:
        from_log = f", {computed(entry.computed)}" if entry.computed else ""
        return f"monitored, {entry.monitored_in}{from_log}"
    if entry.planned:
        return "written in the value case"
    return "the mechanism's default" if entry.default else "missing"
