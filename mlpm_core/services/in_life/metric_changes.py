"""A monitored metric over the days shown against others, and how far that is chance."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mlpm_core.in_life.kpi_change import Basis, Change, Missing
from mlpm_core.in_life.observation import between_variance, pooled
from mlpm_core.quantity import Z90

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.in_life.observation import Observation
    from mlpm_core.in_life.realisation import Span
    from mlpm_core.services.in_life.shown_period import Comparison, ShownPeriod
    from mlpm_core.services.valuation.value_rates import MetricPoint, MetricSeries

__all__ = ["Change", "Missing", "change_of", "metric_changes"]

_COVERED: Final = 0.9


def metric_changes(
    series: MetricSeries, shown: ShownPeriod
) -> dict[str, tuple[Change, Comparison]]:
    """A metric over the days shown against those before, and a year ago or days somebody chose."""
    return {name: (_between(series, c), c) for name, c in shown.comparisons.items()}


def _between(series: MetricSeries, comparison: Comparison) -> Change:
    if comparison.now is None or comparison.before is None:
        return Change()
    sides = [_within(series.points, span) for span in (comparison.now, comparison.before)]
    is_share = series.metric.is_share
    for points, span, none, few in (
        (sides[0], comparison.now, Missing.NONE_IN_IT, Missing.FEW_DAYS),
        (sides[1], comparison.before, Missing.NOTHING_BEFORE, Missing.FEW_DAYS_BEFORE),
    ):
        if not points:
            return Change(missing=none)
        covered = math.fsum(p.period.days for p in points)
        if points[0].period.granularity and covered < _COVERED * span.days:
            return Change(missing=few)
    now, before = ([p.monitored.observation(is_share=is_share) for p in points] for points in sides)
    return change_of(now, before)


def _within(points: Sequence[MetricPoint], span: Span) -> list[MetricPoint]:
    """The results of some days that are no longer than these: those whose middle lies in them."""
    return [
        p
        for p in points
        if p.period.days <= span.days
        and span.start <= p.period.start + (p.period.end - p.period.start) / 2 < span.end
    ]


def change_of(now: Sequence[Observation], before: Sequence[Observation]) -> Change:
    """The pooled level of some observations against that of others.

    Its range adds the sampling of both and how much the earlier periods vary beyond it; of values
    that carry no error and are fewer than three there is none.

    Examples
    --------
    >>> from mlpm_core.in_life.observation import Observation
    >>> weeks = [Observation(0.5, cases=100)] * 4
    >>> change = change_of([Observation(0.6, cases=100)] * 4, weeks)
    >>> round(change.difference, 2), round(change.low, 3), round(change.high, 3)
    (0.1, 0.055, 0.145)
    >>> change_of([Observation(2.0)], [Observation(1.0)]).no_interval
    <Missing.TOO_FEW: 'too few periods'>
    """
    newer, older = pooled(now), pooled(before)
    change = Change(
        before=older.value,
        difference=newer.value - older.value,
        now=newer.value,
        n_now=len(now),
        n_before=len(before),
    )
    varies = max(between_variance(before), between_variance(now))
    variance = sum(_variance(side) for side in (newer, older))
    variance += varies * (1 / len(now) + 1 / len(before))
    is_known = variance > 0 and (varies > 0 or not (newer.is_exact or older.is_exact))
    if not is_known:
        return replace(change, no_interval=Missing.TOO_FEW)
    half, difference = Z90 * math.sqrt(variance), newer.value - older.value
    return replace(change, low=difference - half, high=difference + half, basis=Basis.CASES)


def _variance(side: Observation) -> float:
    """Of a share as if half a case more were a hit and half a miss: 0 of 100 has one too."""
    if not side.cases:
        return side.variance
    centre = (side.hits + 0.5) / (side.cases + 1)
    return centre * (1 - centre) / side.cases
