"""What was delivered against what was promised: the value of periods gathered into months.

Periods may overlap and rarely end with a month. Every moment counts once, a period that lies in two
months is split by its days, and days that nobody monitored are never filled in.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.kpi import DAYS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


_DAY = timedelta(days=1)
_CLEARLY = 0.9  # better than promised even at P10 counts as more than kept
_ROUNDING = 1e-9


class Grade(StrEnum):
    """How far a realised value can be put down to the model, the strongest first."""

    RANDOMISED = "A"
    BEFORE_AFTER = "B"
    MODEL_IMPLIED = "C"
    ASSERTED = "D"


class Outcome(StrEnum):
    """What became of a promise."""

    OVER_DELIVERED = "over-delivered"
    KEPT = "kept"
    MISSED = "missed"
    NOT_DUE = "not due yet"
    UNKNOWN = "cannot be said"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of time, its end not included.

    Raises
    ------
    InputError
        When it ends before it starts.

    Examples
    --------
    >>> Span(datetime(2024, 7, 29), datetime(2024, 8, 5)).days
    7.0
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InputError(f"A stretch of time from {self.start} cannot end on {self.end}.")

    @property
    def days(self) -> float:
        """Its length in days."""
        return (self.end - self.start) / _DAY

    def within(self, other: Span) -> Span | None:
        """The part of it that lies in another stretch; None when they share no time."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


@dataclass(frozen=True, eq=False, slots=True)
class PeriodValue:
    """What one period tells, for the stretches of time in which it counts.

    ``values`` holds arrays of shape (draws,) by name, NaN where a draw was not possible: a value
    for one day (money a day), or a level (a KPI's change). All periods share their draws.
    """

    parts: tuple[Span, ...]
    values: Mapping[str, Array]
    is_final: bool = True


@dataclass(frozen=True, eq=False, slots=True)
class WindowTotal:
    """What the periods tell of a stretch of time.

    ``days`` were monitored, ``days_not_final`` of them with labels that are not final; ``sums``
    holds value times days by name, of shape (draws,).
    """

    days: float
    days_not_final: float
    sums: Mapping[str, Array]

    def total(self, name: str, unit: str) -> Estimate:
        """The sum over its days, from draws that were added before any quantile was taken.

        Raises
        ------
        NotEnoughDataError
            When none of its days was monitored.
        """
        self._check(name)
        return Estimate.of(self.sums[name], unit)

    def mean(self, name: str, unit: str) -> Estimate:
        """The mean over its monitored days.

        Raises
        ------
        NotEnoughDataError
            When none of its days was monitored.
        """
        self._check(name)
        return Estimate.of(self.sums[name] / self.days, unit)

    def _check(self, name: str) -> None:
        if not self.days or name not in self.sums:
            raise NotEnoughDataError(
                f"No day was monitored, so {name} is not available; at least one is needed."
            )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a promise, and how likely it is that it holds, in [0, 1]."""

    outcome: Outcome
    probability: float


@dataclass(frozen=True, slots=True)
class HitRate:
    """How many promises were kept of those that can be judged.

    ``held`` is the mean confidence, in [0, 1], of the ``n_held`` judged ones that had one. Of
    ``n_unsure`` the outcome may be luck, season or rounding, ``n_implied`` were not measured.
    """

    kept: int
    judged: int
    held: float | None
    n_held: int
    n_unsure: int = 0
    n_implied: int = 0


class PromiseOutcome(NamedTuple):
    """What became of a promise, as ``hit_rate`` counts it.

    ``confidence`` is the chance it was given when made, ``probability`` the one that it is kept:
    None where nothing says so.
    """

    outcome: Outcome
    confidence: float | None = None
    probability: float | None = None
    is_measured: bool = False


def over_days(annual: float, days: float) -> float:
    """The part of an annual amount that falls on so many days.

    Examples
    --------
    >>> over_days(36_525.0, 7)
    700.0
    """
    return annual * days / DAYS_PER_YEAR


def months(spans: Sequence[Span]) -> list[Span]:
    """The calendar months that some stretches of time touch, oldest first.

    Examples
    --------
    >>> [m.start.month for m in months([Span(datetime(2024, 7, 29), datetime(2024, 8, 5))])]
    [7, 8]
    """
    touched: set[Span] = set()
    for span in spans:
        start = datetime(span.start.year, span.start.month, 1)
        while start < span.end:
            end = (start + 31 * _DAY).replace(day=1)
            touched.add(Span(start, end))
            start = end
    return sorted(touched)


def days_within(spans: Sequence[Span], window: Span) -> float:
    """Days of a window that some stretches of time cover; a day covered twice counts once.

    Examples
    --------
    >>> july = Span(datetime(2024, 7, 1), datetime(2024, 8, 1))
    >>> days_within([Span(datetime(2024, 7, 29), datetime(2024, 8, 5)), july], july)
    31.0
    """
    clipped = [part for span in spans if (part := span.within(window))]
    return sum(part.days for parts in counted_parts(clipped) for part in parts)


def counted_parts(periods: Sequence[Span]) -> list[tuple[Span, ...]]:
    """For each period the stretches in which it counts, so that every moment counts once.

    Parameters
    ----------
    periods : sequence of Span
        In the order of precedence: of two that overlap, the earlier in the list counts.

    Returns
    -------
    list of tuple of Span
        One tuple for each period, empty when others cover it wholly.

    Examples
    --------
    >>> day, week = (Span(datetime(2024, 7, d), datetime(2024, 7, 8)) for d in (7, 1))
    >>> [sum(part.days for part in parts) for parts in counted_parts([day, week])]
    [1.0, 6.0]
    """
    taken: list[Span] = []  # disjoint, ordered, never touching
    parts_by_period = []
    for period in periods:
        first = bisect_left(taken, period.start, key=lambda span: span.end)
        last = bisect_right(taken, period.end, key=lambda span: span.start)
        beside, start, parts = taken[first:last], period.start, []
        for span in beside:
            if start < span.start:
                parts.append(Span(start, span.start))
            start = max(start, span.end)
        if start < period.end:
            parts.append(Span(start, period.end))
        parts_by_period.append(tuple(parts))
        if parts:
            ends = [period, *beside]
            taken[first:last] = [Span(min(s.start for s in ends), max(s.end for s in ends))]
    return parts_by_period


def window_totals(periods: Iterable[PeriodValue], windows: Sequence[Span]) -> list[WindowTotal]:
    """What periods tell of each of some windows, such as months; windows may overlap.

    Parameters
    ----------
    periods : iterable of PeriodValue
        Their parts must not overlap: see ``counted_parts``. Taken one after the other, so that
        only the windows' sums are kept.
    windows : sequence of Span

    Returns
    -------
    list of WindowTotal
        One for each window, in their order.

    Notes
    -----
    A window's draw is the sum over its periods of value x days in the window, draw by draw. A draw
    that was not possible in a period counts there with that period's mean, so that sums of months
    are months of sums.

    Examples
    --------
    >>> week = Span(datetime(2024, 7, 29), datetime(2024, 8, 5))
    >>> value = PeriodValue((week,), {"net": np.array([10.0, 20.0])})
    >>> [g.sums["net"].tolist() for g in window_totals([value], months([week]))]
    [[30.0, 60.0], [40.0, 80.0]]
    """
    days, not_final = [0.0] * len(windows), [0.0] * len(windows)
    sums: list[dict[str, Array]] = [{} for _ in windows]
    for period in periods:
        values = {name: _filled(draws) for name, draws in period.values.items()}
        for i, window in enumerate(windows):
            shared = sum(p.days for part in period.parts if (p := part.within(window)))
            if not shared:
                continue
            days[i] += shared
            not_final[i] += 0.0 if period.is_final else shared
            for name, draws in values.items():
                sums[i][name] = sums[i].get(name, 0.0) + shared * draws
    return [WindowTotal(*total) for total in zip(days, not_final, sums, strict=True)]


def _filled(draws: Array) -> Array:
    is_missing = np.isnan(draws)
    return np.where(is_missing, np.nanmean(draws), draws) if is_missing.any() else draws


def together(parts: Sequence[WindowTotal]) -> WindowTotal:
    """Several stretches of time as one: days and draws added.

    Examples
    --------
    >>> july, august = (WindowTotal(d, 0.0, {"net": np.array([d, 2 * d])}) for d in (31.0, 4.0))
    >>> both = together([july, august])
    >>> both.days, both.sums["net"].tolist()
    (35.0, [35.0, 70.0])
    """
    sums: dict[str, Array] = {}
    for part in parts:
        for name, draws in part.sums.items():
            sums[name] = sums.get(name, 0.0) + draws
    return WindowTotal(sum(p.days for p in parts), sum(p.days_not_final for p in parts), sums)


def judged(level: Estimate, promised: float, *, higher_is_better: bool) -> Judgement:
    """Whether a KPI's level keeps what was promised, and how likely.

    Parameters
    ----------
    level : Estimate
        The level since the promise fell due, in the KPI's unit.
    promised : float
        In the same unit.
    higher_is_better : bool

    Returns
    -------
    Judgement
        Kept when the mean is at least as good as promised; over-delivered when the level is better
        with a probability of 90 % or more; else missed.

    Examples
    --------
    >>> level = Estimate.of(np.array([95.0, 97.0, 101.0, 99.0]), "h")
    >>> judged(level, 100.0, higher_is_better=False)
    Judgement(outcome=<Outcome.KEPT: 'kept'>, probability=0.75)
    """
    sign = 1 if higher_is_better else -1
    room = _ROUNDING * max(abs(promised), abs(level.mean))
    gains = sign * (level.samples - promised)
    probability = float(np.mean(gains >= -room))
    if sign * (level.mean - promised) < -room:
        return Judgement(Outcome.MISSED, probability)
    is_clear = float(np.mean(gains > room)) >= _CLEARLY
    return Judgement(Outcome.OVER_DELIVERED if is_clear else Outcome.KEPT, probability)


def hit_rate(promises: Iterable[PromiseOutcome]) -> HitRate:
    """How many promises were kept, beside how likely they were held to be.

    An outcome is sure where a promise is kept, or missed, with a probability of 90 % or more.

    Examples
    --------
    >>> kept = PromiseOutcome(Outcome.KEPT, 0.8, probability=0.95, is_measured=True)
    >>> hit_rate([kept, PromiseOutcome(Outcome.MISSED, 0.4), PromiseOutcome(Outcome.NOT_DUE, 0.9)])
    HitRate(kept=1, judged=2, held=0.6000000000000001, n_held=2, n_unsure=1, n_implied=1)
    """
    judged = [p for p in promises if p.outcome not in (Outcome.NOT_DUE, Outcome.UNKNOWN)]
    held = [p.confidence for p in judged if p.confidence is not None]
    return HitRate(
        kept=sum(p.outcome is not Outcome.MISSED for p in judged),
        judged=len(judged),
        held=sum(held) / len(held) if held else None,
        n_held=len(held),
        n_unsure=sum(not _is_sure(p) for p in judged),
        n_implied=sum(not p.is_measured for p in judged),
    )


def _is_sure(promise: PromiseOutcome) -> bool:
    if promise.probability is None:
        return False
    is_missed = promise.outcome is Outcome.MISSED
    return (1 - promise.probability if is_missed else promise.probability) >= _CLEARLY
