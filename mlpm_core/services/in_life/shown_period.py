"""The reporting period that a screen shows for a project, and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mlpm_core.in_life.reporting import (
    Against,
    By,
    Comparison,
    NotCompared,
    Reach,
    ReportingPeriod,
    Span,
    fiscal_end,
    fiscal_name,
    relative,
    span_of,
    written,
)

if TYPE_CHECKING:
    from datetime import datetime

    from mlpm_core.in_life.periods import Period

__all__ = [
    "Against",
    "By",
    "Comparison",
    "NotCompared",
    "Reach",
    "ShownPeriod",
    "Span",
    "fiscal_end",
    "fiscal_name",
    "month_name",
    "relative",
    "shown_period",
    "span_of",
    "written",
]


@dataclass(frozen=True, slots=True)
class ShownPeriod:
    """The days that a screen shows and those that it compares with, as an address asks for them."""

    asked: str
    against: str
    period: ReportingPeriod
    comparison: Comparison

    @property
    def span(self) -> Span | None:
        """The days shown; None for all."""
        return self.period.span

    def name_of(self, span: Span) -> str:
        """What whole days of a fiscal year or quarter are called, with where the year begins.

        Examples
        --------
        >>> from datetime import date
        >>> shown = shown_period(date(2026, 6, 29), "year", year_starts_in=4)
        >>> shown.name_of(shown.span)
        'FY2026 (from April)'
        """
        month = self.period.year_starts_in
        name = fiscal_name(span, month)
        return f"{name} (from {month_name(month)})" if name else ""

    @property
    def is_all(self) -> bool:
        """Whether everything is shown."""
        return self.period.span is None

    @property
    def comparisons(self) -> dict[str, Comparison]:
        """What each tile compares: the days before, and a year ago or else days somebody chose.

        Only one of them where both are the same, as of a year.

        Examples
        --------
        >>> from datetime import date
        >>> [str(name) for name in shown_period(date(2026, 6, 29), "year").comparisons]
        ['previous']
        """
        is_chosen = self.against not in list(Against)
        names = (Against.PREVIOUS, self.against if is_chosen else Against.YEAR_AGO)
        found = {name: self.period.against(name) for name in names}
        if found[names[0]] == found[names[1]]:
            return {self.against: self.comparison}
        return found

    def holds(self, period: Period) -> bool:
        """Whether a period is shown: its middle lies in the days shown."""
        return self.span is None or _holds(self.span, period)

    def earlier(self, period: Period) -> datetime | None:
        """Where a period is drawn that others are compared with: under those, on their days.

        None where it is no part of the comparison.

        Examples
        --------
        >>> from datetime import date, datetime
        >>> from mlpm_core.in_life.periods import Period
        >>> shown = shown_period(date(2026, 6, 29), "4w", "year-ago")
        >>> shown.earlier(Period(datetime(2025, 6, 2), "P1W")).isoformat()
        '2026-06-01T00:00:00'
        """
        now, before = self.comparison.now, self.comparison.before
        if self.is_all and self.against == Against.YEAR_AGO:
            return _year_on(period)
        if now is None or before is None or not _holds(before, period):
            return None
        if self.against == Against.YEAR_AGO:
            return _year_on(period)
        return period.start + (now.start - before.start)


def shown_period(
    today: date,
    asked: str = Reach.ALL,
    against: str = Against.PREVIOUS,
    *,
    year_starts_in: int = 1,
) -> ShownPeriod:
    """The period that an address asks for, on the day that a project lives on.

    Raises
    ------
    InputError
        When what is asked is neither a name nor two days, with a sentence.

    Examples
    --------
    >>> from datetime import date
    >>> shown = shown_period(date(2026, 6, 29), "4w")
    >>> str(shown.comparison.before.start.date())
    '2026-05-04'
    """
    period = ReportingPeriod.of(asked, today, year_starts_in=year_starts_in)
    if against not in list(Against):
        span_of(against)
    return ShownPeriod(asked, against, period, period.against(against))


def month_name(number: int) -> str:
    """The name of a month of the year.

    Examples
    --------
    >>> month_name(4)
    'April'
    """
    return f"{date(2000, number, 1):%B}"


def _holds(span: Span, period: Period) -> bool:
    return span.start <= period.start + (period.end - period.start) / 2 < span.end


def _year_on(period: Period) -> datetime:
    """Where the same period begins a year later: the one of which it is the year before."""
    start = period.start
    if period.granularity in ("P1M", "P3M", "P6M", "P1Y"):
        is_leap_day = (start.month, start.day) == (2, 29)
        return start.replace(year=start.year + 1, day=28 if is_leap_day else start.day)
    return start + timedelta(weeks=52)
