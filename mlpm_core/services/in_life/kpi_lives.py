"""What the monitored periods tell of KPIs, by all value cases that move each of them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.in_life.realisation import Span, WindowTotal, days_within
from mlpm_core.records import Cost
from mlpm_core.services.in_life.realised_value import LifeMonth, RealisedValue, realised_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mlpm_core.quantity import Dimension
    from mlpm_core.records import Promise, ValueCase
    from mlpm_core.services.valuation.kpis import KpiValue
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.store import Reader

_DAY = timedelta(days=1)


def lives(
    reader: Reader,
    rows: Mapping[str, ValueCase],
    value_case_id: str,
    cases: Mapping[str, CaseValue],
    kpis: Mapping[str, KpiValue],
    promises: Sequence[Promise],
    today: date,
) -> tuple[RealisedValue, dict[str, RealisedValue]]:
    """The life of a value case, and by id that of each KPI it moves or of which a promise fell due.

    Each is gathered since the days of these promises.
    """
    due: dict[str, set[date]] = {
        k.kpi_id: set() for k in kpis.values() if value_case_id in k.moved_by
    }
    for promise in promises:
        kpi = kpis.get(promise.kpi_id)
        if kpi is not None and kpi.moved_by and promise.promised_for_on <= today:
            due.setdefault(kpi.kpi_id, set()).add(promise.promised_for_on)
    asked = [kpis[kpi_id] for kpi_id in due]

    def of_case(name: str, told: Sequence[KpiValue], *, beside_others: bool) -> RealisedValue:
        return realised_value(
            reader,
            rows[name],
            cases[name],
            today,
            dimensions={k.dimension for k in told},
            since={day for k in told for day in due[k.kpi_id]},
            before_cost=name == value_case_id and not beside_others and has_costs,
            beside_others=beside_others,
        )

    has_costs = reader.holds_any(Cost, rows[value_case_id].project)
    alone = {value_case_id: [k for k in asked if k.moved_by == (value_case_id,)]}
    added: dict[str, list[KpiValue]] = {}
    for kpi in asked:
        if kpi.further:
            for name in kpi.moved_by:
                added.setdefault(name, []).append(kpi)
        elif kpi.value_case_id != value_case_id:
            alone.setdefault(kpi.value_case_id, []).append(kpi)
    of_cases = {n: of_case(n, told, beside_others=False) for n, told in alone.items()}
    parts = {n: of_case(n, told, beside_others=True) for n, told in added.items()}
    return of_cases[value_case_id], {
        kpi.kpi_id: life_together([parts[n] for n in kpi.moved_by], kpi.dimension, today)
        if kpi.further
        else of_cases[kpi.value_case_id]
        for kpi in asked
    }


def life_together(
    parts: Sequence[RealisedValue], dimension: Dimension, today: date
) -> RealisedValue:
    """What several value cases tell of a dimension together, over the days on which any was in use.

    A case adds nothing on days on which it was not in use. Its days without results count as those
    that have some; where none of its days in a stretch has results, nothing is told of the stretch.

    Parameters
    ----------
    parts : sequence of RealisedValue
        Gathered beside each other (``beside_others``), since the same days.
    """
    starts = sorted({month.start for part in parts for month in part.months})
    of_month = [{month.start: month.window_total for month in part.months} for part in parts]
    in_use = tuple(span for part in parts for span in part.in_use)
    months = []
    for start in starts:
        window = Span(_midnight(start), _midnight((start + 31 * _DAY).replace(day=1)))
        totals = [months_of.get(start) for months_of in of_month]
        total = _added(parts, totals, window, dimension)
        months.append(LifeMonth(start, days_within(in_use, window), total))
    since = {
        day: _added(
            parts,
            [part.since.get(day) for part in parts],
            Span(_midnight(day), _midnight(max(day, today)) + _DAY),
            dimension,
        )
        for day in parts[0].since
    }
    faults = dict.fromkeys(fault for part in parts for fault in part.unvalued)
    n_unvalued = sum(part.n_unvalued for part in parts)
    return RealisedValue(tuple(months), since, tuple(faults), n_unvalued, in_use)


def _added(
    parts: Sequence[RealisedValue],
    totals: Sequence[WindowTotal | None],
    window: Span,
    dimension: Dimension,
) -> WindowTotal:
    """The means of several cases over a stretch of time, each by its days in use, added."""
    name = dimension.value
    used = [
        (days_within(part.in_use, window), total) for part, total in zip(parts, totals, strict=True)
    ]
    counting = [(days, total) for days, total in used if days]
    told = [(days, total) for days, total in counting if total is not None and total.days]
    of_all = days_within([span for part in parts for span in part.in_use], window)
    if not told or len(told) < len(counting):
        return WindowTotal(0.0, 0.0, {})
    mean = np.sum([total.sums[name] / total.days * (days / of_all) for days, total in told], axis=0)
    monitored = of_all * min(total.days / days for days, total in told)
    not_final = of_all * max(total.days_not_final / days for days, total in told)
    return WindowTotal(monitored, min(not_final, monitored), {name: mean * monitored})


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)
