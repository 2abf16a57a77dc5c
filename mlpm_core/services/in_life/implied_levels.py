"""Where the metrics of each period put a KPI, by one value case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlpm_core.records import Direction
from mlpm_core.services.valuation.value_rates import rates_of
from mlpm_core.value.kpi import per_unit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlpm_core.in_life.periods import Monitored, Period
    from mlpm_core.services.valuation.kpis import KpiValue
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.store import Reader


@dataclass(frozen=True, slots=True)
class ImpliedLevel:
    """Where the models' metrics of one period put a KPI, with P10 and P90, and these metrics."""

    period: Period
    level: float
    low: float
    high: float
    metrics: Mapping[str, Monitored] = field(default_factory=dict)


def implied_levels(
    reader: Reader, project: str, day: date, kpi: KpiValue, case: CaseValue
) -> tuple[ImpliedLevel, ...]:
    """The levels that a value case's monitored periods imply for a KPI, oldest first.

    Empty without a baseline or results.
    """
    if case.as_of is None or kpi.baseline is None:
        return ()
    factor = per_unit(kpi.dimension, kpi.unit, case.currency)
    factor *= 1 if kpi.direction == Direction.HIGHER else -1
    made: list[ImpliedLevel] = []
    for rate in rates_of(reader, project, case, case.as_of.granularity, day):
        low, high = sorted(kpi.baseline + factor * end for end in rate.ranges[kpi.dimension])
        level = kpi.baseline + factor * rate.kpis[kpi.dimension]
        made.append(ImpliedLevel(rate.period, level, low, high, rate.metrics))
    return tuple(made)
