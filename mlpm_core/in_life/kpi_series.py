"""A KPI as it was measured, period by period: what may be compared, and how far that is chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from mlpm_core.in_life.periods import Period
from mlpm_core.value.kpi import heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

_FEWEST: Final = 8
"""Neighbours that a noise is told from."""
_NEWEST: Final = 26
_EARLIEST_ZONE: Final = timedelta(hours=14)  # there a day is over before it is in UTC
_SAME_WEEKDAY: Final = timedelta(weeks=52)
_YEARLY: Final = frozenset(("P1M", "P3M", "P1Y"))
_TOTAL_OF: Final = {"week": "P1W", "month": "P1M", "quarter": "P3M", "year": "P1Y"}
_PER_CASES: Final = {"kcase": 1000.0}
_COVERED: Final = 0.9
_FRESH: Final = 1
_EIGHT_IN_TEN: Final = 0.9  # from P10 to P90


class Missing(StrEnum):
    """Why something is not told of a KPI."""

    NO_VALUE = "no value"
    NOT_OVER = "not over"
    NO_EARLIER = "no earlier period"
    GAP = "period before missing"
    NO_YEAR = "nothing a year ago"
    NO_BASELINE = "no baseline"
    TOO_FEW = "too few periods"
    NEVER_MOVED = "never moved"


class Basis(StrEnum):
    """What the interval of a change rests on."""

    NOISE = "noise"
    CASES = "cases"


class KpiState(StrEnum):
    """How a KPI stands towards its target, in four words."""

    OFF = "off"
    CANNOT_TELL = "cannot tell"
    ON_THE_WAY = "on the way"
    REACHED = "reached"


@dataclass(frozen=True, slots=True)
class MeasuredValue:
    """A KPI over one period, as the business measured it.

    ``total`` and ``squares`` are the sum and the sum of squares over its ``n`` cases, where the
    file tells them. One that is not ``is_whole`` came before its period was over.
    """

    period: Period
    value: float
    n: int | None = None
    total: float | None = None
    squares: float | None = None
    batch: str = ""
    source: str = ""
    is_whole: bool = True

    def error(self, unit: str) -> float | None:
        """Standard error of a mean over cases; None unless the sums tell it.

        Examples
        --------
        >>> week = Period(datetime(2026, 6, 1), "P1W")
        >>> MeasuredValue(week, 3.0, 4, 12.0, 48.0).error("hour/case")
        1.0
        """
        if self.n is None or self.n < 2 or self.total is None or self.squares is None:
            return None
        scale = _PER_CASES.get(unit.partition("/")[2], 1.0)
        mean = self.total / self.n
        if not math.isclose(scale * mean, self.value, rel_tol=1e-3, abs_tol=1e-12):
            return None  # the value is no mean of these cases
        variance = (self.squares - self.n * mean * mean) / (self.n - 1)
        if not variance >= 0:
            return None
        return scale * math.sqrt(variance / self.n)


@dataclass(frozen=True, slots=True)
class Change:
    """A KPI now against what it was.

    ``before`` is None with the reason in ``missing``. ``low`` to ``high`` holds the difference 8
    times in 10, if chance is as large as ``basis`` says; None with the reason in ``no_interval``.
    ``scaled`` is the length of the newest period over that of the earlier one where what was
    counted in the earlier one was counted for as many days.
    """

    before: float | None = None
    period: Period | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    basis: Basis | None = None
    missing: Missing | None = None
    no_interval: Missing | None = None
    scaled: float | None = None

    @property
    def is_beyond_chance(self) -> bool:
        """Whether no change at all lies outside the interval."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


@dataclass(frozen=True)
class KpiSeries:
    """Measured values of one length of period, oldest first.

    Only whole periods are compared, and only with whole ones of the same length.
    """

    granularity: str
    unit: str
    values: tuple[MeasuredValue, ...]

    @cached_property
    def whole(self) -> tuple[MeasuredValue, ...]:
        """The values of periods that were over when they came in."""
        return tuple(v for v in self.values if v.is_whole)

    @property
    def newest(self) -> MeasuredValue | None:
        """The newest whole period."""
        return self.whole[-1] if self.whole else None

    @property
    def unfinished(self) -> MeasuredValue | None:
        """A value that came before its period was over, when nothing newer did."""
        return self.values[-1] if self.values and not self.values[-1].is_whole else None

    def noise(self) -> tuple[float, float] | Missing:
        """Standard deviation of chance in one period, and its degrees of freedom.

        From the mean square of the differences between neighbours before the newest value, which a
        slow trend hardly touches; the newest 26 count, and fewer than 8 tell nothing.

        References
        ----------
        von Neumann, Kent, Bellinson, Hart (1941). The mean square successive difference. Annals of
        Mathematical Statistics 12(2).

        Examples
        --------
        >>> weeks = [Period(datetime(2026, 1, 5) + timedelta(weeks=i), "P1W") for i in range(10)]
        >>> values = tuple(MeasuredValue(w, 10.0 + i % 2) for i, w in enumerate(weeks))
        >>> deviation, freedom = KpiSeries("P1W", "minute/case", values).noise()
        >>> round(deviation, 4), round(freedom, 2)
        (0.7071, 5.57)
        """
        steps = [
            after.value - before.value
            for before, after in pairwise(self.whole[:-1])
            if self._are_neighbours(before.period, after.period)
        ][-_NEWEST:]
        if len(steps) < _FEWEST:
            return Missing.TOO_FEW
        largest = max(map(abs, steps))
        if largest == 0:
            return Missing.NEVER_MOVED
        n = len(steps) + 1
        mean_square = math.fsum((step / largest) ** 2 for step in steps) / (2 * len(steps))
        return largest * math.sqrt(mean_square), 2 * (n - 1) ** 2 / (3 * n - 4)

    def against_previous(self) -> Change:
        """The newest whole period against the one just before it."""
        newest = self.newest
        if newest is None:
            return Change(missing=Missing.NOT_OVER if self.values else Missing.NO_VALUE)
        if len(self.whole) == 1:
            return Change(missing=Missing.NO_EARLIER)
        before = self.whole[-2]
        if not self._are_neighbours(before.period, newest.period):
            return Change(missing=Missing.GAP)
        return self._change(newest, before)

    def against_year_ago(self) -> Change:
        """The newest whole period against the same one a year earlier.

        Weeks, days and hours are compared with those 52 weeks earlier, on the same weekdays.
        """
        newest = self.newest
        if newest is None:
            return Change(missing=Missing.NOT_OVER if self.values else Missing.NO_VALUE)
        start = year_before(newest.period)
        before = next((v for v in self.whole if v.period.start == start), None)
        if before is None:
            return Change(missing=Missing.NO_YEAR)
        return self._change(newest, before)

    def against_baseline(self, baseline: float | None) -> Change:
        """The newest whole period against the KPI without the model, which is taken as exact."""
        newest = self.newest
        if newest is None:
            return Change(missing=Missing.NOT_OVER if self.values else Missing.NO_VALUE)
        if baseline is None:
            return Change(missing=Missing.NO_BASELINE)
        return self._change(newest, MeasuredValue(newest.period, baseline), is_exact=True)

    def heading(self, direction: str, scale: float) -> int:
        """Which way it went of late: 1 better, -1 worse, 0 by chance alone."""
        return heading([v.value for v in self.whole], direction, scale)

    def _are_neighbours(self, before: Period, after: Period) -> bool:
        return not self.granularity or before.end == after.start

    def _change(
        self, now: MeasuredValue, before: MeasuredValue, *, is_exact: bool = False
    ) -> Change:
        scaled = self._scale(now.period, before.period)
        was = before.value * (scaled or 1.0)
        difference = now.value - was
        period = None if is_exact else before.period
        spread = self._spread(now, None if is_exact else before, scaled or 1.0)
        if isinstance(spread, Missing):
            return Change(was, period, difference, no_interval=spread, scaled=scaled)
        half, basis = spread
        low, high = difference - half, difference + half
        return Change(was, period, difference, low, high, basis, scaled=scaled)

    def _scale(self, now: Period, before: Period) -> float | None:
        """How many times longer the newest period is, where what it counts grows with its days."""
        is_total = _TOTAL_OF.get(self.unit.rpartition("/")[2]) == self.granularity
        if not is_total or now.days == before.days or not before.days:
            return None
        return now.days / before.days

    def _spread(
        self, now: MeasuredValue, before: MeasuredValue | None, scaled: float
    ) -> tuple[float, Basis] | Missing:
        """Half of the range that holds a difference 8 times in 10, and what it rests on."""
        from scipy.stats import norm, t  # see draws.uniform_points

        noise = self.noise()
        if not isinstance(noise, Missing):
            deviation, freedom = noise
            error = deviation if before is None else math.hypot(deviation, deviation * scaled)
            return float(t.ppf(_EIGHT_IN_TEN, freedom)) * error, Basis.NOISE
        errors = [value.error(self.unit) for value in (now, before) if value is not None]
        known = [x * s for x, s in zip(errors, (1.0, scaled), strict=False) if x]
        if len(known) < len(errors):
            return noise
        return float(norm.ppf(_EIGHT_IN_TEN)) * math.hypot(*known), Basis.CASES


def series_of(values: Iterable[MeasuredValue], unit: str) -> dict[str, KpiSeries]:
    """Measured values by the length of their periods, the length of the newest value first."""
    by_length: dict[str, list[MeasuredValue]] = {}
    for value in sorted(values, key=lambda v: v.period.start):
        by_length.setdefault(value.period.granularity, []).append(value)
    order = sorted(by_length, key=lambda g: by_length[g][-1].period.end, reverse=True)
    return {g: KpiSeries(g, unit, tuple(by_length[g])) for g in order}


def is_over(period: Period, today: date, received_at: datetime | None = None) -> bool:
    """Whether a period was over on a day, and when its value came in.

    Examples
    --------
    >>> from datetime import date
    >>> week = Period(datetime(2026, 6, 22), "P1W")
    >>> is_over(week, date(2026, 6, 28)), is_over(week, date(2026, 6, 29))
    (False, True)
    >>> is_over(week, date(2026, 7, 31), datetime(2026, 6, 24))  # nobody told the whole week since
    False
    """
    if period.end > datetime.combine(today, time.min) and period.granularity:
        return False
    return received_at is None or received_at >= period.end - _EARLIEST_ZONE


def year_before(period: Period) -> datetime:
    """When the same period began a year earlier.

    Examples
    --------
    >>> year_before(Period(datetime(2026, 6, 22), "P1W")).isoformat()
    '2025-06-23T00:00:00'
    >>> year_before(Period(datetime(2028, 2, 1), "P1M")).date().isoformat()
    '2027-02-01'
    """
    start = period.start
    if period.granularity in _YEARLY:
        is_leap_day = (start.month, start.day) == (2, 29)
        return start.replace(year=start.year - 1, day=28 if is_leap_day else start.day)
    return start - _SAME_WEEKDAY


def periods_missing(newest: Period, today: date) -> int | None:
    """How many whole periods ended since the newest value; None for values of a moment.

    Examples
    --------
    >>> from datetime import date
    >>> week = Period(datetime(2026, 6, 15), "P1W")
    >>> periods_missing(week, date(2026, 6, 28)), periods_missing(week, date(2026, 6, 29))
    (0, 1)
    """
    if not newest.granularity:
        return None
    end, n = newest.end, 0
    limit = datetime.combine(today, time.min)
    if newest.days <= 7:
        return max(int((limit - end) / (newest.end - newest.start)), 0)
    while (end := Period(end, newest.granularity).end) <= limit:
        n += 1
    return n


def is_stale(newest: Period, today: date) -> bool:
    """Whether more than one whole period has ended since without a value."""
    missing = periods_missing(newest, today)
    return missing is not None and missing > _FRESH


def level_within(levels: Mapping[Period, float], period: Period) -> float | None:
    """The mean level over a period, by the days of it that each level holds for.

    None when less than nine tenths of its days have one.

    Examples
    --------
    >>> weeks = {Period(datetime(2026, 6, 1) + timedelta(weeks=i), "P1W"): float(i) for i in (0, 1)}
    >>> level_within(weeks, Period(datetime(2026, 6, 4), "P1W"))  # 4 days of 0 and 3 of 1
    0.42857142857142855
    >>> level_within(weeks, Period(datetime(2026, 6, 1), "P1M")) is None
    True
    """
    if not period.days:
        return next((x for p, x in levels.items() if p.start <= period.start < p.end), None)
    weighted, covered = 0.0, 0.0
    for other, level in levels.items():
        days = (min(other.end, period.end) - max(other.start, period.start)) / timedelta(days=1)
        if days > 0:
            weighted, covered = weighted + days * level, covered + days
    return weighted / covered if covered >= _COVERED * period.days else None


def state_of(
    series: KpiSeries | None,
    *,
    target: float | None,
    target_on: date | None,
    baseline: float | None,
    direction: str,
    today: date,
) -> tuple[KpiState, Missing | None]:
    """How the newest whole period stands towards a target, on a day.

    Off is: no better than the baseline, the day of the target is past, or getting worse beyond
    chance. None of it is told of values that are out of date.

    Examples
    --------
    >>> from datetime import date
    >>> value = MeasuredValue(Period(datetime(2026, 6, 22), "P1W"), 12.0)
    >>> series = KpiSeries("P1W", "minute/case", (value,))
    >>> asked = {"target_on": None, "baseline": 14.0, "direction": "lower"}
    >>> state_of(series, target=10.0, today=date(2026, 6, 30), **asked)[0].value
    'on the way'
    """
    newest = series.newest if series else None
    if series is None or newest is None or target is None:
        return KpiState.CANNOT_TELL, Missing.NO_VALUE if newest is None else None
    if is_stale(newest.period, today):
        return KpiState.CANNOT_TELL, Missing.GAP
    sign = 1 if direction == "higher" else -1
    if sign * (newest.value - target) >= 0:
        return KpiState.REACHED, None
    if target_on is not None and target_on < today:
        return KpiState.OFF, None
    if baseline is not None and sign * (newest.value - baseline) <= 0:
        return KpiState.OFF, None
    scale = abs(target - (newest.value if baseline is None else baseline))
    if series.heading(direction, scale) < 0:
        return KpiState.OFF, None
    return KpiState.ON_THE_WAY, None
