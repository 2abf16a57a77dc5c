"""Monitored metrics with their limits and signals: what happened, since when, and is it real."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpm_core.in_life.control_chart import ControlChart, Rule, watched

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mlpm_core.in_life.health import LimitCheck
    from mlpm_core.in_life.periods import Period
    from mlpm_core.services.valuation.value_rates import MetricPoint, MetricSeries

__all__ = ["Episode", "Mark", "Rule", "WatchedMetric", "watched_metrics"]

_REFERENCE = 12
_INSIDE = 2.0
_SETTLED = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A period in which a rule fired: how many standard errors from the range's centre."""

    period: Period
    rule: Rule
    z: float


@dataclass(frozen=True, slots=True)
class Episode:
    """A time outside the usual range.

    ``since`` is where it began, ``noticed`` where a rule fired first, ``back`` the first period
    inside again (None while it lasts), ``z`` the farthest it went, in standard errors. A slow
    change is over only when four periods in a row lie inside and around the centre.
    """

    rule: Rule
    since: Period
    noticed: Period
    back: Period | None
    z: float


@dataclass(frozen=True, slots=True)
class WatchedMetric:
    """A metric over time with its limit, its usual range, and when it left that range.

    ``centre`` is None when too few periods carry a standard error to tell a change from chance.
    """

    series: MetricSeries
    check: LimitCheck | None
    centre: float | None = None
    marks: tuple[Mark, ...] = ()
    episodes: tuple[Episode, ...] = ()

    @property
    def latest(self) -> Episode | None:
        """The episode that began last."""
        return self.episodes[-1] if self.episodes else None


def watched_metrics(
    series: Iterable[MetricSeries], checks: Iterable[LimitCheck]
) -> tuple[WatchedMetric, ...]:
    """Every metric with its limit and its signals, in the order of the series.

    The first 12 periods are what is usual; later ones are held against them.
    """
    limits = {check.metric: check for check in checks}
    return tuple(_watched(one, limits.get(one.metric.name)) for one in series)


def _watched(series: MetricSeries, check: LimitCheck | None) -> WatchedMetric:
    is_share = series.metric.is_share
    errors = [p.monitored.standard_error(is_share=is_share) for p in series.points]
    with_errors = [(p, e) for p, e in zip(series.points, errors, strict=True) if e]
    if len(with_errors) <= _REFERENCE:
        return WatchedMetric(series, check)
    points = [p for p, _ in with_errors]
    cases = [p.monitored.cases if is_share else p.monitored.n for p in points]
    chart = watched(
        [p.value for p in points],
        [e for _, e in with_errors],
        cases=[n for n in cases if n] if all(cases) else None,
        n_reference=_REFERENCE,
        varies=True,
    )
    marks = tuple(Mark(points[s.index].period, s.rule, s.z) for s in chart.signals)
    return WatchedMetric(series, check, chart.centre, marks, _episodes(points, chart))


def _is_back(z: Sequence[float]) -> bool:
    """Whether periods lie in the range, and several of them not all at one side of its centre."""
    is_level = len(z) == 1 or abs(sum(z) / len(z)) <= 1
    return is_level and all(abs(one) <= _INSIDE for one in z)


def _episodes(points: Sequence[MetricPoint], chart: ControlChart) -> tuple[Episode, ...]:
    """Signals that follow each other without a return to the range are one episode."""
    episodes: list[Episode] = []
    until = -1
    for signal in sorted(chart.signals, key=lambda s: (s.index, s.rule != Rule.SHEWHART)):
        # A jump also fills the slow rule's sum; that is the same event, not a second one.
        if signal.index < until or (signal.rule == Rule.CUSUM and signal.since < until):
            continue
        settled = 1 if signal.rule == Rule.SHEWHART else _SETTLED
        later = range(signal.index + 1, len(points) - settled + 1)
        back = next((i for i in later if _is_back(chart.z[i : i + settled])), None)
        until = len(points) if back is None else back
        inside = chart.z[signal.since : until]
        episodes.append(
            Episode(
                rule=signal.rule,
                since=points[signal.since].period,
                noticed=points[signal.index].period,
                back=points[back].period if back is not None else None,
                z=float(max(inside, key=abs)),
            )
        )
    return tuple(episodes)
