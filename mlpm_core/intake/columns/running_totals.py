"""Running totals: columns that are called so, and what is left for each period alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.columns.dates import after
from mlpm_core.intake.columns.written_units import less

if TYPE_CHECKING:
    from collections.abc import Sequence

_WEEK: Final = timedelta(days=7)
_SPANS: Final = {"P1M": 1, "P3M": 3, "P1Y": 12}

_GAP: Final = "the period just before it is not in the file with one such total"
_OVERLAP: Final = "other rows of its series are of some of its days, too"
_BELOW: Final = "it is less than before, and what it counts cannot be"
_WENT_ON: Final = "it did not begin anew with its year"


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


def alone(
    periods: Sequence[Period], totals: Sequence[float | None], since: Since, low: float | None
) -> tuple[list[float | None], dict[int, str]]:
    """The number of each period alone, and by row why it cannot be computed.

    Parameters
    ----------
    low : float, optional
        The least that such a number can be.

    Examples
    --------
    >>> months = [Period(0, datetime(2026, m, 1), datetime(2026, m + 1, 1)) for m in (1, 2, 3, 5)]
    >>> alone(months, [0.1, 0.3, 0.7, 0.9], Since("P1Y"), None)
    ([0.1, 0.2, 0.4, None], {3: 'the period just before it is not in the file with one such total'})
    """
    ending: dict[tuple[int, datetime], set[int]] = defaultdict(set)
    spans: dict[int, set[tuple[datetime, datetime]]] = defaultdict(set)
    for i, period in enumerate(periods):
        ending[period.series, period.end].add(i)
        spans[period.series].add((period.start, period.end))
    overlapping = {series for series, of in spans.items() if _overlap(sorted(of))}
    numbers: list[float | None] = []
    faults: dict[int, str] = {}
    for i, (period, total) in enumerate(zip(periods, totals, strict=True)):
        before = ending[period.series, period.start]
        number, fault = total, ""
        if total is None:
            pass
        elif period.series in overlapping:
            fault = _OVERLAP
        elif since.is_first(period):
            was = {totals[j] for j in before} if not since.is_said else set()
            fault = _WENT_ON if any(w and total / w >= 1 for w in was) else ""
        else:
            mine = since.began(period)
            just_before = {totals[j] for j in before if since.began(periods[j]) == mine}
            (was_total,) = just_before if len(just_before) == 1 else (None,)
            number = None if was_total is None else less(total, was_total)
            if number is None:
                fault = _GAP
            elif low is not None and number < low:
                fault = _BELOW
        numbers.append(None if fault else number)
        if fault:
            faults[i] = fault
    return numbers, faults


def _overlap(spans: Sequence[tuple[datetime, datetime]]) -> bool:
    return any(later < end for (_, end), (later, _) in pairwise(spans))
