"""Where a KPI should be by when, and what was measured then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpm_core.records import Direction, KpiTarget

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mlpm_core.in_life.kpi_change import MeasuredValue
    from mlpm_core.in_life.kpi_series import KpiSeries
    from mlpm_core.services.valuation.kpis import KpiValue
    from mlpm_core.store import Reader


@dataclass(frozen=True, slots=True)
class Target:
    """Where a KPI should be by a day; without a day it always holds.

    ``at_least`` is the floor. ``measured`` is the KPI in the period of that day, once it is over.
    """

    on: date | None
    target: float
    at_least: float | None = None
    stretch: float | None = None
    measured: MeasuredValue | None = None
    is_reached: bool | None = None


def targets(reader: Reader, project: str) -> dict[str, list[Target]]:
    """The targets by date of a project that are not archived, by KPI."""
    found: dict[str, list[Target]] = {}
    for row in reader.current(KpiTarget, project):
        if not row.archived:
            dated = Target(row.target_on, row.target, row.at_least, row.stretch)
            found.setdefault(row.kpi_id, []).append(dated)
    return found


def with_last(dated: Sequence[Target], kpi: KpiValue) -> list[Target]:
    """The targets by date with the one in the KPI's own record, which counts on its day."""
    targets = [t for t in dated if t.on != kpi.target_on]
    if kpi.target is not None:
        same = next((t for t in dated if t.on == kpi.target_on), None)
        floor, stretch = (same.at_least, same.stretch) if same else (None, None)
        targets.append(Target(kpi.target_on, kpi.target, floor, stretch))
    return sorted(targets, key=lambda t: (t.on is None, t.on))


def in_force(of_kpi: Sequence[Target], day: date) -> Target | None:
    """The next target that is still to come; else the one without a day, else the last."""
    coming = [t for t in of_kpi if t.on is not None and t.on >= day]
    undated = [t for t in of_kpi if t.on is None]
    return next(iter(coming or undated or of_kpi[-1:]), None)


def judged(target: Target, series: KpiSeries | None, direction: str) -> Target:
    """A target with what was measured in the period of its day."""
    if target.on is None:
        return target
    found = measured_on(series, target.on)
    if found is None:
        return target
    sign = 1 if direction == Direction.HIGHER else -1
    is_reached = sign * (found.value - target.target) >= 0
    return Target(target.on, target.target, target.at_least, target.stretch, found, is_reached)


def measured_on(series: KpiSeries | None, on: date) -> MeasuredValue | None:
    """The value of the whole period that holds a day."""
    values = series.whole if series else ()
    return next((v for v in values if v.period.start.date() <= on <= v.period.last_on), None)
