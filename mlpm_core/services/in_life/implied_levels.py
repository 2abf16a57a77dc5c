"""Where the metrics of each period put a KPI, by the value cases that move it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.in_life.kpi_series import shares_within
from mlpm_core.in_life.realisation import Span
from mlpm_core.records import Direction, ValueCase
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.valuation.kpis import not_added
from mlpm_core.services.valuation.monitored import champions
from mlpm_core.services.valuation.moved_together import ADDED
from mlpm_core.services.valuation.value_rates import parts_of, rates_of
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.kpi import per_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from mlpm_core.in_life.periods import Monitored, Period
    from mlpm_core.services.valuation.kpis import KpiValue
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.store import Reader

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ImpliedLevel:
    """Where the models' metrics of one period put a KPI, with P10 and P90, and these metrics.

    Of several value cases together no metrics are told: each has its own (``ImpliedPart``).
    """

    period: Period
    level: float
    low: float
    high: float
    metrics: Mapping[str, Monitored] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImpliedPart:
    """One of the value cases that move a KPI, and where it alone puts it."""

    case: CaseValue
    levels: tuple[ImpliedLevel, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """What a case moves a KPI by in each period, draw by draw, and when it was in use."""

    by_period: Mapping[Period, Array]
    used: Span

    def within(self, period: Period) -> Array | float | None:
        """What it moves the KPI by over a period, of which it may be in use for a part.

        None where it was in use and too few days have results.
        """
        if not period.days:
            used: Period | Span | None = period
            if not self.used.start <= period.start < self.used.end:
                used = None
        else:
            used = Span(period.start, period.end).within(self.used)
        if used is None:
            return 0.0
        shares = shares_within(self.by_period, used)
        if shares is None:
            return None
        mean = np.sum([share * self.by_period[p] for p, share in shares.items()], axis=0)
        return np.asarray(mean * (used.days / period.days if period.days else 1.0))


def implied_levels(
    reader: Reader, project: str, day: date, kpi: KpiValue, case: CaseValue
) -> tuple[ImpliedLevel, ...]:
    """The levels that a value case's monitored periods imply for a KPI, oldest first.

    Empty without a baseline or results.
    """
    if case.as_of is None or kpi.baseline is None:
        return ()
    factor = _factor(kpi, case)
    made: list[ImpliedLevel] = []
    for rate in rates_of(reader, project, case, case.as_of.granularity, day):
        low, high = sorted(kpi.baseline + factor * end for end in rate.ranges[kpi.dimension])
        level = kpi.baseline + factor * rate.kpis[kpi.dimension]
        made.append(ImpliedLevel(rate.period, level, low, high, rate.metrics))
    return tuple(made)


def levels_together(
    reader: Reader,
    project: str,
    day: date,
    kpi: KpiValue,
    cases: Sequence[CaseValue],
    *,
    last: int | None = None,
) -> tuple[ImpliedLevel, ...]:
    """The levels that several value cases imply together, added draw by draw, oldest first.

    A case adds nothing before its model was in use and after it was. A period in which one of them
    was in use without results has no level.

    Raises
    ------
    InputError
        When what the cases imply does not add up.
    """
    if kpi.baseline is None:
        return ()
    if kpi.dimension not in ADDED:
        raise InputError(not_added(kpi.unit))
    rows = {c.value_case_id: c for c in reader.current(ValueCase, project)}
    parts = []
    for case in cases:
        factor = _factor(kpi, case)
        found = parts_of(reader, project, case, kpi.dimension, day, last)
        by_period = {rate.period: factor * part for rate, part in found}
        parts.append(_Part(by_period, _used(reader, rows[case.value_case_id], by_period, day)))
    made = []
    for period in _grid([part.by_period for part in parts]):
        within = [part.within(period) for part in parts]
        moved = [x for x in within if x is not None]
        if len(moved) == len(parts):
            draws = np.atleast_1d(np.asarray(sum(moved, start=0.0)))
            level = Estimate.of(kpi.baseline + draws, kpi.unit)
            made.append(ImpliedLevel(period, level.mean, level.p10, level.p90))
    return tuple(made if last is None else made[-last:])


def with_trend(
    reader: Reader,
    project: str,
    day: date,
    kpi: KpiValue,
    cases: Mapping[str, CaseValue],
    last: int,
) -> KpiValue:
    """A KPI that several value cases move, with the newest levels that they imply together."""
    if kpi.current is None or not kpi.further:
        return kpi
    mine = [cases[name] for name in kpi.moved_by]
    told = partial(levels_together, reader, project, day, kpi, mine, last=last)
    levels, _ = or_reason(f"The trend of KPI {kpi.kpi_id} of {project}", told)
    return replace(kpi, trend=tuple(one.level for one in levels or ()))


def _factor(kpi: KpiValue, case: CaseValue) -> float:
    """What one of a dimension's unit moves the KPI by."""
    factor = per_unit(kpi.dimension, kpi.unit, case.currency)
    return factor if kpi.direction == Direction.HIGHER else -factor


def _used(reader: Reader, row: ValueCase, periods: Iterable[Period], day: date) -> Span:
    """From when to when the champions of a case were in use; from its first results without one."""
    recorded = [c for c in champions(reader, row) if c.from_on is not None]
    if not recorded:
        first = min((p.start for p in periods), default=None)
        return Span(first, datetime.max) if first else Span(datetime.max, datetime.max)
    began = datetime.combine(min(c.from_on for c in recorded), time.min)
    ends = [c.to_on for c in recorded]
    last = None if None in ends else max(on for on in ends if on is not None)
    if last is None or last >= day:
        return Span(began, datetime.max)
    return Span(began, max(began, datetime.combine(last, time.min) + timedelta(days=1)))


def _grid(of_cases: Sequence[Iterable[Period]]) -> list[Period]:
    """The periods of several cases that do not overlap: the shortest where there are some."""
    by_length: dict[str, set[Period]] = {}
    for periods in of_cases:
        for period in periods:
            by_length.setdefault(period.granularity, set()).add(period)
    taken: list[Period] = []
    for length in sorted(by_length, key=lambda name: min(p.days for p in by_length[name])):
        for period in sorted(by_length[length]):
            at = bisect_left(taken, period.start, key=lambda p: p.start)
            beside = taken[max(at - 1, 0) : at + 1]
            if all(period.end <= other.start or other.end <= period.start for other in beside):
                taken.insert(at, period)
    return taken
