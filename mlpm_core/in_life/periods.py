"""Periods of monitoring: which metrics belong together, and how long each period is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from scipy.special import betaincinv, ndtri

from mlpm_core.in_life.observation import Observation, binomial_error, from_statements
from mlpm_core.quantity import SHARE, is_percent
from mlpm_core.quantity.words import day_in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

_MONTHS = {"P1M": 1, "P3M": 3, "P6M": 6, "P1Y": 12}
_SPANS = {
    "": timedelta(0),
    "PT1H": timedelta(hours=1),
    "P1D": timedelta(days=1),
    "P1W": timedelta(weeks=1),
}
_STATED: Final = (
    *("value", "n", "value_se", "batch", "label_status", "labelled_share", "ci_low", "ci_high"),
    *("ci_level", "numerator", "denominator", "unit"),
)
_PERCENT: Final = 100
_DAY: Final = timedelta(days=1)
_MOMENT: Final = timedelta(microseconds=1)
_TAIL: Final = 0.05  # below and above a 90 % interval
_WORDS = {
    "": "moment",
    "PT1H": "hour",
    "P1D": "day",
    "P1W": "week",
    "P1M": "month",
    "P3M": "quarter",
    "P6M": "half-year",
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
    >>> Period(datetime(2026, 1, 31), "P1M").end.date().isoformat()  # no month has a 31st day more
    '2026-02-28'
    """

    start: datetime
    granularity: str

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        if self.granularity in _SPANS:
            return self.start + _SPANS[self.granularity]
        months = pd.DateOffset(months=_MONTHS[self.granularity])
        return (pd.Timestamp(self.start) + months).to_pydatetime()

    @property
    def last_on(self) -> date:
        """The last day of which it holds something.

        Examples
        --------
        >>> Period(datetime(2026, 6, 22), "P1W").last_on, Period(datetime(2026, 6, 28), "").last_on
        (datetime.date(2026, 6, 28), datetime.date(2026, 6, 28))
        """
        return max(self.start, self.end - _MOMENT).date()

    @property
    def days(self) -> float:
        """Its length in days."""
        return (self.end - self.start) / _DAY

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
        return self.said()

    def said(self, write: Callable[[date], str] = day_in_words) -> str:
        """The period as a sentence says it, with its days as ``write`` has them."""
        match self.granularity:
            case "P1M":
                return f"in {self.named(write)}"
            case "P1D":
                return f"on {self.named(write)}"
            case "" | "PT1H":
                return f"at {self.named(write)}"
            case _:
                return f"in the {self.named(write)}"

    def named(self, write: Callable[[date], str] = day_in_words) -> str:
        """The period by its name, with its days as ``write`` has them.

        Examples
        --------
        >>> week = Period(datetime(2013, 12, 2), "P1W")
        >>> week.named(), week.said(lambda day: f"{day:%b {day.day}, %Y}")
        ('week of 2 Dec 2013', 'in the week of Dec 2, 2013')
        """
        day = write(self.start.date())
        match self.granularity:
            case "P1W":
                return f"week of {day}"
            case "P1M":
                return f"{self.start:%b %Y}"
            case "P3M":
                return f"quarter from {day}"
            case "P6M":
                return f"half-year from {day}"
            case "P1Y":
                return f"year from {day}"
            case "P1D":
                return day
            case _:
                return f"{day} {self.start:%H:%M}"

    def __str__(self) -> str:
        return self.named()


def following(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Every period from the first to the last, those between that nobody told included.

    Empty where they do not follow each other: of other lengths, weeks that begin on other days,
    moments without a length.

    Examples
    --------
    >>> weeks = [Period(datetime(2026, 6, day), "P1W") for day in (1, 15)]
    >>> [period.start.day for period in following(weeks)]
    [1, 8, 15]
    >>> following([*weeks, Period(datetime(2026, 6, 9), "P1W")])
    ()
    """
    told = set(periods)
    if not told or len({p.granularity for p in told}) > 1 or not min(told).days:
        return ()
    period, last, every = min(told), max(told), []
    while period <= last:
        every.append(period)
        period = Period(period.end, period.granularity)
    return tuple(every) if told <= set(every) else ()


@dataclass(frozen=True, slots=True)
class Logged:
    """The predictions of a period that a log holds, and how many of them have an outcome yet."""

    n: int
    n_outcomes: int


@dataclass(frozen=True, slots=True)
class Monitored:
    """One monitored metric of a period, with every uncertainty that its file states, and its batch.

    ``ci_low`` and ``ci_high`` are a confidence interval of ``ci_level``, 95 % unless told. One that
    nobody reported but that was computed from a prediction log has no batch; ``logged`` says of
    what.
    """

    value: float
    n: int | None
    value_se: float | None
    batch: str
    label_status: str = ""
    labelled_share: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_level: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    unit: str = ""
    logged: Logged | None = None

    def times(self, factor: float) -> Monitored:
        """The same in the unit that is asked, of which one of its own is so many.

        Examples
        --------
        >>> Monitored(540.0, None, 30.0, "B00001", unit="second").times(1 / 60).value_se
        0.5
        """
        return self if factor == 1.0 else self._each(lambda stated: stated * factor, "")

    def in_shares(self) -> Monitored:
        """The same; one stored in percent before they were read, as a share."""
        if not is_percent(self.unit):
            return self
        return self._each(lambda stated: stated / _PERCENT, SHARE)

    def _each(self, changed: Callable[[float], float], unit: str) -> Monitored:
        error, low, high = (
            None if stated is None else changed(stated)
            for stated in (self.value_se, self.ci_low, self.ci_high)
        )
        return replace(
            self,
            value=changed(self.value),
            value_se=error,
            ci_low=low,
            ci_high=high,
            unit=unit,
        )

    @property
    def is_empty(self) -> bool:
        """Whether it rests on no case at all, so that its value says nothing."""
        return self.n == 0 or (self.denominator == 0 and self.n is None)

    @property
    def cases(self) -> float | None:
        """The cases that it says it rests on."""
        return self.n if self.n is not None else self.denominator

    def observation(self, *, is_share: bool, factor: float = 1.0) -> Observation:
        """The value with what says how far off it may be, in a unit of so many of its own.

        Examples
        --------
        >>> Monitored(0.8, 100, None, "B00001").observation(is_share=True)
        Observation(value=0.8, cases=100, error=None)
        >>> Monitored(12.0, None, 3.0, "B00001").observation(is_share=False, factor=2.0)
        Observation(value=24.0, cases=None, error=6.0)
        """
        as_stated = from_statements(
            self.value,
            is_share=is_share,
            n=self.n,
            error=self.value_se,
            ratio=(self.numerator, self.denominator),
            interval=(self.ci_low, self.ci_high),
            level=self.ci_level,
        )
        if factor == 1.0:
            return as_stated
        error = None if as_stated.error is None else as_stated.error * factor
        return Observation(as_stated.value * factor, as_stated.cases, error)

    def standard_error(self, *, is_share: bool) -> float | None:
        """Standard error of the value; None when nothing says how far off it may be.

        Examples
        --------
        >>> Monitored(0.24, None, 0.01, "B00001").standard_error(is_share=False)
        0.01
        >>> round(Monitored(0.8, 100, None, "B00001").standard_error(is_share=True), 4)
        0.0398
        """
        if self.value_se:
            return self.value_se
        observation = self.observation(is_share=is_share)
        return (
            binomial_error(observation.value, observation.cases)
            if observation.cases
            else observation.error
        )

    def interval(self, *, is_share: bool) -> tuple[float | None, float | None]:
        """P5 and P95 of what the value says, as the same is written as a quantity.

        None twice when nothing says how far off it may be. A share of n cases is Beta with its hits
        and misses, each plus one, as ``24/30`` is; nothing is rounded.

        Examples
        --------
        >>> low, high = Monitored(0.24, None, 0.01, "B00001").interval(is_share=False)
        >>> round(low, 4), round(high, 4)
        (0.2236, 0.2564)
        >>> low, high = Monitored(0.8, 100, None, "B00001").interval(is_share=True)
        >>> round(low, 4), round(high, 4)
        (0.7254, 0.8562)
        """
        observation = self.observation(is_share=is_share)
        if observation.is_exact:
            return None, None
        if observation.cases:
            hits, misses = observation.hits + 1, observation.cases - observation.hits + 1
            low, high = betaincinv(hits, misses, [_TAIL, 1 - _TAIL]).tolist()
            return low, high
        half = float(ndtri(1 - _TAIL)) * (observation.error or 0.0)
        return observation.value - half, observation.value + half


def periods_of(rows: Iterable[Mapping[str, Any]]) -> dict[Period, dict[str, Monitored]]:
    """Monitored metrics by period, oldest first; a later row of a metric replaces an earlier."""
    periods: dict[Period, dict[str, Monitored]] = {}
    for row in rows:
        period = Period(row["period_start"], row["granularity"])
        periods.setdefault(period, {})[row["metric"]] = _monitored(row)
    return dict(sorted(periods.items()))


def _monitored(row: Mapping[str, Any]) -> Monitored:
    """A result as it counts everywhere."""
    return Monitored(**{name: row[name] for name in _STATED}).in_shares()
