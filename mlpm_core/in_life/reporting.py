"""The days that figures are shown for, and the days that they are fairly compared with.

A reporting period holds whole ISO weeks, whole months or a number of days. What is compared with it
is cut the same way: so many weeks, months or days before, or the same of a year ago.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from mlpm_core.errors import InputError
from mlpm_core.in_life.realisation import Span
from mlpm_core.records import fiscal_year

__all__ = ["Against", "By", "Comparison", "NotCompared", "Reach", "ReportingPeriod", "Span"]

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(weeks=1)
_SAME_WEEKDAY: Final = timedelta(weeks=52)
_YEAR: Final = 12
_QUARTER: Final = 3
_YEARS: Final = (1900, 2200)  # of days that somebody names; shifted by years they stay dates
_BETWEEN: Final = ".."


class Reach(StrEnum):
    """The reporting periods with a name; any other is written as two days, ``..`` between them."""

    ALL = "all"
    FOUR_WEEKS = "4w"
    QUARTER = "quarter"
    YEAR = "year"
    YEAR_SO_FAR = "ytd"


class Against(StrEnum):
    """What a reporting period is compared with; any other is written as two days."""

    PREVIOUS = "previous"
    YEAR_AGO = "year-ago"


class By(StrEnum):
    """What a reporting period is made of."""

    MONTHS = "months"
    WEEKS = "weeks"
    DAYS = "days"


class NotCompared(StrEnum):
    """Why a reporting period is compared with nothing."""

    ALL = "everything is shown"
    NOT_BEGUN = "no day of it is over"
    OVERLAP = "the periods overlap"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The days that are compared with each other, or why none are."""

    now: Span | None
    before: Span | None
    missing: NotCompared | None = None

    @property
    def is_as_long(self) -> bool:
        """Whether both have as many days."""
        return self.now is None or self.before is None or self.now.days == self.before.days


@dataclass(frozen=True, slots=True)
class ReportingPeriod:
    """The days that figures are shown for; None for all.

    ``span`` ends with yesterday at the latest, for today is not over; ``whole`` is the same as it
    was asked for. ``by`` says what it is made of, which a comparison follows; ``year_starts_in`` in
    which month the fiscal year begins.

    Raises
    ------
    InputError
        Of ``of`` and ``against``, with a sentence, when what is asked is no period.

    Examples
    --------
    >>> four = ReportingPeriod.of("4w", date(2026, 6, 24))  # a Wednesday: its week is not over
    >>> four.span.start.date().isoformat(), four.span.end.date().isoformat(), four.is_so_far
    ('2026-05-25', '2026-06-22', False)
    >>> ReportingPeriod.of("year", date(2026, 6, 24), year_starts_in=4).span.start.isoformat()
    '2025-04-01T00:00:00'
    """

    span: Span | None
    whole: Span | None
    by: By
    year_starts_in: int = 1

    @classmethod
    def of(cls, asked: str, today: date, *, year_starts_in: int = 1) -> ReportingPeriod:
        """What a name or two days ask for, on a day.

        Parameters
        ----------
        asked : str
            A ``Reach``, or the first and the last day as ``2026-01-01..2026-03-31``.
        today : date
            The day it is; it is not over.
        year_starts_in : int
            The month in which a year, and so its quarters, begin: 1 to 12.
        """
        midnight = datetime.combine(today, time.min)
        found = cls._of(asked, midnight, year_starts_in)
        return replace(found, year_starts_in=year_starts_in)

    @classmethod
    def _of(cls, asked: str, midnight: datetime, year_starts_in: int) -> ReportingPeriod:
        match asked:
            case Reach.ALL:
                return cls(None, None, By.DAYS)
            case Reach.FOUR_WEEKS:
                end = midnight - timedelta(days=midnight.weekday())
                return cls._cut(Span(end - 4 * _WEEK, end), By.WEEKS, midnight)
            case Reach.QUARTER:
                start = _first(midnight, _QUARTER, year_starts_in)
                return cls._cut(Span(_months_on(start, -_QUARTER), start), By.MONTHS, midnight)
            case Reach.YEAR:
                start = _first(midnight, _YEAR, year_starts_in)
                return cls._cut(Span(_months_on(start, -_YEAR), start), By.MONTHS, midnight)
            case Reach.YEAR_SO_FAR:
                start = _first(midnight, _YEAR, year_starts_in)
                return cls._cut(Span(start, _months_on(start, _YEAR)), By.MONTHS, midnight)
            case _:
                span = span_of(asked)
                return cls._cut(span, _made_of(span), midnight)

    @classmethod
    def _cut(cls, whole: Span, by: By, midnight: datetime) -> ReportingPeriod:
        end = max(min(whole.end, midnight), whole.start)
        return cls(Span(whole.start, end), whole, by)

    @property
    def is_so_far(self) -> bool:
        """Whether days of it are still to come, or not over."""
        return self.span != self.whole

    def against(self, asked: str) -> Comparison:
        """The days that it is compared with; a part of a period with as many days of the other.

        Parameters
        ----------
        asked : str
            An ``Against``, or the first and the last day as ``2026-01-01..2026-03-31``.

        Examples
        --------
        >>> march = ReportingPeriod.of("2026-03-01..2026-03-31", date(2026, 6, 24))
        >>> str(march.against("previous").before.start.date()), march.against("previous").is_as_long
        ('2026-02-01', False)
        """
        now = self.span
        if now is None or self.whole is None:
            return Comparison(None, None, NotCompared.ALL)
        if not now.days:
            return Comparison(now, None, NotCompared.NOT_BEGUN)
        match asked:
            case Against.PREVIOUS:
                before = self._previous(now, self.whole)
            case Against.YEAR_AGO:
                before = self._year_ago(now)
            case _:
                before = span_of(asked)
        if before.within(now):
            return Comparison(now, None, NotCompared.OVERLAP)
        return Comparison(now, before)

    def _previous(self, now: Span, whole: Span) -> Span:
        if self.by is By.MONTHS:
            start, end = _months_on(whole.start, -_months_in(whole)), whole.start
        elif self.by is By.WEEKS:
            start, end = whole.start - (whole.end - whole.start), whole.start
        else:
            return Span(now.start - (now.end - now.start), now.start)
        return Span(start, min(start + (now.end - now.start), end) if self.is_so_far else end)

    def _year_ago(self, now: Span) -> Span:
        """The same weekdays 52 weeks ago, or the same days of the year before."""
        if self.by is By.WEEKS:
            return Span(now.start - _SAME_WEEKDAY, now.end - _SAME_WEEKDAY)
        if self.by is By.MONTHS and not self.is_so_far:
            return Span(_months_on(now.start, -_YEAR), _months_on(now.end, -_YEAR))
        return Span(_year_before(now.start), _year_before(now.end - _DAY) + _DAY)


def fiscal_name(span: Span, year_starts_in: int) -> str:
    """What a whole fiscal year or quarter is called; empty for other days and calendar years.

    Examples
    --------
    >>> fiscal_name(span_of("2025-04-01..2026-03-31"), 4)
    'FY2026'
    >>> fiscal_name(span_of("2025-07-01..2025-09-30"), 4)
    'Q2 FY2026'
    >>> fiscal_name(span_of("2025-01-01..2025-12-31"), 4)
    ''
    """
    is_months = span.start.day == 1 and span.end.day == 1
    if year_starts_in == 1 or not is_months:
        return ""
    year = f"FY{fiscal_year(span.start.date(), year_starts_in)}"
    into, months = (span.start.month - year_starts_in) % _YEAR, _months_in(span)
    if months == _YEAR and not into:
        return year
    if months == _QUARTER and not into % _QUARTER:
        return f"Q{into // _QUARTER + 1} {year}"
    return ""


def fiscal_end(day: date, year_starts_in: int) -> str:
    """The fiscal year or quarter that ends on a day; empty where none does, or of the calendar.

    Examples
    --------
    >>> fiscal_end(date(2026, 3, 31), 4), fiscal_end(date(2026, 6, 30), 4)
    ('FY2026', 'Q1 FY2027')
    >>> fiscal_end(date(2026, 3, 31), 1), fiscal_end(date(2026, 3, 30), 4)
    ('', '')
    """
    end = datetime.combine(day, time.min) + _DAY
    if end.day != 1:
        return ""
    spans = (Span(_months_on(end, -months), end) for months in (_YEAR, _QUARTER))
    return next(filter(None, (fiscal_name(span, year_starts_in) for span in spans)), "")


def span_of(text: str) -> Span:
    """The days from the first to the last, as an address has them.

    Raises
    ------
    InputError
        When these are no two days in order.

    Examples
    --------
    >>> span_of("2026-02-01..2026-02-28").days
    28.0
    """
    first, found, last = text.partition(_BETWEEN)
    try:
        days = [date.fromisoformat(part) for part in (first, last)] if found else []
    except ValueError:
        days = []
    if [day.isoformat() for day in days] != [first, last]:
        raise InputError(
            f"{text[:60]!r} is no period; write two days, such as 2026-01-01..2026-03-31."
        )
    if not all(_YEARS[0] <= day.year <= _YEARS[1] for day in days):
        raise InputError(f"A period must lie between the years {_YEARS[0]} and {_YEARS[1]}.")
    if days[1] < days[0]:
        raise InputError(f"A period cannot end on {days[1]} when it begins on {days[0]}.")
    start, end = (datetime.combine(day, time.min) for day in days)
    return Span(start, end + _DAY)


def written(first: date, last: date) -> str:
    """Two days as an address has them.

    Examples
    --------
    >>> written(date(2026, 1, 1), date(2026, 3, 31))
    '2026-01-01..2026-03-31'
    """
    return f"{first.isoformat()}{_BETWEEN}{last.isoformat()}"


def year_before(start: datetime, granularity: str) -> datetime:
    """When the same period began a year earlier: months by their name, all else by its weekday.

    Examples
    --------
    >>> year_before(datetime(2026, 6, 22), "P1W").isoformat()
    '2025-06-23T00:00:00'
    >>> year_before(datetime(2028, 2, 1), "P1M").date().isoformat()
    '2027-02-01'
    """
    if granularity in ("P1M", "P3M", "P6M", "P1Y"):
        return _year_before(start)
    return start - _SAME_WEEKDAY


def relative(difference: float, before: float, now: float) -> float | None:
    """A change as a share of what was before; None where that would mean nothing.

    It means nothing against zero, and where the sign changed: from a loss to a gain is no per cent.

    Examples
    --------
    >>> relative(5.0, 20.0, 25.0), relative(-5.0, -20.0, -25.0)
    (0.25, -0.25)
    >>> relative(5.0, 0.0, 5.0) is None, relative(8.0, -4.0, 4.0) is None
    (True, True)
    """
    if not before or before * now < 0:
        return None
    share = difference / abs(before)
    return share if abs(share) <= _MOST_TIMES else None


_MOST_TIMES: Final = 10.0  # more than that is told as a figure only


def _made_of(span: Span) -> By:
    """Whole months where it begins and ends with one, else whole ISO weeks, else days."""
    if span.start.day == 1 and span.end.day == 1:
        return By.MONTHS
    is_weeks = span.start.weekday() == 0 and not (span.end - span.start) % _WEEK
    return By.WEEKS if is_weeks else By.DAYS


def _months_in(span: Span) -> int:
    return (span.end.year - span.start.year) * _YEAR + span.end.month - span.start.month


def _months_on(first: datetime, months: int) -> datetime:
    """The first day of a month so many months later."""
    index = first.year * _YEAR + first.month - 1 + months
    return first.replace(year=index // _YEAR, month=index % _YEAR + 1)


def _first(day: datetime, months: int, year_starts_in: int) -> datetime:
    """The first day of the quarter or year that holds a day."""
    into = (day.month - year_starts_in) % _YEAR % months
    return _months_on(day.replace(day=1), -into)


def _year_before(day: datetime) -> datetime:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)
