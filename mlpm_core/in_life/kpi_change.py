"""What a KPI was measured to be in some periods against others, and how far that is chance."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.in_life.periods import Period

_FEWEST: Final = 8
"""Fewest pairs of neighbours from which the noise is estimated."""
_NEWEST: Final = 26
_TOTAL_OF: Final = {"week": "P1W", "month": "P1M", "quarter": "P3M", "year": "P1Y"}
_PER_CASES: Final = {"kcase": 1000.0}
_EIGHT_IN_TEN: Final = 0.9  # from P10 to P90
_MOST_CARRIED: Final = 0.95
_DAY: Final = timedelta(days=1)


class Missing(StrEnum):
    """Why a figure of a KPI is missing."""

    NO_VALUE = "no value"
    NOT_OVER = "not over"
    NO_EARLIER = "no earlier period"
    GAP = "period before missing"
    NO_YEAR = "nothing a year ago"
    NO_BASELINE = "no baseline"
    TOO_FEW = "too few periods"
    NEVER_MOVED = "never moved"
    TOO_SHORT = "shorter than a value's period"
    NOT_BEGUN = "no day of the period is over"
    NONE_IN_IT = "no value in the period"
    FEW_DAYS = "too few days have a value"
    NOTHING_BEFORE = "nothing in the period before"
    FEW_DAYS_BEFORE = "too few days before have a value"


class Basis(StrEnum):
    """What the interval of a change rests on."""

    NOISE = "noise"
    CASES = "cases"


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
        >>> from datetime import datetime
        >>> from mlpm_core.in_life.periods import Period
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
    ``scaled`` is the length of the newer period over that of the earlier one where what was
    counted in the earlier one was counted for as many days. ``now`` and ``before`` are means of
    ``n_now`` and ``n_before`` values, by their cases or else by their days.
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
    now: float | None = None
    n_now: int = 0
    n_before: int = 0
    by_cases: bool = False

    @property
    def is_beyond_chance(self) -> bool:
        """Whether no change at all lies outside the interval."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


class Noise(NamedTuple):
    """Chance from one period to the next.

    ``deviation`` is the standard deviation that neighbours differ by, over the root of two, with
    its degrees of ``freedom``. ``carried`` is how much of one period's deviation the next one has
    too, in [0, 1): values that drift stay near each other, and their means are less certain.
    """

    deviation: float
    freedom: float
    carried: float = 0.0


def noise_of(steps: Sequence[tuple[float, float]]) -> Noise | None:
    """What chance does from one period to the next; None of fewer than 8 pairs of neighbours.

    The deviation comes from the mean square of the differences between neighbours, which a slow
    trend hardly touches; the newest 26 count. What is carried comes from the same mean square held
    against the variance (von Neumann's ratio, of which the first autocorrelation is one minus the
    half), with the bias of few values taken out (Kendall).

    Parameters
    ----------
    steps : sequence of (float, float)
        Pairs of neighbours, the earlier one first, oldest pair first.

    References
    ----------
    von Neumann, Kent, Bellinson, Hart (1941). The mean square successive difference. Annals of
    Mathematical Statistics 12(2).
    Kendall (1954). Note on bias in the estimation of autocorrelation. Biometrika 41(3/4).

    Examples
    --------
    >>> noise_of([(10.0, 11.0), (11.0, 10.0)] * 4).carried
    0.0
    >>> noise_of([(10.0, 11.0)] * 7) is None
    True
    """
    steps = steps[-_NEWEST:]
    if len(steps) < _FEWEST:
        return None
    largest = max(abs(later - earlier) for earlier, later in steps)
    n = len(steps) + 1
    freedom = 2 * (n - 1) ** 2 / (3 * n - 4)
    if largest == 0:
        return Noise(0.0, freedom)
    square = math.fsum(((b - a) / largest) ** 2 for a, b in steps) / (2 * len(steps))
    values = [steps[0][0], *(later for _, later in steps)]
    middle = math.fsum(v / n for v in values)
    variance = math.fsum(((v - middle) / largest) ** 2 for v in values) / (n - 1)
    carried = 1 - square / variance if variance > square else 0.0
    if carried > 0:
        carried = min(carried + (1 + 3 * carried) / n, _MOST_CARRIED)
    return Noise(largest * math.sqrt(square), freedom, carried)


def change_between(
    now: Sequence[MeasuredValue],
    before: Sequence[MeasuredValue],
    unit: str,
    noise: Noise | Missing,
    *,
    by_cases: bool = False,
    is_exact: bool = False,
) -> Change:
    """The mean of some values against that of others, with what of the difference is chance.

    Parameters
    ----------
    now, before : sequence of MeasuredValue
        At least one each, oldest first, of one length of period.
    unit : str
        Of the values; a total of each period is counted for as many days on both sides.
    noise : Noise or Missing
        What chance does from one period to the next, or why nothing says so.
    by_cases : bool
        Whether every value is a mean of its ``n`` cases; else a mean of them goes by their days.
    is_exact : bool
        Whether ``before`` is a level without chance of its own.

    Notes
    -----
    The variance of the difference is that of a first-order autoregression with the deviation and
    the carry-over of the noise: w'Rw with R holding the carry-over to the power of the distance.
    Between neighbours that is the movement from one period to the next; values further apart, as of
    a year ago, differ by more where one period carries over to the next.
    """
    scaled = None if is_exact else _scale(now, before, unit)
    shares = shares_of(now, unit, by_cases=by_cases)
    shares_before = [
        share * (scaled or 1.0) for share in shares_of(before, unit, by_cases=by_cases)
    ]
    is_now, was = _sum(shares, now), _sum(shares_before, before)
    change = Change(
        before=was,
        period=before[0].period if len(before) == 1 and not is_exact else None,
        difference=is_now - was,
        scaled=scaled,
        now=is_now,
        n_now=len(now),
        n_before=0 if is_exact else len(before),
        by_cases=by_cases,
    )
    weighted = list(zip(now, shares, strict=True))
    if not is_exact:
        weighted += [(v, -s) for v, s in zip(before, shares_before, strict=True)]
    spread = _spread(weighted, unit, noise)
    if isinstance(spread, Missing):
        return replace(change, no_interval=spread)
    half, basis = spread
    low, high = is_now - was - half, is_now - was + half
    return replace(change, low=low, high=high, basis=basis)


def level_of(values: Sequence[MeasuredValue], unit: str, *, by_cases: bool = False) -> Change:
    """The mean of some values, at least one, compared with nothing.

    Examples
    --------
    >>> from datetime import datetime
    >>> from mlpm_core.in_life.periods import Period
    >>> january, february = (Period(datetime(2026, m, 1), "P1M") for m in (1, 2))
    >>> both = [MeasuredValue(january, 59.0), MeasuredValue(february, 0.0)]
    >>> round(level_of(both, "minute/case").now, 9), level_of(both, "EUR/month").now  # a total
    (31.0, 29.5)
    """
    mean = _sum(shares_of(values, unit, by_cases=by_cases), values)
    return Change(now=mean, n_now=len(values), by_cases=by_cases)


class Spread(NamedTuple):
    """How far luck moves a mean: Student's t with this standard ``error`` and ``freedom``."""

    error: float
    freedom: float


def spread_of_level(values: Sequence[MeasuredValue], shares: Sequence[float]) -> Spread | Missing:
    """How far the luck of periods moves a mean of values, by the noise among them.

    Parameters
    ----------
    values : sequence of MeasuredValue
        Oldest first, of one length of period.
    shares : sequence of float
        What each counts in the mean (``shares_of``).

    Examples
    --------
    >>> from datetime import datetime
    >>> from mlpm_core.in_life.periods import Period
    >>> weeks = [Period(datetime(2026, 1, 5) + timedelta(weeks=i), "P1W") for i in range(9)]
    >>> values = [MeasuredValue(week, 10.0 + i % 2) for i, week in enumerate(weeks)]
    >>> round(spread_of_level(values, shares_of(values, "minute/case")).error, 3)  # .707 / 9^.5
    0.236
    >>> spread_of_level(values[:8], shares_of(values[:8], "minute/case"))
    <Missing.TOO_FEW: 'too few periods'>
    """
    noise = noise_of(
        [(a.value, b.value) for a, b in pairwise(values) if a.period.end == b.period.start]
    )
    if noise is None:
        return Missing.TOO_FEW
    if not noise.deviation:
        return Missing.NEVER_MOVED
    weighted = list(zip(values, shares, strict=True))
    error = noise.deviation * math.sqrt(_spread_of_weights(weighted, noise.carried))
    return Spread(error, noise.freedom)


def _sum(shares: Sequence[float], values: Sequence[MeasuredValue]) -> float:
    return math.fsum(share * v.value for share, v in zip(shares, values, strict=True))


def shares_of(values: Sequence[MeasuredValue], unit: str, *, by_cases: bool = False) -> list[float]:
    """What each value counts in their mean, 1 in all; a total of a period counts once."""
    if by_cases:
        sizes = [float(v.n or 0) for v in values]
    elif _is_total(values, unit):
        sizes = [1.0] * len(values)
    else:
        sizes = [v.period.days for v in values]
    whole = math.fsum(sizes)
    return [size / whole for size in sizes] if whole else [1 / len(values)] * len(values)


def _is_total(values: Sequence[MeasuredValue], unit: str) -> bool:
    return _TOTAL_OF.get(unit.rpartition("/")[2]) == values[0].period.granularity


def _scale(
    now: Sequence[MeasuredValue], before: Sequence[MeasuredValue], unit: str
) -> float | None:
    """How many times longer the newer periods are, where what they count grows with their days."""
    days, days_before = (
        math.fsum(v.period.days for v in values) / len(values) for values in (now, before)
    )
    if not _is_total(now, unit) or days == days_before or not days_before:
        return None
    return days / days_before


def _spread(
    weighted: Sequence[tuple[MeasuredValue, float]], unit: str, noise: Noise | Missing
) -> tuple[float, Basis] | Missing:
    """Half of the range that holds a difference 8 times in 10, and what it rests on."""
    from scipy.stats import norm, t  # see draws.uniform_points

    if isinstance(noise, Noise):
        error = noise.deviation * math.sqrt(_spread_of_weights(weighted, noise.carried))
        return float(t.ppf(_EIGHT_IN_TEN, noise.freedom)) * error, Basis.NOISE
    errors = [(value.error(unit), share) for value, share in weighted]
    weighted_errors = [error * share for error, share in errors if error]
    if len(weighted_errors) < len(errors):
        return noise
    return float(norm.ppf(_EIGHT_IN_TEN)) * math.hypot(*weighted_errors), Basis.CASES


def _spread_of_weights(weighted: Sequence[tuple[MeasuredValue, float]], carried: float) -> float:
    """Variance of a weighted sum over that of one period against its neighbour, halved."""
    ordered = sorted(weighted, key=lambda pair: pair[0].period.start)
    length = ordered[0][0].period.days
    total, near, last = 0.0, 0.0, None
    for value, share in ordered:
        if last is not None:
            distance = (value.period.start - last.period.start) / _DAY
            near *= carried ** max(distance / length, 1.0) if length else carried
        total += share * share + 2 * share * near
        near += share
        last = value
    return max(total, 0.0) / (1 - carried)
