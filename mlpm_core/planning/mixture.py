"""Products of log-normal factors that may or may not apply: exact, without draws.

The logarithm of such a product is normal for each combination of what applies, so the whole is a
mixture. Combinations with the same median and spread are one: seven unknowns are 32, not 128.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


_REACH: Final = 8.0  # standard deviations that hold all of a normal distribution we can tell
_N_GRID: Final = 4097
_DECIMALS: Final = 12  # logarithms that differ by less are the same sum in another order


@dataclass(frozen=True, slots=True, eq=False)
class LogNormals:
    """A mixture of log-normals: share, log median and log spread of each; shapes (k,)."""

    shares: Array
    means: Array
    sds: Array

    @classmethod
    def of(cls, median: float, log_sd: float) -> LogNormals:
        """One log-normal.

        Examples
        --------
        >>> round(LogNormals.of(24.0, 0.35).quantile(0.8), 2)
        32.22
        """
        return cls(np.ones(1), np.array([math.log(median)]), np.array([log_sd]))

    def times(self, median: float, log_sd: float = 0.0, *, probability: float = 1.0) -> LogNormals:
        """The product with an independent log-normal that applies with some probability."""
        if probability == 0:
            return self
        means, sds = self.means + math.log(median), np.hypot(self.sds, log_sd)
        if probability == 1:
            return LogNormals(self.shares, means, sds)
        return _merged(
            np.concatenate([self.shares * (1 - probability), self.shares * probability]),
            np.concatenate([self.means, means]),
            np.concatenate([self.sds, sds]),
        )

    def times_one_of(self, sizes: Array, shares: Array) -> LogNormals:
        """The product with one of some amounts, independently drawn.

        Parameters
        ----------
        sizes : array of shape (m,)
            The amounts, above 0.
        shares : array of shape (m,)
            The probability of each, summing to 1.
        """
        return _merged(
            np.outer(shares, self.shares).ravel(),
            np.add.outer(np.log(sizes), self.means).ravel(),
            np.tile(self.sds, sizes.size),
        )

    def cdf(self, amount: float) -> float:
        """Probability of at most this amount."""
        return float(self._cdf(np.array([math.log(amount)]))[0]) if amount > 0 else 0.0

    def quantile(self, p: float) -> float:
        """The amount not exceeded with probability p, in (0, 1)."""
        low, high = self._reach
        if self.shares.size == 1 and p == 0.5:
            return float(np.exp(self.means[0]))
        log_amount = brentq(lambda x: float(self._cdf(np.array([x]))[0]) - p, low, high, xtol=1e-13)
        return math.exp(log_amount)

    def draws(self, n: int) -> Array:
        """Equally likely amounts, the smallest first: the (i + 1/2)/n quantiles; shape (n,)."""
        grid = np.linspace(*self._reach, _N_GRID)
        amounts = np.exp(np.interp((np.arange(n) + 0.5) / n, self._cdf(grid), grid))
        amounts.setflags(write=False)
        return amounts

    @property
    def _reach(self) -> tuple[float, float]:
        low, high = self.means - _REACH * self.sds, self.means + _REACH * self.sds
        return float(low.min()), float(high.max())

    def _cdf(self, log_amounts: Array) -> Array:
        z = (log_amounts[:, None] - self.means) / self.sds
        return np.asarray(ndtr(z) @ self.shares, dtype=np.float64)


def _merged(shares: Array, means: Array, sds: Array) -> LogNormals:
    """The mixture with one component for each median and spread; one of no share is left out."""
    is_there = shares > 0
    shares, means, sds = shares[is_there], means[is_there], sds[is_there]
    rounded = np.round(np.column_stack([means, sds]), _DECIMALS)
    _, first, which = np.unique(rounded, axis=0, return_index=True, return_inverse=True)
    total = np.bincount(which.ravel(), weights=shares)
    return LogNormals(total.astype(np.float64), means[first], sds[first])
