"""Results of the services made by hand, for tests of what is told of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpm_core.in_life.health import Health, Verdict
from mlpm_core.in_life.periods import Monitored, Period
from mlpm_core.planning.proxy import Proxy, ProxyState
from mlpm_core.quantity import Dimension, Quantity
from mlpm_core.records import METRICS, columns, stored
from mlpm_core.services.in_life.costs import ActualCost, CasesServed, CostsOfCase
from mlpm_core.services.in_life.deployments import DeploymentLine, DeploymentView
from mlpm_core.services.in_life.metric_signals import WatchedMetric
from mlpm_core.services.in_life.portfolio import PortfolioRow
from mlpm_core.services.in_life.promises import (
    DeliveredView,
    Grade,
    HitRate,
    KpiMonth,
    Month,
    Outcome,
    PromiseLine,
)
from mlpm_core.services.valuation.kpis import KpiValue
from mlpm_core.services.valuation.value_cases import CaseValue
from mlpm_core.services.valuation.value_rates import MetricPoint, MetricSeries, RatePoint
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.kpi import KpiStanding
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.worth import Worth

if TYPE_CHECKING:
    from collections.abc import Mapping

TODAY = date(2026, 6, 30)
JUNE = Period(datetime(2026, 6, 1), "P1M")
WEEK = Period(datetime(2026, 6, 15), "P1W")


def estimate(mean: float, p10: float, p90: float, unit: str = "money/year") -> Estimate:
    """A figure with its ends; its draws are the ends and the mean."""
    return Estimate(mean, p10, mean, p90, unit, np.array([p10, mean, p90]))


def worth(
    net: float, spread: float = 10.0, loss: float = 0.0, kpis: Mapping[Dimension, float] = {}
) -> Worth:
    """A worth whose figures lie ``spread`` either way of the given ones; exact without a spread."""

    def figure(mean: float, unit: str) -> Estimate:
        return estimate(mean, mean - spread, mean + spread, unit)

    return Worth(
        mechanism=find_mechanism("demand_forecast"),
        baseline="incumbent",
        draws=3,
        seed=7,
        currency="EUR",
        quantities={"margin": Quantity.read("4 to 6 EUR", "money/unit")} if spread else {},
        kpis={d: figure(kpis.get(d, 0.0), d.unit) for d in Dimension},
        net=figure(net, "money/year"),
        costs=None,
        probability_of_loss=loss,
        feasible_share=1.0,
        medians={e.name: np.float64(1.0) for e in find_mechanism("demand_forecast").all_inputs},
        inputs_by_draw={},
        _is_possible=np.array([True] * 3),
    )


def case(planned: Worth | None = None, current: Worth | None = None, **more: Any) -> CaseValue:
    """The value case ``orders`` of a demand forecast, titled Orders."""
    usual: dict[str, Any] = {
        "value_case_id": "orders",
        "title": "Orders",
        "mechanism": find_mechanism("demand_forecast"),
        "baseline": "incumbent",
        "currency": "EUR",
        "inputs": (),
        "problem": None,
    }
    return CaseValue(**usual | {"planned": planned, "current": current} | more)


def line(
    of: CaseValue, health: str = "healthy", reason: str = "It delivers all.", **more: Any
) -> PortfolioRow:
    """A row of the portfolio."""
    usual: dict[str, Any] = {
        "project": "shop",
        "project_title": "The shop",
        "is_demo": False,
        "age_days": 2,
    }
    return PortfolioRow(**usual | {"case": of, "health": Verdict(Health(health), reason)} | more)


def kpi(
    current: float | None = None, planned: float | None = None, spread: float = 1.0, **more: Any
) -> KpiValue:
    """A KPI of hours per case, lower is better, from 20 to 8 by the end of 2026."""

    def standing(mean: float | None) -> KpiStanding | None:
        return None if mean is None else KpiStanding(mean, mean - spread, mean + spread)

    usual: dict[str, Any] = {
        "kpi_id": "waits",
        "title": "Hours to wait",
        "dimension": Dimension.CYCLE_TIME,
        "unit": "hour/case",
        "direction": "lower",
        "baseline": 20.0,
        "target": 8.0,
        "target_on": date(2026, 12, 31),
        "definition": "From call to answer",
        "owner": "Ines",
        "value_case_id": "orders",
        "planned": standing(planned),
        "current": standing(current),
        "reason": None,
        "as_of": None if current is None else WEEK,
        "model": None,
        "batches": (),
        "trend": (),
        "proxy": Proxy(""),
        "state": ProxyState.NONE,
        "proxy_told": "",
    }
    return KpiValue(**usual | more)


def monitored(
    value: float, n: int | None = None, se: float | None = None, **more: Any
) -> Monitored:
    """A monitored result of batch B00001."""
    return Monitored(value, n, se, "B00001", **more)


def deployed(
    value: PortfolioRow | None = None, health: str = "healthy", **more: Any
) -> DeploymentLine:
    """Version 2 of the model ``m``, champion from 1 June 2026 on."""
    usual: dict[str, Any] = {
        "project": "shop",
        "project_title": "The shop",
        "is_demo": False,
        "deployment_id": "d",
        "is_recorded": True,
        "model_id": "m",
        "model_version": "2",
        "slot": "champion",
        "value_case_id": "orders",
        "case_title": "Orders",
        "from_on": date(2026, 6, 1),
        "to_on": None,
        "days_in_slot": 30,
        "is_in_use": True,
        "fresh_within_days": 14,
        "health": Verdict(Health(health), "It *delivers* all."),
        "age_days": 2,
        "data_to": datetime(2026, 6, 29),
        "checks": (),
        "value": value,
    }
    return DeploymentLine(**usual | more)


def view(of: DeploymentLine, *metrics: WatchedMetric, **more: Any) -> DeploymentView:
    """A deployment with its metrics by week."""
    usual: dict[str, Any] = {
        "slots": (of,),
        "granularities": ("P1W",),
        "granularity": "P1W",
        "rates": (),
        "segments": (),
    }
    return DeploymentView(**usual | {"line": of, "metrics": metrics} | more)


def week(n: int) -> Period:
    """The week that begins so many weeks after 1 June 2026."""
    return Period(datetime(2026, 6, 1) + timedelta(weeks=n), "P1W")


def watched(*points: MetricPoint, metric: str = "wape", **more: Any) -> WatchedMetric:
    """A monitored metric that feeds the value, planned at 0.25."""
    own = ("feeds_value", "planned_median")
    usual: dict[str, Any] = {"feeds_value": True, "planned_median": 0.25}
    series = MetricSeries(
        metric=METRICS[metric], points=points, **usual | {n: more.pop(n) for n in own if n in more}
    )
    return WatchedMetric(series, **{"check": None} | more)


def point(at: int, value: float, half: float | None = None, **more: Any) -> MetricPoint:
    """What was monitored in a week, with an interval that reaches so far either way."""
    ends = (None, None) if half is None else (value - half, value + half)
    return MetricPoint(week(at), value, *ends, monitored(value, **more))


def rate(n: int, mean: float, half: float = 10.0, **more: Any) -> RatePoint:
    """The value rate of a week, with P10 and P90 so far either way."""
    usual: dict[str, Any] = {"kpis": {}, "metrics": {}, "inputs": {}}
    return RatePoint(week(n), mean, mean - half, mean + half, **usual | more)


def month(
    number: int, same_days: float | None, realised: float | None, days: float = 30.0, **more: Any
) -> Month:
    """A month of 2026, in use for 30 days, promised so much for the monitored ones."""
    usual: dict[str, Any] = {
        "days_in_use": 30.0,
        "days_monitored": days,
        "days_not_final": 0.0,
        "promised": same_days,
        "promised_same_days": same_days,
        "realised": None if realised is None else estimate(realised, realised - 5, realised + 5),
    }
    return Month(date(2026, number, 1), **usual | more)


NO_COSTS = CostsOfCase(
    "EUR", (), ActualCost({}, 0.0, 0.0, 0.0, 0.0, 0.0), 0.0, None,
    CasesServed(0, 0, None, None, None), (), {}, None,
)  # fmt: skip


def delivered(
    *months: Month, to_date: tuple[Month, ...] | None = None, **more: Any
) -> DeliveredView:
    """A value case that was planned at 36,525 EUR a year, with its months."""
    usual: dict[str, Any] = {
        "case": case(worth(36_525.0)),
        "day": TODAY,
        "grade": Grade.MODEL_IMPLIED,
        "kpis": (),
        "promises": (),
        "hits": HitRate(0, 0, None, 0),
        "decided": None,
        "decisions_due": (),
        "next_review_on": None,
        "unvalued": (),
        "n_unvalued": 0,
        "costs": NO_COSTS,
    }
    ends = months if to_date is None else to_date
    return DeliveredView(**usual | {"months": months, "to_date": ends} | more)


def promised(outcome: Outcome, **more: Any) -> PromiseLine:
    """A promise of 9 hours per case by the end of May, made to Ada in January."""
    usual: dict[str, Any] = {
        "promise_id": "p",
        "kpi_title": "Hours to wait",
        "unit": "hour/case",
        "promised": 9.0,
        "promised_for_on": date(2026, 5, 31),
        "made_on": date(2026, 1, 2),
        "made_to": "Ada",
        "confidence": 0.8,
    }
    return PromiseLine(**usual | {"outcome": outcome} | more)


def kpi_month(
    number: int, level: float | None, promise: float | None = None, days: float = 30.0, **more: Any
) -> KpiMonth:
    """A month of a KPI, in use for 30 days."""
    usual: dict[str, Any] = {
        "days_in_use": 30.0,
        "days_monitored": days,
        "days_not_final": 0.0,
        "level": None if level is None else estimate(level, level - 1, level + 1, "hour/case"),
        "promised": promise,
    }
    return KpiMonth(date(2026, number, 1), **usual | more)


def record(kind, fields=None, **more):
    """A stored record of which only these fields count; the others are empty."""
    return stored(kind, {c.name: c.default for c in columns(kind)} | (fields or {}) | more)
