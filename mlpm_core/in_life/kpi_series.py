"""A KPI as it was measured, period by period: what may be compared, and how far that is chance."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from mlpm_core.in_life.kpi_change import (
    Change,
    MeasuredValue,
    Missing,
    Noise,
    change_between,
    level_of,
    noise_of,
)
from mlpm_core.in_life.periods import Period
from mlpm_core.in_life.reporting import Span, year_before
from mlpm_core.value.kpi import heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

_EARLIEST_ZONE: Final = timedelta(hours=14)  # there a day is over before it is in UTC
_COVERED: Final = 0.9
_FRESH: Final = 1
_BEFORE: Final = {
    Missing.NONE_IN_IT: Missing.NOTHING_BEFORE,
    Missing.FEW_DAYS: Missing.FEW_DAYS_BEFORE,
}


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

    @cached_property
    def by_cases(self) -> bool:
        """Whether the sums say of every whole value that it is a mean of its cases."""
        return all(v.error(self.unit) is not None for v in self.whole)

    @property
    def newest(self) -> MeasuredValue | None:
        """The newest whole period."""
        return self.whole[-1] if self.whole else None

    @property
    def unfinished(self) -> MeasuredValue | None:
        """A value that came before its period was over, when nothing newer did."""
        return self.values[-1] if self.values and not self.values[-1].is_whole else None

    def noise(self, before: datetime | None = None) -> Noise | Missing:
        """What chance does from one period to the next, from the values before a moment.

        Without a moment, from the values before the newest one; see ``noise_of``.

        Examples
        --------
        >>> weeks = [Period(datetime(2026, 1, 5) + timedelta(weeks=i), "P1W") for i in range(10)]
        >>> values = tuple(MeasuredValue(w, 10.0 + i % 2) for i, w in enumerate(weeks))
        >>> noise = KpiSeries("P1W", "minute/case", values).noise()
        >>> round(noise.deviation, 4), round(noise.freedom, 2)
        (0.7071, 5.57)
        """
        values = [v for v in self.whole[:-1] if before is None or v.period.start < before]
        steps = [
            (earlier.value, later.value)
            for earlier, later in pairwise(values)
            if self._are_neighbours(earlier.period, later.period)
        ]
        noise = noise_of(steps)
        if noise is None:
            return Missing.TOO_FEW
        return noise if noise.deviation else Missing.NEVER_MOVED

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
        return self._change((newest,), (before,))

    def against_year_ago(self) -> Change:
        """The newest whole period against the same one a year earlier.

        Weeks, days and hours are compared with those 52 weeks earlier, on the same weekdays.
        """
        newest = self.newest
        if newest is None:
            return Change(missing=Missing.NOT_OVER if self.values else Missing.NO_VALUE)
        start = year_before(newest.period.start, newest.period.granularity)
        before = next((v for v in self.whole if v.period.start == start), None)
        if before is None:
            return Change(missing=Missing.NO_YEAR)
        return self._change((newest,), (before,))

    def against_baseline(self, baseline: float | None, span: Span | None = None) -> Change:
        """The newest whole period against the KPI without the model, which is taken as exact.

        With some days, it is the mean of their values.
        """
        newest = self.newest
        if newest is None:
            return Change(missing=Missing.NOT_OVER if self.values else Missing.NO_VALUE)
        values = self.over(span) if span else (newest,)
        missing = self._unfit(values, span) if span else None
        if missing is not None or baseline is None:
            return Change(missing=missing or Missing.NO_BASELINE)
        level = MeasuredValue(newest.period, baseline)
        return self._change(values, (level,), is_exact=True)

    def over(self, span: Span) -> tuple[MeasuredValue, ...]:
        """The whole values of some days: those whose middle lies in them.

        So a week belongs where its Thursday is, as in ISO 8601.
        """
        return tuple(v for v in self.whole if span.start <= _middle(v.period) < span.end)

    def level_over(self, span: Span) -> Change:
        """The mean of the values of some days, compared with nothing.

        Where too few days have one it says so beside the mean of those that do.
        """
        values = self.over(span)
        missing = self._unfit(values, span)
        if missing not in (None, Missing.FEW_DAYS):
            return Change(missing=missing)
        return replace(level_of(values, self.unit, by_cases=self.by_cases), missing=missing)

    def between(self, now: Span, before: Span) -> Change:
        """The mean of the values of some days against that of others.

        Both must be covered by whole values to nine tenths.

        Examples
        --------
        >>> weeks = [Period(datetime(2026, 1, 5) + timedelta(weeks=i), "P1W") for i in range(8)]
        >>> values = tuple(MeasuredValue(w, float(i)) for i, w in enumerate(weeks))
        >>> first, middle, last = weeks[0].start, weeks[4].start, weeks[7].end
        >>> series = KpiSeries("P1W", "minute/case", values)
        >>> series.between(Span(middle, last), Span(first, middle)).difference
        4.0
        """
        newer, older = self.over(now), self.over(before)
        missing = self._unfit(newer, now) or self._unfit_before(older, before)
        if missing is not None:
            return Change(missing=missing)
        return self._change(newer, older)

    def _unfit(self, values: Sequence[MeasuredValue], span: Span) -> Missing | None:
        """Why the values of some days do not stand for them."""
        if not self.whole:
            return Missing.NOT_OVER if self.values else Missing.NO_VALUE
        if not span.days:
            return Missing.NOT_BEGUN
        if self.whole[-1].period.days > span.days:
            return Missing.TOO_SHORT
        if not values:
            return Missing.NONE_IN_IT
        covered = math.fsum(v.period.days for v in values)
        is_enough = not self.granularity or covered >= _COVERED * span.days
        return None if is_enough else Missing.FEW_DAYS

    def _unfit_before(self, values: Sequence[MeasuredValue], span: Span) -> Missing | None:
        missing = self._unfit(values, span)
        return None if missing is None else _BEFORE.get(missing, missing)

    def heading(self, direction: str, scale: float) -> int:
        """Which way it went of late: 1 better, -1 worse, 0 by chance alone."""
        return heading([v.value for v in self.whole], direction, scale)

    def _are_neighbours(self, before: Period, after: Period) -> bool:
        return not self.granularity or before.end == after.start

    def _change(
        self,
        now: Sequence[MeasuredValue],
        before: Sequence[MeasuredValue],
        *,
        is_exact: bool = False,
    ) -> Change:
        """The change between means, with what is chance by the values before the newer ones."""
        noise = self.noise(now[0].period.start)
        return change_between(
            now, before, self.unit, noise, by_cases=self.by_cases, is_exact=is_exact
        )


def _middle(period: Period) -> datetime:
    return period.start + (period.end - period.start) / 2


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


def level_within(levels: Mapping[Period, float], period: Period | Span) -> float | None:
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
    shares = shares_within(levels, period)
    return None if shares is None else sum(share * levels[p] for p, share in shares.items())


def shares_within(levels: Iterable[Period], period: Period | Span) -> dict[Period, float] | None:
    """By which shares the levels of some periods make up the mean over another one.

    None when less than nine tenths of its days have one.
    """
    if not period.days:
        at = next((p for p in levels if p.start <= period.start < p.end), None)
        return None if at is None else {at: 1.0}
    covered: dict[Period, float] = {}
    for other in levels:
        days = (min(other.end, period.end) - max(other.start, period.start)) / timedelta(days=1)
        if days > 0:
            covered[other] = days
    total = sum(covered.values())
    if total < _COVERED * period.days:
        return None
    return {other: days / total for other, days in covered.items()}
