"""Running totals: columns that are called so, and what is left for each period alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from math import fsum
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.columns.dates import after
from mlpm_core.intake.columns.written_units import less

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    Span = tuple[datetime, datetime]
    """The first moment of a period, and the first one after it."""
    StoredNumbers = Mapping[int, Mapping[Span, float]]
    """What is stored of each series, by period."""

_WEEK: Final = timedelta(days=7)
_SPANS: Final = {"P1M": 1, "P3M": 3, "P1Y": 12}

_GAP: Final = "the period just before it is not in the file with one such total"
_OVERLAP: Final = "other rows of its series are of some of its days, too"
_BELOW: Final = "it is less than before, and what it counts cannot be"
_WENT_ON: Final = "it did not begin anew with its year"
_MISSING: Final = "neither the file nor what is stored has {}"
_STORED_OVERLAP: Final = "stored rows of its series are of some of the same days as others"
_FAR_BELOW: Final = "it is far less than what is stored before it, as if in another unit"
_FAR: Final = 10.0**1.5
_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """One row: which series it is of, its first moment, and the first one after it."""

    series: int
    start: datetime
    end: datetime

    @property
    def label(self) -> str:
        """A period in few words.

        Examples
        --------
        >>> Period(0, datetime(2026, 2, 1), datetime(2026, 3, 1)).label
        '2026-02'
        >>> Period(0, datetime(2026, 2, 2), datetime(2026, 2, 9)).label
        '2026-02-02'
        """
        is_month = self.start.day == 1 and self.end == after(self.start, "P1M")
        return f"{self.start:%Y-%m}" if is_month else f"{self.start:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Since:
    """When running totals begin anew: with a month, a quarter or a year, or never (``ever``).

    ``month`` is the first of the fiscal year; ``is_said`` whether the header says when it is.
    """

    length: str
    month: int = 1
    is_said: bool = True

    @property
    def in_words(self) -> str:
        """As a sentence goes on.

        Examples
        --------
        >>> Since("P3M").in_words, Since("P1Y", 4).in_words, Since("ever").in_words
        ('the quarter began', 'the year began in April', 'it was first counted')
        """
        if self.length == "ever":
            return "it was first counted"
        began = {"P1M": "month", "P3M": "quarter", "P1Y": "year"}[self.length]
        in_month = f" in {date(2000, self.month, 1):%B}" if self.month != 1 else ""
        return f"the {began} began{in_month if self.length == 'P1Y' else ''}"

    def began(self, period: Period) -> datetime:
        """When the total of a period began; of a week of a year its fourth day decides."""
        if self.length == "ever":
            return datetime.min
        start, n = period.start, _SPANS[self.length]
        if self.length == "P1Y" and period.end - start == _WEEK:
            start += timedelta(days=3)
        months = start.year * 12 + start.month - 1
        months -= (start.month - self.month) % n
        return datetime(months // 12, months % 12 + 1, 1)

    def is_first(self, period: Period) -> bool:
        """Whether a total is of its period alone, since it began with it.

        Examples
        --------
        >>> january = Period(0, datetime(2026, 1, 1), datetime(2026, 2, 1))
        >>> Since("P1Y").is_first(january), Since("P1Y", 4).is_first(january)
        (True, False)
        """
        if self.length == "ever":
            return False
        if self.length == "week":
            return period.end - period.start >= _WEEK
        if period.end >= after(period.start, self.length):
            return True
        before = Period(period.series, period.start - _WEEK, period.start)
        if self.length == "P1Y" and period.end - period.start == _WEEK:
            return self.began(before) != self.began(period)
        return self.began(period) == period.start


@dataclass(frozen=True, slots=True)
class Before:
    """What is to be taken off a total: one of the file, and stored numbers behind that one.

    ``fault`` says why it cannot be told.
    """

    totals: tuple[float, ...] = ()
    stored: tuple[float, ...] = ()
    fault: str = ""


class PeriodsBefore:
    """The periods of a file, and the stored ones where the file lacks some, as they follow.

    Parameters
    ----------
    stored : callable, optional
        What is stored of the series of the file, asked for once it lacks a period; None reads the
        file alone.
    """

    def __init__(
        self,
        periods: Sequence[Period],
        totals: Sequence[float | None],
        since: Since,
        stored: Callable[[], StoredNumbers] | None,
    ) -> None:
        self._periods, self._totals, self._since = periods, totals, since
        self._asked = stored
        self._ending: dict[tuple[int, datetime], set[int]] = defaultdict(set)
        self._spans: dict[int, set[Span]] = defaultdict(set)
        for i, period in enumerate(periods):
            self._ending[period.series, period.end].add(i)
            self._spans[period.series].add((period.start, period.end))
        self._overlapping = {series for series, of in self._spans.items() if _overlap(of)}

    def overlap(self, period: Period) -> bool:
        """Whether rows of the file of a period's series are of some of the same days."""
        return period.series in self._overlapping

    def of(self, period: Period) -> Before:
        """What is before a period, back to a total of the file or to where its own began."""
        began, at, numbers = self._since.began(period), period, list[float]()
        totals: tuple[float, ...] = ()
        while not self._since.is_first(at):
            of_file = {
                self._totals[j]
                for j in self._ending.get((period.series, at.start), ())
                if self._since.began(self._periods[j]) == began
            }
            if of_file:
                totals = tuple(total for total in of_file if total is not None)
                if len(of_file) > 1 or not totals:
                    return Before(fault=_GAP)
                break
            before = [p for p in self._stored_before(at) if self._since.began(p) == began]
            if len(before) != 1:
                return Before(fault=_STORED_OVERLAP if before else self._missing(at, began))
            (at,) = before
            numbers.append(self._stored[at.series][at.start, at.end])
        if numbers and self._is_stored_overlap(at, period):
            return Before(fault=_STORED_OVERLAP)
        return Before(totals, tuple(numbers))

    def went_on(self, period: Period, total: float) -> bool:
        """Whether the first total of a year is no less than the last one of the year before."""
        rows = self._ending.get((period.series, period.start), ())
        was = [self._totals[j] for j in rows]
        if not rows:
            for last in self._stored_before(period):
                before, number = self.of(last), self._stored[last.series][last.start, last.end]
                if not before.fault:
                    was.append(fsum((*before.totals, *before.stored, number)))
        return any(w and total / w >= 1 for w in was)

    @cached_property
    def _stored(self) -> StoredNumbers:
        return self._asked() if self._asked else {}

    @cached_property
    def _stored_ending(self) -> Mapping[tuple[int, datetime], Sequence[Period]]:
        ending = defaultdict(list)
        for series, spans in self._stored.items():
            for start, end in spans:
                ending[series, end].append(Period(series, start, end))
        return ending

    def _stored_before(self, period: Period) -> Sequence[Period]:
        """The stored periods that end where one begins."""
        return self._stored_ending.get((period.series, period.start), ())

    @cached_property
    def _in_all_overlapping(self) -> set[int]:
        return {s for s, of in self._spans.items() if _overlap(of | self._stored.get(s, {}).keys())}

    def _is_stored_overlap(self, first: Period, last: Period) -> bool:
        """Whether any periods, in the file or stored, overlap from one to another one."""
        series = first.series
        return series in self._in_all_overlapping and _overlap(
            [
                (start, end)
                for start, end in self._spans[series] | self._stored[series].keys()
                if end > first.start and start < last.end
            ]
        )

    def _missing(self, at: Period, began: datetime) -> str:
        """That the period before one is missing, and which."""
        spans = self._spans[at.series] | self._stored.get(at.series, {}).keys()
        ends = [
            end
            for start, end in spans
            if end < at.start and self._since.began(Period(at.series, start, end)) == began
        ]
        first = max(ends, default=began)
        if self._asked is None or first == datetime.min:
            return _GAP
        if not ends and at.end - at.start == _WEEK:  # a year of weeks begins near its first day
            first = at.start - round((at.start - began) / _WEEK) * _WEEK
        is_of_months = all(moment.day == 1 for moment in (first, at.start, at.end))
        form = "%Y-%m" if is_of_months else "%Y-%m-%d"
        names = dict.fromkeys(f"{moment:{form}}" for moment in (first, at.start - _INSTANT))
        return _MISSING.format(" to ".join(names))


def alone(
    periods: Sequence[Period],
    totals: Sequence[float | None],
    since: Since,
    low: float | None,
    stored: Callable[[], StoredNumbers] | None = None,
) -> tuple[list[float | None], dict[int, str], dict[int, float]]:
    """The number of each period alone, and by row why it cannot be computed.

    Parameters
    ----------
    low : float, optional
        The least that such a number can be.
    stored : callable, optional
        What is stored of the series; see `PeriodsBefore`.

    Returns
    -------
    tuple of list, dict and dict
        The numbers, the faults, and how much of stored periods was taken off, by row.

    Examples
    --------
    >>> months = [Period(0, datetime(2026, m, 1), datetime(2026, m + 1, 1)) for m in (1, 2, 3, 5)]
    >>> alone(months, [0.1, 0.3, 0.7, 0.9], Since("P1Y"), None)[:2]
    ([0.1, 0.2, 0.4, None], {3: 'the period just before it is not in the file with one such total'})
    >>> april = {(datetime(2026, 4, 1), datetime(2026, 5, 1)): 0.1}
    >>> alone(months, [0.1, 0.3, 0.7, 0.9], Since("P1Y"), None, lambda: {0: april})
    ([0.1, 0.2, 0.4, 0.1], {}, {3: 0.1})
    """
    before_all = PeriodsBefore(periods, totals, since, stored)
    numbers: list[float | None] = []
    faults: dict[int, str] = {}
    taken_off: dict[int, float] = {}
    for i, (period, total) in enumerate(zip(periods, totals, strict=True)):
        number, fault = total, ""
        if total is None:
            pass
        elif before_all.overlap(period):
            fault = _OVERLAP
        elif since.is_first(period):
            fault = _WENT_ON if not since.is_said and before_all.went_on(period, total) else ""
        else:
            before = before_all.of(period)
            fault = before.fault
            if not fault:
                number = less(total, *before.totals, *before.stored)
                fault = _too_small(total, number, before, low)
            if before.stored and not fault:
                taken_off[i] = fsum(before.stored)
        numbers.append(None if fault else number)
        if fault:
            faults[i] = fault
    return numbers, faults, taken_off


def _too_small(total: float, number: float, before: Before, low: float | None) -> str:
    """Why a number is less than it can be; empty where it is not.

    A total of the file shows in which unit it counts; stored numbers may be in another one.
    """
    if not before.totals and 0 < total * _FAR <= fsum(before.stored):
        return _FAR_BELOW
    return _BELOW if low is not None and number < low else ""


def _overlap(spans: Collection[Span]) -> bool:
    return any(later < end for (_, end), (later, _) in pairwise(sorted(spans)))
