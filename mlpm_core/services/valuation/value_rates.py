"""What monitored metrics say over time: the value rate they imply, and the metrics themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from mlpm_core.quantity import Dimension
from mlpm_core.records import METRICS
from mlpm_core.services.valuation.monitored import as_asked, monitored_periods
from mlpm_core.services.valuation.moved_together import centred, parts_by_draw
from mlpm_core.services.valuation.settled import settled_metrics
from mlpm_core.services.valuation.value_cases import CaseValue, case_value
from mlpm_core.value.kpi import DAYS_PER_YEAR
from mlpm_core.value.worth import worth_by_period

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from mlpm_core.in_life.periods import Monitored, Period
    from mlpm_core.records import Metric
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Reader
    from mlpm_core.value.worth import Worth

_DRAWS: Final = 1024


@dataclass(frozen=True, slots=True)
class HoursPoint:
    """Hours of people a year that one period's metrics free, with P10 and P90."""

    period: Period
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RatePoint:
    """The value rate that one period's metrics imply, in money a week, with P10 and P90.

    ``kpis`` holds the mean of each dimension in its own unit, ``ranges`` its P10 and P90,
    ``metrics`` what was monitored; ``inputs`` is everything that the value of the period rests on,
    as written.
    """

    period: Period
    rate: float
    rate_low: float
    rate_high: float
    kpis: Mapping[Dimension, float]
    metrics: Mapping[str, Monitored]
    inputs: Mapping[str, str]
    ranges: Mapping[Dimension, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MetricPoint:
    """One monitored result with its 90 % interval, where the file gave cases or an error."""

    period: Period
    value: float
    low: float | None
    high: float | None
    monitored: Monitored


@dataclass(frozen=True, slots=True)
class MetricSeries:
    """One metric over the periods; ``feeds_value`` when the mechanism reads it."""

    metric: Metric
    feeds_value: bool
    planned_median: float | None
    points: tuple[MetricPoint, ...]


def value_rates(
    workspace: Workspace, project: str, value_case_id: str, granularity: str
) -> list[RatePoint]:
    """The value rate that the metrics of each period imply, oldest first.

    The quantities' draws are common to all periods, so that differences come from the metrics. A
    metric missing in a period carries its last value; before its first, the planned one.

    Raises
    ------
    NotFoundError
        When the project or the value case does not exist.
    """
    case = case_value(workspace, project, value_case_id)
    with workspace.store.reader() as reader:
        return rates_of(reader, project, case, granularity, workspace.today(project))


def metric_series(case: CaseValue, rates: Sequence[RatePoint]) -> list[MetricSeries]:
    """Every registered metric of the periods, those the value rests on first."""
    periods = {point.period: point.metrics for point in rates}
    return series_of(as_asked(periods, case.mechanism, case.currency), case)


def series_of(
    periods: Mapping[Period, Mapping[str, Monitored]], case: CaseValue | None
) -> list[MetricSeries]:
    """Every registered metric of some periods, in the units in which they are asked (``as_asked``).

    With a case, those its value rests on come first.
    """
    entries = {entry.reported_as: entry for entry in case.mechanism.inputs} if case else {}
    planned = {i.name: i.planned for i in case.inputs} if case else {}
    names = dict.fromkeys(
        name for metrics in periods.values() for name in metrics if name in METRICS
    )
    series = []
    for name in sorted(names, key=lambda n: (n not in entries, n)):
        is_share = METRICS[name].is_share
        points = []
        for period, metrics in periods.items():
            if name not in metrics:
                continue
            monitored = metrics[name]
            low, high = monitored.interval(is_share=is_share)
            points.append(MetricPoint(period, monitored.value, low, high, monitored))
        entry = entries.get(name)
        text = planned.get(entry.name) if entry else None
        median = entry.read(text, case.currency).median if case and entry and text else None
        series.append(MetricSeries(METRICS[name], entry is not None, median, tuple(points)))
    return series


def rates_of(
    reader: Reader,
    project: str,
    case: CaseValue,
    granularity: str,
    today: date,
    *,
    last: int | None = None,
) -> list[RatePoint]:
    """The value rates of one case's periods of a length; ``last`` keeps the newest only."""
    return _rates(case, _periods(reader, project, case, granularity, today), last)


def hours_of(
    reader: Reader, project: str, case: CaseValue, granularity: str, today: date
) -> list[HoursPoint]:
    """Hours of people a year that the metrics of one case's periods free, oldest first.

    Raises
    ------
    InputError
        When they have no finite value a year.
    """
    periods = _periods(reader, project, case, granularity, today)
    hours = [
        (period, w.annual(Dimension.PEOPLE_INTENSITY))
        for period, _, _, w in _worths(case, periods, None)
    ]
    return [HoursPoint(period, told.mean, told.p10, told.p90) for period, told in hours]


def _periods(
    reader: Reader, project: str, case: CaseValue, granularity: str, today: date
) -> Mapping[Period, Mapping[str, Monitored]]:
    monitored = monitored_periods(
        reader, project, case.deployment, today, case.mechanism, case.currency
    )
    return {p: m for p, m in monitored.items() if p.granularity == granularity}


def parts_of(
    reader: Reader,
    project: str,
    case: CaseValue,
    dimension: Dimension,
    today: date,
    last: int | None = None,
) -> list[tuple[RatePoint, NDArray[np.float64]]]:
    """What the metrics of each of a case's periods move a dimension by, draw by draw.

    Draws of several cases add sample by sample (``parts_by_draw``). Periods are as long as the
    newest one; none without results.

    Raises
    ------
    InputError, NotEnoughDataError
        When a period has no value.
    """
    if case.as_of is None:
        return []
    periods = _periods(reader, project, case, case.as_of.granularity, today)
    rates = _rates(case, periods, last)
    if not rates:
        return []
    _, fixed, vectors = _asked(case, periods, last)
    parts = parts_by_draw(case, dimension, fixed, vectors, draws=_DRAWS)
    return [
        (rate, centred(part, rate.kpis[dimension])) for rate, part in zip(rates, parts, strict=True)
    ]


def _asked(
    case: CaseValue, periods: Mapping[Period, Mapping[str, Monitored]], last: int | None
) -> tuple[list[tuple[Period, Mapping[str, Monitored]]], dict[str, str], list[dict[str, str]]]:
    """The newest periods, what is written of the inputs, and what each period says of them."""
    vectors = [
        {name: text for name, (text, _) in held.items()} for held in settled_metrics(case, periods)
    ]
    shown = list(periods.items())
    if last is not None:
        shown, vectors = shown[-last:], vectors[-last:]
    fixed = {
        i.name: text
        for i in case.inputs
        if i.is_asked and (text := i.planned or i.default or i.monitored)
    }
    return shown, fixed, vectors


def _worths(
    case: CaseValue, periods: Mapping[Period, Mapping[str, Monitored]], last: int | None
) -> Iterator[tuple[Period, Mapping[str, Monitored], dict[str, str], Worth]]:
    """What the metrics of each period are worth, with these and all it rests on as written."""
    if not periods or (case.planned is None and case.current is None):
        return
    shown, fixed, vectors = _asked(case, periods, last)
    worths = worth_by_period(
        case.mechanism,
        fixed,
        vectors,
        baseline=case.baseline or None,
        currency=case.currency,
        draws=_DRAWS,
    )
    for (period, metrics), vector, w in zip(shown, vectors, worths, strict=True):
        yield period, metrics, fixed | vector, w


def _rates(
    case: CaseValue, periods: Mapping[Period, Mapping[str, Monitored]], last: int | None
) -> list[RatePoint]:
    per_week = 7 / DAYS_PER_YEAR
    return [
        RatePoint(
            period,
            w.net.mean * per_week,
            w.net.p10 * per_week,
            w.net.p90 * per_week,
            {dimension: kpi.mean for dimension, kpi in w.kpis.items()},
            metrics,
            inputs,
            {dimension: (kpi.p10, kpi.p90) for dimension, kpi in w.kpis.items()},
        )
        for period, metrics, inputs, w in _worths(case, periods, last)
    ]
