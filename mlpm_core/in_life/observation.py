"""A metric as it was measured in one period, with what says how far off it may be by chance.

A file may state that in several ways. They all become one of three things: so many cases, for a
share; a standard error, for anything else; or nothing, and then the value is taken as exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import betainc, betaincinv, ndtr, ndtri

from mlpm_core.quantity.stated import stated

if TYPE_CHECKING:
    from collections.abc import Sequence

_HALF: Final = 0.5
_FEWEST: Final = 3
_LEAST_MISSES: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Observation:
    """A value with its number of cases, when it is a share, or else its standard error.

    ``cases`` need not be whole: a share with a standard error rests on as many cases as would give
    that error. With neither the value is taken as exact.

    Examples
    --------
    >>> [round(end, 4) for end in Observation(1 / 30, cases=30).interval()]
    [0.0017, 0.1486]
    >>> Observation(0.24, error=0.01).variance, Observation(0.24).is_exact
    (0.0001, True)
    """

    value: float
    cases: float | None = None
    error: float | None = None

    @property
    def is_exact(self) -> bool:
        """Whether nothing says how far off it may be."""
        return self.cases is None and self.error is None

    @property
    def hits(self) -> float:
        """How many of its cases a share counts; 0 for what is no counted share."""
        return self.value * self.cases if self.cases else 0.0

    @property
    def variance(self) -> float:
        """Its sampling variance; 0 when it is exact."""
        return self.variance_at(self.value)

    def variance_at(self, share: float) -> float:
        """The sampling variance that it would have if the true share were another one."""
        if self.error is not None:
            return self.error**2
        return share * (1 - share) / self.cases if self.cases else 0.0

    def interval(self, level: float = 0.9) -> tuple[float, float]:
        """The confidence interval: exact for a share (Clopper-Pearson), else normal."""
        tail = (1 - level) / 2
        if self.cases:
            hits, misses = self.hits, self.cases - self.hits
            low = betaincinv(hits, misses + 1, tail) if hits > 0 else 0.0
            high = betaincinv(hits + 1, misses, 1 - tail) if misses > 0 else 1.0
            return float(low), float(high)
        half = float(ndtri(1 - tail)) * (self.error or 0.0)
        return self.value - half, self.value + half

    def widened(self, extra: float) -> Observation:
        """The same with so much variance more, that is with fewer cases or a larger error.

        Examples
        --------
        >>> round(Observation(0.5, cases=100).widened(0.0025).cases)
        50
        """
        if extra <= 0:
            return self
        if self.cases is None:
            return Observation(self.value, error=math.sqrt(self.variance + extra))
        centre = (self.hits + _HALF) / (self.cases_ + 1)  # 0 of n has a variance too
        spread = centre * (1 - centre)
        return Observation(self.value, cases=spread / (spread / self.cases_ + extra))

    @property
    def cases_(self) -> float:
        """Its cases as a number; 0 where it has none."""
        return self.cases or 0.0

    def chance(self, expected: float) -> float:
        """How likely something at least as far off, on the same side, is when that is the truth.

        Parameters
        ----------
        expected : float
            In the unit of the value; for a share from 0 to 1.

        Returns
        -------
        float
            The one-sided p-value, at most 1: binomial for a share, else normal. An exact value that
            differs at all is never chance.

        Examples
        --------
        >>> round(Observation(0.0, cases=96).chance(0.05), 4), 0.95**96 < 0.0073
        (0.0073, True)
        """
        if self.value == expected:
            return 1.0
        if self.is_exact:
            return 0.0
        if self.cases is None:
            return float(ndtr(-abs(self.value - expected) / max(self.error or 0.0, 1e-300)))
        hits, misses = self.hits, self.cases - self.hits
        if self.value < expected:  # as few hits or fewer
            return float(betainc(max(misses, _LEAST_MISSES), hits + 1, 1 - expected))
        return float(betainc(max(hits, _LEAST_MISSES), misses + 1, expected))


def from_statements(
    value: float,
    *,
    is_share: bool,
    n: float | None = None,
    error: float | None = None,
    ratio: tuple[float | None, float | None] = (None, None),
    interval: tuple[float | None, float | None] = (None, None),
    level: float | None = None,
) -> Observation:
    """What a file states of a value (see :func:`~mlpm_core.quantity.stated.stated`).

    Returns
    -------
    Observation
        A share with a standard error rests on as many cases as would give it.

    Examples
    --------
    >>> from_statements(0.0333, is_share=True, ratio=(1, 30)).cases
    30
    >>> round(from_statements(0.9, is_share=True, error=0.03).cases)
    100
    """
    exact, cases, error = stated(
        value, is_share=is_share, n=n, error=error, ratio=ratio, interval=interval, level=level
    )
    if error is None or not is_share:
        return Observation(exact, cases, error)
    if 0 < value < 1:
        return Observation(value, cases=value * (1 - value) / error**2)
    return Observation(value, cases=n or 1 / error)


def binomial_error(share: float, n: float) -> float:
    """The standard error of a share of n cases, never 0: that of Beta(hits + 1, misses + 1).

    Examples
    --------
    >>> round(binomial_error(0.5, 100), 4), round(binomial_error(0.0, 100), 4)
    (0.0493, 0.0097)
    """
    hits, misses = share * n + 1, (1 - share) * n + 1
    return math.sqrt(hits * misses / (n + 3)) / (n + 2)


def pooled(observations: Sequence[Observation]) -> Observation:
    """Several observations of one metric as one.

    Counted shares pool their counts. What has a standard error, or is exact, is averaged, every
    period alike, as the value of a stretch of time is; errors are taken as independent.

    Examples
    --------
    >>> pooled([Observation(0.1, cases=10), Observation(0.3, cases=30)])
    Observation(value=0.25, cases=40.0, error=None)
    >>> pooled([Observation(2.0, error=0.3), Observation(4.0, error=0.4)])
    Observation(value=3.0, cases=None, error=0.25)
    """
    if len(observations) == 1:
        return observations[0]
    if all(o.cases for o in observations):
        cases = math.fsum(o.cases_ for o in observations)
        return Observation(math.fsum(o.hits for o in observations) / cases, cases=cases)
    k = len(observations)
    value = math.fsum(o.value for o in observations) / k
    error = math.sqrt(math.fsum(o.variance for o in observations)) / k
    return Observation(value, error=error or None)


def between_variance(observations: Sequence[Observation]) -> float:
    """How much periods really vary, beyond what sampling does to them: a variance.

    Parameters
    ----------
    observations : sequence of Observation
        Of the reference: a time in which nothing is known to have happened.

    Returns
    -------
    float
        0 with fewer than three periods, and where sampling explains it all. Values that carry no
        error vary by all that they vary.

    References
    ----------
    DerSimonian & Laird (1986). Meta-analysis in clinical trials. Controlled Clinical Trials 7(3).

    Examples
    --------
    >>> calm = [Observation(0.5, cases=100)] * 12
    >>> wild = [Observation(v, cases=100) for v in (0.3, 0.7) * 6]
    >>> between_variance(calm), round(between_variance(wild), 3)
    (0.0, 0.041)
    """
    if len(observations) < _FEWEST:
        return 0.0
    values = np.array([o.value for o in observations])
    if all(o.is_exact for o in observations):
        return float(values.var(ddof=1))
    centre = pooled(observations).value
    variances = np.array([o.variance_at(centre) for o in observations])
    if not (variances > 0).all():
        return 0.0
    weights = 1 / variances
    mean = float((weights * values).sum() / weights.sum())
    q = float((weights * (values - mean) ** 2).sum())
    scale = float(weights.sum() - np.square(weights).sum() / weights.sum())
    return max(0.0, (q - (len(values) - 1)) / scale)
