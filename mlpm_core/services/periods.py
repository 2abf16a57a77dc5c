"""Periods of monitoring: which metrics belong together, and how long each period is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Monitored", "Period", "periods_of"]

_MONTHS = {"P1M": 1, "P3M": 3, "P1Y": 12}
_SPANS = {
    "": timedelta(0),
    "PT1H": timedelta(hours=1),
    "P1D": timedelta(days=1),
    "P1W": timedelta(weeks=1),
}
_WORDS = {
    "": "moment",
    "PT1H": "hour",
    "P1D": "day",
    "P1W": "week",
    "P1M": "month",
    "P3M": "quarter",
    "P1Y": "year",
}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of time that results cover: its start and ISO 8601 length.

    Examples
    --------
    >>> week = Period(datetime(2026, 6, 22), "P1W")
    >>> week.end.isoformat(), str(week)
    ('2026-06-29T00:00:00', 'week of 22 Jun 2026')
    """

    start: datetime
    granularity: str

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        if self.granularity in _SPANS:
            return self.start + _SPANS[self.granularity]
        months = self.start.month - 1 + _MONTHS[self.granularity]
        return self.start.replace(year=self.start.year + months // 12, month=months % 12 + 1)

    @property
    def word(self) -> str:
        """Day, week, month ..."""
        return _WORDS[self.granularity]

    @property
    def when(self) -> str:
        """The period as a sentence says it.

        Examples
        --------
        >>> Period(datetime(2013, 12, 1), "P1M").when, Period(datetime(2013, 12, 2), "P1D").when
        ('in Dec 2013', 'on 2 Dec 2013')
        """
        match self.granularity:
            case "P1M":
                return f"in {self}"
            case "P1D":
                return f"on {self}"
            case "" | "PT1H":
                return f"at {self}"
            case _:
                return f"in the {self}"

    def __str__(self) -> str:
        day = f"{self.start.day} {self.start:%b %Y}"
        match self.granularity:
            case "P1W":
                return f"week of {day}"
            case "P1M":
                return f"{self.start:%b %Y}"
            case "P3M":
                return f"quarter from {day}"
            case "P1Y":
                return f"year from {day}"
            case "P1D":
                return day
            case _:
                return f"{day} {self.start:%H:%M}"


@dataclass(frozen=True, slots=True)
class Monitored:
    """One monitored metric of a period: value, cases and standard error, and its batch.

    ``ci_low`` and ``ci_high`` are the interval that the file gave, of whatever level.
    """

    value: float
    n: int | None
    value_se: float | None
    batch: str
    label_status: str = ""
    labelled_share: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None

    def standard_error(self, *, is_share: bool) -> float | None:
        """Standard error of the value; None when neither it nor the cases of a share are known.

        Examples
        --------
        >>> Monitored(0.24, None, 0.01, "B00001").standard_error(is_share=False)
        0.01
        >>> round(Monitored(0.8, 100, None, "B00001").standard_error(is_share=True), 4)
        0.0398
        """
        if self.value_se:
            return self.value_se
        if not (is_share and self.n):
            return None
        hits, misses = self.value * self.n + 1, (1 - self.value) * self.n + 1
        total = hits + misses
        return math.sqrt(hits * misses / (total * total * (total + 1)))

    def written(self, low: float | None, high: float | None) -> str:
        """The result in the notation of quantities, with the uncertainty it carries.

        A share with a count becomes a Beta, a value with a standard error a normal; without
        either it is taken as exact.

        Examples
        --------
        >>> Monitored(0.8, 100, None, "B00001").written(0.0, 1.0)
        'beta(81, 21)'
        >>> Monitored(0.24, None, 0.01, "B00001").written(0.0, None)
        'normal(0.24, 0.01)'
        """
        is_share = low == 0.0 and high == 1.0
        if self.value_se:
            return f"normal({self.value!r}, {self.value_se!r})"
        if is_share and self.n:
            return f"beta({self.value * self.n + 1:.12g}, {(1 - self.value) * self.n + 1:.12g})"
        return repr(self.value)

    def interval(self, *, is_share: bool) -> tuple[float | None, float | None]:
        """P5 and P95 of the same distribution, else the interval that the file gave.

        None twice when neither is known.

        Examples
        --------
        >>> Monitored(0.24, None, 0.01, "B00001").interval(is_share=False)
        (0.2236, 0.2564)
        >>> Monitored(0.8, 100, None, "B00001").interval(is_share=True)
        (0.7254, 0.8562)
        """
        ends = (0.0, 1.0) if is_share else (None, None)
        try:
            quantity = Quantity.read(self.written(*ends), "1", *ends)
        except InputError:  # such as a squared error that is larger than any quantity
            return self.ci_low, self.ci_high
        if quantity.is_exact:
            return self.ci_low, self.ci_high
        low, high = quantity.quantile(np.array([0.05, 0.95]))
        return round(float(low), 4), round(float(high), 4)


def periods_of(rows: Iterable[Mapping[str, Any]]) -> dict[Period, dict[str, Monitored]]:
    """Monitored metrics by period, oldest first; a later row of a metric replaces an earlier."""
    periods: dict[Period, dict[str, Monitored]] = {}
    for row in rows:
        period = Period(row["period_start"], row["granularity"])
        periods.setdefault(period, {})[row["metric"]] = Monitored(
            row["value"],
            row["n"],
            row["value_se"],
            row["batch"],
            row["label_status"],
            row["labelled_share"],
            row["ci_low"],
            row["ci_high"],
        )
    return dict(sorted(periods.items()))
